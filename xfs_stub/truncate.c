// SPDX-License-Identifier: GPL-2.0-only
/*
 * What truncate(2) and a direct write make of a file, in libkern's words where XFS's
 * own function needs more of a kernel than is here: the page cache through the tree's
 * fs/iomap, extents through the tree's fs/xfs, and what stands between them here.
 */
#include <xfs_stub/tree.h>
#include <xfs_stub/local.h>

/* i_size, the page cache behind it, and what is dirty in front of it. */
static int xfs_stub_cut_cache(struct inode *inode, loff_t size, const struct iomap_ops *ops)
{
	struct xfs_inode *ip = XFS_I(inode);
	loff_t old = inode->i_size;
	bool zeroed = false;
	int error = 0;

	if (size > old)
		error = xfs_stub_zero_range(inode, old, size - old, &zeroed, ops);
	else if (XS_TRUNCATE_FLUSHES)
		error = filemap_write_and_wait_range(inode->i_mapping, size, size);
	if (!error && size <= old)
		error = xfs_stub_truncate_page(inode, size, &zeroed, ops);
	if (error)
		return error;
	truncate_setsize(inode, size);
	/* what becomes part of the file on disk must be there first */
	if (zeroed || (size > ip->i_disk_size && old != ip->i_disk_size))
		error = filemap_write_and_wait_range(inode->i_mapping, ip->i_disk_size,
						     size - 1);
	return error;
}

/**
 * xfs_stub_truncate() - set the size of a file, as XFS does for truncate(2)
 * @inode: the file; i_rwsem and invalidate_lock are held for writing
 * @size: in bytes
 * @ops: as for xfs_stub_zero_range()
 * @cut: called when all is done, the ilock is held for writing
 *
 * Return: 0 or a negative errno.
 */
int xfs_stub_truncate(struct inode *inode, loff_t size, const struct iomap_ops *ops,
		      void (*cut)(loff_t size))
{
	struct xfs_inode *ip = XFS_I(inode);
	loff_t old = inode->i_size;
	struct xfs_trans *tp;
	int error;

	error = xfs_stub_cut_cache(inode, size, ops) ?:
		xfs_trans_alloc(ip->i_mount, &M_RES(ip->i_mount)->tr_itruncate, 0, 0, 0, &tp);
	if (error)
		return error;
	xfs_ilock(ip, XFS_ILOCK_EXCL);
	xfs_trans_ijoin(tp, ip, 0);
	ip->i_disk_size = size;
	xfs_trans_log_inode(tp, ip, XFS_ILOG_CORE);
	if (size <= old) {
		error = xfs_itruncate_extents(&tp, ip, XFS_DATA_FORK, size);
		xfs_inode_clear_eofblocks_tag(ip);
	}
	if (error)
		xfs_trans_cancel(tp);
	else
		error = xfs_trans_commit(tp);
	if (!error)
		cut(size);
	xfs_iunlock(ip, XFS_ILOCK_EXCL);
	return error;
}

/* The end of direct I/O to one extent. */
static int xfs_stub_direct_ends(struct inode *inode, loff_t pos, loff_t len,
				const struct iomap *iomap)
{
	int error = 0;

	if (iomap->flags & IOMAP_F_SHARED)
		error = xfs_reflink_end_cow(XFS_I(inode), pos, len);
	if (!error && iomap->type == IOMAP_UNWRITTEN)
		error = xfs_iomap_write_unwritten(XFS_I(inode), pos, len, true);
	return error;
}

/**
 * xfs_stub_direct() - a direct write below the end of the file, without its data
 * @inode: the file; i_rwsem is held for reading. What is cached has gone
 * @pos: in bytes, of whole blocks
 * @len: likewise
 * @wrote: called for each extent when its I/O is submitted, with the place on disk in bytes
 *
 * Return: 0 or a negative errno.
 */
int xfs_stub_direct(struct inode *inode, loff_t pos, loff_t len,
		    void (*wrote)(loff_t pos, loff_t len, u64 disk))
{
	loff_t end = pos + len;
	int error = 0;

	while (!error && pos < end) {
		struct iomap iomap = { 0 }, srcmap = { 0 };

		error = xfs_direct_write_iomap_ops.iomap_begin(inode, pos, end - pos,
				IOMAP_WRITE | IOMAP_DIRECT, &iomap, &srcmap);
		if (error)
			break;
		len = min_t(loff_t, end, iomap.offset + iomap.length) - pos;
		wrote(pos, len, iomap.addr + (pos - iomap.offset));
		error = xfs_stub_direct_ends(inode, pos, len, &iomap);
		pos += len;
	}
	return error;
}
