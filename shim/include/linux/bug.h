/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * WARN and BUG. A warning counts every time, also the _ONCE kind: a warning
 * that fires once a run would blind every later case.
 */
#ifndef _LINUX_BUG_H
#define _LINUX_BUG_H

#include <linux/compiler.h>
#include <linux/build_bug.h>
#include <libkern/case.h>
#include <libkern/unimplemented.h>

#define LK_STR2(x)	#x
#define LK_STR(x)	LK_STR2(x)
/* A place in the source as text: for messages and for held locks. */
#define LK_HERE		__FILE__ ":" LK_STR(__LINE__)

#define LK_WARN(cond, fmt, args...) ({					\
	int __lk_cond = !!(cond);					\
	if (unlikely(__lk_cond))					\
		lk_splat(LK_SPLAT_WARN, "WARNING at %s: " fmt, LK_HERE, ##args); \
	unlikely(__lk_cond);						\
})
#define WARN_ON(cond)			LK_WARN(cond, "%s", #cond)
#define WARN_ON_ONCE(cond)		WARN_ON(cond)
#define WARN(cond, fmt, args...)	LK_WARN(cond, fmt, ##args)
#define WARN_ONCE(cond, fmt, args...)	LK_WARN(cond, fmt, ##args)
#define BUG()			lk_die(LK_DEATH_BUG, "BUG at %s", LK_HERE)
#define BUG_ON(cond) \
	do { if (unlikely(cond)) lk_die(LK_DEATH_BUG, "BUG at %s: %s", LK_HERE, #cond); } while (0)
#define VM_BUG_ON(cond)			BUG_ON(cond)
#define VM_BUG_ON_FOLIO(cond, folio)	BUG_ON(cond)
#define VM_BUG_ON_PAGE(cond, page)	BUG_ON(cond)
#define VM_WARN_ON_ONCE(cond)		WARN_ON(cond)
#define VM_WARN_ON_ONCE_FOLIO(cond, f)	WARN_ON(cond)
#define VM_WARN_ON_FOLIO(cond, f)	WARN_ON(cond)

#endif
