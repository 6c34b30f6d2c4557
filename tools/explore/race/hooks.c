// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the shim's hooks to steps: each point of a task is handed to the engine,
 * and each task has its own list of held locks. RCU is a deferred list: what is
 * deferred runs at the first step at which no task is inside a read section, so as
 * early as a grace period could end.
 */
#include <libkern/hooks.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/pagemap.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "scene.h"

static struct task_struct hooks_task[RACE_TASKS];

static struct task_struct *hooks_current(void)
{
	int running = race_running();

	return running < 0 ? &lk_init_task : &hooks_task[running];
}

static void hooks_quiescent(void)
{
	if (!current->lk_rcu_depth)
		rcu_barrier();
}

static void hooks_point(enum lk_point at, const void *obj)
{
	if (race_running() < 0)
		return;
	hooks_quiescent();
	switch (at) {
	case LK_AT_LOCK:
	case LK_AT_FOLIO_LOCK:
	case LK_AT_WRITEBACK:
		race_access(at, obj, NULL, 1);
		break;
	default:
		race_access(at, NULL, NULL, 0);
	}
}

static void hooks_access(enum lk_point at, const void *obj, const char *what, bool write)
{
	if (race_running() < 0)
		return;
	hooks_quiescent();
	race_access(at, obj, what, write);
}

static void hooks_written(const void *obj)
{
	race_written(obj);
}

static unsigned long hooks_ticket(const void *obj)
{
	/* nobody runs between the look at the condition and the wait */
	return 0;
}

static void hooks_block(enum lk_point at, const void *obj, unsigned long ticket)
{
	race_blocked(obj);
}

static void hooks_wake(const void *obj)
{
	race_woken(obj);
}

/**
 * hooks_begin() - let the engine have all points
 */
void hooks_begin(void)
{
	unsigned int i;

	memset(hooks_task, 0, sizeof(hooks_task));
	for (i = 0; i < RACE_TASKS; i++) {
		hooks_task[i].pid = 2 + i;
		hooks_task[i].kunit_test = lk_init_task.kunit_test;
		strscpy(hooks_task[i].comm, "race", sizeof(hooks_task[i].comm));
	}
	lk_hooks = (struct lk_hooks) {
		.point		= hooks_point,
		.access		= hooks_access,
		.written	= hooks_written,
		.ticket		= hooks_ticket,
		.block		= hooks_block,
		.wake		= hooks_wake,
		.current_task	= hooks_current,
	};
}

/**
 * hooks_end() - nobody looks any more
 */
void hooks_end(void)
{
	memset(&lk_hooks, 0, sizeof(lk_hooks));
}

/**
 * hooks_left() - does a task that has ended hold something?
 * @task: which
 */
bool hooks_left(unsigned int task)
{
	return hooks_task[task].lk_nr_held || hooks_task[task].lk_rcu_depth;
}

static const char *hooks_verb(unsigned int point, int write)
{
	switch (point) {
	case LK_AT_LOCK:
	case LK_AT_FOLIO_LOCK:
		return "lock";
	case LK_AT_UNLOCK:
	case LK_AT_FOLIO_UNLOCK:
		return "unlocked";
	case LK_AT_WRITEBACK:
		return "wait for writeback of";
	case LK_AT_LOOKUP:
		return "look-up";
	case LK_AT_FOUND:
		return "folio found";
	case LK_AT_HELD:
		return "reference taken or not";
	case LK_AT_PUT:
		return "about to drop a reference";
	case LK_AT_RCU_LOCK:
		return "rcu_read_lock";
	case LK_AT_RCU_UNLOCK:
		return "rcu_read_unlock";
	case LK_AT_RESCHED:
		return "cond_resched";
	case LK_AT_COPY:
		return "copy from user";
	case LK_AT_REF:
		return write ? "drop or count" : "take";
	case RACE_AT_START:
		return "begin";
	default:
		return write ? "change" : "look at";
	}
}

/**
 * race_step_words() - what a step does, for people
 * @point: enum lk_point
 * @obj: the object, or NULL
 * @what: part of it, or NULL
 * @write: as for race_access()
 * @buf: where it goes
 * @size: of @buf, in bytes
 */
void race_step_words(unsigned int point, const void *obj, const char *what,
		     int write, char *buf, unsigned int size)
{
	char name[RACE_STEP_WORDS] = "";

	if (obj)
		scene_object(obj, name, sizeof(name));
	snprintf(buf, size, "%s%s%s%s%s", hooks_verb(point, write), what ? " " : "",
		 what ? what : "", name[0] ? " " : "", name);
}
