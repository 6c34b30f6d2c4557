// SPDX-License-Identifier: GPL-2.0-only
/*
 * One process for each scene, at most so many at once, whatever it does with it. A
 * process that dies has left what it was at in shared memory.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "jobs.h"
#include "run.h"

#define TICK_MS		100
#define MEM_LIMIT	(1ULL << 30)

/* of every sanitizer that replaces malloc() */
size_t __sanitizer_get_allocated_size(const volatile void *p) __attribute__((weak));

struct job *jobs;
bool jobs_interrupted;

static pid_t *pid;	/* one for each scene */

/**
 * jobs_wanted() - is this scene asked for?
 * @w: what is asked for
 * @scene: which
 */
bool jobs_wanted(const struct wanted *w, unsigned int scene)
{
	if (w->only >= 0)
		return (unsigned int)w->only == scene;
	/* what else there is takes the lock by itself */
	if (w->locking != RACE_LOCK_TREE && strcmp(race_scene_target(scene), "plain"))
		return false;
	return !w->target || !strcmp(race_scene_target(scene), w->target);
}

/**
 * jobs_count() - how many scenes are asked for
 * @w: what is asked for
 */
unsigned int jobs_count(const struct wanted *w)
{
	unsigned int i, n = 0;

	for (i = 0; i < race_scenes(); i++)
		n += jobs_wanted(w, i);
	return n;
}

double jobs_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
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

/* Sleep until a process has ended, or somebody has had enough, or for a moment. */
static void pause_once(void)
{
	const struct timespec tick = { .tv_nsec = TICK_MS * 1000000 };
	sigset_t set;
	int sig;

	block_signals(&set);
	sig = sigtimedwait(&set, NULL, &tick);
	if (sig == SIGINT || sig == SIGTERM || sig == SIGHUP)
		jobs_interrupted = true;
}

/**
 * jobs_start() - a process that ends with this one, and leaves signals to it
 *
 * Return: as fork().
 */
pid_t jobs_start(void)
{
	pid_t parent = getpid(), child;
	sigset_t set;

	fflush(NULL);
	block_signals(&set);
	child = fork();
	if (child < 0) {
		perror("libkern: fork");
		finish(EXIT_UNTESTED);
	}
	if (child)
		return child;
	sigemptyset(&set);
	sigprocmask(SIG_SETMASK, &set, NULL);
	/* a terminal, and who ends a whole group, sends these to all: the parent answers */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(CHILD_OK);
	/* the shadow of a sanitizer is data as well */
	if (!__sanitizer_get_allocated_size)
		setrlimit(RLIMIT_DATA, &(struct rlimit) { MEM_LIMIT, MEM_LIMIT });
	return 0;
}

/* What the process of @j has ended of, where it could not say so itself. */
static void say_end(struct job *j, int status)
{
	bool exited = WIFEXITED(status), killed = WIFSIGNALED(status);

	/* who is done has said all; with what it exits a sanitizer has a last word */
	if (exited && j->done)
		return;
	j->untested |= exited ? WEXITSTATUS(status) == EXIT_UNTESTED :
			killed && WTERMSIG(status) == SIGKILL;
	j->violated |= !j->untested;
	j->done = true;
	if (j->trace.died[0])
		snprintf(j->words, sizeof(j->words), "%s", j->trace.died);
	else if (j->untested)
		snprintf(j->words, sizeof(j->words), exited ? "see above" :
			 "killed from outside, for want of memory maybe");
	else if (killed && WTERMSIG(status) == SIGPROF)
		snprintf(j->words, sizeof(j->words), JOBS_HANGS);
	else if (killed)
		snprintf(j->words, sizeof(j->words), "crashed: SIG%s",
			 sigabbrev_np(WTERMSIG(status)));
	else if (WEXITSTATUS(status) == CHILD_OK)
		snprintf(j->words, sizeof(j->words), "called exit(%d)", CHILD_OK);
	else
		snprintf(j->words, sizeof(j->words),
			 "a sanitizer's report, see above, or exit(%d)", WEXITSTATUS(status));
	j->words[strcspn(j->words, "\n")] = '\0';
}

/**
 * jobs_wait() - wait for the one process that there is
 * @child: of jobs_start()
 * @j: its job
 *
 * It is ended where somebody has had enough.
 */
void jobs_wait(pid_t child, struct job *j)
{
	pid_t ended;
	int status;

	while (!(ended = waitpid(child, &status, WNOHANG))) {
		if (jobs_interrupted)
			kill(child, SIGKILL);
		pause_once();
	}
	if (ended == child)
		say_end(j, status);
}

static double processor(const struct rusage *used)
{
	return used->ru_utime.tv_sec + used->ru_stime.tv_sec +
	       (used->ru_utime.tv_usec + used->ru_stime.tv_usec) / 1e6;
}

static unsigned int reap(void)
{
	unsigned int i, alive = 0;
	struct rusage used;
	int status;

	for (i = 0; i < race_scenes(); i++) {
		if (pid[i] && wait4(pid[i], &status, WNOHANG, &used) == pid[i]) {
			say_end(&jobs[i], status);
			jobs[i].seconds = processor(&used);
			pid[i] = 0;
		}
		alive += !!pid[i];
	}
	return alive;
}

static bool start_next(const struct wanted *w)
{
	unsigned int i;

	for (i = 0; i < race_scenes(); i++) {
		if (jobs[i].begun || !jobs_wanted(w, i))
			continue;
		jobs[i].begun = true;
		jobs[i].scene = i;
		pid[i] = jobs_start();
		if (!pid[i])
			w->work(w, &jobs[i]);
		return true;
	}
	return false;
}

static void kill_all(void)
{
	struct rusage used;
	unsigned int i;

	for (i = 0; i < race_scenes(); i++) {
		if (!pid[i])
			continue;
		kill(pid[i], SIGKILL);
		wait4(pid[i], NULL, 0, &used);
		jobs[i].seconds = processor(&used);
		pid[i] = 0;
	}
}

/**
 * jobs_run() - go through the scenes that are asked for
 * @w: what is asked for
 */
void jobs_run(const struct wanted *w)
{
	unsigned int alive = 0;

	/* of a run before */
	if (jobs)
		munmap(jobs, sizeof(*jobs) * race_scenes());
	free(pid);
	jobs = mmap(NULL, sizeof(*jobs) * race_scenes(), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (jobs == MAP_FAILED) {
		perror("libkern: mmap");
		finish(EXIT_UNTESTED);
	}
	pid = calloc(race_scenes(), sizeof(*pid));
	if (!pid)
		out_of_memory(race_scenes() * sizeof(*pid));
	for (;;) {
		while (alive < w->jobs && !jobs_interrupted && start_next(w))
			alive++;
		if (!alive || jobs_interrupted)
			break;
		pause_once();
		alive = reap();
		report_progress(w, false);
	}
	kill_all();
	report_progress(w, true);
}

/**
 * jobs_find_scene() - which scenario is meant?
 * @name: as on the command line
 *
 * Return: its number, or -1.
 */
int jobs_find_scene(const char *name)
{
	char one[RACE_NAME];
	unsigned int i;

	for (i = 0; i < race_scenes(); i++) {
		race_scene_name(i, one, sizeof(one));
		if (!strcmp(one, name))
			return i;
	}
	return -1;
}
