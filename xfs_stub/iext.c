// SPDX-License-Identifier: GPL-2.0-only
/*
 * Changes of a fork's extents, watched: the linker sends every call from another
 * file through here (--wrap). The trees of extents have no lock of their own and
 * assert nothing; who changes them must have the inode's ilock for writing.
 */
#include <xfs_stub/tree.h>
#include <xfs_stub/local.h>
#include <libkern/hooks.h>
#include <linux/sched.h>

/* How often the extents of any fork have changed. */
unsigned long xfs_stub_changes;

/**
 * xfs_stub_peek() - somebody looks at what only the ilock keeps from changing
 *
 * Who has it sees no change, so that is nothing; else it is for the build for races.
 * One thing for both forks: who looks at the count of one may go by the other's size.
 */
void xfs_stub_peek(void)
{
	unsigned int i;

	for (i = 0; i < current->lk_nr_held; i++)
		if (current->lk_held[i].map->rank == LK_RANK_FS)
			return;
	lk_access(LK_AT_TEST, &xfs_stub_changes, NULL, false);
}

static void xfs_stub_change(struct xfs_inode *ip, void *caller)
{
	xfs_stub_want(ip, XFS_ILOCK_EXCL, caller);
	xfs_stub_changes++;
	lk_written(&xfs_stub_changes);
}

typeof(xfs_iext_insert) __real_xfs_iext_insert, __wrap_xfs_iext_insert;
typeof(xfs_iext_update_extent) __real_xfs_iext_update_extent, __wrap_xfs_iext_update_extent;
typeof(xfs_iext_remove) __wrap_xfs_iext_remove;

void __wrap_xfs_iext_insert(struct xfs_inode *ip, struct xfs_iext_cursor *cur,
			    struct xfs_bmbt_irec *irec, int state)
{
	xfs_stub_change(ip, __builtin_return_address(0));
	__real_xfs_iext_insert(ip, cur, irec, state);
}

void __wrap_xfs_iext_remove(struct xfs_inode *ip, struct xfs_iext_cursor *cur, int state)
{
	xfs_stub_change(ip, __builtin_return_address(0));
	__real_xfs_iext_remove(ip, cur, state);
}

void __wrap_xfs_iext_update_extent(struct xfs_inode *ip, int state, struct xfs_iext_cursor *cur,
				   struct xfs_bmbt_irec *irec)
{
	xfs_stub_change(ip, __builtin_return_address(0));
	__real_xfs_iext_update_extent(ip, state, cur, irec);
}
