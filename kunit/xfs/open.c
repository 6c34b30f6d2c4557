// SPDX-License-Identifier: GPL-2.0-only
/* The seam to userspace: the inode is XFS's. */
#include <libkern/world.h>
#include <xfs_stub/file.h>

#include "world.h"

int world_open(struct world *w, const struct address_space_operations *aops,
	       unsigned int blkbits)
{
	w->inode = xfs_stub_open(aops);
	w->file = lk_file_new(w->inode);
	return 0;
}

void world_close(struct world *w)
{
	lk_file_free(w->file);
	xfs_stub_close(w->inode);
}
