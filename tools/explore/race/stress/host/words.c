// SPDX-License-Identifier: GPL-2.0-only
/* What a race stress prints: its result on stdout, its progress on stderr. */
#include <stdio.h>
#include <unistd.h>

#include "../../../host/numbers.h"
#include "crew.h"
#include "run.h"

static const char *bound_words(const struct wanted *w)
{
	static char text[160];

	snprintf(text, sizeof(text), "on real threads%s, page %uk, seed %llu%s",
		 asked.tsan ? " under the thread sanitizer" : "",
		 1U << (race_page_bits() - 10), w->seed,
		 w->locking == RACE_LOCK_NONE ? ", without invalidate_lock" : "");
	return text;
}

/**
 * words_space() - what is to be done
 * @w: what is asked for
 */
void words_space(const struct wanted *w)
{
	unsigned int n = jobs_count(w);

	if (asked.rounds)
		printf("%u scenario%s for %s rounds each, %s\n", n, n == 1 ? "" : "s",
		       grouped(asked.rounds), bound_words(w));
	else
		printf("%u scenario%s for %.6g s, %s\n", n, n == 1 ? "" : "s",
		       asked.seconds, bound_words(w));
	fflush(stdout);
}

/**
 * report_progress() - how far it is, on a terminal
 * @w: what is asked for
 * @last: nothing more comes
 */
void report_progress(const struct wanted *w, bool last)
{
	unsigned int i, done = 0;
	race_u64 rounds = 0;

	if (w->quiet || !isatty(STDERR_FILENO))
		return;
	for (i = 0; i < race_scenes(); i++) {
		done += jobs[i].done;
		rounds += jobs[i].runs;
	}
	if (last)
		fprintf(stderr, "\r%*s\r", 60, "");
	else
		fprintf(stderr, "\r%u of %u scenarios, %s rounds  ", done, jobs_count(w),
			grouped(rounds));
	fflush(stderr);
}

static void scene_line(const struct job *j)
{
	char name[RACE_NAME];

	race_scene_name(j->scene, name, sizeof(name));
	printf("%-28s %9s rounds", name, grouped(j->runs));
	if (j->before)
		printf(", VIOLATION in %s", grouped(j->before));
	else if (j->violated)
		printf(", VIOLATION");
	if (j->untested)
		printf(", NOT TESTED: %s", j->words);
	printf("%s\n", j->done ? "" : ", not run to the end");
}

/**
 * words_again() - the command that does one scene again
 * @w: what is asked for
 * @scene: which
 */
void words_again(const struct wanted *w, unsigned int scene)
{
	const char *command = lk_host_option("command");
	char name[RACE_NAME];

	race_scene_name(scene, name, sizeof(name));
	printf("again: %s --stress %.6g --scenario %s --seed %llu",
	       command ? command : "libkern-stress", asked.seconds, name, w->seed);
	if (asked.rounds)
		printf(" --runs %u", asked.rounds);
	printf("\n");
}

static void violation(const struct wanted *w, const struct job *j)
{
	char name[RACE_NAME], words[RACE_WORDS];

	race_scene_name(j->scene, name, sizeof(name));
	race_scene_words(j->scene, words, sizeof(words));
	printf("\nviolation: %s\nin %s: %s\n", j->words, name, words);
	if (j->before)
		printf("in %s of %s rounds\n", grouped(j->before), grouped(j->runs));
	else
		printf("in the round behind %s\n", grouped(j->runs));
	words_again(w, j->scene);
}

/**
 * words_report() - what was found
 * @w: what was asked for
 * @seconds: how long it took
 *
 * Return: the exit status.
 */
int words_report(const struct wanted *w, double seconds)
{
	unsigned int i, scenes = 0, bad = 0, lost = 0, reports = reports_read();
	race_u64 rounds = 0;

	for (i = 0; i < race_scenes(); i++) {
		if (!jobs[i].begun)
			continue;
		scenes++;
		bad += jobs[i].violated;
		lost += jobs[i].untested;
		rounds += jobs[i].runs;
		scene_line(&jobs[i]);
	}
	for (i = 0; i < race_scenes(); i++)
		if (jobs[i].violated)
			violation(w, &jobs[i]);
	reports_print(w);
	if (bad || reports)
		printf("threads are not replayed: by the same seed only delays are the same\n");
	if (jobs_interrupted)
		printf("not run to the end: interrupted\n");
	if (bad)
		printf("%u violation%s", bad, bad == 1 ? "" : "s");
	else
		printf("no violation");
	if (asked.tsan)
		printf(" and %u report%s", reports, reports == 1 ? "" : "s");
	printf(" in %s rounds%s of %u scenario%s, %.1f s %s\n", grouped(rounds),
	       jobs_interrupted ? " so far" : "", scenes, scenes == 1 ? "" : "s", seconds,
	       bound_words(w));
	fflush(stdout);
	if (bad || reports)
		return EXIT_BAD;
	if (jobs_interrupted)
		return EXIT_INTERRUPTED;
	return lost ? EXIT_UNTESTED : EXIT_GOOD;
}
