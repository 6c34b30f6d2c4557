// SPDX-License-Identifier: GPL-2.0-only
/*
 * Changes of a fork's extents, watched: the linker sends every call from another
 * file through here (--wrap). The trees of extents have no lock of their own and
 * assert nothing; who changes them must have the inode's ilock for writing.
 */
#include <xfs_stub/tree.h>
#include <xfs_stub/local.h>

typeof(xfs_iext_insert) __real_xfs_iext_insert, __wrap_xfs_iext_insert;
typeof(xfs_iext_update_extent) __real_xfs_iext_update_extent, __wrap_xfs_iext_update_extent;
typeof(xfs_iext_remove) __wrap_xfs_iext_remove;

void __wrap_xfs_iext_insert(struct xfs_inode *ip, struct xfs_iext_cursor *cur,
			    struct xfs_bmbt_irec *irec, int state)
{
	xfs_stub_want(ip, XFS_ILOCK_EXCL, __builtin_return_address(0));
	__real_xfs_iext_insert(ip, cur, irec, state);
}

void __wrap_xfs_iext_remove(struct xfs_inode *ip, struct xfs_iext_cursor *cur, int state)
{
	xfs_stub_want(ip, XFS_ILOCK_EXCL, __builtin_return_address(0));
	__real_xfs_iext_remove(ip, cur, state);
}

void __wrap_xfs_iext_update_extent(struct xfs_inode *ip, int state, struct xfs_iext_cursor *cur,
				   struct xfs_bmbt_irec *irec)
{
	xfs_stub_want(ip, XFS_ILOCK_EXCL, __builtin_return_address(0));
	__real_xfs_iext_update_extent(ip, state, cur, irec);
}
