/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hooks: the one door through which every model blocks, waits or lets
 * others run. A deterministic scheduler takes over all of it by filling in
 * lk_hooks; no model knows who is behind them.
 *
 * Two back ends exist. The default runs one task: a wait that cannot be
 * satisfied at once is a deadlock and ends the case. shim/threads/ runs
 * pthreads with liburcu.
 */
#ifndef LIBKERN_HOOKS_H
#define LIBKERN_HOOKS_H

#include <libkern/locks.h>
#include <linux/compiler.h>
#include <linux/types.h>

/* Where a task is when a hook is called. */
enum lk_point {
	LK_AT_LOCK,		/* about to take a spinlock, rwsem or mutex */
	LK_AT_UNLOCK,		/* has just released one */
	LK_AT_FOLIO_LOCK,
	LK_AT_FOLIO_UNLOCK,
	LK_AT_WRITEBACK,	/* waits for the end of writeback */
	LK_AT_FLAG,		/* changes a folio flag or a dirty mark */
	LK_AT_LOOKUP,		/* looks into the page cache */
	LK_AT_FOUND,		/* has found a folio, and tries to take a reference */
	LK_AT_HELD,		/* has taken it, or found that it is too late for that */
	LK_AT_PUT,		/* is about to drop one */
	LK_AT_RCU_LOCK,
	LK_AT_RCU_UNLOCK,
	LK_AT_RESCHED,		/* cond_resched() */
	LK_AT_COPY,		/* copies from user memory */
	/* only in the build for races, through lk_access(): */
	LK_AT_TEST,		/* looks at a folio flag */
	LK_AT_SLOT,		/* a pointer under RCU: of the page cache's tree */
	LK_AT_MARK,		/* dirty and other marks of that tree */
	LK_AT_REF,		/* references to a folio */
	LK_AT_SIZE,		/* i_size */
	LK_AT_ERROR,		/* what writeback has failed with */
};

struct task_struct;
struct rcu_head;

/**
 * struct lk_hooks - what a back end provides
 * @point: called at each point, NULL for none; may run other tasks
 * @access: called before each access that no lock covers, in the build for races
 *	only; as @point, with what in words and whether it writes
 * @written: the step that runs has written @obj, too; same build only
 * @reading: each further step of this task reads @obj, too; NULL: none; same build only
 * @block: wait until lk_wake() was called for @obj since @ticket was taken;
 *	   NULL: nobody else can run, so waiting is a deadlock
 * @ticket: taken before the condition is looked at, so that no wake is lost
 * @wake: whoever waits for @obj looks again
 * @current_task: the running task
 * @wants: it is about to take a lock, and waits for it if need be; no trylock
 * @rcu_read_lock: enter a read-side section
 * @rcu_read_unlock: leave it
 * @call_rcu: run @func on @head once no reader of now is left
 * @rcu_barrier: run all that is deferred; no read section may be open
 */
struct lk_hooks {
	void (*point)(enum lk_point at, const void *obj);
	void (*access)(enum lk_point at, const void *obj, const char *what, bool write);
	void (*written)(const void *obj);
	void (*reading)(const void *obj);
	void (*block)(enum lk_point at, const void *obj, unsigned long ticket);
	unsigned long (*ticket)(const void *obj);
	void (*wake)(const void *obj);
	struct task_struct *(*current_task)(void);
	void (*wants)(const struct lockdep_map *map, enum lk_mode mode, unsigned int nest,
		      const char *here);
	void (*rcu_read_lock)(void);
	void (*rcu_read_unlock)(void);
	void (*call_rcu)(struct callback_head *head, rcu_callback_t func);
	void (*rcu_barrier)(void);
};

extern struct lk_hooks lk_hooks;

/**
 * lk_point() - let others run here
 * @at: what the task is about to do or has done
 * @obj: to what
 */
static inline void lk_point(enum lk_point at, const void *obj)
{
	if (unlikely(lk_hooks.point))
		lk_hooks.point(at, obj);
}

#ifdef CONFIG_LIBKERN_RACE
/**
 * lk_access() - about to read or write what no lock covers
 * @at: what kind of thing
 * @obj: which; its address stands for it
 * @what: in words
 * @write: an access that others cannot be exchanged with
 *
 * Nothing at all but in the build for races.
 */
static inline void lk_access(enum lk_point at, const void *obj, const char *what, bool write)
{
	if (lk_hooks.access)
		lk_hooks.access(at, obj, what, write);
}

/* The step that runs has written @obj as well, which nothing announced. */
static inline void lk_written(const void *obj)
{
	if (lk_hooks.written)
		lk_hooks.written(obj);
}

/* Until this is called with NULL each further step of this task reads @obj as well. */
static inline void lk_reading(const void *obj)
{
	if (lk_hooks.reading)
		lk_hooks.reading(obj);
}
#else
#define lk_access(at, obj, what, write)	((void)0)
#define lk_written(obj)			((void)0)
#define lk_reading(obj)			((void)0)
#endif

/**
 * lk_wait() - wait until a step succeeds
 * @at: what the task waits for
 * @obj: on which object; lk_wake() of the same object makes it look again
 * @try: the step; must be atomic towards other tasks
 * @arg: for @try
 * @here: the caller's place, for the report of a deadlock
 */
void lk_wait(enum lk_point at, const void *obj, bool (*try)(void *arg),
	     void *arg, const char *here);

static inline void lk_wake(const void *obj)
{
	if (unlikely(lk_hooks.wake))
		lk_hooks.wake(obj);
}

#endif
