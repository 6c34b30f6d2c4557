// SPDX-License-Identifier: GPL-2.0-only
/* XFS's operations on a file, with one signature for all trees. */
#include <xfs_stub/tree.h>
#include <xfs_stub/local.h>

const struct iomap_ops *const xfs_stub_write_ops = &xfs_buffered_write_iomap_ops;
#if XS_MKWRITE_OPS
const struct iomap_ops *const xfs_stub_fault_ops = &xfs_page_mkwrite_iomap_ops;
#else
const struct iomap_ops *const xfs_stub_fault_ops = &xfs_buffered_write_iomap_ops;
#endif
/* Does ->iomap_begin look whether it is asked for an unsharing? */
const bool xfs_stub_unshare_knows_holes = XS_UNSHARE_HOLE;
/* Does zeroing make a reservation behind EOF unwritten? */
const bool xfs_stub_zero_converts = XS_ZERO_CONVERTS;
/* Does what is preallocated in the COW fork go by the extents of that fork? */
const bool xfs_stub_prealloc_knows_fork = XS_PREALLOC_CCUR;
const struct address_space_operations *const xfs_stub_aops = &xfs_address_space_operations;

/*
 * The iomap calls take the mapping operations from the caller, so that it can
 * look over their shoulder; the folio operations are XFS's own everywhere.
 */
ssize_t xfs_stub_buffered_write(struct kiocb *iocb, struct iov_iter *from,
				const struct iomap_ops *ops)
{
#if LK_WRITE_OPS
	return iomap_file_buffered_write(iocb, from, ops, &xfs_iomap_write_ops, NULL);
#elif LK_BUFFERED_WRITE_PRIVATE
	return iomap_file_buffered_write(iocb, from, ops, NULL);
#else
	return iomap_file_buffered_write(iocb, from, ops);
#endif
}

vm_fault_t xfs_stub_page_mkwrite(struct vm_fault *vmf, const struct iomap_ops *ops)
{
#if LK_PAGE_MKWRITE_PRIVATE
	return iomap_page_mkwrite(vmf, ops, NULL);
#else
	return iomap_page_mkwrite(vmf, ops);
#endif
}

int xfs_stub_zero_range(struct inode *inode, loff_t pos, loff_t len, bool *did_zero,
			const struct iomap_ops *ops)
{
#if LK_WRITE_OPS
	return iomap_zero_range(inode, pos, len, did_zero, ops, &xfs_iomap_write_ops, NULL);
#elif LK_ZERO_RANGE_PRIVATE
	return iomap_zero_range(inode, pos, len, did_zero, ops, NULL);
#else
	return iomap_zero_range(inode, pos, len, did_zero, ops);
#endif
}

int xfs_stub_truncate_page(struct inode *inode, loff_t pos, bool *did_zero,
			   const struct iomap_ops *ops)
{
#if LK_WRITE_OPS
	return iomap_truncate_page(inode, pos, did_zero, ops, &xfs_iomap_write_ops, NULL);
#elif LK_ZERO_RANGE_PRIVATE
	return iomap_truncate_page(inode, pos, did_zero, ops, NULL);
#else
	return iomap_truncate_page(inode, pos, did_zero, ops);
#endif
}

int xfs_stub_file_unshare(struct inode *inode, loff_t pos, loff_t len,
			  const struct iomap_ops *ops)
{
#if LK_WRITE_OPS
	return iomap_file_unshare(inode, pos, len, ops, &xfs_iomap_write_ops);
#else
	return iomap_file_unshare(inode, pos, len, ops);
#endif
}

int xfs_stub_free_space(struct inode *inode, loff_t pos, loff_t len)
{
#if XS_PUNCH_AC
	return xfs_free_file_space(XFS_I(inode), pos, len, NULL);
#else
	return xfs_free_file_space(XFS_I(inode), pos, len);
#endif
}
