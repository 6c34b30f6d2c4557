// SPDX-License-Identifier: GPL-2.0-only
/* What a race search prints: its result on stdout, its progress on stderr. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../host/numbers.h"
#include "jobs.h"
#include "run.h"

#define COLUMN	36

static const char *locking_words(const struct wanted *w)
{
	return w->locking == RACE_LOCK_NONE ? ", without invalidate_lock" : "";
}

static const char *bound_words(const struct wanted *w)
{
	static char text[160];

	if (w->schedule == RACE_DFS)
		snprintf(text, sizeof(text),
			 "up to %u preemption%s, page %uk, sequentially consistent%s%s",
			 w->preemptions, w->preemptions == 1 ? "" : "s",
			 1U << (race_page_bits() - 10), w->unreduced ? ", unreduced" : "",
			 locking_words(w));
	else
		snprintf(text, sizeof(text), "%s, seed %llu, page %uk, sequentially consistent%s",
			 w->schedule == RACE_PCT ? "PCT" : "by chance", w->seed,
			 1U << (race_page_bits() - 10), locking_words(w));
	return text;
}

/**
 * report_list() - the scenes, one a line
 */
void report_list(void)
{
	char name[RACE_NAME], words[160];
	unsigned int i;

	for (i = 0; i < race_scenes(); i++) {
		race_scene_name(i, name, sizeof(name));
		race_scene_words(i, words, sizeof(words));
		printf("%-28s %s\n", name, words);
	}
}

/**
 * report_space() - what is to be gone through
 * @w: what is asked for
 */
void report_space(const struct wanted *w)
{
	printf("%u scenario%s, %s\n", w->only < 0 ? race_scenes() : 1,
	       w->only < 0 ? "s" : "", bound_words(w));
	fflush(stdout);
}

/**
 * report_progress() - how far it is, on a terminal
 * @w: what is asked for
 * @last: nothing more comes
 */
void report_progress(const struct wanted *w, bool last)
{
	unsigned int i, done = 0, of = w->only < 0 ? race_scenes() : 1;
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

static void columns(const struct wanted *w, unsigned int scene, const struct trace *t)
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

static struct job *shared_job(void)
{
	struct job *j = mmap(NULL, sizeof(*j), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (j == MAP_FAILED) {
		perror("libkern: mmap");
		finish(EXIT_UNTESTED);
	}
	return j;
}

static void print_again(const struct wanted *w, unsigned int scene, const struct trace *t)
{
	static char path[4 * RACE_STEPS];
	const char *command = lk_host_option("command");
	char name[RACE_NAME];

	race_scene_name(scene, name, sizeof(name));
	replay_print(t, path, sizeof(path));
	printf("again: %s --replay r1:%s:%uk:%c:%s:%08x\n", command ? command : "libkern-race",
	       name, 1U << (race_page_bits() - 10), w->locking == RACE_LOCK_NONE ? 'n' : 't',
	       path, t->hash);
}

static void violation(const struct wanted *w, const struct job *j)
{
	struct job *again = shared_job();
	char name[RACE_NAME], words[160];

	race_scene_name(j->scene, name, sizeof(name));
	race_scene_words(j->scene, words, sizeof(words));
	printf("\nviolation: %s\nin %s: %s\n", j->words, name, words);
	jobs_again(w, j->scene, j->trace.path, j->trace.steps, again);
	printf("after %s interleavings; this one has %u steps", grouped(j->before + j->runs),
	       again->trace.steps);
	if (again->done && again->longest + again->bound + again->before)
		printf(", %u preemption%s and %llu switches", again->bound,
		       again->bound == 1 ? "" : "s", again->before);
	printf("\n");
	columns(w, j->scene, &again->trace);
	if (again->trace.hash != j->trace.hash || !again->violated)
		printf("nondeterminism: run once more it is another one: a bug in libkern\n");
	print_again(w, j->scene, &j->trace);
	munmap(again, sizeof(*again));
}

static void scene_line(const struct wanted *w, const struct job *j)
{
	char name[RACE_NAME];

	race_scene_name(j->scene, name, sizeof(name));
	printf("%-28s %11s interleavings", name, grouped(j->runs));
	if (j->done && !j->violated)
		printf(", %s different", grouped(j->classes));
	printf(", %u steps, %.2f s%s%s\n", j->longest, j->seconds,
	       j->violated ? ", VIOLATION" : "",
	       !j->done ? ", not gone through to the end" : "");
	if (j->refused)
		printf("%-28s only up to %u: %u preemptions take about %.1f hours; --force\n",
		       "", j->bound, w->preemptions, j->refused / 3600);
	if (w->verbose && j->done && !j->violated)
		printf("%-28s %s cut short, classes %016llx\n", "", grouped(j->cut), j->sum);
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
	unsigned int i, scenes = 0, bad = 0, refused = 0;
	race_u64 runs = 0, all = 0;
	const struct job *j;

	for (i = 0; i < race_scenes(); i++) {
		j = &jobs[i];
		if (!j->begun)
			continue;
		scenes++;
		bad += j->violated;
		refused += j->refused > 0;
		runs += j->runs;
		all += j->before + j->runs;
		scene_line(w, j);
	}
	for (i = 0; i < race_scenes(); i++)
		if (jobs[i].violated)
			violation(w, &jobs[i]);
	if (jobs_interrupted)
		printf("not gone through to the end: interrupted\n");
	if (bad)
		printf("%u violation%s", bad, bad == 1 ? "" : "s");
	else
		printf("no violation");
	printf(" in %s interleavings%s of %u scenario%s, %s\n", grouped(runs),
	       jobs_interrupted ? " so far" : "", scenes, scenes == 1 ? "" : "s",
	       bound_words(w));
	printf("%.1f s, %s interleavings/s\n", seconds, grouped(all / (seconds > 0 ? seconds : 1)));
	fflush(stdout);
	if (bad)
		return EXIT_BAD;
	if (jobs_interrupted)
		return EXIT_INTERRUPTED;
	return refused ? EXIT_USAGE : EXIT_GOOD;
}

/**
 * report_replay() - one schedule again
 * @w: what is asked for
 * @scene: of the schedule
 * @path: who makes each step
 * @steps: how many
 * @hash: of what the steps were
 *
 * Return: the exit status.
 */
int report_replay(const struct wanted *w, unsigned int scene, const unsigned char *path,
		  unsigned int steps, unsigned int hash)
{
	struct job *again = shared_job();
	char words[160];

	race_scene_words(scene, words, sizeof(words));
	printf("%s\n", words);
	jobs_again(w, scene, path, steps, again);
	columns(w, scene, &again->trace);
	if (again->longest)
		printf("the schedule does not fit: %s cannot run at step %u\n",
		       race_task_name(scene, path[again->longest - 1]), again->longest - 1);
	else if (again->trace.hash != hash)
		printf("the schedule does not fit: these are other steps than it was made of\n");
	else
		printf("the schedule fits: %u steps\n", again->trace.steps);
	if (again->violated)
		printf("violation: %s\n", again->words);
	else
		printf("no violation in this interleaving\n");
	return again->violated ? EXIT_BAD : EXIT_GOOD;
}
