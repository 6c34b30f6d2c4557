// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_xfs_fail: writeback on a filesystem that is shut down, before it or
 * under it; folios that cannot be mapped, I/O that fails, the end of I/O that fails.
 * Each with what it must leave in both forks, to the block.
 *
 * Kills: "xfs-map-shut-down", "xfs-discard-shut-down", "xfs-ioend-shut-down",
 * "xfs-discard-start", "xfs-discard-cow", "xfs-ioend-punch", "xfs-ioend-cancel",
 * "xfs-ioend-size", "xfs-submit-error", "xfs-cancel-cow-trim", "xfs-cancel-cow-mark",
 * "xfs-del-cow-back", "xfs-del-cow-middle".
 */
#include <linux/fs.h>
#include <linux/pagemap.h>

#include "writeback.h"

#define XD_BITS		(PAGE_SHIFT - 2)

/* A file all below its end; a COW fork if @cow says something. */
static bool xd_setup(struct fixture *f, const char *layout, const char *data, const char *cow)
{
	struct xfs_stub_options options = {
		.blkbits = XD_BITS, .reflink = *cow, .free = 1 << 20,
	};

	if (!fx_parsed(f, XD_BITS, 16LL << PAGE_SHIFT, layout, "."))
		return false;
	f->s.isize = scn_window_end(&f->s);
	i_size_write(f->w.inode, f->s.isize);
	return writes_setup(f, &options, data, cow, "");
}

/* Is all as writeback has found it, the length on disk too? */
static void xd_untouched(struct fixture *f)
{
	struct xfs_stub_counters c;
	unsigned int fork;

	xfs_stub_count(f->w.inode, &c);
	KUNIT_EXPECT_EQ(f->test, c.size, 0LL);
	KUNIT_EXPECT_EQ(f->test, xfs_stub_punches.n, 0U);
	for (fork = 0; fork < XFS_STUB_FORKS; fork++)
		if (memcmp(forks.before[fork], forks.map[fork], f->s.nblocks))
			fx_bad(f, "a filesystem that is shut down has changed extents");
	forks_whole(f);
}

/* What may lie under dirty data: data fork, COW fork. */
static const char *const xd_under[][2] = {
	{ "dddddddd", "" }, { "uuuuuuuu", "" }, { "wwwwwwww", "" },
	{ "wwwwwwww", "dddddddd" }, { "dddddddd", "uuuuuuuu" },
};

/*
 * Expect writeback to fail on a filesystem that is shut down, whatever lies there,
 * to make no extent of a reservation, and to leave those of its folios alone: the
 * inode will go with all it has.
 *
 * Mutants: "xfs-map-shut-down", "xfs-discard-shut-down".
 */
static void shut_down_before(struct kunit *test)
{
	struct writeback_errors errors = { 0 };
	struct fixture *f = fx_of(test);
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(xd_under); i++) {
		if (!xd_setup(f, "[DDDD]....", xd_under[i][0], xd_under[i][1]))
			return;
		xfs_stub_shut_down(f->w.inode, true);
		err = writeback_run(f);
		xfs_stub_shut_down(f->w.inode, false);
		writeback_error(f, &errors, err, -EIO, true);
		xd_untouched(f);
	}
	writeback_errors_done(f, &errors);
}

/*
 * The filesystem is shut down while I/O is under way. Expect its end to report an
 * error and to change nothing that would have to be logged.
 *
 * Mutant: "xfs-ioend-shut-down".
 */
static void shut_down_meanwhile(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(xd_under); i++) {
		if (!xd_setup(f, "[DDDD]....", xd_under[i][0], xd_under[i][1]))
			return;
		world_defer_io(true);
		err = writeback_submit(f, WB_SYNC_ALL);
		KUNIT_EXPECT_EQ(test, err, 0);
		forks_remember(f);
		xfs_stub_shut_down(f->w.inode, true);
		world_defer_io(false);
		KUNIT_EXPECT_EQ(test, writeback_wait(f, err), -EIO);
		xfs_stub_shut_down(f->w.inode, false);
		xd_untouched(f);
	}
}

/*
 * Not before its second block a folio cannot be mapped: the first is not in memory,
 * so nobody has asked. Expect what lies behind to be given back, to the folio's end,
 * in the data fork and there only.
 *
 * Mutants: "xfs-discard-start", "xfs-discard-cow".
 */
static void discard_from_there(struct kunit *test)
{
	static const struct {
		const char *cow, *data_after, *cow_after;
	} rows[] = {
		{ "", "d...dddd", "........" },
		{ "dddddddd", "d...dddd", "dddddddd" },
	};
	struct writeback_errors errors = { 0 };
	struct fixture *f = fx_of(test);
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!xd_setup(f, "[UDDD][CCCC]", "dddddddd", rows[i].cow))
			return;
		xfs_stub_trans_error = -ENOSPC;
		err = writeback_run(f);
		xfs_stub_trans_error = 0;
		writeback_error(f, &errors, err, -ENOSPC, true);
		KUNIT_EXPECT_EQ(test, xfs_stub_punches.n, 1U);
		forks_expect(f, XFS_STUB_DATA, rows[i].data_after);
		forks_expect(f, XFS_STUB_COW, rows[i].cow_after);
	}
	writeback_errors_done(f, &errors);
}

/*
 * Blocks in the COW fork lie over a reservation in the data fork, as a hint makes
 * them, and the disk fails. Expect both to go where the I/O was: its folio is clean,
 * and nobody would give the reservation back. Expect the rest to stay.
 *
 * Mutants: "xfs-ioend-punch", "xfs-ioend-cancel".
 */
static void disk_fails_out_of_place(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	if (!xd_setup(f, "[CCCC][DDDD][CCCC]", "dddddddddddd", "dddddddddddd"))
		return;
	world_fail_io(1, -EIO);
	KUNIT_EXPECT_EQ(test, writeback_run(f), -EIO);
	world_fail_io(0, 0);
	forks_expect(f, XFS_STUB_DATA, "dddd....dddd");
	forks_expect(f, XFS_STUB_COW, "uuuu....uuuu");
}

/*
 * The data is on disk, and the transaction that would say so cannot be had. Expect
 * the error to be reported, and the file not to become longer over it.
 *
 * Mutant: "xfs-ioend-size".
 */
static void end_fails(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	struct xfs_stub_counters c;

	if (!xd_setup(f, "[DDDD]....", "uuuu....", ""))
		return;
	xfs_stub_trans_error = -ENOSPC;
	xfs_stub_trans_fail_at = 1;
	KUNIT_EXPECT_EQ(test, writeback_run(f), -ENOSPC);
	xfs_stub_count(f->w.inode, &c);
	KUNIT_EXPECT_EQ(test, c.size, 0LL);
	forks_expect(f, XFS_STUB_DATA, "uuuu....");
}

/*
 * Of a folio that goes out of place the last block cannot be mapped. Expect the others
 * not to be written either, and to report what went wrong.
 *
 * Mutant: "xfs-submit-error".
 */
static void part_of_a_folio(struct kunit *test)
{
	struct writeback_errors errors = { 0 };
	struct fixture *f = fx_of(test);
	int err;

	if (!xd_setup(f, "[DDDD]....", "dddd....", "uuud...."))
		return;
	xfs_stub_trans_error = -ENOSPC;
	xfs_stub_trans_fail_at = 2;
	err = writeback_run(f);
	writeback_error(f, &errors, err, -ENOSPC, true);
	forks_expect(f, XFS_STUB_DATA, "........");
	forks_expect(f, XFS_STUB_COW, "...d....");
	writeback_errors_done(f, &errors);
}

#define XD_ENDS		3
#define XD_PAGE		4	/* blocks of a page */

/* Where the blocks were before, and to where they were written out of place. */
static struct {
	u64 old[XD_ENDS * XD_PAGE];
	u64 fresh[XD_ENDS * XD_PAGE];
	enum { XD_UNDER_WAY, XD_WRITTEN, XD_LOST } page[XD_ENDS];
} xd;

static void xd_judge_ends(struct fixture *f)
{
	unsigned int b;

	forks_observe(f);
	for (b = 0; b < XD_ENDS * XD_PAGE; b++) {
		bool under_way = xd.page[b / XD_PAGE] == XD_UNDER_WAY;
		u64 place = xd.page[b / XD_PAGE] == XD_WRITTEN ? xd.fresh[b] : xd.old[b];

		if (forks.map[XFS_STUB_DATA][b] != SCN_WRITTEN ||
		    forks.place[XFS_STUB_DATA][b] != place)
			fx_bad(f, "the file does not have the block that was written last");
		if (forks.map[XFS_STUB_COW][b] != (under_way ? SCN_WRITTEN : SCN_HOLE) ||
		    (under_way && forks.place[XFS_STUB_COW][b] != xd.fresh[b]))
			fx_bad(f, "the COW fork does not hold just what is under way");
	}
	forks_whole(f);
}

/* Three pages go out of place, one after the other; the how many-th fails, 0 for none. */
static void xd_ends(struct fixture *f, const unsigned char *order, unsigned int fails)
{
	struct xfs_stub_counters c;
	unsigned int i, b;

	if (!xd_setup(f, "[DDDD][DDDD][DDDD]....", "wwwwwwwwwwww....", "dddddddddddd...."))
		return;
	memset(&xd, 0, sizeof(xd));
	forks_observe(f);
	memcpy(xd.old, forks.place[XFS_STUB_DATA], sizeof(xd.old));
	world_defer_io(true);
	world_fail_io(fails, -EIO);
	for (i = 0; i < XD_ENDS; i++) {
		loff_t pos = scn_block_pos(&f->s, order[i] * XD_PAGE);

		KUNIT_EXPECT_EQ(f->test, writeback_submit_range(f, WB_SYNC_ALL, pos,
								pos + PAGE_SIZE - 1), 0);
		for (b = order[i] * XD_PAGE; b < (order[i] + 1) * XD_PAGE; b++)
			xd.fresh[b] = writeback.disk[b];
	}
	world_fail_io(0, 0);
	for (i = 0; i < XD_ENDS && !f->bad; i++) {
		KUNIT_EXPECT_TRUE(f->test, world_end_one_io());
		xd.page[order[i]] = i + 1 == fails ? XD_LOST : XD_WRITTEN;
		xd_judge_ends(f);
	}
	world_defer_io(false);
	KUNIT_EXPECT_EQ(f->test, writeback_wait(f, 0), fails ? -EIO : 0);
	xfs_stub_count(f->w.inode, &c);
	if (fails == XD_ENDS)
		KUNIT_EXPECT_FALSE(f->test, c.cowblocks);
}

/*
 * I/O to three parts of one extent of the COW fork ends in any order, and one of them
 * fails. Expect each end to take its own part out of the COW fork and no other's, the
 * last one that fails the mark of the inode as well.
 *
 * Mutants: "xfs-cancel-cow-trim", "xfs-cancel-cow-mark", "xfs-del-cow-back",
 * "xfs-del-cow-middle".
 */
static void ends_apart(struct kunit *test)
{
	static const unsigned char orders[][XD_ENDS] = {
		{ 0, 1, 2 }, { 2, 1, 0 }, { 1, 0, 2 }, { 1, 2, 0 },
	};
	struct fixture *f = fx_of(test);
	unsigned int i, fails;

	for (i = 0; i < ARRAY_SIZE(orders); i++)
		for (fails = 0; fails <= XD_ENDS && !f->bad; fails++)
			xd_ends(f, orders[i], fails);
}

static struct kunit_case xd_cases[] = {
	KUNIT_CASE(shut_down_before),
	KUNIT_CASE(shut_down_meanwhile),
	KUNIT_CASE(discard_from_there),
	KUNIT_CASE(disk_fails_out_of_place),
	KUNIT_CASE(end_fails),
	KUNIT_CASE(part_of_a_folio),
	KUNIT_CASE(ends_apart),
	{}
};

FX_SUITE(iomap_delalloc_xfs_fail, xd_cases);
