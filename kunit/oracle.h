/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The oracle: what a release must do and must leave alone.
 *
 * Plain data in, plain data out. It shares no code and no arithmetic with the
 * kernel or the fixture, and compiles with any C compiler.
 */
#ifndef KUNIT_ORACLE_H
#define KUNIT_ORACLE_H

#include "scenario.h"

/* One call of the punch callback, in bytes as it was made. */
struct oracle_punch {
	long long	offset;
	long long	length;
};

/* What must become of one block. */
enum oracle_want {
	ORACLE_LEAVE,		/* out of the range: as it was */
	ORACLE_KEEP,		/* dirty below i_size: keeps its reservation */
	ORACLE_GO,		/* in the range: no reservation may be left */
};

enum oracle_bad {
	ORACLE_LOST,		/* a kept block has lost its reservation */
	ORACLE_LEAKED,		/* a reservation that must go is still there */
	ORACLE_OUTSIDE,		/* a block out of the range has changed */
	ORACLE_OTHER_EXTENT,	/* an extent that is not delalloc has changed */
	ORACLE_LENGTH,		/* a punch of no or negative length */
	ORACLE_RANGE,		/* a punch that leaves the range */
	ORACLE_PUNCHED_KEPT,	/* a punch, rounded outward, touches a kept block */
	ORACLE_EDGE,		/* a punch, else right, begins or ends inside a block */
	ORACLE_NR,
};

/**
 * struct oracle_input - what the oracle judges
 * @s: the state before the release, and the range
 * @dirty_per_block: whether the tree tracks dirt by block or by folio
 * @dirty: oracle_dirty_map() of @s, for those who judge many ranges and sizes of one
 *	page cache; NULL: each block is looked at again
 * @punch: the calls that were made, in order
 * @npunches: how many
 * @after: enum scn_extent of each block after the release
 * @want: room for one enum oracle_want a block; the oracle fills it in
 */
struct oracle_input {
	const struct scenario		*s;
	int				dirty_per_block;
	const unsigned char		*dirty;
	const struct oracle_punch	*punch;
	unsigned int			npunches;
	const unsigned char		*after;
	unsigned char			*want;
};

/**
 * struct oracle_verdict - what the oracle found
 * @bad: for each kind of violation how often; a punch counts once for each
 *	kept block that it touches
 * @where: for each kind its first block, or for those that oracle_of_punch()
 *	names the number of the punch
 * @punch: the number of the first punch that touched a kept block
 * @nbad: sum of @bad
 * @kept: blocks that must keep what they have
 * @twice: blocks punched more than once, which is harmless
 */
struct oracle_verdict {
	unsigned int	bad[ORACLE_NR];
	unsigned int	where[ORACLE_NR];
	unsigned int	punch;
	unsigned int	nbad;
	unsigned int	kept;
	unsigned int	twice;
};

int oracle_block_dirty(const struct scenario *s, int dirty_per_block,
		       unsigned int block);
void oracle_dirty_map(const struct scenario *s, int dirty_per_block,
		      unsigned char *dirty);
void oracle_judge(const struct oracle_input *in, struct oracle_verdict *out);
const char *oracle_words(enum oracle_bad bad);
int oracle_of_punch(enum oracle_bad bad);

#endif /* KUNIT_ORACLE_H */
