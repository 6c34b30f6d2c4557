// SPDX-License-Identifier: GPL-2.0-only
/* pthreads and liburcu behind threads.h. Host world. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <urcu/urcu-bp.h>

#include "threads.h"

void lk_threads_rcu_read_lock(void)
{
	urcu_bp_read_lock();
}

void lk_threads_rcu_read_unlock(void)
{
	urcu_bp_read_unlock();
}

void lk_threads_call_rcu(void *head, void (*func)(void *head))
{
	_Static_assert(sizeof(struct rcu_head) == 2 * sizeof(void *),
		       "the kernel's rcu_head has no room for liburcu's");

	urcu_bp_call_rcu(head, (void (*)(struct rcu_head *))func);
}

void lk_threads_rcu_barrier(void)
{
	urcu_bp_barrier();
}

static pthread_mutex_t event_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t event_cond = PTHREAD_COND_INITIALIZER;
static atomic_ulong event_count;
static atomic_uint event_waiters;

unsigned long lk_threads_ticket(void)
{
	return atomic_load(&event_count);
}

void lk_threads_block(unsigned long ticket)
{
	pthread_mutex_lock(&event_lock);
	atomic_fetch_add(&event_waiters, 1);
	while (atomic_load(&event_count) == ticket)
		pthread_cond_wait(&event_cond, &event_lock);
	atomic_fetch_sub(&event_waiters, 1);
	pthread_mutex_unlock(&event_lock);
}

void lk_threads_wake(void)
{
	atomic_fetch_add(&event_count, 1);
	/* a waiter counted later has seen the new count under the lock */
	if (!atomic_load(&event_waiters))
		return;
	pthread_mutex_lock(&event_lock);
	pthread_cond_broadcast(&event_cond);
	pthread_mutex_unlock(&event_lock);
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
