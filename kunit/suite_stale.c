// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_stale: the extents change between the mapping and the write.
 *
 * When it has locked the folio, iomap asks the filesystem whether its mapping
 * is still what the file has. Where it is not, nothing may be written through
 * it: iomap asks for another one and goes on, and a reservation that only the
 * old one had is given back.
 *
 * Kills: "stale-taken", "stale-ends", "stale-written", "stale-zeroed",
 * "stale-unshared".
 */
#include <linux/fs.h>
#include <linux/pagemap.h>

#include <compat.h>

#include "digest.h"
#include "fixture.h"

#define STALE_BITS	(PAGE_SHIFT - 1)
#define STALE_LAYOUT	"[CC]..[UC].."
#define STALE_LEN	(4 * (loff_t)PAGE_SIZE)

/* How many mappings there were, and after which the extents change. */
static unsigned int stale_begins;
static unsigned int stale_at;
static bool stale_taken_away;

static void stale_change(struct recfs *fs, enum recfs_point at,
			 unsigned int flags)
{
	if (at != RECFS_AFTER_BEGIN || ++stale_begins != stale_at)
		return;
	fs->changes++;
	/* what somebody else does: a hole is punched */
	if (stale_taken_away)
		memset(fs->extent, SCN_HOLE, fs->nblocks);
}

static bool stale_build(struct fixture *f, const char *extents, bool away,
			unsigned int at)
{
	if (!LK_IOMAP_VALID)
		kunit_skip(f->test, "this tree does not ask whether a mapping is valid");
	if (!fx_parsed(f, STALE_BITS, 4 * PAGE_SIZE, STALE_LAYOUT, extents))
		return false;
	recfs_reset(&f->fs);
	f->fs.end = fx_end_short_write;
	f->fs.event = stale_change;
	stale_taken_away = away;
	stale_begins = 0;
	stale_at = at;
	return true;
}

/* Expect all that was dirtied to have a place. */
static void stale_judge(struct fixture *f, unsigned int begins)
{
	unsigned int b;

	KUNIT_EXPECT_EQ(f->test, stale_begins, begins);
	f->fs.lost = 0;
	f->fs.event = NULL;
	KUNIT_EXPECT_EQ(f->test, fx_writeback(f), 0);
	KUNIT_EXPECT_EQ(f->test, f->fs.lost, 0U);
	for (b = 0; b < f->s.nblocks; b++)
		KUNIT_EXPECT_EQ(f->test, f->fs.extent[b], SCN_WRITTEN);
}

static void stale_store(struct fixture *f)
{
	KUNIT_EXPECT_EQ(f->test, fx_store(f, f->s.base, STALE_LEN, STALE_LEN, true),
			(ssize_t)STALE_LEN);
}

/* Nothing is reserved: the write reserves, gives back, and reserves again. */
static void write_fresh(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	if (!stale_build(f, ".", false, 1))
		return;
	stale_store(f);
	/* The first of them is for a write of nothing, as the oracle has judged. */
	KUNIT_EXPECT_EQ(test, f->ends, 2U);
	stale_judge(f, 2);
}

/* All is reserved, and taken away: expect the write to reserve it. */
static void write_found(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	if (!stale_build(f, "d", true, 1))
		return;
	stale_store(f);
	stale_judge(f, 2);
}

/*
 * The first mapping ends in the middle and is used up; the second one has
 * become stale. Expect the write to go on where it was.
 */
static void write_second(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	bool diskless = f->fs.diskless;

	if (!stale_build(f, "ddddwwww", false, 2))
		return;
	f->fs.diskless = true;
	stale_store(f);
	f->fs.diskless = diskless;
	stale_judge(f, 3);
}

/* Zeroing reserved blocks: expect all of them to be reserved when they are dirty. */
static void zero_stale(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	bool did_zero = false;
	int err;

	if (!stale_build(f, "d", true, 1))
		return;
	f->fs.zero_reserves = true;
	fx_lock_writers(f);
	err = compat_zero_range(f->w.inode, f->s.base, STALE_LEN, &did_zero,
				&recfs_iomap_ops);
	fx_unlock_writers(f);
	digest_step(f, "zero", 0, STALE_LEN, err);
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_TRUE(test, did_zero);
	stale_judge(f, 2);
}

/* Unsharing: expect another mapping to be asked for, and all to be written anew. */
static void unshare_stale(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	int err;

	if (!world_bdev())
		kunit_skip(test, "shared blocks cannot be read in this world");
	if (!stale_build(f, "w", false, 1))
		return;
	f->fs.shared = true;
	fx_lock_writers(f);
	err = compat_file_unshare(f->w.inode, f->s.base, STALE_LEN,
				  &recfs_iomap_ops);
	fx_unlock_writers(f);
	KUNIT_EXPECT_EQ(test, err, 0);
	fx_snapshot(f, &f->now);
	KUNIT_EXPECT_TRUE(test, f->now.flags[0] & FX_DIRTY);
	KUNIT_EXPECT_TRUE(test, f->now.flags[3] & FX_DIRTY);
	stale_judge(f, 2);
}

static struct kunit_case stale_cases[] = {
	KUNIT_CASE(write_fresh),
	KUNIT_CASE(write_found),
	KUNIT_CASE(write_second),
	KUNIT_CASE(zero_stale),
	KUNIT_CASE(unshare_stale),
	{}
};

FX_SUITE(iomap_delalloc_stale, stale_cases);
