// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parameters: their names, deaths among them, and very many of them.
 */
#include <kunit/test.h>
#include <libkern/case.h>

#include "hidden.h"

static const int numbers[] = { 0, 1, 2, 3, 4, 5 };

static void describe(const int *n, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "number=%d", *n);
}

KUNIT_ARRAY_PARAM(number, numbers, describe);
KUNIT_ARRAY_PARAM(unnamed, numbers, NULL);

static void one_of_each(struct kunit *test)
{
	const int *n = test->param_value;

	KUNIT_ASSERT_EQ(test, *n, test->param_index);
	KUNIT_ASSERT_NULL(test, test->priv);
	test->priv = test;
	switch (*n) {
	case 1:
		KUNIT_FAIL(test, "at %d", *n);
		break;
	case 2:
		kunit_skip(test, "at %d", *n);
		break;
	case 3:
		*nowhere = 1;
		break;
	case 4:
		lk_splat(LK_SPLAT_MODEL, "at %d", *n);
		break;
	}
}

static void all_pass(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, yes);
}

static void all_skip(struct kunit *test)
{
	kunit_skip(test, "each of them");
}

static void last_dies(struct kunit *test)
{
	if (test->param_index == 5)
		*nowhere = 1;
}

static void all_hang(struct kunit *test)
{
	while (yes)
		;
}

static const void *none_gen_params(const void *prev, char *desc)
{
	return NULL;
}

static void never(struct kunit *test)
{
	KUNIT_FAIL(test, "there was nothing to run");
}

static const void *dying_gen_params(const void *prev, char *desc)
{
	const void *next = number_gen_params(prev, desc);

	if (next == &numbers[2])
		*nowhere = 1;
	return next;
}

static void generator_dies(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, yes);
}

static void after(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, yes);
}

static struct kunit_case param_cases[] = {
	KUNIT_CASE_PARAM(one_of_each, number_gen_params),
	KUNIT_CASE_PARAM(all_pass, unnamed_gen_params),
	KUNIT_CASE_PARAM(all_skip, number_gen_params),
	KUNIT_CASE_PARAM(last_dies, number_gen_params),
	KUNIT_CASE_PARAM(never, none_gen_params),
	KUNIT_CASE_PARAM(generator_dies, dying_gen_params),
	/* these hangs cost the rest of the suite */
	KUNIT_CASE_PARAM(all_hang, number_gen_params),
	KUNIT_CASE(after),
	{}
};

static struct kunit_suite param = {
	.name = "selftest_param",
	.test_cases = param_cases,
};

#define MANY	20000

static const void *many_gen_params(const void *prev, char *desc)
{
	static char many[MANY];
	const char *next = prev ? (const char *)prev + 1 : many;

	if (next == many + MANY)
		return NULL;
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "bs=1k fo=4k nr=%ld",
		 (long)(next - many));
	return next;
}

static void many(struct kunit *test)
{
	KUNIT_EXPECT_NOT_NULL(test, kunit_kzalloc(test, 100, GFP_KERNEL));
}

static struct kunit_case many_cases[] = {
	KUNIT_CASE_PARAM(many, many_gen_params),
	{}
};

static struct kunit_suite many_suite = {
	.name = "selftest_many",
	.test_cases = many_cases,
};

kunit_test_suites(&param, &many_suite);
