// SPDX-License-Identifier: GPL-2.0-only
/*
 * Verdicts. At every step: while a folio is dirty and not under writeback, each of
 * its blocks below i_size that a store has dirtied has a reservation or an extent;
 * no rule is broken, see rules.c. At the end: each call returned what it should; what
 * was stored is written out by one more writeback, and what was given back and not
 * stored to has no reservation.
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

/* Has a release taken what a dirty block had, as a known finding has it? */
static bool judge_forgives(unsigned int block)
{
	if (!stage.forgiven[block] && stage.target->known) {
		const char *name = stage.target->known(block);

		if (name)
			stage.known = name;
		stage.forgiven[block] = !!name;
	}
	return stage.forgiven[block];
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

	rules_check();
	for (b = 0; b < f->s.nblocks; b++)
		if (f->dirtied[b] && judge_below_eof(f, b) && judge_dirty(f, b) &&
		    stage.target->extent(b) == SCN_HOLE && !judge_forgives(b))
			return "a dirty block has neither a reservation nor an extent";
	if (scene_keeps_rules() && world_splats() != f->splats)
		return "the kernel complained";
	return stage.broken ? stage.broken : stage.target->check();
}

/* May a store to the page of @task be refused, because the file does not reach so far? */
static bool judge_may_refuse(unsigned int task)
{
	const struct scene *s = stage.scene;
	unsigned int i, page = 4 * s->task[task].page;

	if (s->isize && s->isize <= page)
		return true;
	for (i = 0; i < stage.ntasks; i++)
		if (s->task[i].job == SCENE_TRUNCATE && s->to <= page)
			return true;
	return false;
}

static const char *judge_returned(unsigned int task)
{
	ssize_t ret = stage.ret[task], want = stage.fault_at;

	switch (stage.scene->task[task].job) {
	case SCENE_WRITE:
		if (!want)
			want = -EFAULT;
		return ret == want ? NULL :
		       "the write returns something else than the bytes it got through";
	case SCENE_AGAIN:
		return ret == 2 * PAGE_SIZE ? NULL : "the second write comes up short";
	case SCENE_DIRECT:
		return ret == PAGE_SIZE ? NULL : "the direct write comes up short";
	case SCENE_FAULT:
		return ret && !judge_may_refuse(task) ? "the fault was refused" : NULL;
	case SCENE_REFILL:
		return ret ? "a load was refused" : NULL;
	case SCENE_WRITEBACK:
	case SCENE_FLUSH:
		if (stage.scene->flags & (SCENE_UNMAPPED | SCENE_FAILED) && ret == -EIO)
			return NULL;
		return ret ? "the writeback failed" : NULL;
	case SCENE_TRUNCATE:
	case SCENE_ZERO:
	case SCENE_UNSHARE:
		return ret ? "truncation, zeroing or unsharing failed" : NULL;
	}
	return NULL;
}

/* Is what has become of a block that was given back a known finding? */
static bool judge_is_known(unsigned int block)
{
	const char *name = stage.target->leaves ? stage.target->leaves(block) : NULL;

	if (name)
		stage.known = name;
	return name;
}

static bool judge_may_keep(unsigned int block)
{
	return stage.target->keeps && stage.target->keeps(block);
}

/* Is the file as long as writes and truncation, whichever came last, have made it? */
static bool judge_size(struct fixture *f)
{
	loff_t written = 0, cut = -1, size = f->w.inode->i_size, end;
	unsigned int i;

	for (i = 0; i < stage.ntasks; i++) {
		enum scene_job job = stage.scene->task[i].job;

		end = job == SCENE_WRITE ? stage.pos : scene_pos(8);
		if ((job == SCENE_WRITE || job == SCENE_AGAIN) && stage.ret[i] > 0)
			written = max_t(loff_t, written, end + stage.ret[i]);
		else if (job == SCENE_TRUNCATE)
			cut = scene_pos(stage.scene->to);
	}
	end = cut < 0 ? scene_pos(stage.scene->isize ?: 4 * SCENE_PAGES) : cut;
	return size == max(end, written) || size == cut;
}

/* One more writeback: what was stored must get a place, what was not has none to wait for. */
static const char *judge_blocks(struct fixture *f)
{
	unsigned char dirtied[SCENE_PAGES * 2];
	const char *words;
	unsigned int b;

	memcpy(dirtied, f->dirtied, f->s.nblocks);
	if (tasks_writeback(WB_SYNC_ALL))
		return "the last writeback failed";
	words = stage.target->judge();
	if (words)
		return words;
	for (b = 0; b < f->s.nblocks; b++) {
		if (dirtied[b] && judge_below_eof(f, b) &&
		    stage.target->extent(b) != SCN_WRITTEN && !judge_forgives(b))
			return "what was stored to a block is never written out";
		if (b < stage.first || b >= stage.behind ||
		    (!dirtied[b] && (judge_may_keep(b) || judge_is_known(b))))
			continue;
		if (stage.target->extent(b) == SCN_DELALLOC)
			return "a reservation without dirty data is left";
	}
	return NULL;
}

/**
 * race_known() - the known finding that the run has met
 *
 * Return: its name, or NULL. Anything else that is wrong is a violation all the same.
 */
const char *race_known(void)
{
	return stage.known;
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
	tasks_end();
	for (i = 0; i < stage.ntasks; i++)
		if (hooks_left(i))
			return "a task ends with a lock held or inside an RCU section";
	words = race_check();
	for (i = 0; !words && i < stage.ntasks; i++)
		words = judge_returned(i);
	/* who does not keep others out may lose what they have done */
	if (!words && stage.locking != RACE_LOCK_SHARED && !judge_size(f))
		words = "the file is not as long as it has been made";
	if (!words)
		words = judge_blocks(f);
	if (!words && world_splats() != f->splats + stage.splats)
		words = "the kernel complained";
	return words;
}
