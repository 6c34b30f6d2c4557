/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The race search, kernel world.
 */
#ifndef RACE_SCENE_H
#define RACE_SCENE_H

#include "fixture.h"
#include "race.h"
#include "target.h"

#define SCENE_PAGES	4

/* What a task does. */
enum scene_job {
	SCENE_WRITE,		/* a write that comes up short */
	SCENE_FAULT,		/* a store to mapped memory */
	SCENE_RECLAIM,		/* clean folios go, as for drop_caches */
	SCENE_INVALIDATE,	/* one goes, as behind direct I/O */
	SCENE_WRITEBACK,	/* all that is dirty is written back */
};

/**
 * struct scene - one scenario
 * @name: on the command line, without its geometry
 * @words: what it is, for people
 * @cached: all pages are, clean, before anything runs
 * @dirty: and the first of them is dirty
 * @ntasks: entries of @job
 * @job: enum scene_job of each task
 * @page: that a fault is in, or that direct I/O has written
 */
struct scene {
	const char	*name;
	const char	*words;
	bool		cached;
	bool		dirty;
	unsigned int	ntasks;
	unsigned char	job[RACE_TASKS];
	unsigned int	page;
};

/**
 * struct stage - what a process works with
 * @test: stands for the KUnit case that the fixture wants
 * @f: the fixture
 * @target: the filesystem
 * @scene: which scene
 * @ratio: log2 of the blocks in a page
 * @order: of the folios
 * @locking: enum race_locking
 * @pos: of the write, in bytes
 * @len: of the write, in bytes
 * @fault_at: bytes of it that can be read
 * @first: block that the release begins with
 * @behind: block that it ends before
 * @splats: that nobody counts
 * @ret: what each task's call returned
 */
struct stage {
	struct kunit	test;
	struct fixture	*f;
	const struct target *target;
	const struct scene *scene;
	unsigned int	ratio;
	unsigned int	order;
	enum race_locking locking;
	loff_t		pos;
	size_t		len;
	size_t		fault_at;
	unsigned int	first;
	unsigned int	behind;
	unsigned int	splats;
	ssize_t		ret[RACE_TASKS];
};

extern struct stage stage;

/* hooks.c */
void hooks_begin(void);
void hooks_end(void);
bool hooks_left(unsigned int task);
unsigned int hooks_readers(void);

/* scene.c */
void scene_object(const void *obj, char *buf, unsigned int size);

/* tasks.c */
int tasks_writeback(void);

#endif /* RACE_SCENE_H */
