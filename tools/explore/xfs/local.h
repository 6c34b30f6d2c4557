/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * XFS as the target of the exhaustive run.
 *
 *	target.c	windows, fork maps, the call
 *	verdict.c	what is judged beside the oracle, and put back
 *	suite.c		one state for people, and as a KUnit suite
 */
#ifndef EXPLORE_XFS_LOCAL_H
#define EXPLORE_XFS_LOCAL_H

#include <linux/iomap.h>

#include "xfs/forks.h"

#include "../target.h"

/**
 * struct explore_xfs - the state at hand, beside struct forks
 * @iter: the iterator of the write that ends
 * @other: a fork that is folded, meanwhile
 * @v: what the oracle says of the data fork, in the known finding cow_fork
 * @want: and what it wants there
 */
struct explore_xfs {
	struct iomap_iter	iter;
	unsigned char		other[XP_MAX_BLOCKS];
	struct oracle_verdict	v;
	unsigned char		want[XP_MAX_BLOCKS];
};

extern struct explore_xfs explore_xfs;

#endif /* EXPLORE_XFS_LOCAL_H */
