// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_xfs_end: XFS's own ->iomap_end after a write that came to
 * nothing, over a table of block and folio sizes.
 *
 * What the recording filesystem's punch does to an array, XFS's does to its
 * trees of extents; the oracle is the same. The other fork stays as it was, and
 * after each release the counters are those of the extents.
 *
 * Bug 11 of this path: a short write to the COW fork punched the data fork and
 * left the reservation in the COW fork, where it leaked.
 *
 * Kills: "xfs-punch-data-fork", "xfs-punch-end-short", "xfs-punch-start-long",
 * "xfs-punch-not-delalloc", "xfs-end-lock".
 */
#include <linux/fs.h>

#include "forks.h"
#include "sweep.h"

static enum scn_cache xfs_end_cache(unsigned int folio, unsigned int block, unsigned int n)
{
	static const enum scn_cache round[] = {
		SCN_DIRTY, SCN_CLEAN, SCN_DIRTY, SCN_STALE, SCN_CLEAN, SCN_DIRTY, SCN_DIRTY,
	};

	return round[(folio * 3 + block) % ARRAY_SIZE(round)];
}

/* Extent maps to repeat over the window, one character a block. */
static const char *const xfs_end_maps[] = {
	"d", "dw", "dd.w", "duw.",
};

static void xfs_end_run(struct kunit *test, enum xfs_stub_fork fork, enum fx_side side)
{
	const struct sweep_geometry *g = test->param_value;
	struct xfs_stub_options options = {
		.blkbits	= g->blkbits,
		.reflink	= g->blkbits > 9,
		.free		= 1 << 20,
	};
	struct fixture *f = fx_of(test);
	struct sweep *sw;
	unsigned int i;

	if (fork == XFS_STUB_COW && !options.reflink)
		kunit_skip(test, "XFS has no reflink with blocks of 512 bytes");
	sw = kunit_kzalloc(test, sizeof(*sw), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, sw);
	if (!sweep_layout(f, g, 16LL << (PAGE_SHIFT + 4), xfs_end_cache))
		return;
	if (!forks_setup(f, &options, fork))
		return;
	sweep_edges(sw, &f->s);
	sweep_size(sw, &f->s, MAX_LFS_FILESIZE);
	sweep_size(sw, &f->s, f->s.base + (1LL << (g->blkbits - 1)));
	for (i = 0; i < ARRAY_SIZE(xfs_end_maps) && !f->bad; i++) {
		KUNIT_ASSERT_NULL(test, forks_text(f->s.extent, f->s.nblocks, xfs_end_maps[i]));
		sweep_run(f, sw, side);
	}
	KUNIT_EXPECT_NE(test, f->releases, 0U);
}

/* Expect a short write to the data fork to keep dirty blocks and no others. */
static void data_fork(struct kunit *test)
{
	xfs_end_run(test, XFS_STUB_DATA, FX_PLAIN);
}

/* Expect the known finding eof_block, and nothing else, where it applies. */
static void data_fork_eof_block(struct kunit *test)
{
	xfs_end_run(test, XFS_STUB_DATA, FX_FINDING);
	fx_finding_done(fx_of(test));
}

/* Expect the same of the COW fork, and the data fork as it was. */
static void cow_fork(struct kunit *test)
{
	xfs_end_run(test, XFS_STUB_COW, FX_PLAIN);
	forks_finding_done(fx_of(test));
}

static struct kunit_case xfs_end_cases[] = {
	KUNIT_CASE_PARAM(data_fork, sweep_geometries_gen_params),
	KUNIT_CASE_PARAM(data_fork_eof_block, sweep_geometries_gen_params),
	KUNIT_CASE_PARAM(cow_fork, sweep_geometries_gen_params),
	{}
};

FX_SUITE(iomap_delalloc_xfs_end, xfs_end_cases);
