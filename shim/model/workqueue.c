// SPDX-License-Identifier: GPL-2.0-only
/*
 * Model: work items. Kept: a queued item runs once, later, in process context.
 * "Later" is when a task waits for something that is not to be had, or when
 * the case ends.
 */
#include <libkern/hooks.h>
#include <libkern/tsan.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

static LIST_HEAD(lk_works);
static int lk_works_lock;

bool schedule_work(struct work_struct *work)
{
	bool idle;

	lk_written(&lk_works);
	lk_before(work);
	lk_books_enter(&lk_works_lock);
	idle = list_empty(&work->entry);
	if (idle)
		list_add_tail(&work->entry, &lk_works);
	lk_books_leave(&lk_works_lock);
	return idle;
}

/* The oldest item, which is queued no more; or NULL. */
static struct work_struct *lk_next_work(void)
{
	struct work_struct *work;

	lk_books_enter(&lk_works_lock);
	work = list_first_entry_or_null(&lk_works, struct work_struct, entry);
	if (work)
		list_del_init(&work->entry);
	lk_books_leave(&lk_works_lock);
	if (work)
		lk_behind(work);
	return work;
}

unsigned int lk_run_works(void)
{
	struct work_struct *work;
	unsigned int done;

	lk_written(&lk_works);
	for (done = 0; (work = lk_next_work()); done++)
		work->func(work);
	return done;
}

bool flush_work(struct work_struct *work)
{
	return lk_run_works() > 0;
}
