/* SPDX-License-Identifier: GPL-2.0-only */
/* The page cache: look-up, creation, locking and removal of folios. */
#ifndef _LINUX_PAGEMAP_H
#define _LINUX_PAGEMAP_H

#include <libkern-facts.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/uio.h>

/* How to get a folio. The numbers are libkern's own: nobody looks at them. */
#define FGP_ACCESSED	0x001u
#define FGP_LOCK	0x002u
#define FGP_CREAT	0x004u
#define FGP_WRITE	0x008u
#define FGP_NOFS	0x010u
#define FGP_NOWAIT	0x020u
#define FGP_FOR_MMAP	0x040u
#define FGP_STABLE	0x080u
#define FGP_DONTCACHE	0x100u
#define FGP_WRITEBEGIN	(FGP_LOCK | FGP_WRITE | FGP_CREAT | FGP_STABLE)
/* The wish for an order travels in the upper bits. */
#define LK_FGF_ORDER_SHIFT	26
#define FGF_GET_ORDER(fgf)	((unsigned int)(fgf) >> LK_FGF_ORDER_SHIFT)
fgf_t fgf_set_order(size_t size);

/* Largest order the shim makes; the models bound everything by it. */
#define MAX_PAGECACHE_ORDER	9u

static inline loff_t folio_pos(const struct folio *folio)
{
	return (loff_t)folio->index << PAGE_SHIFT;
}

static inline loff_t page_offset(struct page *page)
{
	return (loff_t)(page->lk_folio->index + page->lk_nr) << PAGE_SHIFT;
}

/* Index of the page behind the folio, in the width of pgoff_t. */
static inline pgoff_t folio_next_index(const struct folio *folio)
{
	return folio->index + folio_nr_pages(folio);
}

static inline loff_t folio_next_pos(const struct folio *folio)
{
	return (loff_t)folio_next_index(folio) << PAGE_SHIFT;
}

static inline bool folio_contains(const struct folio *folio, pgoff_t index)
{
	return index - folio->index < folio_nr_pages(folio);
}

static inline struct page *folio_file_page(struct folio *folio, pgoff_t index)
{
	return folio_page(folio, index & (folio_nr_pages(folio) - 1));
}

static inline struct address_space *folio_mapping(struct folio *folio) { return folio->mapping; }
static inline struct inode *folio_inode(struct folio *folio) { return folio->mapping->host; }

static inline unsigned int i_blocks_per_folio(const struct inode *inode, const struct folio *folio)
{
	return folio_size(folio) >> inode->i_blkbits;
}

static inline unsigned int i_blocks_per_page(const struct inode *inode, struct page *page)
{
	return i_blocks_per_folio(inode, page_folio(page));
}

static inline gfp_t mapping_gfp_mask(const struct address_space *mapping)
{
	return mapping->gfp_mask;
}

static inline gfp_t mapping_gfp_constraint(const struct address_space *mapping, gfp_t gfp)
{
	return mapping->gfp_mask & gfp;
}

static inline gfp_t readahead_gfp_mask(struct address_space *mapping)
{
	return mapping->gfp_mask | __GFP_NORETRY | __GFP_NOWARN;
}

static inline void mapping_set_gfp_mask(struct address_space *m, gfp_t mask) { m->gfp_mask = mask; }
static inline void mapping_set_large_folios(struct address_space *mapping)
{
	mapping->lk_max_order = MAX_PAGECACHE_ORDER;
}

static inline void mapping_set_folio_order_range(struct address_space *mapping,
						 unsigned int min, unsigned int max)
{
	mapping->lk_min_order = min;
	mapping->lk_max_order = max;
}

static inline void mapping_set_folio_min_order(struct address_space *mapping, unsigned int min)
{
	mapping_set_folio_order_range(mapping, min, MAX_PAGECACHE_ORDER);
}

static inline unsigned int mapping_min_folio_order(const struct address_space *m)
{
	return m->lk_min_order;
}

static inline unsigned int mapping_max_folio_order(const struct address_space *m)
{
	return m->lk_max_order;
}

static inline bool mapping_large_folio_support(const struct address_space *m)
{
	return m->lk_max_order > 0;
}

static inline size_t mapping_max_folio_size(const struct address_space *mapping)
{
	return PAGE_SIZE << mapping->lk_max_order;
}

void mapping_set_error(struct address_space *mapping, int error);

/* Look-ups. What "not there" looks like is a fact of the tree: NULL or an error. */
#if LK_GET_FOLIO_ERR_PTR
#define LK_NO_FOLIO(err)	((struct folio *)ERR_PTR(err))
#else
#define LK_NO_FOLIO(err)	((struct folio *)NULL)
#endif

void *filemap_get_entry(struct address_space *mapping, pgoff_t index);

/**
 * lk_get_folio_of_tree() - whose __filemap_get_folio() answers
 * @own: the tree's own, for the rest of the case; else libkern's model
 *
 * Return: false where the tree has none that is known.
 */
bool lk_get_folio_of_tree(bool own);
extern const bool lk_tree_has_get_folio;
struct folio *lk_tree_get_folio(struct address_space *mapping, pgoff_t index, fgf_t fgp,
				gfp_t gfp) __weak;
struct folio *lk_filemap_get_folio(struct address_space *mapping, pgoff_t index, fgf_t fgp,
				   gfp_t gfp, const char *here);
#define __filemap_get_folio(m, i, f, g)	lk_filemap_get_folio((m), (i), (f), (g), LK_HERE)
#define filemap_get_folio(m, i)		__filemap_get_folio((m), (i), 0, 0)
#define filemap_lock_folio(m, i)	__filemap_get_folio((m), (i), FGP_LOCK, 0)
#define filemap_grab_folio(m, i) \
	__filemap_get_folio((m), (i), FGP_LOCK | FGP_ACCESSED | FGP_CREAT, mapping_gfp_mask(m))

struct folio *lk_folio_alloc(gfp_t gfp, unsigned int order, const void *caller);
#define folio_alloc(gfp, order) \
	lk_folio_alloc((gfp), (order), __builtin_return_address(0))
#define filemap_alloc_folio(gfp, order, ...) \
	lk_folio_alloc((gfp), (order), __builtin_return_address(0))
int lk_filemap_add_folio(struct address_space *mapping, struct folio *folio, pgoff_t index,
			 gfp_t gfp, const char *here);
#define filemap_add_folio(m, f, i, g)	lk_filemap_add_folio((m), (f), (i), (g), LK_HERE)
void filemap_remove_folio(struct folio *folio);
bool filemap_dirty_folio(struct address_space *mapping, struct folio *folio);
bool filemap_release_folio(struct folio *folio, gfp_t gfp);
void folio_invalidate(struct folio *folio, size_t offset, size_t length);
bool noop_dirty_folio(struct address_space *mapping, struct folio *folio);
int filemap_migrate_folio(struct address_space *mapping, struct folio *dst,
			  struct folio *src, enum migrate_mode mode);
int write_inode_now(struct inode *inode, int sync);

/**
 * mapping_seek_hole_data() - next data or hole in the page cache
 *
 * Two texts stand behind it: the tree's own and libkern's model; the option
 * "seek" of the test binary chooses.
 */
loff_t mapping_seek_hole_data(struct address_space *mapping, loff_t start, loff_t end, int whence);
loff_t lk_tree_seek_hole_data(struct address_space *mapping, loff_t start, loff_t end, int whence);
loff_t lk_model_seek_hole_data(struct address_space *mapping, loff_t start, loff_t end, int whence);

/* Folio lock. The place goes into the report of a broken rule. */
void lk_folio_lock(struct folio *folio, const char *here);
bool lk_folio_trylock(struct folio *folio, const char *here);
void lk_folio_unlock(struct folio *folio, const char *here);
#define folio_lock(f)		lk_folio_lock((f), LK_HERE)
#define folio_lock_killable(f)	(lk_folio_lock((f), LK_HERE), 0)
#define folio_trylock(f)	lk_folio_trylock((f), LK_HERE)
#define folio_unlock(f)		lk_folio_unlock((f), LK_HERE)
#define lock_page(p)		folio_lock(page_folio(p))
#define unlock_page(p)		folio_unlock(page_folio(p))
void folio_end_read(struct folio *folio, bool success);

/* Writeback state. */
void folio_start_writeback(struct folio *folio);
void folio_end_writeback(struct folio *folio);
void folio_wait_writeback(struct folio *folio);
void folio_wait_stable(struct folio *folio);
bool folio_redirty_for_writepage(struct writeback_control *wbc, struct folio *folio);

/* Bytes of the folio below i_size, or an error where truncation has won. */
ssize_t folio_mkwrite_check_truncate(struct folio *folio, const struct inode *inode);

/* A run of new, locked folios in the cache, waiting to be read. */
struct readahead_control {
	struct file *file;
	struct address_space *mapping;
	pgoff_t _index;			/* next page to hand out */
	unsigned int _nr_pages;		/* pages left, that one included */
};

#define DEFINE_READAHEAD(name, f, ra, m, i) \
	struct readahead_control name = { .file = (f), .mapping = (m), ._index = (i) }

static inline loff_t readahead_pos(struct readahead_control *rac)
{
	return (loff_t)rac->_index << PAGE_SHIFT;
}

static inline size_t readahead_length(struct readahead_control *rac)
{
	return (size_t)rac->_nr_pages << PAGE_SHIFT;
}

static inline unsigned int readahead_count(struct readahead_control *rac) { return rac->_nr_pages; }
static inline struct inode *readahead_inode(struct readahead_control *rac)
{
	return rac->mapping->host;
}

struct folio *readahead_folio(struct readahead_control *rac);

struct folio_batch;
unsigned int filemap_get_folios_dirty(struct address_space *mapping, pgoff_t *start,
				      pgoff_t end, struct folio_batch *fbatch);
unsigned int filemap_get_folios_tag(struct address_space *mapping, pgoff_t *start, pgoff_t end,
				    xa_mark_t tag, struct folio_batch *fbatch);

#endif
