// SPDX-License-Identifier: GPL-2.0-only
/*
 * Model: splitting a large folio of the page cache.
 *
 * Kept: what makes it fail (writeback, private data that the filesystem keeps,
 * references of others), the orders of the pieces, their flags, contents,
 * references and marks in the tree, what lies behind i_size. Dropped: running out
 * of memory, the LRU, page tables. Deliberately different: each piece gets a
 * descriptor and contents of its own.
 */
#include <libkern/debug.h>
#include <libkern/hooks.h>
#include <libkern/host.h>
#include <libkern/split.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

/* What each piece has as the whole had it. */
#define LK_PIECE_FLAGS	(BIT(LK_PG_LOCKED) | BIT(LK_PG_UPTODATE) | BIT(LK_PG_DIRTY) | \
			 BIT(LK_PG_REFERENCED) | BIT(LK_PG_ACTIVE))

/* Order of the piece that begins at page @nr of a folio of order @whole. */
static unsigned int lk_piece_order(unsigned int whole, unsigned int order, unsigned long at,
				   unsigned long nr)
{
	unsigned long base = 0;

	if (at == LK_SPLIT_EVENLY)
		return order;
	/* the half that has page @at is halved again */
	while (whole > order && at - base < 1UL << whole) {
		whole--;
		if (nr - base >= 1UL << whole)
			base += 1UL << whole;
	}
	return whole;
}

static void *lk_piece_data(struct folio *folio, unsigned long nr, unsigned int order)
{
	void *data;

	if (!folio->lk_data)
		return NULL;
	data = lk_host_alloc(PAGE_SIZE << order, 0);
	memcpy(data, (char *)folio->lk_data + (nr << PAGE_SHIFT), PAGE_SIZE << order);
	return data;
}

/* The tree gets an entry for each piece, all of them the folio for now. */
static void lk_split_entries(struct folio *folio, unsigned int order, unsigned long at)
{
	unsigned int whole = folio_order(folio), part = at == LK_SPLIT_EVENLY ? order : whole - 1;
	struct xarray *pages = &folio->mapping->i_pages;

	for (;;) {
		pgoff_t index = folio->index;
		XA_STATE(xas, pages, 0);

		if (at != LK_SPLIT_EVENLY)
			index += round_down(at, 1UL << whole);
		xas_set_order(&xas, index, part);
		xas_split_alloc(&xas, folio, whole, GFP_NOWAIT | __GFP_NOFAIL);
		xas_split(&xas, folio, whole);
		if (part == order)
			return;
		whole = part--;
	}
}

/* A piece takes its place: locked, with a reference of the splitter's. */
static void lk_split_off(struct folio *folio, unsigned long nr, unsigned int order)
{
	struct folio *piece = lk_folio_new(order, folio->lk_caller);
	XA_STATE(xas, &folio->mapping->i_pages, folio->index + nr);

	piece->lk_flags = folio->lk_flags & LK_PIECE_FLAGS;
	piece->mapping = folio->mapping;
	piece->index = folio->index + nr;
	piece->lk_data = lk_piece_data(folio, nr, order);
	atomic_add(folio_nr_pages(piece), &piece->lk_refs);
	xas_load(&xas);
	xas_store(&xas, piece);
}

/* What is left of the folio is the first piece. */
static void lk_split_head(struct folio *folio, unsigned int order)
{
	void *data = lk_piece_data(folio, 0, order);

	lk_host_free(folio->lk_data);
	lk_host_free(folio->lk_tail);
	folio->lk_data = data;
	folio->lk_tail = NULL;
	folio->lk_order = order;
}

/* The pieces behind the first are done: to be had by all, or gone. */
static void lk_split_done(struct address_space *mapping, pgoff_t index, pgoff_t last, pgoff_t end)
{
	while (index < last) {
		struct folio *piece = xa_load(&mapping->i_pages, index);

		index = folio_next_index(piece);
		if (piece->index >= end) {
			folio_cancel_dirty(piece);
			filemap_remove_folio(piece);
		}
		clear_bit_unlock(LK_PG_LOCKED, &piece->lk_flags);
		lk_wake(piece);
		folio_put(piece);
	}
}

int lk_folio_split(struct folio *folio, unsigned int order, unsigned long at)
{
	struct address_space *mapping = folio->mapping;
	unsigned int whole = folio_order(folio), first;
	unsigned long pages = folio_nr_pages(folio), nr;
	pgoff_t end;

	if (order >= whole)
		return -EINVAL;
	if (folio_test_writeback(folio) || !filemap_release_folio(folio, GFP_KERNEL))
		return -EBUSY;
	end = (pgoff_t)(((u64)i_size_read(mapping->host) + PAGE_SIZE - 1) >> PAGE_SHIFT);
	if (folio_ref_count(folio) != (int)pages + 1)
		return -EAGAIN;
	/* a dirty pte may bring private data back, and its reference with it */
	lk_folio_unmap(folio);
	xa_lock_irq(&mapping->i_pages);
	if (cmpxchg(&folio->lk_refs.counter, (int)pages + 1, 0) != (int)pages + 1) {
		xa_unlock_irq(&mapping->i_pages);
		return -EAGAIN;
	}
	WRITE_ONCE(folio->lk_frozen, true);
	lk_written(&folio->lk_refs);
	lk_split_entries(folio, order, at);
	first = lk_piece_order(whole, order, at, 0);
	for (nr = 1UL << first; nr < pages; nr += 1UL << lk_piece_order(whole, order, at, nr))
		lk_split_off(folio, nr, lk_piece_order(whole, order, at, nr));
	lk_split_head(folio, first);
	/* who gets a reference from here on sees all of it */
	atomic_set_release(&folio->lk_refs, (int)folio_nr_pages(folio) + 1);
	lk_written(&folio->lk_refs);
	WRITE_ONCE(folio->lk_frozen, false);
	lk_wake(&folio->lk_refs);
	xa_unlock_irq(&mapping->i_pages);
	lk_split_done(mapping, folio_next_index(folio), folio->index + pages, end);
	lk_debug_mapping(mapping, "splitting a folio");
	return 0;
}
