// SPDX-License-Identifier: GPL-2.0-only
/*
 * Verdicts. At every step: while a folio is dirty and not under writeback, each of
 * its blocks below i_size that a store has dirtied has a reservation or an extent.
 * At the end: what was stored is written out by one more writeback, and what was
 * given back and not stored to has no reservation.
 */
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/pagemap.h>

#include <compat.h>

#include "scene.h"

/* Is the block in the page cache, dirty, and not on its way out? */
static bool judge_dirty(struct fixture *f, unsigned int block)
{
	pgoff_t index = scn_block_pos(&f->s, block) >> PAGE_SHIFT;
	struct folio *folio = xa_load(&f->w.inode->i_mapping->i_pages, index);

	return folio && !xa_is_value(folio) && folio_test_dirty(folio) &&
	       !folio_test_writeback(folio);
}

/* Nobody is to find this while anybody runs. */
static bool judge_below_eof(struct fixture *f, unsigned int block)
{
	return scn_block_pos(&f->s, block) < f->w.inode->i_size;
}

/**
 * race_check() - after each step
 *
 * Return: NULL, or what is wrong.
 */
const char *race_check(void)
{
	struct fixture *f = stage.f;
	unsigned int b;

	for (b = 0; b < f->s.nblocks; b++)
		if (f->dirtied[b] && judge_below_eof(f, b) && judge_dirty(f, b) &&
		    stage.target->extent(b) == SCN_HOLE)
			return "a dirty block has neither a reservation nor an extent";
	if (stage.locking == RACE_LOCK_TREE && world_splats() != f->splats)
		return "the kernel complained";
	return stage.target->check();
}

static const char *judge_returned(unsigned int task)
{
	ssize_t ret = stage.ret[task];

	switch (stage.scene->job[task]) {
	case SCENE_WRITE:
		return ret == (ssize_t)stage.fault_at ? NULL :
		       "the write returns something else than the bytes it got through";
	case SCENE_FAULT:
		return ret ? "the fault was refused" : NULL;
	case SCENE_WRITEBACK:
		return ret ? "the writeback failed" : NULL;
	}
	return NULL;
}

/* One more writeback: what was stored must get a place, what was not has none to wait for. */
static const char *judge_blocks(struct fixture *f)
{
	unsigned char dirtied[SCENE_PAGES * 2];
	const char *words;
	unsigned int b;

	memcpy(dirtied, f->dirtied, f->s.nblocks);
	if (tasks_writeback())
		return "the last writeback failed";
	words = stage.target->judge();
	if (words)
		return words;
	for (b = 0; b < f->s.nblocks; b++) {
		if (dirtied[b] && judge_below_eof(f, b) && stage.target->extent(b) != SCN_WRITTEN)
			return "what was stored to a block is never written out";
		if (b >= stage.first && b < stage.behind && stage.target->extent(b) == SCN_DELALLOC)
			return "a reservation without dirty data is left";
	}
	return NULL;
}

/**
 * race_judge() - when all tasks have ended
 *
 * Return: NULL, or what is wrong.
 */
const char *race_judge(void)
{
	struct fixture *f = stage.f;
	const char *words;
	unsigned int i;

	hooks_end();
	for (i = 0; i < stage.scene->ntasks; i++)
		if (hooks_left(i))
			return "a task ends with a lock held or inside an RCU section";
	words = race_check();
	for (i = 0; !words && i < stage.scene->ntasks; i++)
		words = judge_returned(i);
	if (!words)
		words = judge_blocks(f);
	if (!words && world_splats() != f->splats + stage.splats)
		words = "the kernel complained";
	return words;
}
