// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_xfs_punch: what XFS's punch does where a fork holds little or
 * nothing, and what becomes of an error out of it.
 *
 * Coverage has asked for these: the sweeps of iomap_delalloc_xfs_end always leave
 * something in each fork.
 *
 * Kills: "xfs-punch-empty-lock", "xfs-punch-cow-mark", "xfs-end-error-lost",
 * "xfs-end-error-shutdown", "xfs-punch-end-inward", "xfs-punch-start-next",
 * "xfs-punch-wants-indlen", "xfs-punch-other-mark", "xfs-punch-shut-down".
 */
#include <linux/fs.h>

#include "forks.h"

#define XP_BITS		(PAGE_SHIFT - 2)

/* A window of two pages at @base, laid out, and its blocks 0 to 4 to release. */
static bool xp_setup(struct fixture *f, scn_pos base, const char *layout, const char *extents,
		     enum xfs_stub_fork fork)
{
	struct xfs_stub_options options = {
		.blkbits	= XP_BITS,
		.reflink	= fork == XFS_STUB_COW,
		.free		= 1 << 20,
	};

	if (!fx_parsed(f, XP_BITS, base, layout, extents) || !forks_setup(f, &options, fork))
		return false;
	f->s.start = base;
	f->s.end = scn_block_pos(&f->s, 4);
	return true;
}

/*
 * Somebody else, a truncation say, has taken the reservation before the release
 * came to it. Expect a fork that is empty up to there to stay as it is, whatever
 * lies behind.
 *
 * Mutant: "xfs-punch-empty-lock".
 */
static void nothing_there(struct kunit *test)
{
	static const char *const extents[] = { "........", "....dddd", "....dw.u", "....wwww" };
	struct fixture *f = fx_of(test);
	unsigned int i, b;

	for (i = 0; i < ARRAY_SIZE(extents); i++) {
		if (!xp_setup(f, 4 * PAGE_SIZE, "........", extents[i], XFS_STUB_DATA))
			return;
		fx_release(f);
		KUNIT_EXPECT_EQ(test, xfs_stub_punches.n, 1U);
		for (b = 0; b < f->s.nblocks; b++)
			KUNIT_EXPECT_EQ(test, forks.map[XFS_STUB_DATA][b], f->s.extent[b]);
	}
	KUNIT_EXPECT_EQ(test, f->right, (unsigned int)ARRAY_SIZE(extents));
}

/*
 * The mark says that an inode may have blocks in its COW fork. Expect the punch
 * that takes the last of them to take the mark too, and no other punch.
 *
 * Mutant: "xfs-punch-cow-mark".
 */
static void cow_mark(struct kunit *test)
{
	static const struct {
		const char *layout;
		const char *extents;
		bool stays;
	} rows[] = {
		{ "........",	"dddd....",	false },
		{ "[CCCC]....",	"dd.d....",	false },
		{ "[CDCC]....",	"dddd....",	true },
		{ "........",	"ddddd...",	true },
		{ "........",	"dddw....",	true },
	};
	struct fixture *f = fx_of(test);
	struct xfs_stub_counters c;
	unsigned int i;

	if (!xfs_stub_punch_takes_fork)
		kunit_skip(test, "the punch of this tree knows no COW fork");
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!xp_setup(f, 4 * PAGE_SIZE, rows[i].layout, rows[i].extents, XFS_STUB_COW))
			return;
		fx_release(f);
		xfs_stub_count(f->w.inode, &c);
		KUNIT_EXPECT_EQ_MSG(test, c.cowblocks, rows[i].stays, "layout %s, COW fork %s",
				    rows[i].layout, rows[i].extents);
	}
	KUNIT_EXPECT_EQ(test, f->right, (unsigned int)ARRAY_SIZE(rows));
}

/*
 * Where the punch returns an error, as it can with quota, the release ends with
 * it. Expect the write to see it, unless the filesystem was shut down: then
 * nobody needs the reservation any more.
 *
 * Mutants: "xfs-end-error-lost", "xfs-end-error-shutdown".
 */
static void punch_fails(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	unsigned int down;

	if (!xfs_stub_punch_returns)
		kunit_skip(test, "the punch of this tree returns nothing");
	for (down = 0; down < 2; down++) {
		if (!xp_setup(f, 4 * PAGE_SIZE, "........", "dddddddd", XFS_STUB_DATA))
			return;
		memcpy(forks.map[XFS_STUB_DATA], f->s.extent, f->s.nblocks);
		xfs_stub_punch_error = -EDQUOT;
		xfs_stub_shut_down(f->w.inode, down);
		KUNIT_EXPECT_EQ(test, forks_release(f), down ? 0 : -EDQUOT);
		xfs_stub_punch_error = 0;
		KUNIT_EXPECT_EQ(test, xfs_stub_punches.n, 1U);
	}
}

/* XFS's punch alone over some bytes: what it leaves of a window without a gap. */
static void xp_punch(struct fixture *f, enum xfs_stub_fork fork, loff_t start, loff_t end,
		     const char *left)
{
	unsigned char want[SCN_MAX_BLOCKS];
	unsigned int b;

	memset(forks.map, SCN_HOLE, sizeof(forks.map));
	memcpy(forks.map[fork], f->s.extent, f->s.nblocks);
	KUNIT_ASSERT_NULL(f->test, forks_text(want, f->s.nblocks, left));
	if (!forks_lay(f, ""))
		return;
	xfs_stub_discard(f->w.inode, fork, f->s.base + start, f->s.base + end);
	forks_observe(f);
	for (b = 0; b < f->s.nblocks; b++)
		KUNIT_EXPECT_EQ_MSG(f->test, forks.map[fork][b], want[b],
				    "block %u after [%lld, %lld), to be left: %s", b, start, end,
				    left);
	forks_whole(f);
}

#define XP_AT(block)	((loff_t)(block) << XP_BITS)

/*
 * The comment over XFS's punch: it takes the first and the last block also where the
 * range has but a part of them. Writeback counts on that behind EOF. Expect each block
 * to go of which a byte is asked for, and no block beside it.
 *
 * Mutants: "xfs-punch-end-inward", "xfs-punch-start-next".
 */
static void parts_of_blocks(struct kunit *test)
{
	static const struct {
		loff_t start, end;
		const char *left;
	} rows[] = {
		{ XP_AT(2),	XP_AT(5),	"dd...ddd" },
		{ XP_AT(2) - 1,	XP_AT(5),	"d....ddd" },
		{ XP_AT(2) + 1,	XP_AT(5),	"dd...ddd" },
		{ XP_AT(3) - 1,	XP_AT(5),	"dd...ddd" },
		{ XP_AT(2),	XP_AT(5) - 1,	"dd...ddd" },
		{ XP_AT(2),	XP_AT(5) + 1,	"dd....dd" },
		{ XP_AT(2),	XP_AT(4) + 1,	"dd...ddd" },
		{ XP_AT(3) - 1,	XP_AT(3) + 1,	"dd..dddd" },
		{ XP_AT(3) + 7,	XP_AT(3) + 8,	"ddd.dddd" },
		{ XP_AT(8) - 1,	XP_AT(8),	"ddddddd." },
		{ XP_AT(0),	XP_AT(0) + 1,	".ddddddd" },
	};
	struct fixture *f = fx_of(test);
	unsigned int fork, i;

	for (fork = 0; fork < XFS_STUB_FORKS; fork++) {
		if (fork == XFS_STUB_COW && !xfs_stub_punch_takes_fork)
			continue;
		if (!xp_setup(f, 4 * PAGE_SIZE, "........", "dddddddd", fork))
			return;
		for (i = 0; i < ARRAY_SIZE(rows); i++)
			xp_punch(f, fork, rows[i].start, rows[i].end, rows[i].left);
	}
}

/*
 * Where the blocks for an extent's metadata run out, a piece of it may be left with none,
 * says the comment over their split. Expect it to go as any other.
 *
 * Mutant: "xfs-punch-wants-indlen".
 */
static void without_metadata(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	struct xfs_stub_extent e = { .state = XFS_STUB_DELALLOC, .len = 4 };
	unsigned int b;

	if (!xp_setup(f, 4 * PAGE_SIZE, "........", "dddd....", XFS_STUB_DATA))
		return;
	e.off = f->s.base >> XP_BITS;
	KUNIT_ASSERT_NULL(test, xfs_stub_lay(f->w.inode, XFS_STUB_DATA, &e, 1));
	xfs_stub_discard(f->w.inode, XFS_STUB_DATA, f->s.base, f->s.base + XP_AT(4));
	forks_observe(f);
	for (b = 0; b < f->s.nblocks; b++)
		KUNIT_EXPECT_EQ(test, forks.map[XFS_STUB_DATA][b], SCN_HOLE);
	forks_whole(f);
}

/*
 * Expect a punch that empties the data fork to leave the mark of the COW fork alone,
 * which has something still.
 *
 * Mutant: "xfs-punch-other-mark".
 */
static void other_mark(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	struct xfs_stub_options options = {
		.blkbits = XP_BITS, .reflink = true, .free = 1 << 20,
	};
	struct xfs_stub_extent e = { .state = XFS_STUB_DELALLOC, .len = 4, .indlen = 1 };
	struct xfs_stub_counters c;
	unsigned int fork;

	if (!fx_parsed(f, XP_BITS, 4 * PAGE_SIZE, "........", "dddd....") ||
	    !forks_setup(f, &options, XFS_STUB_DATA))
		return;
	e.off = f->s.base >> XP_BITS;
	for (fork = 0; fork < XFS_STUB_FORKS; fork++)
		KUNIT_ASSERT_NULL(test, xfs_stub_lay(f->w.inode, fork, &e, 1));
	xfs_stub_discard(f->w.inode, XFS_STUB_DATA, f->s.base, f->s.base + XP_AT(4));
	forks_observe(f);
	KUNIT_EXPECT_EQ(test, forks.map[XFS_STUB_DATA][0], SCN_HOLE);
	KUNIT_EXPECT_EQ(test, forks.map[XFS_STUB_COW][0], SCN_DELALLOC);
	xfs_stub_count(f->w.inode, &c);
	KUNIT_EXPECT_TRUE(test, c.cowblocks);
	forks_whole(f);
}

/*
 * The filesystem is shut down between ->iomap_begin and ->iomap_end. Expect the
 * reservation to go all the same: nobody else gives it back before the inode goes.
 *
 * Mutant: "xfs-punch-shut-down".
 */
static void after_shutdown(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	unsigned int fork;

	for (fork = 0; fork < XFS_STUB_FORKS; fork++) {
		if (fork == XFS_STUB_COW && !xfs_stub_punch_takes_fork)
			continue;
		if (!xp_setup(f, 4 * PAGE_SIZE, "........", "dddddddd", fork))
			return;
		xfs_stub_shut_down(f->w.inode, true);
		fx_release(f);
		KUNIT_EXPECT_EQ(test, forks.map[fork][0], SCN_HOLE);
		KUNIT_EXPECT_EQ(test, forks.map[fork][4], SCN_DELALLOC);
		xfs_stub_shut_down(f->w.inode, false);
	}
}

static struct kunit_case xp_cases[] = {
	KUNIT_CASE(nothing_there),
	KUNIT_CASE(cow_mark),
	KUNIT_CASE(punch_fails),
	KUNIT_CASE(parts_of_blocks),
	KUNIT_CASE(without_metadata),
	KUNIT_CASE(other_mark),
	KUNIT_CASE(after_shutdown),
	{}
};

FX_SUITE(iomap_delalloc_xfs_punch, xp_cases);
