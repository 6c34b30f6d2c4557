/* SPDX-License-Identifier: GPL-2.0-only */
/* A mutex is a semaphore that only writers take. */
#ifndef _LINUX_MUTEX_H
#define _LINUX_MUTEX_H

#include <linux/rwsem.h>

struct mutex {
	struct rw_semaphore sem;
	struct lockdep_map dep_map;	/* name only; the held lock is sem's */
};

#define mutex_init(m)	(*(m) = (struct mutex){ { 0, { #m, LK_RANK_NONE } }, { #m, LK_RANK_NONE } })
#define DEFINE_MUTEX(m)	struct mutex m = { { 0, { #m, LK_RANK_NONE } }, { #m, LK_RANK_NONE } }
#define mutex_lock(m)		lk_down_write(&(m)->sem, LK_HERE)
#define mutex_unlock(m)		lk_up_write(&(m)->sem, LK_HERE)
#define mutex_trylock(m)	lk_down_write_trylock(&(m)->sem, LK_HERE)
#define mutex_is_locked(m)	rwsem_is_locked(&(m)->sem)

#endif
