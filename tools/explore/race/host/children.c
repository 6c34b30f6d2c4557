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

double jobs_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/**
 * jobs_start() - a process that ends with this one, and leaves signals to it
 *
 * Return: as fork().
 */
pid_t jobs_start(void)
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

/**
 * jobs_ended() - what a process has ended of, where it could not say so itself
 * @j: its job
 * @status: as wait() has it
 */
void jobs_ended(struct job *j, int status)
{
	/* who is done has said all; with what it exits a sanitizer has a last word */
	if (WIFEXITED(status) && (WEXITSTATUS(status) == CHILD_OK || j->done))
		return;
	j->violated = true;
	j->done = true;
	if (j->trace.died[0])
		snprintf(j->words, sizeof(j->words), "%s", j->trace.died);
	else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF)
		snprintf(j->words, sizeof(j->words), JOBS_HANGS);
	else if (WIFSIGNALED(status))
		snprintf(j->words, sizeof(j->words), "crashed: SIG%s",
			 sigabbrev_np(WTERMSIG(status)));
	else
		snprintf(j->words, sizeof(j->words),
			 "a sanitizer's report, see above, or exit(%d)", WEXITSTATUS(status));
	j->words[strcspn(j->words, "\n")] = '\0';
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
			jobs_ended(&jobs[i], status);
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

	jobs = mmap(NULL, sizeof(*jobs) * race_scenes(), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (jobs == MAP_FAILED) {
		perror("libkern: mmap");
		finish(EXIT_UNTESTED);
	}
	pid = calloc(race_scenes(), sizeof(*pid));
	if (!pid)
		out_of_memory(race_scenes() * sizeof(*pid));
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
