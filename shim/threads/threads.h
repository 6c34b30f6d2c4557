/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Real threads: what the back end (kernel world) asks of pthreads and liburcu
 * (host world). Compiled in both.
 */
#ifndef LIBKERN_THREADS_H
#define LIBKERN_THREADS_H

/* RCU by liburcu; a thread needs no registration. */
void lk_threads_rcu_read_lock(void);
void lk_threads_rcu_read_unlock(void);
/* @head: two pointers, as struct rcu_head on either side. */
void lk_threads_call_rcu(void *head, void (*func)(void *head));
void lk_threads_rcu_barrier(void);

/*
 * One event count for all waits: whoever waits takes a ticket, looks at its
 * condition and blocks until something was woken since.
 */
unsigned long lk_threads_ticket(void);
void lk_threads_block(unsigned long ticket);
void lk_threads_wake(void);

/**
 * struct lk_threads_wait - what can be seen of a thread from outside
 * @waiting: it waits
 * @ticket: for something behind this ticket
 */
struct lk_threads_wait {
	unsigned int waiting;
	unsigned int ticket;
};

/* The running thread is to be seen through @wait from now on. */
void lk_threads_waits(struct lk_threads_wait *wait);
/* Does it wait, and has nothing been woken since? Then only others can end that. */
_Bool lk_threads_stuck(const struct lk_threads_wait *wait);

/* A pointer of each thread, NULL at first. */
void **lk_threads_slot(void);

/**
 * lk_threads_run() - run a function on some threads and wait for them
 * @nr: how many
 * @fn: the function; gets its number and @arg
 * @arg: for @fn
 */
void lk_threads_run(unsigned int nr, void (*fn)(unsigned int nr, void *arg), void *arg);

#endif
