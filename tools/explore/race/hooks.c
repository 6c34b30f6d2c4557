// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the shim's hooks to steps: each point of a task is handed to the engine,
 * and each task has its own list of held locks.
 */
#include <libkern/hooks.h>
#include <libkern/locks.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/pagemap.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "later.h"
#include "scene.h"

static struct task_struct hooks_task[RACE_TASKS];
static const char hooks_section[] = "RCU read section";
static bool hooks_edges;
/* A worker on the stack of a task that has nothing to do meanwhile. */
static struct task_struct hooks_worker[RACE_TASKS];
static bool hooks_working[RACE_TASKS];
/* What each step of a task reads beside what it says. */
static const void *hooks_reads[RACE_TASKS];

static struct task_struct *hooks_current(void)
{
	int running = race_running();

	if (later_runs())
		return later_runs();
	if (running < 0)
		return &lk_init_task;
	return hooks_working[running] ? &hooks_worker[running] : &hooks_task[running];
}

/* Does nobody look, neither at a task nor at what it does? */
static bool hooks_blind(void)
{
	return race_running() < 0 || later_runs();
}

/**
 * hooks_readers() - the tasks that are inside a read section, as a mask
 */
unsigned int hooks_readers(void)
{
	unsigned int i, readers = 0;

	for (i = 0; i < RACE_TASKS; i++)
		readers |= (hooks_task[i].lk_rcu_depth || hooks_worker[i].lk_rcu_depth) << i;
	return readers;
}

/* One edge from each lock that the running task holds. */
static void hooks_edge(struct race_edge e)
{
	struct task_struct *tsk = current;
	unsigned int i;

	if (!hooks_edges || hooks_blind())
		return;
	for (i = 0; i < tsk->lk_nr_held; i++) {
		const struct lk_held *held = &tsk->lk_held[i];

		e.from = held->map->name;
		e.from_at = held->here;
		e.from_nest = held->nest;
		e.from_shared = held->mode == LK_SHARED;
		race_edge(&e);
	}
	if (!tsk->lk_rcu_depth || e.kind == RACE_EDGE_RCU)
		return;
	e.from = hooks_section;
	e.from_at = NULL;
	e.from_nest = 0;
	e.from_shared = 0;
	e.kind = RACE_EDGE_RCU;
	race_edge(&e);
}

static void hooks_wants(const struct lockdep_map *map, enum lk_mode mode, unsigned int nest,
			const char *here)
{
	hooks_edge((struct race_edge) {
		.to = map->name, .to_at = here, .to_nest = nest,
		.to_shared = mode == LK_SHARED, .kind = RACE_EDGE_LOCK,
	});
}

/*
 * How often a release may look at the page cache: twice for each range of data, once
 * for each folio of it, and twice more for each folio that goes meanwhile: none can
 * come back under invalidate_lock. More is a release that goes on for ever.
 */
#define HOOKS_LOOKS	(5 * SCENE_PAGES)

static void hooks_count(enum lk_point at)
{
	static unsigned int most;
	const char *digit;

	if (stage.scene->task[race_running()].job != SCENE_WRITE)
		return;
	if (at == LK_AT_COPY)
		stage.looks = 0;
	if (at != LK_AT_LOOKUP)
		return;
	rules_look();
	/* for those who want to know how often it is */
	for (digit = most ? NULL : world_option("looks"); digit && *digit; digit++)
		most = 10 * most + *digit - '0';
	if (!most)
		most = HOOKS_LOOKS;
	if (++stage.looks > most)
		stage.broken = "the release does not stop looking at the page cache";
}

static void hooks_step(enum lk_point at, const void *obj, const char *what, bool write)
{
	const void **reads = &hooks_reads[race_running()];

	later_quiescent();
	rules_step();
	race_access(at, obj, what, write);
	if (*reads)
		race_seen(*reads);
}

static void hooks_point(enum lk_point at, const void *obj)
{
	if (hooks_blind())
		return;
	if (at == LK_AT_WRITEBACK)
		hooks_edge((struct race_edge) {
			.to = "writeback", .kind = RACE_EDGE_WAIT,
		});
	else if (at == LK_AT_RCU_LOCK && current->lk_rcu_depth == 1)
		hooks_edge((struct race_edge) {
			.to = hooks_section, .kind = RACE_EDGE_RCU,
		});
	hooks_count(at);
	switch (at) {
	case LK_AT_LOCK:
	case LK_AT_FOLIO_LOCK:
	case LK_AT_WRITEBACK:
		hooks_step(at, obj, NULL, true);
		break;
	default:
		hooks_step(at, NULL, NULL, false);
	}
}

static void hooks_access(enum lk_point at, const void *obj, const char *what, bool write)
{
	if (hooks_blind())
		return;
	if (write)
		rules_access(at, obj, what);
	hooks_step(at, obj, what, write);
}

static void hooks_reading(const void *obj)
{
	if (!hooks_blind())
		hooks_reads[race_running()] = obj;
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
	/* what it waits for may be up to a worker */
	if (at != LK_AT_WRITEBACK || !hooks_works()) {
		rules_step();
		race_blocked(at, obj);
	}
}

static void hooks_wake(const void *obj)
{
	race_woken(obj);
}

/**
 * race_is_free() - could whoever waits for an object go on, if only he knew?
 * @point: enum lk_point that he waits at
 * @obj: the object
 */
int race_is_free(unsigned int point, const void *obj)
{
	unsigned long size = sizeof(struct rw_semaphore);
	unsigned int i, j;

	switch (point) {
	case LK_AT_FOLIO_LOCK:
		return !folio_test_locked((struct folio *)obj);
	case LK_AT_WRITEBACK:
		return !folio_test_writeback((struct folio *)obj);
	case LK_AT_LOCK:
		break;
	default:
		return 0;
	}
	for (i = 0; i < RACE_TASKS; i++)
		for (j = 0; j < hooks_task[i].lk_nr_held; j++)
			if ((unsigned long)hooks_task[i].lk_held[j].map -
			    (unsigned long)obj < size)
				return 0;
	return 1;
}

/**
 * race_ways() - how this process is to go about it
 * @rcu: when RCU callbacks run
 * @edges: call race_edge()
 */
void race_ways(enum race_rcu rcu, int edges)
{
	later_mode(rcu);
	hooks_edges = edges;
}

/**
 * hooks_begin() - let the engine have all points
 */
void hooks_begin(void)
{
	unsigned int i;

	/* what was deferred so far is nobody's affair */
	rcu_barrier();
	stage.looks = 0;
	memset(hooks_task, 0, sizeof(hooks_task));
	memset(hooks_worker, 0, sizeof(hooks_worker));
	memset(hooks_working, 0, sizeof(hooks_working));
	memset(hooks_reads, 0, sizeof(hooks_reads));
	for (i = 0; i < RACE_TASKS; i++) {
		hooks_task[i].pid = 2 + i;
		hooks_task[i].kunit_test = lk_init_task.kunit_test;
		strscpy(hooks_task[i].comm, "race", sizeof(hooks_task[i].comm));
		hooks_worker[i] = hooks_task[i];
		hooks_worker[i].pid += RACE_TASKS;
	}
	rules_begin();
	lk_hooks = (struct lk_hooks) {
		.point		= hooks_point,
		.access		= hooks_access,
		.written	= hooks_written,
		.reading	= hooks_reading,
		.ticket		= hooks_ticket,
		.block		= hooks_block,
		.wake		= hooks_wake,
		.current_task	= hooks_current,
		.wants		= hooks_wants,
		.rcu_read_lock	= later_reader,
		.rcu_read_unlock = later_reader_ends,
		.call_rcu	= later_call,
		.rcu_barrier	= later_barrier,
	};
}

/**
 * hooks_works() - work that is queued is done now, by a worker
 *
 * Return: was there any?
 */
bool hooks_works(void)
{
	int task = race_running();
	bool any;

	if (task < 0 || hooks_working[task])
		return lk_run_works() > 0;
	hooks_working[task] = true;
	any = lk_run_works() > 0;
	hooks_working[task] = false;
	return any;
}

/**
 * hooks_end() - nobody looks any more
 */
void hooks_end(void)
{
	later_all();
	rules_end();
	memset(&lk_hooks, 0, sizeof(lk_hooks));
}

/**
 * hooks_left() - does a task that has ended hold something?
 * @task: which
 */
bool hooks_left(unsigned int task)
{
	return hooks_task[task].lk_nr_held || hooks_task[task].lk_rcu_depth ||
	       hooks_worker[task].lk_nr_held || hooks_worker[task].lk_rcu_depth;
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
