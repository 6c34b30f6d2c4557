// SPDX-License-Identifier: GPL-2.0-only
/*
 * Leaving a case early: a jump that the host world makes, which has setjmp().
 */
#include <kunit/try-catch.h>
#include <linux/errno.h>
#include <libkern/runner.h>

void kunit_try_catch_run(struct kunit_try_catch *try_catch, void *context)
{
	try_catch->context = context;
	try_catch->try_result = 0;
	if (!lk_run_try(try_catch->try, context))
		return;
	try_catch->try_result = -EFAULT;
	try_catch->catch(context);
}

void __noreturn kunit_try_catch_throw(struct kunit_try_catch *try_catch)
{
	lk_run_throw();
}
