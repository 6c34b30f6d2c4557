// SPDX-License-Identifier: GPL-2.0-only
/*
 * Model: writing the page cache back.
 *
 * Kept: which folios are visited (all dirty ones in the range, tagged first
 * when the data must be safe), in rising order, locked, cleaned, their marks;
 * waiting. Dropped: the flusher threads, throttling, range_cyclic's bookmark.
 */
#include <libkern/debug.h>
#include <libkern/hooks.h>
#include <libkern/tsan.h>
#include <linux/pagemap.h>
#include <linux/rcupdate.h>
#include <linux/writeback.h>

/* Marks of a folio in the tree; under the xarray's lock against removal. */
static void lk_set_marks(struct folio *folio, bool writeback)
{
	XA_STATE(xas, &folio->mapping->i_pages, folio->index);

	xas_lock_irq(&xas);
	xas_load(&xas);
	lk_access(LK_AT_MARK, &folio->mapping->nrpages, "marks", true);
	if (writeback)
		xas_set_mark(&xas, PAGECACHE_TAG_WRITEBACK);
	else
		xas_clear_mark(&xas, PAGECACHE_TAG_WRITEBACK);
	if (writeback && !folio_test_dirty(folio))
		xas_clear_mark(&xas, PAGECACHE_TAG_DIRTY);
	if (writeback)
		xas_clear_mark(&xas, PAGECACHE_TAG_TOWRITE);
	xas_unlock_irq(&xas);
}

void folio_start_writeback(struct folio *folio)
{
	if (folio_test_set_writeback(folio))
		lk_splat(LK_SPLAT_MODEL, "writeback started on a folio that is under writeback");
	if (folio->mapping)
		lk_set_marks(folio, true);
	lk_debug_mapping(folio->mapping, "starting writeback");
}

void folio_end_writeback(struct folio *folio)
{
	if (!folio_test_writeback(folio)) {
		lk_splat(LK_SPLAT_MODEL, "writeback ended on a folio that is not under writeback");
		return;
	}
	/* it may be gone once the bit is clear */
	folio_get(folio);
	if (folio->mapping)
		lk_set_marks(folio, false);
	lk_before(folio);
	folio_clear_writeback(folio);
	lk_debug_mapping(folio->mapping, "ending writeback");
	lk_wake(folio);
	folio_put(folio);
}

bool folio_redirty_for_writepage(struct writeback_control *wbc, struct folio *folio)
{
	wbc->pages_skipped += folio_nr_pages(folio);
	return filemap_dirty_folio(folio->mapping, folio);
}

static void lk_tag_for_writeback(struct address_space *mapping, pgoff_t start, pgoff_t end)
{
	XA_STATE(xas, &mapping->i_pages, start);
	void *entry;

	xas_lock_irq(&xas);
	lk_access(LK_AT_MARK, &mapping->nrpages, "marks", true);
	xas_for_each_marked(&xas, entry, end, PAGECACHE_TAG_DIRTY)
		xas_set_mark(&xas, PAGECACHE_TAG_TOWRITE);
	xas_unlock_irq(&xas);
}

/* The next folio to write, locked and cleaned, with a reference; or NULL. */
static struct folio *lk_next_to_write(struct address_space *mapping, struct writeback_control *wbc)
{
	xa_mark_t tag = wbc->sync_mode == WB_SYNC_ALL || wbc->tagged_writepages ?
			PAGECACHE_TAG_TOWRITE : PAGECACHE_TAG_DIRTY;
	pgoff_t last = wbc->range_cyclic ? ~(pgoff_t)0 : (pgoff_t)(wbc->range_end >> PAGE_SHIFT);

	for (;;) {
		unsigned long index = wbc->lk_next;
		struct folio *folio;
		bool found;

		if (index > last || wbc->nr_to_write <= 0)
			return NULL;
		lk_access(LK_AT_MARK, &mapping->nrpages, "marks", false);
		/* at each level of the tree */
		lk_reading(&mapping->nrpages);
		found = xa_find(&mapping->i_pages, &index, last, tag);
		lk_reading(NULL);
		if (!found)
			return NULL;
		folio = filemap_get_entry(mapping, index);
		if (!folio || xa_is_value(folio)) {
			wbc->lk_next = index + 1;
			continue;
		}
		wbc->lk_next = folio_next_index(folio);
		if (!wbc->lk_next)
			last = 0;
		folio_lock(folio);
		if (folio->mapping == mapping && folio_test_dirty(folio)) {
			if (folio_test_writeback(folio) && wbc->sync_mode != WB_SYNC_NONE)
				folio_wait_writeback(folio);
			if (!folio_test_writeback(folio) && folio_clear_dirty_for_io(folio))
				return folio;
		}
		folio_unlock(folio);
		folio_put(folio);
	}
}

struct folio *writeback_iter(struct address_space *mapping, struct writeback_control *wbc,
			     struct folio *folio, int *error)
{
	if (!folio) {
		pgoff_t first = wbc->range_cyclic ? 0 : (pgoff_t)(wbc->range_start >> PAGE_SHIFT);

		wbc->lk_next = first;
		wbc->lk_error = 0;
		*error = 0;
		if (wbc->sync_mode == WB_SYNC_ALL || wbc->tagged_writepages)
			lk_tag_for_writeback(mapping, first, wbc->range_cyclic ? ~(pgoff_t)0 :
					     (pgoff_t)(wbc->range_end >> PAGE_SHIFT));
	} else {
		wbc->nr_to_write -= folio_nr_pages(folio);
		folio_put(folio);
		if (*error && !wbc->lk_error)
			wbc->lk_error = *error;
		/* an integrity writeback goes on after an error, any other stops */
		if (*error && wbc->sync_mode != WB_SYNC_ALL)
			return NULL;
		*error = 0;
	}
	folio = lk_next_to_write(mapping, wbc);
	if (!folio)
		*error = wbc->lk_error;
	return folio;
}

int lk_write_cache_pages(struct address_space *mapping, struct writeback_control *wbc,
			 writepage_t fn, void *data)
{
	struct folio *folio = NULL;
	int error;

	while ((folio = writeback_iter(mapping, wbc, folio, &error)))
		error = fn(folio, wbc, data);
	return error;
}

int filemap_fdatawrite_range(struct address_space *mapping, loff_t start, loff_t end)
{
	struct writeback_control wbc = {
		.range_start = start,
		.range_end = end,
		.nr_to_write = LONG_MAX,
		.sync_mode = WB_SYNC_ALL,
	};

	if (!mapping_tagged(mapping, PAGECACHE_TAG_DIRTY) || !mapping->a_ops->writepages)
		return 0;
	return mapping->a_ops->writepages(mapping, &wbc);
}

int filemap_fdatawait_range(struct address_space *mapping, loff_t lstart, loff_t lend)
{
	unsigned long index = lstart >> PAGE_SHIFT;
	struct folio *folio;

	for (;;) {
		lk_access(LK_AT_MARK, &mapping->nrpages, "marks", false);
		if (!xa_find(&mapping->i_pages, &index, lend >> PAGE_SHIFT,
			     PAGECACHE_TAG_WRITEBACK))
			break;
		folio = filemap_get_entry(mapping, index);
		if (folio && !xa_is_value(folio)) {
			folio_wait_writeback(folio);
			folio_put(folio);
		}
		if (!++index)
			break;
	}
	return filemap_check_errors(mapping);
}

int filemap_write_and_wait_range(struct address_space *mapping, loff_t lstart, loff_t lend)
{
	int error, error2;

	if (lend < lstart)
		return 0;
	error = filemap_fdatawrite_range(mapping, lstart, lend);
	error2 = filemap_fdatawait_range(mapping, lstart, lend);
	return error ? error : error2;
}

bool filemap_range_needs_writeback(struct address_space *mapping, loff_t start, loff_t end)
{
	XA_STATE(xas, &mapping->i_pages, start >> PAGE_SHIFT);
	bool found = false;
	struct folio *folio;

	if (!READ_ONCE(mapping->nrpages) || end < start)
		return false;
	if (!mapping_tagged(mapping, PAGECACHE_TAG_DIRTY) &&
	    !mapping_tagged(mapping, PAGECACHE_TAG_WRITEBACK))
		return false;
	rcu_read_lock();
	xas_for_each(&xas, folio, end >> PAGE_SHIFT) {
		if (xas_retry(&xas, folio) || xa_is_value(folio))
			continue;
		/* a locked one may be about to become either */
		found = folio_test_dirty(folio) || folio_test_writeback(folio) ||
			folio_test_locked(folio);
		if (found)
			break;
	}
	rcu_read_unlock();
	return found;
}
