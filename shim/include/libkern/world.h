/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a test may do to the models that a kernel has no call for: injected
 * failures and events. The suites reach it through kunit/world.h only.
 */
#ifndef LIBKERN_WORLD_H
#define LIBKERN_WORLD_H

#include <libkern/case.h>
#include <libkern/host.h>
#include <linux/fs.h>
#include <linux/uio.h>

/**
 * lk_inode_new() - a regular file with an empty page cache
 * @ops: of its address space
 * @blkbits: log2 of the block size in bytes
 *
 * The largest possible s_maxbytes, large folios on, i_size 0, no lock held.
 */
struct inode *lk_inode_new(const struct address_space_operations *ops, unsigned int blkbits);
/* Frees it. Folios left in the cache become a leak splat; nothing is truncated. */
void lk_inode_free(struct inode *inode);
/* The same for an inode that lies inside a filesystem's own. */
void lk_inode_init(struct inode *inode, const struct address_space_operations *ops,
		   unsigned int blkbits);
void lk_inode_fini(struct inode *inode);
struct file *lk_file_new(struct inode *inode);
void lk_file_free(struct file *file);
struct bio;
struct block_device *lk_bdev(void);

/**
 * lk_iov_iter_fault() - a source of bytes that ends in an unreadable page
 * @i: the iterator to fill in
 * @len: bytes it claims to have
 * @fault_at: the first byte that cannot be read; @len or more: all can
 * @seen: the fault-in notices it; else it says once that all is well, as when
 *	  the page goes between the fault-in and the copy
 */
void lk_iov_iter_fault(struct iov_iter *i, size_t len, size_t fault_at, bool seen);

/**
 * lk_fail_alloc() - let one allocation fail
 * @nth: which one from now on, 1 the next; 0 switches it off
 *
 * Counts what may fail: slab, folios and bios without __GFP_NOFAIL.
 */
void lk_fail_alloc(unsigned int nth);
/* Allocations that could have failed since lk_fail_alloc(). */
unsigned int lk_alloc_count(void);
/* For the allocators: true where this one is to fail. */
bool lk_alloc_fails(gfp_t gfp);

/**
 * lk_at_lookup() - run something before a page cache look-up
 * @nth: which look-up from now on, 1 the next; 0 switches it off
 * @fn: runs once, with no lock and no RCU section of the models held
 * @arg: for @fn
 *
 * Each mapping_seek_hole_data() and each look-up of a folio counts one.
 */
void lk_at_lookup(unsigned int nth, void (*fn)(void *arg), void *arg);
/* For the models: a look-up is about to happen. */
void lk_lookup(struct address_space *mapping);

/**
 * lk_bio_fail() - let one bio end with an error
 * @nth: which submission from now on, 1 the next; 0 switches it off
 * @error: negative error number
 */
void lk_bio_fail(unsigned int nth, int error);

/**
 * lk_bio_defer() - keep submitted bios until lk_bio_complete()
 * @on: whether; switching it off completes what is kept
 */
void lk_bio_defer(bool on);
/* Completes what is kept, oldest first: how many; or the oldest alone, if there is one. */
unsigned int lk_bio_complete(void);
bool lk_bio_complete_one(void);

/**
 * lk_bio_watch() - look at bios as they are submitted
 * @fn: called for each, whatever becomes of it; NULL for nobody
 */
void lk_bio_watch(void (*fn)(const struct bio *bio));

/**
 * lk_bio_watch_unsent() - look at bios that end without having been submitted
 * @fn: called for each before it ends; NULL for nobody
 */
void lk_bio_watch_unsent(void (*fn)(const struct bio *bio));

/* The last use of a folio's mapping through a pte: what a fault leaves behind. */
void lk_folio_map_dirty(struct folio *folio);

/**
 * lk_reclaim_folio() - evict a clean folio as reclaim does
 * @mapping: the file's
 * @index: in pages
 *
 * Leaves a shadow entry. Return: 0, or -EBUSY where reclaim would give up.
 */
int lk_reclaim_folio(struct address_space *mapping, pgoff_t index);

/* Which allocations are live; for the leak check. */
void lk_slab_baseline(void);
void lk_slab_check(void);
void lk_folio_baseline(void);
void lk_folio_check(void);
void lk_bio_reset(void);

#endif
