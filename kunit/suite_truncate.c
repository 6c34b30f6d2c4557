// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_truncate: a file cut short in the middle of a large folio, and
 * then the release.
 *
 * Truncation zeroes the part that goes and splits the folio, if the filesystem
 * lets go of its state: that of a dirty one stays, and so does the folio. Either
 * way nothing that is dirty below the new i_size may become clean or lose its
 * space, and all that is reserved behind it goes. Only a kernel with transparent
 * huge pages splits.
 *
 * Kills: "release-beyond-eof".
 */
#include <linux/fs.h>
#include <linux/pagemap.h>

#include "sweep.h"

static const struct sweep_geometry truncate_table[] = {
	{ PAGE_SHIFT - 2, 1 },
	{ PAGE_SHIFT - 2, 2 },
	{ PAGE_SHIFT - 1, 3 },
	{ PAGE_SHIFT, 1 },
	{ PAGE_SHIFT, 2 },
	{ PAGE_SHIFT, 4 },
};

static void truncate_name(const struct sweep_geometry *g, char *desc)
{
	scn_geometry_name(desc, SCN_NAME_SIZE, PAGE_SHIFT, g->blkbits,
			  g->order);
}

KUNIT_ARRAY_PARAM(truncate, truncate_table, truncate_name);

static enum scn_cache truncate_dirty(unsigned int folio, unsigned int block,
				     unsigned int n)
{
	return SCN_DIRTY;
}

static enum scn_cache truncate_mixed(unsigned int folio, unsigned int block,
				     unsigned int n)
{
	static const enum scn_cache round[] = {
		SCN_DIRTY, SCN_CLEAN, SCN_STALE, SCN_DIRTY, SCN_CLEAN,
	};

	return round[(folio + block) % ARRAY_SIZE(round)];
}

/* Only the first folio is dirty: the other can be split. */
static enum scn_cache truncate_clean(unsigned int folio, unsigned int block,
				     unsigned int n)
{
	if (!folio)
		return block % 2 ? SCN_DIRTY : SCN_CLEAN;
	return block % 3 ? SCN_CLEAN : SCN_STALE;
}

/* Expect what was dirty in front of @size to be dirty still. */
static void truncate_keeps_dirty(struct fixture *f, const struct scenario *built,
				 scn_pos size)
{
	int per_block = f->limits.dirty_per_block;
	unsigned int b;
	bool still;

	for (b = 0; b < built->nblocks; b++) {
		if (scn_block_pos(built, b) >= size ||
		    !oracle_block_dirty(built, per_block, b))
			continue;
		still = oracle_block_dirty(&f->s, per_block, b);
		KUNIT_EXPECT_TRUE_MSG(f->test, still,
				      "cut at base+%lld: block %u is clean",
				      (long long)(size - built->base), b);
	}
}

/* Cut the file at @size and release from block @from on. */
static bool truncate_one(struct fixture *f, const struct scenario *built,
			 scn_pos size, unsigned int from, enum fx_side side)
{
	unsigned int b;

	f->s = *built;
	if (!fx_build(f, NULL))
		return false;
	for (b = 0; b < built->nblocks; b++)
		f->dirtied[b] = built->cache[b] == SCN_DIRTY;
	i_size_write(f->w.inode, scn_window_end(built));
	fx_truncate(f, size);
	fx_observe(f, &f->s);
	truncate_keeps_dirty(f, built, size);
	fx_snapshot(f, &f->before);
	f->s.start = scn_block_pos(built, from);
	f->s.end = scn_window_end(built);
	if (!fx_side_wants(f, side))
		return true;
	if (!fx_release(f))
		return false;
	fx_writeback_holds(f);
	return true;
}

static void truncate_run(struct kunit *test, sweep_fill_t fill,
			 enum fx_side side)
{
	struct fixture *f = fx_of(test);
	struct scenario *built = kunit_kzalloc(test, sizeof(*built), GFP_KERNEL);
	struct sweep *sw = kunit_kzalloc(test, sizeof(*sw), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, built);
	KUNIT_ASSERT_NOT_NULL(test, sw);
	if (!world_splits_folios())
		kunit_skip(test, "without transparent huge pages a kernel does not split folios");
	if (!sweep_layout(f, test->param_value, 16LL << (PAGE_SHIFT + 4), fill))
		return;
	*built = f->s;
	sweep_edges(sw, built);
	sweep_sizes(sw, built);
	KUNIT_EXPECT_EQ(test, sw->lost, 0U);
	for (i = 0; i < sw->nsizes; i++) {
		scn_pos size = sw->size[i];

		if (size < built->base || size > scn_window_end(built))
			continue;
		if (!truncate_one(f, built, size, 0, side) ||
		    !truncate_one(f, built, size, built->nblocks / 2, side))
			return;
	}
}

/* Expect dirty data to stay in front of the cut, and all else to go. */
static void truncate_folio(struct kunit *test)
{
	truncate_run(test, truncate_dirty, FX_PLAIN);
	truncate_run(test, truncate_mixed, FX_PLAIN);
	truncate_run(test, truncate_clean, FX_PLAIN);
}

static void truncate_folio_eof_block(struct kunit *test)
{
	truncate_run(test, truncate_dirty, FX_FINDING);
	truncate_run(test, truncate_mixed, FX_FINDING);
	fx_finding_done(fx_of(test));
}

static struct kunit_case truncate_cases[] = {
	KUNIT_CASE_PARAM(truncate_folio, truncate_gen_params),
	KUNIT_CASE_PARAM(truncate_folio_eof_block, truncate_gen_params),
	{}
};

FX_SUITE(iomap_delalloc_truncate, truncate_cases);
