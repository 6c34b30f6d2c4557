// SPDX-License-Identifier: GPL-2.0-only
/*
 * The search of one scene, in a process of its own. It goes through the bounds from
 * none up, so that what it finds first needs the fewest preemptions. A process that
 * dies has left its schedule in shared memory.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "jobs.h"
#include "run.h"

#define PATIENCE	3600	/* seconds; longer only where that is asked for */
#define HANG		20	/* seconds of processor time for BATCH runs */
#define BATCH		256

static struct trace *dying;		/* whose process this is */

void lk_host_died(enum lk_death_kind kind, const char *text)
{
	if (dying)
		snprintf(dying->died, sizeof(dying->died), "%s", text);
	else
		fprintf(stderr, "libkern: %s\n", text);
	finish(CHILD_DIED);
}

/* What a failed expectation says; what was wrong is said by whoever made it. */
void lk_run_message(int level, int failed, const char *text)
{
	if (failed && dying)
		snprintf(dying->died, sizeof(dying->died), "%s", text);
}

/* A run that never ends is somebody's endless loop without a point in it. */
static void watch_out(void)
{
	const struct itimerval limit = { .it_value = { .tv_sec = HANG } };

	setitimer(ITIMER_PROF, &limit, NULL);
}

static bool one_run(struct job *j, const struct sched *sched)
{
	const char *words;

	if (j->runs % BATCH == 0)
		watch_out();
	words = engine_run(sched, race_scene_tasks(j->scene), &j->trace);
	if (j->trace.steps > j->longest)
		j->longest = j->trace.steps;
	j->runs++;
	if (!words)
		return true;
	snprintf(j->words, sizeof(j->words), "%s", words);
	j->words[strcspn(j->words, "\n")] = '\0';
	j->violated = true;
	return false;
}

/* All schedules with up to @bound preemptions. */
static bool one_bound(const struct wanted *w, struct job *j, unsigned int bound)
{
	j->before += j->runs;
	j->runs = 0;
	j->cut = 0;
	j->bound = bound;
	classes_clear();
	dfs_start(bound, !w->unreduced);
	do {
		if (!one_run(j, &dfs))
			return false;
		if (dfs_pruned())
			j->cut++;
		else
			classes_add(engine_class());
	} while (dfs.next());
	j->classes = classes_count();
	j->sum = classes_sum();
	return true;
}

/* Are the bounds that are left ones that somebody waits for? By how the last two grew. */
static bool patient(const struct wanted *w, struct job *j, race_u64 last, double spent)
{
	double more = last ? (double)j->runs / last : 0, seconds = spent;
	unsigned int bound;

	for (bound = j->bound; bound < w->preemptions; bound++)
		seconds *= more;

	if (w->force || seconds < PATIENCE)
		return true;
	j->refused = seconds;
	return false;
}

static void search(const struct wanted *w, struct job *j)
{
	race_u64 last = 0;
	unsigned int bound;
	double at;

	for (bound = 0; bound <= w->preemptions; bound++) {
		at = jobs_now();
		if (!one_bound(w, j, bound))
			return;
		if (bound > 1 && bound < w->preemptions && !patient(w, j, last, jobs_now() - at))
			return;
		last = j->runs;
	}
}

static void by_chance(const struct wanted *w, struct job *j)
{
	const struct sched *sched = w->schedule == RACE_PCT ? &chance_pct : &chance_random;

	chance_start(w->seed, w->runs, w->preemptions);
	classes_clear();
	do {
		if (!one_run(j, sched))
			return;
		classes_add(engine_class());
	} while (sched->next());
	j->classes = classes_count();
	j->sum = classes_sum();
}

static const char *open_scene(const struct wanted *w, struct job *j)
{
	dying = &j->trace;
	dying->died[0] = '\0';
	lk_case_begin();
	return race_open(j->scene, w->locking);
}

/**
 * jobs_search() - what the process of a scene does
 * @w: what is asked for
 * @j: the scene
 */
void jobs_search(const struct wanted *w, struct job *j)
{
	const char *words = open_scene(w, j);

	if (words) {
		snprintf(j->words, sizeof(j->words), "%s", words);
		j->violated = true;
	} else if (w->schedule == RACE_DFS) {
		search(w, j);
	} else {
		by_chance(w, j);
	}
	j->done = true;
	finish(CHILD_OK);
}

/**
 * jobs_again() - one schedule in a process of its own, with every step in words
 * @w: what is asked for
 * @scene: of the schedule
 * @path: who makes each step
 * @steps: how many
 * @into: shared memory for what comes of it; its @bound is the number of preemptions,
 *	  its @before that of switches, its @longest the step that did not fit, or 0
 *
 * Return: whether the process came to its end.
 */
bool jobs_again(const struct wanted *w, unsigned int scene, const unsigned char *path,
		unsigned int steps, struct job *into)
{
	pid_t child = jobs_start();
	int status;

	if (!child) {
		const char *words;

		into->scene = scene;
		words = open_scene(w, into);
		if (words)
			lk_host_died(LK_DEATH_BUG, words);
		into->trace.show = true;
		replay_start(path, steps);
		one_run(into, &replay);
		into->bound = replay_preemptions();
		into->before = replay_switches();
		into->longest = replay_misfit() + 1;
		into->done = true;
		finish(CHILD_OK);
	}
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	jobs_ended(into, status);
	return WIFEXITED(status) && WEXITSTATUS(status) == CHILD_OK;
}
