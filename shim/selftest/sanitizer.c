// SPDX-License-Identifier: GPL-2.0-only
/*
 * What only a sanitizer sees. Built without one, each case is skipped by name.
 */
#include <kunit/test.h>
#include <libkern/host.h>

#include "hidden.h"

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define HAVE_ASAN	1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define HAVE_ASAN	1
#endif

/* UBSan leaves no macro in gcc 12; its run time is there or is not. */
void __ubsan_handle_add_overflow(void *, void *, void *) __weak;
void __ubsan_handle_add_overflow_abort(void *, void *, void *) __weak;

static int number = 31;
static int *kept;

static void need_asan(struct kunit *test)
{
#ifndef HAVE_ASAN
	kunit_skip(test, "built without AddressSanitizer");
#endif
}

static void heap_overflow(struct kunit *test)
{
	char *p = lk_host_alloc(10, 0);

	need_asan(test);
	WRITE_ONCE(p[yes ? 10 : 0], 1);
	lk_host_free(p);
}

static void use_after_free(struct kunit *test)
{
	char *p = lk_host_alloc(10, 0);

	need_asan(test);
	lk_host_free(p);
	WRITE_ONCE(p[0], 1);
}

static void host_leak(struct kunit *test)
{
	need_asan(test);
	WRITE_ONCE(kept, lk_host_alloc(1000, 0));
	WRITE_ONCE(kept, NULL);
}

static void after_leak(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, yes);
}

static void undefined(struct kunit *test)
{
	if (!__ubsan_handle_add_overflow && !__ubsan_handle_add_overflow_abort)
		kunit_skip(test, "built without UndefinedBehaviorSanitizer");
	WRITE_ONCE(number, 1 << (READ_ONCE(number) + 1));
}

static void last(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, yes);
}

static struct kunit_case sanitizer_cases[] = {
	KUNIT_CASE(heap_overflow),
	KUNIT_CASE(use_after_free),
	KUNIT_CASE(host_leak),
	KUNIT_CASE(after_leak),
	KUNIT_CASE(undefined),
	KUNIT_CASE(last),
	{}
};

static struct kunit_suite sanitizer = {
	.name = "selftest_sanitizer",
	.test_cases = sanitizer_cases,
};

kunit_test_suite(sanitizer);
