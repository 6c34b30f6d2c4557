/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counters. Plain where one thread runs at a time; in the threads build atomic and
 * ordered as the kernel's: fully where a value is returned, not at all elsewhere.
 */
#ifndef _LINUX_ATOMIC_H
#define _LINUX_ATOMIC_H

#include <linux/compiler.h>
#include <linux/types.h>
#include <asm/barrier.h>

#ifdef CONFIG_LIBKERN_THREADS
#define LK_ADD_FETCH(p, v, order)	__atomic_add_fetch((p), (v), __ATOMIC_##order)
#else
#define LK_ADD_FETCH(p, v, order)	(*(p) += (v))
#endif

#define LK_DEFINE_ATOMIC(pfx, atype_t, val)				\
static inline val pfx##_read(const atype_t *v) { return READ_ONCE(v->counter); } \
static inline void pfx##_set(atype_t *v, val i) { WRITE_ONCE(v->counter, i); } \
static inline void pfx##_set_release(atype_t *v, val i)			\
{ __atomic_store_n(&v->counter, i, __ATOMIC_RELEASE); }			\
static inline val pfx##_add_return(val i, atype_t *v)			\
{ return LK_ADD_FETCH(&v->counter, i, SEQ_CST); }			\
static inline val pfx##_sub_return(val i, atype_t *v)			\
{ return LK_ADD_FETCH(&v->counter, -i, SEQ_CST); }			\
static inline void pfx##_add(val i, atype_t *v)				\
{ (void)LK_ADD_FETCH(&v->counter, i, RELAXED); }			\
static inline void pfx##_sub(val i, atype_t *v)				\
{ (void)LK_ADD_FETCH(&v->counter, -i, RELAXED); }			\
static inline void pfx##_inc(atype_t *v) { pfx##_add(1, v); }		\
static inline void pfx##_dec(atype_t *v) { pfx##_sub(1, v); }		\
static inline val pfx##_inc_return(atype_t *v) { return pfx##_add_return(1, v); } \
static inline val pfx##_dec_return(atype_t *v) { return pfx##_sub_return(1, v); } \
static inline bool pfx##_sub_and_test(val i, atype_t *v) { return !pfx##_sub_return(i, v); } \
static inline bool pfx##_dec_and_test(atype_t *v) { return pfx##_sub_and_test(1, v); } \
static inline bool pfx##_inc_and_test(atype_t *v) { return !pfx##_add_return(1, v); } \
static inline bool pfx##_add_unless(atype_t *v, val a, val u)		\
{									\
	val c = pfx##_read(v);						\
									\
	while (c != u)							\
		if (__atomic_compare_exchange_n(&v->counter, &c, c + a, 0, \
						__ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) \
			return true;					\
	return false;							\
}									\
static inline bool pfx##_inc_not_zero(atype_t *v) { return pfx##_add_unless(v, 1, 0); }

LK_DEFINE_ATOMIC(atomic, atomic_t, int)
LK_DEFINE_ATOMIC(atomic64, atomic64_t, s64)
#ifdef __LP64__
LK_DEFINE_ATOMIC(atomic_long, atomic_long_t, s64)
#else
LK_DEFINE_ATOMIC(atomic_long, atomic_long_t, int)
#endif

#define ATOMIC_INIT(i)		{ (i) }
#define ATOMIC64_INIT(i)	{ (i) }
#define xchg(p, v)		__atomic_exchange_n((p), (v), __ATOMIC_SEQ_CST)
#define cmpxchg(p, o, n) ({						\
	typeof(*(p)) __lk_old = (o);					\
	__atomic_compare_exchange_n((p), &__lk_old, (n), 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); \
	__lk_old;							\
})

#endif
