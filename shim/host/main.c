// SPDX-License-Identifier: GPL-2.0-only
/*
 * A test binary: runs the KUnit suites that it was linked with, each in a child
 * process, and reports in KTAP.
 */
#include <errno.h>
#include <stdlib.h>

#include "run.h"

static bool any_wanted(unsigned int suite)
{
	unsigned int i;

	for (i = 0; i < lk_kunit_cases(suite); i++)
		if (lk_run_wanted(suite, i))
			return true;
	return false;
}

static void list_suite(unsigned int suite)
{
	unsigned int i;

	for (i = 0; i < lk_kunit_cases(suite); i++)
		if (lk_run_wanted(suite, i))
			printf("%s.%s\n", lk_kunit_suite_name(suite),
			       lk_kunit_case_name(suite, i));
}

static void suite_not_run(unsigned int suite)
{
	unsigned int i;

	for (i = 0; i < lk_kunit_cases(suite); i++)
		if (lk_run_wanted(suite, i))
			fprintf(stderr, "not run: %s.%s\n",
				lk_kunit_suite_name(suite),
				lk_kunit_case_name(suite, i));
}

static int run_all(unsigned int suites)
{
	unsigned int *wanted = calloc(suites, sizeof(*wanted));
	unsigned long bad;
	unsigned int i, n = 0;
	bool whole = true;

	if (!wanted)
		out_of_memory(suites * sizeof(*wanted));
	for (i = 0; i < suites; i++)
		if (any_wanted(i))
			wanted[n++] = i;
	if (options.jobs > 1 && n > 1) {
		whole = lanes_run(wanted, n, suite_not_run);
		n = 0;
	}
	for (i = 0; i < n; i++) {
		if (interrupted)
			suite_not_run(wanted[i]);
		else
			parent_run_suite(wanted[i], i + 1);
	}
	free(wanted);
	bad = verdict.leaves.fail + verdict.suites;
	if (interrupted)
		return EXIT_INTERRUPTED;
	if (bad > verdict.stubs)
		return EXIT_BAD;
	if (!whole) {
		fprintf(stderr, "libkern: a process that runs suites was lost\n");
		return EXIT_UNTESTED;
	}
	return bad ? EXIT_UNTESTED : EXIT_GOOD;
}

/* A result that nobody could read is none, but a bad one stays bad. */
static int written(int status)
{
	if (!fflush(stdout) && !ferror(stdout))
		return status;
	fprintf(stderr, "libkern: cannot write to stdout\n");
	return status == EXIT_GOOD ? EXIT_UNTESTED : status;
}

int main(int argc, char **argv)
{
	unsigned int i, wanted = 0, suites = lk_kunit_suites();
	int status;

	status = options_parse(argc, argv);
	if (status)
		return status < 0 ? EXIT_USAGE : EXIT_GOOD;
	for (i = 0; i < suites; i++)
		wanted += any_wanted(i);
	if (!wanted) {
		fprintf(stderr, options_any_filter() ?
			"libkern: the filter matches no case\n" :
			"libkern: there are no cases to run\n");
		return options_any_filter() ? EXIT_USAGE : EXIT_UNTESTED;
	}
	if (options.list) {
		for (i = 0; i < suites; i++)
			list_suite(i);
		return written(EXIT_GOOD);
	}

	json_init(options.result_fd);
	parent_init();
	ktap_plan(wanted);
	status = run_all(suites);
	json_end(status);
	finish(written(status));
}
