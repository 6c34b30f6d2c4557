// SPDX-License-Identifier: GPL-2.0-only
/* Slab, bios, the source of a write, RCU, work items: the small models. */
#include <kunit/test.h>
#include <libkern/world.h>
#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/init.h>
#include <linux/pagemap.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

/* The allocation that was asked to fail fails, once, unless it may not. */
static void parts_fail_alloc(struct kunit *test)
{
	void *a, *b, *c;

	lk_fail_alloc(2);
	a = kmalloc(8, GFP_KERNEL);
	c = kmalloc(8, GFP_KERNEL | __GFP_NOFAIL);
	b = kzalloc(8, GFP_KERNEL);
	KUNIT_EXPECT_NOT_NULL(test, a);
	KUNIT_EXPECT_NOT_NULL(test, c);
	KUNIT_EXPECT_NULL(test, b);
	KUNIT_EXPECT_EQ(test, 2u, lk_alloc_count());
	b = kzalloc(8, GFP_KERNEL);
	KUNIT_EXPECT_NOT_NULL(test, b);
	KUNIT_EXPECT_NULL(test, memchr_inv(b, 0, 8));
	KUNIT_EXPECT_NULL(test, kmalloc_array(SIZE_MAX, 2, GFP_KERNEL));
	kfree(a);
	kfree(b);
	kfree(c);
}

/* A larger object holds what the smaller one held, a smaller one its front. */
static void parts_krealloc(struct kunit *test)
{
	char *four = krealloc(NULL, 4, GFP_KERNEL), *more, *two;

	memcpy(four, "abcd", 4);
	more = krealloc(four, 64, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, 0, memcmp(more, "abcd", 4));
	KUNIT_EXPECT_EQ(test, (size_t)64, ksize(more));
	two = krealloc(more, 2, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, 0, memcmp(two, "ab", 2));
	kfree(two);
}

/* A leak is found, counted and said where it comes from. */
static void parts_leak(struct kunit *test)
{
	KUNIT_EXPECT_NOT_NULL(test, kmalloc(123, GFP_KERNEL));
	lk_slab_check();
	KUNIT_ASSERT_EQ(test, 1u, lk_splat_count());
	KUNIT_EXPECT_EQ(test, (int)LK_SPLAT_LEAK, (int)lk_splat_kind(0));
	KUNIT_EXPECT_NOT_NULL(test, strstr(lk_splat_text(0), "123 bytes"));
	lk_splat_take(LK_SPLAT_LEAK);
	KUNIT_EXPECT_NOT_NULL(test, folio_alloc(GFP_KERNEL, 1));
	lk_folio_check();
	KUNIT_EXPECT_EQ(test, 1u, lk_splat_take(LK_SPLAT_LEAK));
}

/* Bytes come up to the one that faults; the fault-in sees it or does not. */
static void parts_iov(struct kunit *test)
{
	struct folio *folio = folio_alloc(GFP_KERNEL, 0);
	struct iov_iter i;

	lk_iov_iter_fault(&i, 1000, 300, true);
	KUNIT_EXPECT_EQ(test, (size_t)700, fault_in_iov_iter_readable(&i, 1000));
	KUNIT_EXPECT_EQ(test, (size_t)300, copy_folio_from_iter_atomic(folio, 0, 1000, &i));
	KUNIT_EXPECT_EQ(test, (size_t)700, fault_in_iov_iter_readable(&i, 1000));
	KUNIT_EXPECT_EQ(test, (size_t)0, copy_folio_from_iter_atomic(folio, 300, 700, &i));
	iov_iter_revert(&i, 300);
	KUNIT_EXPECT_EQ(test, (size_t)1000, iov_iter_count(&i));

	lk_iov_iter_fault(&i, 1000, 300, false);
	KUNIT_EXPECT_EQ(test, (size_t)0, fault_in_iov_iter_readable(&i, 1000));
	KUNIT_EXPECT_EQ(test, (size_t)300, copy_folio_from_iter_atomic(folio, 0, 1000, &i));
	KUNIT_EXPECT_EQ(test, (size_t)700, fault_in_iov_iter_readable(&i, 700));

	lk_iov_iter_fault(&i, 1000, 1000, true);
	KUNIT_EXPECT_EQ(test, (size_t)1000, copy_folio_from_iter_atomic(folio, 0, 1000, &i));
	folio_put(folio);
}

static unsigned int parts_ended;
static blk_status_t parts_status;

static void parts_end_io(struct bio *bio)
{
	parts_ended++;
	parts_status = bio->bi_status;
	bio_put(bio);
}

static struct bio *parts_bio(struct folio *folio)
{
	struct bio *bio = bio_alloc(lk_bdev(), 1, REQ_OP_WRITE, GFP_NOFS);

	bio->bi_end_io = parts_end_io;
	bio_add_folio_nofail(bio, folio, 512, 0);
	return bio;
}

static unsigned int parts_watched;

static void parts_watch(const struct bio *bio)
{
	parts_watched++;
}

/* At once, later, or with an error; vectors of one folio merge. */
static void parts_bios(struct kunit *test)
{
	struct folio *folio = folio_alloc(GFP_KERNEL, 0);
	struct bio *bio = parts_bio(folio);

	parts_ended = 0;
	parts_watched = 0;
	KUNIT_EXPECT_TRUE(test, bio_add_folio(bio, folio, 512, 512));
	KUNIT_EXPECT_FALSE(test, bio_add_folio(bio, folio, 512, 2048));
	KUNIT_EXPECT_EQ(test, (sector_t)2, bio_sectors(bio));
	submit_bio(bio);
	KUNIT_EXPECT_EQ(test, 1u, parts_ended);
	lk_bio_fail(2, -ENOSPC);
	submit_bio(parts_bio(folio));
	KUNIT_EXPECT_EQ(test, BLK_STS_OK, parts_status);
	submit_bio(parts_bio(folio));
	KUNIT_EXPECT_EQ(test, -ENOSPC, blk_status_to_errno(parts_status));
	lk_bio_watch(parts_watch);
	lk_bio_defer(true);
	submit_bio(parts_bio(folio));
	KUNIT_EXPECT_EQ(test, 1u, parts_watched);
	lk_bio_watch(NULL);
	KUNIT_EXPECT_EQ(test, 3u, parts_ended);
	lk_bio_defer(false);
	KUNIT_EXPECT_EQ(test, 4u, parts_ended);
	/* one that is given up is no write, and is told apart from one */
	lk_bio_watch_unsent(parts_watch);
	submit_bio(parts_bio(folio));
	KUNIT_EXPECT_EQ(test, 1u, parts_watched);
	bio_io_error(parts_bio(folio));
	KUNIT_EXPECT_EQ(test, 2u, parts_watched);
	lk_bio_watch_unsent(NULL);
	KUNIT_EXPECT_EQ(test, 6u, parts_ended);
	folio_put(folio);
}

static unsigned int parts_called;

static void parts_callback(struct rcu_head *head)
{
	parts_called++;
}

/* Nothing runs under a reader; all has run after the barrier. */
static void parts_rcu(struct kunit *test)
{
	static struct rcu_head head[40];
	unsigned int i;

	parts_called = 0;
	rcu_read_lock();
	rcu_read_lock();
	for (i = 0; i < ARRAY_SIZE(head); i++)
		call_rcu(&head[i], parts_callback);
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, 0u, parts_called);
	rcu_read_unlock();
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, 40u, parts_called);
	rcu_read_lock();
	synchronize_rcu();
	KUNIT_EXPECT_EQ(test, 1u, lk_splat_take(LK_SPLAT_LOCK));
	rcu_read_unlock();
}

static unsigned int parts_worked;

static void parts_work_fn(struct work_struct *work)
{
	parts_worked++;
}

static DECLARE_WORK(parts_work, parts_work_fn);

/* A work item runs once, and not inside schedule_work(). */
static void parts_works(struct kunit *test)
{
	parts_worked = 0;
	KUNIT_EXPECT_TRUE(test, schedule_work(&parts_work));
	KUNIT_EXPECT_FALSE(test, schedule_work(&parts_work));
	KUNIT_EXPECT_EQ(test, 0u, parts_worked);
	KUNIT_EXPECT_EQ(test, 1u, lk_run_works());
	KUNIT_EXPECT_EQ(test, 1u, parts_worked);
}

/* A once-only warning counts each time. */
static void parts_warn(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_TRUE(test, WARN_ON_ONCE(i < 3));
	KUNIT_EXPECT_FALSE(test, WARN_ON(0));
	KUNIT_EXPECT_EQ(test, 3u, lk_splat_take(LK_SPLAT_WARN));
}

static struct kunit_case parts_cases[] = {
	KUNIT_CASE(parts_fail_alloc),
	KUNIT_CASE(parts_krealloc),
	KUNIT_CASE(parts_leak),
	KUNIT_CASE(parts_iov),
	KUNIT_CASE(parts_bios),
	KUNIT_CASE(parts_rcu),
	KUNIT_CASE(parts_works),
	KUNIT_CASE(parts_warn),
	{}
};

static struct kunit_suite parts_suite = {
	.name = "libkern_parts",
	.test_cases = parts_cases,
};

kunit_test_suites(&parts_suite);
