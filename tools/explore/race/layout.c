// SPDX-License-Identifier: GPL-2.0-only
/* Laying a scene out: the file and its page cache before anything runs. */
#include <linux/fs.h>
#include <linux/iomap.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/pagemap.h>

#include <compat.h>

#include "scene.h"

struct stage stage;

unsigned int race_page_bits(void)
{
	return PAGE_SHIFT;
}

/**
 * race_cannot() - is this something that this tree can be asked?
 * @locking: how the caller treats invalidate_lock
 *
 * Return: NULL, or why not.
 */
const char *race_cannot(enum race_locking locking)
{
	if (!LK_RELEASE_LOCKS)
		return NULL;
	if (locking == RACE_LOCK_NONE)
		return "the release itself takes invalidate_lock here: no caller can leave it out";
	if (locking == RACE_LOCK_LATE)
		return "the release itself takes invalidate_lock here: no caller can be late";
	return NULL;
}

/* Where the write is, and what it gives back. */
static void scene_range(void)
{
	unsigned int ratio = stage.ratio;
	size_t page = PAGE_SIZE;

	stage.pos = scene_pos(4);
	stage.len = 2 * page;
	stage.fault_at = ratio ? page + page / 2 : page;
	/* a large folio of the last two pages, which it comes up short in */
	if (scene_makes_large(stage.scene, stage.order)) {
		stage.len = 3 * page;
		stage.fault_at = ratio ? page + page / 2 : 2 * page;
	}
	if (stage.scene->flags & SCENE_EMPTY)
		stage.fault_at = 0;
	stage.first = (page + stage.fault_at) >> (PAGE_SHIFT - ratio);
	stage.behind = (page + stage.len) >> (PAGE_SHIFT - ratio);
}

/**
 * race_open() - an inode and a fixture for one scene
 * @nth: which scene
 * @locking: enum race_locking
 *
 * Return: NULL, or what went wrong.
 */
const char *race_open(unsigned int nth, enum race_locking locking)
{
	struct shape s = scene_at(nth);

	INIT_LIST_HEAD(&stage.test.resources);
	stage.test.name = "race";
	stage.target = s.target;
	stage.scene = s.scene;
	stage.ratio = s.ratio;
	stage.order = s.order;
	stage.ntasks = scene_tasks(s.scene);
	stage.locking = locking;
	fx_suite = "race";
	if (fx_init(&stage.test))
		return "there is no memory for a fixture";
	stage.f = fx_of(&stage.test);
	stage.f->knows_size = true;
	stage.f->shared_rwsem = locking == RACE_LOCK_SHARED;
	if (!stage.order)
		world_small_folios(&stage.f->w);
	scene_range();
	return stage.target->open();
}

static void scene_cache(struct scenario *s)
{
	unsigned int flags = stage.scene->flags;
	unsigned int page;
	struct scn_folio *e;

	page = flags & SCENE_TAIL ? SCENE_PAGES / 2 : 0;
	for (; page < SCENE_PAGES; page += 1U << stage.order) {
		e = scn_add(s, page, stage.order);
		scn_fill(s, e, SCN_CLEAN);
		if (!page && flags & SCENE_DIRTY) {
			scn_fill(s, e, SCN_DIRTY);
			scn_extents(s, 0, scn_folio_blocks(s, e), SCN_DELALLOC);
		}
		e->state = scn_folio_blocks(s, e) > 1;
	}
	if (flags & SCENE_SHARED) {
		scn_extents(s, 0, 1 << stage.ratio, SCN_WRITTEN);
		scn_extents(s, 3 << stage.ratio, 1 << stage.ratio, SCN_WRITTEN);
	}
}

/**
 * race_build() - lay the scene out afresh; from here on the tasks may run
 *
 * Return: NULL, or what went wrong.
 */
const char *race_build(void)
{
	struct fixture *f = stage.f;
	const char *words;

	scn_init(&f->s, PAGE_SHIFT, PAGE_SHIFT - stage.ratio,
		 (scn_pos)SCENE_BASE << PAGE_SHIFT, SCENE_PAGES << stage.ratio);
	if (stage.scene->isize)
		f->s.isize = scene_pos(stage.scene->isize);
	if (stage.scene->flags & SCENE_CACHED)
		scene_cache(&f->s);
	recfs_reset(&f->fs);
	if (!fx_build(f, NULL))
		return "the scene does not come out as written";
	words = stage.target->lay();
	if (words)
		return words;
	f->splats = world_splats();
	stage.splats = 0;
	stage.broken = NULL;
	stage.known = NULL;
	memset(stage.forgiven, 0, sizeof(stage.forgiven));
	memset(stage.ret, 0, sizeof(stage.ret));
	tasks_begin();
	hooks_begin();
	return NULL;
}

/**
 * race_clear() - give up what is cached
 */
void race_clear(void)
{
	hooks_end();
	stage.target->clear();
	fx_clear(stage.f);
}
