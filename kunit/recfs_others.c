// SPDX-License-Identifier: GPL-2.0-only
/*
 * What befalls the extents of the recording filesystem other than by iomap's calls.
 */
#include <linux/fs.h>
#include <linux/iomap.h>
#include <linux/string.h>

#include "recfs.h"

/**
 * recfs_tell() - what blocks [first, behind) have has changed, or is about to be stored to
 * @fs: the filesystem, locked
 * @first: block
 * @behind: block
 * @flags: IOMAP_FAULT for a store to mapped memory
 */
void recfs_tell(struct recfs *fs, unsigned int first, unsigned int behind, unsigned int flags)
{
	if (fs->extents)
		fs->extents(fs, first, behind, flags);
}

/**
 * recfs_drop() - the data of blocks [first, behind) goes
 * @fs: the filesystem, locked
 * @first: block
 * @behind: block
 */
void recfs_drop(struct recfs *fs, unsigned int first, unsigned int behind)
{
	for (; fs->dropped && first < behind; first++)
		fs->dropped(fs, first);
}

/**
 * recfs_direct() - direct I/O writes blocks
 * @fs: the filesystem
 * @pos: first byte
 * @length: bytes
 */
void recfs_direct(struct recfs *fs, loff_t pos, loff_t length)
{
	unsigned int first, behind;

	if (!recfs_range(fs, pos, length, &first, &behind))
		return;
	recfs_lock(fs);
	recfs_changes(fs);
	memset(fs->extent + first, SCN_WRITTEN, behind - first);
	recfs_tell(fs, first, behind, 0);
	recfs_unlock(fs);
}

/**
 * recfs_cut() - a file that became shorter gives its blocks back
 * @fs: the filesystem
 * @size: of the file, in bytes, which the page cache knows already
 */
void recfs_cut(struct recfs *fs, loff_t size)
{
	unsigned int first, behind;

	if (!recfs_range(fs, round_up(size, (loff_t)1 << fs->blkbits), LLONG_MAX / 2,
			 &first, &behind))
		return;
	recfs_lock(fs);
	recfs_changes(fs);
	recfs_drop(fs, first, behind);
	memset(fs->extent + first, SCN_HOLE, behind - first);
	recfs_tell(fs, first, behind, 0);
	recfs_unlock(fs);
}
