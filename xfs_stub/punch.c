// SPDX-License-Identifier: GPL-2.0-only
/*
 * XFS's punch, watched: the linker sends every call from another file through
 * here (--wrap), and on to the tree's own function.
 */
#include <xfs_stub/tree.h>
#include <xfs_stub/local.h>
#include <libkern/locks.h>

struct xfs_stub_punches xfs_stub_punches;
void (*xfs_stub_in_punch)(const struct xfs_stub_punch *p);

/* Does the punch return an error, and which does it return without a try? */
const bool xfs_stub_punch_returns = XS_PUNCH_RETURNS_INT;
int xfs_stub_punch_error;

/* Can a caller say which fork it means? */
const bool xfs_stub_punch_takes_fork = XS_PUNCH_FORK;

/**
 * xfs_stub_forget() - forget the punches seen so far
 */
void xfs_stub_forget(void)
{
	xfs_stub_punches.n = 0;
}

static void xfs_stub_note(struct xfs_inode *ip, int whichfork, loff_t start, loff_t end)
{
	const struct xfs_stub_punch p = {
		.fork	= whichfork == XFS_COW_FORK ? XFS_STUB_COW : XFS_STUB_DATA,
		.start	= start,
		.end	= end,
		.locked	= lockdep_is_held_type(&VFS_I(ip)->i_mapping->invalidate_lock, 0),
	};
	/* more than one thread may punch */
	unsigned int n = __atomic_fetch_add(&xfs_stub_punches.n, 1, __ATOMIC_RELAXED);

	if (n < XFS_STUB_MAX_PUNCHES)
		xfs_stub_punches.punch[n] = p;
	if (xfs_stub_in_punch)
		xfs_stub_in_punch(&p);
}

#if XS_PUNCH_AC
#define XFS_STUB_PUNCH_ARGS	struct xfs_inode *ip, int fork, xfs_off_t start, \
				xfs_off_t end, struct xfs_zone_alloc_ctx *ac
#define XFS_STUB_PUNCH_PASS	ip, fork, start, end, ac
#elif XS_PUNCH_FORK
#define XFS_STUB_PUNCH_ARGS	struct xfs_inode *ip, int fork, xfs_off_t start, xfs_off_t end
#define XFS_STUB_PUNCH_PASS	ip, fork, start, end
#else
#define XFS_STUB_PUNCH_ARGS	struct xfs_inode *ip, xfs_off_t start, xfs_off_t end
#define XFS_STUB_PUNCH_PASS	ip, start, end
#define fork			XFS_DATA_FORK
#endif

#if XS_PUNCH_RETURNS_INT
#define XFS_STUB_PUNCH_RET	int
#else
#define XFS_STUB_PUNCH_RET	void
#endif

typeof(xfs_bmap_punch_delalloc_range) __real_xfs_bmap_punch_delalloc_range;
typeof(xfs_bmap_punch_delalloc_range) __wrap_xfs_bmap_punch_delalloc_range;

XFS_STUB_PUNCH_RET __wrap_xfs_bmap_punch_delalloc_range(XFS_STUB_PUNCH_ARGS)
{
#if XS_PUNCH_RETURNS_INT
	int error = xfs_stub_punch_error;
#endif

	xfs_stub_note(ip, fork, start, end);
	lk_punch_begin(LK_HERE);
#if XS_PUNCH_RETURNS_INT
	if (!error)
		error = __real_xfs_bmap_punch_delalloc_range(XFS_STUB_PUNCH_PASS);
#else
	__real_xfs_bmap_punch_delalloc_range(XFS_STUB_PUNCH_PASS);
#endif
	lk_punch_end(LK_HERE);
#if XS_PUNCH_RETURNS_INT
	return error;
#endif
}

/**
 * xfs_stub_discard() - somebody else gives reservations back
 * @inode: the file
 * @of: of which fork
 * @start: first byte
 * @end: byte behind the last
 *
 * As the discard of a folio does; it is not among @xfs_stub_punches.
 */
void xfs_stub_discard(struct inode *inode, enum xfs_stub_fork of, loff_t start, loff_t end)
{
	struct xfs_inode *ip = XFS_I(inode);
#if XS_PUNCH_FORK
	const int fork = of == XFS_STUB_COW ? XFS_COW_FORK : XFS_DATA_FORK;
#endif
#if XS_PUNCH_AC
	struct xfs_zone_alloc_ctx *ac = NULL;
#endif

	__real_xfs_bmap_punch_delalloc_range(XFS_STUB_PUNCH_PASS);
}
