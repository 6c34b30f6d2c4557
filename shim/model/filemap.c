// SPDX-License-Identifier: GPL-2.0-only
/*
 * Model: the page cache on the tree's own xarray, multi-index entries, marks
 * and shadow entries included.
 *
 * Kept: reference counts (one per page for the cache), look-up against removal
 * under RCU, dirty and writeback marks, release and invalidation callbacks.
 * Dropped: the LRU, memory control groups, statistics, readahead's heuristics.
 */
#include <libkern/debug.h>
#include <libkern/hooks.h>
#include <libkern/host.h>
#include <libkern/world.h>
#include <linux/pagemap.h>
#include <linux/rcupdate.h>
#include <linux/writeback.h>

static unsigned int lk_lookup_nth;
static void (*lk_lookup_fn)(void *arg);
static void *lk_lookup_arg;

void lk_at_lookup(unsigned int nth, void (*fn)(void *arg), void *arg)
{
	lk_lookup_nth = nth;
	lk_lookup_fn = fn;
	lk_lookup_arg = arg;
}

void lk_lookup(struct address_space *mapping)
{
	lk_point(LK_AT_LOOKUP, mapping);
	if (unlikely(lk_lookup_nth) && !--lk_lookup_nth)
		lk_lookup_fn(lk_lookup_arg);
}

static bool lk_try_thawed(void *folio)
{
	return !READ_ONCE(((struct folio *)folio)->lk_frozen);
}

/*
 * A folio that is split has no references meanwhile, and a kernel's look-up spins until
 * it has. Nothing comes of the turns of that: here it waits.
 */
static void lk_while_frozen(struct folio *folio)
{
	if (!lk_try_thawed(folio))
		lk_wait(LK_AT_REF, &folio->lk_refs, lk_try_thawed, folio, "the end of a split");
}

void *filemap_get_entry(struct address_space *mapping, pgoff_t index)
{
	void *entry;

	rcu_read_lock();
	for (;;) {
		entry = xa_load(&mapping->i_pages, index);
		if (!entry || xa_is_value(entry))
			break;
		/* it may be freed, and used again elsewhere, before we hold it */
		if (folio_try_get(entry)) {
			if (likely(xa_load(&mapping->i_pages, index) == entry))
				break;
			folio_put(entry);
		} else {
			lk_while_frozen(entry);
		}
	}
	rcu_read_unlock();
	return entry;
}

fgf_t fgf_set_order(size_t size)
{
	if (size <= PAGE_SIZE)
		return 0;
	return (fgf_t)(ilog2(size) - PAGE_SHIFT) << LK_FGF_ORDER_SHIFT;
}

static unsigned int lk_new_folio_order(struct address_space *mapping, pgoff_t index, fgf_t fgp)
{
	unsigned int order = FGF_GET_ORDER(fgp);

	if (order > mapping->lk_max_order)
		order = mapping->lk_max_order;
	if (index && order > __ffs(index))
		order = __ffs(index);
	return order < mapping->lk_min_order ? mapping->lk_min_order : order;
}

/* A new locked folio in the cache, or an error; -EEXIST: somebody was faster. */
static struct folio *lk_filemap_create(struct address_space *mapping, pgoff_t index, fgf_t fgp,
				       gfp_t gfp, const char *here)
{
	unsigned int order = lk_new_folio_order(mapping, index, fgp);
	struct folio *folio;
	int error;

	for (;;) {
		folio = lk_folio_alloc(gfp, order, __builtin_return_address(0));
		error = -ENOMEM;
		if (folio) {
			error = lk_filemap_add_folio(mapping, folio,
						     round_down(index, 1UL << order), gfp, here);
			if (!error)
				return folio;
			folio_put(folio);
		}
		/* a smaller one may fit between what is there, or be granted */
		if (order == mapping->lk_min_order)
			return ERR_PTR(error);
		order--;
	}
}

static bool lk_own_get_folio;

bool lk_get_folio_of_tree(bool own)
{
	const char *option = lk_host_option("get-folio");

	lk_own_get_folio = lk_tree_has_get_folio &&
			   (own || (option && !strcmp(option, "tree")));
	return lk_own_get_folio == own;
}

struct folio *lk_filemap_get_folio(struct address_space *mapping, pgoff_t index, fgf_t fgp,
				   gfp_t gfp, const char *here)
{
	struct folio *folio;

	lk_lookup(mapping);
	if (unlikely(lk_own_get_folio))
		return lk_tree_get_folio(mapping, index, fgp, gfp);
	for (;;) {
		folio = filemap_get_entry(mapping, index);
		if (xa_is_value(folio))
			folio = NULL;
		if (!folio) {
			if (!(fgp & FGP_CREAT))
				return LK_NO_FOLIO(-ENOENT);
			if (fgp & FGP_NOWAIT)
				gfp &= ~__GFP_RECLAIM;
			folio = lk_filemap_create(mapping, index, fgp, gfp, here);
			if (PTR_ERR(folio) == -EEXIST)
				continue;
			if (IS_ERR(folio))
				return LK_NO_FOLIO(PTR_ERR(folio));
			if (!(fgp & (FGP_LOCK | FGP_FOR_MMAP)))
				lk_folio_unlock(folio, here);
			return folio;
		}
		if (fgp & FGP_LOCK) {
			if (fgp & FGP_NOWAIT) {
				if (!lk_folio_trylock(folio, here)) {
					folio_put(folio);
					return LK_NO_FOLIO(-EAGAIN);
				}
			} else {
				lk_folio_lock(folio, here);
			}
			/* truncated while it was waited for? */
			if (unlikely(folio->mapping != mapping)) {
				lk_folio_unlock(folio, here);
				folio_put(folio);
				continue;
			}
		}
		if (fgp & FGP_ACCESSED)
			folio_mark_accessed(folio);
		if (fgp & FGP_STABLE)
			folio_wait_stable(folio);
		return folio;
	}
}

int lk_filemap_add_folio(struct address_space *mapping, struct folio *folio, pgoff_t index,
			 gfp_t gfp, const char *here)
{
	XA_STATE_ORDER(xas, &mapping->i_pages, index, folio_order(folio));
	void *old, *shadow = NULL;

	if (index & (folio_nr_pages(folio) - 1))
		lk_die(LK_DEATH_BUG, "a folio of order %u at index %lu", folio_order(folio), index);
	if (!lk_folio_trylock(folio, here))
		lk_die(LK_DEATH_BUG, "a new folio is locked already, at %s", here);
	folio->mapping = mapping;
	folio->index = index;
	do {
		xas_lock_irq(&xas);
		shadow = NULL;
		xas_for_each_conflict(&xas, old) {
			shadow = old;
			if (!xa_is_value(old))
				break;
		}
		if (shadow && !xa_is_value(shadow)) {
			xas_set_err(&xas, -EEXIST);
		} else {
			/* several shadows under one folio: clear them one by one */
			if (shadow) {
				xas_store(&xas, NULL);
				xas_reset(&xas);
			}
			xas_store(&xas, folio);
			if (!xas_error(&xas))
				WRITE_ONCE(mapping->nrpages,
					   mapping->nrpages + folio_nr_pages(folio));
		}
		xas_unlock_irq(&xas);
	} while (xas_nomem(&xas, (gfp & ~__GFP_HIGHMEM) | __GFP_NOFAIL));

	if (xas_error(&xas)) {
		folio->mapping = NULL;
		lk_folio_unlock(folio, here);
		return xas_error(&xas);
	}
	atomic_add(folio_nr_pages(folio), &folio->lk_refs);
	lk_debug_mapping(mapping, "adding a folio");
	return 0;
}

/* Out of the cache; the folio is locked. A shadow may take its place. */
static void lk_filemap_delete(struct folio *folio, void *shadow)
{
	struct address_space *mapping = folio->mapping;
	XA_STATE_ORDER(xas, &mapping->i_pages, folio->index, folio_order(folio));

	if (!folio_test_locked(folio))
		lk_splat(LK_SPLAT_LOCK, "a folio leaves the page cache unlocked (index %lu)",
			 folio->index);
	if (folio_test_writeback(folio))
		lk_splat(LK_SPLAT_MODEL, "a folio leaves the page cache under writeback");
	xas_lock_irq(&xas);
	xas_store(&xas, shadow);
	/* where that was the last entry the tree is empty, and nothing said so */
	lk_written(&mapping->i_pages.xa_head);
	lk_access(LK_AT_MARK, &mapping->nrpages, "marks", true);
	xas_init_marks(&xas);
	folio->mapping = NULL;
	WRITE_ONCE(mapping->nrpages, mapping->nrpages - folio_nr_pages(folio));
	xas_unlock_irq(&xas);
	clear_bit(LK_PG_MAPPED, &folio->lk_flags);
	lk_debug_mapping(mapping, "removing a folio");
	if (mapping->a_ops->free_folio)
		mapping->a_ops->free_folio(folio);
	folio_put_refs(folio, folio_nr_pages(folio));
}

void filemap_remove_folio(struct folio *folio)
{
	lk_filemap_delete(folio, NULL);
}

bool filemap_release_folio(struct folio *folio, gfp_t gfp)
{
	const struct address_space_operations *ops = folio->mapping->a_ops;

	if (!folio_test_private(folio))
		return true;
	if (folio_test_writeback(folio))
		return false;
	return ops->release_folio ? ops->release_folio(folio, gfp) : false;
}

void folio_invalidate(struct folio *folio, size_t offset, size_t length)
{
	const struct address_space_operations *ops = folio->mapping->a_ops;

	if (ops->invalidate_folio)
		ops->invalidate_folio(folio, offset, length);
}

int lk_reclaim_folio(struct address_space *mapping, pgoff_t index)
{
	struct folio *folio = filemap_get_entry(mapping, index);
	int error = -EBUSY;

	if (!folio || xa_is_value(folio))
		return -EBUSY;
	if (!folio_trylock(folio))
		goto out_put;
	if (folio->mapping == mapping && !folio_test_dirty(folio) &&
	    !folio_test_writeback(folio) && filemap_release_folio(folio, GFP_KERNEL) &&
	    folio_ref_count(folio) == (int)folio_nr_pages(folio) + 1) {
		lk_filemap_delete(folio, xa_mk_value(folio->index));
		error = 0;
	}
	folio_unlock(folio);
out_put:
	folio_put(folio);
	return error;
}

/* --- dirty ---------------------------------------------------------------- */

bool noop_dirty_folio(struct address_space *mapping, struct folio *folio)
{
	return !folio_test_set_dirty(folio);
}

bool filemap_dirty_folio(struct address_space *mapping, struct folio *folio)
{
	XA_STATE(xas, &mapping->i_pages, folio->index);

	if (folio_test_set_dirty(folio))
		return false;
	xas_lock_irq(&xas);
	if (folio->mapping) {
		/* private data may stand for blocks that are */
		WARN_ON_ONCE(!folio_test_private(folio) && !folio_test_uptodate(folio));
		xas_load(&xas);
		lk_access(LK_AT_MARK, &mapping->nrpages, "marks", true);
		xas_set_mark(&xas, PAGECACHE_TAG_DIRTY);
	}
	xas_unlock_irq(&xas);
	lk_debug_mapping(mapping, "dirtying a folio");
	mark_inode_dirty(mapping->host);
	return true;
}

bool folio_mark_dirty(struct folio *folio)
{
	struct address_space *mapping = folio->mapping;

	if (!mapping)
		return noop_dirty_folio(mapping, folio);
	return mapping->a_ops->dirty_folio(mapping, folio);
}

void __folio_cancel_dirty(struct folio *folio)
{
	folio_clear_dirty(folio);
}

bool folio_clear_dirty_for_io(struct folio *folio)
{
	if (!folio_test_locked(folio))
		lk_splat(LK_SPLAT_LOCK, "a folio is cleaned for I/O without its lock (index %lu)",
			 folio->index);
	/* what a pte wrote since counts as dirty before it is cleaned */
	if (folio->mapping && folio_mkclean(folio))
		folio_mark_dirty(folio);
	return folio_test_clear_dirty(folio);
}

/* Remembered is that something went wrong, and that there was no space; no more. */
#define LK_WB_EIO	1
#define LK_WB_ENOSPC	2

void mapping_set_error(struct address_space *mapping, int error)
{
	if (!error)
		return;
	lk_access(LK_AT_ERROR, &mapping->wb_err, "errors", true);
	mapping->wb_err |= error == -ENOSPC ? LK_WB_ENOSPC : LK_WB_EIO;
}

int filemap_check_errors(struct address_space *mapping)
{
	errseq_t errors;

	/* asked for by many, and hardly ever set: the look alone is exchanged with others */
	lk_access(LK_AT_ERROR, &mapping->wb_err, "errors", false);
	if (!mapping->wb_err)
		return 0;
	lk_access(LK_AT_ERROR, &mapping->wb_err, "errors", true);
	errors = mapping->wb_err;
	mapping->wb_err = 0;
	return errors & LK_WB_EIO ? -EIO : errors ? -ENOSPC : 0;
}

ssize_t folio_mkwrite_check_truncate(struct folio *folio, const struct inode *inode)
{
	loff_t size = i_size_read(inode);
	loff_t pos = folio_pos(folio);

	if (!folio->mapping || pos >= size)
		return -EFAULT;
	return size - pos < (loff_t)folio_size(folio) ? size - pos : (loff_t)folio_size(folio);
}

struct folio *readahead_folio(struct readahead_control *rac)
{
	struct folio *folio;

	if (!rac->_nr_pages)
		return NULL;
	folio = xa_load(&rac->mapping->i_pages, rac->_index);
	BUG_ON(!folio || xa_is_value(folio));
	rac->_index += folio_nr_pages(folio);
	rac->_nr_pages -= folio_nr_pages(folio);
	/* the reference that whoever added it held; the cache has its own */
	folio_put(folio);
	return folio;
}
