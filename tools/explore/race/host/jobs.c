// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the process of a scene does. It goes through the bounds from none up, so that
 * what it finds first needs the fewest preemptions. A process that dies has left its
 * schedule in shared memory.
 *
 * An interleaving without a violation is run a second time, by its schedule alone, and
 * has to be the same in every step: who could run, what it was, what it has touched.
 */
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "jobs.h"
#include "run.h"

static struct job *mine;		/* whose process this is */
static bool second;			/* this run was counted already */

void lk_host_died(enum lk_death_kind kind, const char *text)
{
	if (mine) {
		snprintf(mine->trace.died, sizeof(mine->trace.died), "%s", text);
		mine->untested = kind == LK_DEATH_STUB;
	} else {
		fprintf(stderr, "libkern: %s\n", text);
	}
	finish(CHILD_DIED);
}

/* What a failed expectation says; what was wrong is said by whoever made it. */
void lk_run_message(int level, int failed, const char *text)
{
	if (failed && mine)
		snprintf(mine->trace.died, sizeof(mine->trace.died), "%s", text);
}

void race_edge(const struct race_edge *e)
{
	if (!second)
		graph_add(mine, e, race_running());
}

/* A run that never ends is somebody's endless loop without a point in it. */
static void watch_out(unsigned int seconds)
{
	const struct itimerval limit = { .it_value = { .tv_sec = seconds } };

	setitimer(ITIMER_PROF, &limit, NULL);
}

/**
 * jobs_bound() - the most preemptions that a scene is searched with
 * @w: what is asked for
 * @scene: which
 */
unsigned int jobs_bound(const struct wanted *w, unsigned int scene)
{
	return w->each ? race_scene_bound(scene) : w->preemptions;
}

/* The last run once more. Return: NULL, or how it differs. */
static const char *once_more(struct job *j)
{
	static unsigned short mark[RACE_STEPS + 1];
	static unsigned char path[RACE_STEPS + 1];
	static char text[RACE_WORDS];
	struct trace *t = &j->trace;
	unsigned int i, steps = t->steps;
	race_u64 print = t->print;
	const char *words;

	memcpy(path, t->path, steps);
	memcpy(mark, t->mark, steps * sizeof(mark[0]));
	replay_start(path, steps);
	second = true;
	words = engine_run(&replay, race_scene_tasks(j->scene), t);
	second = false;
	if (!words && t->print == print && t->steps == steps)
		return NULL;
	for (i = 0; i + 1 < steps && i + 1 < t->steps && t->mark[i] == mark[i]; i++)
		;
	snprintf(text, sizeof(text), "nondeterminism: run again, step %u is another one%s%s", i,
		 words ? ", and the end: " : "", words ? words : "");
	engine_broken(text);
	return text;
}

/**
 * jobs_one() - one interleaving
 * @w: what is asked for
 * @j: the job
 * @sched: who chooses
 *
 * Return: false if it violates something. Then this process is spoilt.
 */
bool jobs_one(const struct wanted *w, struct job *j, const struct sched *sched)
{
	const char *words;

	watch_out(w->timeout);
	words = engine_run(sched, race_scene_tasks(j->scene), &j->trace);
	if (j->trace.steps > j->longest)
		j->longest = j->trace.steps;
	if (!words && w->recheck && j->runs % w->recheck == 0)
		words = once_more(j);
	j->runs++;
	if (!words && race_known()) {
		j->known++;
		snprintf(j->finding, sizeof(j->finding), "%s", race_known());
	}
	if (!words)
		return true;
	snprintf(j->words, sizeof(j->words), "%s", words);
	j->words[strcspn(j->words, "\n")] = '\0';
	j->differs = engine_differs();
	j->violated = !j->differs;
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
	dfs_start(bound, DFS_ANY, !w->unreduced);
	do {
		if (!jobs_one(w, j, &dfs))
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

/* Processor time of this process, in seconds. */
static double spent(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/**
 * jobs_is_deep() - is what is left of a search behind a bound nothing to begin unasked?
 * @w: what is asked for
 * @scene: of the search
 * @bound: that it has come to
 *
 * Of two tasks the default bound is small enough for everybody.
 */
bool jobs_is_deep(const struct wanted *w, unsigned int scene, unsigned int bound)
{
	return bound < jobs_bound(w, scene) &&
	       bound >= (race_scene_tasks(scene) > 2 ? 1 : 2);
}

/* Are the bounds that are left ones that somebody waits for? By how the last two grew. */
static bool patient(const struct wanted *w, struct job *j, race_u64 last, double used)
{
	double more = last ? (double)j->runs / last : 0, seconds = used;
	unsigned int bound;

	for (bound = j->bound; bound < jobs_bound(w, j->scene); bound++)
		seconds *= more;

	j->rest = seconds;
	if (w->force || seconds < JOBS_PATIENCE)
		return !w->sounding;
	if (w->sounding)
		return false;
	j->refused = seconds;
	return false;
}

static void search(const struct wanted *w, struct job *j)
{
	race_u64 last = 0;
	unsigned int bound;
	double at;

	for (bound = 0; bound <= jobs_bound(w, j->scene); bound++) {
		at = spent();
		if (!one_bound(w, j, bound))
			return;
		if (jobs_is_deep(w, j->scene, bound) && !patient(w, j, last, spent() - at))
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
		if (!jobs_one(w, j, sched))
			return;
		classes_add(engine_class());
	} while (sched->next());
	j->classes = classes_count();
	j->sum = classes_sum();
}

/**
 * jobs_open() - make this process ready for the scene of a job
 * @w: what is asked for
 * @j: the job
 *
 * Return: NULL, or what went wrong.
 */
const char *jobs_open(const struct wanted *w, struct job *j)
{
	mine = j;
	race_ways(w->rcu, w->edges);
	j->trace.died[0] = '\0';
	lk_case_begin();
	return race_open(j->scene, w->locking);
}

/**
 * jobs_search() - all of one scene, and the end of this process
 * @w: what is asked for
 * @j: the job
 */
void jobs_search(const struct wanted *w, struct job *j)
{
	const char *words = jobs_open(w, j);

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
