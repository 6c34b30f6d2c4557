/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The race search, host side.
 *
 *	main.c		what is asked for; exit status
 *	children.c	one process for each scene
 *	jobs.c		what it does: the search
 *	engine.c	one run: steps, what they touch, who is next
 *	fiber.c		stacks
 *	dfs.c		all schedules up to so many preemptions, and what is left out
 *	chance.c	schedules by chance: random and PCT
 *	replay.c	one schedule once more, and its name
 *	shrink.c	another schedule that shows the same with fewer switches
 *	later.c		memory, given back between two runs
 *	splats.c	what the kernel world has complained of
 *	classes.c	how many runs are different
 *	report.c	what is printed
 *	graph.c		the lock order graph
 *	columns.c	a violation: a column a task, a line a step
 */
#ifndef RACE_ENGINE_H
#define RACE_ENGINE_H

#include <stdbool.h>

#include "../race.h"

#define RACE_STEPS	8192	/* of one run; more is a livelock */
#define RACE_FAIR	1000	/* steps in a row before others must be let run */
#define RACE_OBJECTS	256	/* told apart; the last stands for all further ones */
#define FOOT_WORDS	(RACE_OBJECTS / 64)
#define RACE_BOUNDS	16	/* most preemptions */

/**
 * struct foot - what a step touches, by number of the object in its run
 * @reads: what it may exchange with others that do the same
 * @writes: what it may not
 */
struct foot {
	race_u64	reads[FOOT_WORDS];
	race_u64	writes[FOOT_WORDS];
};

static inline bool foot_conflict(const struct foot *a, const struct foot *b)
{
	race_u64 both = 0;
	unsigned int i;

	for (i = 0; i < FOOT_WORDS; i++)
		both |= (a->writes[i] & (b->reads[i] | b->writes[i])) |
			(a->reads[i] & b->writes[i]);
	return both;
}

static inline void foot_add(struct foot *into, const struct foot *more)
{
	unsigned int i;

	for (i = 0; i < FOOT_WORDS; i++) {
		into->reads[i] |= more->reads[i];
		into->writes[i] |= more->writes[i];
	}
}

/**
 * struct op - what a task will do when it runs
 * @point: enum lk_point
 * @write: as for race_access()
 * @any: it has an object
 * @obj: the object's number
 */
struct op {
	unsigned char	point;
	unsigned char	write;
	unsigned char	any;
	unsigned char	obj;
};

/**
 * struct choice - what a scheduler chooses from
 * @ntasks: tasks of the scene
 * @ready: those that can run, as a mask; never 0
 * @current: the one that ran last, or -1
 * @forced: it has run for so long that it is somebody else's turn
 * @op: what each will do
 */
struct choice {
	unsigned int	ntasks;
	unsigned int	ready;
	int		current;
	bool		forced;
	struct op	op[RACE_TASKS];
};

/**
 * struct sched - a way to choose
 * @begin: a run begins
 * @pick: who is next; one of @ready
 * @stepped: what the step of the last pick has touched; NULL: not asked
 * @next: after a run: make another? NULL: one was enough
 */
struct sched {
	void (*begin)(void);
	int (*pick)(const struct choice *c);
	void (*stepped)(const struct foot *foot);
	bool (*next)(void);
};

/* One line of a schedule that is shown. */
struct line {
	unsigned char	task;
	unsigned char	any;
	unsigned char	obj;
	char		words[RACE_STEP_WORDS];
};

/**
 * struct trace - the run that is under way; survives its process
 * @steps: made
 * @switches: from one task to another
 * @preemptions: of these, away from one that could go on
 * @hash: of what the steps were
 * @print: of all that is known of them: what they touched, who else could run
 * @mark: part of @print after each step
 * @sum: part of @hash after each step
 * @path: who made each
 * @line: what it was in words, where @show
 * @show: wanted
 * @died: what the process has died of, as far as it could say
 */
struct trace {
	volatile unsigned int steps;
	volatile unsigned int switches;
	volatile unsigned int preemptions;
	volatile unsigned int hash;
	volatile race_u64 print;
	unsigned short	mark[RACE_STEPS + 1];
	unsigned short	sum[RACE_STEPS + 1];
	unsigned char	path[RACE_STEPS + 1];
	bool		show;
	struct line	line[RACE_STEPS + 1];
	char		died[RACE_WORDS];
};

/* engine.c */
const char *engine_run(const struct sched *sched, unsigned int ntasks, struct trace *trace);
void engine_broken(const char *words);
void engine_freed(const void *p, unsigned long size);
bool engine_differs(void);
race_u64 engine_class(void);
int pick_plain(const struct choice *c);

/* fiber.c; number RACE_TASKS is whoever calls engine_run() */
void fiber_switch(unsigned int from, unsigned int to);
void fiber_body(unsigned int nr);	/* engine.c: what a fiber does, for ever */

/* dfs.c */
extern const struct sched dfs;
#define DFS_ANY		(~0U)
void dfs_start(unsigned int bound, unsigned int switches, bool reduced);
void dfs_share(void);
bool dfs_resume(void);
bool dfs_pruned(void);

/* chance.c */
extern const struct sched chance_random, chance_pct;
void chance_start(race_u64 seed, race_u64 runs, unsigned int depth);

/* replay.c */
/**
 * struct schedule - one that is asked for by name
 * @path: who makes each step
 * @steps: how many
 * @sum: what @sum of the trace was at the end of each stretch
 */
struct schedule {
	unsigned char	path[RACE_STEPS + 1];
	unsigned int	steps;
	unsigned short	sum[RACE_STEPS + 1];
};

extern const struct sched replay;
void replay_start(const unsigned char *path, unsigned int steps);
int replay_misfit(void);		/* at which step, or -1 */
void replay_print(const struct trace *t, char *buf, unsigned int size);
bool replay_parse(const char *text, struct schedule *s);
int replay_differs(const struct schedule *s, const struct trace *t, unsigned int *first);

/* later.c */
void later_free(void);

/* classes.c */
void classes_clear(void);
void classes_add(race_u64 one);
race_u64 classes_count(void);
race_u64 classes_sum(void);

#endif /* RACE_ENGINE_H */
