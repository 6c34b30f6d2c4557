// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trees of extents that no operation of XFS leaves behind, made by hand: so that a
 * suite sees whoever looks at them complain.
 */
#include <xfs_stub/tree.h>
#include <xfs_stub/local.h>

/**
 * xfs_stub_planted() - what is said of a tree with a fault in it
 * @inode: the file; its data fork holds two extents with no hole between them, and
 *	more than a leaf can
 * @plant: the fault; it is gone again afterwards
 *
 * Return: what xfs_stub_tree_wrong() says, or NULL.
 */
const char *xfs_stub_planted(struct inode *inode, enum xfs_stub_plant plant)
{
	struct xfs_inode *ip = XFS_I(inode);
	struct xfs_ifork *ifp = &ip->i_df;
	struct xfs_iext_cursor cur;
	struct xfs_bmbt_irec irec, was;
	int64_t bytes = ifp->if_bytes;
	const char *why;

	xfs_ilock(ip, XFS_ILOCK_EXCL);
	xfs_iext_first(ifp, &cur);
	if (!xfs_iext_get_extent(ifp, &cur, &was))
		lk_unimplemented(__func__, "a fork without extents");
	irec = was;
	if (plant == XFS_STUB_PLANT_NO_BLOCKS)
		irec.br_blockcount = 0;
	else if (plant == XFS_STUB_PLANT_OVERLAP)
		irec.br_blockcount++;
	else if (plant == XFS_STUB_PLANT_COUNT)
		ifp->if_bytes += 2 * sizeof(u64);
	xfs_iext_update_extent(ip, 0, &cur, &irec);
	why = xfs_stub_tree_wrong(ip, ifp);
	xfs_iext_update_extent(ip, 0, &cur, &was);
	ifp->if_bytes = bytes;
	xfs_iunlock(ip, XFS_ILOCK_EXCL);
	return why;
}
