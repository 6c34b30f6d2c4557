// SPDX-License-Identifier: GPL-2.0-only
/*
 * What can go wrong in a suite outside of its cases.
 */
#include <kunit/test.h>
#include <libkern/case.h>
#include <libkern/host.h>
#include <libkern/note.h>

#include "hidden.h"

/* libc's: a state that outlives a process. */
int mkdir(const char *path, unsigned int mode);

static void passes(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, yes);
}

static void dies(struct kunit *test)
{
	*nowhere = 1;
}

static void throws(struct kunit *test)
{
	KUNIT_ASSERT_TRUE(test, !yes);
}

static struct kunit_case two_cases[] = {
	KUNIT_CASE(passes),
	KUNIT_CASE(passes),
	{}
};

static const int numbers[] = { 0, 1, 2 };
KUNIT_ARRAY_PARAM(number, numbers, NULL);

static void dies_at_1(struct kunit *test)
{
	if (test->param_index == 1)
		*nowhere = 1;
}

static struct kunit_case param_cases[] = {
	KUNIT_CASE(passes),
	KUNIT_CASE_PARAM(dies_at_1, number_gen_params),
	KUNIT_CASE(passes),
	{}
};

static struct kunit_case dying_cases[] = {
	KUNIT_CASE(passes),
	KUNIT_CASE(dies),
	KUNIT_CASE(passes),
	KUNIT_CASE(dies),
	{}
};

static int init_error(struct kunit_suite *suite)
{
	return -ENODEV;
}

static int init_hangs(struct kunit_suite *suite)
{
	while (yes)
		;
	return 0;
}

/* Works in the first child only, where told a name that is not there yet. */
static int init_once(struct kunit_suite *suite)
{
	const char *scratch = lk_host_option("scratch");

	return scratch && mkdir(scratch, 0700) ? -EEXIST : 0;
}

static int init_dies(struct kunit_suite *suite)
{
	*nowhere = 1;
	return 0;
}

static int init_warns(struct kunit_suite *suite)
{
	lk_splat(LK_SPLAT_WARN, "in suite_init");
	return 0;
}

static void exit_dies(struct kunit_suite *suite)
{
	*nowhere = 1;
}

static void exit_warns(struct kunit_suite *suite)
{
	lk_splat(LK_SPLAT_WARN, "in suite_exit");
}

static void exit_notes(struct kunit_suite *suite)
{
	lk_note("suite_exit", suite->name);
}

static int case_init_error(struct kunit *test)
{
	return -EINVAL;
}

static int case_init_throws(struct kunit *test)
{
	throws(test);
	return 0;
}

#define SUITE(suite, ...)						\
static struct kunit_suite suite = {					\
	.name = "selftest_" #suite,					\
	__VA_ARGS__							\
}

SUITE(init_error_suite, .suite_init = init_error, .test_cases = two_cases);
SUITE(init_dies_suite, .suite_init = init_dies, .test_cases = two_cases);
SUITE(init_hangs_suite, .suite_init = init_hangs, .test_cases = two_cases);
SUITE(init_once_suite, .suite_init = init_once, .test_cases = param_cases);
SUITE(init_warns_suite, .suite_init = init_warns, .test_cases = two_cases);
SUITE(exit_dies_suite, .suite_exit = exit_dies, .test_cases = two_cases);
SUITE(exit_warns_suite, .suite_exit = exit_warns, .test_cases = two_cases);
/* suite_exit runs once, in a child that lived to its end. */
SUITE(exit_once_suite, .suite_exit = exit_notes, .test_cases = dying_cases);
SUITE(case_init_suite, .init = case_init_error, .test_cases = two_cases);
SUITE(case_throw_suite, .init = case_init_throws, .test_cases = two_cases);
SUITE(case_exit_suite, .exit = throws, .test_cases = two_cases);

kunit_test_suites(&init_error_suite, &init_dies_suite, &init_hangs_suite,
		  &init_once_suite, &init_warns_suite,
		  &exit_dies_suite, &exit_warns_suite, &exit_once_suite,
		  &case_init_suite, &case_throw_suite, &case_exit_suite);
