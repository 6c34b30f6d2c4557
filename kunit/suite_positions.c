// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_positions: the same release all over a file.
 *
 * At 0, where an offset in a folio and one in the file look alike; round 4 GiB,
 * where 32 bits end; round 2^43 and 2^44, where page numbers of 32-bit kernels
 * do; and as near to the largest file as a range can come.
 *
 * Kills: "ifs-punch-folio-offset", "punch-start-32bit", "tail-length-32bit",
 * "lead-length-32bit".
 */
#include <linux/fs.h>
#include <linux/pagemap.h>

#include <compat.h>

#include "sweep.h"

struct positions_place {
	const char	*name;
	scn_pos		base;
};

/* Window of a place, in pages; folios of up to 8 pages are aligned in it. */
#define POSITIONS_PAGES	16
#define POSITIONS_UNIT	((scn_pos)POSITIONS_PAGES << PAGE_SHIFT)
#define POSITIONS_LAST	(MAX_LFS_FILESIZE / POSITIONS_UNIT - 1)

static const struct positions_place positions_places[] = {
	{ "at 0",		0 },
	{ "behind 0",		POSITIONS_UNIT },
	{ "below 2GiB",		(1LL << 31) - POSITIONS_UNIT },
	{ "below 4GiB",		(1LL << 32) - POSITIONS_UNIT },
	{ "over 4GiB",		(1LL << 32) - POSITIONS_UNIT / 2 },
	{ "at 4GiB",		1LL << 32 },
	{ "over 8TiB",		(1LL << 43) - POSITIONS_UNIT / 2 },
	{ "below largest file",	POSITIONS_LAST * POSITIONS_UNIT },
};

static void positions_name(const struct positions_place *place, char *desc)
{
	snprintf(desc, SCN_NAME_SIZE, "%s", place->name);
}

KUNIT_ARRAY_PARAM(positions, positions_places, positions_name);

static enum scn_cache positions_cache(unsigned int folio, unsigned int block,
				      unsigned int n)
{
	static const enum scn_cache round[] = {
		SCN_DIRTY, SCN_CLEAN, SCN_STALE, SCN_DIRTY, SCN_DIRTY,
	};

	return round[(folio + block) % ARRAY_SIZE(round)];
}

static void positions_run(struct kunit *test, enum fx_side side)
{
	const struct positions_place *place = test->param_value;
	struct sweep_geometry g = { .blkbits = PAGE_SHIFT - 2 };
	struct fixture *f = fx_of(test);
	struct sweep *sw = kunit_kzalloc(test, sizeof(*sw), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, sw);
	for (g.order = 0; g.order < 3; g.order++) {
		if (!sweep_layout(f, &g, place->base, positions_cache))
			return;
		sweep_edges(sw, &f->s);
		sweep_sizes(sw, &f->s);
		sw->nsizes = min(sw->nsizes, 24U);
		sweep_run(f, sw, side);
		sweep_to_disk(f, sw, side);
	}
}

/* Expect the same everywhere. */
static void everywhere(struct kunit *test)
{
	positions_run(test, FX_PLAIN);
}

static void everywhere_eof_block(struct kunit *test)
{
	positions_run(test, FX_FINDING);
	fx_finding_done(fx_of(test));
}

/* A range too long for 32 bits of bytes, and the window at its end. */
#define POSITIONS_LONG	(5LL << 30)
#define POSITIONS_FAR	(POSITIONS_LONG - 4 * (scn_pos)PAGE_SIZE)

/* Put a dirty folio at the very front of the file, far out of the window. */
static int positions_front(struct fixture *f)
{
	struct address_space *mapping = f->w.inode->i_mapping;
	struct folio *folio = folio_alloc(GFP_KERNEL, 0);
	int err;

	if (!folio)
		return -ENOMEM;
	err = filemap_add_folio(mapping, folio, 0, GFP_KERNEL);
	if (!err) {
		folio_mark_uptodate(folio);
		folio_mark_dirty(folio);
		folio_unlock(folio);
	}
	folio_put(folio);
	return err;
}

/*
 * Release [0, 5 GiB) with dirty folios in front, at the far end or both. No
 * window holds that many blocks, so the punches are looked at here, byte for
 * byte: exactly one is right, of all that is not dirty.
 */
static void positions_long(struct kunit *test, bool front, bool far)
{
	struct iomap iomap = fx_fresh(0, POSITIONS_LONG);
	scn_pos from = front ? PAGE_SIZE : 0;
	scn_pos to = far ? POSITIONS_LONG - PAGE_SIZE : POSITIONS_LONG;
	struct fixture *f = fx_of(test);

	if (!fx_parsed(f, PAGE_SHIFT, POSITIONS_FAR, far ? "...[D]" : "....",
		       "d"))
		return;
	if (front)
		KUNIT_ASSERT_EQ(test, positions_front(f), 0);
	f->fs.npunches = 0;
	f->fs.unlocked = 0;
	i_size_write(f->w.inode, POSITIONS_LONG);
	KUNIT_EXPECT_EQ(test, compat_release(f->w.inode, 0, POSITIONS_LONG,
					     IOMAP_WRITE, &iomap), 0);
	KUNIT_EXPECT_EQ(test, f->fs.unlocked, 0U);
	KUNIT_EXPECT_EQ(test, f->fs.npunches, 1U);
	KUNIT_EXPECT_EQ(test, (scn_pos)f->fs.punch[0].offset, from);
	KUNIT_EXPECT_EQ(test, (scn_pos)f->fs.punch[0].length, to - from);
	KUNIT_EXPECT_EQ(test, f->fs.extent[2], SCN_HOLE);
	KUNIT_EXPECT_EQ(test, f->fs.extent[3], far ? SCN_DELALLOC : SCN_HOLE);
}

/* Expect lengths over 4 GiB to be whole, in front of dirty data and behind. */
static void longer_than_4g(struct kunit *test)
{
	positions_long(test, false, false);
	positions_long(test, true, false);
	positions_long(test, false, true);
	positions_long(test, true, true);
}

static struct kunit_case positions_cases[] = {
	KUNIT_CASE_PARAM(everywhere, positions_gen_params),
	KUNIT_CASE_PARAM(everywhere_eof_block, positions_gen_params),
	KUNIT_CASE(longer_than_4g),
	{}
};

FX_SUITE(iomap_delalloc_positions, positions_cases);
