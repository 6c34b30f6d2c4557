// SPDX-License-Identifier: GPL-2.0-only
/*
 * One page cache made real by kernel calls alone (fx_build()), and put to many
 * releases. A release leaves the page cache alone, so one building does for all rows
 * and all extent maps: flags, references and number of folios are looked at after each
 * of them, and at the end the whole page cache, and by writeback which blocks are dirty.
 */
#include <linux/fs.h>
#include <linux/iomap.h>
#include <linux/list.h>
#include <linux/pagemap.h>

#include <compat.h>

#include "layout.h"
#include "target.h"

#define XP_FLAG_DIRTY		1
#define XP_FLAG_UPTODATE	2
#define XP_FLAG_LOCKED		4
#define XP_FLAG_WRITEBACK	8
#define XP_FLAG_PRIVATE		16

static unsigned int state_flags(struct folio *folio)
{
	return folio_test_dirty(folio) * XP_FLAG_DIRTY +
	       folio_test_uptodate(folio) * XP_FLAG_UPTODATE +
	       folio_test_locked(folio) * XP_FLAG_LOCKED +
	       folio_test_writeback(folio) * XP_FLAG_WRITEBACK +
	       folio_test_private(folio) * XP_FLAG_PRIVATE;
}

/**
 * xp_state_open() - an inode and a fixture for it
 * @x: filled in
 * @space: what is enumerated
 *
 * Return: NULL, or what went wrong.
 */
const char *xp_state_open(struct xp_state *x, const struct xp_space *space)
{
	memset(x, 0, sizeof(*x));
	INIT_LIST_HEAD(&x->test.resources);
	x->test.name = "exhaust";
	x->space = space;
	fx_suite = "exhaust";
	if (fx_init(&x->test))
		return "there is no memory for a fixture";
	x->f = fx_of(&x->test);
	x->f->fs.diskless = true;
	return target_open(x);
}

static void state_remember(struct xp_state *x)
{
	struct fixture *f = x->f;
	unsigned int i;

	x->nfolios = 0;
	x->nrpages = f->before.nrpages;
	for (i = 0; i < f->s.nfolios; i++) {
		struct xp_folio *e = &x->folio[x->nfolios];

		if (f->s.folio[i].shadow)
			continue;
		e->folio = f->before.entry[f->s.folio[i].index];
		e->flags = state_flags(e->folio);
		e->refs = folio_ref_count(e->folio);
		x->nfolios++;
	}
}

static bool state_cache(struct xp_state *x)
{
	const struct xp_part *part = x->part;
	unsigned int pagebits = x->space->bound.pagebits;
	struct fixture *f = x->f;

	scn_init(&f->s, pagebits, pagebits - part->ratio,
		 (scn_pos)part->base << pagebits, part->pages << part->ratio);
	layout_make(part, x->layout, &f->s);
	recfs_reset(&f->fs);
	if (!fx_build(f, NULL))
		return false;
	state_remember(x);
	oracle_dirty_map(&f->s, f->limits.dirty_per_block, x->dirty);
	return true;
}

/**
 * xp_state_build() - make a page cache, unless it stands already, and its extents
 * @x: the state
 * @cache: its number
 *
 * Return: false if it does not come out as it is to be.
 */
bool xp_state_build(struct xp_state *x, xp_u64 cache)
{
	const struct xp_part *part = xp_part_of_cache(x->space, cache);
	xp_u64 layout = (cache - part->first_cache) / part->maps;
	xp_u64 map = (cache - part->first_cache) % part->maps;

	if (!x->built || x->part != part || x->layout != layout) {
		x->built = false;
		x->part = part;
		x->layout = layout;
		if (!state_cache(x))
			return false;
		x->built = true;
	}
	x->f->splats = world_splats();
	return target_lay(x, map);
}

/**
 * xp_state_row() - set the range and the size of a row
 * @x: the state
 * @row: the row
 */
void xp_state_row(struct xp_state *x, const struct xp_row *row)
{
	struct scenario *s = &x->f->s;

	s->isize = row->isize;
	if (row->entry == XP_RELEASE) {
		s->start = s->base + row->pos;
		s->end = s->base + row->end;
		return;
	}
	fx_short_range(x->f, s->base + row->pos, row->end - row->pos,
		       row->written);
	/* what was not reserved by this write is not given back by it, and a fault is whole */
	if (row->entry == XP_OLD || row->entry == XP_MAPPED || row->entry == XP_FAULT)
		s->end = s->start;
}

/**
 * xp_state_call() - do what a row says, and judge nothing
 * @x: the state; xp_state_row() has set the range
 * @row: the row
 *
 * Return: what the tree's code returned.
 */
int xp_state_call(struct xp_state *x, const struct xp_row *row)
{
	struct fixture *f = x->f;

	f->fs.npunches = 0;
	f->fs.unlocked = 0;
	f->fs.other_iomap = 0;
	i_size_write(f->w.inode, f->s.isize);
	x->row = row;
	x->err = target_call(x, row);
	return x->err;
}

/**
 * xp_state_iomap() - the mapping of a write, as ->iomap_begin would have made it
 * @x: the state
 * @row: the write
 * @iomap: filled in
 */
void xp_state_iomap(const struct xp_state *x, const struct xp_row *row,
		    struct iomap *iomap)
{
	const struct scenario *s = &x->f->s;

	iomap->type = row->entry == XP_MAPPED ? IOMAP_MAPPED : IOMAP_DELALLOC;
	iomap->flags = row->entry == XP_OLD ? 0 : IOMAP_F_NEW;
	iomap->addr = row->entry == XP_MAPPED ? 0 : IOMAP_NULL_ADDR;
	/* a write may be given more than it has asked for */
	iomap->offset = s->base;
	iomap->length = (u64)s->nblocks << s->blkbits;
}

/**
 * xp_state_changed() - has a release changed what is cached?
 * @x: the state
 *
 * Return: NULL, or what in words.
 */
const char *xp_state_changed(struct xp_state *x)
{
	const struct xp_folio *e = x->folio;
	unsigned int i;

	if (x->f->w.inode->i_mapping->nrpages != x->nrpages)
		return "the page cache has other pages than before";
	for (i = 0; i < x->nfolios; i++, e++) {
		if (state_flags(e->folio) != e->flags)
			return "a folio has other flags than before";
		if (folio_ref_count(e->folio) != e->refs)
			return "a folio has another reference count than before";
	}
	return NULL;
}

/* By writeback: which blocks are dirty? All of them find a reservation. */
static const char *state_dirty(struct xp_state *x)
{
	struct fixture *f = x->f;
	unsigned int b;

	memset(f->fs.extent, SCN_DELALLOC, f->s.nblocks);
	i_size_write(f->w.inode, scn_window_end(&f->s));
	if (fx_writeback_quietly(f))
		return "writeback after all releases fails";
	for (b = 0; b < f->s.nblocks; b++) {
		bool dirty = f->fs.extent[b] != SCN_DELALLOC;

		if (dirty != x->dirty[b])
			return dirty ? "a block has become dirty" :
				       "a block is not dirty any more";
	}
	return NULL;
}

/**
 * xp_state_end() - is all as it was built, after all releases over a map?
 * @x: the state
 * @last: its page cache is wanted no more, and used up
 *
 * Return: NULL, or what has changed.
 */
const char *xp_state_end(struct xp_state *x, bool last)
{
	static char why[160];
	const char *words = target_end(x);
	struct fixture *f = x->f;

	if (words)
		return words;

	f->before.isize = i_size_read(f->w.inode);
	fx_snapshot(f, &f->now);
	if (!fx_same(f, &f->before, &f->now, why, sizeof(why)))
		return why;
	if (!last)
		return NULL;
	x->built = false;
	return state_dirty(x);
}
