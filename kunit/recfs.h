/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A filesystem that has no disk, and remembers what it was asked to do.
 *
 * It reserves space for buffered writes as a filesystem with delayed allocation
 * does, gives the space a place at writeback, and records each punch.
 */
#ifndef KUNIT_RECFS_H
#define KUNIT_RECFS_H

#include <linux/fs.h>
#include <linux/iomap.h>

#include "oracle.h"
#include "scenario.h"

#define RECFS_MAX_PUNCHES	2600

/* Points at which something else can happen to the file. */
enum recfs_point {
	RECFS_AFTER_BEGIN,	/* ->iomap_begin has reserved; no lock of iomap */
	RECFS_BEFORE_END,	/* ->iomap_end is called */
	RECFS_IN_PUNCH,		/* the punch callback; a folio may be locked */
};

/**
 * struct recfs - the filesystem's side of one inode
 * @inode: the inode; its i_private points back
 * @base: file position of the extent map, in bytes
 * @blkbits: log2 of the block size
 * @nblocks: length of the extent map; behind it are holes that nobody may use
 * @building: the fixture makes a page cache; extents do not matter
 * @diskless: no block is read or written, as where there is no block device
 * @shared: written extents are shared, so that a write has a source
 * @in_event: an event runs; it causes no further one
 * @outer_lock: the caller holds invalidate_lock around the operation
 * @zero_reserves: zeroing reserves space in holes as a write does
 * @changes: of the extents behind the back of a writer; a mapping made before
 *	the last one is not valid any more. With @own each change counts
 * @prealloc: blocks reserved behind the end of each write
 * @npunches: punches so far; those over %RECFS_MAX_PUNCHES are only counted
 * @unlocked: punches that found invalidate_lock not held for writing
 * @iomap: the mapping given to the release that is judged
 * @other_iomap: punches that came with another one
 * @lost: dirty blocks below i_size for which writeback found no space
 * @first_lost: the first of these
 * @mapped: blocks that writeback has asked for
 * @asked: digest of which these were, and in which order
 * @punch_error: what the punch callback returns
 * @punch_error_at: only the how many-th punch fails; 0: all do
 * @map_error: what the mapping of @map_error_block for writeback returns
 * @map_error_block: counted from @base
 * @dropped: with @own: called for each block whose data goes, because writeback could
 *	not map it or the file was cut; NULL for nobody
 * @begun: with @own: called when ->iomap_begin has mapped something that is stored to,
 *	by more than one task at a time; NULL for nobody
 * @extents: called, locked, when blocks [first, behind) have got something or lost it, or
 *	are about to be stored to; NULL for nobody
 * @lacks: called, locked, for dirty blocks below i_size for which writeback finds no
 *	space; NULL for nobody
 * @discards: folios that writeback could not map
 * @discard_pos: file position given with the last of these
 * @begin_error: what ->iomap_begin of a write fails with
 * @get_folio_error: what the folio for a write at @get_folio_pos fails with
 * @get_folio_pos: in bytes
 * @longest: from the front of a page to the end of what a folio was asked for, the
 *	longest so far, in bytes
 * @end: does the work of ->iomap_end
 * @event: called at each enum recfs_point; not called inside itself
 * @inside: called in the punch callback: what it does the punch does
 * @arg: for @end, @event and @inside
 * @own: what guards @extent where several tasks run at once, from world_own_lock();
 *	NULL: one does
 * @extent: enum scn_extent of each block
 * @punch: the punches, in order, in bytes as called
 */
struct recfs {
	struct inode	*inode;
	scn_pos		base;
	unsigned int	blkbits;
	unsigned int	nblocks;
	bool		building;
	bool		diskless;
	bool		shared;
	bool		in_event;
	bool		outer_lock;
	bool		zero_reserves;
	unsigned int	changes;
	unsigned int	prealloc;
	unsigned int	npunches;
	unsigned int	unlocked;
	struct iomap	*iomap;
	unsigned int	other_iomap;
	unsigned int	lost;
	unsigned int	first_lost;
	unsigned int	mapped;
	u64		asked;
	int		punch_error;
	unsigned int	punch_error_at;
	int		map_error;
	unsigned int	map_error_block;
	void (*dropped)(struct recfs *fs, unsigned int block);
	void (*begun)(struct recfs *fs, unsigned int flags);
	void (*extents)(struct recfs *fs, unsigned int first, unsigned int behind,
			unsigned int flags);
	void (*lacks)(struct recfs *fs, unsigned int first, unsigned int behind);
	unsigned int	discards;
	int		begin_error;
	loff_t		discard_pos;
	int		get_folio_error;
	loff_t		get_folio_pos;
	size_t		longest;
	int (*end)(struct recfs *fs, loff_t pos, loff_t length,
		   ssize_t written, unsigned int flags, struct iomap *iomap);
	void (*event)(struct recfs *fs, enum recfs_point at,
		      unsigned int flags);
	void (*inside)(struct recfs *fs);
	void		*arg;
	struct rw_semaphore *own;
	unsigned char	extent[SCN_MAX_BLOCKS];
	struct oracle_punch punch[RECFS_MAX_PUNCHES];
};

extern const struct iomap_ops recfs_iomap_ops;
extern const struct address_space_operations recfs_aops;

void recfs_attach(struct recfs *fs, struct inode *inode);
void recfs_detach(struct recfs *fs);
void recfs_reset(struct recfs *fs);
void recfs_load(struct recfs *fs, const struct scenario *s);
void recfs_lock(struct recfs *fs);
void recfs_unlock(struct recfs *fs);
void recfs_changes(struct recfs *fs);
void recfs_tell(struct recfs *fs, unsigned int first, unsigned int behind, unsigned int flags);
void recfs_drop(struct recfs *fs, unsigned int first, unsigned int behind);
void recfs_direct(struct recfs *fs, loff_t pos, loff_t length);
void recfs_cut(struct recfs *fs, loff_t size);
bool recfs_range(const struct recfs *fs, loff_t pos, loff_t length,
		 unsigned int *first, unsigned int *behind);

#endif /* KUNIT_RECFS_H */
