// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_last: the folio at the very end of the largest file.
 *
 * It ends at 2^63, which is no loff_t. Its last block is in no range, because
 * no range can end behind it, but the blocks before it are. Known finding
 * last_folio: the end wraps round to the smallest number, the seek takes the
 * folio for a hole or answers with that number, and the scan begins again at
 * the other end of the number line. Each case here states the very calls that
 * come of it; see Documentation/findings/last_folio.rst.
 *
 * Kills: "release-forgets-tail"; inside the finding "release-tail-length",
 * "release-seek-error" and "scan-stops-at-gap", one for each of its cases.
 */
#include <linux/fs.h>
#include <linux/pagemap.h>

#include <compat.h>

#include "digest.h"
#include "fixture.h"

#define LAST_FINDING	"last_folio"

/* Two pages of four blocks each; the file cannot reach the last block. */
#define LAST_BITS	(PAGE_SHIFT - 2)
#define LAST_BLOCKS	8
#define LAST_BASE	(LLONG_MAX - 2 * (loff_t)PAGE_SIZE + 1)
/* Look-ups that a range of two pages may take at most, with room to spare. */
#define LAST_LOOKUPS	64

static loff_t last_pos(unsigned int block)
{
	return LAST_BASE + ((loff_t)block << LAST_BITS);
}

/* An empty cache at the end of the largest file, everything reserved. */
static struct fixture *last_open(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	if (sizeof(pgoff_t) < sizeof(loff_t))
		kunit_skip(test, "page numbers of 32 bits end before a loff_t does");
	scn_init(&f->s, PAGE_SHIFT, LAST_BITS, LAST_BASE, LAST_BLOCKS);
	scn_extents(&f->s, 0, LAST_BLOCKS, SCN_DELALLOC);
	recfs_load(&f->fs, &f->s);
	f->w.inode->i_blkbits = LAST_BITS;
	i_size_write(f->w.inode, last_pos(LAST_BLOCKS - 1));
	return f;
}

/* Write whole blocks, as the fixture does when it builds. */
static void last_store(struct fixture *f, unsigned int block, unsigned int n)
{
	size_t len = (size_t)n << LAST_BITS;

	f->fs.building = true;
	KUNIT_EXPECT_EQ(f->test, (ssize_t)len, fx_store(f, last_pos(block), len, len, true));
	f->fs.building = false;
	memset(f->s.cache + block, SCN_DIRTY, n);
}

static void last_read(struct fixture *f, unsigned int block)
{
	f->fs.building = true;
	KUNIT_EXPECT_EQ(f->test, 0, fx_read_fault(f, block));
	f->fs.building = false;
}

/* Blocks [from, to) that still have their reservation. */
static unsigned int last_reserved(struct fixture *f, unsigned int from, unsigned int to)
{
	unsigned int n = 0;

	for (; from < to; from++)
		n += f->fs.extent[from] == SCN_DELALLOC;
	return n;
}

static void last_right(struct kunit *test)
{
	world_note("finding: " LAST_FINDING, "not in this tree");
}

/*
 * Does the seek see the last folio? Where it does, the release comes as far as
 * the scan, and that is where it stays.
 */
static bool last_seek_right(struct fixture *f)
{
	struct address_space *mapping = f->w.inode->i_mapping;

	return mapping_seek_hole_data(mapping, last_pos(4), last_pos(7), SEEK_DATA) ==
	       last_pos(4);
}

/* The scan has run away: give its lock back and leave it. */
static void last_leave(void *arg)
{
	struct fixture *f = arg;
	struct kunit *test = f->test;

	filemap_invalidate_unlock(f->w.inode->i_mapping);
	KUNIT_EXPECT_EQ(test, 0U, f->fs.npunches);
	KUNIT_EXPECT_EQ(test, (unsigned int)LAST_BLOCKS, last_reserved(f, 0, LAST_BLOCKS));
	/* with its data behind other data the folio is seen in any case */
	KUNIT_EXPECT_TRUE_MSG(test, (f->s.cache[0] == SCN_DIRTY && f->s.cache[4] == SCN_DIRTY) ||
			      last_seek_right(f),
			      "a range of two pages took %u look-ups", LAST_LOOKUPS);
	if (test->status != KUNIT_FAILURE)
		kunit_skip(test, "known finding: " LAST_FINDING);
	KUNIT_ASSERT_TRUE_MSG(test, false, "the scan does not end");
}

/* Release blocks [from, to); how many punches there were. */
static unsigned int last_release(struct fixture *f, unsigned int from, unsigned int to)
{
	struct iomap iomap = fx_fresh(last_pos(from), last_pos(to));
	int err;

	f->fs.npunches = 0;
	world_at_lookup(LAST_LOOKUPS, last_leave, f);
	err = compat_release(f->w.inode, last_pos(from), last_pos(to), IOMAP_WRITE, &iomap);
	world_at_lookup(0, NULL, NULL);
	digest_step(f, "release", from, to, err);
	KUNIT_EXPECT_EQ(f->test, 0U, f->fs.unlocked);
	/* in the finding too: of the negative number an int keeps nothing */
	KUNIT_EXPECT_EQ(f->test, 0, err);
	return f->fs.npunches;
}

/*
 * Dirty blocks 4 to 6 in the last folio and nothing else cached. Expect them to
 * keep their space. Finding: one punch over all three.
 */
static void last_dirty_alone(struct kunit *test)
{
	struct fixture *f = last_open(test);
	unsigned int n;

	last_store(f, 4, 3);
	if (last_seek_right(f) && !world_at_lookup(0, NULL, NULL))
		kunit_skip(test, "nothing can stop a scan that runs away in this world");
	n = last_release(f, 4, 7);
	if (n == 1 && f->fs.punch[0].offset == last_pos(4) &&
	    f->fs.punch[0].length == 3LL << LAST_BITS && !last_reserved(f, 4, 7) &&
	    last_reserved(f, 0, 4) == 4 && last_reserved(f, 7, 8) == 1)
		kunit_skip(test, "known finding: " LAST_FINDING);
	KUNIT_EXPECT_EQ(test, 0U, n);
	KUNIT_EXPECT_EQ(test, (unsigned int)LAST_BLOCKS, last_reserved(f, 0, LAST_BLOCKS));
	last_right(test);
}

/*
 * The page before is dirty, the last folio uptodate and clean. Expect the
 * reservations of the last folio to go. Finding: the second seek returns a
 * negative number, and nothing is punched at all; trees whose release returns
 * nothing warn.
 */
static void last_clean_behind_dirty(struct kunit *test)
{
	struct fixture *f = last_open(test);
	unsigned int n, splats;

	last_read(f, 4);
	last_store(f, 0, 4);
	splats = world_splats();
	n = last_release(f, 0, 7);
	splats = world_splats() - splats;
	if (!n && last_reserved(f, 0, LAST_BLOCKS) == LAST_BLOCKS &&
	    splats == (LK_PUNCH_RETURNS_INT ? 0 : 1)) {
		if (splats && world_take_splats() < 0)
			KUNIT_EXPECT_EQ(test, 0U, splats);
		kunit_skip(test, "known finding: " LAST_FINDING);
	}
	KUNIT_EXPECT_EQ(test, 4U, last_reserved(f, 0, 4));
	KUNIT_EXPECT_EQ(test, 0U, last_reserved(f, 4, 7));
	KUNIT_EXPECT_EQ(test, 1U, last_reserved(f, 7, 8));
	last_right(test);
}

/*
 * Dirty blocks 4 to 6 in the last folio, and the page before dirty: one stretch
 * of data. Expect all to be kept, and an end. Finding: behind the last folio the
 * scan goes on at the smallest position, and no end is in sight.
 */
static void last_dirty_behind_dirty(struct kunit *test)
{
	struct fixture *f = last_open(test);
	unsigned int n;

	last_store(f, 0, 4);
	last_store(f, 4, 3);
	if (!world_at_lookup(0, NULL, NULL))
		kunit_skip(test, "nothing can stop a scan that runs away in this world");
	n = last_release(f, 0, 7);
	KUNIT_EXPECT_EQ(test, 0U, n);
	KUNIT_EXPECT_EQ(test, (unsigned int)LAST_BLOCKS, last_reserved(f, 0, LAST_BLOCKS));
	last_right(test);
}

/* Nothing cached in the last folio: no entry ends there. Expect all to go. */
static void last_hole(struct kunit *test)
{
	struct fixture *f = last_open(test);

	last_store(f, 0, 4);
	KUNIT_EXPECT_EQ(test, 1U, last_release(f, 0, 7));
	KUNIT_EXPECT_EQ(test, 4U, last_reserved(f, 0, 4));
	KUNIT_EXPECT_EQ(test, 0U, last_reserved(f, 4, 7));
}

static struct kunit_case last_cases[] = {
	KUNIT_CASE(last_dirty_alone),
	KUNIT_CASE(last_clean_behind_dirty),
	KUNIT_CASE(last_dirty_behind_dirty),
	KUNIT_CASE(last_hole),
	{}
};

FX_SUITE(iomap_delalloc_last, last_cases);
