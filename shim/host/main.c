// SPDX-License-Identifier: GPL-2.0-only
/*
 * A test binary: runs the KUnit suites that it was linked with, each in a child
 * process, and reports in KTAP.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

/* How many of the suites that are not here the filter wants. */
static unsigned int absent_wanted(void)
{
	const struct absent *a;
	unsigned int i, n = 0;

	for (i = 0; (a = options_absent(i)); i++)
		n += options_suite_wanted(a->name);
	return n;
}

static void skip_absent(unsigned long nr)
{
	const struct absent *a;
	struct leaf leaf = { 0 };
	unsigned int i;

	for (i = 0; (a = options_absent(i)); i++) {
		if (!options_suite_wanted(a->name))
			continue;
		leaf_begin(&leaf, a->name, NULL);
		leaf.status = LK_SKIP;
		leaf.comment = strdup(a->reason);
		ktap_result(0, LK_SKIP, ++nr, a->name, a->reason);
		tally_add(&verdict.leaves, LK_SKIP);
		json_leaf(&leaf);
	}
	leaf_clear(&leaf);
}

static int run_all(unsigned int suites)
{
	/* there may be none, where all that is wanted is absent */
	unsigned int *wanted = calloc(suites + 1, sizeof(*wanted));
	unsigned long bad;
	unsigned int i, nr, n = 0;
	bool whole = true;

	if (!wanted)
		out_of_memory(suites * sizeof(*wanted));
	for (i = 0; i < suites; i++)
		if (any_wanted(i))
			wanted[n++] = i;
	nr = n;
	if (options.jobs > 1 && n > 1) {
		whole = lanes_run(wanted, n, suite_not_run);
		n = 0;
	}
	for (i = 0; i < n; i++) {
		if (interrupted)
			suite_not_run(wanted[i]);
		else
			parent_run_suite(wanted[i], options.before + i + 1);
	}
	free(wanted);
	if (!interrupted)
		skip_absent(options.before + nr);
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
	wanted += absent_wanted();
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
	if (!options.before)
		ktap_plan(wanted + options.after);
	status = run_all(suites);
	json_end(status);
	finish(written(status));
}
