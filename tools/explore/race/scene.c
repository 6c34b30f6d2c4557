// SPDX-License-Identifier: GPL-2.0-only
/*
 * The scenes: four pages of a file, a write over the second and the third of them
 * that comes up short in the third, and what else happens to the file meanwhile.
 * The write reserves its range and the fourth page, and gives the range back from
 * where it came up short.
 */
#include <linux/fs.h>
#include <linux/iomap.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/pagemap.h>

#include <compat.h>

#include "scene.h"

#define SCENE_BASE	4	/* of the window, in pages of the file */

static const struct scene scene[] = {
	{ "fault-before", "a store to the page that the write gets through to, not cached",
	  false, false, 2, { SCENE_WRITE, SCENE_FAULT }, 1 },
	{ "fault-inside", "a store to a page that the write gives back, not cached",
	  false, false, 2, { SCENE_WRITE, SCENE_FAULT }, 2 },
	{ "fault-past", "a store behind the write, over what it has reserved too, not cached",
	  false, false, 2, { SCENE_WRITE, SCENE_FAULT }, 3 },
	{ "fault-before-cached", "the same as fault-before, all pages cached",
	  true, false, 2, { SCENE_WRITE, SCENE_FAULT }, 1 },
	{ "fault-inside-cached", "the same as fault-inside, all pages cached",
	  true, false, 2, { SCENE_WRITE, SCENE_FAULT }, 2 },
	{ "fault-past-cached", "the same as fault-past, all pages cached",
	  true, false, 2, { SCENE_WRITE, SCENE_FAULT }, 3 },
	{ "reclaim", "clean folios leave the page cache",
	  true, false, 2, { SCENE_WRITE, SCENE_RECLAIM }, 0 },
	{ "invalidate", "the page that is given back is invalidated, as behind direct I/O",
	  true, false, 2, { SCENE_WRITE, SCENE_INVALIDATE }, 2 },
	{ "writeback", "all that is dirty is written back",
	  true, true, 2, { SCENE_WRITE, SCENE_WRITEBACK }, 0 },
};

/* Blocks in a page and orders of folios that each scene is made of. */
static const struct {
	unsigned char	ratio;
	unsigned char	order;
} shape[] = { { 0, 0 }, { 1, 0 }, { 0, 1 }, { 1, 1 } };

struct stage stage;

/* Where nothing is cached there is nothing large. */
static bool scene_made(unsigned int nr)
{
	return scene[nr / ARRAY_SIZE(shape)].cached || !shape[nr % ARRAY_SIZE(shape)].order;
}

/* How many each target has: all have the same. */
static unsigned int scene_each(void)
{
	unsigned int nr, n = 0;

	for (nr = 0; nr < ARRAY_SIZE(scene) * ARRAY_SIZE(shape); nr++)
		n += scene_made(nr);
	return n;
}

static const struct target *scene_target(unsigned int nth)
{
	return target_at(nth / scene_each());
}

static unsigned int scene_number(unsigned int nth)
{
	unsigned int nr = 0;

	nth %= scene_each();
	for (;; nr++)
		if (scene_made(nr) && !nth--)
			return nr;
}

/**
 * race_scenes() - how many there are
 */
unsigned int race_scenes(void)
{
	return target_count() * scene_each();
}

/**
 * race_scene_name() - as on the command line
 * @nth: which
 * @buf: where it goes
 * @size: of @buf, in bytes
 */
void race_scene_name(unsigned int nth, char *buf, unsigned int size)
{
	unsigned int nr = scene_number(nth), s = nr % ARRAY_SIZE(shape);

	snprintf(buf, size, "%s%s-b%u-o%u", scene_target(nth)->prefix,
		 scene[nr / ARRAY_SIZE(shape)].name, 1U << shape[s].ratio, shape[s].order);
}

/**
 * race_scene_words() - what it is, for people
 * @nth: which
 * @buf: where it goes
 * @size: of @buf, in bytes
 */
void race_scene_words(unsigned int nth, char *buf, unsigned int size)
{
	unsigned int nr = scene_number(nth), s = nr % ARRAY_SIZE(shape);

	snprintf(buf, size, "%s%s; %u block%s a page, folios of order %u",
		 scene[nr / ARRAY_SIZE(shape)].words, scene_target(nth)->words,
		 1U << shape[s].ratio, shape[s].ratio ? "s" : "", shape[s].order);
}

/**
 * race_scene_tasks() - how many tasks it has
 * @nth: which
 */
unsigned int race_scene_tasks(unsigned int nth)
{
	return scene[scene_number(nth) / ARRAY_SIZE(shape)].ntasks;
}

/**
 * race_task_name() - for the head of a column
 * @nth: which scene
 * @task: which task
 */
const char *race_task_name(unsigned int nth, unsigned int task)
{
	static const char *const name[] = {
		[SCENE_WRITE] = "write",
		[SCENE_FAULT] = "fault",
		[SCENE_RECLAIM] = "reclaim",
		[SCENE_INVALIDATE] = "invalidate",
		[SCENE_WRITEBACK] = "writeback",
	};

	return name[scene[scene_number(nth) / ARRAY_SIZE(shape)].job[task]];
}

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
	if (locking == RACE_LOCK_NONE && LK_RELEASE_LOCKS)
		return "the release itself takes invalidate_lock here: no caller can leave it out";
	return NULL;
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
	unsigned int nr = scene_number(nth);
	size_t page = PAGE_SIZE;

	INIT_LIST_HEAD(&stage.test.resources);
	stage.test.name = "race";
	stage.target = scene_target(nth);
	stage.scene = &scene[nr / ARRAY_SIZE(shape)];
	stage.ratio = shape[nr % ARRAY_SIZE(shape)].ratio;
	stage.order = shape[nr % ARRAY_SIZE(shape)].order;
	stage.locking = locking;
	fx_suite = "race";
	if (fx_init(&stage.test))
		return "there is no memory for a fixture";
	stage.f = fx_of(&stage.test);
	if (!stage.order)
		world_small_folios(&stage.f->w);
	stage.pos = (SCENE_BASE + 1) * page;
	stage.len = 2 * page;
	stage.fault_at = stage.ratio ? page + page / 2 : page;
	stage.first = (page + stage.fault_at) >> (PAGE_SHIFT - stage.ratio);
	stage.behind = 3 << stage.ratio;
	return stage.target->open();
}

static void scene_cache(struct scenario *s)
{
	unsigned int page;
	struct scn_folio *e;

	for (page = 0; page < SCENE_PAGES; page += 1U << stage.order) {
		e = scn_add(s, page, stage.order);
		scn_fill(s, e, SCN_CLEAN);
		if (!page && stage.scene->dirty) {
			scn_fill(s, e, SCN_DIRTY);
			scn_extents(s, 0, scn_folio_blocks(s, e), SCN_DELALLOC);
		}
		e->state = scn_folio_blocks(s, e) > 1;
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
	if (stage.scene->cached)
		scene_cache(&f->s);
	recfs_reset(&f->fs);
	if (!fx_build(f, NULL))
		return "the scene does not come out as written";
	words = stage.target->lay();
	if (words)
		return words;
	f->splats = world_splats();
	stage.splats = 0;
	memset(stage.ret, 0, sizeof(stage.ret));
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

static bool scene_within(const void *obj, const void *from, unsigned long size)
{
	return (unsigned long)obj - (unsigned long)from < size;
}

/* The folio that @obj is or belongs to. */
static bool scene_of_folio(const void *obj, char *buf, unsigned int size)
{
	unsigned int page;

	for (page = 0; page < SCENE_PAGES; page++) {
		struct folio *folio = xa_load(&stage.f->w.inode->i_mapping->i_pages,
					      SCENE_BASE + page);
		if (!folio || xa_is_value(folio))
			continue;
		if (scene_within(obj, folio, sizeof(*folio)))
			snprintf(buf, size, "folio at page %u", page);
		else if (folio->private && scene_within(obj, folio->private, 64))
			snprintf(buf, size, "blocks of folio at page %u", page);
		else
			continue;
		return true;
	}
	return false;
}

/**
 * scene_object() - name an object
 * @obj: its address
 * @buf: where the name goes
 * @size: of @buf, in bytes
 */
void scene_object(const void *obj, char *buf, unsigned int size)
{
	struct inode *inode = stage.f->w.inode;
	const char *words = stage.target->object(obj);
	const struct {
		const void *obj;
		const char *name;
	} known[] = {
		{ &inode->i_rwsem, "i_rwsem" },
		{ &inode->i_mapping->invalidate_lock, "invalidate_lock" },
		{ &inode->i_mapping->i_pages.xa_lock, "i_pages" },
		{ &inode->i_mapping->i_pages.xa_head, "of the page cache" },
		{ &inode->i_mapping->nrpages, "of the page cache" },
		{ &inode->i_size, "" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		if (known[i].obj == obj) {
			snprintf(buf, size, "%s", known[i].name);
			return;
		}
	}
	if (words) {
		snprintf(buf, size, "%s", words);
		return;
	}
	buf[0] = '\0';
	scene_of_folio(obj, buf, size);
}
