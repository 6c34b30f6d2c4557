// SPDX-License-Identifier: GPL-2.0-only
/*
 * The back end for real threads: fills the hooks. Kernel world.
 *
 * Option rcu=none frees at once what should wait for readers. It exists to
 * show that the conformance suite would notice.
 */
#include <libkern/hooks.h>
#include <libkern/host.h>
#include <linux/init.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "threads.h"

/* Tasks live as long as the process: one may be looked at after its thread's end. */
struct threads_task {
	struct task_struct task;
	struct threads_task *next;
};

static struct threads_task *threads_tasks;

static struct task_struct *threads_current(void)
{
	void **slot = lk_threads_slot();
	struct threads_task *t;
	static int last_pid;

	if (*slot)
		return *slot;
	t = lk_host_alloc(sizeof(*t), 0);
	memset(t, 0, sizeof(*t));
	t->task.pid = __atomic_add_fetch(&last_pid, 1, __ATOMIC_RELAXED);
	strscpy(t->task.comm, "thread", sizeof(t->task.comm));
	t->next = __atomic_exchange_n(&threads_tasks, t, __ATOMIC_SEQ_CST);
	*slot = &t->task;
	return *slot;
}

static unsigned long threads_ticket(const void *obj)
{
	return lk_threads_ticket();
}

static void threads_block(enum lk_point at, const void *obj, unsigned long ticket)
{
	lk_threads_block(ticket);
}

static void threads_wake(const void *obj)
{
	lk_threads_wake();
}

static void threads_call_rcu(struct callback_head *head, rcu_callback_t func)
{
	lk_threads_call_rcu(head, (void (*)(void *))func);
}

static void threads_call_at_once(struct callback_head *head, rcu_callback_t func)
{
	func(head);
}

static int threads_init(void)
{
	const char *rcu = lk_host_option("rcu");

	lk_hooks = (struct lk_hooks){
		.ticket = threads_ticket,
		.block = threads_block,
		.wake = threads_wake,
		.current_task = threads_current,
		.rcu_read_lock = lk_threads_rcu_read_lock,
		.rcu_read_unlock = lk_threads_rcu_read_unlock,
		.call_rcu = threads_call_rcu,
		.rcu_barrier = lk_threads_rcu_barrier,
	};
	if (rcu && !strcmp(rcu, "none"))
		lk_hooks.call_rcu = threads_call_at_once;
	return 0;
}
subsys_initcall(threads_init);
