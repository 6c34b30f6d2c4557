// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_lockdep: seeded lock mistakes. Shim and lockdep must agree.
 *
 * One mistake is made in one run: after its first report lockdep is off, and the
 * rest of the boot proves nothing. The option lock_case names it; "list" prints
 * all of them. Without the option there is nothing to do. Who runs them, each in
 * a boot of its own, is kunit/lockcases.py.
 *
 * The kernel learns an order by seeing it taken, so each case begins by taking
 * all locks in the right order once. Then it makes its mistake, and the world
 * complains or does not: the case fails by that complaint.
 *
 * Kills faults of the model of locks: "order-unchecked", "nesting-unchecked",
 * "mode-unchecked", "downgrade-forgotten", "left-unnoticed", all in
 * tools/mutants/shim.rules.
 */
#include <linux/fs.h>
#include <linux/lockdep.h>
#include <linux/pagemap.h>

#include <compat.h>

#include "fixture.h"

#define LOCKDEP_FOLIO	"lockdep does not track the folio lock"
#define LOCKDEP_TREE	"the release takes the lock itself in this tree"

/**
 * struct lock_case - one mistake, or something right
 * @name: of the case
 * @make: makes it
 * @wants: what the complaint must be about: order, recursion, assertion, mode,
 *	unlock or left; "silence" where there must be none
 * @alone: why only the shim can complain; NULL: both worlds must
 * @asserts: only for trees whose release asserts that the lock is held
 */
struct lock_case {
	const char	*name;
	void (*make)(struct fixture *f);
	const char	*wants;
	const char	*alone;
	bool		asserts;
};

static struct rw_semaphore lockdep_own;
static struct world lockdep_second;

static struct address_space *lockdep_mapping(struct fixture *f)
{
	return f->w.inode->i_mapping;
}

static void lockdep_take_own(struct recfs *fs)
{
	down_write(&lockdep_own);
	up_write(&lockdep_own);
}

static void lockdep_release(struct fixture *f, bool careful)
{
	struct iomap iomap = fx_fresh(f->s.start, f->s.end);

	if (careful)
		compat_release(f->w.inode, f->s.start, f->s.end, IOMAP_WRITE,
			       &iomap);
	else
		compat_release_locked(f->w.inode, f->s.start, f->s.end,
				      IOMAP_WRITE, &iomap);
}

/* What a release punches again: the extents as they were built. */
static void lockdep_reload(struct fixture *f)
{
	memcpy(f->fs.extent, f->s.extent, f->s.nblocks);
	f->fs.npunches = 0;
}

/* i_rwsem, invalidate_lock, punch, own lock; and two files of each kind. */
static void lockdep_right(struct fixture *f)
{
	struct address_space *second = lockdep_second.inode->i_mapping;

	f->fs.inside = lockdep_take_own;
	inode_lock(f->w.inode);
	lockdep_release(f, true);
	KUNIT_EXPECT_NE(f->test, f->fs.npunches, 0U);
	inode_lock_nested(lockdep_second.inode, I_MUTEX_NONDIR2);
	filemap_invalidate_lock(lockdep_mapping(f));
	down_write_nested(&second->invalidate_lock, 1);
	filemap_invalidate_unlock(second);
	filemap_invalidate_unlock(lockdep_mapping(f));
	inode_unlock(lockdep_second.inode);
	inode_unlock(f->w.inode);
	f->fs.inside = NULL;
	lockdep_reload(f);
}

/* --- what is right ----------------------------------------------------------- */

static void right_readers(struct fixture *f)
{
	inode_lock_shared(f->w.inode);
	filemap_invalidate_lock_shared(lockdep_mapping(f));
	filemap_invalidate_unlock_shared(lockdep_mapping(f));
	inode_unlock_shared(f->w.inode);
}

static void right_downgrade(struct fixture *f)
{
	inode_lock(f->w.inode);
	downgrade_write(&f->w.inode->i_rwsem);
	filemap_invalidate_lock_shared(lockdep_mapping(f));
	inode_unlock_shared(f->w.inode);
	filemap_invalidate_unlock_shared(lockdep_mapping(f));
}

/* Who does not wait is bound by no order. */
static void right_trylock(struct fixture *f)
{
	filemap_invalidate_lock(lockdep_mapping(f));
	if (inode_trylock(f->w.inode))
		inode_unlock(f->w.inode);
	filemap_invalidate_unlock(lockdep_mapping(f));
}

static void right_assertions(struct fixture *f)
{
	inode_lock_shared(f->w.inode);
	filemap_invalidate_lock(lockdep_mapping(f));
	lockdep_assert_held(&f->w.inode->i_rwsem);
	lockdep_assert_held_read(&f->w.inode->i_rwsem);
	lockdep_assert_held_write(&lockdep_mapping(f)->invalidate_lock);
	filemap_invalidate_unlock(lockdep_mapping(f));
	inode_unlock_shared(f->w.inode);
	lockdep_assert_not_held(&f->w.inode->i_rwsem);
}

/* --- mistakes ---------------------------------------------------------------- */

static void inode_in_invalidate(struct fixture *f)
{
	filemap_invalidate_lock(lockdep_mapping(f));
	inode_lock(f->w.inode);
	inode_unlock(f->w.inode);
	filemap_invalidate_unlock(lockdep_mapping(f));
}

/* Readers who wait for each other's writers hang as well. */
static void inode_in_invalidate_shared(struct fixture *f)
{
	filemap_invalidate_lock_shared(lockdep_mapping(f));
	inode_lock_shared(f->w.inode);
	inode_unlock_shared(f->w.inode);
	filemap_invalidate_unlock_shared(lockdep_mapping(f));
}

static void lockdep_take_inode(struct recfs *fs)
{
	inode_lock(fs->inode);
	inode_unlock(fs->inode);
}

static void inode_in_punch(struct fixture *f)
{
	f->fs.inside = lockdep_take_inode;
	lockdep_release(f, true);
}

static void own_before_release(struct fixture *f)
{
	down_write(&lockdep_own);
	lockdep_release(f, true);
	up_write(&lockdep_own);
}

static void second_before_first(struct fixture *f)
{
	inode_lock_nested(lockdep_second.inode, I_MUTEX_NONDIR2);
	inode_lock(f->w.inode);
	inode_unlock(f->w.inode);
	inode_unlock(lockdep_second.inode);
}

static void second_invalidate_before_first(struct fixture *f)
{
	struct address_space *second = lockdep_second.inode->i_mapping;

	down_write_nested(&second->invalidate_lock, 1);
	filemap_invalidate_lock(lockdep_mapping(f));
	filemap_invalidate_unlock(lockdep_mapping(f));
	filemap_invalidate_unlock(second);
}

static void two_inodes(struct fixture *f)
{
	inode_lock(f->w.inode);
	inode_lock(lockdep_second.inode);
	inode_unlock(lockdep_second.inode);
	inode_unlock(f->w.inode);
}

static void two_invalidates(struct fixture *f)
{
	struct address_space *second = lockdep_second.inode->i_mapping;

	filemap_invalidate_lock_shared(lockdep_mapping(f));
	filemap_invalidate_lock_shared(second);
	filemap_invalidate_unlock_shared(second);
	filemap_invalidate_unlock_shared(lockdep_mapping(f));
}

static void inode_twice(struct fixture *f)
{
	world_may_hang();
	inode_lock(f->w.inode);
	inode_lock(f->w.inode);
}

static void inode_shared_twice(struct fixture *f)
{
	inode_lock_shared(f->w.inode);
	inode_lock_shared(f->w.inode);
	inode_unlock_shared(f->w.inode);
	inode_unlock_shared(f->w.inode);
}

static void inode_upgraded(struct fixture *f)
{
	world_may_hang();
	inode_lock_shared(f->w.inode);
	inode_lock(f->w.inode);
}

/* As unsharing did, whose caller held the lock. */
static void release_takes_it_again(struct fixture *f)
{
	world_may_hang();
	filemap_invalidate_lock(lockdep_mapping(f));
	lockdep_release(f, true);
}

static void lockdep_take_invalidate(struct recfs *fs)
{
	filemap_invalidate_lock_shared(fs->inode->i_mapping);
}

static void invalidate_in_punch(struct fixture *f)
{
	world_may_hang();
	f->fs.inside = lockdep_take_invalidate;
	lockdep_release(f, true);
}

static void release_without(struct fixture *f)
{
	lockdep_release(f, false);
}

static void release_shared(struct fixture *f)
{
	filemap_invalidate_lock_shared(lockdep_mapping(f));
	lockdep_release(f, false);
	filemap_invalidate_unlock_shared(lockdep_mapping(f));
}

static void assertion_without(struct fixture *f)
{
	lockdep_assert_held(&f->w.inode->i_rwsem);
}

static void assertion_shared(struct fixture *f)
{
	inode_lock_shared(f->w.inode);
	lockdep_assert_held_write(&f->w.inode->i_rwsem);
	inode_unlock_shared(f->w.inode);
}

static void assertion_downgraded(struct fixture *f)
{
	filemap_invalidate_lock(lockdep_mapping(f));
	downgrade_write(&lockdep_mapping(f)->invalidate_lock);
	lockdep_assert_held_write(&lockdep_mapping(f)->invalidate_lock);
	filemap_invalidate_unlock_shared(lockdep_mapping(f));
}

static void assertion_other_inode(struct fixture *f)
{
	inode_lock(lockdep_second.inode);
	lockdep_assert_held_write(&f->w.inode->i_rwsem);
	inode_unlock(lockdep_second.inode);
}

static void assertion_not_held(struct fixture *f)
{
	inode_lock(f->w.inode);
	lockdep_assert_not_held(&f->w.inode->i_rwsem);
	inode_unlock(f->w.inode);
}

static void unlock_not_held(struct fixture *f)
{
	filemap_invalidate_unlock(lockdep_mapping(f));
}

static void unlock_twice(struct fixture *f)
{
	inode_lock_shared(f->w.inode);
	inode_unlock_shared(f->w.inode);
	inode_unlock_shared(f->w.inode);
}

static void write_unlocked_as_read(struct fixture *f)
{
	inode_lock(f->w.inode);
	inode_unlock_shared(f->w.inode);
}

static void read_unlocked_as_write(struct fixture *f)
{
	inode_lock_shared(f->w.inode);
	inode_unlock(f->w.inode);
}

static void inode_left(struct fixture *f)
{
	inode_lock(f->w.inode);
}

static void invalidate_left_shared(struct fixture *f)
{
	filemap_invalidate_lock_shared(lockdep_mapping(f));
}

/* --- the folio lock ------------------------------------------------------------ */

static struct folio *lockdep_folio(struct fixture *f, unsigned int page)
{
	struct folio *folio = filemap_get_folio(lockdep_mapping(f), page);

	KUNIT_ASSERT_FALSE(f->test, IS_ERR_OR_NULL(folio));
	return folio;
}

static void folio_before_invalidate(struct fixture *f)
{
	struct folio *folio = lockdep_folio(f, 0);

	folio_lock(folio);
	filemap_invalidate_lock(lockdep_mapping(f));
	filemap_invalidate_unlock(lockdep_mapping(f));
	folio_unlock(folio);
	folio_put(folio);
}

static void folio_before_inode(struct fixture *f)
{
	struct folio *folio = lockdep_folio(f, 0);

	folio_lock(folio);
	inode_lock_shared(f->w.inode);
	inode_unlock_shared(f->w.inode);
	folio_unlock(folio);
	folio_put(folio);
}

static void folios_falling(struct fixture *f)
{
	struct folio *first = lockdep_folio(f, 0), *second = lockdep_folio(f, 1);

	folio_lock(second);
	folio_lock(first);
	folio_unlock(first);
	folio_unlock(second);
	folio_put(first);
	folio_put(second);
}

static void lockdep_take_folio(struct recfs *fs)
{
	struct folio *folio = lockdep_folio(fs->arg, 1);

	folio_lock(folio);
	folio_unlock(folio);
	folio_put(folio);
}

static void folio_in_punch(struct fixture *f)
{
	/* the only punch is that of the hole behind the folios */
	f->s.start = scn_block_pos(&f->s, 2);
	f->fs.inside = lockdep_take_folio;
	lockdep_release(f, true);
}

static void folio_twice(struct fixture *f)
{
	world_may_hang();
	folio_lock(lockdep_folio(f, 0));
	folio_lock(lockdep_folio(f, 0));
}

static const struct lock_case lockdep_table[] = {
	{ "right_readers", right_readers, "silence" },
	{ "right_downgrade", right_downgrade, "silence" },
	{ "right_trylock", right_trylock, "silence" },
	{ "right_assertions", right_assertions, "silence" },
	{ "inode_in_invalidate", inode_in_invalidate, "order" },
	{ "inode_in_invalidate_shared", inode_in_invalidate_shared, "order" },
	{ "inode_in_punch", inode_in_punch, "order" },
	{ "own_before_release", own_before_release, "order" },
	{ "second_before_first", second_before_first, "order" },
	{ "second_invalidate_before_first", second_invalidate_before_first,
	  "order" },
	{ "two_inodes", two_inodes, "recursion" },
	{ "two_invalidates", two_invalidates, "recursion" },
	{ "inode_twice", inode_twice, "recursion" },
	{ "inode_shared_twice", inode_shared_twice, "recursion" },
	{ "inode_upgraded", inode_upgraded, "recursion" },
	{ "release_takes_it_again", release_takes_it_again, "recursion" },
	{ "invalidate_in_punch", invalidate_in_punch, "recursion" },
	{ "release_without", release_without, "assertion", NULL, true },
	{ "release_shared", release_shared, "assertion", NULL, true },
	{ "assertion_without", assertion_without, "assertion" },
	{ "assertion_shared", assertion_shared, "assertion" },
	{ "assertion_downgraded", assertion_downgraded, "assertion" },
	{ "assertion_other_inode", assertion_other_inode, "assertion" },
	{ "assertion_not_held", assertion_not_held, "assertion" },
	{ "unlock_not_held", unlock_not_held, "unlock" },
	{ "unlock_twice", unlock_twice, "unlock" },
	{ "write_unlocked_as_read", write_unlocked_as_read, "mode" },
	{ "read_unlocked_as_write", read_unlocked_as_write, "mode",
	  "neither lockdep nor DEBUG_RWSEMS sees it" },
	{ "inode_left", inode_left, "left" },
	{ "invalidate_left_shared", invalidate_left_shared, "left" },
	{ "folio_before_invalidate", folio_before_invalidate, "order",
	  LOCKDEP_FOLIO },
	{ "folio_before_inode", folio_before_inode, "order", LOCKDEP_FOLIO },
	{ "folios_falling", folios_falling, "order", LOCKDEP_FOLIO },
	{ "folio_in_punch", folio_in_punch, "order", LOCKDEP_FOLIO },
	{ "folio_twice", folio_twice, "recursion", LOCKDEP_FOLIO },
};

static void lockdep_list(struct kunit *test)
{
	const struct lock_case *c;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lockdep_table); i++) {
		c = &lockdep_table[i];
		kunit_info(test, "lock case: %s wants %s%s%s\n", c->name, c->wants,
			   c->alone ? " alone: " : "", c->alone ? c->alone : "");
	}
	kunit_skip(test, "%u lock cases listed", i);
}

/* The one named; its complaint is its failure. */
static void seeded(struct kunit *test)
{
	const char *name = world_option("lock_case");
	struct fixture *f = fx_of(test);
	unsigned int i = 0;

	if (!name)
		kunit_skip(test, "lockdep is off after one report: libkern kunit boots for each");
	if (!strcmp(name, "list"))
		lockdep_list(test);
	while (strcmp(lockdep_table[i].name, name)) {
		i++;
		KUNIT_ASSERT_LT_MSG(test, i, (unsigned int)ARRAY_SIZE(lockdep_table),
				    "no lock case %s", name);
	}
	if (lockdep_table[i].asserts && !LK_RELEASE_ASSERTS_LOCK)
		kunit_skip(test, LOCKDEP_TREE);
	world_own_lock(&lockdep_own);
	KUNIT_ASSERT_EQ(test, world_open(&lockdep_second, &recfs_aops, PAGE_SHIFT), 0);
	if (!fx_parsed(f, PAGE_SHIFT, 0, "(C)(C)..", "d"))
		return;
	f->s.start = 0;
	f->s.end = scn_window_end(&f->s);
	lockdep_right(f);
	kunit_info(test, "lock case: %s now\n", name);
	lockdep_table[i].make(f);
	world_close(&lockdep_second);
}

static struct kunit_case lockdep_cases[] = {
	KUNIT_CASE(seeded),
	{}
};

FX_SUITE(iomap_delalloc_lockdep, lockdep_cases);
