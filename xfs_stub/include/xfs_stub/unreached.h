/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What XFS's headers and files call on paths that no case takes. Declared and
 * nowhere defined: each becomes an abort stub made from the linker's own list.
 */
#ifndef XFS_STUB_UNREACHED_H
#define XFS_STUB_UNREACHED_H

#include <linux/time64.h>
#include <linux/types.h>

struct address_space;
struct bio;
struct block_device;
struct completion;
struct dax_device;
struct file;
struct inode;
struct iov_iter;
struct kiocb;
struct lockref;
struct page;
struct iomap_ops;
struct work_struct;
struct workqueue_struct;
struct writeback_control;

int blkdev_issue_zeroout(struct block_device *bdev, sector_t sector, sector_t nr, gfp_t gfp,
			 unsigned int flags);
int filemap_write_and_wait(struct address_space *mapping);
void inode_dio_wait(struct inode *inode);
void lock_two_nondirectories(struct inode *a, struct inode *b);
void unlock_two_nondirectories(struct inode *a, struct inode *b);
void filemap_invalidate_lock_two(struct address_space *a, struct address_space *b);
void filemap_invalidate_unlock_two(struct address_space *a, struct address_space *b);
struct timespec64 inode_get_ctime(const struct inode *inode);
struct timespec64 inode_get_mtime(const struct inode *inode);
dev_t xfs_to_linux_dev_t(__u32 dev);
__u32 linux_to_xfs_dev_t(dev_t dev);
int dax_writeback_mapping_range(struct address_space *mapping, struct dax_device *dax,
				struct writeback_control *wbc);
bool is_vmalloc_addr(const void *p);
struct page *vmalloc_to_page(const void *p);
struct page *virt_to_page(const void *p);
ssize_t noop_direct_IO(struct kiocb *iocb, struct iov_iter *iter);
void lockref_get(struct lockref *lockref);
bool bio_is_zone_append(struct bio *bio);
int generic_remap_file_range_prep(struct file *in, loff_t pos_in, struct file *out,
				  loff_t pos_out, loff_t *len, unsigned int flags);
int dax_remap_file_range_prep(struct file *in, loff_t pos_in, struct file *out, loff_t pos_out,
			      loff_t *len, unsigned int flags, const struct iomap_ops *ops);
int dax_file_unshare(struct inode *inode, loff_t pos, loff_t len, const struct iomap_ops *ops);
void mdelay(unsigned long ms);
void wait_for_completion(struct completion *c);
bool try_wait_for_completion(struct completion *c);
void complete(struct completion *c);
bool bdev_stable_writes(struct block_device *bdev);
void unlock_new_inode(struct inode *inode);
int dax_zero_range(struct inode *inode, loff_t pos, loff_t len, bool *did_zero,
		   const struct iomap_ops *ops);
int dax_truncate_page(struct inode *inode, loff_t pos, bool *did_zero,
		      const struct iomap_ops *ops);

#endif /* XFS_STUB_UNREACHED_H */
