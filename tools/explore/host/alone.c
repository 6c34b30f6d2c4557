// SPDX-License-Identifier: GPL-2.0-only
/* What the runner of the suites does for the kernel world, where there is none. */
#include <stdio.h>
#include <unistd.h>

#include "numbers.h"
#include "run.h"

void out_of_memory(size_t size)
{
	lk_host_died(LK_DEATH_BUG, "no memory");
}

void finish(int status)
{
	fflush(NULL);
	_exit(status);
}

/* A result that nobody could read is none, but a bad one stays bad. */
int written(int status)
{
	if (!fflush(stdout) && !ferror(stdout))
		return status;
	fprintf(stderr, "libkern: cannot write to stdout\n");
	return status == EXIT_GOOD ? EXIT_UNTESTED : status;
}

void lk_host_log(int level, const char *text)
{
}

void lk_note(const char *key, const char *text)
{
}

void lk_run_result(enum lk_status status, const char *comment)
{
}

void lk_run_event(enum lk_event event, int number, const char *text)
{
}

/* One leak check at the end of a page cache would cost more than all else. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "exitcode=99\nabort_on_error=0\ndetect_leaks=0\n";
}

const char *__ubsan_default_options(void);
const char *__ubsan_default_options(void)
{
	return "print_stacktrace=1\nhalt_on_error=1\nexitcode=99\n";
}
