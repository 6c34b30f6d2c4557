// SPDX-License-Identifier: GPL-2.0-only
/* What the tasks of a scene do: calls that a kernel makes for its users. */
#include <linux/fs.h>
#include <linux/pagemap.h>
#include <linux/writeback.h>

#include "scene.h"

/**
 * tasks_writeback() - write back all that is dirty, and wait
 *
 * Return: 0 or a negative errno.
 */
int tasks_writeback(void)
{
	struct writeback_control wbc = {
		.sync_mode	= WB_SYNC_ALL,
		.nr_to_write	= LONG_MAX,
		.range_start	= 0,
		.range_end	= LLONG_MAX,
	};

	return stage.target->writeback(&wbc);
}

static ssize_t tasks_do(enum scene_job job)
{
	struct fixture *f = stage.f;
	unsigned int block = stage.scene->page << stage.ratio;

	switch (job) {
	case SCENE_WRITE:
		return stage.target->write(stage.pos, stage.len, stage.fault_at);
	case SCENE_FAULT:
		return stage.target->fault(block);
	case SCENE_RECLAIM:
		invalidate_mapping_pages(f->w.inode->i_mapping, 0, ~0UL);
		return 0;
	case SCENE_INVALIDATE:
		return fx_drop(f, block);
	case SCENE_WRITEBACK:
		return tasks_writeback();
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
