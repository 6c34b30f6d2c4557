/* SPDX-License-Identifier: GPL-2.0-only */
/* Assertions on held locks; real ones, for each task. */
#ifndef _LINUX_LOCKDEP_H
#define _LINUX_LOCKDEP_H

#include <linux/bug.h>
#include <linux/lockdep_types.h>

#define lockdep_is_held(l)		lk_lock_held(&(l)->dep_map, -1)
#define lockdep_is_held_type(l, r)	lk_lock_held(&(l)->dep_map, (r))
#define LK_ASSERT_LOCK(l, r, how) do {					\
	if (!lk_lock_held(&(l)->dep_map, (r)))				\
		lk_splat(LK_SPLAT_LOCK, "%s wants %s held%s", LK_HERE,	\
			 (l)->dep_map.name, how);			\
} while (0)
#define lockdep_assert(cond)		((void)WARN_ON(!(cond)))
#define lockdep_assert_once(cond)	lockdep_assert(cond)
#define lockdep_assert_held(l)		LK_ASSERT_LOCK(l, -1, "")
#define lockdep_assert_held_once(l)	lockdep_assert_held(l)
#define lockdep_assert_held_write(l)	LK_ASSERT_LOCK(l, 0, " for write")
#define lockdep_assert_held_read(l)	LK_ASSERT_LOCK(l, 1, " for read")
#define lockdep_assert_not_held(l) do {					\
	if (lk_lock_held(&(l)->dep_map, -1))				\
		lk_splat(LK_SPLAT_LOCK, "%s wants %s not held", LK_HERE, (l)->dep_map.name); \
} while (0)
#define lockdep_set_class(l, key)		((void)(key))
#define lockdep_set_class_and_name(l, key, nm)	((void)(key))
#define lockdep_set_novalidate_class(l)		((void)(l))

#endif
