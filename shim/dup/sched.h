/* SPDX-License-Identifier: GPL-2.0-only */
/* Task flags that iomap and XFS test. */
#ifndef LIBKERN_DUP_SCHED_H
#define LIBKERN_DUP_SCHED_H

/* dup: include/linux/sched.h:PF_* */
#define PF_MEMALLOC		0x00000800
#define PF_KSWAPD		0x00020000
#define PF_KTHREAD		0x00200000

#endif
