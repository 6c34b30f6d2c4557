/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The seam between KUnit's runtime (shim/kunit, kernel world), which knows
 * suites and runs them, and the runner (shim/host), which forks, watches and
 * prints. Compiled in both worlds.
 */
#ifndef LIBKERN_RUNNER_H
#define LIBKERN_RUNNER_H

#include "case.h"

/* The values of enum kunit_status. */
enum lk_status {
	LK_PASS,
	LK_FAIL,
	LK_SKIP,
};

/**
 * enum lk_event - how far a suite has come; the numbers given with it
 * @LK_EV_INIT: before suite_init
 * @LK_EV_INIT_DONE: after suite_init; its error or 0
 * @LK_EV_CASE: a case begins; its number
 * @LK_EV_PARAM: a parameter of it begins; its number; the text is its name
 * @LK_EV_CASE_DONE: the case has no more parameters; the case's number
 * @LK_EV_EXIT: before suite_exit
 * @LK_EV_DONE: all done
 */
enum lk_event {
	LK_EV_INIT,
	LK_EV_INIT_DONE,
	LK_EV_CASE,
	LK_EV_PARAM,
	LK_EV_CASE_DONE,
	LK_EV_EXIT,
	LK_EV_DONE,
};

/*
 * In the kernel world, for the runner. Suites and cases go by number, from 0
 * in the order in which they were linked and listed.
 */
unsigned int lk_kunit_suites(void);
const char *lk_kunit_suite_name(unsigned int suite);
int lk_kunit_suite_has_exit(unsigned int suite);
unsigned int lk_kunit_cases(unsigned int suite);
const char *lk_kunit_case_name(unsigned int suite, unsigned int nr);
int lk_kunit_case_has_params(unsigned int suite, unsigned int nr);

/**
 * lk_kunit_run() - run a suite, or the rest of it, in this process
 * @suite: number of the suite
 * @first_case: begin with this case, leaving out those before it
 * @first_param: begin with this parameter of @first_case
 */
void lk_kunit_run(unsigned int suite, unsigned int first_case,
		  unsigned int first_param);

/* In the host world, for the runtime. */

/**
 * lk_run_wanted() - does the filter let a case through?
 * @suite: number of its suite
 * @nr: its own
 */
int lk_run_wanted(unsigned int suite, unsigned int nr);

/**
 * lk_run_event() - tell how far the suite has come
 * @event: what happens
 * @number: see &enum lk_event
 * @text: likewise, or NULL
 */
void lk_run_event(enum lk_event event, int number, const char *text);

/**
 * lk_run_result() - end of the case or parameter that began last
 * @status: as KUnit sees it; splats and sanitizer reports make it a failure
 * @comment: the reason for a skip
 */
void lk_run_result(enum lk_status status, const char *comment);

/**
 * lk_run_message() - text in the form in which the kernel's KUnit prints it
 * @level: log level, 0 to 7
 * @failed: whether this text tells of a failure
 * @text: one line or several
 */
void lk_run_message(int level, int failed, const char *text);

/**
 * lk_run_try() - call a function that may leave through lk_run_throw()
 * @fn: the function
 * @context: passed to it
 *
 * Return: 0 when @fn came back by itself, 1 when it threw.
 */
int lk_run_try(void (*fn)(void *context), void *context);

/**
 * lk_run_throw() - leave the function called last by lk_run_try()
 *
 * In a thread that lk_run_try() does not run in, ends that thread.
 */
_Noreturn void lk_run_throw(void);

/* One lock for the runtime's own lists, unknown to the lock models. */
void lk_run_lock(void);
void lk_run_unlock(void);

#endif /* LIBKERN_RUNNER_H */
