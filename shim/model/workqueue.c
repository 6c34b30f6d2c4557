// SPDX-License-Identifier: GPL-2.0-only
/*
 * Model: work items. Kept: a queued item runs once, later, in process context.
 * "Later" is when a task waits for something that is not to be had, or when
 * the case ends.
 */
#include <libkern/hooks.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

static LIST_HEAD(lk_works);

bool schedule_work(struct work_struct *work)
{
	lk_written(&lk_works);
	if (!list_empty(&work->entry))
		return false;
	list_add_tail(&work->entry, &lk_works);
	return true;
}

unsigned int lk_run_works(void)
{
	unsigned int done = 0;

	lk_written(&lk_works);
	while (!list_empty(&lk_works)) {
		struct work_struct *work = list_first_entry(&lk_works, struct work_struct, entry);

		list_del_init(&work->entry);
		work->func(work);
		done++;
	}
	return done;
}

bool flush_work(struct work_struct *work)
{
	return lk_run_works() > 0;
}
