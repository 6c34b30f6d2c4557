/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Leaving a case early.
 *
 * Kept from the kernel: what is thrown from never returns, and the case's exit
 * and clean-up run afterwards. Dropped: the kernel runs each case in a thread of
 * its own and ends that thread; here it is a jump back in the same thread. The
 * time limit is the runner's, not ours.
 */
#ifndef _KUNIT_TRY_CATCH_H
#define _KUNIT_TRY_CATCH_H

#include <linux/types.h>
#include <linux/compiler.h>

struct kunit;

typedef void (*kunit_try_catch_func_t)(void *context);

/**
 * struct kunit_try_catch - one function to run and what to do if it throws
 * @test: the test that it runs for
 * @try: what to run
 * @catch: called when @try threw
 * @context: passed to both
 * @try_result: 0 when @try came back by itself, -EFAULT when it threw
 */
struct kunit_try_catch {
	struct kunit *test;
	kunit_try_catch_func_t try;
	kunit_try_catch_func_t catch;
	void *context;
	int try_result;
};

void kunit_try_catch_run(struct kunit_try_catch *try_catch, void *context);
void __noreturn kunit_try_catch_throw(struct kunit_try_catch *try_catch);

static inline int kunit_try_catch_get_result(struct kunit_try_catch *tc)
{
	return tc->try_result;
}

#endif /* _KUNIT_TRY_CATCH_H */
