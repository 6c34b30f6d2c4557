/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between the filesystems that a scene is let loose on. The scene has
 * the tasks, the geometry and the page cache; the target has the calls that reach
 * the filesystem, what lies under each block, and what it is judged by beside that.
 *
 *	plain.c		the recording filesystem of the suites
 *	xfs/		XFS, where the tree has it
 */
#ifndef RACE_TARGET_H
#define RACE_TARGET_H

#include <linux/types.h>

struct scene;
struct writeback_control;

/**
 * struct target - a filesystem, and one way in which it lays a file out
 * @name: of the filesystem
 * @prefix: of its scenarios' names
 * @words: what is put behind what a scenario is, for people
 * @shared: other files have blocks of the file as well
 * @bound: preemptions of a scene of three tasks, at most, where nobody asks for a number;
 *	0: what the scene says
 * @makes: can a scene be let loose on it, with folios of an order? NULL: each can
 * @open: once in a process, the fixture is there. Return: NULL, or what went wrong
 * @lay: before each run. The page cache is that of @stage.f->s; now the extents of
 *	it, and everything ready for tasks. Return: NULL, or what went wrong
 * @clear: behind each run: nothing of it must be left but the page cache
 * @write: write(2), of which so many bytes can be read; marks what it has dirtied.
 *	Return: bytes written or a negative errno
 * @fault: a store to the mapped memory of a block of the window; marks what it has
 *	dirtied. Return: 0 or a negative errno
 * @writeback: writes back what is asked for and waits if asked to. Return: likewise
 * @truncate: sets the size, in bytes. Return: likewise
 * @zero: zeroes a range, in bytes. Return: likewise
 * @unshare: unshares a range, in bytes. Return: likewise
 * @direct: blocks of a range, in bytes, are written behind the page cache's back
 * @unmap: from now on writeback finds no place for a block of the window, or for the
 *	first one that it needs one for; negative: it finds places again
 * @extent: what dirty data of a block of the window would be written to now: enum
 *	scn_extent. To be had at every step
 * @check: what else must hold at every step. Return: NULL, or what is wrong
 * @judge: what else must hold when all tasks have ended, and all has been written
 *	back once more. Return: NULL, or what is wrong
 * @known: the name of the known finding by which a dirty block has just lost what it
 *	had. Return: NULL: by none
 * @leaves: of a block that the write gives back and nobody has stored to: is what has
 *	become of it a known finding? NULL: never. Return: its name, or NULL
 * @keeps: of a block that the write gives back and nobody has stored to: may something
 *	stay reserved for it all the same? NULL: never
 * @object: name what a step has to do with, a lock, say. Return: NULL: it is none of
 *	the filesystem's
 */
struct target {
	const char	*name;
	const char	*prefix;
	const char	*words;
	bool		shared;
	unsigned int	bound;
	bool (*makes)(const struct scene *s, unsigned int order);
	const char *(*open)(void);
	const char *(*lay)(void);
	void (*clear)(void);
	ssize_t (*write)(loff_t pos, size_t len, size_t fault_at);
	int (*fault)(unsigned int block);
	int (*writeback)(struct writeback_control *wbc);
	int (*truncate)(loff_t size);
	int (*zero)(loff_t pos, loff_t len);
	int (*unshare)(loff_t pos, loff_t len);
	void (*direct)(loff_t pos, loff_t len);
	void (*unmap)(int block);
	unsigned char (*extent)(unsigned int block);
	const char *(*check)(void);
	const char *(*judge)(void);
	const char *(*known)(unsigned int block);
	const char *(*leaves)(unsigned int block);
	bool (*keeps)(unsigned int block);
	const char *(*object)(const void *obj);
};

/* targets.c: all that there are, in order */
unsigned int target_count(void);
const struct target *target_at(unsigned int nr);

extern const struct target target_plain;
/* of the binary that has XFS in it */
extern const struct target target_xfs, target_xfs_shared, target_xfs_part;

#endif /* RACE_TARGET_H */
