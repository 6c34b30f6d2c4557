// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_isize: one byte either side of every edge, through i_size.
 *
 * The release looks at the cache up to i_size only; whatever lies behind goes,
 * dirty or not, for writeback will never write it. So i_size takes part in every
 * comparison, and need not be aligned to anything.
 *
 * Kills: "release-beyond-eof" (the scan goes on behind i_size),
 * "punch-start-folio-end".
 */
#include <linux/fs.h>
#include <linux/pagemap.h>

#include "sweep.h"

static enum scn_cache isize_dirty(unsigned int folio, unsigned int block,
				  unsigned int n)
{
	return SCN_DIRTY;
}

static enum scn_cache isize_mixed(unsigned int folio, unsigned int block,
				  unsigned int n)
{
	static const enum scn_cache round[] = {
		SCN_DIRTY, SCN_DIRTY, SCN_CLEAN, SCN_STALE,
	};

	return round[(folio + block) % ARRAY_SIZE(round)];
}

static enum scn_cache isize_clean(unsigned int folio, unsigned int block,
				  unsigned int n)
{
	return SCN_CLEAN;
}

/* Keep the window, its halves, and one block less at either end. */
static void isize_few_ranges(struct sweep *sw, const struct scenario *s)
{
	sw->nedges = 0;
	sw->edge[sw->nedges++] = 0;
	if (s->nblocks > 3)
		sw->edge[sw->nedges++] = 1;
	sw->edge[sw->nedges++] = s->nblocks / 2;
	if (s->nblocks > 3)
		sw->edge[sw->nedges++] = s->nblocks - 1;
	sw->edge[sw->nedges++] = s->nblocks;
}

/* Edges of pages and of folios, which need not be those of any block range. */
static void isize_more_sizes(struct sweep *sw, const struct scenario *s)
{
	unsigned int i;

	for (i = 0; i < s->nfolios; i++) {
		scn_pos at = s->base +
			     ((scn_pos)s->folio[i].index << PAGE_SHIFT);
		scn_pos behind = at + ((scn_pos)PAGE_SIZE << s->folio[i].order);

		sweep_size(sw, s, at + PAGE_SIZE);
		sweep_size(sw, s, at + PAGE_SIZE - 1);
		sweep_size(sw, s, at + PAGE_SIZE + 1);
		sweep_size(sw, s, behind);
		sweep_size(sw, s, behind - 1);
		sweep_size(sw, s, behind + 1);
	}
}

static void isize_run(struct kunit *test, sweep_fill_t fill, scn_pos base,
		      enum fx_side side)
{
	const struct sweep_geometry *g = test->param_value;
	struct fixture *f = fx_of(test);
	struct sweep *sw = kunit_kzalloc(test, sizeof(*sw), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, sw);
	if (!sweep_layout(f, g, base, fill))
		return;
	sweep_edges(sw, &f->s);
	sweep_sizes(sw, &f->s);
	isize_more_sizes(sw, &f->s);
	isize_few_ranges(sw, &f->s);
	sweep_run(f, sw, side);
	sweep_to_disk(f, sw, side);
}

/* Expect what is dirty behind i_size to lose its reservation. */
static void behind_dirty(struct kunit *test)
{
	isize_run(test, isize_dirty, 16LL << (PAGE_SHIFT + 4), FX_PLAIN);
}

/* Expect i_size to cut between blocks of all kinds. */
static void behind_mixed(struct kunit *test)
{
	isize_run(test, isize_mixed, 16LL << (PAGE_SHIFT + 4), FX_PLAIN);
}

/* Expect i_size not to matter where nothing is dirty. */
static void behind_clean(struct kunit *test)
{
	isize_run(test, isize_clean, 0, FX_PLAIN);
}

/* Expect the known finding where i_size lies in a dirty block of the range. */
static void isize_eof_block(struct kunit *test)
{
	isize_run(test, isize_dirty, 0, FX_FINDING);
	isize_run(test, isize_mixed, 16LL << (PAGE_SHIFT + 4), FX_FINDING);
	fx_finding_done(fx_of(test));
}

static struct kunit_case isize_cases[] = {
	KUNIT_CASE_PARAM(behind_dirty, sweep_geometries_gen_params),
	KUNIT_CASE_PARAM(behind_mixed, sweep_geometries_gen_params),
	KUNIT_CASE_PARAM(behind_clean, sweep_geometries_gen_params),
	KUNIT_CASE_PARAM(isize_eof_block, sweep_geometries_gen_params),
	{}
};

FX_SUITE(iomap_delalloc_isize, isize_cases);
