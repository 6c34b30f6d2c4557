/* SPDX-License-Identifier: GPL-2.0-only */
/* Walking dirty folios. */
#ifndef _LINUX_WRITEBACK_H
#define _LINUX_WRITEBACK_H

#include <linux/fs.h>
#include <linux/pagemap.h>

enum writeback_sync_modes { WB_SYNC_NONE, WB_SYNC_ALL };
struct swap_iocb;
struct bio;

struct writeback_control {
	long nr_to_write;
	long pages_skipped;
	loff_t range_start;		/* bytes */
	loff_t range_end;		/* bytes, inclusive */
	enum writeback_sync_modes sync_mode;
	unsigned for_kupdate:1, for_background:1, tagged_writepages:1, for_reclaim:1;
	unsigned range_cyclic:1, for_sync:1, unpinned_netfs_wb:1, no_cgroup_owner:1;
	pgoff_t lk_next;		/* writeback_iter(): where to go on */
	int lk_error;			/* first error of the walk */
};

typedef int (*writepage_t)(struct folio *folio, struct writeback_control *wbc, void *data);
typedef int (*lk_writepage_page_t)(struct page *page, struct writeback_control *wbc, void *data);

struct folio *writeback_iter(struct address_space *mapping, struct writeback_control *wbc,
			     struct folio *folio, int *error);
/* 6.1's callback takes a page, later ones a folio: the pointer is the same. */
int lk_write_cache_pages(struct address_space *mapping, struct writeback_control *wbc,
			 writepage_t fn, void *data);
#define write_cache_pages(m, w, fn, d)	lk_write_cache_pages((m), (w), (writepage_t)(fn), (d))

static inline blk_opf_t wbc_to_write_flags(struct writeback_control *wbc)
{
	(void)wbc;
	return 0;
}

/* Throttling and accounting to groups: there is one writer and no group. */
#define BDP_ASYNC	0x1u
static inline int balance_dirty_pages_ratelimited_flags(struct address_space *mapping,
							unsigned int flags)
{
	(void)mapping;
	(void)flags;
	return 0;
}

static inline void balance_dirty_pages_ratelimited(struct address_space *mapping) { (void)mapping; }
static inline void wbc_init_bio(struct writeback_control *wbc, struct bio *bio)
{
	(void)wbc;
	(void)bio;
}

#define wbc_account_cgroup_owner(wbc, what, bytes)	((void)(wbc), (void)(what), (void)(bytes))
#define bio_clone_blkg_association(to, from)		((void)(to), (void)(from))

#endif
