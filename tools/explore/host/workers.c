// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes that take page caches in slices, each with a job in shared memory. One
 * that dies or hangs costs the state that it was at: the next one goes on behind.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "exhaust.h"
#include "run.h"

#define TICK_MS		100
/* Each costs a process; a tree on which so many do is not worth the wait. */
#define MAX_DEATHS	400
#define NO_STATE	(~0ULL)

/* How a worker ends: all done, or spoilt by the state that it was at. */
#define WORKER_DONE	0
#define WORKER_SPOILT	87

struct shared {
	volatile xp_u64	next;		/* slice */
	volatile int	stop;
	/* the code under test may call exit(), too */
	volatile int	done[XP_MAX_WORKERS];
	struct xp_job	job[XP_MAX_WORKERS];
};

struct worker {
	pid_t	pid;
	xp_u64	seen;			/* of the job, at the last look */
	double	cpu;			/* seconds that it had used when that changed */
	double	idle;			/* and has used since */
	double	wall;			/* seconds that have passed since */
};

static struct shared *shared;
static struct worker worker[XP_MAX_WORKERS];
static unsigned int deaths, hangs;

static xp_u64 min_u64(xp_u64 a, xp_u64 b)
{
	return a < b ? a : b;
}

/**
 * states_of() - how many states the shard has
 * @e: the run
 */
xp_u64 states_of(const struct exhaust *e)
{
	xp_u64 slice, slices = slices_of(e), n = 0;

	if (e->shards == 1)
		return e->space.states;
	for (slice = e->shard; slice < slices; slice += e->shards)
		n += (slice + 1 < slices ?
		      xp_state_number(&e->space, (slice + 1) * XP_SLICE, 0) :
		      e->space.states) -
		     xp_state_number(&e->space, slice * XP_SLICE, 0);
	return n;
}

/* All that @job has found is certain: whoever does it again goes on from here. */
static void commit(struct xp_job *job)
{
	job->kept = job->result;
	job->begin = job->cache;
	job->begin_row = job->row;
	job->killed = NO_STATE;
}

/* The next slice of this shard into @job; false where there is none. */
static bool take_slice(struct exhaust *e, struct xp_job *job)
{
	xp_u64 slice, slices = slices_of(e);

	if (shared->stop)
		return false;
	slice = __atomic_fetch_add(&shared->next, 1, __ATOMIC_RELAXED);
	slice = slice * e->shards + e->shard;
	if (slice >= slices)
		return false;
	job->row = 0;
	job->cache = slice * XP_SLICE;
	commit(job);
	/* last: from here on the slice is begun */
	job->behind = min_u64(job->cache + XP_SLICE, e->space.caches);
	return true;
}

/* What @job has added to its digest belongs to the slice that it is at. */
static void settle(struct exhaust *e, struct xp_job *job)
{
	xp_u64 more = job->result.digest - job->summed;

	if (e->slices && job->behind)
		__atomic_fetch_add(&e->slices[(job->behind - 1) / XP_SLICE], more,
				   __ATOMIC_RELAXED);
	job->summed = job->result.digest;
}

static void work(struct exhaust *e, unsigned int nr)
{
	struct xp_job *job = &shared->job[nr];
	int spoilt = 0;

	child_begin(job);
	job->digests = e->digests;
	do {
		if (job->cache < job->behind)
			spoilt = xp_run(&e->space, job);
		settle(e, job);
		if (spoilt)
			finish(WORKER_SPOILT);
		if (e->first && job->result.violations)
			shared->stop = 1;
	} while (take_slice(e, job));
	shared->done[nr] = 1;
	finish(WORKER_DONE);
}

static void start(struct exhaust *e, unsigned int nr)
{
	pid_t parent = getpid();
	struct worker *w = &worker[nr];

	fflush(NULL);
	w->pid = fork();
	w->idle = 0;
	w->wall = 0;
	w->cpu = 0;
	if (w->pid < 0) {
		perror("libkern: fork");
		e->given_up = "no process could be started";
		w->pid = 0;
		return;
	}
	if (w->pid)
		return;
	apart_limits(parent);
	work(e, nr);
}

/* The state that a dead worker was at is behind it. */
static void step_behind(struct exhaust *e, struct xp_job *job)
{
	const struct xp_part *part = xp_part_of_cache(&e->space, job->cache);

	if (job->whole || ++job->row >= part->nrows) {
		job->cache++;
		job->row = 0;
	}
	job->whole = 0;
}

static void died(struct exhaust *e, struct xp_job *job, const char *words)
{
	struct xp_group one = { .count = 1, .state = job->at, .fatal = 1 };

	one.weight = xp_weight(&e->space, job->at);
	snprintf(one.words, sizeof(one.words), "%s",
		 job->died[0] ? job->died : words);
	one.words[strcspn(one.words, "\n")] = '\0';
	xp_group_add(&job->result, &one);
	if (job->whole) {
		xp_violation_digest(job, "died");
		return;
	}
	job->result.states++;
	job->result.digest += xp_behaviour_death(job->at);
	if (e->digests)
		e->digests(job->at, xp_behaviour_death(job->at));
	settle(e, job);
}

static bool hung(const struct exhaust *e, const struct worker *w)
{
	return w->idle > e->timeout || w->wall > XP_ASLEEP * e->timeout;
}

/*
 * A worker is killed by nobody here: by the kernel for want of memory, or by hand.
 * What is not certain is forgotten and done again, unless it is killed at the very
 * same state then.
 */
static bool killed(struct exhaust *e, struct xp_job *job, const struct worker *w, int status)
{
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL || hung(e, w))
		return false;
	if (job->cache >= job->behind)
		return true;
	if (job->killed == job->at)
		return false;
	job->killed = job->at;
	job->result = job->kept;
	job->cache = job->begin;
	job->row = job->begin_row;
	job->whole = 0;
	return true;
}

/* A worker has ended with @status; see whether there is more for it. */
static void ended(struct exhaust *e, unsigned int nr, int status)
{
	struct xp_job *job = &shared->job[nr];
	char words[64];

	worker[nr].pid = 0;
	if (shared->done[nr] && WIFEXITED(status) && WEXITSTATUS(status) == WORKER_DONE)
		return;
	if (killed(e, job, &worker[nr], status)) {
		if (++deaths >= MAX_DEATHS)
			e->given_up = "processes are killed again and again";
		else if (!shared->stop)
			start(e, nr);
		return;
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != WORKER_SPOILT) {
		apart_words(status, words, sizeof(words));
		if (hung(e, &worker[nr])) {
			hangs++;
			snprintf(words, sizeof(words), "does not end");
			job->died[0] = '\0';
		}
		died(e, job, words);
	}
	step_behind(e, job);
	commit(job);
	if (hangs >= e->hangs)
		e->given_up = "too many states do not end";
	else if (++deaths >= MAX_DEATHS)
		e->given_up = "too many states cost a process each";
	if (e->first && job->result.violations)
		shared->stop = 1;
	if (!e->given_up && !shared->stop)
		start(e, nr);
}

static double now(void)
{
	return xp_clock() / 1e9;
}

static unsigned int alive(const struct exhaust *e)
{
	unsigned int i, n = 0;

	for (i = 0; i < e->jobs; i++)
		n += worker[i].pid != 0;
	return n;
}

static void reap(struct exhaust *e)
{
	unsigned int i;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (i = 0; i < e->jobs; i++)
			if (worker[i].pid == pid)
				ended(e, i, status);
}

/* Seconds of processor time that a worker has used. */
static double used(pid_t pid)
{
	struct timespec ts;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &ts))
		return 0;
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/*
 * Who has not moved for too long is killed; reap() finds out why. A busy machine
 * is nobody's fault, so that is processor time; one that sleeps uses none.
 */
static void look(struct exhaust *e, double step)
{
	unsigned int i;

	for (i = 0; i < e->jobs; i++) {
		struct worker *w = &worker[i];
		xp_u64 at = shared->job[i].at + shared->job[i].result.caches;

		if (!w->pid)
			continue;
		if (at != w->seen) {
			w->cpu = used(w->pid);
			w->wall = 0;
		}
		w->seen = at;
		w->idle = used(w->pid) - w->cpu;
		/* time for which this process was stopped is not its fault */
		w->wall += step < 0.5 ? step : 0.5;
		if (hung(e, w))
			kill(w->pid, SIGKILL);
	}
}

static void kill_all(struct exhaust *e)
{
	unsigned int i;

	for (i = 0; i < e->jobs; i++) {
		if (!worker[i].pid)
			continue;
		kill(worker[i].pid, SIGKILL);
		waitpid(worker[i].pid, NULL, 0);
		worker[i].pid = 0;
	}
}

static xp_u64 done(const struct exhaust *e)
{
	xp_u64 n = 0;
	unsigned int i;

	for (i = 0; i < e->jobs; i++)
		n += shared->job[i].result.states;
	return n;
}

static void watch(struct exhaust *e, const sigset_t *set)
{
	const struct timespec tick = { .tv_nsec = TICK_MS * 1000000 };
	xp_u64 of = states_of(e);
	double last = now(), at;
	int sig;

	while (alive(e) && !e->given_up && !e->interrupted) {
		sig = sigtimedwait(set, NULL, &tick);
		if (sig == SIGINT || sig == SIGTERM || sig == SIGHUP)
			e->interrupted = true;
		reap(e);
		at = now();
		look(e, at - last);
		last = at;
		report_progress(e, done(e), of);
	}
	kill_all(e);
}

/**
 * workers_run() - go through the shard
 * @e: the run; its result and how it ended are filled in
 */
void workers_run(struct exhaust *e)
{
	double begin = now();
	sigset_t set, old;
	unsigned int i;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED) {
		perror("libkern: mmap");
		finish(EXIT_UNTESTED);
	}
	memset(&e->result, 0, sizeof(e->result));
	deaths = 0;
	hangs = 0;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, &old);
	for (i = 0; i < e->jobs; i++)
		start(e, i);
	watch(e, &set);
	/* whoever interrupts may do so twice, and the report is still to come */
	if (!e->interrupted)
		sigprocmask(SIG_SETMASK, &old, NULL);
	for (i = 0; i < e->jobs; i++)
		xp_result_add(&e->result, &shared->job[i].result);
	xp_result_mixed(&e->result);
	e->stopped = shared->stop;
	if (!e->result.violations && !e->interrupted && !e->given_up &&
	    e->result.states != states_of(e))
		e->given_up = "not every state was judged";
	munmap(shared, sizeof(*shared));
	e->seconds = now() - begin;
}
