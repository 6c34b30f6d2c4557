// SPDX-License-Identifier: GPL-2.0-only
/* Marks of inodes that background work looks for: remembered, nobody looks. */
#include <xfs_stub/tree.h>
#include <xfs_stub/local.h>

struct xfs_stub_tags xfs_stub_tags;

void xfs_inode_set_eofblocks_tag(struct xfs_inode *ip)
{
	xfs_stub_tags.eofblocks = true;
}

void xfs_inode_clear_eofblocks_tag(struct xfs_inode *ip)
{
	xfs_stub_tags.eofblocks = false;
}

void xfs_inode_set_cowblocks_tag(struct xfs_inode *ip)
{
	xfs_stub_tags.cowblocks = true;
}

void xfs_inode_clear_cowblocks_tag(struct xfs_inode *ip)
{
	xfs_stub_tags.cowblocks = false;
}
