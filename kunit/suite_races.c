// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_races: what invalidate_lock does not keep out.
 *
 * Direct I/O, reclaim and writeback take folios away or make them clean while
 * the release looks at the page cache. Each look is a place where that can
 * happen; here it happens at every one of them in turn. All interleavings of
 * real tasks are the business of ./libkern race.
 *
 * Kills: "vanish-guard".
 */
#include <linux/fs.h>
#include <linux/pagemap.h>

#include "sweep.h"

#define RACES_LOOKS	24	/* more than such a range takes */
#define RACES_BITS	(PAGE_SHIFT - 1)

/* Six pages: clean, dirty, mixed, absent, dirty, clean. */
#define RACES_LAYOUT	"[CC](DD)[DC]..[DD][CC]"

static unsigned int races_block;
static unsigned int races_ran;

static void races_drop(void *arg)
{
	races_ran++;
	fx_drop(arg, races_block);
}

static void races_writeback(void *arg)
{
	struct fixture *f = arg;

	races_ran++;
	KUNIT_EXPECT_EQ(f->test, fx_writeback(f), 0);
}

static bool races_build_at(struct fixture *f, scn_pos base, const char *extents)
{
	if (!fx_parsed(f, RACES_BITS, base, RACES_LAYOUT, extents))
		return false;
	f->cache_changes = true;
	return true;
}

static bool races_build(struct fixture *f, const char *extents)
{
	return races_build_at(f, 16 * PAGE_SIZE, extents);
}

/* Expect the verdict not to depend on when a clean folio goes; also that of byte 0. */
static void drop_at_each_look(struct kunit *test)
{
	static const struct {
		scn_pos base;
		unsigned int block;
	} clean[] = { { 16 * PAGE_SIZE, 0 }, { 16 * PAGE_SIZE, 10 }, { 0, 0 } };
	struct fixture *f = fx_of(test);
	unsigned int i, nth;

	races_ran = 0;
	for (i = 0; i < ARRAY_SIZE(clean); i++) {
		races_block = clean[i].block;
		for (nth = 1; nth <= RACES_LOOKS; nth++) {
			if (!races_build_at(f, clean[i].base, "d"))
				return;
			if (!world_at_lookup(nth, races_drop, f))
				kunit_skip(test, "looks cannot be intercepted in this world");
			fx_release(f);
			world_at_lookup(0, NULL, NULL);
			KUNIT_EXPECT_EQ(test, f->v.bad[ORACLE_LOST], 0U);
		}
	}
	KUNIT_EXPECT_GT(test, races_ran, 8U);
	KUNIT_EXPECT_LT(test, races_ran, 2U * RACES_LOOKS);
}

/*
 * Writeback makes everything clean in the middle of the release: then a punch
 * may lie over what was dirty at the start, but finds no reservation there any
 * more. Expect each block that was dirty to have its reservation or its place,
 * and the others neither.
 */
static void writeback_at_each_look(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	unsigned int nth, b;

	races_ran = 0;
	for (nth = 1; nth <= RACES_LOOKS; nth++) {
		if (!races_build(f, "d"))
			return;
		if (!world_at_lookup(nth, races_writeback, f))
			kunit_skip(test, "looks cannot be intercepted in this world");
		f->dry = true;
		fx_release(f);
		f->dry = false;
		world_at_lookup(0, NULL, NULL);
		for (b = 0; b < f->s.nblocks; b++) {
			if (oracle_block_dirty(&f->s, f->limits.dirty_per_block,
					       b))
				KUNIT_EXPECT_NE(test, f->fs.extent[b], SCN_HOLE);
			else
				KUNIT_EXPECT_EQ(test, f->fs.extent[b], SCN_HOLE);
		}
		KUNIT_EXPECT_EQ(test, f->fs.lost, 0U);
	}
	KUNIT_EXPECT_GT(test, races_ran, 4U);
}

static void races_drop_in_punch(struct recfs *fs, enum recfs_point at,
				unsigned int flags)
{
	if (at == RECFS_IN_PUNCH && races_block < fs->nblocks) {
		fx_drop(fs->arg, races_block);
		races_block = fs->nblocks;
	}
}

/* Expect a folio that goes during a punch not to matter either. */
static void drop_in_first_punch(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	if (!races_build(f, "d"))
		return;
	races_block = 10;
	f->fs.event = races_drop_in_punch;
	fx_release(f);
	fx_snapshot(f, &f->now);
	KUNIT_EXPECT_NULL(test, f->now.entry[5]);
	fx_writeback_holds(f);
}

/* As direct I/O does when it has written: the folio goes, whoever looks at it. */
static void races_invalidate(void *arg)
{
	struct fixture *f = arg;
	scn_pos at = scn_block_pos(&f->s, races_block);

	races_ran++;
	truncate_inode_pages_range(f->w.inode->i_mapping, at,
				   at + PAGE_SIZE - 1);
}

/*
 * A folio of which a part is cached goes between the moment at which it is found
 * and that at which it is locked. Expect its blocks to go like any that are not
 * cached, and those of its neighbours to fare as ever.
 */
static void drop_at_each_lock(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	unsigned int nth;

	races_ran = 0;
	races_block = 2;
	for (nth = 1; nth <= RACES_LOOKS; nth++) {
		if (!fx_parsed(f, RACES_BITS, 16 * PAGE_SIZE, "[DC][CU][UC][DD]", "d"))
			return;
		f->cache_changes = true;
		if (!world_at_folio_lock(nth, races_invalidate, f))
			kunit_skip(test, "locks cannot be intercepted in this world");
		fx_release(f);
		world_at_folio_lock(0, NULL, NULL);
		KUNIT_EXPECT_EQ(test, f->v.bad[ORACLE_LOST], 0U);
		fx_writeback_holds(f);
	}
	KUNIT_EXPECT_GT(test, races_ran, 4U);
	KUNIT_EXPECT_LT(test, races_ran, (unsigned int)RACES_LOOKS);
}

/* Between the seek for data and that for its end, each time: what was found goes. */
static void races_drop_found(void *arg)
{
	races_drop(arg);
	races_block += 2;
	world_at_lookup(2, races_drop_found, arg);
}

/*
 * Can the retry go on for ever? Each needs a folio that is there and goes, and who
 * brings one back wants invalidate_lock. Expect as many retries as there were folios,
 * at most, and all to go in one punch.
 */
static void retry_once_a_folio(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	races_ran = 0;
	races_block = 0;
	if (!fx_parsed(f, RACES_BITS, 16 * PAGE_SIZE, "[CC][CC][CC][CC]", "d"))
		return;
	f->cache_changes = true;
	if (!world_at_lookup(2, races_drop_found, f))
		kunit_skip(test, "looks cannot be intercepted in this world");
	fx_release(f);
	world_at_lookup(0, NULL, NULL);
	KUNIT_EXPECT_EQ(test, races_ran, 4U);
	KUNIT_EXPECT_EQ(test, f->fs.npunches, 1U);
	fx_snapshot(f, &f->now);
	KUNIT_EXPECT_EQ(test, f->now.nrpages, 0UL);
}

#define RACES_ROUNDS	1000

/* A folio in the first page, by somebody who asks for no lock. */
static void races_bring_back(struct fixture *f)
{
	struct folio *folio = folio_alloc(GFP_KERNEL, 0);

	KUNIT_ASSERT_NOT_NULL(f->test, folio);
	KUNIT_EXPECT_EQ(f->test, 0, filemap_add_folio(f->w.inode->i_mapping, folio,
						      f->s.base >> PAGE_SHIFT, GFP_KERNEL));
	folio_mark_uptodate(folio);
	folio_unlock(folio);
	folio_put(folio);
}

static void races_drop_and_back(void *arg)
{
	if (races_ran++ % 2)
		races_bring_back(arg);
	else
		fx_drop(arg, 0);
	if (races_ran < 2 * RACES_ROUNDS)
		world_at_lookup(1, races_drop_and_back, arg);
}

/*
 * And where the lock kept nobody from bringing it back? Expect a retry for each time
 * that it comes and goes, so no end before they end, and the right end then.
 */
static void retry_while_it_comes_back(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	races_ran = 0;
	if (!fx_parsed(f, RACES_BITS, 16 * PAGE_SIZE, "[CC]......", "d"))
		return;
	f->cache_changes = true;
	if (!world_at_lookup(2, races_drop_and_back, f))
		kunit_skip(test, "looks cannot be intercepted in this world");
	fx_release(f);
	world_at_lookup(0, NULL, NULL);
	KUNIT_EXPECT_EQ(test, races_ran, 2U * RACES_ROUNDS);
	KUNIT_EXPECT_EQ(test, f->fs.npunches, 1U);
}

static struct kunit_case races_cases[] = {
	KUNIT_CASE(drop_at_each_look),
	KUNIT_CASE(drop_at_each_lock),
	KUNIT_CASE(writeback_at_each_look),
	KUNIT_CASE(drop_in_first_punch),
	KUNIT_CASE(retry_once_a_folio),
	KUNIT_CASE(retry_while_it_comes_back),
	{}
};

FX_SUITE(iomap_delalloc_races, races_cases);
