// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_regress: faults that this path has had, one case each.
 *
 * Each case tells what happened and would fail if the fault came back; the
 * mutant that brings it back is named in the comment. Blocks are a quarter of a
 * page, as in the reports of 1k blocks on 4k pages, unless a story wants others.
 */
#include <linux/fs.h>
#include <linux/pagemap.h>

#include <compat.h>

#include "sweep.h"

#define REGRESS_BITS	(PAGE_SHIFT - 2)
#define REGRESS_BLOCK	(1LL << REGRESS_BITS)
#define REGRESS_XFS	"decided by XFS, not by iomap: see the XFS suites"

/* Release blocks [from, to) of what has been built, with a file of @isize. */
static void regress_release(struct fixture *f, unsigned int from,
			    unsigned int to, scn_pos isize)
{
	f->s.start = scn_block_pos(&f->s, from);
	f->s.end = scn_block_pos(&f->s, to);
	f->s.isize = isize;
	fx_release(f);
}

/*
 * A write fault over a fresh reservation ended short, and its end threw away
 * what another fault had cached in the meantime. A fault must give nothing back.
 * In every tree since the mappings of faults in XFS have no ->iomap_end at all.
 */
static void regress_01_fault_iteration(struct kunit *test)
{
	kunit_skip(test, REGRESS_XFS);
}

/*
 * Punches were made without invalidate_lock, and a fault between the truncation
 * of the cache and the punch left a dirty folio without space. Expect the lock
 * to be held for writing at each punch.
 *
 * Mutant: "release-no-lock".
 */
static void regress_02_unlocked_punch(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	if (!LK_RELEASE_LOCKS)
		kunit_skip(test, "the caller takes the lock: see iomap_delalloc_locks");
	if (!fx_parsed(f, REGRESS_BITS, 0, "[DCUD]....[CCCC]", "d"))
		return;
	regress_release(f, 0, 12, 12 * REGRESS_BLOCK);
	KUNIT_EXPECT_NE(test, f->fs.npunches, 0U);
	KUNIT_EXPECT_EQ(test, f->fs.unlocked, 0U);
}

static void regress_fault_page_2(struct recfs *fs, enum recfs_point at,
				 unsigned int flags)
{
	struct fixture *f = fs->arg;

	if (at == RECFS_AFTER_BEGIN)
		KUNIT_EXPECT_EQ(f->test, fx_write_fault(f, 2), 0);
}

/*
 * A write that failed cut the page cache off, and with it what a task had
 * stored through its mapping. Blocks and folios of a page; the third page is
 * dirtied by a fault, the write gets nowhere. Expect its folio to stay, and no
 * punch to touch it.
 *
 * Mutant: "release-truncates-cache" (the fault itself), "punch-dirty" (the test of
 * the dirty flag negated).
 */
static void regress_03_cache_kept(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	ssize_t ret;

	scn_init(&f->s, PAGE_SHIFT, PAGE_SHIFT, 0, 4);
	if (!fx_build(f, NULL))
		return;
	f->fs.end = fx_end_short_write;
	f->fs.event = regress_fault_page_2;
	ret = fx_store(f, 0, 4 * PAGE_SIZE, 0, true);
	if (ret == -EOPNOTSUPP) {
		f->fs.get_folio_error = -EFAULT;
		ret = fx_store(f, 0, 4 * PAGE_SIZE, 4 * PAGE_SIZE, true);
	}
	KUNIT_EXPECT_LT(test, ret, 0L);
	KUNIT_EXPECT_EQ(test, f->v.kept, 1U);
	KUNIT_EXPECT_EQ(test, f->fs.extent[2], SCN_DELALLOC);
	fx_snapshot(f, &f->now);
	KUNIT_EXPECT_TRUE(test, f->now.flags[2] & FX_DIRTY);
	fx_writeback_holds(f);
}

/*
 * A block behind i_size that is uptodate, in a folio that is dirty in front of
 * it: the seek takes it for data, and its reservation was kept though writeback
 * never comes there. File of one block, write of one byte at the third fails.
 *
 * Mutant: "release-beyond-eof".
 */
static void regress_04_block_behind_eof(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	if (!fx_parsed(f, REGRESS_BITS, 0, "[DCCC]", "d.d."))
		return;
	regress_release(f, 2, 3, REGRESS_BLOCK);
	KUNIT_EXPECT_EQ(test, f->fs.extent[2], SCN_HOLE);
	KUNIT_EXPECT_EQ(test, f->fs.extent[0], SCN_DELALLOC);
	/* Where dirt is tracked by block, a fault has dirtied it as well. */
	if (!fx_parsed(f, REGRESS_BITS, 0, "[DDDD]", "d.d."))
		return;
	regress_release(f, 2, 3, REGRESS_BLOCK);
	KUNIT_EXPECT_EQ(test, f->fs.extent[2], SCN_HOLE);
}

/*
 * When writeback of a folio failed at its first byte, the range to discard came
 * out empty, and the punch of (0, 0) took a whole extent away.
 */
static void regress_05_discard_folio(struct kunit *test)
{
	kunit_skip(test, REGRESS_XFS);
}

/*
 * A clean block in a dirty folio kept its reservation until unmount. File of one
 * folio, first block dirty, write of one byte at the third fails.
 *
 * Mutant: "ifs-punch-dropped".
 */
static void regress_06_clean_block(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	if (!LK_DIRTY_PER_BLOCK)
		kunit_skip(test, "this tree tracks dirty folios, not dirty blocks");
	if (!fx_parsed(f, REGRESS_BITS, 0, "[DCCC]", "d.d."))
		return;
	regress_release(f, 2, 3, 4 * REGRESS_BLOCK);
	KUNIT_EXPECT_EQ(test, f->fs.extent[2], SCN_HOLE);
}

/*
 * Five postings of the per-block series punched at the block's offset in its
 * folio, where its offset in the file is wanted. Days of tests saw nothing: they
 * wrote at the front of files. Expect the second folio's own blocks to go.
 *
 * Mutant: "ifs-punch-folio-offset".
 */
static void regress_07_offset_in_file(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	if (!LK_DIRTY_PER_BLOCK)
		kunit_skip(test, "this tree tracks dirty folios, not dirty blocks");
	if (!fx_parsed(f, REGRESS_BITS, 3 * PAGE_SIZE, "[DDDD][DCDC]", "d"))
		return;
	regress_release(f, 0, 8, scn_window_end(&f->s));
	KUNIT_EXPECT_EQ(test, f->fs.extent[5], SCN_HOLE);
	KUNIT_EXPECT_EQ(test, f->fs.extent[1], SCN_DELALLOC);
}

/*
 * Positions were cut to 32 bits on 32-bit kernels, three times in three places,
 * and a range over 4 GiB made the scan begin again for ever. Expect it to end,
 * and right.
 *
 * Mutant: "scan-next-folio-32bit" (one of the three, as a 32-bit kernel had it:
 * it ends by the time limit), "punch-start-32bit".
 */
static void regress_08_four_gigabytes(struct kunit *test)
{
	const scn_pos edge = 1LL << 32;
	struct fixture *f = fx_of(test);
	unsigned int from, to;

	if (!fx_parsed(f, REGRESS_BITS, edge - 2 * PAGE_SIZE,
		       "[DCUD][CCCD][DUCD]....[DDDC]", "d"))
		return;
	for (from = 0; from < 10; from++)
		for (to = 10; to <= 20; to++)
			regress_release(f, from, to, edge + PAGE_SIZE * 4);
	regress_release(f, 0, 20, edge);
	regress_release(f, 0, 20, edge - REGRESS_BLOCK);
}

/*
 * A write of two mappings got through the first and failed in the second, and
 * the error replaced the count. Expect the count.
 *
 * Mutant: "write-error-for-count".
 */
static void regress_09_count_not_error(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	ssize_t ret;

	if (!fx_parsed(f, PAGE_SHIFT, 0, "....", "w..."))
		return;
	f->fs.end = fx_end_short_write;
	f->fs.get_folio_error = -ENOMEM;
	f->fs.get_folio_pos = PAGE_SIZE;
	ret = fx_store(f, 0, 3 * PAGE_SIZE, 3 * PAGE_SIZE, true);
	KUNIT_EXPECT_EQ(test, ret, (ssize_t)PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, f->ends, 2U);
}

static void regress_drop_page_1(void *arg)
{
	struct fixture *f = arg;

	KUNIT_EXPECT_EQ(f->test, fx_drop(f, 1), 0);
}

/*
 * A clean folio went between the seek for data and the seek for its end; direct
 * I/O and reclaim take no lock that the release holds. The second seek then
 * finds nothing, which was not thought of: a warning, and a punch too few. Expect
 * neither, and one punch of everything.
 *
 * Asked in review: can the retry go on for ever? Not against faults, which need
 * invalidate_lock to bring a folio back.
 *
 * Mutant: "vanish-guard".
 */
static void regress_10_data_vanishes(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	if (!fx_parsed(f, PAGE_SHIFT, 0, ".[C]..", "d"))
		return;
	if (!world_at_lookup(2, regress_drop_page_1, f))
		kunit_skip(test, "nothing can be done between two seeks in this world");
	f->cache_changes = true;
	fx_release(f);
	world_at_lookup(0, NULL, NULL);
	KUNIT_EXPECT_EQ(test, f->fs.npunches, 1U);
	KUNIT_EXPECT_NULL(test, f->now.entry[1]);
}

/* A short copy-on-write took space from the wrong fork. */
static void regress_11_cow_fork(struct kunit *test)
{
	kunit_skip(test, REGRESS_XFS);
}

/*
 * Zeroing and unsharing come with invalidate_lock held, and taking it again hung.
 * A plain write comes without. Expect a plain write to have it taken, and given
 * back.
 *
 * Mutant: "release-no-lock", "release-no-unlock".
 */
static void regress_12_who_locks(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	if (!LK_RELEASE_LOCKS)
		kunit_skip(test, REGRESS_XFS);
	if (!fx_parsed(f, REGRESS_BITS, 0, "[DCCC]", "d"))
		return;
	regress_release(f, 0, 4, 4 * REGRESS_BLOCK);
	KUNIT_EXPECT_EQ(test, f->fs.unlocked, 0U);
	KUNIT_EXPECT_FALSE(test,
			   world_invalidate_held(f->w.inode->i_mapping));
}

/*
 * A write fault dirties all blocks of its folio, those behind i_size as well. It
 * still does. Expect the release to take what lies behind i_size, and only that.
 *
 * Mutant: "release-beyond-eof".
 */
static void regress_13_fault_behind_eof(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	if (!fx_parsed(f, REGRESS_BITS, 0, "[CCCC]", "d"))
		return;
	i_size_write(f->w.inode, 2 * REGRESS_BLOCK);
	KUNIT_EXPECT_EQ(test, fx_write_fault(f, 0), 0);
	fx_observe(f, &f->s);
	f->before = f->now;
	regress_release(f, 0, 4, 2 * REGRESS_BLOCK);
	KUNIT_EXPECT_EQ(test, f->v.kept, 2U);
	KUNIT_EXPECT_EQ(test, f->fs.extent[2], SCN_HOLE);
	regress_release(f, 0, 4, 4 * REGRESS_BLOCK);
	KUNIT_EXPECT_EQ(test, f->v.kept, 4U);
}

/*
 * Filesystems reserve more than a write asks for, behind the end of the file.
 * A write of nothing gives back what it asked for and no more; that is meant.
 *
 * Mutant: "entry-iomap-length" (the end of the mapping for the end of the write).
 */
static void regress_14_preallocation(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	ssize_t ret;

	if (!fx_parsed(f, PAGE_SHIFT, 0, "........", "."))
		return;
	i_size_write(f->w.inode, 0);
	f->fs.end = fx_end_short_write;
	f->fs.prealloc = 4;
	f->fs.get_folio_error = -ENOMEM;
	ret = fx_store(f, 0, 2 * PAGE_SIZE, 2 * PAGE_SIZE, true);
	KUNIT_EXPECT_EQ(test, ret, (ssize_t)-ENOMEM);
	KUNIT_EXPECT_EQ(test, f->fs.extent[1], SCN_HOLE);
	KUNIT_EXPECT_EQ(test, f->fs.extent[2], SCN_DELALLOC);
	KUNIT_EXPECT_EQ(test, f->fs.extent[5], SCN_DELALLOC);
}

static struct kunit_case regress_cases[] = {
	KUNIT_CASE(regress_01_fault_iteration),
	KUNIT_CASE(regress_02_unlocked_punch),
	KUNIT_CASE(regress_03_cache_kept),
	KUNIT_CASE(regress_04_block_behind_eof),
	KUNIT_CASE(regress_05_discard_folio),
	KUNIT_CASE(regress_06_clean_block),
	KUNIT_CASE(regress_07_offset_in_file),
	KUNIT_CASE(regress_08_four_gigabytes),
	KUNIT_CASE(regress_09_count_not_error),
	KUNIT_CASE(regress_10_data_vanishes),
	KUNIT_CASE(regress_11_cow_fork),
	KUNIT_CASE(regress_12_who_locks),
	KUNIT_CASE(regress_13_fault_behind_eof),
	KUNIT_CASE(regress_14_preallocation),
	{}
};

FX_SUITE(iomap_delalloc_regress, regress_cases);
