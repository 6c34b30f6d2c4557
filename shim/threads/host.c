// SPDX-License-Identifier: GPL-2.0-only
/*
 * pthreads and liburcu behind threads.h. Host world.
 *
 * Never built with the thread sanitizer: a wait is ordered by the lock or flag that is
 * waited for, and one event count for all of them would order everybody behind
 * everybody else. What RCU orders is not seen either, as liburcu is not built with
 * it, and is told to it here.
 */
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <urcu/urcu-bp.h>

#include "threads.h"

/* There in a program with the sanitizer. */
void __tsan_acquire(void *addr) __attribute__((weak));
void __tsan_release(void *addr) __attribute__((weak));
void AnnotateIgnoreWritesBegin(const char *file, int line) __attribute__((weak));
void AnnotateIgnoreWritesEnd(const char *file, int line) __attribute__((weak));

/* Stand for: all read sections that have ended, all callbacks that have run. */
static char sections, callbacks;

static void before(void *obj)
{
	if (__tsan_release)
		__tsan_release(obj);
}

static void behind(void *obj)
{
	if (__tsan_acquire)
		__tsan_acquire(obj);
}

void lk_threads_rcu_read_lock(void)
{
	urcu_bp_read_lock();
}

void lk_threads_rcu_read_unlock(void)
{
	before(&sections);
	urcu_bp_read_unlock();
}

struct deferred {
	struct rcu_head rcu;
	void *head;
	void (*func)(void *head);
};

static void run_deferred(struct rcu_head *rcu)
{
	struct deferred *d = (struct deferred *)rcu;

	behind(d);
	behind(&sections);
	d->func(d->head);
	before(&callbacks);
	free(d);
}

void lk_threads_call_rcu(void *head, void (*func)(void *head))
{
	struct deferred *d = malloc(sizeof(*d));

	if (!d)
		abort();
	d->head = head;
	d->func = func;
	before(d);
	urcu_bp_call_rcu(&d->rcu, run_deferred);
}

void lk_threads_rcu_barrier(void)
{
	/* where nothing was deferred yet the barrier waits for nobody */
	urcu_bp_synchronize_rcu();
	/* it allocates what its own thread frees, by an order that is not seen */
	if (AnnotateIgnoreWritesBegin)
		AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
	urcu_bp_barrier();
	if (AnnotateIgnoreWritesEnd)
		AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
	behind(&sections);
	behind(&callbacks);
}

static atomic_uint events;
static atomic_uint waiters;
static _Thread_local struct lk_threads_wait *waits;

unsigned long lk_threads_ticket(void)
{
	return atomic_load(&events);
}

void lk_threads_waits(struct lk_threads_wait *wait)
{
	waits = wait;
}

bool lk_threads_stuck(const struct lk_threads_wait *wait)
{
	return __atomic_load_n(&wait->waiting, __ATOMIC_SEQ_CST) &&
	       __atomic_load_n(&wait->ticket, __ATOMIC_SEQ_CST) == atomic_load(&events);
}

void lk_threads_block(unsigned long ticket)
{
	unsigned int seen = ticket;

	atomic_fetch_add(&waiters, 1);
	if (waits) {
		__atomic_store_n(&waits->ticket, seen, __ATOMIC_SEQ_CST);
		__atomic_store_n(&waits->waiting, 1, __ATOMIC_SEQ_CST);
	}
	while (atomic_load(&events) == seen)
		syscall(SYS_futex, &events, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
	if (waits)
		__atomic_store_n(&waits->waiting, 0, __ATOMIC_SEQ_CST);
	atomic_fetch_sub(&waiters, 1);
}

void lk_threads_wake(void)
{
	atomic_fetch_add(&events, 1);
	/* a waiter counted later has seen the new count before it sleeps */
	if (atomic_load(&waiters))
		syscall(SYS_futex, &events, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

void **lk_threads_slot(void)
{
	static _Thread_local void *slot;

	return &slot;
}

struct start {
	pthread_t thread;
	unsigned int nr;
	void (*fn)(unsigned int nr, void *arg);
	void *arg;
};

static void *start_thread(void *arg)
{
	struct start *start = arg;

	start->fn(start->nr, start->arg);
	return NULL;
}

void lk_threads_run(unsigned int nr, void (*fn)(unsigned int nr, void *arg), void *arg)
{
	struct start *start = calloc(nr, sizeof(*start));
	unsigned int i;

	if (!start)
		abort();
	for (i = 0; i < nr; i++) {
		start[i] = (struct start){ .nr = i, .fn = fn, .arg = arg };
		if (pthread_create(&start[i].thread, NULL, start_thread, &start[i]))
			abort();
	}
	for (i = 0; i < nr; i++)
		pthread_join(start[i].thread, NULL);
	free(start);
}
