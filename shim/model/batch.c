// SPDX-License-Identifier: GPL-2.0-only
/*
 * Model: batches of dirty folios, on trees that look them up for zeroing.
 *
 * Kept: which folios are found (dirty, or locked and so about to be), in
 * order, with a reference. Dropped: the order of freeing.
 */
#include <libkern-facts.h>

#if LK_HAS_PAGEVEC || LK_HAS_FOLIO_BATCH
#include <linux/pagemap.h>
#if LK_HAS_PAGEVEC
#include <linux/pagevec.h>
#else
#include <linux/folio_batch.h>
#endif

unsigned int filemap_get_folios_dirty(struct address_space *mapping, pgoff_t *start,
				      pgoff_t end, struct folio_batch *fbatch)
{
	unsigned long index = *start;

	while (xa_find(&mapping->i_pages, &index, end, XA_PRESENT)) {
		struct folio *folio = filemap_get_entry(mapping, index);

		if (!folio || xa_is_value(folio)) {
			if (!++index)
				break;
			continue;
		}
		index = folio_next_index(folio);
		if (!folio_test_dirty(folio) && !folio_test_locked(folio)) {
			folio_put(folio);
		} else if (!folio_batch_add(fbatch, folio)) {
			*start = index;
			return folio_batch_count(fbatch);
		}
		if (!index || index > end)
			break;
	}
	*start = end + 1 ? end + 1 : end;
	return folio_batch_count(fbatch);
}

void __folio_batch_release(struct folio_batch *fbatch)
{
	unsigned int i;

	for (i = 0; i < folio_batch_count(fbatch); i++)
		folio_put(fbatch->folios[i]);
	folio_batch_reinit(fbatch);
}
#endif
