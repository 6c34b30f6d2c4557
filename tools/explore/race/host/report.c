// SPDX-License-Identifier: GPL-2.0-only
/* What a race search prints: its result on stdout, its progress on stderr. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../host/numbers.h"
#include "jobs.h"
#include "run.h"

/* What is not as usual. */
static const char *ways(const struct wanted *w)
{
	static const char *const words[] = {
		[RACE_LOCK_TREE] = "",
		[RACE_LOCK_NONE] = ", without invalidate_lock",
		[RACE_LOCK_LATE] = ", invalidate_lock taken too late",
		[RACE_LOCK_SHARED] = ", i_rwsem shared",
	};
	unsigned int i, n = 0, bound = 0;
	static char text[128];
	int len;

	len = snprintf(text, sizeof(text), "%s%s", w->rcu == RACE_RCU_LATE ? ", RCU late" : "",
		       words[w->locking]);
	/* scenes that are searched with another bound than the rest */
	for (i = 0; w->schedule == RACE_DFS && i < race_scenes(); i++) {
		if (!jobs_wanted(w, i) || jobs_bound(w, i) == w->preemptions)
			continue;
		bound = jobs_bound(w, i);
		n++;
	}
	if (n)
		snprintf(text + len, sizeof(text) - len, ", %u of the scenarios up to %u", n,
			 bound);
	return text;
}

static const char *bound_words(const struct wanted *w)
{
	static char text[240];

	if (w->schedule == RACE_DFS)
		snprintf(text, sizeof(text),
			 "up to %u preemption%s, page %uk, sequentially consistent%s%s",
			 w->preemptions, w->preemptions == 1 ? "" : "s",
			 1U << (race_page_bits() - 10), w->unreduced ? ", unreduced" : "",
			 ways(w));
	else
		snprintf(text, sizeof(text), "%s, seed %llu, page %uk, sequentially consistent%s",
			 w->schedule == RACE_PCT ? "PCT" : "by chance", w->seed,
			 1U << (race_page_bits() - 10), ways(w));
	return text;
}

/**
 * report_list() - the scenes that can be asked for, one a line
 * @w: what is asked for
 */
void report_list(const struct wanted *w)
{
	char name[RACE_NAME], words[RACE_WORDS];
	unsigned int i;

	for (i = 0; i < race_scenes(); i++) {
		if (w->target && strcmp(race_scene_target(i), w->target))
			continue;
		race_scene_name(i, name, sizeof(name));
		race_scene_words(i, words, sizeof(words));
		printf("%-36s %s\n", name, words);
	}
}

/**
 * report_space() - what is to be gone through
 * @w: what is asked for
 */
void report_space(const struct wanted *w)
{
	unsigned int n = jobs_count(w);

	printf("%u scenario%s, %s\n", n, n == 1 ? "" : "s", bound_words(w));
	fflush(stdout);
}

/**
 * report_progress() - how far it is, on a terminal
 * @w: what is asked for
 * @last: nothing more comes
 */
void report_progress(const struct wanted *w, bool last)
{
	unsigned int i, done = 0, of = jobs_count(w);
	race_u64 runs = 0;

	if (w->quiet || !isatty(STDERR_FILENO))
		return;
	for (i = 0; i < race_scenes(); i++) {
		done += jobs[i].done;
		runs += jobs[i].before + jobs[i].runs;
	}
	if (last)
		fprintf(stderr, "\r%*s\r", 60, "");
	else
		fprintf(stderr, "\r%u of %u scenarios, %s interleavings  ", done, of,
			grouped(runs));
	fflush(stderr);
}

static void scene_line(const struct wanted *w, const struct job *j)
{
	char name[RACE_NAME];

	race_scene_name(j->scene, name, sizeof(name));
	printf("%-36s %11s interleavings", name, grouped(j->runs));
	if (j->done && !j->violated && !j->differs && !j->untested)
		printf(", %s different", grouped(j->classes));
	printf(", %u steps, %.2f s%s%s\n", j->longest, j->seconds,
	       j->violated ? ", VIOLATION" : j->differs ? ", NONDETERMINISM" :
	       j->untested ? ", NOT TESTED" : "", !j->done ? ", not gone through to the end" : "");
	if (j->known)
		printf("%-36s known finding %s in %s interleavings\n", "", j->finding,
		       grouped(j->known));
	if (j->done && !j->violated && jobs_bound(w, j->scene) != w->preemptions)
		printf("%-36s up to %u preemption%s\n", "", j->bound, j->bound == 1 ? "" : "s");
	if (j->refused)
		printf("%-36s only up to %u: %u preemptions take about %.1f hours; --force\n",
		       "", j->bound, jobs_bound(w, j->scene), j->refused / 3600);
	if (j->differs || j->untested)
		printf("%-36s %s\n", "", j->words);
	if (j->untested)
		columns_again(w, j->scene, &j->trace);
	if (w->verbose && j->done && !j->violated && !j->differs && !j->untested)
		printf("%-36s %s cut short, classes %016llx\n", "", grouped(j->cut), j->sum);
}

/**
 * report() - what was found
 * @w: what was asked for
 * @seconds: how long it took
 *
 * Return: the exit status.
 */
int report(const struct wanted *w, double seconds)
{
	unsigned int i, scenes = 0, bad = 0, refused = 0, differ = 0, lost = 0;
	race_u64 runs = 0, all = 0;
	double used = 0;
	bool interrupted = jobs_interrupted;	/* the search, not what follows */
	const struct job *j;
	char words[300];

	for (i = 0; i < race_scenes(); i++) {
		j = &jobs[i];
		if (!j->begun)
			continue;
		scenes++;
		bad += j->violated;
		differ += j->differs;
		lost += j->untested;
		refused += j->refused > 0;
		used += j->seconds;
		runs += j->runs;
		all += j->before + j->runs;
		scene_line(w, j);
	}
	for (i = 0; i < race_scenes(); i++)
		if (jobs[i].violated)
			columns_violation(w, &jobs[i]);
	if (differ)
		printf("nondeterminism in %u scenario%s: what is found there proves nothing\n",
		       differ, differ == 1 ? "" : "s");
	if (lost)
		printf("%u scenario%s could not be tested\n", lost, lost == 1 ? "" : "s");
	if (w->edges) {
		snprintf(words, sizeof(words), "%s interleavings of %u scenario%s, %s",
			 grouped(runs), scenes, scenes == 1 ? "" : "s", bound_words(w));
		if (!graph_write(lk_host_option("dot"), words))
			finish(EXIT_UNTESTED);
	}
	if (interrupted)
		printf("not gone through to the end: interrupted\n");
	if (bad)
		printf("%u violation%s", bad, bad == 1 ? "" : "s");
	else
		printf("no violation");
	printf(" in %s interleavings%s of %u scenario%s, %s\n", grouped(runs),
	       interrupted ? " so far" : "", scenes, scenes == 1 ? "" : "s",
	       bound_words(w));
	printf("%.1f s; %.1f s of processor time, %s interleavings/s of it%s\n", seconds, used,
	       grouped(all / (used > 0 ? used : 1)),
	       w->recheck == 1 ? ", each run twice" : "");
	fflush(stdout);
	if (bad)
		return EXIT_BAD;
	if (jobs_interrupted)
		return EXIT_INTERRUPTED;
	if (differ || lost)
		return EXIT_UNTESTED;
	return refused ? EXIT_USAGE : EXIT_GOOD;
}

/**
 * report_replay() - one schedule again
 * @w: what is asked for
 * @scene: of the schedule
 * @s: the schedule
 *
 * Return: the exit status.
 */
int report_replay(const struct wanted *w, unsigned int scene, const struct schedule *s)
{
	struct job *again = shrink_job();
	unsigned int first = 0;
	char words[RACE_WORDS];
	int last, misfit;

	race_scene_words(scene, words, sizeof(words));
	printf("%s\n", words);
	shrink_again(w, scene, s->path, s->steps, again);
	columns(w, scene, &again->trace);
	last = replay_differs(s, &again->trace, &first);
	misfit = again->longest;
	/* whichever comes first */
	if (misfit && (last < 0 || misfit - 1 <= last))
		printf("the schedule does not fit: %s cannot run at step %u\n",
		       race_task_name(scene, s->path[misfit - 1]), misfit - 1);
	else if (last >= 0 && first < s->steps)
		printf("the schedule does not fit: from step %u to %u (%s) other steps than %s",
		       first, last, race_task_name(scene, s->path[first]),
		       "it was made of\n");
	else if (last >= 0)
		printf("the schedule does not fit: it has %u steps, and this goes on\n", s->steps);
	else
		printf("the schedule fits: %u steps\n", again->trace.steps);
	if (again->violated || again->untested)
		printf("%s: %s\n", again->violated ? "violation" : "could not be tested",
		       again->words);
	else
		printf("no violation in this interleaving\n");
	if (again->violated)
		return EXIT_BAD;
	if (again->untested)
		return EXIT_UNTESTED;
	if (!misfit && last < 0)
		return EXIT_GOOD;
	race_scene_name(scene, words, sizeof(words));
	printf("which says nothing of this tree: search the scenario, with --scenario %s\n", words);
	return EXIT_UNTESTED;
}
