// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which suites there are, and how one is run. Nothing is printed here: the
 * runner in shim/host is told what happens and decides what it means.
 */
#include <kunit/test.h>
#include <kunit/test-bug.h>
#include <linux/sched.h>
#include <libkern/runner.h>

#include "text.h"

/* The ends of the section that kunit_test_suites() fills. */
extern struct kunit_suite *__start_kunit_test_suites[] __weak;
extern struct kunit_suite *__stop_kunit_test_suites[] __weak;

/* For all threads of a case; current->kunit_test is the main thread's. */
static struct kunit *current_test;

unsigned int lk_kunit_suites(void)
{
	return __stop_kunit_test_suites - __start_kunit_test_suites;
}

static struct kunit_suite *suite_of(unsigned int suite)
{
	return __start_kunit_test_suites[suite];
}

const char *lk_kunit_suite_name(unsigned int suite)
{
	return suite_of(suite)->name;
}

int lk_kunit_suite_has_exit(unsigned int suite)
{
	return !!suite_of(suite)->suite_exit;
}

unsigned int lk_kunit_cases(unsigned int suite)
{
	struct kunit_case *test_case;
	unsigned int n = 0;

	kunit_suite_for_each_test_case(suite_of(suite), test_case)
		n++;
	return n;
}

const char *lk_kunit_case_name(unsigned int suite, unsigned int nr)
{
	return suite_of(suite)->test_cases[nr].name;
}

int lk_kunit_case_has_params(unsigned int suite, unsigned int nr)
{
	return !!suite_of(suite)->test_cases[nr].generate_params;
}

struct kunit *kunit_get_current_test(void)
{
	return __atomic_load_n(&current_test, __ATOMIC_ACQUIRE);
}

void __kunit_fail_current_test(const char *file, int line, const char *fmt, ...)
{
	struct kunit *test = kunit_get_current_test();
	struct lk_text text = { 0 };
	va_list args;

	if (!test)
		return;
	kunit_set_failure(test);
	lk_text_add(&text, KUNIT_SUBTEST_INDENT "# %s: %s:%d: ", test->name,
		    file, line);
	va_start(args, fmt);
	lk_text_vadd(&text, fmt, args);
	va_end(args);
	lk_run_message(3, 1, text.p);
	lk_text_free(&text);
}

void kunit_set_failure(struct kunit *test)
{
	__atomic_store_n(&test->status, KUNIT_FAILURE, __ATOMIC_RELAXED);
}

static void mark_skipped(struct kunit *test, const char *fmt, va_list args)
{
	enum kunit_status was = KUNIT_SUCCESS;

	/* Unlike the kernel's: what has failed stays failed. */
	if (!__atomic_compare_exchange_n(&test->status, &was, KUNIT_SKIPPED,
					 false, __ATOMIC_RELAXED,
					 __ATOMIC_RELAXED) &&
	    was == KUNIT_FAILURE)
		return;
	vsnprintf(test->status_comment, sizeof(test->status_comment), fmt, args);
}

void lk_kunit_mark_skipped(struct kunit *test, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	mark_skipped(test, fmt, args);
	va_end(args);
}

void lk_kunit_skip(struct kunit *test, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	mark_skipped(test, fmt, args);
	va_end(args);
	kunit_try_catch_throw(&test->try_catch);
}

void lk_kunit_log(const char *level, const char *name, const char *fmt, ...)
{
	struct lk_text text = { 0 };
	va_list args;

	if (name)
		lk_text_add(&text, KUNIT_SUBTEST_INDENT "# %s: ", name);
	va_start(args, fmt);
	lk_text_vadd(&text, fmt, args);
	va_end(args);
	/* A level is "<n>", as linux/printk.h has it. */
	if (text.p)
		lk_run_message(level[0] == '<' ? level[1] - '0' : 6, 0, text.p);
	lk_text_free(&text);
}

static void set_current(struct kunit *test)
{
	current->kunit_test = test;
	__atomic_store_n(&current_test, test, __ATOMIC_RELEASE);
}

struct run {
	struct kunit test;
	struct kunit_suite *suite;
	struct kunit_case *test_case;
};

static void try_case(void *context)
{
	struct run *run = context;

	if (run->suite->init) {
		int err = run->suite->init(&run->test);

		if (err) {
			kunit_err(&run->test, "failed to initialize: %d", err);
			kunit_set_failure(&run->test);
			return;
		}
	}
	run->test_case->run_case(&run->test);
}

static void catch_case(void *context)
{
	/* An assertion has said so itself, a skip has left its reason. */
}

static void try_exit(void *context)
{
	struct run *run = context;

	if (run->suite->exit)
		run->suite->exit(&run->test);
}

static void catch_exit(void *context)
{
	struct run *run = context;

	kunit_err(&run->test, "left its exit early");
	kunit_set_failure(&run->test);
}

static void try_cleanup(void *context)
{
	struct run *run = context;

	kunit_cleanup(&run->test);
}

/* Runs a case, or one parameter of it, from its beginning to its result. */
static void run_one(struct run *run, const void *param, int index)
{
	struct kunit *test = &run->test;

	memset(test, 0, sizeof(*test));
	test->name = run->test_case->name;
	test->param_value = param;
	test->param_index = index;
	INIT_LIST_HEAD(&test->resources);
	test->try_catch.test = test;

	lk_case_begin();
	set_current(test);
	test->try_catch.try = try_case;
	test->try_catch.catch = catch_case;
	kunit_try_catch_run(&test->try_catch, run);
	test->try_catch.try = try_exit;
	test->try_catch.catch = catch_exit;
	kunit_try_catch_run(&test->try_catch, run);
	test->try_catch.try = try_cleanup;
	kunit_try_catch_run(&test->try_catch, run);
	set_current(NULL);
	lk_case_end();

	lk_run_result((enum lk_status)test->status, test->status_comment);
}

static void run_params(struct run *run, unsigned int first)
{
	char desc[KUNIT_PARAM_DESC_SIZE];
	const void *param = NULL;
	unsigned int i;

	for (i = 0; ; i++) {
		memset(desc, 0, sizeof(desc));
		param = run->test_case->generate_params(param, desc);
		if (!param)
			return;
		if (i < first)
			continue;
		if (!desc[0])
			snprintf(desc, sizeof(desc), "param-%u", i);
		desc[sizeof(desc) - 1] = '\0';
		lk_run_event(LK_EV_PARAM, i, desc);
		run_one(run, param, i);
	}
}

void lk_kunit_run(unsigned int nr, unsigned int first_case,
		  unsigned int first_param)
{
	struct kunit_suite *suite = suite_of(nr);
	struct run run = { .suite = suite };
	unsigned int i;
	int err = 0;

	lk_run_event(LK_EV_INIT, 0, NULL);
	/* For a WARN in suite_init; each case begins anew after it. */
	lk_case_begin();
	if (suite->suite_init)
		err = suite->suite_init(suite);
	lk_run_event(LK_EV_INIT_DONE, err, NULL);
	if (err)
		return;

	for (i = first_case; suite->test_cases[i].run_case; i++) {
		if (!lk_run_wanted(nr, i))
			continue;
		run.test_case = &suite->test_cases[i];
		lk_run_event(LK_EV_CASE, i, NULL);
		if (run.test_case->generate_params)
			run_params(&run, i == first_case ? first_param : 0);
		else
			run_one(&run, NULL, 0);
		lk_run_event(LK_EV_CASE_DONE, i, NULL);
	}

	lk_run_event(LK_EV_EXIT, 0, NULL);
	lk_case_begin();
	if (suite->suite_exit)
		suite->suite_exit(suite);
	lk_run_event(LK_EV_DONE, 0, NULL);
}
