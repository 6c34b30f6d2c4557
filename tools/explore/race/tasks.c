// SPDX-License-Identifier: GPL-2.0-only
/* What the tasks of a scene do: calls that a kernel makes for its users. */
#include <libkern/hooks.h>
#include <linux/fs.h>
#include <linux/pagemap.h>
#include <linux/writeback.h>

#include "scene.h"

#define TASKS_ROUNDS	3	/* of SCENE_REFILL */

/**
 * tasks_writeback() - write back all that is dirty
 * @sync: WB_SYNC_ALL: and wait for what is under way
 *
 * Return: 0 or a negative errno.
 */
int tasks_writeback(enum writeback_sync_modes sync)
{
	struct writeback_control wbc = {
		.sync_mode	= sync,
		.nr_to_write	= LONG_MAX,
		.range_start	= 0,
		.range_end	= LLONG_MAX,
	};

	return stage.target->writeback(&wbc);
}

/* --- I/O that takes its time --------------------------------------------------- */

static bool tasks_io_or_end(void *ended)
{
	*(bool *)ended = world_end_one_io();
	return *(bool *)ended || !atomic_read(&stage.busy);
}

/* Ends what is submitted, one by one, as long as anybody may submit something. */
static void tasks_device(void)
{
	bool ended;

	do {
		lk_wait(LK_AT_LOCK, world_bdev(), tasks_io_or_end, &ended, "the device");
	} while (ended);
}

/**
 * tasks_begin() - before any of them runs
 */
void tasks_begin(void)
{
	unsigned int i, flags = stage.scene->flags;

	atomic_set(&stage.busy, 0);
	for (i = 0; i < stage.ntasks; i++) {
		atomic_add(stage.scene->task[i].job != SCENE_DEVICE, &stage.busy);
		if (flags & SCENE_UNMAPPED && stage.scene->task[i].job == SCENE_WRITEBACK)
			stage.target->unmap(stage.scene->task[i].page << stage.ratio);
	}
	if (flags & SCENE_DEFERRED)
		world_defer_io(true);
	if (flags & SCENE_FAILED)
		world_fail_io(1, -EIO);
}

/**
 * tasks_end() - when the last one has ended: from here on nothing fails or waits
 */
void tasks_end(void)
{
	world_fail_io(0, 0);
	world_defer_io(false);
	/* some kernels leave what failed to a worker */
	world_wait_io();
	stage.target->unmap(-1);
}

/* --- direct I/O ---------------------------------------------------------------- */

/*
 * What is cached goes first, i_rwsem held for reading; where that fails the write goes
 * through the page cache. What others have cached meanwhile goes behind the I/O, which
 * for asynchronous I/O happens with no lock held at all.
 */
static ssize_t tasks_direct(unsigned int page)
{
	struct inode *inode = stage.f->w.inode;
	struct address_space *mapping = inode->i_mapping;
	loff_t pos = scene_pos(4 * page);
	pgoff_t index = pos >> PAGE_SHIFT;
	int err;

	inode_lock_shared(inode);
	err = filemap_write_and_wait_range(mapping, pos, pos + PAGE_SIZE - 1);
	if (!err)
		err = invalidate_inode_pages2_range(mapping, index, index);
	if (!err)
		stage.target->direct(pos, PAGE_SIZE);
	inode_unlock_shared(inode);
	if (err)
		return stage.target->write(pos, PAGE_SIZE, PAGE_SIZE);
	invalidate_inode_pages2_range(mapping, index, index);
	return PAGE_SIZE;
}

static int tasks_refill(unsigned int block)
{
	unsigned int round;
	int err = 0;

	for (round = 0; !err && round < TASKS_ROUNDS; round++) {
		fx_drop(stage.f, block);
		err = fx_read_fault(stage.f, block);
	}
	return err;
}

static ssize_t tasks_do(enum scene_job job, unsigned int page)
{
	const struct target *t = stage.target;
	struct fixture *f = stage.f;
	unsigned int block = page << stage.ratio;

	switch (job) {
	case SCENE_WRITE:
		return t->write(stage.pos, stage.len, stage.fault_at);
	case SCENE_AGAIN:
		return t->write(scene_pos(8), 2 * PAGE_SIZE, 2 * PAGE_SIZE);
	case SCENE_FAULT:
		return t->fault(block);
	case SCENE_DROP:
		invalidate_mapping_pages(f->w.inode->i_mapping, 0, ~0UL);
		return 0;
	case SCENE_SHRINK:
		return world_reclaim(f->w.inode->i_mapping, SCENE_BASE + page);
	case SCENE_INVALIDATE:
		return fx_drop(f, block);
	case SCENE_REFILL:
		return tasks_refill(block);
	case SCENE_DIRECT:
		return tasks_direct(page);
	case SCENE_WRITEBACK:
		return tasks_writeback(WB_SYNC_ALL);
	case SCENE_FLUSH:
		return tasks_writeback(WB_SYNC_NONE);
	case SCENE_DEVICE:
		tasks_device();
		return 0;
	case SCENE_TRUNCATE:
		return t->truncate(scene_pos(stage.scene->to));
	case SCENE_ZERO:
		return t->zero(scene_pos(5), scene_pos(15) - scene_pos(5));
	case SCENE_UNSHARE:
		return t->unshare(scene_pos(0), SCENE_PAGES * PAGE_SIZE);
	case SCENE_NOTHING:
		break;
	}
	return -EINVAL;
}

/**
 * race_task() - what a task does
 * @task: its number
 */
void race_task(unsigned int task)
{
	enum scene_job job = stage.scene->task[task].job;

	stage.ret[task] = tasks_do(job, stage.scene->task[task].page);
	if (job == SCENE_DEVICE || !(stage.scene->flags & SCENE_DEFERRED))
		return;
	/* who is the last one makes a difference, even where nobody is to be woken */
	lk_written(world_bdev());
	if (atomic_dec_and_test(&stage.busy))
		lk_wake(world_bdev());
}
