/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes, faults, zeroing and unsharing through XFS's own operations, each
 * ->iomap_end judged as it happens.
 */
#ifndef KUNIT_XFS_WRITES_H
#define KUNIT_XFS_WRITES_H

#include "forks.h"

/**
 * struct writes - what is seen of the mappings of one operation
 * @event: something else that happens to the file once a mapping is there
 * @changed: extents have changed when the write had come to here, in bytes
 * @alone: nothing was cached before, so what is dirty the operation has dirtied
 * @begun: mappings made
 * @fresh: of these with a reservation of their own
 * @cow: of these in the COW fork
 * @ends: mappings given back
 * @known: mappings that show the known finding unshare_hole
 */
struct writes {
	void (*event)(struct fixture *f, const struct iomap *iomap);
	loff_t		changed;
	bool		alone;
	unsigned int	begun;
	unsigned int	fresh;
	unsigned int	cow;
	unsigned int	ends;
	unsigned int	known;
};

extern struct writes writes;

bool writes_setup(struct fixture *f, const struct xfs_stub_options *options,
		  const char *data, const char *cow, const char *shared);
ssize_t writes_store(struct fixture *f, loff_t pos, size_t len, size_t fault_at, bool seen);
int writes_fault(struct fixture *f, unsigned int block);
int writes_zero(struct fixture *f, loff_t pos, loff_t len);
int writes_unshare(struct fixture *f, loff_t pos, loff_t len);
const char *writes_unbacked(const struct fixture *f);
void writes_backed(struct fixture *f);

#endif /* KUNIT_XFS_WRITES_H */
