// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_ranges: start and end at every block edge.
 *
 * One table of geometries, and for each a few patterns of what is cached. A
 * range may lie in one folio, begin in one and end in another, or cover several
 * with a hole and a shadow entry between them.
 *
 * Kills: "ifs-punch-last-block", "ifs-punch-first-block", "release-skips-data",
 * "punch-start-folio-end" (the next punch begins at the end of the folio).
 */
#include <linux/fs.h>
#include <linux/pagemap.h>

#include "sweep.h"

static enum scn_cache ranges_clean(unsigned int folio, unsigned int block,
				   unsigned int n)
{
	return SCN_CLEAN;
}

static enum scn_cache ranges_dirty(unsigned int folio, unsigned int block,
				   unsigned int n)
{
	return SCN_DIRTY;
}

static enum scn_cache ranges_alternating(unsigned int folio,
					 unsigned int block, unsigned int n)
{
	return (folio + block) & 1 ? SCN_CLEAN : SCN_DIRTY;
}

static enum scn_cache ranges_partial(unsigned int folio, unsigned int block,
				     unsigned int n)
{
	static const enum scn_cache round[] = {
		SCN_STALE, SCN_DIRTY, SCN_DIRTY, SCN_STALE, SCN_CLEAN,
	};

	return round[(folio * 2 + block) % ARRAY_SIZE(round)];
}

/* Dirty only at the edges of each folio. */
static enum scn_cache ranges_edges(unsigned int folio, unsigned int block,
				   unsigned int n)
{
	return block == 0 || block == n - 1 ? SCN_DIRTY : SCN_CLEAN;
}

/* Dirty everywhere but at the edges. */
static enum scn_cache ranges_middle(unsigned int folio, unsigned int block,
				    unsigned int n)
{
	return block == 0 || block == n - 1 ? SCN_STALE : SCN_DIRTY;
}

static enum scn_cache ranges_holes(unsigned int folio, unsigned int block,
				   unsigned int n)
{
	return folio == 1 ? SCN_DIRTY : SCN_ABSENT;
}

static enum scn_cache ranges_nothing(unsigned int folio, unsigned int block,
				     unsigned int n)
{
	return SCN_ABSENT;
}

/*
 * All ranges, with the file ending behind the window, in its middle, in the
 * middle of a block, and being empty.
 */
static void ranges_run(struct kunit *test, sweep_fill_t fill,
		       enum fx_side side)
{
	const struct sweep_geometry *g = test->param_value;
	struct fixture *f = fx_of(test);
	struct sweep *sw = kunit_kzalloc(test, sizeof(*sw), GFP_KERNEL);
	scn_pos middle;

	KUNIT_ASSERT_NOT_NULL(test, sw);
	if (!sweep_layout(f, g, 16LL << (PAGE_SHIFT + 4), fill))
		return;
	middle = scn_block_pos(&f->s, f->s.nblocks / 2);
	sweep_edges(sw, &f->s);
	sweep_size(sw, &f->s, MAX_LFS_FILESIZE);
	sweep_size(sw, &f->s, middle);
	sweep_size(sw, &f->s, middle - (1LL << (g->blkbits - 1)));
	sweep_size(sw, &f->s, 0);
	sweep_run(f, sw, side);
	sweep_to_disk(f, sw, side);
}

/* Expect each reservation to go: nothing in the cache is dirty. */
static void all_clean(struct kunit *test)
{
	ranges_run(test, ranges_clean, FX_PLAIN);
}

/* Expect reservations to stay below i_size, and to go in the hole. */
static void all_dirty(struct kunit *test)
{
	ranges_run(test, ranges_dirty, FX_PLAIN);
}

/* Expect every other reservation to stay. */
static void alternating(struct kunit *test)
{
	ranges_run(test, ranges_alternating, FX_PLAIN);
}

/* Expect blocks that are not uptodate to be no data. */
static void partly_uptodate(struct kunit *test)
{
	ranges_run(test, ranges_partial, FX_PLAIN);
}

/* Expect the first and the last block of each folio to stay. */
static void dirty_edges(struct kunit *test)
{
	ranges_run(test, ranges_edges, FX_PLAIN);
}

/* Expect all but the first and the last block of each folio to stay. */
static void dirty_middle(struct kunit *test)
{
	ranges_run(test, ranges_middle, FX_PLAIN);
}

/* Expect one folio among holes to be found. */
static void holes(struct kunit *test)
{
	ranges_run(test, ranges_holes, FX_PLAIN);
}

/* Expect one punch over the whole range. */
static void nothing_cached(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	ranges_run(test, ranges_nothing, FX_PLAIN);
	f->s.start = f->s.base;
	f->s.end = scn_window_end(&f->s);
	f->s.isize = f->s.end;
	fx_release(f);
	KUNIT_EXPECT_EQ(test, f->fs.npunches, 1U);
}

/* Expect the known finding, and nothing else, where i_size is in such a block. */
static void ranges_eof_block(struct kunit *test)
{
	ranges_run(test, ranges_dirty, FX_FINDING);
	ranges_run(test, ranges_alternating, FX_FINDING);
	ranges_run(test, ranges_partial, FX_FINDING);
	ranges_run(test, ranges_edges, FX_FINDING);
	ranges_run(test, ranges_middle, FX_FINDING);
	fx_finding_done(fx_of(test));
}

static struct kunit_case ranges_cases[] = {
	KUNIT_CASE_PARAM(all_clean, sweep_geometries_gen_params),
	KUNIT_CASE_PARAM(all_dirty, sweep_geometries_gen_params),
	KUNIT_CASE_PARAM(alternating, sweep_geometries_gen_params),
	KUNIT_CASE_PARAM(partly_uptodate, sweep_geometries_gen_params),
	KUNIT_CASE_PARAM(dirty_edges, sweep_geometries_gen_params),
	KUNIT_CASE_PARAM(dirty_middle, sweep_geometries_gen_params),
	KUNIT_CASE_PARAM(holes, sweep_geometries_gen_params),
	KUNIT_CASE_PARAM(nothing_cached, sweep_geometries_gen_params),
	KUNIT_CASE_PARAM(ranges_eof_block, sweep_geometries_gen_params),
	{}
};

FX_SUITE(iomap_delalloc_ranges, ranges_cases);
