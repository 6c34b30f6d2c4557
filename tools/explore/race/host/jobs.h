/* SPDX-License-Identifier: GPL-2.0-only */
/* The race search: scenes as jobs of processes. */
#ifndef RACE_JOBS_H
#define RACE_JOBS_H

#include <sys/types.h>

#include "engine.h"

#define RACE_EDGES	256	/* of the lock order graph, of one scene */

enum race_schedule {
	RACE_DFS,
	RACE_RANDOM,
	RACE_PCT,
};

struct job;

/**
 * struct wanted - what is asked for
 * @only: this scene, or -1 for all
 * @target: those of this filesystem, or NULL for all
 * @schedule: enum race_schedule
 * @preemptions: bound
 * @each: nobody has asked for it: scenes that have one of their own keep to that
 * @unreduced: nothing is left out
 * @locking: enum race_locking
 * @runs: of schedules by chance, for each scene
 * @seed: of these
 * @jobs: processes at once
 * @quiet: no progress
 * @force: however long it takes
 * @sounding: go no further than what nobody waits for, and see how long the rest takes
 * @verbose: every step of a schedule that is shown
 * @recheck: run each so manieth interleaving twice; 0: none
 * @timeout: processor time that one may take, in seconds
 * @rcu: enum race_rcu
 * @edges: note what is held when something else is taken
 * @work: what the process of a scene does; it does not return
 */
struct wanted {
	int		only;
	const char	*target;
	unsigned int	schedule;
	unsigned int	preemptions;
	bool		each;
	bool		unreduced;
	unsigned int	locking;
	race_u64	runs;
	race_u64	seed;
	unsigned int	jobs;
	bool		quiet;
	bool		force;
	bool		sounding;
	bool		verbose;
	unsigned int	recheck;
	unsigned int	timeout;
	unsigned int	rcu;
	bool		edges;
	void (*work)(const struct wanted *w, struct job *j);
};

/* An edge of the lock order graph, and whose. */
struct job_edge {
	struct race_edge e;
	unsigned int	task;
	race_u64	count;
};

/**
 * struct job - one scene, in shared memory
 * @scene: which
 * @begun: somebody has taken it
 * @done: it has been gone through
 * @violated: @words says what was found
 * @differs: an interleaving was another one when it was run again; @words say how
 * @untested: it was not gone through, for what is not the tree's; @words say why
 * @refused: seconds that the next bound would take, which is too long
 * @rest: seconds that the bounds take which a sounding leaves out
 * @bound: preemptions that it is or was at
 * @runs: interleavings run and judged at @bound
 * @cut: of these that were known to be like another one
 * @classes: different ones among the others
 * @sum: names which
 * @before: interleavings at smaller bounds
 * @longest: steps of the longest
 * @seconds: processor time that all of it took
 * @known: interleavings that met a known finding, at any bound, and nothing else
 * @finding: its name
 * @words: the violation
 * @edge: what was held when something else was taken
 * @nedges: of these
 * @trace: the run that is under way, or was last
 */
struct job {
	unsigned int	scene;
	bool		begun;
	bool		done;
	bool		violated;
	bool		differs;
	bool		untested;
	double		refused;
	double		rest;
	unsigned int	bound;
	volatile race_u64 runs;
	volatile race_u64 cut;
	race_u64	classes;
	race_u64	sum;
	race_u64	before;
	unsigned int	longest;
	race_u64	known;
	char		finding[RACE_NAME];
	double		seconds;
	char		words[RACE_WORDS];
	struct job_edge	edge[RACE_EDGES];
	unsigned int	nedges;
	struct trace	trace;
};

/* children.c */
#define JOBS_HANGS	"a step does not end"
extern struct job *jobs;		/* one for each scene */
extern bool jobs_interrupted;
void jobs_wait(pid_t child, struct job *j);
bool jobs_wanted(const struct wanted *w, unsigned int scene);
unsigned int jobs_count(const struct wanted *w);
double jobs_now(void);
pid_t jobs_start(void);
void jobs_run(const struct wanted *w);
int jobs_find_scene(const char *name);

/* jobs.c */
#define JOBS_PATIENCE	3600	/* seconds; longer only where that is asked for */
bool jobs_is_deep(const struct wanted *w, unsigned int scene, unsigned int bound);
unsigned int jobs_bound(const struct wanted *w, unsigned int scene);
void jobs_search(const struct wanted *w, struct job *j) __attribute__((noreturn));
const char *jobs_open(const struct wanted *w, struct job *j);
bool jobs_one(const struct wanted *w, struct job *j, const struct sched *sched);

/* shrink.c */
struct job *shrink_job(void);
bool shrink_again(const struct wanted *w, unsigned int scene, const unsigned char *path,
		  unsigned int steps, struct job *into);
bool shrink(const struct wanted *w, const struct job *found, struct job *best);

/* graph.c */
void graph_add(struct job *j, const struct race_edge *e, unsigned int task);
bool graph_write(const char *name, const char *words);

/* columns.c */
void columns(const struct wanted *w, unsigned int scene, const struct trace *t);
void columns_violation(const struct wanted *w, const struct job *j);
void columns_again(const struct wanted *w, unsigned int scene, const struct trace *t);

/* report.c */
int report(const struct wanted *w, double seconds);
int report_replay(const struct wanted *w, unsigned int scene, const struct schedule *s);
void report_progress(const struct wanted *w, bool last);
void report_list(const struct wanted *w);
void report_space(const struct wanted *w);

#endif /* RACE_JOBS_H */
