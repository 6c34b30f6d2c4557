// SPDX-License-Identifier: GPL-2.0-only
/*
 * Looking at a page cache from outside: a release must not leave a trace there.
 */
#include <linux/fs.h>
#include <linux/iomap.h>
#include <linux/pagemap.h>
#include <linux/xarray.h>

#include "fixture.h"

static unsigned char fx_flags(struct folio *folio)
{
	return (folio_test_dirty(folio) ? FX_DIRTY : 0) |
	       (folio_test_uptodate(folio) ? FX_UPTODATE : 0) |
	       (folio_test_locked(folio) ? FX_LOCKED : 0) |
	       (folio_test_writeback(folio) ? FX_WRITEBACK : 0) |
	       (folio_test_private(folio) ? FX_STATE : 0);
}

static void fx_snap_blocks(struct fixture *f, struct fx_snap *snap,
			   struct folio *folio, unsigned int index)
{
	size_t size = 1UL << f->s.blkbits, at;
	unsigned int b = ((u64)index << PAGE_SHIFT) >> f->s.blkbits;

	for (at = 0; at < folio_size(folio) && b < f->s.nblocks; at += size) {
		bool uptodate = folio_test_uptodate(folio);

		if (!uptodate && folio_test_private(folio))
			uptodate = iomap_is_partially_uptodate(folio, at, size);
		snap->uptodate[b++] = uptodate;
	}
}

/**
 * fx_snapshot() - take down what is cached in the window
 * @f: the fixture
 * @snap: where it goes
 */
void fx_snapshot(struct fixture *f, struct fx_snap *snap)
{
	struct address_space *mapping = f->w.inode->i_mapping;
	pgoff_t base = f->s.base >> PAGE_SHIFT;
	unsigned int i;

	world_settle();
	snap->nrpages = mapping->nrpages;
	snap->isize = i_size_read(f->w.inode);
	snap->npages = ((u64)f->s.nblocks << f->s.blkbits) >> PAGE_SHIFT;
	memset(snap->uptodate, 0, f->s.nblocks);
	for (i = 0; i < snap->npages && i < FX_PAGES; i++) {
		void *entry = xa_load(&mapping->i_pages, base + i);
		struct folio *folio = entry;

		snap->entry[i] = entry;
		snap->refs[i] = 0;
		snap->flags[i] = 0;
		if (!entry || xa_is_value(entry))
			continue;
		snap->refs[i] = folio_ref_count(folio);
		snap->flags[i] = fx_flags(folio);
		if (folio->index == base + i)
			fx_snap_blocks(f, snap, folio, i);
	}
}

/**
 * fx_same() - is the page cache as it was?
 * @f: the fixture
 * @a: before
 * @b: after
 * @why: where the first difference is named
 * @size: of @why
 */
bool fx_same(const struct fixture *f, const struct fx_snap *a,
	     const struct fx_snap *b, char *why, unsigned int size)
{
	unsigned int i;

	for (i = 0; i < a->npages && i < FX_PAGES; i++) {
		const char *what = NULL;

		if (a->entry[i] != b->entry[i])
			what = "another folio or none";
		else if (a->flags[i] != b->flags[i])
			what = "other flags";
		else if (a->refs[i] != b->refs[i])
			what = "another reference count";
		if (!what)
			continue;
		snprintf(why, size,
			 "page %u of the cache has %s: flags 0x%x, was 0x%x; references %d, was %d",
			 i, what, b->flags[i], a->flags[i], b->refs[i],
			 a->refs[i]);
		return false;
	}
	for (i = 0; i < f->s.nblocks; i++) {
		if (a->uptodate[i] == b->uptodate[i])
			continue;
		snprintf(why, size, "block %u of the cache became %suptodate",
			 i, b->uptodate[i] ? "" : "not ");
		return false;
	}
	if (a->nrpages != b->nrpages) {
		snprintf(why, size, "%lu pages are cached, were %lu",
			 b->nrpages, a->nrpages);
		return false;
	}
	if (a->isize != b->isize) {
		snprintf(why, size, "i_size is %lld, was %lld", b->isize,
			 a->isize);
		return false;
	}
	return true;
}

static void fx_observe_folio(struct fixture *f, struct scenario *s,
			     struct folio *folio, unsigned int index)
{
	struct scn_folio *e = scn_add(s, index, folio_order(folio));
	unsigned int b, n, first;

	if (!e)
		return;
	first = scn_first_block(s, e);
	n = scn_folio_blocks(s, e);
	e->state = folio_test_private(folio);
	e->dirty = folio_test_dirty(folio);
	for (b = first; b < first + n && b < s->nblocks; b++) {
		if (!f->now.uptodate[b])
			continue;
		s->cache[b] = SCN_CLEAN;
		if (e->dirty && (!e->state || f->dirtied[b]))
			s->cache[b] = SCN_DIRTY;
	}
}

/**
 * fx_observe() - write down the cache as it is now as a scenario
 * @f: the fixture
 * @s: where it goes; base, block size and window are those of @f->s
 *
 * Which blocks are dirty cannot be seen from outside: a block is taken to be
 * dirty if its folio is and if a store through the fixture has dirtied the
 * block, or the folio has no state. Extents are those of now.
 */
void fx_observe(struct fixture *f, struct scenario *s)
{
	struct address_space *mapping = f->w.inode->i_mapping;
	pgoff_t base = f->s.base >> PAGE_SHIFT;
	unsigned int i = 0;

	fx_snapshot(f, &f->now);
	scn_init(s, f->s.pagebits, f->s.blkbits, f->s.base, f->s.nblocks);
	memcpy(s->extent, f->fs.extent, s->nblocks);
	s->isize = i_size_read(f->w.inode);
	while (i < f->now.npages && i < FX_PAGES) {
		void *entry = xa_load(&mapping->i_pages, base + i);

		if (!entry) {
			i++;
		} else if (xa_is_value(entry)) {
			scn_add_shadow(s, i++, 0);
		} else {
			fx_observe_folio(f, s, entry, i);
			i += folio_nr_pages(entry);
		}
	}
}
