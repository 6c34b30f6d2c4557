// SPDX-License-Identifier: GPL-2.0-only
/*
 * Model: the lock rules. Each task keeps a list of what it holds, so that a
 * broken rule names both places.
 *
 * Kept: order, mode, recursion, how locks of one kind nest, sleeping under what
 * may not sleep. Dropped: lockdep's learning; the order is given (enum lk_rank).
 */
#include <libkern/locks.h>
#include <linux/bug.h>
#include <linux/container_of.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm_types.h>
#include <linux/sched.h>

static const char *lk_mode_name(enum lk_mode mode)
{
	return mode == LK_EXCL ? "exclusive" : "shared";
}

static struct lk_held *lk_find_held(struct task_struct *tsk, const struct lockdep_map *map)
{
	unsigned int i = tsk->lk_nr_held;

	while (i--)
		if (tsk->lk_held[i].map == map)
			return &tsk->lk_held[i];
	return NULL;
}

/* Folio locks of one file nest by rising index; those of two files do not meet here. */
static bool lk_folio_order_ok(const struct lockdep_map *held, const struct lockdep_map *next)
{
	const struct folio *a = container_of(held, struct folio, dep_map);
	const struct folio *b = container_of(next, struct folio, dep_map);

	return a->mapping != b->mapping || a->index < b->index;
}

/* Directories come before what lies in them; the kernel's numbers do not say so. */
static unsigned int lk_inode_place(unsigned int nest)
{
	static const unsigned char place[] = {
		[I_MUTEX_PARENT] = 0, [I_MUTEX_PARENT2] = 1, [I_MUTEX_CHILD] = 2,
		[I_MUTEX_NORMAL] = 3, [I_MUTEX_XATTR] = 4, [I_MUTEX_NONDIR2] = 5,
	};

	return nest < ARRAY_SIZE(place) ? place[nest] : nest;
}

static bool lk_order_ok(const struct lk_held *held, const struct lockdep_map *next,
			unsigned int nest)
{
	enum lk_rank rank = held->map->rank;

	if (rank == LK_RANK_NONE || next->rank == LK_RANK_NONE)
		return true;
	if (rank != next->rank)
		return rank < next->rank;
	if (rank == LK_RANK_FOLIO)
		return lk_folio_order_ok(held->map, next);
	if (rank == LK_RANK_SPIN)
		return true;
	if (rank == LK_RANK_I_RWSEM)
		return lk_inode_place(held->nest) < lk_inode_place(nest);
	return held->nest < nest;
}

/* Two of a kind that are not told apart might as well be the same one. */
static bool lk_same_kind(const struct lk_held *held, const struct lockdep_map *next,
			 unsigned int nest)
{
	return held->map->rank == next->rank && held->nest == nest &&
	       next->rank != LK_RANK_FOLIO;
}

static void lk_check_order(const struct lk_held *held, const struct lockdep_map *next,
			   unsigned int nest, const char *here)
{
	if (lk_order_ok(held, next, nest))
		return;
	if (lk_same_kind(held, next, nest))
		lk_splat(LK_SPLAT_LOCK,
			 "recursion: %s taken at %s while another is held, taken at %s, and nothing says how they nest",
			 next->name, here, held->here);
	else
		lk_splat(LK_SPLAT_LOCK, "lock order: %s taken at %s while %s is held, taken at %s",
			 next->name, here, held->map->name, held->here);
}

void lk_lock_before_nested(const struct lockdep_map *map, enum lk_mode mode, unsigned int nest,
			   const char *here)
{
	struct task_struct *tsk = current;
	struct lk_held *held = lk_find_held(tsk, map);
	unsigned int i;

	if (unlikely(lk_hooks.wants))
		lk_hooks.wants(map, mode, nest, here);
	if (held) {
		if (mode == LK_SHARED && held->mode == LK_SHARED) {
			lk_splat(LK_SPLAT_LOCK, "recursion: %s at %s is held already, taken at %s",
				 map->name, here, held->here);
			return;
		}
		lk_die(LK_DEATH_DEADLOCK,
		       "recursion: %s taken (%s) at %s is already held (%s), taken at %s",
		       map->name, lk_mode_name(mode), here, lk_mode_name(held->mode), held->here);
	}
	if (map->rank != LK_RANK_SPIN)
		lk_might_sleep(here);
	for (i = 0; i < tsk->lk_nr_held; i++)
		lk_check_order(&tsk->lk_held[i], map, nest, here);
}

void lk_lock_taken_nested(const struct lockdep_map *map, enum lk_mode mode, unsigned int nest,
			  const char *here)
{
	struct task_struct *tsk = current;

	if (tsk->lk_nr_held == LK_HELD_MAX)
		lk_die(LK_DEATH_BUG, "more than %d locks held at %s", LK_HELD_MAX, here);
	tsk->lk_held[tsk->lk_nr_held++] = (struct lk_held){ map, here, mode, nest };
}

void lk_lock_shared(const struct lockdep_map *map, const char *here)
{
	struct lk_held *held = lk_find_held(current, map);

	if (!held) {
		lk_splat(LK_SPLAT_LOCK, "%s downgraded at %s is not held by this task",
			 map->name, here);
		return;
	}
	held->mode = LK_SHARED;
	held->here = here;
}

void lk_lock_gone(const struct lockdep_map *map, const char *here)
{
	struct task_struct *tsk = current;
	struct lk_held *held = lk_find_held(tsk, map);

	if (!held) {
		lk_splat(LK_SPLAT_LOCK, "%s released at %s is not held by this task",
			 map->name, here);
		return;
	}
	for (tsk->lk_nr_held--; held < tsk->lk_held + tsk->lk_nr_held; held++)
		held[0] = held[1];
}

bool lk_lock_held(const struct lockdep_map *map, int mode)
{
	struct lk_held *held = lk_find_held(current, map);

	if (!held)
		return false;
	return mode < 0 || (held->mode == LK_SHARED) == (mode == 1);
}

void lk_locks_check_none(const char *when)
{
	struct task_struct *tsk = current;
	unsigned int i;

	for (i = 0; i < tsk->lk_nr_held; i++)
		lk_splat(LK_SPLAT_LOCK, "%s: %s still held (%s), taken at %s", when,
			 tsk->lk_held[i].map->name, lk_mode_name(tsk->lk_held[i].mode),
			 tsk->lk_held[i].here);
	if (tsk->lk_rcu_depth)
		lk_splat(LK_SPLAT_LOCK, "%s: still inside an RCU read section", when);
	tsk->lk_nr_held = 0;
	tsk->lk_rcu_depth = 0;
}

static const struct lockdep_map lk_punch_map = { "punch()", LK_RANK_PUNCH };

void lk_punch_begin(const char *here)
{
	lk_lock_before(&lk_punch_map, LK_EXCL, here);
	lk_lock_taken(&lk_punch_map, LK_EXCL, here);
}

void lk_punch_end(const char *here)
{
	lk_lock_gone(&lk_punch_map, here);
}
