/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What stands behind KUNIT_EXPECT_…() and KUNIT_ASSERT_…().
 *
 * Each check compares in the operands' own types and, only when it does not
 * hold, calls one function per kind of check. What is known when compiling
 * lies in a static struct, so a check that holds costs its comparison.
 */
#ifndef _KUNIT_ASSERT_H
#define _KUNIT_ASSERT_H

#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/types.h>

struct kunit;

/**
 * enum kunit_assert_type - what a check that does not hold ends
 * @KUNIT_ASSERTION: the case
 * @KUNIT_EXPECTATION: nothing, the case goes on and fails in the end
 */
enum kunit_assert_type {
	KUNIT_ASSERTION,
	KUNIT_EXPECTATION,
};

/**
 * struct lk_check - the part of a check that is known when compiling
 * @file: where it stands
 * @line: where it stands
 * @type: what it ends
 * @left: text of the left or only operand, macros expanded as in the kernel
 * @op: the operator that should have held
 * @right: text of the right operand
 */
struct lk_check {
	const char *file;
	int line;
	enum kunit_assert_type type;
	const char *left;
	const char *op;
	const char *right;
};

void lk_check_fail(struct kunit *test, const struct lk_check *check,
		   const char *fmt, ...) __printf(3, 4);
void lk_check_bool(struct kunit *test, const struct lk_check *check,
		   bool expected, const char *fmt, ...) __printf(4, 5);
void lk_check_int(struct kunit *test, const struct lk_check *check,
		  long long left, long long right,
		  const char *fmt, ...) __printf(5, 6);
void lk_check_ptr(struct kunit *test, const struct lk_check *check,
		  const void *left, const void *right,
		  const char *fmt, ...) __printf(5, 6);
void lk_check_str(struct kunit *test, const struct lk_check *check,
		  const char *left, const char *right,
		  const char *fmt, ...) __printf(5, 6);
void lk_check_not_err(struct kunit *test, const struct lk_check *check,
		      const void *ptr, const char *fmt, ...) __printf(4, 5);

#define LK_CHECK(name, _type, _left, _op, _right)			\
	static const struct lk_check name = {				\
		.file = __FILE__, .line = __LINE__, .type = (_type),	\
		.left = (_left), .op = (_op), .right = (_right),	\
	}

#define LK_CHECK_FAIL(test, type, fmt, ...)				\
do {									\
	LK_CHECK(__check, type, "", "", "");				\
	lk_check_fail(test, &__check, fmt, ##__VA_ARGS__);		\
} while (0)

#define LK_CHECK_BOOL(test, type, condition, expected, fmt, ...)	\
do {									\
	LK_CHECK(__check, type, #condition, "", "");			\
	if (unlikely(!(condition) != !(expected)))			\
		lk_check_bool(test, &__check, expected,			\
			      fmt, ##__VA_ARGS__);			\
} while (0)

/* There is no type that holds all values of long long and unsigned long long,
 * so the comparison is done before the values become long long for printing.
 */
#define LK_CHECK_INT(test, type, left, op, right, fmt, ...)		\
do {									\
	LK_CHECK(__check, type, #left, #op, #right);			\
	const typeof(left) __left = (left);				\
	const typeof(right) __right = (right);				\
									\
	if (unlikely(!(__left op __right)))				\
		lk_check_int(test, &__check, __left, __right,		\
			     fmt, ##__VA_ARGS__);			\
} while (0)

#define LK_CHECK_PTR(test, type, left, op, right, fmt, ...)		\
do {									\
	LK_CHECK(__check, type, #left, #op, #right);			\
	const typeof(left) __left = (left);				\
	const typeof(right) __right = (right);				\
									\
	if (unlikely(!(__left op __right)))				\
		lk_check_ptr(test, &__check, __left, __right,		\
			     fmt, ##__VA_ARGS__);			\
} while (0)

#define LK_CHECK_STR(test, type, left, op, right, fmt, ...)		\
do {									\
	LK_CHECK(__check, type, #left, #op, #right);			\
	const char *__left = (left);					\
	const char *__right = (right);					\
									\
	if (unlikely(!(strcmp(__left, __right) op 0)))			\
		lk_check_str(test, &__check, __left, __right,		\
			     fmt, ##__VA_ARGS__);			\
} while (0)

#define LK_CHECK_NOT_ERR(test, type, ptr, fmt, ...)			\
do {									\
	LK_CHECK(__check, type, #ptr, "", "");				\
	const typeof(ptr) __ptr = (ptr);				\
									\
	if (IS_ERR_OR_NULL(__ptr))				\
		lk_check_not_err(test, &__check, __ptr,			\
				 fmt, ##__VA_ARGS__);			\
} while (0)

#endif /* _KUNIT_ASSERT_H */
