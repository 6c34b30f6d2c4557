/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lock rules: who holds what, in which mode, taken where, and in which
 * order it may be taken. The order is that of the kernel's comment on the
 * delalloc release.
 */
#ifndef LIBKERN_LOCKS_H
#define LIBKERN_LOCKS_H

#include <linux/types.h>

/*
 * A task may only take a lock of a rank above all ranked ones it holds. Of one rank
 * it may hold several that nest by their subclass.
 */
enum lk_rank {
	LK_RANK_NONE,		/* not ordered: checked for recursion only */
	LK_RANK_I_RWSEM,
	LK_RANK_INVALIDATE,
	LK_RANK_FOLIO,		/* several of one file by rising index */
	LK_RANK_PUNCH,		/* no lock: the time inside a punch callback */
	LK_RANK_FS,		/* the filesystem's own */
	LK_RANK_SPIN,		/* leaf; no sleeping under it */
};

struct lockdep_map {
	const char *name;
	enum lk_rank rank;
};

enum lk_mode { LK_SHARED, LK_EXCL };

/**
 * lk_lock_before_nested() - check the rules for a lock about to be taken
 * @map: the lock
 * @mode: shared or exclusive
 * @nest: which of several locks of its kind this is to be, as the subclasses of
 *	lockdep; 0 where only one is taken
 * @here: place of the acquisition
 *
 * Reports the order and sleeping rules as splats. Recursion on a lock that
 * would never be granted ends the case as a deadlock.
 */
void lk_lock_before_nested(const struct lockdep_map *map, enum lk_mode mode, unsigned int nest,
			   const char *here);
/* The lock was granted (also by a trylock, which the order does not bind). */
void lk_lock_taken_nested(const struct lockdep_map *map, enum lk_mode mode, unsigned int nest,
			  const char *here);

static inline void lk_lock_before(const struct lockdep_map *map, enum lk_mode mode,
				  const char *here)
{
	lk_lock_before_nested(map, mode, 0, here);
}

static inline void lk_lock_taken(const struct lockdep_map *map, enum lk_mode mode,
				 const char *here)
{
	lk_lock_taken_nested(map, mode, 0, here);
}

/* The lock is held on, for reading only. */
void lk_lock_shared(const struct lockdep_map *map, const char *here);
/* The lock goes; a task that does not hold it gets a splat. */
void lk_lock_gone(const struct lockdep_map *map, const char *here);

/**
 * lk_lock_held() - does the running task hold a lock?
 * @map: the lock
 * @mode: 0 exclusive, 1 shared, -1 either, as lockdep_is_held_type()
 */
bool lk_lock_held(const struct lockdep_map *map, int mode);

/* Report what the running task still holds; called at the end of a case. */
void lk_locks_check_none(const char *when);

/**
 * lk_punch_begin() - enter a filesystem's punch callback
 * @here: place, %LK_HERE
 *
 * Until lk_punch_end() taking a folio lock (or any lock above it) is a splat.
 */
void lk_punch_begin(const char *here);
void lk_punch_end(const char *here);

#endif
