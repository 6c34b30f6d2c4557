/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * XFS as a target of the race search.
 *
 *	target.c	forks laid out, the three targets
 *	calls.c		what tasks call
 *	verdict.c	what is judged beside what every target is
 */
#ifndef RACE_XFS_LOCAL_H
#define RACE_XFS_LOCAL_H

#include "xfs/forks.h"

#include "../scene.h"

/**
 * struct race_xfs - the run at hand, beside struct forks
 * @ending: is a task inside ->iomap_end? One for each: with real threads each is set
 *	by its own
 * @unlocked: punches of such that found invalidate_lock not held for writing
 * @overwritten: writes to disk over blocks that other files have as well
 * @seen: the change of the extents that @forks was read after
 * @had: blocks that the COW fork has had something for
 * @lost: of these, those that may lose it: their I/O has failed
 * @bad: where on disk the I/O of each block has failed last, in blocks; 0: nowhere
 * @punched: where the last punch of a release began that took each block, in bytes
 * @discarded: blocks that writeback has found no place for
 * @disk: where on disk each block was written last, in blocks; 0: nowhere
 */
struct race_xfs {
	bool		ending[RACE_TASKS];
	unsigned int	unlocked;
	unsigned int	overwritten;
	unsigned long	seen;
	bool		had[SCENE_PAGES * 2];
	bool		lost[SCENE_PAGES * 2];
	loff_t		punched[SCENE_PAGES * 2];
	bool		discarded[SCENE_PAGES * 2];
	u64		disk[SCENE_PAGES * 2];
	u64		bad[SCENE_PAGES * 2];
};

extern struct race_xfs race_xfs;

/* An assert about a hole of the COW fork forgets that it may be reserved. */
#define FINDING_COW_HOLE	"cow_hole"

/* calls.c */
void calls_begin(void);
ssize_t calls_write(loff_t pos, size_t len, size_t fault_at);
int calls_fault(unsigned int block);
int calls_writeback(struct writeback_control *wbc);
int calls_truncate(loff_t size);
int calls_zero(loff_t pos, loff_t len);
int calls_unshare(loff_t pos, loff_t len);
void calls_direct(loff_t pos, loff_t len);
void calls_unmap(int block);

/* verdict.c */
void verdict_begin(void);
void verdict_watch(void);
void verdict_discarded(loff_t from, loff_t to);
void verdict_punched(loff_t from, loff_t to);
void verdict_wrote(loff_t pos, loff_t len, u64 disk);
void verdict_cut(loff_t size);
const char *verdict_known(unsigned int block);
unsigned char verdict_extent(unsigned int block);
const char *verdict_check(void);
const char *verdict_judge(void);
const char *verdict_leaves(unsigned int block);
bool verdict_keeps(unsigned int block);

#endif /* RACE_XFS_LOCAL_H */
