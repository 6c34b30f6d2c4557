// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_xfs_events: what else happens to a file while a write to it
 * fails: memory runs out, folios are reclaimed or written back while ->iomap_end
 * looks at the page cache, memory is written through a mapping.
 *
 * Kills: "xfs-end-lock", "xfs-end-nothing-written", "xfs-end-punches-all".
 */
#include <linux/fs.h>
#include <linux/pagemap.h>

#include "writeback.h"

#define XE_PAGES	6
#define XE_BASE		(16LL << PAGE_SHIFT)
#define XE_TRIES	24	/* more than such a write allocates, or a release looks */

/* A task stores through its mapping of the page in the middle of the write. */
static void xe_fault(struct fixture *f, const struct iomap *iomap)
{
	if (writes.begun == 1)
		KUNIT_EXPECT_EQ(f->test, writes_fault(f, 1 << (PAGE_SHIFT - f->s.blkbits)), 0);
}

/* One write of which the @nth allocation fails. False if it got through. */
static bool xe_write(struct fixture *f, const struct kind_param *p, unsigned int nth, bool fault)
{
	const size_t len = 3 * PAGE_SIZE - 7;
	ssize_t ret;

	if (!kinds_setup(f, p, XE_BASE, XE_PAGES, XE_BASE + XE_PAGES * PAGE_SIZE))
		return false;
	/* a large folio that cannot be had would become small ones */
	world_small_folios(&f->w);
	KUNIT_EXPECT_EQ(f->test, fx_read_fault(f, 1 << (PAGE_SHIFT - p->blkbits)), 0);
	writes.event = fault ? xe_fault : NULL;
	world_fail_alloc(nth);
	ret = writes_store(f, XE_BASE + 5, len, len, true);
	world_fail_alloc(0);
	writes_backed(f);
	if (writeback_run(f))
		fx_bad(f, "writeback failed");
	else
		writeback_complete(f);
	if (ret == (ssize_t)len)
		return false;
	if (ret != -ENOMEM && (ret <= 0 || ret > (ssize_t)len))
		fx_bad(f, "neither -ENOMEM nor a short write");
	if (!writes.ends)
		fx_bad(f, "->iomap_end was not called");
	return true;
}

static void xe_allocations(struct kunit *test, bool fault)
{
	const struct kind_param *p = test->param_value;
	struct fixture *f = fx_of(test);
	unsigned int nth, failed = 0;

	for (nth = 1; nth <= XE_TRIES && !f->bad; nth++)
		failed += xe_write(f, p, nth, fault);
	KUNIT_EXPECT_GT(test, failed, 0U);
	KUNIT_EXPECT_LT(test, failed, (unsigned int)XE_TRIES);
	forks_finding_of(f, p->kind->reflink);
}

/* Expect a failed allocation to leave no reservation behind. */
static void each_allocation(struct kunit *test)
{
	xe_allocations(test, false);
}

/* The same, while a task dirties a page of a fresh reservation. */
static void each_allocation_with_fault(struct kunit *test)
{
	xe_allocations(test, true);
}

/* A release with something else in it: fork, blocks, what happens and where. */
struct xe_release {
	enum xfs_stub_fork	fork;
	const char		*name;
};

static const struct xe_release xe_releases[] = {
	{ XFS_STUB_DATA, "data fork" },
	{ XFS_STUB_COW, "COW fork" },
};

static void xe_name(const struct xe_release *r, char *desc)
{
	snprintf(desc, SCN_NAME_SIZE, "%s", r->name);
}

KUNIT_ARRAY_PARAM(xe, xe_releases, xe_name);

static unsigned int xe_block, xe_ran;

/* Six pages: clean, dirty, mixed, absent, dirty, clean. */
#define XE_LAYOUT	"[CC](DD)[DC]..[DD][CC]"

static bool xe_build(struct fixture *f, enum xfs_stub_fork fork)
{
	struct xfs_stub_options options = {
		.blkbits = PAGE_SHIFT - 1, .reflink = true, .free = 1 << 20,
	};

	if (!fx_parsed(f, options.blkbits, XE_BASE, XE_LAYOUT, "d") ||
	    !forks_setup(f, &options, fork))
		return false;
	f->cache_changes = true;
	return true;
}

static void xe_drop(void *arg)
{
	struct fixture *f = arg;

	xe_ran++;
	/* whoever wants to write mapped memory waits for this lock */
	KUNIT_EXPECT_TRUE(f->test, world_invalidate_held(f->w.inode->i_mapping));
	fx_drop(f, xe_block);
}

/* Expect the verdict not to depend on when a clean folio is reclaimed. */
static void reclaim_at_each_look(struct kunit *test)
{
	static const unsigned int clean[] = { 0, 10 };
	const struct xe_release *r = test->param_value;
	struct fixture *f = fx_of(test);
	unsigned int i, nth;

	xe_ran = 0;
	for (i = 0; i < ARRAY_SIZE(clean); i++) {
		xe_block = clean[i];
		for (nth = 1; nth <= XE_TRIES && !f->bad; nth++) {
			if (!xe_build(f, r->fork))
				return;
			world_at_lookup(nth, xe_drop, f);
			fx_release(f);
			world_at_lookup(0, NULL, NULL);
		}
	}
	KUNIT_EXPECT_GT(test, xe_ran, 8U);
	KUNIT_EXPECT_LT(test, xe_ran, 2U * XE_TRIES);
	forks_finding_of(f, r->fork == XFS_STUB_COW);
}

/*
 * All that is dirty is written back while the release is looking, out of both
 * forks. Judged is what is left, see xe_settled().
 */
static void xe_writeback(void *arg)
{
	struct fixture *f = arg;

	xe_ran++;
	if (writeback_run(f))
		fx_bad(f, "writeback failed");
}

/* Dirty blocks have their reservation or their place, the others neither. */
static void xe_settled(struct fixture *f, enum xfs_stub_fork fork)
{
	unsigned int b, data;

	forks_observe(f);
	for (b = 0; b < f->s.nblocks; b++) {
		data = forks.map[XFS_STUB_DATA][b];
		if (!oracle_block_dirty(&f->s, f->limits.dirty_per_block, b)) {
			if (forks.map[forks.judged][b] == SCN_DELALLOC)
				fx_bad(f, "a reservation stays without dirty data");
		} else if (data != SCN_WRITTEN && forks.map[fork][b] == SCN_HOLE) {
			fx_bad(f, "dirty data has lost its space");
		}
	}
	forks_whole(f);
}

/* Expect writeback to find the space of what is dirty at every moment. */
static void writeback_at_each_look(struct kunit *test)
{
	const struct xe_release *r = test->param_value;
	struct fixture *f = fx_of(test);
	unsigned int nth;

	xe_ran = 0;
	for (nth = 1; nth <= XE_TRIES && !f->bad; nth++) {
		if (!xe_build(f, r->fork))
			return;
		forks.moves = true;
		world_at_lookup(nth, xe_writeback, f);
		/* the punch may lie over what was dirty, and find nothing there */
		f->dry = true;
		fx_release(f);
		f->dry = false;
		world_at_lookup(0, NULL, NULL);
		xe_settled(f, r->fork);
	}
	KUNIT_EXPECT_GT(test, xe_ran, 4U);
	forks_finding_of(f, r->fork == XFS_STUB_COW);
}

static struct kunit_case xe_cases[] = {
	KUNIT_CASE_PARAM(each_allocation, kinds_few_gen_params),
	KUNIT_CASE_PARAM(each_allocation_with_fault, kinds_few_gen_params),
	KUNIT_CASE_PARAM(reclaim_at_each_look, xe_gen_params),
	KUNIT_CASE_PARAM(writeback_at_each_look, xe_gen_params),
	{}
};

FX_SUITE(iomap_delalloc_xfs_events, xe_cases);
