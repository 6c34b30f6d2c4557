/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The exhaustive run, host side.
 *
 *	main.c		what is asked for; exit status
 *	workers.c	processes, and what becomes of those that die
 *	apart.c		what such a process may use, and one for one state
 *	shrink.c	the smallest state of each cause
 *	report.c	what is printed
 *	digest.c	results as a file
 *	compare.c	the numbers of two trees, state by state
 *	child.c		what the kernel world asks of the host
 *	alone.c		and what the runner of the suites does for it otherwise
 *	numbers.c	on the command line and in reports
 */
#ifndef EXHAUST_H
#define EXHAUST_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "../explore.h"

#define XP_MAX_WORKERS	64
#define XP_SLICE	64	/* page caches that a process takes at once */
/* So many times the limit of processor time may a process sleep. */
#define XP_ASLEEP	30

/**
 * struct exhaust - one run
 * @space: what is enumerated
 * @jobs: processes at once
 * @shard: number of this shard, from 0
 * @shards: of how many
 * @timeout: seconds for one state
 * @quiet: no progress
 * @first: stop at the first violation
 * @hangs: so many states may not end
 * @slices: digest of each slice, in shared memory, or NULL
 * @digests: where the number of each state goes, or NULL
 * @result: what was found
 * @seconds: how long it took
 * @interrupted: by a signal
 * @stopped: by @first
 * @given_up: why it was not gone through to the end, or NULL
 */
struct exhaust {
	struct xp_space		space;
	unsigned int		jobs;
	unsigned int		shard;
	unsigned int		shards;
	double			timeout;
	bool			quiet;
	bool			first;
	unsigned int		hangs;
	xp_u64			*slices;
	void (*digests)(xp_u64 state, xp_u64 digest);
	struct xp_result	result;
	double			seconds;
	bool			interrupted;
	bool			stopped;
	const char		*given_up;
};

/**
 * struct smallest - where a cause shows in the fewest blocks
 * @bound: the bound that was enough
 * @state: number of the state in it
 */
struct smallest {
	struct xp_bound	bound;
	xp_u64		state;
};

void shrink(const struct exhaust *e, struct smallest smallest[XP_GROUPS]);
void workers_run(struct exhaust *e);
xp_u64 states_of(const struct exhaust *e);

/* apart.c */
void apart_limits(pid_t parent);
void apart_words(int status, char *words, size_t size);
int apart_state(const struct xp_space *space, xp_u64 state, const char *emit,
		double seconds);

void report_space(const struct exhaust *e);
void report_progress(struct exhaust *e, xp_u64 done, xp_u64 of);
void report_result(struct exhaust *e);

/* digest.c */
xp_u64 slices_of(const struct exhaust *e);
xp_u64 *shared_numbers(xp_u64 n);
FILE *open_named(const char *name, const char *mode);
int digest_write(const struct exhaust *e, const char *name);

/* compare.c */
int compare(struct exhaust *e, const char *list, bool against);

void child_begin(struct xp_job *job);

#endif /* EXHAUST_H */
