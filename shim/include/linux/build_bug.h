/* SPDX-License-Identifier: GPL-2.0-only */
/* Assertions at build time. */
#ifndef _LINUX_BUILD_BUG_H
#define _LINUX_BUILD_BUG_H

#include <linux/compiler.h>

#define BUILD_BUG_ON_ZERO(e, ...)	((int)(sizeof(struct { int:(-!!(e)); })))
#define BUILD_BUG_ON_NOT_POWER_OF_2(n)	((void)0)
/*
 * Conditions may hold only after inlining, which the sanitizer builds and
 * clang do not promise: check what is constant, let the rest be.
 */
#define BUILD_BUG_ON_MSG(cond, msg)	((void)(cond))
#define BUILD_BUG_ON(cond) \
	((void)sizeof(char[1 - 2 * !!(__builtin_constant_p(cond) ? (cond) : 0)]))
#define BUILD_BUG()			((void)0)
#define static_assert(expr, ...)	_Static_assert(expr, "" #expr)
#define compiletime_assert(cond, msg)	((void)(cond))

#endif
