// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_locks: invalidate_lock round the release.
 *
 * Without it a fault can bring a folio back and dirty it between the look at the
 * cache and the punch. Some trees take it in the release, others want it from
 * the caller and check that.
 *
 * Kills: "release-no-assert", "release-no-lock", "release-no-unlock".
 */
#include <linux/fs.h>
#include <linux/pagemap.h>

#include <compat.h>

#include "digest.h"
#include "sweep.h"

static bool locks_build(struct fixture *f)
{
	return fx_parsed(f, PAGE_SHIFT - 1, 4 * PAGE_SIZE, "[DC]..[CD]", "d");
}

static int locks_call(struct fixture *f)
{
	struct iomap iomap = fx_fresh(f->s.start, f->s.end);
	int err;

	f->fs.npunches = 0;
	f->fs.unlocked = 0;
	err = compat_release_locked(f->w.inode, f->s.start, f->s.end,
				    IOMAP_WRITE, &iomap);
	digest_step(f, "release", f->s.start, f->s.end, err);
	return err;
}

/* Expect each punch to find the lock held for writing, in every tree. */
static void held_at_punch(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	if (!locks_build(f))
		return;
	fx_release(f);
	KUNIT_EXPECT_NE(test, f->fs.npunches, 0U);
	KUNIT_EXPECT_EQ(test, f->fs.unlocked, 0U);
}

/* Expect a complaint when the caller has not taken the lock. */
static void asserts_lock(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	if (!LK_RELEASE_ASSERTS_LOCK)
		kunit_skip(test, "the release takes the lock itself in this tree");
	if (world_take_splats() < 0)
		kunit_skip(test, "expected splats cannot be taken back in this world");
	if (!locks_build(f))
		return;
	locks_call(f);
	KUNIT_EXPECT_GE(test, world_take_splats(), 1);
}

/* Expect the lock held for reading not to be enough. */
static void shared_is_not_enough(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	struct address_space *mapping = f->w.inode->i_mapping;

	if (!LK_RELEASE_ASSERTS_LOCK)
		kunit_skip(test, "the release takes the lock itself in this tree");
	if (world_take_splats() < 0)
		kunit_skip(test, "expected splats cannot be taken back in this world");
	if (!locks_build(f))
		return;
	filemap_invalidate_lock_shared(mapping);
	locks_call(f);
	filemap_invalidate_unlock_shared(mapping);
	KUNIT_EXPECT_GE(test, world_take_splats(), 1);
}

/* Expect the lock to be where it was before the call. */
static void left_as_found(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	struct address_space *mapping = f->w.inode->i_mapping;

	if (!locks_build(f))
		return;
	if (!LK_RELEASE_LOCKS)
		filemap_invalidate_lock(mapping);
	locks_call(f);
	KUNIT_EXPECT_EQ(test, f->fs.unlocked, 0U);
	if (!LK_RELEASE_LOCKS) {
		KUNIT_EXPECT_TRUE(test, world_invalidate_held(mapping));
		filemap_invalidate_unlock(mapping);
	}
	KUNIT_EXPECT_FALSE(test, world_invalidate_held(mapping));
}

/* Expect the release to do under i_rwsem what it does without. */
static void under_i_rwsem(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	if (!locks_build(f))
		return;
	inode_lock(f->w.inode);
	fx_release(f);
	inode_unlock(f->w.inode);
}

/* Expect nothing to stay locked when there is nothing to do. */
static void empty_range(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	unsigned int b;

	if (!locks_build(f))
		return;
	for (b = 0; b <= f->s.nblocks; b++) {
		f->s.start = scn_block_pos(&f->s, b);
		f->s.end = f->s.start;
		fx_release(f);
		KUNIT_EXPECT_EQ(test, f->fs.npunches, 0U);
	}
}

static struct folio *locks_folio;

static void locks_take_folio(struct recfs *fs)
{
	folio_lock(locks_folio);
	folio_unlock(locks_folio);
}

/*
 * The folio that the kernel may hold at a punch need not be the one that is
 * punched, so a punch must lock none. Expect a complaint about one that does.
 */
static void no_folio_lock_in_punch(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	struct folio *folio;

	world_in_punch(true);
	if (!world_in_punch(false))
		kunit_skip(test, "nothing tracks the folio lock in this world");
	if (!locks_build(f))
		return;
	/* clean, and behind everything: its block goes by the last punch */
	f->s.isize = scn_block_pos(&f->s, 2);
	i_size_write(f->w.inode, f->s.isize);
	folio = filemap_get_folio(f->w.inode->i_mapping, (f->s.base >> PAGE_SHIFT) + 2);
	KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(folio));
	locks_folio = folio;
	f->fs.inside = locks_take_folio;
	if (!LK_RELEASE_LOCKS)
		filemap_invalidate_lock(f->w.inode->i_mapping);
	locks_call(f);
	if (!LK_RELEASE_LOCKS)
		filemap_invalidate_unlock(f->w.inode->i_mapping);
	f->fs.inside = NULL;
	folio_put(folio);
	KUNIT_EXPECT_NE(test, f->fs.npunches, 0U);
	KUNIT_EXPECT_EQ(test, world_take_splats(), (int)f->fs.npunches);
}

/* Punches seen with no folio locked, with one round them, and with one elsewhere. */
static unsigned int locks_none, locks_round, locks_elsewhere, locks_most;

static void locks_look(struct recfs *fs)
{
	struct address_space *mapping = fs->inode->i_mapping;
	const struct oracle_punch *p = &fs->punch[fs->npunches - 1];
	pgoff_t index = fs->base >> PAGE_SHIFT, behind = index + 8;
	unsigned int locked = 0;
	struct folio *folio;

	for (; index < behind; index++) {
		folio = filemap_get_folio(mapping, index);
		if (IS_ERR_OR_NULL(folio))
			continue;
		if (folio_test_locked(folio) && folio->index == index) {
			locked++;
			if (p->offset >= folio_pos(folio) &&
			    p->offset + p->length <= folio_pos(folio) + (loff_t)folio_size(folio))
				locks_round++;
			else
				locks_elsewhere++;
		}
		folio_put(folio);
	}
	locks_none += !locked;
	locks_most = max(locks_most, locked);
}

/*
 * The folio whose neighbourhood is punched stays locked meanwhile, so that writeback
 * gives nothing a place there. Expect punches with it inside the locked folio where
 * dirty is known by block, with it outside that, and one with none locked at the end;
 * never two.
 */
static void folio_at_punch(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	locks_none = 0;
	locks_most = 0;
	locks_round = 0;
	locks_elsewhere = 0;
	if (!fx_parsed(f, PAGE_SHIFT - 1, 4 * PAGE_SIZE, "[CC][CD]..[DC][CC]..", "d"))
		return;
	f->fs.inside = locks_look;
	fx_release(f);
	f->fs.inside = NULL;
	KUNIT_EXPECT_EQ(test, f->fs.npunches, locks_none + locks_round + locks_elsewhere);
	KUNIT_EXPECT_EQ(test, locks_none, 1U);
	KUNIT_EXPECT_EQ(test, locks_most, 1U);
	KUNIT_EXPECT_NE(test, locks_elsewhere, 0U);
	KUNIT_EXPECT_EQ(test, locks_round != 0, LK_DIRTY_PER_BLOCK);
}

static struct kunit_case locks_cases[] = {
	KUNIT_CASE(folio_at_punch),
	KUNIT_CASE(held_at_punch),
	KUNIT_CASE(asserts_lock),
	KUNIT_CASE(shared_is_not_enough),
	KUNIT_CASE(left_as_found),
	KUNIT_CASE(under_i_rwsem),
	KUNIT_CASE(empty_range),
	KUNIT_CASE(no_folio_lock_in_punch),
	{}
};

FX_SUITE(iomap_delalloc_locks, locks_cases);
