// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_large: blocks larger than a page.
 *
 * Where the tree can keep every folio of a file at least as large as a block. A
 * folio then has few blocks or one, and it is the gaps between folios that are
 * walked page by page: each step must end at a block.
 *
 * Kills: "tail-without-iomap". A folio here is larger than the page by which
 * "release-skips-data" goes too far, so that one lives on.
 */
#include <linux/fs.h>
#include <linux/pagemap.h>

#include <compat.h>

#include "sweep.h"

static const struct sweep_geometry large_table[] = {
	{ PAGE_SHIFT + 1, 1 },
	{ PAGE_SHIFT + 1, 2 },
	{ PAGE_SHIFT + 1, 4 },
	{ PAGE_SHIFT + 2, 2 },
	{ PAGE_SHIFT + 2, 3 },
	{ PAGE_SHIFT + 3, 3 },
};

static void large_name(const struct sweep_geometry *g, char *desc)
{
	scn_geometry_name(desc, SCN_NAME_SIZE, PAGE_SHIFT, g->blkbits,
			  g->order);
}

KUNIT_ARRAY_PARAM(large, large_table, large_name);

static enum scn_cache large_dirty(unsigned int folio, unsigned int block,
				  unsigned int n)
{
	return SCN_DIRTY;
}

static enum scn_cache large_mixed(unsigned int folio, unsigned int block,
				  unsigned int n)
{
	static const enum scn_cache round[] = {
		SCN_DIRTY, SCN_CLEAN, SCN_STALE, SCN_DIRTY,
	};

	return round[(folio + block) % ARRAY_SIZE(round)];
}

static enum scn_cache large_holes(unsigned int folio, unsigned int block,
				  unsigned int n)
{
	return folio == 1 ? SCN_ABSENT : SCN_DIRTY;
}

static void large_run(struct kunit *test, sweep_fill_t fill,
		      enum fx_side side)
{
	const struct sweep_geometry *g = test->param_value;
	struct fixture *f = fx_of(test);
	struct sweep *sw = kunit_kzalloc(test, sizeof(*sw), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, sw);
	fx_clear(f);
	if (!compat_set_min_order(f->w.inode, g->blkbits - PAGE_SHIFT))
		kunit_skip(test, "this tree has no minimum folio order");
	if (!sweep_layout(f, g, 16LL << (PAGE_SHIFT + 4), fill))
		return;
	sweep_edges(sw, &f->s);
	sweep_sizes(sw, &f->s);
	sweep_run(f, sw, side);
	sweep_to_disk(f, sw, side);
}

/* Expect whole blocks to stay and to go. */
static void large_blocks(struct kunit *test)
{
	large_run(test, large_dirty, FX_PLAIN);
	large_run(test, large_mixed, FX_PLAIN);
	large_run(test, large_holes, FX_PLAIN);
}

static void large_blocks_eof_block(struct kunit *test)
{
	large_run(test, large_dirty, FX_FINDING);
	large_run(test, large_mixed, FX_FINDING);
	fx_finding_done(fx_of(test));
}

static struct kunit_case large_cases[] = {
	KUNIT_CASE_PARAM(large_blocks, large_gen_params),
	KUNIT_CASE_PARAM(large_blocks_eof_block, large_gen_params),
	{}
};

FX_SUITE(iomap_delalloc_large, large_cases);
