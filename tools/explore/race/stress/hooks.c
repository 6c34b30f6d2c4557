// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the shim's hooks to delays. The back end for real threads does the rest: each
 * task is a thread with its own list of held locks, and RCU is liburcu's.
 */
#include <libkern/case.h>
#include <libkern/hooks.h>
#include <libkern/tsan.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "threads/threads.h"

#include "../scene.h"
#include "stress.h"

static bool hooks_holds[RACE_TASKS];
/* A worker in the thread of a task that has nothing to do meanwhile. */
static struct task_struct hooks_worker[RACE_TASKS];
static struct {
	enum lk_point	at;
	const void	*obj;
} hooks_waits[RACE_TASKS];
static void (*hooks_block)(enum lk_point at, const void *obj, unsigned long ticket);

static void hooks_point(enum lk_point at, const void *obj)
{
	stress_point();
}

static void hooks_access(enum lk_point at, const void *obj, const char *what, bool write)
{
	stress_point();
}

static void hooks_blocked(enum lk_point at, const void *obj, unsigned long ticket)
{
	int self = stress_self();

	/* who lays out and judges is alone, and a worker may be what he waits for */
	if (self < 0) {
		char name[RACE_STEP_WORDS] = "";

		if (hooks_works())
			return;
		scene_object(obj, name, sizeof(name));
		lk_die(LK_DEATH_DEADLOCK, "deadlock: when all have ended nobody lets go of %s",
		       name[0] ? name : "a lock");
	}
	if (at == LK_AT_WRITEBACK && hooks_works())
		return;
	hooks_waits[self].at = at;
	hooks_waits[self].obj = obj;
	hooks_block(at, obj, ticket);
}

int race_running(void)
{
	return stress_self();
}

/**
 * hooks_works() - work that is queued is done now, by a worker
 *
 * Return: was there any?
 */
bool hooks_works(void)
{
	void **slot = lk_threads_slot(), *task = *slot;
	int self = stress_self();
	bool any;

	if (self >= 0)
		*slot = &hooks_worker[self];
	any = lk_run_works() > 0;
	*slot = task;
	return any;
}

/**
 * hooks_begin() - from here on tasks are delayed
 */
void hooks_begin(void)
{
	unsigned int i;

	/* threads are few, and come first */
	for (i = 0; i < RACE_TASKS; i++)
		hooks_worker[i].pid = 16 + i;
	memset(hooks_holds, 0, sizeof(hooks_holds));
	if (!hooks_block)
		hooks_block = lk_hooks.block;
	lk_hooks.block = hooks_blocked;
	lk_hooks.point = hooks_point;
	lk_hooks.access = hooks_access;
}

/**
 * hooks_end() - and from here on nobody is
 */
void hooks_end(void)
{
	lk_hooks.point = NULL;
	lk_hooks.access = NULL;
}

/**
 * hooks_left() - did a task hold something when it ended?
 * @task: which
 */
bool hooks_left(unsigned int task)
{
	return hooks_holds[task];
}

/* A read section that nobody ends would keep all waiting who wait for its end. */
static void hooks_leave(struct task_struct *tsk)
{
	unsigned int i;

	for (i = 0; i < tsk->lk_nr_held; i++)
		if (tsk->lk_held[i].map->rank == LK_RANK_SPIN)
			lk_hooks.rcu_read_unlock();
	for (; tsk->lk_rcu_depth; tsk->lk_rcu_depth--)
		lk_hooks.rcu_read_unlock();
	tsk->lk_nr_held = 0;
}

void stress_ended(unsigned int task)
{
	struct task_struct *tsk = current;

	hooks_holds[task] = tsk->lk_nr_held || tsk->lk_rcu_depth ||
			    hooks_worker[task].lk_nr_held || hooks_worker[task].lk_rcu_depth;
	/* the next round is judged by itself */
	hooks_leave(tsk);
	hooks_leave(&hooks_worker[task]);
}

void stress_waits(unsigned int task, char *buf, unsigned int size)
{
	enum lk_point at;
	char name[RACE_STEP_WORDS] = "";

	/* nobody runs any more who could be raced with */
	lk_unseen_begin();
	at = hooks_waits[task].at;
	scene_object(hooks_waits[task].obj, name, sizeof(name));
	lk_unseen_end();
	snprintf(buf, size, "%s%s", at == LK_AT_WRITEBACK ? "the end of writeback of " :
		 at == LK_AT_FOLIO_LOCK ? "the lock of " : "", name[0] ? name : "something");
}
