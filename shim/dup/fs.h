/* SPDX-License-Identifier: GPL-2.0-only */
/* Marks, whence values, lock classes and limits of the page cache. */
#ifndef LIBKERN_DUP_FS_H
#define LIBKERN_DUP_FS_H

/* dup: include/linux/fs.h:PAGECACHE_TAG_DIRTY */
#define PAGECACHE_TAG_DIRTY	XA_MARK_0
/* dup: include/linux/fs.h:PAGECACHE_TAG_WRITEBACK */
#define PAGECACHE_TAG_WRITEBACK	XA_MARK_1
/* dup: include/linux/fs.h:PAGECACHE_TAG_TOWRITE */
#define PAGECACHE_TAG_TOWRITE	XA_MARK_2

/* dup: include/uapi/linux/fs.h:SEEK_DATA */
#define SEEK_DATA	3
/* dup: include/uapi/linux/fs.h:SEEK_HOLE */
#define SEEK_HOLE	4

/* dup: include/linux/fs.h:inode_i_mutex_lock_class */
enum inode_i_mutex_lock_class {
	I_MUTEX_NORMAL, I_MUTEX_PARENT, I_MUTEX_CHILD,
	I_MUTEX_XATTR, I_MUTEX_NONDIR2, I_MUTEX_PARENT2,
};

/* dup: include/linux/blk_types.h:SECTOR_SHIFT */
#define SECTOR_SHIFT	9
/* dup: include/linux/blk_types.h:SECTOR_SIZE */
#define SECTOR_SIZE	(1 << SECTOR_SHIFT)

#endif
