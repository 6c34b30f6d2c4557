// SPDX-License-Identifier: GPL-2.0-only
/* The recording filesystem as a target, with a lock of its own round its extents. */
#include <linux/fs.h>
#include <linux/iomap.h>
#include <linux/rwsem.h>
#include <linux/writeback.h>

#include <compat.h>

#include "scene.h"

/* As fx_end_plain(), for a caller that leaves the lock alone where it is his. */
static int plain_end_unlocked(struct recfs *fs, loff_t pos, loff_t length, ssize_t written,
			      unsigned int flags, struct iomap *iomap)
{
	loff_t start = compat_last_written_block(fs->inode, pos, written);
	loff_t end = round_up(pos + length, (loff_t)i_blocksize(fs->inode));
	unsigned int before = world_splats();
	int err;

	if (iomap->type != IOMAP_DELALLOC || !(iomap->flags & IOMAP_F_NEW) ||
	    start >= end)
		return 0;
	err = compat_release_locked(fs->inode, start, end, flags, iomap);
	/* that the tree complains of the lock is known; what comes of it is asked */
	stage.splats += world_splats() - before;
	return err;
}

/* ->iomap_end of the writer. */
static int plain_end_write(struct recfs *fs, loff_t pos, loff_t length, ssize_t written,
			   unsigned int flags, struct iomap *iomap)
{
	if (written > 0 && !(flags & IOMAP_FAULT))
		fx_mark(stage.f, pos, written, true);
	if (stage.locking == RACE_LOCK_NONE)
		return plain_end_unlocked(fs, pos, length, written, flags, iomap);
	return fx_end_plain(fs, pos, length, written, flags, iomap);
}

static const char *plain_open(void)
{
	static struct rw_semaphore own;

	world_own_lock(&own);
	stage.f->fs.own = &own;
	return NULL;
}

static const char *plain_lay(void)
{
	/* the extents came with the page cache */
	stage.f->fs.prealloc = 1U << stage.ratio;
	stage.f->fs.end = plain_end_write;
	return NULL;
}

static void plain_clear(void)
{
}

static ssize_t plain_write(loff_t pos, size_t len, size_t fault_at)
{
	return fx_store(stage.f, pos, len, fault_at, true);
}

static int plain_fault(unsigned int block)
{
	return fx_write_fault(stage.f, block);
}

static int plain_writeback(struct writeback_control *wbc)
{
	return recfs_aops.writepages(stage.f->w.inode->i_mapping, wbc);
}

static int plain_truncate(loff_t size)
{
	fx_truncate(stage.f, size);
	return 0;
}

static int plain_zero(loff_t pos, loff_t len)
{
	int err;

	fx_lock_writers(stage.f);
	err = compat_zero_range(stage.f->w.inode, pos, len, NULL, &recfs_iomap_ops);
	fx_unlock_writers(stage.f);
	return err;
}

static int plain_unshare(loff_t pos, loff_t len)
{
	int err;

	fx_lock_writers(stage.f);
	err = compat_file_unshare(stage.f->w.inode, pos, len, &recfs_iomap_ops);
	fx_unlock_writers(stage.f);
	return err;
}

static unsigned char plain_extent(unsigned int block)
{
	return stage.f->fs.extent[block];
}

static const char *plain_check(void)
{
	return stage.f->fs.unlocked && stage.locking == RACE_LOCK_TREE ?
		"a punch without invalidate_lock held for writing" : NULL;
}

static const char *plain_judge(void)
{
	/* a tree that knows dirty folios only asks for blocks that nobody stored to */
	return stage.f->fs.lost && stage.f->limits.dirty_per_block ?
		"writeback finds a dirty block without a reservation" : NULL;
}

static const char *plain_object(const void *obj)
{
	return obj == stage.f->fs.own ? "the extents" : NULL;
}

const struct target target_plain = {
	.name		= "plain",
	.prefix		= "",
	.words		= "",
	.open		= plain_open,
	.lay		= plain_lay,
	.clear		= plain_clear,
	.write		= plain_write,
	.fault		= plain_fault,
	.writeback	= plain_writeback,
	.truncate	= plain_truncate,
	.zero		= plain_zero,
	.unshare	= plain_unshare,
	.extent		= plain_extent,
	.check		= plain_check,
	.judge		= plain_judge,
	.object		= plain_object,
};
