/* SPDX-License-Identifier: GPL-2.0-only */
/* One processor, so that a per-cpu variable is a variable and a counter a sum. */
#ifndef XFS_STUB_PERCPU_H
#define XFS_STUB_PERCPU_H

#include <linux/minmax.h>
#include <linux/types.h>

#ifdef CONFIG_LIBKERN_THREADS
/* Each task has a processor of its own: what is counted by processors has no lock. */
#include <linux/sched.h>
#define XFS_STUB_CPUS		32
#define current_cpu()		((unsigned int)current->pid % XFS_STUB_CPUS)
#define per_cpu_ptr(p, cpu)	((p) + (cpu))
#else
#define XFS_STUB_CPUS		1
#define current_cpu()		0
#define per_cpu_ptr(p, cpu)	((void)(cpu), (p))
#endif
#define this_cpu_ptr(p)		(p)
#define get_cpu_ptr(p)		(p)
#define put_cpu_ptr(p)		((void)(p))
#define raw_smp_processor_id()	0
#define num_online_cpus()	1
#define for_each_possible_cpu(c) for ((c) = 0; (c) < 1; (c)++)

struct percpu_counter {
	s64 count;
};

/* No lock covers a counter, and nothing is ordered by one. */
static inline s64 percpu_counter_read(struct percpu_counter *c)
{
	return __atomic_load_n(&c->count, __ATOMIC_RELAXED);
}

static inline void percpu_counter_add(struct percpu_counter *c, s64 n)
{
	__atomic_add_fetch(&c->count, n, __ATOMIC_RELAXED);
}

static inline s64 percpu_counter_sum(struct percpu_counter *c) { return percpu_counter_read(c); }
static inline void percpu_counter_sub(struct percpu_counter *c, s64 n)
{
	percpu_counter_add(c, -n);
}

static inline void percpu_counter_inc(struct percpu_counter *c) { percpu_counter_add(c, 1); }
static inline void percpu_counter_dec(struct percpu_counter *c) { percpu_counter_add(c, -1); }
static inline void percpu_counter_set(struct percpu_counter *c, s64 n)
{
	__atomic_store_n(&c->count, n, __ATOMIC_RELAXED);
}

static inline s64 percpu_counter_read_positive(struct percpu_counter *c)
{
	return max_t(s64, percpu_counter_read(c), 0);
}

static inline s64 percpu_counter_sum_positive(struct percpu_counter *c)
{
	return percpu_counter_read_positive(c);
}

static inline int percpu_counter_compare(struct percpu_counter *c, s64 rhs)
{
	s64 count = percpu_counter_read(c);

	return (count > rhs) - (count < rhs);
}

static inline int __percpu_counter_compare(struct percpu_counter *c, s64 rhs, s32 batch)
{
	return percpu_counter_compare(c, rhs);
}

#endif /* XFS_STUB_PERCPU_H */
