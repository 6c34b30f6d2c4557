// SPDX-License-Identifier: GPL-2.0-only
/*
 * Model: tasks. One task runs at a time; a wait that nobody can end is
 * reported at once instead of hanging.
 *
 * Kept: what may sleep and what may not. Dropped: preemption, interrupts, time.
 */
#include <libkern/hooks.h>
#include <libkern/locks.h>
#include <linux/bug.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

struct task_struct lk_init_task = { .pid = 1, .comm = "libkern" };
struct lk_hooks lk_hooks;

void lk_wait(enum lk_point at, const void *obj, bool (*try)(void *arg),
	     void *arg, const char *here)
{
	unsigned long ticket = 0;

	lk_point(at, obj);
	for (;;) {
		if (lk_hooks.ticket)
			ticket = lk_hooks.ticket(obj);
		if (try(arg))
			return;
		/* a worker may be the one that ends the wait */
		if (!lk_hooks.block && lk_run_works())
			continue;
		if (!lk_hooks.block)
			lk_die(LK_DEATH_DEADLOCK,
			       "deadlock: nobody can end the wait at %s", here);
		lk_hooks.block(at, obj, ticket);
	}
}

void lk_might_sleep(const char *here)
{
	struct task_struct *tsk = current;
	unsigned int i;

	if (tsk->lk_rcu_depth)
		lk_splat(LK_SPLAT_LOCK, "%s may sleep inside an RCU read section", here);
	for (i = 0; i < tsk->lk_nr_held; i++)
		if (tsk->lk_held[i].map->rank == LK_RANK_SPIN)
			lk_splat(LK_SPLAT_LOCK, "%s may sleep under spinlock %s taken at %s",
				 here, tsk->lk_held[i].map->name, tsk->lk_held[i].here);
}

void lk_cond_resched(const char *here)
{
	lk_might_sleep(here);
	lk_point(LK_AT_RESCHED, NULL);
}

extern initcall_t __start_lk_initcalls[] __weak;
extern initcall_t __stop_lk_initcalls[] __weak;

void lk_initcalls(void)
{
	static bool done;
	initcall_t *fn;

	if (done)
		return;
	done = true;
	for (fn = __start_lk_initcalls; fn < __stop_lk_initcalls; fn++) {
		int error = (*fn)();

		if (error)
			lk_die(LK_DEATH_BUG, "an initcall of the tree failed: %d", error);
	}
}
