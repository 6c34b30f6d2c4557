// SPDX-License-Identifier: GPL-2.0-only
/*
 * The models verify themselves. Always compiled, so that it does not rot;
 * called at each step only with CONFIG_LIBKERN_DEBUG_CHECKS.
 */
#include <libkern/case.h>
#include <libkern/debug.h>
#include <linux/pagemap.h>
#include <linux/rcupdate.h>

static void lk_check_folio(struct address_space *mapping, struct folio *folio,
			   unsigned long index, const char *after)
{
	struct xarray *xa = &mapping->i_pages;

	if (folio->mapping != mapping || folio->index != index)
		lk_splat(LK_SPLAT_MODEL, "after %s: the folio at %lu says it is at %lu%s",
			 after, index, folio->index,
			 folio->mapping == mapping ? "" : " of another file");
	if (folio_ref_count(folio) < (int)folio_nr_pages(folio))
		lk_splat(LK_SPLAT_MODEL, "after %s: folio at %lu with %d references for %lu pages",
			 after, index, folio_ref_count(folio), folio_nr_pages(folio));
	/* a mark may stay behind when the folio is cleaned; the other way is a lost write */
	if (folio_test_dirty(folio) && !xa_get_mark(xa, index, PAGECACHE_TAG_DIRTY))
		lk_splat(LK_SPLAT_MODEL, "after %s: dirty folio at %lu has no mark", after, index);
	if (folio_test_writeback(folio) != xa_get_mark(xa, index, PAGECACHE_TAG_WRITEBACK))
		lk_splat(LK_SPLAT_MODEL, "after %s: writeback of folio at %lu and its mark differ",
			 after, index);
}

void lk_check_mapping(struct address_space *mapping, const char *after)
{
	unsigned long pages = 0, index = 0;
	struct folio *folio;

	for (folio = xa_find(&mapping->i_pages, &index, ~0UL, XA_PRESENT); folio;
	     folio = xa_find_after(&mapping->i_pages, &index, ~0UL, XA_PRESENT)) {
		if (xa_is_value(folio))
			continue;
		lk_check_folio(mapping, folio, index, after);
		pages += folio_nr_pages(folio);
	}
	if (pages != mapping->nrpages)
		lk_splat(LK_SPLAT_MODEL, "after %s: %lu pages in the tree, %lu in the books",
			 after, pages, mapping->nrpages);
}
