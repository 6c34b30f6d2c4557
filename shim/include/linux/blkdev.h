/* SPDX-License-Identifier: GPL-2.0-only */
/* Nothing of a block device matters here but that it exists. */
#ifndef _LINUX_BLKDEV_H
#define _LINUX_BLKDEV_H

#include <linux/bio.h>
#include <linux/blk_types.h>

struct queue_limits {
	unsigned int max_zone_append_sectors;
};

struct blk_plug { int unused; };
static inline void blk_start_plug(struct blk_plug *plug) { (void)plug; }
static inline void blk_finish_plug(struct blk_plug *plug) { (void)plug; }
static inline unsigned int bdev_logical_block_size(struct block_device *b) { (void)b; return 512; }
struct queue_limits *bdev_limits(struct block_device *bdev);
int blk_status_to_errno(blk_status_t status);
blk_status_t errno_to_blk_status(int error);

#endif
