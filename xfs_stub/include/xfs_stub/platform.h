/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What XFS's own files find as xfs_linux.h, and as xfs_platform.h in trees that
 * have it: the kernel as XFS sees it, on the shim's headers. The tree's headers
 * that the original pulls in follow in the original's order, each where the
 * tree has it.
 */
#ifndef XFS_STUB_PLATFORM_H
#define XFS_STUB_PLATFORM_H

#include <xfs_stub/kernel.h>

/* The asserts and the lock checks of XFS are half of what is to be heard. */
#ifndef DEBUG
#define DEBUG			1
#endif

/* Before the tree's xfs_types.h, which builds on these. */
typedef u32 xfs_dev_t, xfs_nlink_t;
typedef s64 xfs_off_t, xfs_daddr_t;
typedef u64 xfs_ino_t;

#include "xfs_types.h"
#if __has_include("kmem.h")
#include "kmem.h"
#endif
#if __has_include("mrlock.h")
#include "mrlock.h"
#endif
#include "xfs_fs.h"
#include "xfs_stats.h"
#include "xfs_sysctl.h"
#include "xfs_iops.h"
#include "xfs_aops.h"
#include "xfs_super.h"
#include "xfs_cksum.h"
#include "xfs_buf.h"
#include "xfs_message.h"
#if __has_include("xfs_drain.h")
#include "xfs_drain.h"
#endif
#if __has_include("xfs_hooks.h")
#include "xfs_hooks.h"
#endif

#define NBBY			8
#define XFS_PROJID_DEFAULT	0
#define BLKDEV_IOSHIFT		PAGE_SHIFT
#define ENOATTR			ENODATA
#define EWRONGFS		EINVAL
#define EFSCORRUPTED		EUCLEAN
#define EFSBADCRC		EBADMSG
#define PTR_FMT			"%p"
#define STATIC			static noinline
#define __return_address	__builtin_return_address(0)
#define __this_address		((void *)_THIS_IP_)
#define howmany(x, y)		(((x) + ((y) - 1)) / (y))
#define XFS_IS_REALTIME_INODE(ip)	(0)
#define XFS_IS_REALTIME_MOUNT(mp)	(0)
#define xfs_stack_trace()	((void)0)

#define xfs_params_value(name)	(xfs_params.name.val)
#define xfs_error_level		xfs_params_value(error_level)
#define xfs_panic_mask		xfs_params_value(panic_mask)

/* Objects of sysfs lie in structures of XFS; of the statistics they hold one part. */
struct xfs_kobj { struct kobject kobject; };
struct xstats { struct xfsstats *xs_stats; struct xfs_kobj xs_kobj; };
extern struct xstats xfsstats;

/* An assert that fails ends the case with its place, but for what a known finding says. */
void xfs_stub_assert_fails(const char *here, const char *func, const char *expr);
#define ASSERT_ALWAYS(expr)						\
	((expr) ? (void)0 : xfs_stub_assert_fails(LK_HERE, __func__, #expr))
#define ASSERT(expr)		ASSERT_ALWAYS(expr)

/* A corruption that XFS reports in memory that it has made itself: as bad. */
#define XFS_IS_CORRUPT(mp, expr)					\
	((expr) ? (WARN(1, "XFS reports corruption: %s", #expr), true) : false)

void xfs_stub_peek(void);
#ifdef CONFIG_LIBKERN_RACE
/* What XFS looks at without a lock it looks at with this. */
#undef READ_ONCE
#define READ_ONCE(x)		(xfs_stub_peek(), __atomic_load_n(&(x), __ATOMIC_RELAXED))
#endif

static inline uint64_t rounddown_64(uint64_t x, uint32_t y)
{
	return x - x % y;
}

static inline uint64_t roundup_64(uint64_t x, uint32_t y)
{
	return rounddown_64(x + y - 1, y);
}

static inline uint64_t howmany_64(uint64_t x, uint32_t y)
{
	return (x + y - 1) / y;
}

static inline bool isaligned_64(uint64_t x, uint32_t y)
{
	return !(x % y);
}

static inline int8_t log2_if_power2(unsigned long b)
{
	return is_power_of_2(b) ? ilog2(b) : -1;
}

static inline unsigned long long mask64_if_power2(unsigned long b)
{
	return is_power_of_2(b) ? b - 1 : 0;
}

#endif /* XFS_STUB_PLATFORM_H */
