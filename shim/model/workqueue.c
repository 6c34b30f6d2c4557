// SPDX-License-Identifier: GPL-2.0-only
/*
 * Model: work items. Kept: a queued item runs once, later, in process context, and
 * never twice at a time. "Later" is when a task waits for something that is not to be
 * had, or when the case ends.
 */
#include <libkern/hooks.h>
#include <libkern/tsan.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#define LK_WORKERS	8

static LIST_HEAD(lk_works);
/* What is worked off now: an item that is queued again meanwhile waits for its end. */
static struct work_struct *lk_works_run[LK_WORKERS];
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
	/* who waits for writeback may be the worker */
	lk_wake(&lk_works);
	return idle;
}

/* Who has the place of @work among those that run; NULL: a free place. */
static struct work_struct **lk_worker(const struct work_struct *work)
{
	unsigned int i;

	for (i = 0; i < LK_WORKERS; i++)
		if (lk_works_run[i] == work)
			return &lk_works_run[i];
	return NULL;
}

/* The oldest item that does not run, which is queued no more; or NULL. */
static struct work_struct *lk_next_work(void)
{
	struct work_struct *work, *found = NULL, **worker;

	lk_books_enter(&lk_works_lock);
	worker = lk_worker(NULL);
	list_for_each_entry(work, &lk_works, entry) {
		if (!worker || lk_worker(work))
			continue;
		found = work;
		*worker = work;
		list_del_init(&work->entry);
		break;
	}
	lk_books_leave(&lk_works_lock);
	if (found)
		lk_behind(found);
	return found;
}

/* It has run, and may have freed itself. */
static void lk_work_done(struct work_struct *work)
{
	lk_before(work);
	lk_books_enter(&lk_works_lock);
	*lk_worker(work) = NULL;
	lk_books_leave(&lk_works_lock);
}

unsigned int lk_run_works(void)
{
	struct work_struct *work;
	unsigned int done;

	lk_written(&lk_works);
	for (done = 0; (work = lk_next_work()); done++) {
		work->func(work);
		lk_work_done(work);
	}
	return done;
}

void lk_works_reset(void)
{
	memset(lk_works_run, 0, sizeof(lk_works_run));
}

bool flush_work(struct work_struct *work)
{
	return lk_run_works() > 0;
}
