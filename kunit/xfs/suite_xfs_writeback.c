// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_xfs_writeback: what a short write has kept finds its place on
 * disk: conversion of reservations, unwritten extents, extent size hints, the
 * move out of the COW fork; and what becomes of it when any of that fails.
 *
 * Kills: "xfs-convert-written", "xfs-convert-not-shared", "xfs-unwritten-stays",
 * "xfs-cancel-cow-stays", "xfs-end-any-type", "xfs-discard-end".
 */
#include <linux/fs.h>
#include <linux/pagemap.h>

#include "writeback.h"

#define XB_PAGES	6
#define XB_BASE		(32LL << PAGE_SHIFT)
#define XB_LEN		(3 * PAGE_SIZE)

/* A write that comes up short. Returns false if that is no state to go on from. */
static bool xb_written(struct fixture *f, const struct kind_param *p, scn_pos isize,
		       unsigned int off, size_t fault_at)
{
	ssize_t ret;

	if (!kinds_setup(f, p, XB_BASE, XB_PAGES, isize))
		return false;
	ret = writes_store(f, XB_BASE + off, XB_LEN, fault_at, true);
	if (ret != (fault_at ? (ssize_t)fault_at : -EFAULT))
		fx_bad(f, "the write returned something else");
	/* known finding eof_block: dirty data has lost its space */
	if (f->passed_over) {
		f->passed_over = 0;
		return false;
	}
	return !f->bad;
}

static unsigned int xb_dirty(struct fixture *f)
{
	unsigned int b, n = 0;

	for (b = 0; b < f->s.nblocks; b++)
		n += writeback.dirty[b];
	return n;
}

/* Every kind of file, written short at the edges of blocks and pages. */
static void xb_every(struct kunit *test, unsigned int alloc_max)
{
	const struct kind_param *p = test->param_value;
	const size_t bs = 1UL << p->blkbits;
	const unsigned int offs[] = { 0, bs / 2 };
	const size_t faults[] = { 1, bs, PAGE_SIZE + 1, XB_LEN - bs, XB_LEN };
	const scn_pos sizes[] = { 0, XB_BASE + PAGE_SIZE + 100, XB_BASE + XB_PAGES * PAGE_SIZE };
	struct fixture *f = fx_of(test);
	unsigned int o, i, s, dirty = 0;

	for (o = 0; o < ARRAY_SIZE(offs); o++) {
		for (i = 0; i < ARRAY_SIZE(faults); i++) {
			for (s = 0; s < ARRAY_SIZE(sizes); s++) {
				if (!xb_written(f, p, sizes[s], offs[o], faults[i]))
					continue;
				xfs_stub_alloc_max = alloc_max;
				if (writeback_run(f))
					fx_bad(f, "writeback failed");
				else
					writeback_complete(f);
				dirty += xb_dirty(f);
				if (f->bad >= FX_MAX_BAD)
					return;
			}
		}
	}
	KUNIT_EXPECT_NE(test, dirty, 0U);
}

/* Expect all that is dirty below EOF on disk and nothing else changed. */
static void converts(struct kunit *test)
{
	xb_every(test, 0);
}

/* Free space comes in single blocks. Expect the same. */
static void converts_in_pieces(struct kunit *test)
{
	xb_every(test, 1);
}

/* Is [from, to) what was on its way out of the COW fork, and no more? */
static bool xb_out_of_place(unsigned int from, unsigned int to)
{
	for (; from < to; from++)
		if (!writeback.dirty[from] || forks.before[XFS_STUB_COW][from] == SCN_HOLE)
			return false;
	return true;
}

/*
 * A discard goes from somewhere in a folio to the folio's end; I/O out of place
 * that fails takes what lies under it. Both are for the data fork.
 */
static bool xb_discard_right(struct fixture *f, const struct xfs_stub_punch *punch)
{
	unsigned int from = (punch->start - f->s.base) >> f->s.blkbits;
	unsigned int to = (punch->end - f->s.base) >> f->s.blkbits;
	const struct scn_folio *folio = scn_folio_at(&f->s, from);

	if (!folio || punch->fork != XFS_STUB_DATA || from >= to)
		return false;
	return to == scn_first_block(&f->s, folio) + scn_folio_blocks(&f->s, folio) ||
		xb_out_of_place(from, to);
}

/*
 * The how many-th transaction cannot be had: that of a conversion, and then the
 * folio's reservations are discarded; or one at the end of I/O. Expect an error,
 * and whatever is not on disk to be neither written nor another file's.
 */
static void transaction_fails(struct kunit *test)
{
	const struct kind_param *p = test->param_value;
	struct fixture *f = fx_of(test);
	struct writeback_errors errors = { 0 };
	unsigned int nth, b, failed = 0;
	int err;

	for (nth = 1; nth <= 8 && !f->bad; nth++) {
		if (!xb_written(f, p, 0, 0, XB_LEN))
			continue;
		xfs_stub_alloc_max = 2;
		xfs_stub_trans_error = -ENOSPC;
		xfs_stub_trans_fail_at = nth;
		err = writeback_run(f);
		if (!err) {
			if (xfs_stub_punches.n)
				fx_bad(f, "reservations are discarded and nobody hears of it");
			continue;
		}
		failed++;
		writeback_error(f, &errors, err, -ENOSPC, xfs_stub_punches.n);
		for (b = 0; b < xfs_stub_punches.n; b++)
			if (!xb_discard_right(f, &xfs_stub_punches.punch[b]))
				fx_bad(f, "a discard out of its folio");
		for (b = 0; b < f->s.nblocks; b++)
			if (forks_was_shared(b) && forks.map[XFS_STUB_DATA][b] != SCN_WRITTEN)
				fx_bad(f, "shared blocks are lost to a write that failed");
		writeback_kept(f);
	}
	KUNIT_EXPECT_NE(test, failed, 0U);
	KUNIT_EXPECT_NE(test, errors.unmapped, 0U);
	writeback_errors_done(f, &errors);
}

static bool xb_all_own(struct fixture *f)
{
	unsigned int b;

	for (b = 0; b < f->s.nblocks; b++)
		if (writeback.dirty[b] && !writeback_own(f, b))
			return false;
	return true;
}

/* Had any of it a block of its own before? That stays, whatever fails. */
static bool xb_any_before(struct fixture *f)
{
	unsigned int b;

	for (b = 0; b < f->s.nblocks; b++)
		if (writeback.dirty[b] && forks.before[XFS_STUB_DATA][b] == SCN_WRITTEN &&
		    !forks_was_shared(b))
			return true;
	return false;
}

/*
 * The disk fails. Expect an error, no block that counts as written which is not,
 * and of a write out of place nothing left in the COW fork.
 */
static void disk_fails(struct kunit *test)
{
	const struct kind_param *p = test->param_value;
	struct fixture *f = fx_of(test);
	unsigned int nth, b, failed = 0;

	for (nth = 1; nth <= 4 && !f->bad; nth++) {
		if (!xb_written(f, p, 0, 0, XB_LEN))
			continue;
		xfs_stub_alloc_max = 3;
		world_fail_io(nth, -EIO);
		if (!writeback_run(f)) {
			world_fail_io(0, 0);
			continue;
		}
		world_fail_io(0, 0);
		failed++;
		if (xb_all_own(f) && !xb_any_before(f))
			fx_bad(f, "an error, and all blocks count as written");
		for (b = 0; b < f->s.nblocks; b++) {
			if (!writeback.dirty[b])
				continue;
			if (forks.before[XFS_STUB_COW][b] != SCN_HOLE &&
			    forks.map[XFS_STUB_COW][b] != SCN_HOLE)
				fx_bad(f, "a write that failed is still in the COW fork");
			if (forks.before[XFS_STUB_DATA][b] != SCN_WRITTEN &&
			    forks.map[XFS_STUB_DATA][b] == SCN_DELALLOC)
				fx_bad(f, "a reservation without dirty data stays");
		}
		writeback_kept(f);
	}
	KUNIT_EXPECT_NE(test, failed, 0U);
}

static const struct kind xb_hinted = {
	"plain, extsize", .extsize = 4, .data = ".", .cow = ""
};

static const struct kind_param xb_hint = { &xb_hinted, PAGE_SHIFT - 2 };

/*
 * With an extent size hint nothing is reserved: a write gets unwritten blocks,
 * as many as the hint says. Expect one that comes up short to take none back,
 * and writeback to make those written that have data, and no others.
 *
 * Mutant: "xfs-end-any-type".
 */
static void extent_size_hint(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	const size_t bs = 1UL << xb_hint.blkbits;

	if (!kinds_setup(f, &xb_hint, XB_BASE, XB_PAGES, 0))
		return;
	KUNIT_EXPECT_EQ(test, writes_store(f, XB_BASE + bs, 2 * bs, 1, true), (ssize_t)1);
	KUNIT_EXPECT_EQ(test, writes.fresh, 0U);
	KUNIT_EXPECT_EQ(test, xfs_stub_punches.n, 0U);
	forks_expect(f, XFS_STUB_DATA, "uuuu....");
	KUNIT_EXPECT_EQ(test, writeback_run(f), 0);
	forks_expect(f, XFS_STUB_DATA, "uwuu....");
	writeback_complete(f);
}

static const struct kind xb_behind = { "plain, reserved", .data = "dddd....", .cow = "" };
static const struct kind_param xb_eof = { &xb_behind, PAGE_SHIFT - 2 };

/*
 * Zeroing a reservation behind the end of the file, both locks held. Newer trees
 * make it unwritten at once, in a transaction of ->iomap_begin; older ones zero the
 * page cache. Expect either, and nothing given back.
 */
static void zero_behind_eof(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	const scn_pos bs = 1LL << xb_eof.blkbits;

	if (!kinds_setup(f, &xb_eof, XB_BASE, XB_PAGES, XB_BASE + bs))
		return;
	KUNIT_EXPECT_EQ(test, writes_zero(f, XB_BASE + 2 * bs, bs), 0);
	KUNIT_EXPECT_EQ(test, xfs_stub_punches.n, 0U);
	forks_observe(f);
	if (forks.map[XFS_STUB_DATA][2] == SCN_DELALLOC)
		forks_expect(f, XFS_STUB_DATA, "dddd....");
	else
		forks_expect(f, XFS_STUB_DATA, "uuuu....");
}

static struct kunit_case xb_cases[] = {
	KUNIT_CASE_PARAM(converts, kinds_gen_params),
	KUNIT_CASE_PARAM(converts_in_pieces, kinds_gen_params),
	KUNIT_CASE_PARAM(transaction_fails, kinds_few_gen_params),
	KUNIT_CASE_PARAM(disk_fails, kinds_few_gen_params),
	KUNIT_CASE(extent_size_hint),
	KUNIT_CASE(zero_behind_eof),
	{}
};

FX_SUITE(iomap_delalloc_xfs_writeback, xb_cases);
