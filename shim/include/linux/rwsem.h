/* SPDX-License-Identifier: GPL-2.0-only */
/* Reader-writer semaphores that know their owners. */
#ifndef _LINUX_RWSEM_H
#define _LINUX_RWSEM_H

#include <linux/bug.h>
#include <linux/lockdep.h>

struct rw_semaphore {
	int count;			/* readers, or -1 with a writer */
	struct lockdep_map dep_map;
};

void lk_down_read(struct rw_semaphore *sem, const char *here);
void lk_down_read_nested(struct rw_semaphore *sem, unsigned int nest, const char *here);
void lk_down_write(struct rw_semaphore *sem, const char *here);
void lk_down_write_nested(struct rw_semaphore *sem, unsigned int nest, const char *here);
bool lk_down_read_trylock(struct rw_semaphore *sem, const char *here);
bool lk_down_write_trylock(struct rw_semaphore *sem, const char *here);
void lk_up_read(struct rw_semaphore *sem, const char *here);
void lk_up_write(struct rw_semaphore *sem, const char *here);
void lk_downgrade_write(struct rw_semaphore *sem, const char *here);

#define init_rwsem(s)	(*(s) = (struct rw_semaphore){ 0, { #s, LK_RANK_NONE } })
#define DECLARE_RWSEM(s) struct rw_semaphore s = { 0, { #s, LK_RANK_NONE } }
#define down_read(s)		lk_down_read((s), LK_HERE)
#define down_write(s)		lk_down_write((s), LK_HERE)
#define down_read_trylock(s)	lk_down_read_trylock((s), LK_HERE)
#define down_write_trylock(s)	lk_down_write_trylock((s), LK_HERE)
#define up_read(s)		lk_up_read((s), LK_HERE)
#define up_write(s)		lk_up_write((s), LK_HERE)
#define downgrade_write(s)	lk_downgrade_write((s), LK_HERE)
#define down_read_nested(s, c)	lk_down_read_nested((s), (c), LK_HERE)
#define down_write_nested(s, c)	lk_down_write_nested((s), (c), LK_HERE)
#define down_read_killable(s)	(down_read(s), 0)
#define down_write_killable(s)	(down_write(s), 0)
#define rwsem_assert_held(s)	lockdep_assert_held(s)
#define rwsem_assert_held_write(s)	lockdep_assert_held_write(s)
#define rwsem_is_locked(s)	(READ_ONCE((s)->count) != 0)

#endif
