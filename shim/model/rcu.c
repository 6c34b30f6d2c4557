// SPDX-License-Identifier: GPL-2.0-only
/*
 * Model: RCU. The default back end is a deferred list: a callback runs when no
 * read section is open, at the latest when the case ends. shim/threads/ puts
 * liburcu behind the same calls.
 *
 * Kept: nothing is freed under a reader; nothing is freed by call_rcu()
 * itself. Dropped: real grace periods and memory ordering.
 */
#include <libkern/hooks.h>
#include <linux/bug.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

/* So many deferred callbacks before a quiet moment is used: freeing soon finds more. */
#define LK_RCU_BATCH	16

static struct callback_head *lk_rcu_list, **lk_rcu_tail = &lk_rcu_list;
static unsigned int lk_rcu_pending, lk_rcu_readers;

static void lk_rcu_run(void)
{
	while (lk_rcu_list) {
		struct callback_head *head = lk_rcu_list;

		lk_rcu_list = head->next;
		if (!lk_rcu_list)
			lk_rcu_tail = &lk_rcu_list;
		lk_rcu_pending--;
		head->func(head);
	}
}

void rcu_read_lock(void)
{
	current->lk_rcu_depth++;
	if (lk_hooks.rcu_read_lock)
		lk_hooks.rcu_read_lock();
	else
		lk_rcu_readers++;
	lk_point(LK_AT_RCU_LOCK, NULL);
}

void rcu_read_unlock(void)
{
	struct task_struct *tsk = current;

	if (!tsk->lk_rcu_depth) {
		lk_splat(LK_SPLAT_LOCK, "an RCU read section ends that never began");
		return;
	}
	tsk->lk_rcu_depth--;
	if (lk_hooks.rcu_read_unlock)
		lk_hooks.rcu_read_unlock();
	else if (!--lk_rcu_readers && lk_rcu_pending >= LK_RCU_BATCH)
		lk_rcu_run();
	lk_point(LK_AT_RCU_UNLOCK, NULL);
}

bool rcu_read_lock_held(void)
{
	return current->lk_rcu_depth > 0;
}

void call_rcu(struct callback_head *head, rcu_callback_t func)
{
	if (lk_hooks.call_rcu) {
		lk_hooks.call_rcu(head, func);
		return;
	}
	head->next = NULL;
	head->func = func;
	*lk_rcu_tail = head;
	lk_rcu_tail = &head->next;
	lk_rcu_pending++;
}

void rcu_barrier(void)
{
	if (current->lk_rcu_depth)
		lk_splat(LK_SPLAT_LOCK, "waiting for RCU readers inside an RCU read section");
	if (lk_hooks.rcu_barrier)
		lk_hooks.rcu_barrier();
	else if (!lk_rcu_readers)
		lk_rcu_run();
}

void synchronize_rcu(void)
{
	rcu_barrier();
}
