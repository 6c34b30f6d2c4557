// SPDX-License-Identifier: GPL-2.0-only
/*
 * The geometry table, and going through all ranges and sizes of one cache.
 */
#include <linux/fs.h>
#include <linux/pagemap.h>

#include "sweep.h"

#define SWEEP_ORDERS	5
#define SWEEP_MAX_BITS	8	/* block sizes 512 bytes to 64k */

/* Filled in once; which rows make sense depends on the page size. */
static struct sweep_geometry sweep_table[SWEEP_ORDERS * SWEEP_MAX_BITS];
static unsigned int sweep_rows;

static void sweep_fill_table(void)
{
	unsigned int bits, order;

	for (bits = 9; bits <= PAGE_SHIFT; bits++) {
		for (order = 0; order < SWEEP_ORDERS; order++) {
			/* Two folios of each size must fit in a window. */
			if ((2ULL << (PAGE_SHIFT + order)) >> bits >
			    SCN_MAX_BLOCKS)
				continue;
			sweep_table[sweep_rows].blkbits = bits;
			sweep_table[sweep_rows++].order = order;
		}
	}
}

/**
 * sweep_geometries_next() - the geometry table as KUnit parameters
 * @prev: the row before, or NULL
 * @desc: the row's name goes here
 *
 * Return: the next row, or NULL behind the last.
 */
const void *sweep_geometries_next(const void *prev, char *desc)
{
	const struct sweep_geometry *g = prev;

	if (!sweep_rows)
		sweep_fill_table();
	g = g ? g + 1 : sweep_table;
	if (g == sweep_table + sweep_rows)
		return NULL;
	scn_geometry_name(desc, SCN_NAME_SIZE, PAGE_SHIFT, g->blkbits,
			  g->order);
	return g;
}

static void sweep_edge(struct sweep *sw, unsigned int edge)
{
	unsigned int at = sw->nedges;

	while (at && sw->edge[at - 1] > edge)
		at--;
	if (at && sw->edge[at - 1] == edge)
		return;
	if (sw->nedges == SWEEP_MAX_EDGES) {
		sw->lost++;
		return;
	}
	memmove(sw->edge + at + 1, sw->edge + at,
		(sw->nedges - at) * sizeof(sw->edge[0]));
	sw->edge[at] = edge;
	sw->nedges++;
}

/**
 * sweep_edges() - where ranges begin and end
 * @sw: filled in
 * @s: the scenario
 *
 * Every block edge of a small window; in a larger one those at and beside the
 * edges of the window and its cache entries, and in the middle of each.
 */
void sweep_edges(struct sweep *sw, const struct scenario *s)
{
	unsigned int i, first, n;

	sw->nedges = 0;
	sw->lost = 0;
	sweep_edge(sw, 0);
	sweep_edge(sw, s->nblocks);
	if (s->nblocks < 10) {
		for (i = 1; i < s->nblocks; i++)
			sweep_edge(sw, i);
		return;
	}
	sweep_edge(sw, 1);
	sweep_edge(sw, s->nblocks - 1);
	for (i = 0; i < s->nfolios; i++) {
		first = scn_first_block(s, &s->folio[i]);
		n = scn_folio_blocks(s, &s->folio[i]);
		sweep_edge(sw, first);
		sweep_edge(sw, first + 1);
		sweep_edge(sw, first + n / 2);
		sweep_edge(sw, first + n - 1);
	}
}

/**
 * sweep_size() - add one file size
 * @sw: the sweep
 * @s: its scenario
 * @size: in bytes; ignored if no file has it
 */
void sweep_size(struct sweep *sw, const struct scenario *s, scn_pos size)
{
	unsigned int i;

	if (size < 0 || size > MAX_LFS_FILESIZE)
		return;
	for (i = 0; i < sw->nsizes; i++)
		if (sw->size[i] == size)
			return;
	if (sw->nsizes == SWEEP_MAX_SIZES) {
		sw->lost++;
		return;
	}
	sw->size[sw->nsizes++] = size;
}

/**
 * sweep_sizes() - sizes of the file
 * @sw: filled in; needs sweep_edges() first
 * @s: the scenario
 *
 * One byte before, at and behind each edge, the middle of the block behind it,
 * none at all and the largest.
 */
void sweep_sizes(struct sweep *sw, const struct scenario *s)
{
	unsigned int i;

	sw->nsizes = 0;
	sweep_size(sw, s, 0);
	sweep_size(sw, s, MAX_LFS_FILESIZE);
	for (i = 0; i < sw->nedges; i++) {
		scn_pos edge = scn_block_pos(s, sw->edge[i]);

		sweep_size(sw, s, edge);
		sweep_size(sw, s, edge - 1);
		sweep_size(sw, s, edge + 1);
		sweep_size(sw, s, edge + (1LL << (s->blkbits - 1)));
	}
}

/**
 * sweep_run() - release each range at each size
 * @f: the fixture; the page cache has been built
 * @sw: ranges and sizes
 * @side: which releases to make
 */
void sweep_run(struct fixture *f, const struct sweep *sw, enum fx_side side)
{
	unsigned int from, to, i;

	KUNIT_EXPECT_EQ_MSG(f->test, sw->lost, 0U,
			    "the sweep has no room for all edges and sizes");
	for (i = 0; i < sw->nsizes; i++) {
		f->s.isize = sw->size[i];
		for (from = 0; from < sw->nedges; from++) {
			f->s.start = scn_block_pos(&f->s, sw->edge[from]);
			for (to = from; to < sw->nedges; to++) {
				f->s.end = scn_block_pos(&f->s, sw->edge[to]);
				if (fx_side_wants(f, side) && !fx_release(f))
					return;
			}
		}
	}
}

/**
 * sweep_to_disk() - release, then write back
 * @f: the fixture; @f->s is built anew for each release
 * @sw: ranges and sizes, of which a few are taken
 * @side: which releases to make
 *
 * Expect writeback to find space under all dirty data below i_size.
 */
void sweep_to_disk(struct fixture *f, const struct sweep *sw,
		   enum fx_side side)
{
	unsigned int i, last = sw->nedges - 1;

	for (i = 0; i < sw->nsizes; i += 3) {
		f->s.isize = sw->size[i];
		f->s.start = scn_block_pos(&f->s, sw->edge[i % last]);
		f->s.end = scn_block_pos(&f->s, sw->edge[last]);
		if (!fx_side_wants(f, side))
			continue;
		if (!fx_build(f, NULL) || !fx_release(f))
			return;
		fx_writeback_holds(f);
	}
}

/**
 * sweep_layout() - make a page cache of three folios with a hole between
 * @f: the fixture; @f->s is filled in and built
 * @g: block size and folio order
 * @base: file position of the window
 * @fill: says what each block is to be
 *
 * The places are: folio 0, folio 1, a shadow entry and holes, folio 2. Large
 * folios of many blocks leave room for the first two only. All is reserved.
 *
 * Return: false if that cannot be made here, or failed.
 */
bool sweep_layout(struct fixture *f, const struct sweep_geometry *g,
		  scn_pos base, sweep_fill_t fill)
{
	unsigned int n = (1U << (PAGE_SHIFT + g->order)) >> g->blkbits;
	unsigned int places = n > SCN_MAX_BLOCKS / 4 ? 2 : 4;
	struct scenario *s = &f->s;
	unsigned int i, b, index, folio = 0;

	scn_init(s, PAGE_SHIFT, g->blkbits, base, places * n);
	scn_extents(s, 0, s->nblocks, SCN_DELALLOC);
	for (i = 0; i < places; i++) {
		index = i << g->order;
		if (i == 2) {
			scn_add_shadow(s, index, g->blkbits > PAGE_SHIFT ?
				       g->blkbits - PAGE_SHIFT : 0);
			continue;
		}
		if (fill(folio, 0, n) != SCN_ABSENT) {
			scn_add(s, index, g->order);
			for (b = 0; b < n; b++)
				s->cache[i * n + b] = fill(folio, b, n);
		}
		folio++;
	}
	scn_settle(s, f->limits.dirty_per_block);
	return fx_reachable(f, s) && fx_build(f, NULL);
}
