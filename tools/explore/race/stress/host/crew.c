// SPDX-License-Identifier: GPL-2.0-only
/*
 * The threads of one scene: one for each task and one more, which lays the scene out,
 * lets the others run, and judges when all of them are done.
 *
 * Compiled without the sanitizer: what it sees of this are the semaphores, so that a
 * round is ordered behind the one before, and the tasks of a round are not ordered.
 */
#include <errno.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "../../host/splats.h"
#include "crew.h"
#include "run.h"
#include "threads.h"

#define BATCH		256	/* rounds between two looks for leaks */
#define HANG		20	/* seconds of processor time for one */
#define TICK_NS		100000000
#define SPIN		2000

struct asked asked;

static struct {
	const struct wanted *w;
	struct job	*job;
	unsigned int	ntasks;
	bool		over;
	race_u64	seed;		/* of the round */
	sem_t		go[RACE_TASKS];
	sem_t		done;
	atomic_uint	begun;		/* tasks of all rounds */
	atomic_uint	ended;		/* of this one, as a mask */
	struct lk_threads_wait wait[RACE_TASKS];
} crew;

static _Thread_local int self = -1;

int stress_self(void)
{
	return self;
}

race_u64 crew_mix(race_u64 a, race_u64 b)
{
	a = (a ^ b) * 0x9e3779b97f4a7c15ull;
	return a ^ (a >> 29);
}

void lk_host_died(enum lk_death_kind kind, const char *text)
{
	struct job *j = crew.job;

	/* what was wrong before tells more than what it led to */
	if (j) {
		snprintf(j->trace.died, sizeof(j->trace.died), "%s", j->violated ? j->words : text);
		j->untested = kind == LK_DEATH_STUB && !j->violated;
	} else {
		fprintf(stderr, "libkern: %s\n", text);
	}
	finish(CHILD_DIED);
}

/* What a failed expectation says; what was wrong is said by whoever made it. */
void lk_run_message(int level, int failed, const char *text)
{
	if (failed && crew.job)
		snprintf(crew.job->trace.died, sizeof(crew.job->trace.died), "%s", text);
}

/* Threads wake up one after the other; what they do takes less time than that. */
static void begin_together(unsigned int round)
{
	unsigned int spun = 0;

	atomic_fetch_add(&crew.begun, 1);
	while (atomic_load(&crew.begun) < crew.ntasks * round)
		if (++spun > SPIN)
			sched_yield();
}

static void work_task(unsigned int nr)
{
	unsigned int round;

	self = nr;
	lk_threads_waits(&crew.wait[nr]);
	for (round = 1; ; round++) {
		sem_wait(&crew.go[nr]);
		if (crew.over)
			return;
		delay_begin(crew_mix(crew.seed, nr + 1));
		begin_together(round);
		race_task(nr);
		stress_ended(nr);
		atomic_fetch_or(&crew.ended, 1U << nr);
		sem_post(&crew.done);
	}
}

/*
 * Everybody who has not ended waits, and nobody is left to wake anybody. They are
 * looked at one after the other: it counts only if nobody was woken between the first
 * look and the last, or one may have begun to wait after waking another.
 */
static bool is_deadlock(void)
{
	unsigned long before = lk_threads_ticket();
	unsigned int i, n = 0;

	for (i = 0; i < crew.ntasks; i++) {
		if (atomic_load(&crew.ended) >> i & 1)
			continue;
		if (!lk_threads_stuck(&crew.wait[i]))
			return false;
		n++;
	}
	return n > 0 && lk_threads_ticket() == before;
}

static void die_of_deadlock(void)
{
	char text[RACE_WORDS] = "deadlock:", what[64];
	unsigned int i, len;

	for (i = 0; i < crew.ntasks; i++) {
		if (atomic_load(&crew.ended) >> i & 1)
			continue;
		stress_waits(i, what, sizeof(what));
		len = strlen(text);
		snprintf(text + len, sizeof(text) - len, "%s %s waits for %s",
			 len > 9 ? "," : "", race_task_name(crew.job->scene, i), what);
	}
	lk_host_died(LK_DEATH_DEADLOCK, text);
}

static void wait_for_all(void)
{
	unsigned int left = crew.ntasks;
	struct timespec ts;

	while (left) {
		clock_gettime(CLOCK_REALTIME, &ts);
		ts.tv_nsec += TICK_NS;
		ts.tv_sec += ts.tv_nsec / 1000000000;
		ts.tv_nsec %= 1000000000;
		if (!sem_timedwait(&crew.done, &ts))
			left--;
		else if (errno == ETIMEDOUT && is_deadlock())
			die_of_deadlock();
	}
}

/* Who never waits and never ends uses up the processor. */
static void watch_out(void)
{
	const struct itimerval limit = { .it_value = { .tv_sec = HANG } };

	setitimer(ITIMER_PROF, &limit, NULL);
}

static void violation(struct job *j, const char *words)
{
	j->before++;
	if (j->violated)
		return;
	snprintf(j->words, sizeof(j->words), "%s", words);
	j->words[strcspn(j->words, "\n")] = '\0';
	j->violated = true;
}

static bool one_round(struct job *j)
{
	const char *words = race_build();
	unsigned int i;

	if (words)
		lk_host_died(LK_DEATH_BUG, words);
	crew.seed = crew_mix(crew_mix(crew.w->seed, j->scene + 1), j->runs + 1);
	atomic_store(&crew.ended, 0);
	watch_out();
	for (i = 0; i < crew.ntasks; i++)
		sem_post(&crew.go[i]);
	wait_for_all();
	words = words_with_splat(race_judge());
	j->runs++;
	if (words)
		violation(j, words);
	race_clear();
	return !words;
}

static bool is_over(const struct job *j, double end)
{
	return asked.rounds ? j->runs >= asked.rounds : jobs_now() >= end;
}

/* Rounds up to the next look for what is left, or up to a violation. */
static void batch(struct job *j, double end)
{
	const char *words;
	unsigned int i;
	bool good = true;

	lk_case_begin();
	for (i = 0; i < BATCH && good && (!i || !is_over(j, end)); i++)
		good = one_round(j);
	words = words_of_leaks();
	if (good && words)
		violation(j, words);
}

static void conduct(struct job *j)
{
	double end = jobs_now() + asked.slice;
	const char *words;

	lk_case_begin();
	words = race_open(j->scene, crew.w->locking);
	if (words)
		lk_host_died(LK_DEATH_BUG, words);
	do
		batch(j, end);
	while (!is_over(j, end));
}

static void member(unsigned int nr, void *arg)
{
	unsigned int i;

	if (nr < crew.ntasks) {
		work_task(nr);
		return;
	}
	conduct(arg);
	crew.over = true;
	for (i = 0; i < crew.ntasks; i++)
		sem_post(&crew.go[i]);
}

/**
 * crew_work() - what the process of a scene does
 * @w: what is asked for
 * @j: the scene
 */
void crew_work(const struct wanted *w, struct job *j)
{
	unsigned int i;

	reports_take(j->scene);
	crew.w = w;
	crew.job = j;
	crew.ntasks = race_scene_tasks(j->scene);
	sem_init(&crew.done, 0, 0);
	for (i = 0; i < crew.ntasks; i++)
		sem_init(&crew.go[i], 0, 0);
	lk_threads_run(crew.ntasks + 1, member, j);
	j->done = true;
	/* not finish(): the sanitizer has a last word */
	exit(CHILD_OK);
}
