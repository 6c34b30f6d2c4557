// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_zero: zeroing and unsharing.
 *
 * Both write through the page cache as write(2) does, but their callers hold
 * invalidate_lock for writing all the while. Where the caller of the release
 * takes the lock, it must not do so here; trees in which the release takes it
 * are called without.
 *
 * Kills: "zero-nothing" (zeroing skips all mappings), "zero-bytes-left",
 * "truncate-page-length", "truncate-at-edge", "unshare-everything",
 * "unshare-behind-eof", "unshare-over-eof".
 */
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/pagemap.h>

#include <compat.h>

#include "digest.h"
#include "sweep.h"

#define ZERO_BITS	(PAGE_SHIFT - 1)

static bool zero_build(struct fixture *f, const char *layout,
		       const char *extents)
{
	if (!fx_parsed(f, ZERO_BITS, 4 * PAGE_SIZE, layout, extents))
		return false;
	recfs_reset(&f->fs);
	f->fs.end = fx_end_short_write;
	return true;
}

#define ZERO_BEFORE	0xa5	/* in all bytes that are not to be zeroed */

/* Fill the window's first page, or find the first byte there that is wrong. */
static long zero_first_page(struct fixture *f, bool fill, long from, long to)
{
	struct folio *folio;
	unsigned char *byte;
	long i;

	folio = filemap_get_folio(f->w.inode->i_mapping,
				  f->s.base >> PAGE_SHIFT);
	if (IS_ERR_OR_NULL(folio))
		return -ENOENT;
	byte = kmap_local_folio(folio, 0);
	if (fill)
		memset(byte, ZERO_BEFORE, PAGE_SIZE);
	for (i = 0; i < (long)PAGE_SIZE; i++)
		if (byte[i] != (i >= from && i < to ? 0 : ZERO_BEFORE))
			break;
	kunmap_local(byte);
	folio_put(folio);
	return i;
}

static void zero_fill(struct fixture *f)
{
	KUNIT_EXPECT_EQ(f->test, zero_first_page(f, true, 0, 0),
			(long)PAGE_SIZE);
}

/* Expect bytes [from, to) of the first page to be zero, and no other byte. */
static void zero_judge(struct fixture *f, long from, long to)
{
	KUNIT_EXPECT_EQ_MSG(f->test, zero_first_page(f, false, from, to),
			    (long)PAGE_SIZE,
			    "zero are to be bytes %ld up to %ld", from, to);
}

/* Expect no punch: nothing was reserved. Expect dirty blocks to reach the disk. */
static void zero_range(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	long long from, len;
	int err;

	for (from = 0; from < 2 * PAGE_SIZE; from += PAGE_SIZE / 4 + 1) {
		for (len = 1; len < PAGE_SIZE; len += PAGE_SIZE / 4) {
			if (!zero_build(f, "[DC]..[CD]<..>", "dddduu.."))
				return;
			zero_fill(f);
			fx_lock_writers(f);
			err = compat_zero_range(f->w.inode, f->s.base + from,
						len, NULL, &recfs_iomap_ops);
			fx_unlock_writers(f);
			digest_step(f, "zero", from, len, err);
			KUNIT_EXPECT_EQ(test, err, 0);
			KUNIT_EXPECT_EQ(test, f->fs.npunches, 0U);
			zero_judge(f, from, from + len);
			fx_writeback_holds(f);
		}
	}
}

/*
 * A filesystem that reserves for zeroing too, and a folio that cannot be had:
 * expect the reservation to go back, under the lock that is held already.
 */
static void zero_range_short(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	unsigned int page;
	int err;

	for (page = 0; page < 3; page++) {
		if (!zero_build(f, "........", "."))
			return;
		f->fs.zero_reserves = true;
		f->fs.get_folio_error = -ENOMEM;
		f->fs.get_folio_pos = f->s.base + page * PAGE_SIZE;
		fx_lock_writers(f);
		err = compat_zero_range(f->w.inode, f->s.base, 3 * PAGE_SIZE,
					NULL, &recfs_iomap_ops);
		fx_unlock_writers(f);
		digest_step(f, "zero", 0, page, err);
		KUNIT_EXPECT_EQ(test, err, -ENOMEM);
		KUNIT_EXPECT_GE(test, f->releases, 1U);
		f->fs.get_folio_error = 0;
		fx_writeback_holds(f);
	}
}

/*
 * Expect the rest of the last block to be zeroed in place, and not a byte in
 * front of it or behind.
 */
static void truncate_page(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	bool did_zero = false;
	int err;

	if (!zero_build(f, "[DD]..[CD]..", "d"))
		return;
	zero_fill(f);
	fx_lock_writers(f);
	err = compat_truncate_page(f->w.inode, f->s.base + 5, &did_zero,
				   &recfs_iomap_ops);
	fx_unlock_writers(f);
	digest_step(f, "truncate page", 5, did_zero, err);
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_TRUE(test, did_zero);
	zero_judge(f, 5, 1L << ZERO_BITS);
	KUNIT_EXPECT_EQ(test, f->fs.npunches, 0U);
	fx_writeback_holds(f);
}

/* Expect shared blocks to become dirty, and nothing to go. */
static void unshare(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	int err;

	if (!world_bdev())
		kunit_skip(test, "shared blocks cannot be read in this world");
	if (!zero_build(f, "[DC]....[CD]", "wwwwddww"))
		return;
	f->fs.shared = true;
	fx_lock_writers(f);
	err = compat_file_unshare(f->w.inode, f->s.base, 4 * PAGE_SIZE,
				  &recfs_iomap_ops);
	fx_unlock_writers(f);
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_EQ(test, f->fs.npunches, 0U);
	fx_snapshot(f, &f->now);
	KUNIT_EXPECT_TRUE(test, f->now.flags[0] & FX_DIRTY);
	KUNIT_EXPECT_TRUE(test, f->now.flags[1] & FX_DIRTY);
	KUNIT_EXPECT_TRUE(test, f->now.flags[3] & FX_DIRTY);
	fx_writeback_holds(f);
}

/* Expect nothing to be done where the file ends with a block. */
static void truncate_at_edge(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	bool did_zero = false;
	int err;

	if (!zero_build(f, "[CC]..[CC]..", "d"))
		return;
	zero_fill(f);
	fx_lock_writers(f);
	err = compat_truncate_page(f->w.inode, f->s.base + (1LL << ZERO_BITS),
				   &did_zero, &recfs_iomap_ops);
	fx_unlock_writers(f);
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_FALSE(test, did_zero);
	zero_judge(f, 0, 0);
	fx_snapshot(f, &f->now);
	KUNIT_EXPECT_EQ(test, f->now.flags[0], f->before.flags[0]);
}

/* Expect what is not shared to be left as it is, clean. */
static void unshare_nothing(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	unsigned int i;
	int err;

	if (!zero_build(f, "[CC]....[CC]", "wwduw..."))
		return;
	fx_lock_writers(f);
	err = compat_file_unshare(f->w.inode, f->s.base, 4 * PAGE_SIZE,
				  &recfs_iomap_ops);
	fx_unlock_writers(f);
	KUNIT_EXPECT_EQ(test, err, 0);
	fx_snapshot(f, &f->now);
	for (i = 0; i < 4; i++) {
		KUNIT_EXPECT_PTR_EQ(test, f->now.entry[i], f->before.entry[i]);
		KUNIT_EXPECT_EQ(test, f->now.flags[i], f->before.flags[i]);
	}
}

/* Expect nothing behind the end of the file to be unshared, as nothing is there. */
static void unshare_behind_eof(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	unsigned int i;

	if (!zero_build(f, "[CC]..[CC]..", "w"))
		return;
	f->fs.shared = true;
	f->s.isize = f->s.base + PAGE_SIZE;
	i_size_write(f->w.inode, f->s.isize);
	fx_lock_writers(f);
	KUNIT_EXPECT_EQ(test, 0, compat_file_unshare(f->w.inode, f->s.isize + PAGE_SIZE,
						     PAGE_SIZE, &recfs_iomap_ops));
	KUNIT_EXPECT_EQ(test, 0, compat_file_unshare(f->w.inode, f->s.base, 4 * PAGE_SIZE,
						     &recfs_iomap_ops));
	fx_unlock_writers(f);
	fx_snapshot(f, &f->now);
	KUNIT_EXPECT_TRUE(test, f->now.flags[0] & FX_DIRTY);
	for (i = 1; i < 4; i++) {
		KUNIT_EXPECT_PTR_EQ(test, f->now.entry[i], f->before.entry[i]);
		KUNIT_EXPECT_EQ(test, f->now.flags[i], f->before.flags[i]);
	}
}

/* The filesystem refuses: expect its error, and nothing to be dirty. */
static void no_mapping(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	int err;

	if (!zero_build(f, "[CC]....[CC]", "d"))
		return;
	f->fs.begin_error = -ENOSPC;
	fx_lock_writers(f);
	err = compat_zero_range(f->w.inode, f->s.base, 4 * PAGE_SIZE, NULL,
				&recfs_iomap_ops);
	KUNIT_EXPECT_EQ(test, err, -ENOSPC);
	err = compat_file_unshare(f->w.inode, f->s.base, 4 * PAGE_SIZE,
				  &recfs_iomap_ops);
	fx_unlock_writers(f);
	KUNIT_EXPECT_EQ(test, err, -ENOSPC);
	KUNIT_EXPECT_EQ(test, fx_store(f, f->s.base, PAGE_SIZE, PAGE_SIZE, true),
			(ssize_t)-ENOSPC);
	fx_snapshot(f, &f->now);
	KUNIT_EXPECT_EQ(test, f->now.flags[0], f->before.flags[0]);
	KUNIT_EXPECT_EQ(test, f->fs.npunches, 0U);
}

static struct kunit_case zero_cases[] = {
	KUNIT_CASE(truncate_at_edge),
	KUNIT_CASE(unshare_nothing),
	KUNIT_CASE(unshare_behind_eof),
	KUNIT_CASE(no_mapping),
	KUNIT_CASE(zero_range),
	KUNIT_CASE(zero_range_short),
	KUNIT_CASE(truncate_page),
	KUNIT_CASE(unshare),
	{}
};

FX_SUITE(iomap_delalloc_zero, zero_cases);
