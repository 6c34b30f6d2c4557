/* SPDX-License-Identifier: GPL-2.0-only */
/* Allocation scopes: allocation never recurses into the filesystem here. */
#ifndef _LINUX_SCHED_MM_H
#define _LINUX_SCHED_MM_H

#include <linux/gfp.h>
#include <linux/sched.h>

static inline unsigned int memalloc_nofs_save(void) { return 0; }
static inline void memalloc_nofs_restore(unsigned int flags) { (void)flags; }
static inline void might_alloc(gfp_t gfp) { (void)gfp; }

#endif
