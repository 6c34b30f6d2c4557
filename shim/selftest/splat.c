// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cases that come back but have broken a rule: the models say so in splats, and
 * any splat that the case did not expect fails it.
 */
#include <kunit/test.h>
#include <linux/rwsem.h>
#include <libkern/case.h>

#include "hidden.h"

/* libc's, for real threads; pthread_t is an unsigned long there. */
int pthread_create(unsigned long *thread, const void *attr,
		   void *(*fn)(void *), void *arg);
int pthread_join(unsigned long thread, void **result);

static DECLARE_RWSEM(sem);

static void warns(struct kunit *test)
{
	WARN_ON(yes);
}

static void warns_and_skips(struct kunit *test)
{
	WARN_ON_ONCE(yes);
	kunit_skip(test, "a splat counts for more");
}

static void warns_once_each_time(struct kunit *test)
{
	int i;

	for (i = 0; i < 3; i++)
		WARN_ON_ONCE(yes);
	KUNIT_EXPECT_EQ(test, lk_splat_count(), 3);
	KUNIT_EXPECT_EQ(test, lk_splat_take(LK_SPLAT_WARN), 3);
}

static void warns_as_expected(struct kunit *test)
{
	WARN(yes, "as expected");
	KUNIT_EXPECT_EQ(test, lk_splat_take(LK_SPLAT_WARN), 1);
}

static void takes_the_wrong_kind(struct kunit *test)
{
	WARN(yes, "not the kind that was taken");
	KUNIT_EXPECT_EQ(test, lk_splat_take(LK_SPLAT_LOCK), 0);
}

static void warns_very_often(struct kunit *test)
{
	int i;

	for (i = 0; i < 1000; i++)
		lk_splat(LK_SPLAT_WARN, "number %d", i);
}

static void leaks(struct kunit *test)
{
	KUNIT_EXPECT_NOT_NULL(test, kmalloc(123, GFP_KERNEL));
}

static void does_not_leak(struct kunit *test)
{
	kfree(kmalloc(123, GFP_KERNEL));
	KUNIT_EXPECT_NOT_NULL(test, kunit_kmalloc(test, 123, GFP_KERNEL));
}

static void recursive_lock(struct kunit *test)
{
	down_read(&sem);
	down_read(&sem);
	up_read(&sem);
	up_read(&sem);
}

static void lock_not_held(struct kunit *test)
{
	up_write(&sem);
	/* The model counts on: put it right for the next case. */
	init_rwsem(&sem);
}

static void wrong_mode(struct kunit *test)
{
	down_read(&sem);
	up_write(&sem);
	init_rwsem(&sem);
}

static void lock_left_held(struct kunit *test)
{
	down_write(&sem);
}

static void after_locks(struct kunit *test)
{
	static DECLARE_RWSEM(other);

	down_write(&other);
	up_write(&other);
}

#define THREADS		4
#define EACH		5000

static void *splat_thread(void *arg)
{
	int i;

	for (i = 0; i < EACH; i++)
		lk_splat(LK_SPLAT_MODEL, "from a thread");
	return NULL;
}

static void threads_splat(struct kunit *test)
{
	unsigned long thread[THREADS];
	int i;

	for (i = 0; i < THREADS; i++)
		KUNIT_ASSERT_EQ(test, 0, pthread_create(&thread[i], NULL,
							splat_thread, test));
	for (i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	KUNIT_EXPECT_EQ(test, lk_splat_count(), THREADS * EACH);
	KUNIT_EXPECT_EQ(test, lk_splat_take(LK_SPLAT_MODEL), THREADS * EACH);
	KUNIT_EXPECT_EQ(test, lk_splat_count(), 0);
}

/* An assertion in a helper thread ends that thread and fails the case. */
static void *assert_thread(void *arg)
{
	struct kunit *test = arg;

	KUNIT_ASSERT_TRUE(test, !yes);
	kunit_info(test, "came back");
	return NULL;
}

static void thread_asserts(struct kunit *test)
{
	unsigned long thread;

	KUNIT_ASSERT_EQ(test, 0, pthread_create(&thread, NULL, assert_thread,
						test));
	pthread_join(thread, NULL);
	kunit_info(test, "joined");
}

static struct kunit_case splat_cases[] = {
	KUNIT_CASE(warns),
	KUNIT_CASE(warns_and_skips),
	KUNIT_CASE(warns_once_each_time),
	KUNIT_CASE(warns_as_expected),
	KUNIT_CASE(takes_the_wrong_kind),
	KUNIT_CASE(warns_very_often),
	KUNIT_CASE(leaks),
	KUNIT_CASE(does_not_leak),
	KUNIT_CASE(recursive_lock),
	KUNIT_CASE(lock_not_held),
	KUNIT_CASE(wrong_mode),
	KUNIT_CASE(lock_left_held),
	KUNIT_CASE(after_locks),
	KUNIT_CASE(threads_splat),
	KUNIT_CASE(thread_asserts),
	{}
};

static struct kunit_suite splats = {
	.name = "selftest_splat",
	.test_cases = splat_cases,
};

kunit_test_suite(splats);
