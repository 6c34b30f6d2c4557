// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_alloc: memory runs out in the middle of a write.
 *
 * Each allocation that may fail fails once. Whatever the write then returns, its
 * reservation must go back as far as it was not used.
 *
 * Kills: "end-not-called" (a mapping of which nothing was used does not end).
 */
#include <linux/fs.h>
#include <linux/pagemap.h>

#include <compat.h>

#include "sweep.h"

#define ALLOC_TRIES	16	/* more than such a write allocates */

static void alloc_fault(struct recfs *fs, enum recfs_point at,
			unsigned int flags)
{
	if (at == RECFS_AFTER_BEGIN)
		fx_write_fault(fs->arg, fs->nblocks / 2);
}

/* One write. Returns false if it got through all the same. */
static bool alloc_write(struct fixture *f, unsigned int nth, bool fault)
{
	struct kunit *test = f->test;
	const size_t len = 3 * PAGE_SIZE - 7;
	ssize_t ret;

	/* Pages cached between leave no room for the large folios that small
	 * ones could stand in for.
	 */
	if (!fx_parsed(f, PAGE_SHIFT - 2, 8 * PAGE_SIZE, "....[CCCC]....[CCCC]",
		       "."))
		return false;
	recfs_reset(&f->fs);
	f->fs.end = fx_end_short_write;
	if (fault)
		f->fs.event = alloc_fault;
	f->ends = 0;
	if (!world_fail_alloc(nth))
		kunit_skip(test, "no allocation can be made to fail in this world");
	ret = fx_store(f, f->s.base + 5, len, len, true);
	world_fail_alloc(0);
	fx_writeback_holds(f);
	if (ret == (ssize_t)len)
		return false;
	KUNIT_EXPECT_TRUE(test, ret == -ENOMEM || (ret > 0 && ret < len));
	KUNIT_EXPECT_GE(test, f->ends, 1U);
	return true;
}

static void alloc_run(struct kunit *test, bool fault)
{
	struct fixture *f = fx_of(test);
	unsigned int nth, failed = 0;

	for (nth = 1; nth <= ALLOC_TRIES && !f->bad; nth++)
		failed += alloc_write(f, nth, fault);
	KUNIT_EXPECT_GT(test, failed, 0U);
	KUNIT_EXPECT_LT(test, failed, ALLOC_TRIES);
}

/* Expect a failed allocation to leave no reservation behind. */
static void each_allocation(struct kunit *test)
{
	alloc_run(test, false);
}

/* The same, while a task dirties a page of the range through its mapping. */
static void each_allocation_with_fault(struct kunit *test)
{
	alloc_run(test, true);
}

static struct kunit_case alloc_cases[] = {
	KUNIT_CASE(each_allocation),
	KUNIT_CASE(each_allocation_with_fault),
	{}
};

FX_SUITE(iomap_delalloc_alloc, alloc_cases);
