// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a case can say by itself: pass, fail, skip, and the order in which its
 * pieces run. tools/tests/test_runner.py knows what must come out.
 */
#include <kunit/test.h>
#include <kunit/test-bug.h>
#include <linux/sched.h>
#include <libkern/note.h>

static void passes(struct kunit *test)
{
	KUNIT_SUCCEED(test);
	KUNIT_EXPECT_TRUE(test, true);
	KUNIT_EXPECT_EQ(test, -1, -1LL);
	KUNIT_ASSERT_PTR_EQ(test, kunit_get_current_test(), test);
	KUNIT_ASSERT_PTR_EQ(test, current->kunit_test, test);
}

static void fails(struct kunit *test)
{
	KUNIT_FAIL(test, "in so many words: %d", 7);
}

static void skips(struct kunit *test)
{
	kunit_skip(test, "known finding: NAME-%d", 1);
	KUNIT_FAIL(test, "a skip must leave the case");
}

static void skips_and_goes_on(struct kunit *test)
{
	kunit_mark_skipped(test, "marked # twice");
	kunit_info(test, "still here");
}

/* The kernel would report these two as skipped. */
static void fails_then_skips(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 1, 2);
	kunit_skip(test, "too late");
}

static void fails_then_marks_skipped(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 1, 2);
	kunit_mark_skipped(test, "too late");
}

static void skipped_then_fails(struct kunit *test)
{
	kunit_mark_skipped(test, "too early");
	KUNIT_EXPECT_EQ(test, 1, 2);
}

static void current_test_fails(struct kunit *test)
{
	kunit_fail_current_test("said elsewhere: %s", "x");
}

static void logs(struct kunit *test)
{
	kunit_info(test, "information");
	kunit_warn(test, "warning");
	kunit_err(test, "error");
	kunit_printk(KERN_DEBUG, test, "debug");
	kunit_log(KERN_INFO, test, "bare");
	pr_info("from printk\n");
	/* What a parser would take for results must not reach it. */
	pr_info("ok 1 pretended\n");
	kunit_info(test, "lines\nnot ok 2 pretended\n1..7\nKTAP version 1");
}

static void notes(struct kunit *test)
{
	lk_note("finding: NAME", "not in this tree");
}

static struct kunit_case basic_cases[] = {
	KUNIT_CASE(passes),
	KUNIT_CASE(fails),
	KUNIT_CASE(skips),
	KUNIT_CASE(skips_and_goes_on),
	KUNIT_CASE(fails_then_skips),
	KUNIT_CASE(fails_then_marks_skipped),
	KUNIT_CASE(skipped_then_fails),
	KUNIT_CASE(current_test_fails),
	KUNIT_CASE(logs),
	KUNIT_CASE(notes),
	{}
};

static struct kunit_suite basic = {
	.name = "selftest_basic",
	.test_cases = basic_cases,
};

/* Everything passes: for what the runner says when all is well. */
static struct kunit_case good_cases[] = {
	KUNIT_CASE(passes),
	{}
};

static struct kunit_suite good = {
	.name = "selftest_good",
	.test_cases = good_cases,
};

/* init, case, exit: each takes the step that must come next. */
static int step;

static int order_suite_init(struct kunit_suite *suite)
{
	step = 100;
	return 0;
}

static int order_init(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, step, 100);
	KUNIT_EXPECT_NULL(test, test->priv);
	test->priv = &step;
	step = 101;
	return 0;
}

static void order_exit(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, step, 102);
	KUNIT_EXPECT_PTR_EQ(test, test->priv, (void *)&step);
	step = 103;
}

static void order_free(struct kunit_resource *res)
{
	struct kunit *test = kunit_get_current_test();

	KUNIT_EXPECT_EQ(test, step, 103);
	step = 100;
}

static void order_case(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, step, 101);
	kunit_alloc_resource(test, NULL, order_free, GFP_KERNEL, NULL);
	step = 102;
}

/* exit and clean-up come after an assertion too. */
static void order_assert(struct kunit *test)
{
	order_case(test);
	KUNIT_ASSERT_TRUE_MSG(test, false, "leaves");
}

static void order_again(struct kunit *test)
{
	order_case(test);
}

static struct kunit_case order_cases[] = {
	KUNIT_CASE(order_case),
	KUNIT_CASE(order_assert),
	KUNIT_CASE(order_again),
	{}
};

static void order_suite_exit(struct kunit_suite *suite)
{
	lk_note("order", step == 100 ? "as it should be" : "wrong");
}

static struct kunit_suite order = {
	.name = "selftest_order",
	.suite_init = order_suite_init,
	.suite_exit = order_suite_exit,
	.init = order_init,
	.exit = order_exit,
	.test_cases = order_cases,
};

kunit_test_suites(&basic, &good, &order);
