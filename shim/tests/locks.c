// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lock rules: every way to break one is reported, with both places where
 * two are involved, and the right order is not. What would hang a kernel ends
 * the child; the selftests judge that.
 */
#include <kunit/test.h>
#include <libkern/locks.h>
#include <libkern/world.h>
#include <linux/pagemap.h>
#include <linux/rcupdate.h>

struct lock_case {
	struct inode *inode;
	struct folio *folio[2];
};

static int locks_init(struct kunit *test)
{
	struct lock_case *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);
	static const struct address_space_operations ops;
	unsigned int i;

	c->inode = lk_inode_new(&ops, PAGE_SHIFT);
	for (i = 0; i < 2; i++) {
		c->folio[i] = folio_alloc(GFP_KERNEL, 0);
		filemap_add_folio(c->inode->i_mapping, c->folio[i], i, GFP_KERNEL);
		folio_unlock(c->folio[i]);
		folio_put(c->folio[i]);
	}
	test->priv = c;
	return 0;
}

static void locks_exit(struct kunit *test)
{
	struct lock_case *c = test->priv;

	truncate_inode_pages(c->inode->i_mapping, 0);
	lk_inode_free(c->inode);
}

/* Exactly one lock splat, which says both @a and @b. */
static void locks_expect(struct kunit *test, const char *a, const char *b)
{
	char text[LK_SPLAT_TEXT] = "";

	KUNIT_EXPECT_EQ(test, 1u, lk_splat_count());
	if (lk_splat_count()) {
		strscpy(text, lk_splat_text(0), sizeof(text));
		KUNIT_EXPECT_EQ(test, (int)LK_SPLAT_LOCK, (int)lk_splat_kind(0));
	}
	lk_splat_take(LK_SPLAT_LOCK);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(text, a), "\"%s\" does not say \"%s\"", text, a);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(text, b), "\"%s\" does not say \"%s\"", text, b);
}

/* A place of this file, as a report names it. */
#define PLACE(line)	"locks.c:" LK_STR(line)

/* Expect silence: i_rwsem, invalidate_lock, folio, punch, spinlock. */
static void locks_right_order(struct kunit *test)
{
	struct lock_case *c = test->priv;
	/* the file system's own */
	spinlock_t fs;

	spin_lock_init(&fs);
	inode_lock(c->inode);
	filemap_invalidate_lock(c->inode->i_mapping);
	folio_lock(c->folio[0]);
	folio_lock(c->folio[1]);
	lk_punch_begin(LK_HERE);
	spin_lock(&fs);
	lockdep_assert_held_write(&c->inode->i_mapping->invalidate_lock);
	lockdep_assert_held(&c->inode->i_rwsem);
	spin_unlock(&fs);
	lk_punch_end(LK_HERE);
	folio_unlock(c->folio[1]);
	folio_unlock(c->folio[0]);
	filemap_invalidate_unlock(c->inode->i_mapping);
	inode_unlock(c->inode);
	KUNIT_EXPECT_EQ(test, 0u, lk_splat_count());
}

#line 1000
static void locks_order_rwsem(struct kunit *test)
{
	struct lock_case *c = test->priv;

	filemap_invalidate_lock(c->inode->i_mapping);
	inode_lock(c->inode);
	locks_expect(test, PLACE(1004), PLACE(1005));
	inode_unlock(c->inode);
	filemap_invalidate_unlock(c->inode->i_mapping);
}

#line 1100
static void locks_order_folio(struct kunit *test)
{
	struct lock_case *c = test->priv;

	folio_lock(c->folio[0]);
	filemap_invalidate_lock(c->inode->i_mapping);
	locks_expect(test, PLACE(1104), PLACE(1105));
	filemap_invalidate_unlock(c->inode->i_mapping);
	folio_unlock(c->folio[0]);
}

#line 1200
static void locks_order_folios(struct kunit *test)
{
	struct lock_case *c = test->priv;

	folio_lock(c->folio[1]);
	folio_lock(c->folio[0]);
	locks_expect(test, PLACE(1204), PLACE(1205));
	folio_unlock(c->folio[0]);
	folio_unlock(c->folio[1]);
}

#line 1300
static void locks_folio_in_punch(struct kunit *test)
{
	struct lock_case *c = test->priv;

	lk_punch_begin(LK_HERE);
	folio_lock(c->folio[0]);
	locks_expect(test, PLACE(1304), PLACE(1305));
	folio_unlock(c->folio[0]);
	lk_punch_end(LK_HERE);
}

#line 1400
static void locks_missing(struct kunit *test)
{
	struct lock_case *c = test->priv;

	lockdep_assert_held_write(&c->inode->i_mapping->invalidate_lock);
	locks_expect(test, PLACE(1404), "invalidate_lock");
}

#line 1500
static void locks_wrong_mode(struct kunit *test)
{
	struct lock_case *c = test->priv;

	filemap_invalidate_lock_shared(c->inode->i_mapping);
	lockdep_assert_held_write(&c->inode->i_mapping->invalidate_lock);
	locks_expect(test, PLACE(1505), "for write");
	filemap_invalidate_unlock_shared(c->inode->i_mapping);
}

#line 1600
static void locks_wrong_release(struct kunit *test)
{
	struct lock_case *c = test->priv;

	filemap_invalidate_lock_shared(c->inode->i_mapping);
	filemap_invalidate_unlock(c->inode->i_mapping);
	locks_expect(test, PLACE(1605), "wrong mode");
	filemap_invalidate_unlock(c->inode->i_mapping);
	locks_expect(test, PLACE(1607), "not held");
}

#line 1700
static void locks_recursive_read(struct kunit *test)
{
	struct lock_case *c = test->priv;

	inode_lock_shared(c->inode);
	inode_lock_shared(c->inode);
	locks_expect(test, PLACE(1704), PLACE(1705));
	inode_unlock_shared(c->inode);
	inode_unlock_shared(c->inode);
}

#line 1800
static void locks_sleep_in_rcu(struct kunit *test)
{
	struct lock_case *c = test->priv;

	rcu_read_lock();
	folio_lock(c->folio[0]);
	locks_expect(test, PLACE(1805), "RCU");
	folio_unlock(c->folio[0]);
	rcu_read_unlock();
}

#line 1900
static void locks_sleep_in_spinlock(struct kunit *test)
{
	struct lock_case *c = test->priv;
	/* of nothing */
	spinlock_t lock;

	spin_lock_init(&lock);
	spin_lock(&lock);
	folio_lock(c->folio[0]);
	KUNIT_EXPECT_EQ(test, 2u, lk_splat_take(LK_SPLAT_LOCK));
	folio_unlock(c->folio[0]);
	spin_unlock(&lock);
}

#line 2000
static void locks_unlocked_folio(struct kunit *test)
{
	struct lock_case *c = test->priv;

	folio_unlock(c->folio[0]);
	locks_expect(test, PLACE(2004), "not locked");
}

/* Two files nest by their subclass: directories first, the second file last. */
#line 2200
static void locks_two_inodes(struct kunit *test)
{
	static const unsigned int order[] = {
		I_MUTEX_PARENT, I_MUTEX_PARENT2, I_MUTEX_CHILD, I_MUTEX_NORMAL,
		I_MUTEX_XATTR, I_MUTEX_NONDIR2,
	};
	struct lock_case *c = test->priv;
	static const struct address_space_operations ops;
	struct inode *second = lk_inode_new(&ops, PAGE_SHIFT);
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(order); i++) {
		for (j = 0; j < ARRAY_SIZE(order); j++) {
			inode_lock_nested(c->inode, order[i]);
			inode_lock_nested(second, order[j]);
			if (i == j)
				locks_expect(test, "recursion", PLACE(2213));
			else if (i > j)
				locks_expect(test, PLACE(2213), PLACE(2214));
			KUNIT_EXPECT_EQ(test, 0u, lk_splat_count());
			inode_unlock(second);
			inode_unlock(c->inode);
		}
	}
	lk_inode_free(second);
}

/* What is still held when a case ends is reported by the check of case.c. */
#line 2100
static void locks_left_behind(struct kunit *test)
{
	struct lock_case *c = test->priv;

	inode_lock(c->inode);
	lk_locks_check_none("at the end");
	locks_expect(test, PLACE(2104), "still held");
}

static struct kunit_case locks_cases[] = {
	KUNIT_CASE(locks_right_order),
	KUNIT_CASE(locks_order_rwsem),
	KUNIT_CASE(locks_order_folio),
	KUNIT_CASE(locks_order_folios),
	KUNIT_CASE(locks_folio_in_punch),
	KUNIT_CASE(locks_missing),
	KUNIT_CASE(locks_wrong_mode),
	KUNIT_CASE(locks_wrong_release),
	KUNIT_CASE(locks_recursive_read),
	KUNIT_CASE(locks_sleep_in_rcu),
	KUNIT_CASE(locks_sleep_in_spinlock),
	KUNIT_CASE(locks_unlocked_folio),
	KUNIT_CASE(locks_two_inodes),
	KUNIT_CASE(locks_left_behind),
	{}
};

static struct kunit_suite locks_suite = {
	.name = "libkern_locks",
	.init = locks_init,
	.exit = locks_exit,
	.test_cases = locks_cases,
};

kunit_test_suites(&locks_suite);
