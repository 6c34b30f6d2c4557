/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The race search, kernel world.
 */
#ifndef RACE_SCENE_H
#define RACE_SCENE_H

#include <libkern/hooks.h>
#include <linux/writeback.h>

#include "fixture.h"
#include "race.h"
#include "target.h"

#define SCENE_PAGES	4
#define SCENE_BASE	4	/* of the window, in pages of the file */

/* What a task does; the locks that a kernel holds meanwhile are part of it. */
enum scene_job {
	SCENE_NOTHING,
	SCENE_WRITE,		/* a write that comes up short */
	SCENE_AGAIN,		/* a write of the same range that does not */
	SCENE_FAULT,		/* a store to mapped memory */
	SCENE_DROP,		/* clean folios go, as for drop_caches */
	SCENE_SHRINK,		/* one goes, as for kswapd, which leaves a shadow */
	SCENE_INVALIDATE,	/* one goes, as behind asynchronous direct I/O */
	SCENE_REFILL,		/* one goes and is read again, several times */
	SCENE_DIRECT,		/* a direct write, or what it falls back to */
	SCENE_WRITEBACK,	/* all that is dirty is written back */
	SCENE_DEVICE,		/* I/O that was submitted ends */
	SCENE_TRUNCATE,		/* truncate(2) */
	SCENE_ZERO,		/* zeroes over most of the range */
	SCENE_UNSHARE,		/* shared blocks get copies of the file's own */
	SCENE_FLUSH,		/* as the flusher does: what becomes dirty meanwhile, too */
};

/* What a scene begins with, and what happens in it. */
#define SCENE_CACHED	1	/* all pages are, clean, before anything runs */
#define SCENE_TAIL	128	/* only the last two are */
#define SCENE_DIRTY	2	/* and the first folio is dirty */
#define SCENE_SHARED	4	/* the first and the last page are shared with others */
#define SCENE_EMPTY	8	/* not a byte of the write can be read */
#define SCENE_DEFERRED	16	/* I/O ends when SCENE_DEVICE says so */
#define SCENE_UNMAPPED	32	/* writeback cannot map a page */
#define SCENE_FAILED	64	/* the first I/O of writeback fails */

/**
 * struct scene - one scenario
 * @name: on the command line, without its geometry
 * @words: what it is, for people
 * @flags: SCENE_CACHED and so on
 * @task: what each task does, and to which page
 * @isize: of the file, in quarters of a page from the base; 0: all of the window
 * @to: what SCENE_TRUNCATE makes of it, in the same unit
 * @bound: preemptions, where nobody asks for a number
 */
struct scene {
	const char	*name;
	const char	*words;
	unsigned int	flags;
	struct {
		unsigned char	job;
		unsigned char	page;
	} task[RACE_TASKS];
	unsigned char	isize;
	unsigned char	to;
	unsigned char	bound;
};

/**
 * struct stage - what a process works with
 * @test: stands for the KUnit case that the fixture wants
 * @f: the fixture
 * @target: the filesystem
 * @scene: which scene
 * @ntasks: of it
 * @ratio: log2 of the blocks in a page
 * @order: of the folios
 * @locking: enum race_locking
 * @pos: of the write, in bytes
 * @len: of the write, in bytes
 * @fault_at: bytes of it that can be read
 * @first: block that the release begins with
 * @behind: block that it ends before
 * @splats: that nobody counts
 * @broken: a rule that a task broke, in words
 * @busy: tasks that may still submit I/O
 * @looks: of the write at the page cache since it last copied: those of its release
 * @gone: blocks whose data went, to disk or for good, while the write was under way
 * @known: the known finding that this run has met
 * @forgiven: blocks that lost their reservation by it
 * @ret: what each task's call returned
 */
struct stage {
	struct kunit	test;
	struct fixture	*f;
	const struct target *target;
	const struct scene *scene;
	unsigned int	ntasks;
	unsigned int	ratio;
	unsigned int	order;
	enum race_locking locking;
	loff_t		pos;
	size_t		len;
	size_t		fault_at;
	unsigned int	first;
	unsigned int	behind;
	unsigned int	splats;
	const char	*broken;
	atomic_t	busy;
	unsigned int	looks;
	unsigned char	gone[SCENE_PAGES * 2];
	const char	*known;
	unsigned char	forgiven[SCENE_PAGES * 2];
	ssize_t		ret[RACE_TASKS];
};

extern struct stage stage;

/* hooks.c */
void hooks_begin(void);
void hooks_end(void);
bool hooks_left(unsigned int task);
unsigned int hooks_readers(void);
bool hooks_works(void);

/* rules.c */
void rules_begin(void);
void rules_release(bool begins);
void rules_look(void);
void rules_access(enum lk_point at, const void *obj, const char *what);
void rules_step(void);
void rules_check(void);
void rules_end(void);

/* scene.c */
struct shape {
	const struct target	*target;
	const struct scene	*scene;
	unsigned int		ratio;		/* log2 of the blocks in a page */
	unsigned int		order;		/* of the folios */
};

struct shape scene_at(unsigned int nth);
unsigned int scene_tasks(const struct scene *s);

/* naming.c */
void scene_object(const void *obj, char *buf, unsigned int size);

/* books.c */
void books_begun(void);
void books_stored(loff_t pos, ssize_t written);
void books_gone(unsigned int block);
void books_went(loff_t pos, size_t len);

/* tasks.c */
int tasks_writeback(enum writeback_sync_modes sync);
void tasks_begin(void);
void tasks_end(void);

/* Is nobody to break a rule? Else what comes of it is asked, and that it is broken known. */
static inline bool scene_keeps_rules(void)
{
	return stage.locking == RACE_LOCK_TREE || stage.locking == RACE_LOCK_SHARED;
}

/* Does the write itself make a large folio? One that gets nowhere comes to its first page only. */
static inline bool scene_makes_large(const struct scene *s, unsigned int order)
{
	return LK_WRITE_FOLIO_ORDER && order && !(s->flags & (SCENE_CACHED | SCENE_EMPTY));
}

/* A place that a scene gives in quarters of a page, as a file position. */
static inline loff_t scene_pos(unsigned int quarters)
{
	return ((loff_t)SCENE_BASE << PAGE_SHIFT) + quarters * (PAGE_SIZE / 4);
}

#endif /* RACE_SCENE_H */
