// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_read: blocks that come from the device.
 *
 * A block that was not read is not cached: the seek passes over it, writeback
 * leaves it, and its reservation goes. So a read that fails or is under way
 * must not look like one that has succeeded.
 *
 * Kills: "read-error-uptodate", "read-error-written".
 */
#include <linux/fs.h>
#include <linux/iomap.h>
#include <linux/pagemap.h>

#include <compat.h>

#include "fixture.h"

#define READ_BITS	(PAGE_SHIFT - 2)

static bool read_build(struct fixture *f, const char *extents)
{
	if (!world_bdev() || f->fs.diskless)
		kunit_skip(f->test, "there is no device in this world");
	return fx_parsed(f, READ_BITS, 4 * PAGE_SIZE, "(UUUU)....", extents);
}

/* The folio of the window's first page, with a reference, locked. */
static struct folio *read_lock_folio(struct fixture *f)
{
	struct folio *folio = filemap_get_folio(f->w.inode->i_mapping,
						f->s.base >> PAGE_SHIFT);

	KUNIT_ASSERT_FALSE(f->test, IS_ERR_OR_NULL(folio));
	folio_lock(folio);
	return folio;
}

/* Read the first page and wait; then look. The number of bios to fail, or 0. */
static void read_first(struct fixture *f, unsigned int fail)
{
	struct folio *folio = read_lock_folio(f);

	world_fail_io(fail, -EIO);
	compat_read_folio(folio, &recfs_iomap_ops);
	world_wait_io();
	folio_put(folio);
	world_fail_io(0, 0);
	fx_snapshot(f, &f->now);
}

/* Expect everything to be cached and clean, wherever it comes from. */
static void extents_of_all_kinds(struct kunit *test)
{
	static const char * const extents[] = {
		"wwww", "wwuu", "uwdw", ".w.w", "dddd", "w...", "...w", "....",
	};
	struct fixture *f = fx_of(test);
	unsigned int i, b;

	for (i = 0; i < ARRAY_SIZE(extents); i++) {
		if (!read_build(f, extents[i]))
			return;
		read_first(f, 0);
		KUNIT_EXPECT_EQ(test, f->now.flags[0] & (FX_UPTODATE | FX_DIRTY | FX_LOCKED),
				FX_UPTODATE);
		for (b = 0; b < 4; b++)
			KUNIT_EXPECT_TRUE(test, f->now.uptodate[b]);
		KUNIT_EXPECT_EQ(test, fx_readahead(f, 4), 0);
		fx_snapshot(f, &f->now);
		KUNIT_EXPECT_EQ(test, f->now.flags[1] & (FX_UPTODATE | FX_DIRTY | FX_LOCKED),
				FX_UPTODATE);
	}
}

/*
 * One of two reads fails. Expect its block not to be cached and the others to
 * be, the release to give back what is reserved, and a second read to succeed.
 */
static void one_fails(struct kunit *test)
{
	struct iomap iomap = { .type = IOMAP_DELALLOC, .flags = IOMAP_F_NEW };
	struct fixture *f = fx_of(test);
	unsigned int fail, b;

	for (fail = 1; fail <= 2; fail++) {
		unsigned int bad = fail == 1 ? 0 : 2;

		if (!read_build(f, "wdwd"))
			return;
		read_first(f, fail);
		KUNIT_EXPECT_EQ(test, f->now.flags[0] & (FX_UPTODATE | FX_DIRTY | FX_LOCKED), 0);
		for (b = 0; b < 4; b++)
			KUNIT_EXPECT_EQ_MSG(test, (bool)f->now.uptodate[b], b != bad,
					    "block %u", b);
		compat_release(f->w.inode, f->s.base, f->s.base + PAGE_SIZE,
			       IOMAP_WRITE, &iomap);
		KUNIT_EXPECT_EQ(test, f->fs.extent[0], SCN_WRITTEN);
		KUNIT_EXPECT_EQ(test, f->fs.extent[1], SCN_HOLE);
		KUNIT_EXPECT_EQ(test, f->fs.extent[2], SCN_WRITTEN);
		KUNIT_EXPECT_EQ(test, f->fs.extent[3], SCN_HOLE);
		read_first(f, 0);
		KUNIT_EXPECT_TRUE(test, f->now.flags[0] & FX_UPTODATE);
	}
}

/* The device takes its time: expect nothing that is read to be cached so long. */
static void under_way(struct kunit *test)
{
	const size_t bs = 1UL << READ_BITS;
	struct fixture *f = fx_of(test);
	struct folio *folio;
	unsigned int b;

	if (!read_build(f, "wwww"))
		return;
	world_defer_io(true);
	folio = read_lock_folio(f);
	compat_read_folio(folio, &recfs_iomap_ops);
	KUNIT_EXPECT_TRUE(test, folio_test_locked(folio));
	KUNIT_EXPECT_FALSE(test, folio_test_uptodate(folio));
	for (b = 0; b < 4; b++)
		KUNIT_EXPECT_FALSE(test, iomap_is_partially_uptodate(folio, b * bs, bs));
	world_defer_io(false);
	world_wait_io();
	KUNIT_EXPECT_FALSE(test, folio_test_locked(folio));
	KUNIT_EXPECT_TRUE(test, folio_test_uptodate(folio));
	folio_put(folio);
}

/*
 * A store to a part of a block wants the rest of it from the device, which
 * fails. Expect the error, and nothing to be dirty; then, the device being well
 * again, one block.
 */
static void store_needs_read(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	if (!read_build(f, "wwww"))
		return;
	world_fail_io(1, -EIO);
	KUNIT_EXPECT_EQ(test, fx_store(f, f->s.base + 10, 20, 20, true), (ssize_t)-EIO);
	world_fail_io(0, 0);
	fx_snapshot(f, &f->now);
	KUNIT_EXPECT_EQ(test, f->now.flags[0] & (FX_UPTODATE | FX_DIRTY | FX_LOCKED), 0);
	KUNIT_EXPECT_FALSE(test, f->now.uptodate[0]);
	KUNIT_EXPECT_EQ(test, fx_store(f, f->s.base + 10, 20, 20, true), (ssize_t)20);
	fx_snapshot(f, &f->now);
	KUNIT_EXPECT_TRUE(test, f->now.uptodate[0]);
	KUNIT_EXPECT_FALSE(test, f->now.uptodate[1]);
	f->fs.mapped = 0;
	KUNIT_EXPECT_EQ(test, fx_writeback(f), 0);
	KUNIT_EXPECT_EQ(test, f->fs.mapped, 1U);
}

static struct kunit_case read_cases[] = {
	KUNIT_CASE(extents_of_all_kinds),
	KUNIT_CASE(one_fails),
	KUNIT_CASE(under_way),
	KUNIT_CASE(store_needs_read),
	{}
};

FX_SUITE(iomap_delalloc_read, read_cases);
