// SPDX-License-Identifier: GPL-2.0-only
/* What the tasks of a scene do: calls that a kernel makes for its users. */
#include <linux/fs.h>
#include <linux/iomap.h>
#include <linux/pagemap.h>
#include <linux/writeback.h>

#include <compat.h>

#include "scene.h"

/* As fx_end_plain(), for a caller that leaves the lock alone where it is his. */
static int tasks_end_unlocked(struct recfs *fs, loff_t pos, loff_t length, ssize_t written,
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

/**
 * tasks_end_write() - ->iomap_end of the writer, for @fs->end
 * @fs: the filesystem
 * @pos: of the mapping that ends, in bytes
 * @length: bytes asked for
 * @written: bytes written
 * @flags: IOMAP_WRITE and so on
 * @iomap: the mapping
 *
 * Return: what the tree's code returned.
 */
int tasks_end_write(struct recfs *fs, loff_t pos, loff_t length, ssize_t written,
		    unsigned int flags, struct iomap *iomap)
{
	if (written > 0 && !(flags & IOMAP_FAULT))
		fx_mark(stage.f, pos, written, true);
	if (stage.locking == RACE_LOCK_NONE)
		return tasks_end_unlocked(fs, pos, length, written, flags, iomap);
	return fx_end_plain(fs, pos, length, written, flags, iomap);
}

static int tasks_writeback(struct fixture *f)
{
	struct writeback_control wbc = {
		.sync_mode	= WB_SYNC_ALL,
		.nr_to_write	= LONG_MAX,
		.range_start	= 0,
		.range_end	= LLONG_MAX,
	};

	return recfs_aops.writepages(f->w.inode->i_mapping, &wbc);
}

static ssize_t tasks_do(enum scene_job job)
{
	struct fixture *f = stage.f;
	unsigned int block = stage.scene->page << stage.ratio;

	switch (job) {
	case SCENE_WRITE:
		return fx_store(f, stage.pos, stage.len, stage.fault_at, true);
	case SCENE_FAULT:
		return fx_write_fault(f, block);
	case SCENE_RECLAIM:
		invalidate_mapping_pages(f->w.inode->i_mapping, 0, ~0UL);
		return 0;
	case SCENE_INVALIDATE:
		return fx_drop(f, block);
	case SCENE_WRITEBACK:
		return tasks_writeback(f);
	}
	return -EINVAL;
}

/**
 * race_task() - what a task does
 * @task: its number
 */
void race_task(unsigned int task)
{
	stage.ret[task] = tasks_do(stage.scene->job[task]);
}
