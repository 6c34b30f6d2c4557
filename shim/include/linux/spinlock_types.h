/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_SPINLOCK_TYPES_H
#define _LINUX_SPINLOCK_TYPES_H

#include <linux/lockdep_types.h>

typedef struct spinlock {
	int locked;
	struct lockdep_map dep_map;
} spinlock_t;
typedef spinlock_t raw_spinlock_t;

#define __SPIN_LOCK_UNLOCKED(l)	{ 0, { #l, LK_RANK_SPIN } }
#define DEFINE_SPINLOCK(l)	spinlock_t l = __SPIN_LOCK_UNLOCKED(l)

#endif
