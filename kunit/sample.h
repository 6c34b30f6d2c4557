/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A seeded sample: scenarios and short sequences of calls before the release.
 *
 * Number @index of seed @seed is the same in every world, whatever came before
 * it. What happens to it is boiled down to a digest; a shim that behaves like
 * the kernel has the kernel's digests.
 *
 * sample.c, the generator, is plain data as scenario.h is. sample_run.c makes
 * the calls.
 */
#ifndef KUNIT_SAMPLE_H
#define KUNIT_SAMPLE_H

#include "mix.h"
#include "scenario.h"

#define SAMPLE_STEPS	4
#define SAMPLE_ORDERS	5
#define SAMPLE_SIZES	8	/* block sizes 512 bytes to 64k */

/* What one place of the page cache holds. */
enum sample_state {
	SAMPLE_ABSENT,
	SAMPLE_SHADOW,
	SAMPLE_STALE,		/* no block is uptodate */
	SAMPLE_CLEAN,
	SAMPLE_CLEAN_STATE,	/* the same with per-block state */
	SAMPLE_DIRTY,
	SAMPLE_DIRTY_PLAIN,	/* the same without per-block state */
	SAMPLE_MARKED,		/* the folio is dirty, no block is */
	SAMPLE_CLEAN_STALE,	/* the rest: mixed blocks */
	SAMPLE_DIRTY_CLEAN,
	SAMPLE_DIRTY_STALE,
	SAMPLE_ALL_THREE,
	SAMPLE_STATES,
};

/* What is done between the building of the page cache and the release. */
enum sample_call {
	SAMPLE_WRITE,
	SAMPLE_SHORT,		/* the source ends early, and the check sees it */
	SAMPLE_TORN,		/* it goes between the check and the copy */
	SAMPLE_READ_FAULT,
	SAMPLE_WRITE_FAULT,
	SAMPLE_READAHEAD,
	SAMPLE_TRUNCATE_DOWN,
	SAMPLE_TRUNCATE_UP,
	SAMPLE_DROP,		/* as after direct I/O */
	SAMPLE_INVALIDATE,	/* as drop_caches does */
	SAMPLE_WRITEBACK,
	SAMPLE_CALLS,
};

/* Where i_size lies. */
enum sample_isize {
	SAMPLE_SIZE_BEFORE,	/* at or before the window */
	SAMPLE_SIZE_EDGE,	/* at a block edge */
	SAMPLE_SIZE_EDGE_LESS,	/* one byte before it */
	SAMPLE_SIZE_EDGE_MORE,	/* one byte behind it */
	SAMPLE_SIZE_MIDDLE,	/* anywhere in a block */
	SAMPLE_SIZE_END,	/* the end of the window */
	SAMPLE_SIZE_BEHIND,	/* far behind it */
	SAMPLE_SIZES_CLASSES,
};

/* Where the window lies. */
enum sample_base {
	SAMPLE_BASE_ZERO,
	SAMPLE_BASE_LOW,
	SAMPLE_BASE_4G,		/* it ends or begins there */
	SAMPLE_BASE_8T,
	SAMPLE_BASES,
};

/**
 * struct sample_step - one call of the sequence
 * @call: enum sample_call
 * @block: it goes to, in the window
 * @pos: first byte, from the base of the window
 * @len: bytes
 * @good: of these that can be read
 */
struct sample_step {
	unsigned char	call;
	unsigned int	block;
	unsigned int	pos;
	unsigned int	len;
	unsigned int	good;
};

/**
 * struct sample - one of the sample
 * @nsteps: entries of @step
 * @isize_class: enum sample_isize
 * @base_class: enum sample_base
 * @order: the largest order wanted
 * @prealloc: blocks that the filesystem reserves beyond a write
 * @step: the calls
 * @s: page cache, extents, size, and the range released in the end
 * @state: enum sample_state of each entry of @s.folio
 */
struct sample {
	unsigned int		nsteps;
	unsigned int		isize_class;
	unsigned int		base_class;
	unsigned int		order;
	unsigned int		prealloc;
	struct sample_step	step[SAMPLE_STEPS];
	struct scenario		s;
	unsigned char		state[SCN_MAX_FOLIOS];
};

/**
 * struct sample_spread - how many scenarios are of each class
 * @total: scenarios counted
 */
struct sample_spread {
	unsigned int total;
	unsigned int bs[SAMPLE_SIZES];
	unsigned int order[SAMPLE_ORDERS];
	unsigned int state[SAMPLE_STATES];
	unsigned int steps[SAMPLE_STEPS + 1];
	unsigned int call[SAMPLE_CALLS];
	unsigned int isize[SAMPLE_SIZES_CLASSES];
	unsigned int base[SAMPLE_BASES];
};

void sample_make(struct sample *p, const struct scn_limits *l,
		 unsigned long long seed, unsigned int index);
void sample_keep(struct sample *p, const struct scn_limits *l,
		 unsigned int steps, unsigned long long entries);
void sample_count(struct sample_spread *spread, const struct sample *p);
const char *sample_class(const struct sample_spread *spread, unsigned int nr,
			 unsigned int pagebits, const char **name,
			 unsigned int *count);
int sample_step_text(const struct sample_step *step, char *buf,
		     unsigned int size);

#endif /* KUNIT_SAMPLE_H */
