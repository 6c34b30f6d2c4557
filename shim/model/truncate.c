// SPDX-License-Identifier: GPL-2.0-only
/*
 * Model: truncation and invalidation.
 *
 * Kept: which folios go, which are zeroed in part, the order of waiting,
 * invalidating and removing; shadow entries in the range go too; a large folio of
 * which only a part goes is split, as on a kernel with transparent huge pages.
 * Where that fails, a dirty one stays and a clean one goes as a whole. Dropped:
 * page tables and the batches.
 */
#include <libkern/split.h>
#include <libkern/world.h>
#include <linux/pagemap.h>

/* The next entry at or behind *@index up to @last; a folio comes with a reference. */
static struct folio *lk_next_entry(struct address_space *mapping, pgoff_t *index, pgoff_t last)
{
	for (;;) {
		unsigned long found = *index;
		struct folio *folio;
		void *entry = xa_find(&mapping->i_pages, &found, last, XA_PRESENT);

		if (!entry)
			return NULL;
		*index = found;
		folio = filemap_get_entry(mapping, found);
		if (folio)
			return folio;
	}
}

void lk_folio_unmap(struct folio *folio)
{
	/* the dirty bit moves from the pte to the folio */
	if (folio_mkclean(folio))
		folio_mark_dirty(folio);
	clear_bit(LK_PG_MAPPED, &folio->lk_flags);
}

void unmap_mapping_range(struct address_space *mapping, loff_t start, loff_t len, int even_cows)
{
	pgoff_t last = len ? (pgoff_t)((start + len - 1) >> PAGE_SHIFT) : ~(pgoff_t)0;
	pgoff_t index = start >> PAGE_SHIFT;
	struct folio *folio;

	while ((folio = lk_next_entry(mapping, &index, last))) {
		pgoff_t next = index + 1;

		if (!xa_is_value(folio)) {
			next = folio->index + folio_nr_pages(folio);
			lk_folio_unmap(folio);
			folio_put(folio);
		}
		if (next == 0 || next > last)
			break;
		index = next;
	}
}

static void lk_erase_shadow(struct address_space *mapping, pgoff_t index)
{
	XA_STATE(xas, &mapping->i_pages, index);

	xas_lock_irq(&xas);
	if (xa_is_value(xas_load(&xas)))
		xas_store(&xas, NULL);
	xas_unlock_irq(&xas);
}

static void lk_truncate_whole(struct address_space *mapping, struct folio *folio)
{
	if (folio->mapping != mapping)
		return;
	folio_wait_writeback(folio);
	if (folio_test_private(folio))
		folio_invalidate(folio, 0, folio_size(folio));
	folio_cancel_dirty(folio);
	filemap_remove_folio(folio);
}

/* Split a folio at the edges of its bytes [from, to), which go. */
static int lk_split_partial(struct folio *folio, u64 from, u64 to)
{
	struct address_space *mapping = folio->mapping;
	unsigned int order = LK_SPLIT_MIN_ORDER ? mapping_min_folio_order(mapping) : 0;
	pgoff_t edge = folio->index + (pgoff_t)(to >> PAGE_SHIFT);
	bool tail = to < folio_size(folio);
	struct folio *piece;
	int error;

	if (order < mapping_min_folio_order(mapping))
		return -EINVAL;
	if (!LK_SPLIT_NON_UNIFORM)
		return lk_folio_split(folio, order, LK_SPLIT_EVENLY);
	error = lk_folio_split(folio, order, (unsigned long)(from >> PAGE_SHIFT));
	if (error || !tail)
		return error;
	piece = filemap_get_entry(mapping, edge);
	if (!piece || xa_is_value(piece))
		return 0;
	if (folio_test_large(piece) && folio_trylock(piece)) {
		if (piece->mapping == mapping)
			lk_folio_split(piece, order, edge - piece->index);
		folio_unlock(piece);
	}
	folio_put(piece);
	return 0;
}

/* A piece of a folio that was split goes if a whole page of it is in the range. */
static void lk_truncate_piece(struct address_space *mapping, struct folio *folio,
			      loff_t start, loff_t end)
{
	u64 first = ((u64)start + PAGE_SIZE - 1) >> PAGE_SHIFT;
	u64 behind = ((u64)end + 1) >> PAGE_SHIFT;

	if (folio->index < behind && folio_next_index(folio) > first)
		lk_truncate_whole(mapping, folio);
}

/*
 * [start, end] in bytes, inclusive. @pieces: the index behind the last folio that
 * was split.
 */
static void lk_truncate_one(struct address_space *mapping, struct folio *folio,
			    loff_t start, loff_t end, pgoff_t *pieces)
{
	pgoff_t behind = folio_next_index(folio);
	loff_t pos = folio_pos(folio);
	u64 from = pos < start ? start - pos : 0;
	u64 to = folio_size(folio);		/* exclusive, in the folio */

	if ((u64)end - (u64)pos < to)
		to = (u64)end - (u64)pos + 1;
	folio_lock(folio);
	if (folio->mapping != mapping)
		goto out;
	if (!from && to == folio_size(folio)) {
		lk_truncate_whole(mapping, folio);
		goto out;
	}
	if (folio->index < *pieces) {
		lk_truncate_piece(mapping, folio, start, end);
		goto out;
	}
	folio_wait_writeback(folio);
	folio_zero_range(folio, from, to - from);
	if (folio_test_private(folio))
		folio_invalidate(folio, from, to - from);
	if (!folio_test_large(folio))
		goto out;
	if (!lk_split_partial(folio, from, to)) {
		*pieces = behind;
		lk_truncate_piece(mapping, folio, start, end);
		goto out;
	}
	lk_folio_unmap(folio);
	if (!folio_test_dirty(folio))
		lk_truncate_whole(mapping, folio);
out:
	folio_unlock(folio);
}

void truncate_inode_pages_range(struct address_space *mapping, loff_t start, loff_t end)
{
	pgoff_t index = start >> PAGE_SHIFT;
	pgoff_t last = end < 0 ? ~(pgoff_t)0 : (pgoff_t)(end >> PAGE_SHIFT);
	struct folio *folio;
	pgoff_t pieces = 0;

	/* to the end, wherever that is */
	if (end < 0)
		end = LLONG_MAX;
	if (start > end)
		return;
	while ((folio = lk_next_entry(mapping, &index, last))) {
		pgoff_t next = index + 1;

		if (xa_is_value(folio)) {
			/* one in a page of which only a part goes stays */
			if ((loff_t)index << PAGE_SHIFT >= start &&
			    ((loff_t)index << PAGE_SHIFT) + (loff_t)(PAGE_SIZE - 1) <= end)
				lk_erase_shadow(mapping, index);
		} else {
			lk_truncate_one(mapping, folio, start, end, &pieces);
			next = folio_next_index(folio);
			folio_put(folio);
		}
		if (next == 0 || next > last)
			break;
		index = next;
		cond_resched();
	}
}

void truncate_inode_pages(struct address_space *mapping, loff_t start)
{
	truncate_inode_pages_range(mapping, start, -1);
}

void truncate_inode_pages_final(struct address_space *mapping)
{
	truncate_inode_pages(mapping, 0);
}

void truncate_pagecache(struct inode *inode, loff_t new_size)
{
	loff_t hole = round_up(new_size, (loff_t)PAGE_SIZE);

	/* twice, because a fault may map a page between the two */
	unmap_mapping_range(inode->i_mapping, hole, 0, 1);
	truncate_inode_pages(inode->i_mapping, new_size);
	unmap_mapping_range(inode->i_mapping, hole, 0, 1);
}

void truncate_pagecache_range(struct inode *inode, loff_t lstart, loff_t lend)
{
	loff_t from = round_up(lstart, (loff_t)PAGE_SIZE);
	loff_t to = round_down(lend + 1, (loff_t)PAGE_SIZE);

	if (to > from)
		unmap_mapping_range(inode->i_mapping, from, to - from, 0);
	truncate_inode_pages_range(inode->i_mapping, lstart, lend);
}

void pagecache_isize_extended(struct inode *inode, loff_t from, loff_t to)
{
	loff_t bs = i_blocksize(inode), edge;
	struct folio *folio;

	WARN_ON(to > inode->i_size);
	if (from >= to || bs >= (loff_t)PAGE_SIZE)
		return;
	edge = round_up(from, bs);
	if (to <= edge || !(edge & (PAGE_SIZE - 1)))
		return;
	folio = filemap_lock_folio(inode->i_mapping, from >> PAGE_SHIFT);
	if (IS_ERR_OR_NULL(folio))
		return;
	/* the next store through the pte must fault, to get its blocks */
	if (folio_mkclean(folio))
		folio_mark_dirty(folio);
	folio_unlock(folio);
	folio_put(folio);
}

void truncate_setsize(struct inode *inode, loff_t new_size)
{
	loff_t old_size = i_size_read(inode);

	i_size_write(inode, new_size);
	if (new_size > old_size)
		pagecache_isize_extended(inode, old_size, new_size);
	truncate_pagecache(inode, new_size);
}

/*
 * Drop one locked folio if nothing speaks against it. @used: also one to which others
 * have references; they keep a folio without a file.
 */
static bool lk_evict(struct address_space *mapping, struct folio *folio, bool used)
{
	int refs = (int)folio_nr_pages(folio) + 1;

	if (folio->mapping != mapping || folio_test_dirty(folio) || folio_test_writeback(folio))
		return false;
	/* its private data stays, too */
	if (!used && folio_ref_count(folio) > refs + folio_test_private(folio))
		return false;
	if (!filemap_release_folio(folio, GFP_KERNEL))
		return false;
	if (!used && folio_ref_count(folio) != refs)
		return false;
	filemap_remove_folio(folio);
	return true;
}

static int lk_invalidate_range(struct address_space *mapping, pgoff_t start, pgoff_t end,
			       bool wait, unsigned long *dropped)
{
	struct folio *folio;
	pgoff_t index = start;
	int error = 0;

	while ((folio = lk_next_entry(mapping, &index, end))) {
		pgoff_t next = index + 1;

		if (xa_is_value(folio)) {
			lk_erase_shadow(mapping, index);
			++*dropped;
		} else {
			unsigned long nr = folio_nr_pages(folio);

			next = folio->index + nr;
			if (wait) {
				folio_lock(folio);
				folio_wait_writeback(folio);
				if (folio->mapping == mapping)
					unmap_mapping_range(mapping, folio_pos(folio),
							    folio_size(folio), 0);
			}
			/* without waiting: only what lies in the range as a whole */
			if (wait || (folio->index >= start && next - 1 <= end &&
				     folio_trylock(folio))) {
				if ((wait || !folio_mapped(folio)) &&
				    lk_evict(mapping, folio, wait))
					*dropped += nr;
				else if (folio->mapping == mapping)
					error = -EBUSY;
				folio_unlock(folio);
			}
			folio_put(folio);
		}
		if (next == 0 || next > end)
			break;
		index = next;
		cond_resched();
	}
	return error;
}

unsigned long invalidate_mapping_pages(struct address_space *mapping, pgoff_t start, pgoff_t end)
{
	unsigned long dropped = 0;

	lk_invalidate_range(mapping, start, end, false, &dropped);
	return dropped;
}

int invalidate_inode_pages2_range(struct address_space *mapping, pgoff_t start, pgoff_t end)
{
	unsigned long dropped = 0;

	return lk_invalidate_range(mapping, start, end, true, &dropped);
}
