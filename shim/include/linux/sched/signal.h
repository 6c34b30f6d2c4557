/* SPDX-License-Identifier: GPL-2.0-only */
/* A fatal signal is what a test sets on the task. */
#ifndef _LINUX_SCHED_SIGNAL_H
#define _LINUX_SCHED_SIGNAL_H

#include <linux/sched.h>

static inline int fatal_signal_pending(struct task_struct *p) { return p->lk_signal; }
static inline int signal_pending(struct task_struct *p) { return p->lk_signal; }

#endif
