// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_xfs_agree: the recording filesystem of the other suites and
 * XFS, one after the other on the same page cache and the same extents.
 *
 * The recording filesystem stands for XFS in kernels and in every suite that has
 * no XFS: it may stand for it as long as the same bytes are punched in the same
 * order and the same extents are left. A difference is a failure even where the
 * oracle would take either.
 *
 * Kills: "xfs-punch-rounded", "xfs-punch-end-short".
 */
#include <linux/fs.h>

#include "sweep.h"
#include "writes.h"

/* What one of the two has done. */
struct xa_done {
	unsigned int		npunches;
	struct oracle_punch	punch[RECFS_MAX_PUNCHES];
	unsigned char		extent[SCN_MAX_BLOCKS];
};

static enum scn_cache xa_cache(unsigned int folio, unsigned int block, unsigned int n)
{
	static const enum scn_cache round[] = {
		SCN_CLEAN, SCN_DIRTY, SCN_STALE, SCN_DIRTY, SCN_DIRTY, SCN_CLEAN, SCN_CLEAN,
	};

	return round[(folio * 5 + block) % ARRAY_SIZE(round)];
}

static bool xa_make(struct fixture *f, int (*release)(struct fixture *f), struct xa_done *d)
{
	f->release = release;
	if (!fx_release(f))
		return false;
	d->npunches = min_t(unsigned int, f->fs.npunches, RECFS_MAX_PUNCHES);
	memcpy(d->punch, f->fs.punch, d->npunches * sizeof(d->punch[0]));
	memcpy(d->extent, f->fs.extent, f->s.nblocks);
	return true;
}

static bool xa_same(struct fixture *f, const struct xa_done *a, const struct xa_done *b)
{
	unsigned int i;

	if (a->npunches != b->npunches) {
		KUNIT_FAIL(f->test, "%u punches on the recording filesystem, %u on XFS",
			   a->npunches, b->npunches);
		return false;
	}
	for (i = 0; i < a->npunches; i++) {
		if (a->punch[i].offset == b->punch[i].offset &&
		    a->punch[i].length == b->punch[i].length)
			continue;
		KUNIT_FAIL(f->test, "punch %u: recorded (%lld, %lld), on XFS (%lld, %lld)", i,
			   a->punch[i].offset, a->punch[i].length, b->punch[i].offset,
			   b->punch[i].length);
		return false;
	}
	if (!memcmp(a->extent, b->extent, f->s.nblocks))
		return true;
	KUNIT_FAIL(f->test, "XFS is left with other extents than the recording filesystem");
	return false;
}

static void xa_extents(struct scenario *s)
{
	static const unsigned char round[] = {
		SCN_DELALLOC, SCN_DELALLOC, SCN_HOLE, SCN_DELALLOC, SCN_UNWRITTEN,
		SCN_DELALLOC, SCN_WRITTEN,
	};
	unsigned int b;

	for (b = 0; b < s->nblocks; b++)
		s->extent[b] = round[b % ARRAY_SIZE(round)];
}

/* Every range of a sweep; on those of the known finding eof_block both must agree too. */
static void same_releases(struct kunit *test)
{
	const struct sweep_geometry *g = test->param_value;
	struct xfs_stub_options options = { .blkbits = g->blkbits, .free = 1 << 20 };
	struct xa_done *plain = kunit_kzalloc(test, sizeof(*plain), GFP_KERNEL);
	struct xa_done *xfs = kunit_kzalloc(test, sizeof(*xfs), GFP_KERNEL);
	struct sweep *sw = kunit_kzalloc(test, sizeof(*sw), GFP_KERNEL);
	struct fixture *f = fx_of(test);
	unsigned int from, to, i, compared = 0;

	KUNIT_ASSERT_TRUE(test, plain && xfs && sw);
	if (!sweep_layout(f, g, 16LL << (PAGE_SHIFT + 4), xa_cache))
		return;
	if (!forks_setup(f, &options, XFS_STUB_DATA))
		return;
	xa_extents(&f->s);
	sweep_edges(sw, &f->s);
	sweep_size(sw, &f->s, MAX_LFS_FILESIZE);
	sweep_size(sw, &f->s, f->s.base + (3LL << (g->blkbits - 1)));
	for (i = 0; i < sw->nsizes; i++) {
		f->s.isize = sw->size[i];
		for (from = 0; from < sw->nedges; from++) {
			f->s.start = scn_block_pos(&f->s, sw->edge[from]);
			for (to = from; to < sw->nedges; to++) {
				f->s.end = scn_block_pos(&f->s, sw->edge[to]);
				fx_side_wants(f, FX_PLAIN);
				f->dry = true;
				if (!xa_make(f, NULL, plain) ||
				    !xa_make(f, forks_release, xfs) || !xa_same(f, plain, xfs))
					return;
				compared++;
			}
		}
	}
	KUNIT_EXPECT_NE(test, compared, 0U);
}

/* What can be seen of a file after a write: its cache, and one fork. */
struct xa_after {
	ssize_t		ret;
	struct scenario	s;
};

/* A short write over a window that lies below i_size: nothing is preallocated. */
static bool xa_write(struct fixture *f, const struct sweep_geometry *g, bool xfs, size_t len,
		     size_t fault_at, struct xa_after *after)
{
	struct xfs_stub_options options = { .blkbits = g->blkbits, .free = 1 << 20 };
	const loff_t base = 16 * PAGE_SIZE, pos = base + (1LL << g->blkbits) + 1;
	const char *data = "..dd.uw.";

	recfs_reset(&f->fs);
	if (!sweep_layout(f, g, base, xa_cache) ||
	    forks_text(f->s.extent, f->s.nblocks, data))
		return false;
	f->s.isize = scn_window_end(&f->s);
	i_size_write(f->w.inode, f->s.isize);
	memcpy(f->fs.extent, f->s.extent, f->s.nblocks);
	f->side = FX_PLAIN;
	f->release = NULL;
	if (xfs && !writes_setup(f, &options, data, "", ""))
		return false;
	f->fs.end = fx_end_short_write;
	after->ret = xfs ? writes_store(f, pos, len, fault_at, true) :
			   fx_store(f, pos, len, fault_at, true);
	if (xfs) {
		forks_observe(f);
		memcpy(f->fs.extent, forks.map[XFS_STUB_DATA], f->s.nblocks);
	}
	fx_observe(f, &after->s);
	return !f->bad;
}

/* Short writes: the same bytes written, the same cache and the same extents left. */
static void same_writes(struct kunit *test)
{
	const struct sweep_geometry *g = test->param_value;
	const size_t bs = 1UL << g->blkbits, len = 3 * PAGE_SIZE;
	const size_t faults[] = { 0, 1, bs - 1, bs, PAGE_SIZE + bs / 2, len - 1, len };
	struct xa_after *plain = kunit_kzalloc(test, sizeof(*plain), GFP_KERNEL);
	struct xa_after *xfs = kunit_kzalloc(test, sizeof(*xfs), GFP_KERNEL);
	struct fixture *f = fx_of(test);
	unsigned int i;

	KUNIT_ASSERT_TRUE(test, plain && xfs);
	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		if (!xa_write(f, g, false, len, faults[i], plain) ||
		    !xa_write(f, g, true, len, faults[i], xfs))
			return;
		KUNIT_EXPECT_EQ(test, plain->ret, xfs->ret);
		KUNIT_EXPECT_FALSE_MSG(test, memcmp(plain->s.extent, xfs->s.extent,
						    f->s.nblocks),
				       "other extents on XFS, %zu bytes can be read", faults[i]);
		KUNIT_EXPECT_FALSE_MSG(test, memcmp(plain->s.cache, xfs->s.cache, f->s.nblocks),
				       "another page cache on XFS, %zu bytes can be read",
				       faults[i]);
	}
}

static struct kunit_case xa_cases[] = {
	KUNIT_CASE_PARAM(same_writes, sweep_geometries_gen_params),
	KUNIT_CASE_PARAM(same_releases, sweep_geometries_gen_params),
	{}
};

FX_SUITE(iomap_delalloc_xfs_agree, xa_cases);
