// SPDX-License-Identifier: GPL-2.0-only
/* A run as a picture: a column for each task, a line a step. */
#include <stdio.h>
#include <sys/mman.h>

#include "../../host/numbers.h"
#include "jobs.h"
#include "run.h"

#define COLUMN	36

/* For "%u thing%s". */
#define COUNTED(n, more)	(n), (n) == 1 ? "" : (more)

/* Is the object of a step one that another task touches, too? */
static bool is_common(const struct trace *t, unsigned int step)
{
	unsigned int i;

	if (!t->line[step].any)
		return false;
	for (i = 0; i < t->steps; i++)
		if (t->line[i].any && t->line[i].obj == t->line[step].obj &&
		    t->path[i] != t->path[step])
			return true;
	return false;
}

static bool is_shown(const struct trace *t, unsigned int i)
{
	/* the ends of what a task does in one go, and what others meet */
	return !i || i + 1 == t->steps || t->path[i] != t->path[i - 1] ||
	       t->path[i] != t->path[i + 1] || is_common(t, i);
}

/**
 * columns() - draw a run
 * @w: what is asked for
 * @scene: of the run
 * @t: the run, with words
 */
void columns(const struct wanted *w, unsigned int scene, const struct trace *t)
{
	unsigned int i, task, skipped = 0, ntasks = race_scene_tasks(scene);

	printf("\n%6s", "step");
	for (task = 0; task < ntasks; task++)
		printf("  %-*s", COLUMN, race_task_name(scene, task));
	printf("\n");
	for (i = 0; i < t->steps; i++) {
		if (!w->verbose && !is_shown(t, i)) {
			skipped++;
			continue;
		}
		printf("%6u", i);
		for (task = 0; task < t->line[i].task; task++)
			printf("  %-*s", COLUMN, "");
		printf("  %s\n", t->line[i].words);
	}
	if (skipped)
		printf("%6s  %u steps that no other task meets are left out; -v shows them\n",
		       "", skipped);
	printf("\n");
}

/**
 * columns_again() - how to see something again
 * @w: what was asked for
 * @scene: where it was
 * @t: its run; of one without a step there is no schedule, but the scene
 */
void columns_again(const struct wanted *w, unsigned int scene, const struct trace *t)
{
	static char path[8 * RACE_STEPS];
	const char *command = lk_host_option("command"), *locking = lk_host_option("locking");
	bool late = w->rcu == RACE_RCU_LATE;
	char name[RACE_NAME];

	race_scene_name(scene, name, sizeof(name));
	printf("again: %s ", command ? command : "libkern-race");
	if (!t->steps) {
		printf("--scenario %s%s%s%s\n", name, locking ? " --locking " : "",
		       locking ? locking : "", late ? " --rcu late" : "");
		return;
	}
	replay_print(t, path, sizeof(path));
	printf("--replay r2:%s:%uk:%c%s:%s\n", name, 1U << (race_page_bits() - 10),
	       RACE_LETTERS[w->locking], late ? "l" : "", path);
}

static void draw_shrunk(const struct wanted *w, const struct job *best, const struct job *again,
			bool least)
{
	printf("shrunk to %u steps, %u preemption%s and %u switch%s%s\n", again->trace.steps,
	       COUNTED(again->trace.preemptions, "s"), COUNTED(again->trace.switches, "es"),
	       least ? ", the fewest" : "; fewer were not searched for to the end");
	columns(w, best->scene, &again->trace);
	if (again->trace.print != best->trace.print || !again->violated)
		printf("nondeterminism: run once more it is another one\n");
}

/**
 * columns_violation() - shrink what was found, draw it and say how to see it again
 * @w: what is asked for
 * @found: the job that has found it
 */
void columns_violation(const struct wanted *w, const struct job *found)
{
	struct job *best = shrink_job(), *again = shrink_job();
	bool least = shrink(w, found, best);
	char name[RACE_NAME], words[RACE_WORDS];

	race_scene_name(found->scene, name, sizeof(name));
	race_scene_words(found->scene, words, sizeof(words));
	printf("\nviolation: %s\nin %s: %s\n", best->words, name, words);
	printf("after %s interleavings, in one of %u preemption%s and %u switch%s\n",
	       grouped(found->before + found->runs), COUNTED(found->trace.preemptions, "s"),
	       COUNTED(found->trace.switches, "es"));
	/* who has had enough is told what there is, and how to see more of it */
	if (!jobs_interrupted)
		shrink_again(w, best->scene, best->trace.path, best->trace.steps, again);
	if (!jobs_interrupted)
		draw_shrunk(w, best, again, least);
	else
		printf("not shrunk to the end: interrupted\n");
	columns_again(w, best->scene, &best->trace);
	munmap(again, sizeof(*again));
	munmap(best, sizeof(*best));
}
