// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions that the tree's files name and that no test should reach: each
 * ends the case with its name and its caller, so that none passes for tested.
 */
#include <libkern/unimplemented.h>
#include <linux/blkdev.h>
#include <linux/pagemap.h>

LK_ABORT_STUB(struct bio *, bio_split, struct bio *bio, int sectors, gfp_t gfp, struct bio_set *bs)
LK_ABORT_STUB(int, bio_split_rw_at, struct bio *bio, const struct queue_limits *lim,
	      unsigned int *segs, unsigned int max_bytes)
LK_ABORT_STUB(struct queue_limits *, bdev_limits, struct block_device *bdev)
LK_ABORT_STUB(int, filemap_migrate_folio, struct address_space *mapping, struct folio *dst,
	      struct folio *src, enum migrate_mode mode)
