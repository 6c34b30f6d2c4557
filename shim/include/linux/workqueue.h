/* SPDX-License-Identifier: GPL-2.0-only */
/* Work items: queued in order, run when the test lets them (lk_run_works()). */
#ifndef _LINUX_WORKQUEUE_H
#define _LINUX_WORKQUEUE_H

#include <linux/list.h>
#include <linux/types.h>

struct work_struct;
typedef void (*work_func_t)(struct work_struct *work);

struct work_struct {
	struct list_head entry;
	work_func_t func;
};

#define __WORK_INITIALIZER(n, f)	{ { &(n).entry, &(n).entry }, (f) }
#define DECLARE_WORK(n, f)	struct work_struct n = __WORK_INITIALIZER(n, f)
#define INIT_WORK(w, f)		do { INIT_LIST_HEAD(&(w)->entry); (w)->func = (f); } while (0)

bool schedule_work(struct work_struct *work);
bool flush_work(struct work_struct *work);
/* Runs what is queued, oldest first, and what that queues: how many. */
unsigned int lk_run_works(void);
/* A case begins: who worked something off in one that has died does no more. */
void lk_works_reset(void);

#endif
