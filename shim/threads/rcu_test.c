// SPDX-License-Identifier: GPL-2.0-only
/*
 * Look-ups against removal on real threads, with liburcu behind the hooks.
 * Built with ASan, a node or folio that is freed under a reader is a report;
 * without RCU (option rcu=none) there is one, so the suite bites.
 */
#include <kunit/test.h>
#include <libkern/world.h>
#include <linux/pagemap.h>
#include <linux/rcupdate.h>

#include "threads.h"

#define RCU_THREADS	4	/* the first removes, the others look up */
#define RCU_PLACES	16
#define RCU_ROUNDS	3000

struct rcu_case {
	struct inode *inode;
	int stop;
	unsigned int wrong;
	unsigned long found;
	unsigned long seen;
};

/* Far apart, so that each place has nodes of its own to be freed. */
static pgoff_t rcu_place(unsigned int nr)
{
	return (pgoff_t)(nr % RCU_PLACES) << 20;
}

static bool rcu_partial(struct folio *folio, size_t from, size_t count)
{
	return true;
}

static const struct address_space_operations rcu_ops = {
	.is_partially_uptodate = rcu_partial,
};

static void rcu_remove(struct rcu_case *c)
{
	struct address_space *mapping = c->inode->i_mapping;
	unsigned int i, rnd = 1;

	for (i = 0; i < RCU_ROUNDS; i++) {
		pgoff_t place;
		struct folio *folio;

		rnd = rnd * 1103515245 + 12345;
		place = rcu_place(rnd >> 16);
		folio = folio_alloc(GFP_KERNEL, (rnd >> 24) % 3);
		if (filemap_add_folio(mapping, folio, place, GFP_KERNEL)) {
			folio_put(folio);
		} else {
			if (rnd & 1)
				folio_mark_uptodate(folio);
			folio_unlock(folio);
			folio_put(folio);
		}
		place = rcu_place(rnd >> 20);
		truncate_inode_pages_range(mapping, (loff_t)place << PAGE_SHIFT,
					   (((loff_t)place + 8) << PAGE_SHIFT) - 1);
	}
	__atomic_store_n(&c->stop, 1, __ATOMIC_SEQ_CST);
}

static void rcu_look(struct rcu_case *c, unsigned int rnd)
{
	struct address_space *mapping = c->inode->i_mapping;
	unsigned long found = 0, seen = 0;

	while (!__atomic_load_n(&c->stop, __ATOMIC_SEQ_CST)) {
		pgoff_t place;
		loff_t start, end, hole;
		struct folio *folio;

		rnd = rnd * 1103515245 + 12345;
		place = rcu_place(rnd >> 16);
		folio = filemap_lock_folio(mapping, place);
		if (!IS_ERR_OR_NULL(folio)) {
			if (folio->mapping != mapping || folio->index != place)
				__atomic_add_fetch(&c->wrong, 1, __ATOMIC_SEQ_CST);
			found++;
			folio_unlock(folio);
			folio_put(folio);
		}
		start = (loff_t)place << PAGE_SHIFT;
		end = start + ((loff_t)4 << PAGE_SHIFT);
		hole = mapping_seek_hole_data(mapping, start, end, rnd & 1 ? SEEK_HOLE : SEEK_DATA);
		if (hole != -ENXIO && (hole < start || hole > end))
			__atomic_add_fetch(&c->wrong, 1, __ATOMIC_SEQ_CST);
		seen += hole > start;
	}
	__atomic_add_fetch(&c->found, found, __ATOMIC_SEQ_CST);
	__atomic_add_fetch(&c->seen, seen, __ATOMIC_SEQ_CST);
}

static void rcu_thread(unsigned int nr, void *arg)
{
	if (nr)
		rcu_look(arg, nr);
	else
		rcu_remove(arg);
}

/* Expect that a look-up finds the right folio or none, and that nothing leaks. */
static void rcu_lookup_against_removal(struct kunit *test)
{
	struct rcu_case c = { .inode = lk_inode_new(&rcu_ops, PAGE_SHIFT) };

	lk_threads_run(RCU_THREADS, rcu_thread, &c);
	truncate_inode_pages(c.inode->i_mapping, 0);
	KUNIT_EXPECT_EQ(test, 0u, c.wrong);
	/* a run in which nobody met anybody shows nothing */
	KUNIT_EXPECT_GT(test, c.found, 100ul);
	KUNIT_EXPECT_GT(test, c.seen, 100ul);
	lk_inode_free(c.inode);
	rcu_barrier();
}

struct rcu_count {
	struct rw_semaphore sem;
	spinlock_t lock;	/* guards spun */
	unsigned long shared, spun;
};

static void rcu_count(unsigned int nr, void *arg)
{
	struct rcu_count *c = arg;
	unsigned int i;

	for (i = 0; i < RCU_ROUNDS; i++) {
		if (i % 8 == nr) {
			down_write(&c->sem);
			c->shared++;
			up_write(&c->sem);
		} else {
			down_read(&c->sem);
			up_read(&c->sem);
		}
		spin_lock(&c->lock);
		c->spun++;
		spin_unlock(&c->lock);
	}
}

/* Expect the locks to exclude each other and no wake-up to be lost. */
static void rcu_locks_exclude(struct kunit *test)
{
	struct rcu_count c = { };

	init_rwsem(&c.sem);
	spin_lock_init(&c.lock);
	lk_threads_run(RCU_THREADS, rcu_count, &c);
	KUNIT_EXPECT_EQ(test, (unsigned long)RCU_THREADS * (RCU_ROUNDS / 8), c.shared);
	KUNIT_EXPECT_EQ(test, (unsigned long)RCU_THREADS * RCU_ROUNDS, c.spun);
}

static struct kunit_case rcu_cases[] = {
	KUNIT_CASE(rcu_lookup_against_removal),
	KUNIT_CASE(rcu_locks_exclude),
	{}
};

static struct kunit_suite rcu_suite = {
	.name = "libkern_threads",
	.test_cases = rcu_cases,
};

kunit_test_suites(&rcu_suite);
