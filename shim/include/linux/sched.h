/* SPDX-License-Identifier: GPL-2.0-only */
/* The running task, as far as the code under test looks at it. */
#ifndef _LINUX_SCHED_H
#define _LINUX_SCHED_H

#include <libkern/hooks.h>
#include <libkern/locks.h>
#include <linux/bug.h>
#include <linux/types.h>
#include "../../dup/sched.h"

#define LK_HELD_MAX	48

struct lk_held {
	const struct lockdep_map *map;
	const char *here;
	enum lk_mode mode;
	unsigned int nest;
};

struct task_struct {
	unsigned int flags;
	pid_t pid;
	char comm[16];
	void *journal_info;
	struct blk_plug *plug;
	struct kunit *kunit_test;
	bool lk_signal;			/* a fatal signal is pending */
	unsigned int lk_rcu_depth;
	unsigned int lk_nr_held;
	struct lk_held lk_held[LK_HELD_MAX];
};

extern struct task_struct lk_init_task;

static inline struct task_struct *lk_current(void)
{
	return lk_hooks.current_task ? lk_hooks.current_task() : &lk_init_task;
}

#define current			lk_current()

void lk_cond_resched(const char *here);
#define cond_resched()		({ lk_cond_resched(LK_HERE); 0; })
#define need_resched()		0
#define schedule()		cond_resched()

#endif
