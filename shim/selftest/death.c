// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cases that do not come back. Between any two of them is one that passes, and
 * must be reported as such.
 */
#include <kunit/test.h>
#include <libkern/case.h>
#include <libkern/host.h>

#include "hidden.h"

/* libc's, which no kernel code calls. */
void exit(int status) __noreturn;

static void before(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, yes);
}

static void null_deref(struct kunit *test)
{
	kunit_info(test, "said before the crash");
	*nowhere = 1;
}

static void after_null_deref(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, yes);
}

static void bug(struct kunit *test)
{
	lk_splat(LK_SPLAT_WARN, "seen before the BUG");
	BUG_ON(yes);
}

static void after_bug(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, yes);
}

static void deadlock(struct kunit *test)
{
	lk_die(LK_DEATH_DEADLOCK, "two locks, %d threads", 2);
}

static void hang(struct kunit *test)
{
	while (yes)
		selftest_sink++;
}

static void after_hang(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, yes);
}

static noinline unsigned long recurse(unsigned long depth)
{
	char frame[1024];

	WRITE_ONCE(frame[depth % sizeof(frame)], 1);
	if (yes)
		selftest_sink += recurse(depth + 1);
	return READ_ONCE(frame[0]);
}

static void stack_overflow(struct kunit *test)
{
	recurse(0);
}

static void memory_runaway(struct kunit *test)
{
	/* kmalloc() comes down to this; the host's memory is what counts. */
	while (yes)
		memset(lk_host_alloc(1 << 20, 0), 1, 1 << 20);
}

static void calls_exit(struct kunit *test)
{
	exit(0);
}

static void calls_exit_87(struct kunit *test)
{
	exit(87);
}

static void after_exit(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, yes);
}

static void stub(struct kunit *test)
{
	lk_die(LK_DEATH_STUB, "%s() called from %s", "missing", __func__);
}

static void output_flood(struct kunit *test)
{
	int i;

	for (i = 0; i < 300000; i++)
		kunit_info(test, "line %d of very many", i);
	KUNIT_FAIL(test, "told after the flood");
}

static void last(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, yes);
}

static struct kunit_case death_cases[] = {
	KUNIT_CASE(before),
	KUNIT_CASE(null_deref),
	KUNIT_CASE(after_null_deref),
	KUNIT_CASE(bug),
	KUNIT_CASE(after_bug),
	KUNIT_CASE(deadlock),
	KUNIT_CASE(hang),
	KUNIT_CASE(after_hang),
	KUNIT_CASE(stack_overflow),
	KUNIT_CASE(memory_runaway),
	KUNIT_CASE(calls_exit),
	KUNIT_CASE(calls_exit_87),
	KUNIT_CASE(after_exit),
	KUNIT_CASE(stub),
	KUNIT_CASE(output_flood),
	KUNIT_CASE(last),
	{}
};

static struct kunit_suite death = {
	.name = "selftest_death",
	.test_cases = death_cases,
};

/* With --hang=1 each hangs, but not one of them often. */
static void hangs_1(struct kunit *test)
{
	while (yes && lk_host_option("hang"))
		;
}

static void hangs_2(struct kunit *test)
{
	hangs_1(test);
}

static void hangs_3(struct kunit *test)
{
	hangs_1(test);
}

static struct kunit_case hang_cases[] = {
	KUNIT_CASE(hangs_1),
	KUNIT_CASE(before),
	KUNIT_CASE(hangs_2),
	KUNIT_CASE(hangs_3),
	KUNIT_CASE(after_hang),
	KUNIT_CASE(last),
	{}
};

static struct kunit_suite hang_suite = {
	.name = "selftest_hang",
	.test_cases = hang_cases,
};

/* Nothing but an abort stub fails here. */
static struct kunit_case stub_cases[] = {
	KUNIT_CASE(before),
	KUNIT_CASE(stub),
	KUNIT_CASE(last),
	{}
};

static struct kunit_suite stub_suite = {
	.name = "selftest_stub",
	.test_cases = stub_cases,
};

kunit_test_suites(&death, &hang_suite, &stub_suite);
