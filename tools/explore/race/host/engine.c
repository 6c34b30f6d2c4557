// SPDX-License-Identifier: GPL-2.0-only
/*
 * One run of a scene. A step is what a task does from one point to the next: it
 * says at the point what it is about to do, and a scheduler says who goes on.
 *
 * Objects get their number when a run first touches them. Two runs that begin
 * alike agree on the numbers as far as they are alike.
 */
#include <stdio.h>
#include <string.h>

#include "engine.h"
#include "run.h"
#include "splats.h"

static struct {
	const struct sched *sched;
	struct trace	*trace;
	const char	*words;		/* what is wrong */
	bool		differs;	/* it is that the run is not what it was to be */
	struct choice	c;
	int		running;
	bool		busy;		/* what runs is no task */
	unsigned int	left;		/* tasks that have not ended, as a mask */
	const void	*waits[RACE_TASKS];
	unsigned int	waits_at[RACE_TASKS];
	const void	*about[RACE_TASKS];
	const char	*what[RACE_TASKS];
	unsigned int	streak;
	struct foot	foot;
	const void	*obj[RACE_OBJECTS];
	unsigned int	nobjs;
	race_u64	chain[RACE_TASKS];
	race_u64	written[RACE_OBJECTS];
	race_u64	read[RACE_OBJECTS];
} run;

static unsigned int number_of(const void *obj)
{
	unsigned int i;

	for (i = 0; i < run.nobjs; i++)
		if (run.obj[i] == obj)
			return i;
	if (run.nobjs == RACE_OBJECTS - 1)
		return run.nobjs;
	run.obj[run.nobjs] = obj;
	return run.nobjs++;
}

static void touch(unsigned int obj, int write)
{
	race_u64 bit = 1ULL << obj % 64;

	if (write)
		run.foot.writes[obj / 64] |= bit;
	else
		run.foot.reads[obj / 64] |= bit;
}

static race_u64 mix(race_u64 a, race_u64 b)
{
	a = (a ^ b) * 0x9e3779b97f4a7c15ull;
	return a ^ (a >> 29);
}

/*
 * A number for the step by what came before it in its task and in what it touches.
 * The sum over all tasks names a class of runs that differ only in the order of
 * steps which have nothing to do with each other.
 */
static void chain(const struct op *op)
{
	race_u64 h = mix(run.chain[run.running], op->point * 2 + op->write + 1);
	race_u64 sum = 0, bits;
	unsigned int i, w;

	/* a sum: the objects' numbers differ between runs of one class */
	for (w = 0; w < FOOT_WORDS; w++) {
		for (bits = run.foot.reads[w] | run.foot.writes[w]; bits; bits &= bits - 1) {
			i = __builtin_ctzll(bits);
			sum += mix(run.written[64 * w + i],
				   run.foot.writes[w] >> i & 1 ? run.read[64 * w + i] : 0);
		}
	}
	h = mix(h, sum);
	for (w = 0; w < FOOT_WORDS; w++) {
		for (bits = run.foot.writes[w]; bits; bits &= bits - 1) {
			i = 64 * w + __builtin_ctzll(bits);
			run.written[i] = h;
			run.read[i] = 0;
		}
		for (bits = run.foot.reads[w] & ~run.foot.writes[w]; bits; bits &= bits - 1)
			run.read[64 * w + __builtin_ctzll(bits)] += mix(h, 1);
	}
	run.chain[run.running] = h;
}

/* This run is over, whoever runs. */
static void stop(const char *words)
{
	unsigned int self = run.running;

	run.words = words;
	run.running = -1;
	run.busy = true;
	fiber_switch(self, RACE_TASKS);
}

/**
 * engine_broken() - this run differs from what it was before
 * @words: how
 */
void engine_broken(const char *words)
{
	if (run.words)
		return;
	run.words = words;
	run.differs = true;
}

/**
 * engine_differs() - is what the last run ended of no verdict, but a difference?
 */
bool engine_differs(void)
{
	return run.differs;
}

/**
 * engine_freed() - memory goes, and whoever comes to it after this step is too late
 * @p: its beginning
 * @size: in bytes
 */
void engine_freed(const void *p, unsigned long size)
{
	unsigned int i;

	if (race_running() < 0)
		return;
	for (i = 0; i < run.nobjs; i++)
		if ((unsigned long)run.obj[i] - (unsigned long)p < size)
			touch(i, 1);
}

/* Nobody can run: what for does everybody wait, and is it there? */
static void stuck(void)
{
	static char words[RACE_WORDS];
	char one[RACE_STEP_WORDS];
	unsigned int i, len = 0;
	bool lost = false;

	run.busy = true;
	for (i = 0; i < run.c.ntasks; i++)
		lost |= run.waits[i] && race_is_free(run.waits_at[i], run.waits[i]);
	len = snprintf(words, sizeof(words), "%s:", lost ? "lost wake-up" : "deadlock");
	for (i = 0; i < run.c.ntasks && len < sizeof(words); i++) {
		if (!run.waits[i])
			continue;
		race_step_words(run.waits_at[i], run.waits[i], NULL, 1, one, sizeof(one));
		len += snprintf(words + len, sizeof(words) - len, "%s %s",
				words[len - 1] == ':' ? "" : ",", one);
	}
	run.busy = false;
	stop(words);
}

static void print_add(race_u64 more)
{
	struct trace *t = run.trace;

	t->print = mix(t->print, more);
	if (t->steps)
		t->mark[t->steps - 1] = t->print >> 20;
}

/* A step has ended: it is judged where it can be, and the next one chosen. */
static void step_end(void)
{
	const char *words;
	unsigned int i;

	chain(&run.c.op[run.running]);
	for (i = 0; i < FOOT_WORDS; i++)
		if (run.foot.reads[i] | run.foot.writes[i])
			print_add(mix(run.foot.reads[i], run.foot.writes[i]) + i);
	if (run.sched->stepped)
		run.sched->stepped(&run.foot);
	run.busy = true;
	words = race_check();
	run.busy = false;
	if (words)
		stop(words);
}

/* The task that has just been chosen does what it said it would. */
static void step_begin(void)
{
	const struct op *op = &run.c.op[run.running];
	struct trace *t = run.trace;
	struct line *line = &t->line[t->steps];

	memset(&run.foot, 0, sizeof(run.foot));
	if (op->any)
		touch(op->obj, op->write);
	t->path[t->steps] = run.running;
	t->hash = (t->hash ^ (run.running + 4 * op->point + 128 * op->write)) * 16777619u;
	t->sum[t->steps] = t->hash >> 8;
	if (t->show) {
		line->task = run.running;
		line->any = op->any;
		line->obj = op->obj;
		run.busy = true;
		race_step_words(op->point, run.about[run.running], run.what[run.running],
				op->write, line->words, sizeof(line->words));
		run.busy = false;
	}
	t->steps++;
	print_add(run.running | run.c.ready << 4 | run.c.forced << 8 | op->point << 9 |
		  op->write << 15 | op->any << 16 | op->obj << 17);
}

/* Choose who is next; false where nobody can be. */
static bool choose(int *next)
{
	if (!run.c.ready)
		return false;
	run.c.forced = run.streak >= RACE_FAIR;
	*next = run.sched->pick(&run.c);
	if (run.c.current >= 0 && *next != run.c.current) {
		run.trace->switches++;
		run.trace->preemptions += !run.c.forced &&
					  run.c.ready >> run.c.current & 1;
	}
	run.streak = *next == run.c.current && !run.c.forced ? run.streak + 1 : 0;
	run.c.current = *next;
	return true;
}

static void go_on(void)
{
	int self = run.running, next;

	if (run.trace->steps >= RACE_STEPS)
		stop("no end: a fair schedule makes no progress");
	if (!choose(&next))
		stuck();
	if (run.words)
		stop(run.words);
	if (next != self) {
		run.running = next;
		fiber_switch(self, next);
		run.running = self;
	}
	step_begin();
}

int race_running(void)
{
	return run.busy ? -1 : run.running;
}

void race_access(unsigned int point, const void *obj, const char *what, int write)
{
	struct op *op = &run.c.op[run.running];

	step_end();
	*op = (struct op) { .point = point, .write = !!write, .any = !!obj };
	if (obj)
		op->obj = number_of(obj);
	run.about[run.running] = obj;
	run.what[run.running] = what;
	go_on();
}

void race_written(const void *obj)
{
	if (race_running() >= 0)
		touch(number_of(obj), 1);
}

void race_seen(const void *obj)
{
	if (race_running() >= 0)
		touch(number_of(obj), 0);
}

void race_blocked(unsigned int point, const void *obj)
{
	touch(number_of(obj), 0);
	step_end();
	run.waits[run.running] = obj;
	run.waits_at[run.running] = point;
	run.c.ready &= ~(1U << run.running);
	go_on();
}

void race_woken(const void *obj)
{
	unsigned int i;

	if (race_running() < 0)
		return;
	touch(number_of(obj), 1);
	for (i = 0; i < run.c.ntasks; i++) {
		if (run.waits[i] != obj)
			continue;
		run.waits[i] = NULL;
		run.c.ready |= 1U << i;
	}
}

/**
 * fiber_body() - a task, once for each run
 * @nr: its number
 */
void fiber_body(unsigned int nr)
{
	int next;

	for (;;) {
		step_begin();
		race_task(nr);
		step_end();
		run.c.ready &= ~(1U << nr);
		run.left &= ~(1U << nr);
		if (!run.left) {
			stop(NULL);
			continue;
		}
		if (!choose(&next))
			stuck();
		if (run.words)
			stop(run.words);
		run.running = next;
		fiber_switch(nr, next);
	}
}

/**
 * pick_plain() - no switch that is not needed
 * @c: the choice
 */
int pick_plain(const struct choice *c)
{
	unsigned int others = c->ready;

	if (c->current >= 0 && c->ready >> c->current & 1) {
		others &= ~(1U << c->current);
		if (!c->forced || !others)
			return c->current;
	}
	return __builtin_ctz(others);
}

/**
 * engine_run() - one run, from a freshly laid-out scene to an empty page cache
 * @sched: who chooses
 * @ntasks: tasks of the scene
 * @trace: filled in while it runs
 *
 * Return: NULL, or what is wrong. Then this process is spoilt.
 */
const char *engine_run(const struct sched *sched, unsigned int ntasks, struct trace *trace)
{
	const char *words;
	unsigned int i;
	int next;

	memset(&run, 0, sizeof(run));
	run.sched = sched;
	run.trace = trace;
	run.running = -1;
	run.c.ntasks = ntasks;
	run.c.current = -1;
	run.c.ready = (1U << ntasks) - 1;
	run.left = run.c.ready;
	trace->steps = 0;
	trace->switches = 0;
	trace->preemptions = 0;
	trace->print = 0;
	trace->hash = 2166136261u;
	for (i = 0; i < ntasks; i++)
		run.c.op[i].point = RACE_AT_START;
	lk_case_begin();
	words = race_build();
	if (words)
		return words;
	sched->begin();
	choose(&next);
	run.running = next;
	if (!run.words)
		fiber_switch(RACE_TASKS, next);
	run.running = -1;
	words = run.words ? run.words : race_judge();
	if (words)
		return words_with_splat(words);
	race_clear();
	words = words_of_leaks();
	later_free();
	return words;
}

/**
 * engine_class() - which class of runs the last one belongs to
 */
race_u64 engine_class(void)
{
	race_u64 sum = 0;
	unsigned int i;

	for (i = 0; i < run.c.ntasks; i++)
		sum += mix(run.chain[i], i + 1);
	return sum;
}
