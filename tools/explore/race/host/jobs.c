// SPDX-License-Identifier: GPL-2.0-only
/*
 * One process for each scene, at most so many at once. It goes through the bounds
 * from none up, so that what it finds first needs the fewest preemptions. A process
 * that dies has left its schedule in shared memory.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "jobs.h"
#include "run.h"

#define PATIENCE	3600	/* seconds; longer only where that is asked for */
#define HANG		20	/* seconds of processor time for BATCH runs */
#define BATCH		256
#define TICK_MS		100

struct job *jobs;
bool jobs_interrupted;

static pid_t pid[RACE_SCENES];
static double begun[RACE_SCENES];
static struct trace *dying;		/* whose process this is */

double jobs_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

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

static void work(const struct wanted *w, struct job *j)
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

static pid_t start(void)
{
	pid_t parent = getpid(), child;
	sigset_t none;

	fflush(NULL);
	child = fork();
	if (child < 0) {
		perror("libkern: fork");
		finish(EXIT_UNTESTED);
	}
	if (child)
		return child;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* a terminal, and who ends a whole group, sends these to all: the parent answers */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(CHILD_OK);
	return 0;
}

/* What a process has ended of, where it could not say so itself. */
static void ended(struct job *j, int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == CHILD_OK)
		return;
	j->violated = true;
	j->done = true;
	if (j->trace.died[0])
		snprintf(j->words, sizeof(j->words), "%s", j->trace.died);
	else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF)
		snprintf(j->words, sizeof(j->words), "a step does not end");
	else if (WIFSIGNALED(status))
		snprintf(j->words, sizeof(j->words), "crashed: SIG%s",
			 sigabbrev_np(WTERMSIG(status)));
	else
		snprintf(j->words, sizeof(j->words),
			 "a sanitizer's report, see above, or exit(%d)", WEXITSTATUS(status));
	j->words[strcspn(j->words, "\n")] = '\0';
}

static unsigned int reap(void)
{
	unsigned int i, alive = 0;
	int status;

	for (i = 0; i < race_scenes(); i++) {
		if (pid[i] && waitpid(pid[i], &status, WNOHANG) == pid[i]) {
			ended(&jobs[i], status);
			pid[i] = 0;
			jobs[i].seconds = jobs_now() - begun[i];
		}
		alive += !!pid[i];
	}
	return alive;
}

static bool start_next(const struct wanted *w)
{
	unsigned int i;

	for (i = 0; i < race_scenes(); i++) {
		if (jobs[i].begun || (w->only >= 0 && (unsigned int)w->only != i))
			continue;
		jobs[i].begun = true;
		jobs[i].scene = i;
		begun[i] = jobs_now();
		pid[i] = start();
		if (!pid[i])
			work(w, &jobs[i]);
		return true;
	}
	return false;
}

static void kill_all(void)
{
	unsigned int i;

	for (i = 0; i < race_scenes(); i++) {
		if (!pid[i])
			continue;
		kill(pid[i], SIGKILL);
		waitpid(pid[i], NULL, 0);
		jobs[i].seconds = jobs_now() - begun[i];
		pid[i] = 0;
	}
}

static void block_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGCHLD);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
	sigprocmask(SIG_BLOCK, set, NULL);
}

/**
 * jobs_run() - go through the scenes that are asked for
 * @w: what is asked for
 */
void jobs_run(const struct wanted *w)
{
	const struct timespec tick = { .tv_nsec = TICK_MS * 1000000 };
	unsigned int alive = 0;
	sigset_t set;
	int sig;

	jobs = mmap(NULL, sizeof(*jobs) * RACE_SCENES, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (jobs == MAP_FAILED) {
		perror("libkern: mmap");
		finish(EXIT_UNTESTED);
	}
	block_signals(&set);
	for (;;) {
		while (alive < w->jobs && !jobs_interrupted && start_next(w))
			alive++;
		if (!alive || jobs_interrupted)
			break;
		sig = sigtimedwait(&set, NULL, &tick);
		if (sig == SIGINT || sig == SIGTERM || sig == SIGHUP)
			jobs_interrupted = true;
		alive = reap();
		report_progress(w, false);
	}
	kill_all();
	report_progress(w, true);
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
	pid_t child = start();
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
	ended(into, status);
	return WIFEXITED(status) && WEXITSTATUS(status) == CHILD_OK;
}
