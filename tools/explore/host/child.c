// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel world asks of the host while it enumerates: there is no runner
 * above it, only a job in shared memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "exhaust.h"
#include "run.h"

static struct xp_job *child_job;

/* From here on this process works at @job, or at none. */
void child_begin(struct xp_job *job)
{
	child_job = job;
	if (job)
		job->died[0] = '\0';
	lk_case_begin();
}

void xp_line(void *arg, const char *text)
{
	puts(text);
	/* what comes next may be the end of this process */
	fflush(stdout);
}

xp_u64 xp_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

void xp_splats_forget(void)
{
	lk_splat_reset();
}

/* The first splat, without what differs from state to state. */
const char *xp_splat_words(void)
{
	static char words[XP_WORDS];
	const char *paren;

	snprintf(words, sizeof(words), "%s: %s", lk_splat_name(lk_splat_kind(0)),
		 lk_splat_text(0));
	words[strcspn(words, "\n")] = '\0';
	paren = strstr(words, " (index");
	if (paren)
		words[paren - words] = '\0';
	return words;
}

void lk_host_died(enum lk_death_kind kind, const char *text)
{
	if (child_job)
		snprintf(child_job->died, sizeof(child_job->died), "%s", text);
	else
		printf("violation: %s\n", text);
	finish(CHILD_DIED);
}

/* What a failed expectation says: only a build that fails has one. */
void lk_run_message(int level, int failed, const char *text)
{
	if (failed && !child_job)
		puts(text);
}
