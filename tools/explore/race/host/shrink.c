// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a schedule that shows a violation to one that shows the same with fewer
 * preemptions, and of as many with fewer switches. First by trial: two stretches of a
 * task are put together, or all from somewhere on goes without a switch that is not
 * needed. Then by search, from no preemption up and from no switch up, until there is
 * nothing smaller or it has taken long enough.
 *
 * Each trial may spoil its process. So it goes in one that is forked for it, and that
 * goes on with the next one as long as nothing is found.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "jobs.h"
#include "run.h"

#define ENOUGH		50000	/* interleavings of one search */
#define SPOILT		200	/* processes of one */
#define HUNG		2	/* the same, where each takes its time */

/* One of the trials: a list of stretches. */
static struct {
	unsigned char	task[RACE_STEPS + 1];
	unsigned int	len[RACE_STEPS + 1];
	unsigned int	n;
	unsigned int	at;
	unsigned int	left;
} guide;

static void guide_begin(void)
{
	guide.at = 0;
	guide.left = guide.n ? guide.len[0] : 0;
}

/* Who cannot make all steps of a stretch makes no more of them. */
static int guide_pick(const struct choice *c)
{
	while (guide.at < guide.n) {
		unsigned int task = guide.task[guide.at];

		if (guide.left && task < c->ntasks && c->ready >> task & 1) {
			guide.left--;
			return task;
		}
		guide.left = ++guide.at < guide.n ? guide.len[guide.at] : 0;
	}
	return pick_plain(c);
}

static const struct sched guided = { guide_begin, guide_pick, 0, 0 };

static void guide_of(const struct trace *t)
{
	unsigned int i;

	guide.n = 0;
	for (i = 0; i < t->steps; i++) {
		if (!i || t->path[i] != t->path[i - 1]) {
			guide.task[guide.n] = t->path[i];
			guide.len[guide.n++] = 0;
		}
		guide.len[guide.n - 1]++;
	}
}

/* Take stretch @nr out, and add it to stretch @into of the same task. */
static void guide_merge(unsigned int nr, unsigned int into)
{
	guide.len[into] += guide.len[nr];
	guide.n--;
	memmove(&guide.task[nr], &guide.task[nr + 1], guide.n - nr);
	memmove(&guide.len[nr], &guide.len[nr + 1], (guide.n - nr) * sizeof(guide.len[0]));
}

/* Make @guide the trial number @nr of @t; false where there are no more. */
static bool trial(const struct trace *t, unsigned int nr)
{
	unsigned int i;

	guide_of(t);
	if (nr < guide.n) {
		guide.n = nr;
		return true;
	}
	nr -= guide.n;
	if (nr / 2 >= guide.n)
		return false;
	for (i = nr / 2 + 1; i < guide.n && guide.task[i] != guide.task[nr / 2]; i++)
		;
	if (i == guide.n)
		guide.n = nr / 2;
	else if (nr % 2)
		guide_merge(i, nr / 2);
	else
		guide_merge(nr / 2, i);
	return true;
}

/* Where nobody can run, who waits for what depends on who came how far. */
static bool same(const char *a, const char *b)
{
	static const char *const kind[] = { "deadlock:", "lost wake-up:" };
	unsigned int i;

	for (i = 0; i < ARRAY_LEN(kind); i++)
		if (!strncmp(a, kind[i], strlen(kind[i])))
			return !strncmp(b, kind[i], strlen(kind[i]));
	return !strcmp(a, b);
}

static bool smaller(const struct trace *a, const struct trace *b)
{
	if (a->preemptions != b->preemptions)
		return a->preemptions < b->preemptions;
	return a->switches < b->switches;
}

static unsigned int patience(const char *words)
{
	return strcmp(words, JOBS_HANGS) ? SPOILT : HUNG;
}

/* A sanitizer has said it once. */
static void silence(void)
{
	if (!freopen("/dev/null", "w", stderr))
		finish(EXIT_UNTESTED);
}

static void forget(struct job *j)
{
	j->violated = false;
	j->differs = false;
	j->untested = false;
	j->done = false;
	j->words[0] = '\0';
}

/* Trials of @best from number @cut on, until one violates something; its own process. */
static void trials(const struct wanted *w, const struct job *best, struct job *j)
{
	silence();
	if (!jobs_open(w, j))
		while (trial(&best->trace, j->cut) && jobs_one(w, j, &guided))
			j->cut++;
	j->done = true;
	finish(CHILD_OK);
}

static void by_trial(const struct wanted *w, const char *words, struct job *best, struct job *j)
{
	unsigned int spoilt = 0;

	j->cut = 0;
	while (!jobs_interrupted && trial(&best->trace, j->cut) && spoilt++ < patience(words)) {
		pid_t child;

		forget(j);
		child = jobs_start();
		if (!child)
			trials(w, best, j);
		jobs_wait(child, j);
		if (!j->violated)
			break;
		if (same(j->words, words) && smaller(&j->trace, &best->trace)) {
			memcpy(best, j, sizeof(*best));
			j->cut = 0;
		} else {
			j->cut++;
		}
	}
}

/* The runs of a search until one violates something; its own process. */
static void runs(const struct wanted *w, struct job *j, bool first)
{
	silence();
	if (!jobs_open(w, j) && (first || dfs_resume()))
		while (jobs_one(w, j, &dfs) && j->runs < ENOUGH && dfs.next())
			;
	j->done = true;
	finish(CHILD_OK);
}

/*
 * Is there the same with at most so many? Then @best is it.
 * Return: 1 or 0, or -1: that would take too long.
 */
static int by_search(const struct wanted *w, const char *words, struct job *best,
		     struct job *j, unsigned int preemptions, unsigned int switches)
{
	unsigned int spoilt;

	dfs_start(preemptions, switches, !w->unreduced);
	j->runs = 0;
	for (spoilt = 0; spoilt < patience(words); spoilt++) {
		pid_t child;

		forget(j);
		child = jobs_start();
		if (!child)
			runs(w, j, !spoilt);
		jobs_wait(child, j);
		if (j->violated && same(j->words, words) && smaller(&j->trace, &best->trace)) {
			memcpy(best, j, sizeof(*best));
			return 1;
		}
		if (j->runs >= ENOUGH || j->untested || jobs_interrupted)
			return -1;
		if (!j->violated)
			return 0;
	}
	return -1;
}

/**
 * shrink_job() - a job that processes share
 */
struct job *shrink_job(void)
{
	struct job *j = mmap(NULL, sizeof(*j), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (j == MAP_FAILED) {
		perror("libkern: mmap");
		finish(EXIT_UNTESTED);
	}
	return j;
}

/**
 * shrink() - show the same with fewer preemptions and switches
 * @w: what is asked for
 * @found: the violation
 * @best: of shrink_job(); what comes of it
 *
 * Return: true if there is nothing smaller.
 */
bool shrink(const struct wanted *w, const struct job *found, struct job *best)
{
	struct wanted quick = *w;
	struct job *j = shrink_job();
	bool all = true;
	int got = jobs_interrupted ? -1 : 0;
	unsigned int n;

	/* what is found is run again at the end */
	quick.recheck = 0;
	quick.edges = false;
	quick.timeout = 1;
	memcpy(best, found, sizeof(*best));
	j->scene = found->scene;
	dfs_share();
	if (w->schedule != RACE_DFS) {
		by_trial(&quick, found->words, best, j);
		for (n = 0; n < best->trace.preemptions && !got; n++)
			got = by_search(&quick, found->words, best, j, n, DFS_ANY);
		all = got >= 0;
	}
	for (n = 0, got = jobs_interrupted ? -1 : 0; n < best->trace.switches && !got; n++)
		got = by_search(&quick, found->words, best, j, best->trace.preemptions, n);
	munmap(j, sizeof(*j));
	return all && got >= 0;
}

/**
 * shrink_again() - one schedule in a process of its own, with every step in words
 * @w: what is asked for
 * @scene: of the schedule
 * @path: who makes each step
 * @steps: how many
 * @into: of shrink_job(), for what comes of it; its @longest is the step that did not
 *	  fit, counted from 1, or 0
 *
 * Return: whether the process came to its end.
 */
bool shrink_again(const struct wanted *w, unsigned int scene, const unsigned char *path,
		  unsigned int steps, struct job *into)
{
	struct wanted once = *w;
	pid_t child;

	once.recheck = 0;
	once.edges = false;
	into->scene = scene;
	child = jobs_start();
	if (!child) {
		const char *words = jobs_open(&once, into);

		if (words)
			lk_host_died(LK_DEATH_BUG, words);
		into->trace.show = true;
		replay_start(path, steps);
		jobs_one(&once, into, &replay);
		into->longest = replay_misfit() + 1;
		into->done = true;
		finish(CHILD_OK);
	}
	jobs_wait(child, into);
	return into->done && !into->trace.died[0];
}
