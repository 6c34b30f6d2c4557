/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The race search: what its two worlds share. Compiled in both, so it uses no
 * type of either.
 *
 *	hooks.c		from the shim's hooks to steps
 *	rules.c		what may change under which lock only
 *	later.c		RCU callbacks
 *	scene.c		what is let loose on what: the table
 *	layout.c	the file and its page cache before anything runs
 *	target.h	the filesystem that it is let loose on: plain.c
 *	targets.c	which there are
 *	tasks.c		what the tasks do
 *	books.c		what was stored and has not gone to disk since
 *	judge.c		verdicts: at every step, and at the end
 *	naming.c	what people call all that
 *	host/		stacks, schedulers, search, processes, the terminal (host world)
 */
#ifndef RACE_H
#define RACE_H

typedef unsigned long long race_u64;

#define RACE_TASKS	4
#define RACE_NAME	64
#define RACE_WORDS	240
#define RACE_STEP_WORDS	48

/* Preemptions of a search where nobody says a number, and the scene says none. */
#define RACE_BOUND	2

/* How the caller of the release treats invalidate_lock, and others i_rwsem. */
enum race_locking {
	RACE_LOCK_TREE,		/* as the tree wants it */
	RACE_LOCK_NONE,		/* not at all, where the tree leaves it to the caller */
	RACE_LOCK_LATE,		/* likewise, when what to punch is decided: in the punch */
	RACE_LOCK_SHARED,	/* as the tree wants it, but all take i_rwsem for reading */
	RACE_LOCKS,
};

/* Of each, in a schedule that is written down. */
#define RACE_LETTERS	"tnls"

/* When RCU callbacks run. */
enum race_rcu {
	RACE_RCU_EARLY,		/* as early as a grace period can end */
	RACE_RCU_LATE,		/* when all tasks have ended, or somebody waits for them */
};

/* What race_access() is told beside the shim's points. */
#define RACE_AT_START	31

/* --- the engine (host), for the kernel world --------------------------------- */

/**
 * race_access() - the running task is about to do something; others may run first
 * @point: enum lk_point
 * @obj: to what; NULL: to nothing that others see
 * @what: in words, or NULL
 * @write: whether others' accesses cannot be exchanged with it
 */
void race_access(unsigned int point, const void *obj, const char *what, int write);

/* The step that runs has also written @obj, or only looked at it. */
void race_written(const void *obj);
void race_seen(const void *obj);

/* Wait, at @point, until race_woken() of the same object. */
void race_blocked(unsigned int point, const void *obj);
void race_woken(const void *obj);

/* The task that runs, or -1 where the search itself does. */
int race_running(void);

/**
 * struct race_edge - what a task holds while it takes, or waits for, something else
 * @from: name of what it holds
 * @from_at: where it took that
 * @to: name of what it takes or waits for
 * @to_at: where it does
 * @from_nest: which of several of a name, 0 where only one is held at once
 * @to_nest: the same of @to
 * @from_shared: held for reading
 * @to_shared: taken for reading
 * @kind: enum race_edge_kind
 *
 * The texts are constants of the program.
 */
struct race_edge {
	const char	*from;
	const char	*from_at;
	const char	*to;
	const char	*to_at;
	unsigned char	from_nest;
	unsigned char	to_nest;
	unsigned char	from_shared;
	unsigned char	to_shared;
	unsigned char	kind;
};

enum race_edge_kind {
	RACE_EDGE_LOCK,		/* two locks */
	RACE_EDGE_WAIT,		/* a lock, and the end of writeback */
	RACE_EDGE_RCU,		/* a read section on one side */
};

void race_edge(const struct race_edge *e);

/* --- the scenes (kernel world), for the host ---------------------------------- */

unsigned int race_scenes(void);
void race_scene_name(unsigned int scene, char *buf, unsigned int size);
void race_scene_words(unsigned int scene, char *buf, unsigned int size);
/* Of which filesystem it is: plain or xfs. */
const char *race_scene_target(unsigned int scene);
unsigned int race_scene_tasks(unsigned int scene);
unsigned int race_scene_bound(unsigned int scene);
const char *race_task_name(unsigned int scene, unsigned int task);

/* Once in a process. Return: NULL, or what went wrong. */
const char *race_open(unsigned int scene, enum race_locking locking);
/* Is it something that this tree can be asked? NULL, or why not. */
const char *race_cannot(enum race_locking locking);
/* Lay the scene out afresh. Return: NULL, or what went wrong. */
const char *race_build(void);
/* What the task does, on its own stack. */
void race_task(unsigned int task);
/* After each step, and at the end. Return: NULL, or what is wrong. */
const char *race_check(void);
const char *race_judge(void);
/* The known finding that the run has met, and nothing else was wrong; or NULL. */
const char *race_known(void);
/* Give up what is cached. */
void race_clear(void);
/* Once in a process: when callbacks run, and whether race_edge() is to be called. */
void race_ways(enum race_rcu rcu, int edges);
/* Could whoever waits for @obj at this point go on, if only he knew? */
int race_is_free(unsigned int point, const void *obj);
/* What a step does, for people. */
void race_step_words(unsigned int point, const void *obj, const char *what,
		     int write, char *buf, unsigned int size);
unsigned int race_page_bits(void);

#endif /* RACE_H */
