// SPDX-License-Identifier: GPL-2.0-only
/*
 * The seam to userspace: the inode comes from the models. A file of its own,
 * because a filesystem brings an inode of its own (kunit/xfs/open.c).
 */
#include <libkern/world.h>

#include "world.h"

int world_open(struct world *w, const struct address_space_operations *aops,
	       unsigned int blkbits)
{
	w->inode = lk_inode_new(aops, blkbits);
	w->file = lk_file_new(w->inode);
	return 0;
}

void world_close(struct world *w)
{
	lk_file_free(w->file);
	lk_inode_free(w->inode);
}
