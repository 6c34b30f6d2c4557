/* SPDX-License-Identifier: GPL-2.0-only */
/* Sizes, contents and references of folios. */
#ifndef _LINUX_MM_H
#define _LINUX_MM_H

#include <linux/bug.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm_types.h>
#include <linux/page-flags.h>
#include <linux/slab.h>
#include "../../dup/mm.h"

static inline unsigned int folio_order(const struct folio *folio)
{
	return folio->lk_order;
}

static inline unsigned long folio_nr_pages(const struct folio *folio)
{
	return 1UL << folio->lk_order;
}

static inline size_t folio_size(const struct folio *folio)
{
	return PAGE_SIZE << folio->lk_order;
}

static inline unsigned int folio_shift(const struct folio *folio)
{
	return PAGE_SHIFT + folio->lk_order;
}

#define page_folio(p)		((p)->lk_folio)
#define folio_page(f, n)	lk_folio_page((f), (n))
struct page *lk_folio_page(struct folio *folio, unsigned long nr);
static inline struct address_space *page_mapping(struct page *page)
{
	return page->lk_folio->mapping;
}

#define offset_in_thp(page, p)	offset_in_folio(page_folio(page), p)
#define PAGE_ALIGN(x)		ALIGN(x, PAGE_SIZE)

static inline int folio_ref_count(const struct folio *folio)
{
	lk_access(LK_AT_REF, &folio->lk_refs, "references", true);
	return atomic_read(&folio->lk_refs);
}

void folio_get(struct folio *folio);
/* Dropping the last reference frees it; it must be out of the cache, unlocked and clean. */
void folio_put(struct folio *folio);
void folio_put_refs(struct folio *folio, int refs);
bool folio_try_get(struct folio *folio);
#define folio_try_get_rcu(f)	folio_try_get(f)
static inline void get_page(struct page *page) { folio_get(page_folio(page)); }
static inline void put_page(struct page *page) { folio_put(page_folio(page)); }

/* What hangs on the folio is worth a reference: one more with it, one less without. */
void *lk_folio_private(struct folio *folio, void *data);
#define folio_attach_private(f, data)	((void)lk_folio_private((f), (data)))
#define folio_detach_private(f)		lk_folio_private((f), NULL)

static inline void *folio_get_private(struct folio *folio)
{
	return folio->private;
}

static inline bool folio_has_private(const struct folio *folio)
{
	return folio_test_private(folio);
}

/* Contents; [from, to) in bytes inside the folio. */
void *folio_address(struct folio *folio);
void folio_zero_segments(struct folio *folio, size_t start1, size_t end1,
			 size_t start2, size_t end2);
static inline void folio_zero_segment(struct folio *folio, size_t start, size_t end)
{
	folio_zero_segments(folio, start, end, 0, 0);
}

static inline void folio_zero_range(struct folio *folio, size_t start, size_t length)
{
	folio_zero_segments(folio, start, start + length, 0, 0);
}

/* Write-protect all mappings: how many ptes were dirty. */
int folio_mkclean(struct folio *folio);
void unmap_mapping_range(struct address_space *mapping, loff_t start, loff_t len, int even_cows);
vm_fault_t vmf_error(int err);
vm_fault_t vmf_fs_error(int err);

bool folio_mark_dirty(struct folio *folio);
bool folio_clear_dirty_for_io(struct folio *folio);
void __folio_cancel_dirty(struct folio *folio);
static inline void folio_cancel_dirty(struct folio *folio)
{
	if (folio_test_dirty(folio))
		__folio_cancel_dirty(folio);
}

#define flush_dcache_folio(f)	((void)(f))
#define flush_dcache_page(p)	((void)(p))
#define folio_mark_accessed(f)	folio_set_referenced(f)
#define mark_page_accessed(p)	folio_mark_accessed(page_folio(p))

void truncate_pagecache(struct inode *inode, loff_t new_size);
void truncate_setsize(struct inode *inode, loff_t new_size);
void truncate_pagecache_range(struct inode *inode, loff_t lstart, loff_t lend);
void truncate_inode_pages(struct address_space *mapping, loff_t start);
void truncate_inode_pages_range(struct address_space *mapping, loff_t start, loff_t end);
void truncate_inode_pages_final(struct address_space *mapping);
void pagecache_isize_extended(struct inode *inode, loff_t from, loff_t to);
int generic_error_remove_folio(struct address_space *mapping, struct folio *folio);
int generic_error_remove_page(struct address_space *mapping, struct page *page);

#endif
