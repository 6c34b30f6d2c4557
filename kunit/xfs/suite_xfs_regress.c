// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_xfs_regress: faults that XFS's side of this path has had, one
 * case each. Those that iomap decides by itself are in iomap_delalloc_regress.
 *
 * Kills: "xfs-discard-end", "xfs-end-fault", "xfs-end-zero-lock", "xfs-end-lock",
 * "xfs-punch-data-fork", "xfs-reserve-no-retry", "xfs-begin-shut-down",
 * "xfs-reserve-cow-mark".
 */
#include <linux/fs.h>
#include <linux/pagemap.h>
#include <linux/writeback.h>

#include "writeback.h"

#define XR_BITS		(PAGE_SHIFT - 2)
#define XR_BLOCK	(1LL << XR_BITS)

static unsigned int xr_looks;

static bool xr_setup(struct fixture *f, scn_pos base, const char *layout, scn_pos isize,
		     const char *data, const char *cow, const char *shared)
{
	struct xfs_stub_options options = {
		.blkbits	= XR_BITS,
		.reflink	= *cow,
		.free		= 1 << 20,
	};

	if (!fx_parsed(f, XR_BITS, base, layout, "."))
		return false;
	f->s.isize = isize;
	i_size_write(f->w.inode, isize);
	return writes_setup(f, &options, data, cow, shared);
}

/*
 * A fault over a fresh reservation ended short and threw away what a racing
 * fault had cached. Expect faults to give nothing back: the mapping of a fault
 * has no ->iomap_end, or one that does nothing.
 *
 * Mutant: "xfs-end-fault".
 */
static void regress_01_fault_iteration(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	struct iomap_iter iter = {
		.inode	= f->w.inode,
		.pos	= 0,
		.len	= 4 * XR_BLOCK,
		.flags	= IOMAP_WRITE | IOMAP_FAULT,
		.iomap	= fx_fresh(0, 4 * XR_BLOCK),
	};

	if (!xr_setup(f, 0, "[CCCC]....", 8 * XR_BLOCK, "dddd", "", ""))
		return;
	if (xfs_stub_fault_ops->iomap_end)
		xfs_stub_fault_ops->iomap_end(iter.inode, iter.pos, iter.len, 0, iter.flags,
					      &iter.iomap);
	KUNIT_EXPECT_EQ(test, xfs_stub_punches.n, 0U);
	forks_expect(f, XFS_STUB_DATA, "dddddddd");
}

/* Expect a fault to reserve each block of its folio that has no space. */
static void fault_reserves(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	if (!xr_setup(f, 0, "[CCCC]....", 8 * XR_BLOCK, ".w.d....", "", ""))
		return;
	KUNIT_EXPECT_EQ(test, writes_fault(f, 1), 0);
	forks_expect(f, XFS_STUB_DATA, "dwdd....");
	KUNIT_EXPECT_EQ(test, xfs_stub_punches.n, 0U);
	writes_backed(f);
}

/* Expect a fault on shared blocks to reserve in the COW fork. */
static void fault_unshares(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	if (!xr_setup(f, 0, "[CCCC]....", 8 * XR_BLOCK, "w", ".", "s"))
		return;
	KUNIT_EXPECT_EQ(test, writes_fault(f, 1), 0);
	forks_expect(f, XFS_STUB_DATA, "wwwwwwww");
	KUNIT_EXPECT_EQ(test, xfs_stub_punches.n, 0U);
	writes_backed(f);
}

/* Looks at the lock whenever the release is about to look at the page cache. */
static void xr_look(void *arg)
{
	struct fixture *f = arg;

	xr_looks++;
	KUNIT_EXPECT_TRUE(f->test, world_invalidate_held(f->w.inode->i_mapping));
}

/*
 * The punch ran without invalidate_lock: mapped memory was written between the look
 * at the page cache and the punch, and lost its space. Expect the lock held for
 * writing at every look and every punch, so that a fault, which takes it shared,
 * comes before or after.
 *
 * Mutant: "xfs-end-lock".
 */
static void regress_02_unlocked_punch(struct kunit *test)
{
	struct xfs_stub_options options = { .blkbits = XR_BITS, .free = 1 << 20 };
	struct fixture *f = fx_of(test);
	unsigned int nth, i;

	xr_looks = 0;
	for (nth = 1; nth <= 16 && !f->bad; nth++) {
		if (!fx_parsed(f, XR_BITS, 0, "....[CCUC]....[DCCC]", "d") ||
		    !forks_setup(f, &options, XFS_STUB_DATA))
			return;
		world_at_lookup(nth, xr_look, f);
		fx_release(f);
		world_at_lookup(0, NULL, NULL);
		KUNIT_EXPECT_NE(test, xfs_stub_punches.n, 0U);
		for (i = 0; i < xfs_stub_punches.n; i++)
			KUNIT_EXPECT_TRUE(test, xfs_stub_punches.punch[i].locked);
	}
	KUNIT_EXPECT_NE(test, xr_looks, 0U);
}

/*
 * A short write to shared blocks took its reservation out of the wrong fork: the
 * data fork's was punched, and that of the COW fork stayed. Expect what the write
 * has reserved in the COW fork to go, and nothing of the data fork. What XFS has
 * reserved behind it, by the hint that every COW fork has, is no part of the write.
 *
 * Mutant: "xfs-punch-data-fork".
 */
static void regress_11_cow_fork(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	struct xfs_stub_counters c;

	if (!xr_setup(f, 0, "........", 8 * XR_BLOCK, "wwwwdddd", ".", "s"))
		return;
	KUNIT_EXPECT_EQ(test, writes_store(f, 0, 4 * XR_BLOCK, 0, true), (ssize_t)-EFAULT);
	forks_expect(f, XFS_STUB_DATA, "wwwwdddd");
	if (xfs_stub_punch_takes_fork)
		forks_expect(f, XFS_STUB_COW, "....dddd");
	else
		forks_expect(f, XFS_STUB_COW, "dddddddd");
	xfs_stub_count(f->w.inode, &c);
	KUNIT_EXPECT_TRUE(test, c.cowblocks);
	forks_finding_of(f, true);
}

/*
 * Writeback of a folio failed at the folio's first byte, the end of the punch was
 * worked out as that byte, and a punch of (0, 0) took every reservation of the
 * file. Five blocks reserved and dirty in two folios, writeback of the first
 * fails. Expect its four to go and the fifth to stay.
 *
 * Mutant: "xfs-discard-end".
 */
static void regress_05_discard(struct kunit *test)
{
	struct writeback_control wbc = {
		.sync_mode	= WB_SYNC_ALL,
		.nr_to_write	= LONG_MAX,
		.range_start	= 0,
		.range_end	= 4 * XR_BLOCK - 1,
	};
	struct writeback_errors errors = { 0 };
	struct fixture *f = fx_of(test);
	int err;

	if (!xr_setup(f, 0, "[DDDD][DCCC]", 5 * XR_BLOCK, "ddddd...", "", ""))
		return;
	writeback.splats = world_splats();
	xfs_stub_trans_error = -ENOSPC;
	err = xfs_stub_aops->writepages(f->w.inode->i_mapping, &wbc);
	xfs_stub_trans_error = 0;
	KUNIT_EXPECT_EQ(test, xfs_stub_punches.n, 1U);
	writeback_error(f, &errors, err, -ENOSPC, true);
	forks_expect(f, XFS_STUB_DATA, "....d...");
	/* that error has been seen: it must not come up when the file goes */
	filemap_check_errors(f->w.inode->i_mapping);
	writeback_errors_done(f, &errors);
}

/* Kinds of files on which zeroing and unsharing reserve in the COW fork. */
static const struct kind xr_out_of_place[] = {
	{ "shared",	true,	.shared = "s",	.data = "w",	.cow = "." },
	{ "mixed",	true,	.shared = "s",	.data = "w.wu",	.cow = "..d." },
	{ "always_cow",	true, true,	.data = "w",	.cow = "." },
};

static void xr_kind_name(const struct kind *kind, char *desc)
{
	snprintf(desc, SCN_NAME_SIZE, "%s", kind->name);
}

KUNIT_ARRAY_PARAM(xr_kind, xr_out_of_place, xr_kind_name);

/*
 * Zeroing and unsharing hold invalidate_lock already; ->iomap_end took it again.
 * Expect an operation that cannot get its folio to give back what it reserved in
 * the COW fork, and to end. A release that takes the lock by itself would hang:
 * in trees that have it expect none, since XFS there owns up to no reservation in
 * the COW fork, and that is the known finding cow_fork.
 *
 * Mutant: "xfs-end-zero-lock".
 */
static void regress_12_lock_held(struct kunit *test)
{
	const struct kind_param p = { test->param_value, XR_BITS };
	struct fixture *f = fx_of(test);
	unsigned int nth, short_ones = 0, failed = 0;
	int err;

	if (LK_RELEASE_LOCKS && xfs_stub_punch_takes_fork)
		kunit_skip(test, "between two patches: the release takes a lock held already");
	for (nth = 1; nth < 12 && !f->bad; nth++) {
		if (!kinds_setup(f, &p, 4 * PAGE_SIZE, 4, 64 * XR_BLOCK))
			return;
		/* a large folio that cannot be had would become small ones */
		world_small_folios(&f->w);
		writes.alone = true;
		world_fail_alloc(nth / 2 + 1);
		if (nth & 1)
			err = writes_zero(f, f->s.base, 8 * XR_BLOCK);
		else
			err = writes_unshare(f, f->s.base, 8 * XR_BLOCK);
		world_fail_alloc(0);
		KUNIT_EXPECT_TRUE_MSG(test, !err || err == -ENOMEM, "error %d", err);
		failed += err && writes.ends;
		short_ones += err && xfs_stub_punches.n;
		writes_backed(f);
	}
	KUNIT_EXPECT_NE(test, failed, 0U);
	if (LK_RELEASE_LOCKS)
		KUNIT_EXPECT_EQ(test, short_ones, 0U);
	else
		KUNIT_EXPECT_NE(test, short_ones, 0U);
	forks_finding_of(f, true);
}

/*
 * Expect zeroing and unsharing to reserve in the COW fork what they dirty, and the
 * data fork to stay as it was.
 */
static void zero_and_unshare(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	if (!xr_setup(f, 4 * PAGE_SIZE, "............", 64 * XR_BLOCK, "w.wu", ".", "s"))
		return;
	KUNIT_EXPECT_EQ(test, writes_zero(f, f->s.base + 100, 8 * XR_BLOCK), 0);
	KUNIT_EXPECT_NE(test, writes.cow, 0U);
	forks_expect(f, XFS_STUB_DATA, "w.wuw.wuw.wu");
	writes_backed(f);
	if (!xr_setup(f, 4 * PAGE_SIZE, "............", 64 * XR_BLOCK, "w.wu", ".", "s"))
		return;
	KUNIT_EXPECT_EQ(test, writes_unshare(f, f->s.base, 8 * XR_BLOCK), 0);
	KUNIT_EXPECT_NE(test, writes.cow, 0U);
	forks_expect(f, XFS_STUB_DATA, "w.wuw.wuw.wu");
	writes_backed(f);
}

/* An empty file, of which a write asks for two pages; @free blocks on the disk. */
static bool xr_empty(struct fixture *f, s64 free)
{
	struct xfs_stub_options options = {
		.blkbits	= XR_BITS,
		.allocsize	= PAGE_SHIFT + 1,
		.free		= free,
	};

	if (!fx_parsed(f, XR_BITS, 0, "................", "."))
		return false;
	f->s.isize = 0;
	i_size_write(f->w.inode, 0);
	return writes_setup(f, &options, ".", "", "");
}

/*
 * What XFS reserves behind the end of the file for writes to come is no part of
 * the write. Expect a write of nothing to give back its own blocks only.
 */
static void regress_14_preallocation(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	struct xfs_stub_counters c;

	if (!xr_empty(f, 1 << 20))
		return;
	KUNIT_EXPECT_EQ(test, writes_store(f, 0, 2 * XR_BLOCK, 0, true), (ssize_t)-EFAULT);
	KUNIT_EXPECT_EQ(test, writes.fresh, 1U);
	forks_observe(f);
	KUNIT_EXPECT_EQ(test, forks.map[XFS_STUB_DATA][0], SCN_HOLE);
	KUNIT_EXPECT_EQ(test, forks.map[XFS_STUB_DATA][1], SCN_HOLE);
	KUNIT_EXPECT_EQ(test, forks.map[XFS_STUB_DATA][2], SCN_DELALLOC);
	xfs_stub_count(f->w.inode, &c);
	KUNIT_EXPECT_TRUE(test, c.eofblocks);
	forks_whole(f);
}

/* Expect a filesystem without room to refuse the write and to stay as it was. */
static void no_space(struct kunit *test)
{
	struct xfs_stub_options options = { .blkbits = XR_BITS, .free = 2 };
	struct fixture *f = fx_of(test);

	if (!fx_parsed(f, XR_BITS, 0, "........", "."))
		return;
	if (!writes_setup(f, &options, ".", "", ""))
		return;
	KUNIT_EXPECT_EQ(test, writes_store(f, 0, 4 * XR_BLOCK, 4 * XR_BLOCK, true),
			(ssize_t)-ENOSPC);
	KUNIT_EXPECT_EQ(test, writes.begun, 0U);
	forks_expect(f, XFS_STUB_DATA, "........");
}

/*
 * There is room for the write, but not for what XFS would like to have behind it.
 * Expect the write to get through.
 *
 * Mutant: "xfs-reserve-no-retry".
 */
static void no_space_behind(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	if (!xr_empty(f, 10))
		return;
	KUNIT_EXPECT_EQ(test, writes_store(f, 0, XR_BLOCK, XR_BLOCK, true), (ssize_t)XR_BLOCK);
	forks_expect(f, XFS_STUB_DATA, "d...............");
	writes_backed(f);
}

/*
 * Expect a filesystem that is shut down to reserve nothing.
 *
 * Mutant: "xfs-begin-shut-down".
 */
static void shut_down(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	if (!xr_setup(f, 0, "........", 8 * XR_BLOCK, "w.", "", ""))
		return;
	xfs_stub_shut_down(f->w.inode, true);
	KUNIT_EXPECT_EQ(test, writes_store(f, XR_BLOCK, XR_BLOCK, XR_BLOCK, true),
			(ssize_t)-EIO);
	xfs_stub_shut_down(f->w.inode, false);
	KUNIT_EXPECT_EQ(test, writes.begun, 0U);
	forks_expect(f, XFS_STUB_DATA, "w.w.w.w.");
}

static struct kunit_case xr_cases[] = {
	KUNIT_CASE(regress_01_fault_iteration),
	KUNIT_CASE(regress_02_unlocked_punch),
	KUNIT_CASE(fault_reserves),
	KUNIT_CASE(fault_unshares),
	KUNIT_CASE(regress_05_discard),
	KUNIT_CASE(regress_11_cow_fork),
	KUNIT_CASE_PARAM(regress_12_lock_held, xr_kind_gen_params),
	KUNIT_CASE(zero_and_unshare),
	KUNIT_CASE(regress_14_preallocation),
	KUNIT_CASE(no_space),
	KUNIT_CASE(no_space_behind),
	KUNIT_CASE(shut_down),
	{}
};

FX_SUITE(iomap_delalloc_xfs_regress, xr_cases);
