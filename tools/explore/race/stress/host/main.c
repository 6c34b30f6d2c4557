// SPDX-License-Identifier: GPL-2.0-only
/*
 * libkern-stress: the scenarios of the race search on real threads.
 *
 *	--seconds=S		for all of them together
 *	--runs=N		rounds of each, instead
 *	--scenario=NAME		this one alone
 *	--target=T		those of this filesystem: plain or xfs
 *	--seed=N		of the delays
 *	--locking=L		tree or none
 *	--suppressions=FILE	of the thread sanitizer
 *	--jobs=N		processes at once
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../host/numbers.h"
#include "crew.h"
#include "run.h"

#define SECONDS		5

void __tsan_acquire(void *addr) __attribute__((weak));

/*
 * Reports end nothing. The order of locks is judged by the models,
 * which know what a lock is; here a folio's descriptor is now one folio's, now another's.
 */
const char *__tsan_default_options(void);
const char *__tsan_default_options(void)
{
	return "print_suppressions=1:atexit_sleep_ms=0:detect_deadlocks=0";
}

static int usage(const char *what, const char *why)
{
	fprintf(stderr, "libkern: %s: %s\n", what, why);
	return EXIT_USAGE;
}

static int stress(struct wanted *w)
{
	const char *name = lk_host_option("scenario"), *why = race_cannot(w->locking);
	unsigned int n;
	double begin = jobs_now();

	w->only = name ? jobs_find_scene(name) : -1;
	if (name && w->only < 0)
		return usage(name, "there is no such scenario: --list lists them");
	if (why) {
		usage("--locking none", why);
		return EXIT_UNTESTED;
	}
	n = jobs_count(w);
	asked.slice = asked.seconds * (w->jobs < n ? w->jobs : n) / n;
	reports_open();
	words_space(w);
	jobs_run(w);
	return words_report(w, jobs_now() - begin);
}

int main(int argc, char **argv)
{
	static struct wanted w = { .work = crew_work };
	const char *locking, *seconds;
	int status = options_parse(argc, argv);
	unsigned int seed = 1;

	if (status)
		return status < 0 ? EXIT_USAGE : EXIT_GOOD;
	symbol_init();
	forbid_init();
	w.jobs = options.jobs;
	w.target = lk_host_option("target");
	w.quiet = !!lk_host_option("quiet");
	locking = lk_host_option("locking");
	w.locking = locking && !strcmp(locking, "none") ? RACE_LOCK_NONE : RACE_LOCK_TREE;
	seconds = lk_host_option("seconds");
	asked.seconds = seconds ? strtod(seconds, NULL) : SECONDS;
	if (!number("seed", &seed) || !number("runs", &asked.rounds) || !(asked.seconds > 0))
		return usage("a number", "is none, or too large");
	w.seed = seed;
	asked.tsan = !!__tsan_acquire;
	asked.suppressions = lk_host_option("suppressions");
	finish(written(stress(&w)));
}
