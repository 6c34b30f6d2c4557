/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The exhaustive run: what its two worlds share. Compiled in both, so it uses no
 * type of either.
 *
 *	space.c		what is enumerated, in which order, under which number
 *	layout.c	the page caches of one window
 *	brute.c		whether these are all
 *	rows.c		ranges, sizes and writes that each page cache is put to
 *	id.c		names of states
 *	plain.c		the recording filesystem as the target
 *	state.c		a page cache made real, and given up
 *	judge.c		one state judged; all states of one page cache
 *	behaviour.c	what a release does, as a number
 *	group.c		violations by their cause
 *	show.c		one state for people
 *	emit.c		one state as a KUnit suite
 *	host/		processes, time, the terminal (host world)
 */
#ifndef EXPLORE_H
#define EXPLORE_H

typedef unsigned long long xp_u64;
typedef long long xp_s64;

/* Another number for another order: an ID says under which one it was made. */
#define XP_VERSION	1

#define XP_MAX_ORDER	2
#define XP_MAX_PAGES	12
#define XP_MAX_BLOCKS	32
#define XP_RATIOS	4	/* blocks in a page: 1, 2, 4, 8 */
#define XP_PARTS	20
#define XP_GROUPS	24
#define XP_WORDS	160
#define XP_ID_SIZE	64

/**
 * struct xp_bound - how far the enumeration goes
 * @blocks: longest window, in blocks
 * @pages: and in pages
 * @pagebits: log2 of the page size
 * @unfolded: every state is visited, also those that symmetry makes equal
 */
struct xp_bound {
	unsigned int	blocks;
	unsigned int	pages;
	unsigned int	pagebits;
	unsigned int	unfolded;
};

/**
 * struct xp_row - what one page cache is put to
 * @entry: enum xp_entry
 * @pos: first byte, from the base
 * @end: first byte behind, from the base
 * @written: bytes that got through; not for XP_RELEASE
 * @isize: of the file, in bytes of the file
 */
struct xp_row {
	unsigned int	entry;
	unsigned int	pos;
	unsigned int	end;
	unsigned int	written;
	xp_s64		isize;
};

enum xp_entry {
	XP_RELEASE,		/* the release itself, over whole blocks */
	XP_WRITE,		/* the end of a write into a new reservation */
	XP_OLD,			/* the same, the reservation was there before */
	XP_MAPPED,		/* the same over an extent that has a place */
	XP_ZERO,		/* zeroing, whose caller holds invalidate_lock */
	XP_UNSHARE,		/* unsharing, likewise */
	XP_FAULT,		/* a fault that writes: its pages stay dirty */
	XP_ENTRIES,
};

/* The known findings, see kunit/finding.h and kunit/xfs/forks.h. */
enum xp_finding {
	XP_EOF_BLOCK,
	XP_COW_FORK,
	XP_FINDINGS,
};

/**
 * struct xp_target - what the release is put to: one is linked in
 * @name: of --target
 * @prefix: of the IDs of its states, in front of the version
 * @blocks: longest window where the command line names none
 * @pages: and in pages
 * @entries: one more than the last enum xp_entry that its writes go through
 * @puts_back: after a call extents have to be put back for the next one
 * @rate: states that a process judges in a second, for the estimate before a run
 */
struct xp_target {
	const char	*name;
	const char	*prefix;
	unsigned int	blocks;
	unsigned int	pages;
	unsigned int	entries;
	unsigned int	puts_back;
	unsigned int	rate;
};

extern const struct xp_target xp_target;

/* What the rows of a window are. */
enum xp_kind {
	XP_RELEASES,		/* ranges of whole blocks */
	XP_WRITES,		/* positions, lengths and what got through */
	XP_PAIRS,		/* releases, over each pair of fork maps (XFS) */
};

/**
 * struct xp_part - windows that are alike
 * @ratio: log2 of the blocks in a page
 * @pages: of the window
 * @base: of the window, in pages of the file
 * @kind: what its rows are
 * @layouts: page caches
 * @maps: extent maps of each
 * @rows: of each page cache and map
 * @first_cache: number of its first page cache and map
 * @first: number of its first state
 * @nrows: entries of @row
 * @row: the rows
 */
struct xp_part {
	unsigned int	ratio;
	unsigned int	pages;
	xp_u64		base;
	enum xp_kind	kind;
	xp_u64		layouts;
	xp_u64		maps;
	xp_u64		first_cache;
	xp_u64		first;
	unsigned int	nrows;
	struct xp_row	*row;
};

/* What of a release makes its number. */
enum xp_behaviour {
	XP_EXTENTS,		/* the blocks that are given up */
	XP_LOCKS,		/* also the locks held at that, and on return; splats */
	XP_CALLS,		/* also each call of the punch by itself */
};

/**
 * struct xp_space - all that is enumerated
 * @bound: how far
 * @behaviour: enum xp_behaviour: what goes into the digest
 * @afresh: every state is built by calls of its own, shared with no other
 * @caches: page caches (with an extent map each)
 * @states: page caches put to a row each
 * @nparts: entries of @part
 * @part: the parts, in order
 */
struct xp_space {
	struct xp_bound	bound;
	unsigned int	behaviour;
	unsigned int	afresh;
	xp_u64		caches;
	xp_u64		states;
	unsigned int	nparts;
	struct xp_part	part[XP_PARTS];
};

/**
 * struct xp_group - violations of one cause
 * @words: the cause
 * @count: how many
 * @state: number of the smallest
 * @weight: of that one: what makes a state large, most important first
 * @fatal: it cost a process
 */
struct xp_group {
	char		words[XP_WORDS];
	xp_u64		count;
	xp_u64		state;
	xp_u64		weight;
	unsigned int	fatal;
};

/**
 * struct xp_result - what a worker has found; may lie in shared memory
 * @caches: page caches built
 * @states: judged
 * @known: of these exactly as a known finding says, by enum xp_finding
 * @free: of these inside its predicate and right
 * @free_state: the first of those
 * @digest: sum over all states of a number for each behaviour
 * @violations: states that violate
 * @other: of these without room for a group
 * @ngroups: entries of @group
 * @group: by cause
 */
struct xp_result {
	xp_u64		caches;
	xp_u64		states;
	xp_u64		known[XP_FINDINGS];
	xp_u64		free[XP_FINDINGS];
	xp_u64		free_state[XP_FINDINGS];
	xp_u64		digest;
	xp_u64		violations;
	xp_u64		other;
	unsigned int	ngroups;
	struct xp_group	group[XP_GROUPS];
};

/**
 * struct xp_job - what a worker is to do, and how far it is
 * @cache: number of the page cache that it is at
 * @behind: number behind the last
 * @row: at which row of it
 * @whole: it is not at a row, but builds the page cache or looks through it
 * @at: number of the state that it is at
 * @begin: number of the page cache from which on it is done again when its process
 *	is killed by somebody else
 * @begin_row: and at which row
 * @kept: what it had found there
 * @killed: state that it was at when it was
 * @died: what it has died of, as far as it could say
 * @last: digest of the last state judged, 0 where its page cache has none yet
 * @summed: of the digest in @result what has been added up elsewhere
 * @digests: where the digest of each state goes, or NULL
 * @result: what it has found
 */
struct xp_job {
	volatile xp_u64	cache;
	volatile xp_u64	behind;
	volatile unsigned int row;
	volatile unsigned int whole;
	volatile xp_u64	at;
	xp_u64		begin;
	unsigned int	begin_row;
	xp_u64		killed;
	char		died[XP_WORDS];
	xp_u64		last;
	xp_u64		summed;
	void		(*digests)(xp_u64 state, xp_u64 digest);
	struct xp_result result;
	struct xp_result kept;
};

/* space.c: kernel world, called from both. 0, or what is wrong in words. */
const char *xp_space_make(struct xp_space *space, const struct xp_bound *bound);
void xp_space_free(struct xp_space *space);
const struct xp_part *xp_part_of_cache(const struct xp_space *space,
				       xp_u64 cache);
const struct xp_part *xp_part_of_state(const struct xp_space *space,
				       xp_u64 state);
void xp_locate(const struct xp_space *space, xp_u64 state, xp_u64 *cache,
	       unsigned int *row);
xp_u64 xp_state_number(const struct xp_space *space, xp_u64 cache,
		       unsigned int row);
int xp_part_words(const struct xp_space *space, const struct xp_part *part,
		  char *buf, unsigned int size);
unsigned int xp_pagebits(void);

/* id.c */
int xp_id_print(const struct xp_bound *bound, xp_u64 state, char *buf,
		unsigned int size);
const char *xp_id_parse(const char *text, struct xp_bound *bound,
			xp_u64 *state);

/* group.c */
#define XP_MIXED	"shows elsewhere and not here"	/* so end the words of xp_result_mixed() */
extern const char *const xp_finding_names[XP_FINDINGS];
void xp_group_add(struct xp_result *into, const struct xp_group *one);
void xp_result_mixed(struct xp_result *r);
void xp_result_add(struct xp_result *into, const struct xp_result *one);

/* brute.c */
int xp_brute(const struct xp_space *space, unsigned int *parts);

/* judge.c: all of @job. Return: 0, or 1 when this process is spoilt. */
int xp_run(const struct xp_space *space, struct xp_job *job);
/* What is found at no row, in @words, goes into the digest of the state @job->at. */
void xp_violation_digest(struct xp_job *job, const char *words);
/* The number of a state that has cost its process. */
xp_u64 xp_behaviour_death(xp_u64 state);
/* The bare calls, for the bench. Return: nanoseconds. */
xp_u64 xp_run_bare(const struct xp_space *space, struct xp_job *job);

/* show.c, emit.c. Return: 1 if the state is right, 0 if not. */
int xp_show(const struct xp_space *space, xp_u64 state);
int xp_emit(const struct xp_space *space, xp_u64 state, const char *id);
xp_u64 xp_weight(const struct xp_space *space, xp_u64 state);

/* host/, for the kernel world. */
void xp_line(void *arg, const char *text);
xp_u64 xp_clock(void);		/* in nanoseconds */
void xp_splats_forget(void);
const char *xp_splat_words(void);

#endif /* EXPLORE_H */
