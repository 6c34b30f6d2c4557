/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * KUnit for userspace: the interface of Linux 6.1 and no more, so that a suite
 * which compiles here compiles in every tree from there on.
 *
 * Kept: what is checked, what is printed (as 6.12 prints it), the order of
 * init, case, exit and clean-up. Dropped: debugfs, attributes, modules, the log
 * buffer. Different on purpose: a case that has failed stays failed when it
 * marks itself as skipped, a WARN that the case did not expect fails it, and a
 * crash fails one case rather than everything.
 *
 * The conformance tests are shim/selftest/ and tools/tests/test_runner.py.
 */
#ifndef _KUNIT_TEST_H
#define _KUNIT_TEST_H

#include <kunit/assert.h>
#include <kunit/try-catch.h>

#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/types.h>

struct kunit;

/* Bytes of a parameter's description, with its NUL. */
#define KUNIT_PARAM_DESC_SIZE		128
/* Bytes of the reason for a skip, with its NUL. */
#define KUNIT_STATUS_COMMENT_SIZE	256

#define KUNIT_SUBTEST_INDENT		"    "
#define KUNIT_SUBSUBTEST_INDENT		"        "

enum kunit_status {
	KUNIT_SUCCESS,
	KUNIT_FAILURE,
	KUNIT_SKIPPED,
};

/**
 * struct kunit_case - one test case; fill it in with KUNIT_CASE()
 * @run_case: what to run
 * @name: its name, that of the function
 * @generate_params: gives the parameter after @prev (NULL: the first) and may
 *	write its name to @desc; NULL where there are no more
 */
struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
	const void *(*generate_params)(const void *prev, char *desc);
};

#define KUNIT_CASE(test_name) { .run_case = test_name, .name = #test_name }

#define KUNIT_CASE_PARAM(test_name, gen_params) \
	{ .run_case = test_name, .name = #test_name, \
	  .generate_params = gen_params }

/**
 * struct kunit_suite - cases that share their set-up
 * @name: of the suite
 * @suite_init: run before the first case; non-zero fails the suite. After a
 *	case that crashed it runs again, in the new process.
 * @suite_exit: run after the last case
 * @init: run before each case and parameter; non-zero fails it
 * @exit: run after each case and parameter, also when init failed
 * @test_cases: ended by an empty case
 */
struct kunit_suite {
	const char name[256];
	struct kunit_case *test_cases;
	int (*init)(struct kunit *test);
	void (*exit)(struct kunit *test);
	int (*suite_init)(struct kunit_suite *suite);
	void (*suite_exit)(struct kunit_suite *suite);
};

/**
 * struct kunit - a case while it runs
 * @priv: for the suite's own use; NULL before init
 * @name: of the case
 * @try_catch: where a failed assertion leaves to
 * @param_value: what generate_params() gave, or NULL
 * @param_index: its number, from 0
 * @status: private; success until it fails or is skipped
 * @resources: private; newest last, under a lock of the runtime's own
 * @status_comment: private; the reason for a skip
 */
struct kunit {
	const char *name;
	void *priv;
	const void *param_value;
	int param_index;
	enum kunit_status status;
	char status_comment[KUNIT_STATUS_COMMENT_SIZE];
	struct kunit_try_catch try_catch;
	struct list_head resources;
};

void kunit_set_failure(struct kunit *test);
void kunit_cleanup(struct kunit *test);

/*
 * Suites register by a pointer in a section of their own, whose ends the
 * linker knows by name (the kernel's name for it has a dot, which has no such
 * ends). They run in the order in which they were linked.
 */
#define LK_SUITES_NAME(line)	LK_SUITES_NAME_(line)
#define LK_SUITES_NAME_(line)	__lk_suites_##line

#define kunit_test_suites(suites...)					\
	static struct kunit_suite *LK_SUITES_NAME(__LINE__)[]		\
	__aligned(sizeof(struct kunit_suite *))				\
	__used __section("kunit_test_suites") = { suites }

#define kunit_test_suite(suite)	kunit_test_suites(&suite)
#define kunit_test_init_section_suites(suites...) kunit_test_suites(suites)
#define kunit_test_init_section_suite(suite) kunit_test_suites(&suite)

#define kunit_suite_for_each_test_case(suite, test_case) \
	for (test_case = (suite)->test_cases; test_case->run_case; test_case++)

/* Memory that goes when the case does. */
void *kunit_kmalloc_array(struct kunit *test, size_t n, size_t size, gfp_t gfp);
void kunit_kfree(struct kunit *test, const void *ptr);

static inline void *kunit_kmalloc(struct kunit *test, size_t size, gfp_t gfp)
{
	return kunit_kmalloc_array(test, 1, size, gfp);
}

static inline void *kunit_kzalloc(struct kunit *test, size_t size, gfp_t gfp)
{
	return kunit_kmalloc_array(test, 1, size, gfp | __GFP_ZERO);
}

static inline void *kunit_kcalloc(struct kunit *test, size_t n, size_t size,
				  gfp_t gfp)
{
	return kunit_kmalloc_array(test, n, size, gfp | __GFP_ZERO);
}

/**
 * kunit_mark_skipped() - report the case as skipped, and go on
 * @test: the case
 * @fmt: printf format: the reason, on one line
 *
 * In the kernel this also turns a case that has failed already into a skip.
 * Not here: a failure that was seen is reported.
 */
#define kunit_mark_skipped(test, fmt, ...) \
	lk_kunit_mark_skipped(test, fmt, ##__VA_ARGS__)

/**
 * kunit_skip() - report the case as skipped, and leave it
 * @test: the case
 * @fmt: printf format: the reason, on one line
 *
 * A case that has failed already stays failed, but is left all the same.
 */
#define kunit_skip(test, fmt, ...) \
	lk_kunit_skip(test, fmt, ##__VA_ARGS__)

void lk_kunit_mark_skipped(struct kunit *test, const char *fmt, ...)
	__printf(2, 3);
void __noreturn lk_kunit_skip(struct kunit *test, const char *fmt, ...)
	__printf(2, 3);
void lk_kunit_log(const char *level, const char *name, const char *fmt, ...)
	__printf(3, 4);

/* @test is a struct kunit or a struct kunit_suite: both have a name. */
#define kunit_printk(lvl, test, fmt, ...) \
	lk_kunit_log(lvl, (test)->name, fmt, ##__VA_ARGS__)
#define kunit_log(lvl, test, fmt, ...) \
	lk_kunit_log(lvl, NULL, fmt, ##__VA_ARGS__)
#define kunit_info(test, fmt, ...) \
	kunit_printk(KERN_INFO, test, fmt, ##__VA_ARGS__)
#define kunit_warn(test, fmt, ...) \
	kunit_printk(KERN_WARNING, test, fmt, ##__VA_ARGS__)
#define kunit_err(test, fmt, ...) \
	kunit_printk(KERN_ERR, test, fmt, ##__VA_ARGS__)

/**
 * KUNIT_ARRAY_PARAM() - make name_gen_params() out of an array
 * @name: what the generator's name begins with
 * @array: the parameters
 * @get_desc: writes a parameter's name to a buffer of %KUNIT_PARAM_DESC_SIZE
 *	bytes, or NULL
 */
#define KUNIT_ARRAY_PARAM(name, array, get_desc)			\
static const void *name##_gen_params(const void *prev, char *desc)	\
{									\
	void (*__describe)(typeof(&(array)[0]), char *) = get_desc;	\
	typeof(&(array)[0]) __param = (array);				\
									\
	if (prev)							\
		__param = (typeof(__param))prev + 1;			\
	if (__param == (array) + ARRAY_SIZE(array))			\
		return NULL;						\
	if (__describe)							\
		__describe(__param, desc);				\
	return __param;							\
}

/* Checks. What differs from the kernel's is behind LK_CHECK_…(). */
#define KUNIT_SUCCEED(test) do {} while (0)
#define KUNIT_FAIL(test, fmt, ...) \
	LK_CHECK_FAIL(test, KUNIT_EXPECTATION, fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_FAILURE(test, fmt, ...) \
	LK_CHECK_FAIL(test, KUNIT_ASSERTION, fmt, ##__VA_ARGS__)

#define KUNIT_EXPECT_TRUE_MSG(test, condition, fmt, ...) \
	LK_CHECK_BOOL(test, KUNIT_EXPECTATION, condition, true, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_TRUE(test, condition) \
	KUNIT_EXPECT_TRUE_MSG(test, condition, NULL)
#define KUNIT_EXPECT_FALSE_MSG(test, condition, fmt, ...) \
	LK_CHECK_BOOL(test, KUNIT_EXPECTATION, condition, false, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_FALSE(test, condition) \
	KUNIT_EXPECT_FALSE_MSG(test, condition, NULL)
#define KUNIT_EXPECT_EQ_MSG(test, left, right, fmt, ...) \
	LK_CHECK_INT(test, KUNIT_EXPECTATION, left, ==, right, fmt, \
		     ##__VA_ARGS__)
#define KUNIT_EXPECT_EQ(test, left, right) \
	KUNIT_EXPECT_EQ_MSG(test, left, right, NULL)
#define KUNIT_EXPECT_NE_MSG(test, left, right, fmt, ...) \
	LK_CHECK_INT(test, KUNIT_EXPECTATION, left, !=, right, fmt, \
		     ##__VA_ARGS__)
#define KUNIT_EXPECT_NE(test, left, right) \
	KUNIT_EXPECT_NE_MSG(test, left, right, NULL)
#define KUNIT_EXPECT_LT_MSG(test, left, right, fmt, ...) \
	LK_CHECK_INT(test, KUNIT_EXPECTATION, left, <, right, fmt, \
		     ##__VA_ARGS__)
#define KUNIT_EXPECT_LT(test, left, right) \
	KUNIT_EXPECT_LT_MSG(test, left, right, NULL)
#define KUNIT_EXPECT_LE_MSG(test, left, right, fmt, ...) \
	LK_CHECK_INT(test, KUNIT_EXPECTATION, left, <=, right, fmt, \
		     ##__VA_ARGS__)
#define KUNIT_EXPECT_LE(test, left, right) \
	KUNIT_EXPECT_LE_MSG(test, left, right, NULL)
#define KUNIT_EXPECT_GT_MSG(test, left, right, fmt, ...) \
	LK_CHECK_INT(test, KUNIT_EXPECTATION, left, >, right, fmt, \
		     ##__VA_ARGS__)
#define KUNIT_EXPECT_GT(test, left, right) \
	KUNIT_EXPECT_GT_MSG(test, left, right, NULL)
#define KUNIT_EXPECT_GE_MSG(test, left, right, fmt, ...) \
	LK_CHECK_INT(test, KUNIT_EXPECTATION, left, >=, right, fmt, \
		     ##__VA_ARGS__)
#define KUNIT_EXPECT_GE(test, left, right) \
	KUNIT_EXPECT_GE_MSG(test, left, right, NULL)
#define KUNIT_EXPECT_PTR_EQ_MSG(test, left, right, fmt, ...) \
	LK_CHECK_PTR(test, KUNIT_EXPECTATION, left, ==, right, fmt, \
		     ##__VA_ARGS__)
#define KUNIT_EXPECT_PTR_EQ(test, left, right) \
	KUNIT_EXPECT_PTR_EQ_MSG(test, left, right, NULL)
#define KUNIT_EXPECT_PTR_NE_MSG(test, left, right, fmt, ...) \
	LK_CHECK_PTR(test, KUNIT_EXPECTATION, left, !=, right, fmt, \
		     ##__VA_ARGS__)
#define KUNIT_EXPECT_PTR_NE(test, left, right) \
	KUNIT_EXPECT_PTR_NE_MSG(test, left, right, NULL)
#define KUNIT_EXPECT_STREQ_MSG(test, left, right, fmt, ...) \
	LK_CHECK_STR(test, KUNIT_EXPECTATION, left, ==, right, fmt, \
		     ##__VA_ARGS__)
#define KUNIT_EXPECT_STREQ(test, left, right) \
	KUNIT_EXPECT_STREQ_MSG(test, left, right, NULL)
#define KUNIT_EXPECT_STRNEQ_MSG(test, left, right, fmt, ...) \
	LK_CHECK_STR(test, KUNIT_EXPECTATION, left, !=, right, fmt, \
		     ##__VA_ARGS__)
#define KUNIT_EXPECT_STRNEQ(test, left, right) \
	KUNIT_EXPECT_STRNEQ_MSG(test, left, right, NULL)
#define KUNIT_EXPECT_NULL_MSG(test, ptr, fmt, ...) \
	LK_CHECK_PTR(test, KUNIT_EXPECTATION, ptr, ==, NULL, fmt, \
		     ##__VA_ARGS__)
#define KUNIT_EXPECT_NULL(test, ptr) \
	KUNIT_EXPECT_NULL_MSG(test, ptr, NULL)
#define KUNIT_EXPECT_NOT_NULL_MSG(test, ptr, fmt, ...) \
	LK_CHECK_PTR(test, KUNIT_EXPECTATION, ptr, !=, NULL, fmt, \
		     ##__VA_ARGS__)
#define KUNIT_EXPECT_NOT_NULL(test, ptr) \
	KUNIT_EXPECT_NOT_NULL_MSG(test, ptr, NULL)
#define KUNIT_EXPECT_NOT_ERR_OR_NULL_MSG(test, ptr, fmt, ...) \
	LK_CHECK_NOT_ERR(test, KUNIT_EXPECTATION, ptr, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_NOT_ERR_OR_NULL(test, ptr) \
	KUNIT_EXPECT_NOT_ERR_OR_NULL_MSG(test, ptr, NULL)

#define KUNIT_ASSERT_TRUE_MSG(test, condition, fmt, ...) \
	LK_CHECK_BOOL(test, KUNIT_ASSERTION, condition, true, fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_TRUE(test, condition) \
	KUNIT_ASSERT_TRUE_MSG(test, condition, NULL)
#define KUNIT_ASSERT_FALSE_MSG(test, condition, fmt, ...) \
	LK_CHECK_BOOL(test, KUNIT_ASSERTION, condition, false, fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_FALSE(test, condition) \
	KUNIT_ASSERT_FALSE_MSG(test, condition, NULL)
#define KUNIT_ASSERT_EQ_MSG(test, left, right, fmt, ...) \
	LK_CHECK_INT(test, KUNIT_ASSERTION, left, ==, right, fmt, \
		     ##__VA_ARGS__)
#define KUNIT_ASSERT_EQ(test, left, right) \
	KUNIT_ASSERT_EQ_MSG(test, left, right, NULL)
#define KUNIT_ASSERT_NE_MSG(test, left, right, fmt, ...) \
	LK_CHECK_INT(test, KUNIT_ASSERTION, left, !=, right, fmt, \
		     ##__VA_ARGS__)
#define KUNIT_ASSERT_NE(test, left, right) \
	KUNIT_ASSERT_NE_MSG(test, left, right, NULL)
#define KUNIT_ASSERT_LT_MSG(test, left, right, fmt, ...) \
	LK_CHECK_INT(test, KUNIT_ASSERTION, left, <, right, fmt, \
		     ##__VA_ARGS__)
#define KUNIT_ASSERT_LT(test, left, right) \
	KUNIT_ASSERT_LT_MSG(test, left, right, NULL)
#define KUNIT_ASSERT_LE_MSG(test, left, right, fmt, ...) \
	LK_CHECK_INT(test, KUNIT_ASSERTION, left, <=, right, fmt, \
		     ##__VA_ARGS__)
#define KUNIT_ASSERT_LE(test, left, right) \
	KUNIT_ASSERT_LE_MSG(test, left, right, NULL)
#define KUNIT_ASSERT_GT_MSG(test, left, right, fmt, ...) \
	LK_CHECK_INT(test, KUNIT_ASSERTION, left, >, right, fmt, \
		     ##__VA_ARGS__)
#define KUNIT_ASSERT_GT(test, left, right) \
	KUNIT_ASSERT_GT_MSG(test, left, right, NULL)
#define KUNIT_ASSERT_GE_MSG(test, left, right, fmt, ...) \
	LK_CHECK_INT(test, KUNIT_ASSERTION, left, >=, right, fmt, \
		     ##__VA_ARGS__)
#define KUNIT_ASSERT_GE(test, left, right) \
	KUNIT_ASSERT_GE_MSG(test, left, right, NULL)
#define KUNIT_ASSERT_PTR_EQ_MSG(test, left, right, fmt, ...) \
	LK_CHECK_PTR(test, KUNIT_ASSERTION, left, ==, right, fmt, \
		     ##__VA_ARGS__)
#define KUNIT_ASSERT_PTR_EQ(test, left, right) \
	KUNIT_ASSERT_PTR_EQ_MSG(test, left, right, NULL)
#define KUNIT_ASSERT_PTR_NE_MSG(test, left, right, fmt, ...) \
	LK_CHECK_PTR(test, KUNIT_ASSERTION, left, !=, right, fmt, \
		     ##__VA_ARGS__)
#define KUNIT_ASSERT_PTR_NE(test, left, right) \
	KUNIT_ASSERT_PTR_NE_MSG(test, left, right, NULL)
#define KUNIT_ASSERT_STREQ_MSG(test, left, right, fmt, ...) \
	LK_CHECK_STR(test, KUNIT_ASSERTION, left, ==, right, fmt, \
		     ##__VA_ARGS__)
#define KUNIT_ASSERT_STREQ(test, left, right) \
	KUNIT_ASSERT_STREQ_MSG(test, left, right, NULL)
#define KUNIT_ASSERT_STRNEQ_MSG(test, left, right, fmt, ...) \
	LK_CHECK_STR(test, KUNIT_ASSERTION, left, !=, right, fmt, \
		     ##__VA_ARGS__)
#define KUNIT_ASSERT_STRNEQ(test, left, right) \
	KUNIT_ASSERT_STRNEQ_MSG(test, left, right, NULL)
#define KUNIT_ASSERT_NULL_MSG(test, ptr, fmt, ...) \
	LK_CHECK_PTR(test, KUNIT_ASSERTION, ptr, ==, NULL, fmt, \
		     ##__VA_ARGS__)
#define KUNIT_ASSERT_NULL(test, ptr) \
	KUNIT_ASSERT_NULL_MSG(test, ptr, NULL)
#define KUNIT_ASSERT_NOT_NULL_MSG(test, ptr, fmt, ...) \
	LK_CHECK_PTR(test, KUNIT_ASSERTION, ptr, !=, NULL, fmt, \
		     ##__VA_ARGS__)
#define KUNIT_ASSERT_NOT_NULL(test, ptr) \
	KUNIT_ASSERT_NOT_NULL_MSG(test, ptr, NULL)
#define KUNIT_ASSERT_NOT_ERR_OR_NULL_MSG(test, ptr, fmt, ...) \
	LK_CHECK_NOT_ERR(test, KUNIT_ASSERTION, ptr, fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ptr) \
	KUNIT_ASSERT_NOT_ERR_OR_NULL_MSG(test, ptr, NULL)
/* As in 6.1, whose suites count on it. */
#include <kunit/resource.h>

#endif /* _KUNIT_TEST_H */
