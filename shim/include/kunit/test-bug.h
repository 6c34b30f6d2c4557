/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For code that is under test and wants to say so.
 */
#ifndef _KUNIT_TEST_BUG_H
#define _KUNIT_TEST_BUG_H

#include <linux/compiler.h>

struct kunit;

/**
 * kunit_get_current_test() - the test that is running
 *
 * Newer trees have it under this name; 6.1 has current->kunit_test only, so
 * suites use neither.
 *
 * Return: the test, or NULL between cases. All threads of a case see the same.
 */
struct kunit *kunit_get_current_test(void);

/**
 * kunit_fail_current_test() - fail whichever test is running, if one is
 * @fmt: printf format
 */
#define kunit_fail_current_test(fmt, ...) \
	__kunit_fail_current_test(__FILE__, __LINE__, fmt, ##__VA_ARGS__)

void __kunit_fail_current_test(const char *file, int line, const char *fmt, ...)
	__printf(3, 4);

#endif /* _KUNIT_TEST_BUG_H */
