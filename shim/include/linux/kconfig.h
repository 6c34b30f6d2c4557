/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Configuration symbols that do not vary between builds of libkern, and
 * IS_ENABLED(). What does vary comes from the variant's gen/autoconf.h, which
 * is force-included.
 */
#ifndef _LINUX_KCONFIG_H
#define _LINUX_KCONFIG_H

#define CONFIG_BLOCK			1
#define CONFIG_XARRAY_MULTI		1
#define CONFIG_TRANSPARENT_HUGEPAGE	1
#define CONFIG_LOCKDEP			1
#define CONFIG_MMU			1
#define CONFIG_SMP			1
/* A number up to 6.10, a bool later: 0 reads right as either. */
#define CONFIG_BASE_SMALL		0

#define __LK_ARG_PLACEHOLDER_1		0,
#define __lk_second(ignored, val, ...)	val
#define __lk_is_one(x)			__lk_is_one2(x)
#define __lk_is_one2(x)			__lk_is_one3(__LK_ARG_PLACEHOLDER_##x)
#define __lk_is_one3(arg)		__lk_second(arg 1, 0)
#define __is_defined(x)			__lk_is_one(x)
#define IS_BUILTIN(option)		__lk_is_one(option)
#define IS_MODULE(option)		__lk_is_one(option##_MODULE)
#define IS_ENABLED(option)		(IS_BUILTIN(option) || IS_MODULE(option))
#define IS_REACHABLE(option)		IS_ENABLED(option)

#endif
