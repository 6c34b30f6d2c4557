// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each kind of check, once with an expectation that does not hold and once with
 * an assertion, so that the words can be compared; and once where all hold.
 */
#include <kunit/test.h>

static const char *const text = "text";
static int five = 5;
static int *nothing;

static void all_hold(struct kunit *test)
{
	unsigned long long huge = ~0ull;
	int n = 0;

	KUNIT_EXPECT_TRUE(test, five);
	KUNIT_EXPECT_FALSE(test, !five);
	KUNIT_EXPECT_EQ(test, five, 5ul);
	KUNIT_EXPECT_NE(test, five, -5);
	KUNIT_EXPECT_LT(test, -1LL, five);
	KUNIT_EXPECT_LE(test, five, five);
	KUNIT_EXPECT_GT(test, huge, 1);
	KUNIT_EXPECT_GE(test, huge, huge);
	KUNIT_EXPECT_PTR_EQ(test, &five, &five);
	KUNIT_EXPECT_PTR_NE(test, &five, nothing);
	KUNIT_EXPECT_STREQ(test, text, "text");
	KUNIT_EXPECT_STRNEQ(test, text, "Text");
	KUNIT_EXPECT_NULL(test, nothing);
	KUNIT_EXPECT_NOT_NULL(test, &five);
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, &five);
	/* Each operand is evaluated once. */
	KUNIT_EXPECT_EQ(test, n++, 0);
	KUNIT_EXPECT_TRUE(test, n++ == 1);
	KUNIT_EXPECT_EQ(test, n, 2);
}

static void says_true(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, five == 6);
}

static void says_false(struct kunit *test)
{
	KUNIT_EXPECT_FALSE_MSG(test, five == 5, "because %d", five);
}

static void says_eq(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, five, -1);
}

static void says_ne(struct kunit *test)
{
	int other = five;

	KUNIT_EXPECT_NE_MSG(test, five, other, "two lines,\nthe second");
}

static void says_lt(struct kunit *test)
{
	KUNIT_EXPECT_LT(test, five, 5);
}

static void says_le(struct kunit *test)
{
	KUNIT_EXPECT_LE(test, five, 4);
}

static void says_gt(struct kunit *test)
{
	KUNIT_EXPECT_GT(test, 5, five);
}

static void says_ge(struct kunit *test)
{
	KUNIT_EXPECT_GE(test, five, 0x100000000LL);
}

static void says_ptr_eq(struct kunit *test)
{
	KUNIT_EXPECT_PTR_EQ(test, (void *)0x1234, (void *)0xabcd);
}

static void says_ptr_ne(struct kunit *test)
{
	KUNIT_EXPECT_PTR_NE(test, nothing, nothing);
}

static void says_streq(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, text, "test");
}

static void says_strneq(struct kunit *test)
{
	KUNIT_EXPECT_STRNEQ(test, text, text);
}

static void says_null(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, (void *)0x1234);
}

static void says_not_null(struct kunit *test)
{
	KUNIT_EXPECT_NOT_NULL(test, nothing);
}

static void says_not_err(struct kunit *test)
{
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, ERR_PTR(-12));
	KUNIT_EXPECT_NOT_ERR_OR_NULL_MSG(test, nothing, "nor %s", "NULL");
}

static void goes_on(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, five, 1);
	KUNIT_EXPECT_EQ(test, five, 2);
	kunit_info(test, "goes on");
}

/* Every assertion leaves; what comes after it must not be seen. */
#define LEAVES(name, assertion)						\
static void name(struct kunit *test)					\
{									\
	assertion;							\
	kunit_info(test, "came back");					\
}

LEAVES(leaves_true, KUNIT_ASSERT_TRUE(test, five == 6))
LEAVES(leaves_false, KUNIT_ASSERT_FALSE(test, five == 5))
LEAVES(leaves_eq, KUNIT_ASSERT_EQ(test, five, 4))
LEAVES(leaves_ne, KUNIT_ASSERT_NE(test, five, 5))
LEAVES(leaves_lt, KUNIT_ASSERT_LT(test, five, 5))
LEAVES(leaves_le, KUNIT_ASSERT_LE(test, five, 4))
LEAVES(leaves_gt, KUNIT_ASSERT_GT(test, five, 5))
LEAVES(leaves_ge, KUNIT_ASSERT_GE(test, five, 6))
LEAVES(leaves_ptr_eq, KUNIT_ASSERT_PTR_EQ(test, nothing, &five))
LEAVES(leaves_ptr_ne, KUNIT_ASSERT_PTR_NE(test, nothing, nothing))
LEAVES(leaves_streq, KUNIT_ASSERT_STREQ(test, text, "test"))
LEAVES(leaves_strneq, KUNIT_ASSERT_STRNEQ(test, text, text))
LEAVES(leaves_null, KUNIT_ASSERT_NULL(test, &five))
LEAVES(leaves_not_null, KUNIT_ASSERT_NOT_NULL(test, nothing))
LEAVES(leaves_not_err, KUNIT_ASSERT_NOT_ERR_OR_NULL(test, nothing))
LEAVES(leaves_failure, KUNIT_ASSERT_FAILURE(test, "for %d reasons", five))

static struct kunit_case check_cases[] = {
	KUNIT_CASE(all_hold),
	KUNIT_CASE(says_true),
	KUNIT_CASE(says_false),
	KUNIT_CASE(says_eq),
	KUNIT_CASE(says_ne),
	KUNIT_CASE(says_lt),
	KUNIT_CASE(says_le),
	KUNIT_CASE(says_gt),
	KUNIT_CASE(says_ge),
	KUNIT_CASE(says_ptr_eq),
	KUNIT_CASE(says_ptr_ne),
	KUNIT_CASE(says_streq),
	KUNIT_CASE(says_strneq),
	KUNIT_CASE(says_null),
	KUNIT_CASE(says_not_null),
	KUNIT_CASE(says_not_err),
	KUNIT_CASE(goes_on),
	KUNIT_CASE(leaves_true),
	KUNIT_CASE(leaves_false),
	KUNIT_CASE(leaves_eq),
	KUNIT_CASE(leaves_ne),
	KUNIT_CASE(leaves_lt),
	KUNIT_CASE(leaves_le),
	KUNIT_CASE(leaves_gt),
	KUNIT_CASE(leaves_ge),
	KUNIT_CASE(leaves_ptr_eq),
	KUNIT_CASE(leaves_ptr_ne),
	KUNIT_CASE(leaves_streq),
	KUNIT_CASE(leaves_strneq),
	KUNIT_CASE(leaves_null),
	KUNIT_CASE(leaves_not_null),
	KUNIT_CASE(leaves_not_err),
	KUNIT_CASE(leaves_failure),
	{}
};

static struct kunit_suite check = {
	.name = "selftest_check",
	.test_cases = check_cases,
};

kunit_test_suite(check);
