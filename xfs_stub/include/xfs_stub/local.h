/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of xfs_stub share among themselves. After xfs_stub/tree.h. */
#ifndef XFS_STUB_LOCAL_H
#define XFS_STUB_LOCAL_H

#include <libkern/case.h>
#include <libkern/host.h>
#include <libkern/unimplemented.h>
#include <xfs_stub/file.h>

/**
 * struct xfs_stub_tags - marks that XFS would set in its trees of inodes
 * @eofblocks: the file may have blocks beyond its end
 * @cowblocks: the file may have blocks in its COW fork
 */
struct xfs_stub_tags {
	bool eofblocks;
	bool cowblocks;
};

extern struct xfs_stub_tags xfs_stub_tags;

/**
 * struct xfs_stub_disk - blocks on disk that the file has
 * @next: the next one to be given out
 * @laid: of which a scenario has said so
 * @allocated: given out since, less those given back; of @laid some may have been
 * @left: of these, shared ones that are only other files' now
 */
struct xfs_stub_disk {
	u64 next;
	s64 laid;
	s64 allocated;
	s64 left;
};

extern struct xfs_stub_disk xfs_stub_disk;

/**
 * struct xfs_stub_sum - what the extents of a fork hold
 * @delayed: blocks of delayed ones
 * @ind: blocks that these keep for their metadata
 * @real: blocks on disk
 * @hash: of all of them
 */
struct xfs_stub_sum {
	s64 delayed;
	s64 ind;
	s64 real;
	u64 hash;
};

void xfs_stub_disk_reset(void);
struct xfs_ifork *xfs_stub_ifork(struct inode *inode, enum xfs_stub_fork fork);
const char *xfs_stub_tree_wrong(struct xfs_inode *ip, struct xfs_ifork *ifp);
const char *xfs_stub_fork_wrong(struct inode *inode, enum xfs_stub_fork fork, u64 hash);
void xfs_stub_unsee(enum xfs_stub_fork fork);
void xfs_stub_perag_init(struct xfs_mount *mp);
void xfs_stub_ilock_init(struct xfs_inode *ip);
void xfs_stub_want(struct xfs_inode *ip, uint flags, void *caller);
/* xfs_iext_remove(), whatever is locked: iext.c watches the other */
typeof(xfs_iext_remove) __real_xfs_iext_remove;
s64 *xfs_stub_free(struct xfs_mount *mp);
s64 *xfs_stub_reserved(struct xfs_mount *mp);
void xfs_stub_add(s64 *counter, s64 n);
/* Return: 0, or -ENOSPC where fewer are left. */
int xfs_stub_take(s64 *counter, s64 n);

#endif /* XFS_STUB_LOCAL_H */
