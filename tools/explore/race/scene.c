// SPDX-License-Identifier: GPL-2.0-only
/*
 * The scenes: four pages of a file, a write over the second and the third of them
 * that comes up short in the third, and what else happens to the file meanwhile.
 * The write reserves its range and the fourth page, and gives the range back from
 * where it came up short.
 */
#include <linux/kernel.h>

#include "scene.h"

/* Tasks of which all but the write are told in few words. */
#define WRITE	{ SCENE_WRITE }
#define FAULT(page)	{ SCENE_FAULT, page }

static const struct scene scene[] = {
	/* a store to mapped memory */
	{ "fault-before", "a store to the page that the write gets through to, not cached",
	  0, { WRITE, FAULT(1) } },
	{ "fault-inside", "a store to a page that the write gives back, not cached",
	  0, { WRITE, FAULT(2) } },
	{ "fault-past", "a store behind the write, over what it has reserved too, not cached",
	  0, { WRITE, FAULT(3) } },
	{ "fault-before-cached", "the same as fault-before, all pages cached",
	  SCENE_CACHED, { WRITE, FAULT(1) } },
	{ "fault-inside-cached", "the same as fault-inside, all pages cached",
	  SCENE_CACHED, { WRITE, FAULT(2) } },
	{ "fault-past-cached", "the same as fault-past, all pages cached",
	  SCENE_CACHED, { WRITE, FAULT(3) } },
	{ "fault-empty", "a store to the first page of a write that gets nowhere, not cached",
	  SCENE_EMPTY, { WRITE, FAULT(1) } },
	{ "fault-empty-cached", "the same as fault-empty, all pages cached",
	  SCENE_EMPTY | SCENE_CACHED, { WRITE, FAULT(1) } },
	{ "fault-empty-tail", "the same as fault-empty, the last two pages cached",
	  SCENE_EMPTY | SCENE_CACHED | SCENE_TAIL, { WRITE, FAULT(1) } },
	{ "fault-extend", "a store to the page by which the write makes the file longer",
	  0, { WRITE, FAULT(1) }, 4 },

	/* folios that go */
	{ "reclaim", "clean folios leave the page cache, as for drop_caches",
	  SCENE_CACHED, { WRITE, { SCENE_DROP } } },
	{ "reclaim-empty", "the same as reclaim, and the write gets nowhere",
	  SCENE_CACHED | SCENE_EMPTY, { WRITE, { SCENE_DROP } } },
	{ "shrink", "the page that is given back leaves a shadow, as for kswapd",
	  SCENE_CACHED, { WRITE, { SCENE_SHRINK, 2 } } },
	{ "invalidate", "the page that is given back is invalidated, as behind direct I/O",
	  SCENE_CACHED, { WRITE, { SCENE_INVALIDATE, 2 } } },
	{ "direct", "a direct write to the page that is given back, which invalidates it twice",
	  SCENE_CACHED, { WRITE, { SCENE_DIRECT, 2 } } },
	{ "refill", "the page that is given back goes and is read again, three times",
	  SCENE_CACHED, { WRITE, { SCENE_REFILL, 2 } } },

	/* writeback */
	{ "writeback", "all that is dirty is written back",
	  SCENE_CACHED | SCENE_DIRTY, { WRITE, { SCENE_WRITEBACK } } },
	{ "flush", "what is dirty is written back, and what becomes dirty meanwhile",
	  SCENE_CACHED | SCENE_DIRTY, { WRITE, { SCENE_FLUSH } } },
	{ "writeback-empty", "the same as writeback, and the write gets nowhere",
	  SCENE_CACHED | SCENE_DIRTY | SCENE_EMPTY, { WRITE, { SCENE_WRITEBACK } } },
	{ "writeback-extend", "the write makes the file longer while it is written back",
	  0, { WRITE, { SCENE_WRITEBACK } }, 4 },
	{ "writeback-unmapped", "writeback finds no place for what was written, and discards it",
	  SCENE_CACHED | SCENE_DIRTY | SCENE_UNMAPPED, { WRITE, { SCENE_WRITEBACK, 1 } } },

	/* who waits for i_rwsem */
	{ "truncate-inside", "the file is cut in the range that is given back",
	  SCENE_CACHED, { WRITE, { SCENE_TRUNCATE } }, 0, 10 },
	{ "truncate-before", "the file is cut in front of the write",
	  SCENE_CACHED, { WRITE, { SCENE_TRUNCATE } }, 0, 4 },
	{ "truncate-block", "the file is cut in the middle of a block",
	  SCENE_CACHED, { WRITE, { SCENE_TRUNCATE } }, 0, 9 },
	{ "truncate-up", "the file is made longer",
	  0, { WRITE, { SCENE_TRUNCATE } }, 9, 16 },
	{ "zero", "zeroes over the middle of the file",
	  SCENE_CACHED, { WRITE, { SCENE_ZERO } } },
	{ "unshare", "a copy is made of blocks that are shared",
	  SCENE_CACHED | SCENE_SHARED, { WRITE, { SCENE_UNSHARE } } },
	{ "write", "another write of the same range, which gets through",
	  0, { WRITE, { SCENE_AGAIN } } },

	/* three tasks */
	{ "writeback-late", "I/O of writeback takes its time",
	  SCENE_CACHED | SCENE_DIRTY | SCENE_DEFERRED,
	  { WRITE, { SCENE_WRITEBACK }, { SCENE_DEVICE } }, 0, 0, 2 },
	{ "writeback-failed", "the same, and the first I/O fails",
	  SCENE_CACHED | SCENE_DIRTY | SCENE_DEFERRED | SCENE_FAILED,
	  { WRITE, { SCENE_WRITEBACK }, { SCENE_DEVICE } }, 0, 0, 1 },
	{ "fault-late", "a store to a page of which the I/O takes its time, and no write",
	  SCENE_CACHED | SCENE_DIRTY | SCENE_DEFERRED,
	  { FAULT(0), { SCENE_WRITEBACK }, { SCENE_DEVICE } }, 0, 0, 2 },
	{ "fault-fault", "stores to two pages that the write meets",
	  0, { WRITE, FAULT(1), FAULT(2) }, 0, 0, 1 },
	{ "fault-writeback", "a store to a page that is given back, and writeback",
	  SCENE_CACHED, { WRITE, FAULT(2), { SCENE_WRITEBACK } }, 0, 0, 1 },
	{ "fault-unmapped", "the same, and writeback finds no place for that page",
	  SCENE_CACHED | SCENE_UNMAPPED, { WRITE, FAULT(2), { SCENE_WRITEBACK, 2 } }, 0, 0, 1 },
	{ "fault-reclaim", "a store to a page that is given back, and clean folios go",
	  SCENE_CACHED, { WRITE, FAULT(2), { SCENE_DROP } }, 0, 0, 1 },
	{ "fault-invalidate", "a store to a page that is given back and invalidated",
	  SCENE_CACHED, { WRITE, FAULT(2), { SCENE_INVALIDATE, 2 } }, 0, 0, 1 },
	{ "fault-direct", "a store to a page that is given back and written directly",
	  SCENE_CACHED, { WRITE, FAULT(2), { SCENE_DIRECT, 2 } }, 0, 0, 1 },
	{ "fault-truncate", "a store to a page that is given back, and the file is cut there",
	  SCENE_CACHED, { WRITE, FAULT(2), { SCENE_TRUNCATE } }, 0, 10, 1 },
	{ "fault-truncate-block", "the same, and it is cut in the middle of a block",
	  SCENE_CACHED, { WRITE, FAULT(2), { SCENE_TRUNCATE } }, 0, 9, 1 },
	{ "fault-truncate-before", "the same, and it is cut in front of the write",
	  SCENE_CACHED, { WRITE, FAULT(2), { SCENE_TRUNCATE } }, 0, 4, 1 },
	{ "fault-truncate-up", "a store to the last page of a file that is made longer",
	  0, { WRITE, FAULT(2), { SCENE_TRUNCATE } }, 9, 16, 1 },
	{ "fault-zero", "a store to a page that is given back, and zeroes over it",
	  SCENE_CACHED, { WRITE, FAULT(2), { SCENE_ZERO } }, 0, 0, 1 },
	{ "zero-invalidate", "zeroes over the middle of the file, of which a page is invalidated",
	  SCENE_CACHED, { WRITE, { SCENE_ZERO }, { SCENE_INVALIDATE, 3 } }, 0, 0, 1 },
	{ "unshare-invalidate", "copies of shared blocks, of which a page is invalidated",
	  SCENE_CACHED | SCENE_SHARED,
	  { WRITE, { SCENE_UNSHARE }, { SCENE_INVALIDATE, 0 } }, 0, 0, 1 },
	{ "fault-write", "a store to a page that is given back, and another write",
	  0, { WRITE, FAULT(2), { SCENE_AGAIN } }, 0, 0, 1 },
	{ "writeback-truncate", "writeback, and the file is cut in the range that is given back",
	  SCENE_CACHED | SCENE_DIRTY, { WRITE, { SCENE_WRITEBACK }, { SCENE_TRUNCATE } },
	  0, 10, 1 },
};

/* Blocks in a page and orders of folios that each scene is made of. */
static const struct shape shape[] = {
	{ .ratio = 0, .order = 0 }, { .ratio = 1, .order = 0 },
	{ .ratio = 0, .order = 1 }, { .ratio = 1, .order = 1 },
};

/* Where nothing is cached, and the tree's writes ask for single pages, nothing is large. */
static bool scene_made(unsigned int nr, const struct target *t)
{
	const struct scene *s = &scene[nr / ARRAY_SIZE(shape)];

	unsigned int order = shape[nr % ARRAY_SIZE(shape)].order;

	if (t->makes && !t->makes(s, order))
		return false;
	return !order || s->flags & SCENE_CACHED || scene_makes_large(s, order);
}

/* The how many-th scene; *@nth goes down by one for each that comes before it. */
static bool scene_find(unsigned int *nth, struct shape *found)
{
	unsigned int i, nr;

	for (i = 0; i < target_count(); i++) {
		for (nr = 0; nr < ARRAY_SIZE(scene) * ARRAY_SIZE(shape); nr++) {
			if (!scene_made(nr, target_at(i)) || (*nth)--)
				continue;
			*found = shape[nr % ARRAY_SIZE(shape)];
			found->target = target_at(i);
			found->scene = &scene[nr / ARRAY_SIZE(shape)];
			return true;
		}
	}
	return false;
}

/**
 * scene_at() - a scene, its geometry and its filesystem
 * @nth: which
 */
struct shape scene_at(unsigned int nth)
{
	struct shape found = { NULL };

	scene_find(&nth, &found);
	return found;
}

/**
 * race_scenes() - how many there are
 */
unsigned int race_scenes(void)
{
	static unsigned int n;
	unsigned int left = ~0U;
	struct shape last;

	if (!n) {
		scene_find(&left, &last);
		n = ~0U - left;
	}
	return n;
}

/**
 * scene_tasks() - how many tasks a scene has
 * @s: the scene
 */
unsigned int scene_tasks(const struct scene *s)
{
	unsigned int n = 0;

	while (n < RACE_TASKS && s->task[n].job)
		n++;
	return n;
}

/**
 * race_scene_target() - the filesystem that it is let loose on
 * @nth: which
 */
const char *race_scene_target(unsigned int nth)
{
	return scene_at(nth).target->name;
}

unsigned int race_scene_tasks(unsigned int nth)
{
	return scene_tasks(scene_at(nth).scene);
}

/**
 * race_scene_bound() - preemptions of a scene where nobody asks for a number
 * @nth: which
 */
unsigned int race_scene_bound(unsigned int nth)
{
	struct shape s = scene_at(nth);
	unsigned int bound = s.scene->bound ?: RACE_BOUND;

	if (s.target->bound && scene_tasks(s.scene) > 2)
		return min(bound, s.target->bound);
	return bound;
}
