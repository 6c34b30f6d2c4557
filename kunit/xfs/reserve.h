/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How much is reserved, block by block: XFS asked for a mapping and nothing written,
 * so that neither the window of a scenario nor a page cache bounds it.
 */
#ifndef KUNIT_XFS_RESERVE_H
#define KUNIT_XFS_RESERVE_H

#include "forks.h"

#define RESERVE_MAX	8

/**
 * struct reserve_seen - a fork's extents
 * @n: how many; those over the maximum are only counted
 * @blocks: of all of them
 * @e: by rising offset
 */
struct reserve_seen {
	unsigned int		n;
	u64			blocks;
	struct xfs_stub_extent	e[RESERVE_MAX];
};

bool reserve_setup(struct fixture *f, const struct xfs_stub_options *options, loff_t isize);
bool reserve_lay(struct fixture *f, enum xfs_stub_fork fork, const struct xfs_stub_extent *e,
		 unsigned int n);
int reserve_ask(struct fixture *f, u64 off, u64 len);
int reserve_ask_nowait(struct fixture *f, u64 off, u64 len, bool busy);
const struct reserve_seen *reserve_see(struct fixture *f, enum xfs_stub_fork fork);

#endif /* KUNIT_XFS_RESERVE_H */
