// SPDX-License-Identifier: GPL-2.0-only
/*
 * libkern-race: every interleaving up to a preemption bound.
 *
 *	--scenario=NAME		this scene alone
 *	--target=T		those of plain or of xfs
 *	--list			the scenes
 *	--preemptions=N		the bound
 *	--unreduced=1		leave nothing out
 *	--schedule=S		dfs, random or pct
 *	--runs=N --seed=N	of the last two
 *	--locking=L		tree, none, late or shared
 *	--rcu=R			early or late
 *	--dot=FILE		the lock order graph goes here
 *	--recheck=N		run each so manieth one twice
 *	--run-timeout=N		seconds of one
 *	--replay=STRING		one schedule again
 *	--jobs=N		processes at once
 *	--every-step=1		of what is shown
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../host/numbers.h"
#include "jobs.h"
#include "run.h"

#define RUNS		1000
#define TIMEOUT		5

static int usage(const char *what, const char *why)
{
	fprintf(stderr, "libkern: %s: %s\n", what, why);
	return EXIT_USAGE;
}

static bool one_of(const char *name, const char *const *words, unsigned int n, unsigned int *value)
{
	const char *text = lk_host_option(name);
	unsigned int i;

	if (!text)
		return true;
	for (i = 0; i < n; i++) {
		if (strcmp(text, words[i]))
			continue;
		*value = i;
		return true;
	}
	return false;
}

/* Can the scenes of @target, or all for NULL, be had like this? NULL, or why not. */
static const char *cannot(const struct wanted *w, const char *target)
{
	const char *why = race_cannot(w->locking);

	if (!why && w->locking != RACE_LOCK_TREE && target && strcmp(target, "plain"))
		why = "XFS takes its locks by itself: no caller can leave one out";
	return why;
}

/* r2:SCENE:4k:t:a17b4:89abcdef */
static int again(struct wanted *w, const char *text)
{
	static struct schedule s;
	char name[RACE_NAME], ways[3];
	unsigned int i, page;
	const char *why;
	int n = 0, scene;

	if (sscanf(text, "r2:%63[^:]:%5uk:%2[" RACE_LETTERS "]:%n", name, &page, ways, &n) != 3 ||
	    !n || (ways[1] && ways[1] != 'l') || !replay_parse(text + n, &s))
		return usage(text, "is no schedule");
	if (page != 1U << (race_page_bits() - 10))
		return usage(text, "is of another page size: say which with --page-size");
	scene = jobs_find_scene(name);
	if (scene < 0)
		return usage(name, "there is no such scenario: --list lists them");
	w->locking = strchr(RACE_LETTERS, ways[0]) - RACE_LETTERS;
	w->rcu = ways[1] ? RACE_RCU_LATE : RACE_RCU_EARLY;
	for (i = 0; i < s.steps; i++)
		if (s.path[i] >= race_scene_tasks(scene))
			return usage(text, "has a task that its scenario has not");
	why = cannot(w, race_scene_target(scene));
	if (why) {
		usage(text, why);
		return EXIT_UNTESTED;
	}
	return report_replay(w, scene, &s);
}

/*
 * Seconds that all scenes take with a bound that nobody has tried, by a run that ends
 * where that begins. 0: something else is to be told, and @jobs has it.
 */
static double sound(struct wanted *w)
{
	unsigned int i, lanes = 0;
	bool found = false;
	double all = 0;

	w->sounding = true;
	jobs_run(w);
	w->sounding = false;
	for (i = 0; i < race_scenes(); i++) {
		lanes += jobs[i].rest > 0;
		all += jobs[i].rest;
		found |= jobs[i].violated || jobs[i].differs || jobs[i].untested;
	}
	if (found || jobs_interrupted)
		return 0;
	return all / (lanes < w->jobs ? lanes + !lanes : w->jobs);
}

static int search(struct wanted *w)
{
	const char *name = lk_host_option("scenario"), *why;
	double begin = jobs_now(), seconds;
	char much[64];

	w->only = name ? jobs_find_scene(name) : -1;
	if (name && w->only < 0)
		return usage(name, "there is no such scenario: --list lists them");
	why = cannot(w, name ? race_scene_target(w->only) : w->target);
	if (why) {
		usage("--locking", why);
		return EXIT_UNTESTED;
	}
	if (w->each && w->only >= 0)
		w->preemptions = race_scene_bound(w->only);
	report_space(w);
	/* how long one scene takes is told by itself */
	if (w->only < 0 && !w->each && w->schedule == RACE_DFS && !w->force &&
	    w->preemptions > 1) {
		seconds = sound(w);
		if (!seconds)
			return report(w, jobs_now() - begin);
		if (seconds > JOBS_PATIENCE) {
			snprintf(much, sizeof(much), "all of them take about %.1f hours; --force",
				 seconds / 3600);
			return usage("--preemptions", much);
		}
	}
	jobs_run(w);
	return report(w, jobs_now() - begin);
}

int main(int argc, char **argv)
{
	static const char *const schedules[] = { "dfs", "random", "pct" };
	static const char *const lockings[] = { "tree", "none", "late", "shared" };
	static const char *const rcus[] = { "early", "late" };
	static struct wanted w = {
		.preemptions = RACE_BOUND, .recheck = 1, .timeout = TIMEOUT, .work = jobs_search,
	};
	int status = options_parse(argc, argv);
	unsigned int runs = RUNS, seed = 1;
	char most[40];

	if (status)
		return status < 0 ? EXIT_USAGE : EXIT_GOOD;
	symbol_init();
	forbid_init();
	w.jobs = options.jobs;
	w.quiet = !!lk_host_option("quiet");
	w.force = !!lk_host_option("force");
	w.unreduced = !!lk_host_option("unreduced");
	w.edges = !!lk_host_option("dot");
	w.target = lk_host_option("target");
	w.verbose = !!lk_host_option("every-step");
	snprintf(most, sizeof(most), "is too large: at most %u", RACE_BOUNDS - 1);
	if (!number("preemptions", &w.preemptions) || w.preemptions >= RACE_BOUNDS)
		return usage("--preemptions", most);
	if (!number("runs", &runs) || !number("seed", &seed) ||
	    !number("recheck", &w.recheck) || !number("run-timeout", &w.timeout))
		return usage("a number", "is none, or too large");
	w.each = !lk_host_option("preemptions");
	w.runs = runs;
	w.seed = seed;
	if (!one_of("schedule", schedules, 3, &w.schedule) ||
	    !one_of("locking", lockings, RACE_LOCKS, &w.locking) || !one_of("rcu", rcus, 2, &w.rcu))
		return usage("--schedule, --locking or --rcu", "has no such value");
	if (lk_host_option("scenes"))
		report_list(&w);
	else if (lk_host_option("replay"))
		status = again(&w, lk_host_option("replay"));
	else
		status = search(&w);
	finish(written(status));
}
