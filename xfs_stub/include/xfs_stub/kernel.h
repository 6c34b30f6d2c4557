/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What XFS embeds or names of the kernel beyond what iomap does. Objects of
 * these types lie in XFS's structures and nothing of the code under test looks
 * into them, so most are no more than a type.
 */
#ifndef XFS_STUB_KERNEL_H
#define XFS_STUB_KERNEL_H

#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/export.h>
#include <linux/fs.h>
#include <linux/list_sort.h>
#include <linux/module.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/writeback.h>
#include <xfs_stub/byteorder.h>
#include <xfs_stub/opaque.h>
#include <xfs_stub/percpu.h>
#include <xfs_stub/unreached.h>

/* The device computes no checksums, so pages need not be stable. */
#define bdev_has_integrity_csum(bdev)	((void)(bdev), false)

#define inode_state_read_once(inode)	((inode)->i_state)

static inline int icount_read(const struct inode *inode)
{
	return atomic_read(&inode->i_count);
}

/* One queue for all work: items run in order, when the test lets them. */
static inline bool queue_work(struct workqueue_struct *wq, struct work_struct *work)
{
	return schedule_work(work);
}

static inline void mapping_set_stable_writes(struct address_space *m) { }
static inline void mapping_clear_stable_writes(struct address_space *m) { }

#endif /* XFS_STUB_KERNEL_H */
