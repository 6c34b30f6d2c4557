// SPDX-License-Identifier: GPL-2.0-only
/*
 * RCU: a list of what is deferred, each entry with the readers that it has to wait
 * for. Early: it runs at the first point at which none of these is left in the
 * section that it was in, and that is as early as a grace period can end. Late: when
 * all tasks have ended.
 *
 * What only frees memory needs early alone: whatever comes to it after it was freed
 * at any time comes to it after it was freed at the earliest.
 */
#include <libkern/hooks.h>
#include <linux/bug.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "later.h"
#include "scene.h"

#define LATER_MAX	1024

static struct {
	struct callback_head *head;
	rcu_callback_t	func;
	unsigned int	readers;	/* that it waits for, as a mask */
} later[LATER_MAX];

static unsigned int later_n;
static enum race_rcu later_rcu;
static struct task_struct later_softirq;
static bool later_inside;

/**
 * later_mode() - when callbacks run
 * @rcu: enum race_rcu
 */
void later_mode(enum race_rcu rcu)
{
	later_rcu = rcu;
}

/**
 * later_runs() - who runs, if it is a callback
 *
 * It interrupts a task, and has nothing to do with what that holds.
 */
struct task_struct *later_runs(void)
{
	return later_inside ? &later_softirq : NULL;
}

/* Those that no reader is left for, in their order. */
static void later_run(void)
{
	unsigned int i = 0;

	while (i < later_n && !later_inside) {
		struct callback_head *head = later[i].head;
		rcu_callback_t func = later[i].func;

		if (later[i].readers) {
			i++;
			continue;
		}
		memmove(&later[i], &later[i + 1], (--later_n - i) * sizeof(later[0]));
		later_inside = true;
		func(head);
		later_inside = false;
	}
}

/**
 * later_quiescent() - a task has come to a point
 */
void later_quiescent(void)
{
	if (later_rcu == RACE_RCU_EARLY)
		later_run();
}

/**
 * later_all() - nobody runs any more
 */
void later_all(void)
{
	unsigned int i;

	for (i = 0; i < later_n; i++)
		later[i].readers = 0;
	later_run();
}

/* Whether a reader comes before a callback is deferred, or after it, makes a difference. */
static void later_met(bool write)
{
	if (later_rcu == RACE_RCU_LATE || later_inside)
		return;
	if (write)
		race_written(&later_n);
	else
		race_seen(&later_n);
}

void later_reader(void)
{
	later_met(false);
}

void later_reader_ends(void)
{
	unsigned int i, left = 0;
	int running = race_running();

	if (running < 0 || later_inside || current->lk_rcu_depth)
		return;
	later_met(later_n);
	for (i = 0; i < later_n; i++) {
		later[i].readers &= ~(1U << running);
		left |= later[i].readers;
	}
	if (later_n && !left)
		race_woken(&later_n);
}

void later_call(struct callback_head *head, rcu_callback_t func)
{
	if (later_n == LATER_MAX)
		lk_die(LK_DEATH_BUG, "more than %d RCU callbacks are deferred", LATER_MAX);
	later_met(true);
	later[later_n].head = head;
	later[later_n].func = func;
	later[later_n++].readers = hooks_readers();
}

/* As of now: who defers more meanwhile makes it wait longer, which is allowed. */
void later_barrier(void)
{
	unsigned int i, left;

	if (race_running() < 0) {
		later_all();
		return;
	}
	for (;;) {
		for (i = 0, left = 0; i < later_n; i++)
			left |= later[i].readers;
		if (!left)
			break;
		race_blocked(LK_AT_RCU_LOCK, &later_n);
	}
	later_run();
}
