/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one seam between the worlds. world_user.c stands behind it in userspace,
 * world_kernel.c inside a kernel; suites and fixture know no difference.
 *
 * What a world cannot do it says with false, and the case is skipped by name.
 */
#ifndef KUNIT_WORLD_H
#define KUNIT_WORLD_H

#include <linux/fs.h>
#include <linux/pagemap.h>
#include <linux/rwsem.h>
#include <linux/uio.h>

/* Longest source of one write, in pages and a bit. */
#define WORLD_SEGMENTS	66

/**
 * struct world - an inode with an open file
 * @inode: regular, empty, nothing cached
 * @file: open for reading and writing
 */
struct world {
	struct inode	*inode;
	struct file	*file;
};

/* The source of a write. */
struct world_source {
	struct iov_iter	iter;
	struct kvec	vec[WORLD_SEGMENTS];
};

/**
 * world_open() - make an inode and open it
 * @w: filled in
 * @aops: its address space operations
 * @blkbits: log2 of its block size
 *
 * Return: 0 or a negative errno.
 */
int world_open(struct world *w, const struct address_space_operations *aops,
	       unsigned int blkbits);

/**
 * world_close() - close the file and free the inode
 * @w: from world_open(); its page cache must be empty
 */
void world_close(struct world *w);

/**
 * world_let_read() - a case has failed and said much
 *
 * Gives whoever reads the console the time for it. UML's writes what a pipe takes
 * and drops the rest, results among it. Sleeps; no locks held.
 */
void world_let_read(void);

/**
 * world_bdev() - a block device for reads and writeback
 *
 * Return: NULL where there is none: then no I/O must be submitted.
 */
struct block_device *world_bdev(void);

/**
 * world_settle() - let go of references that caches hold for a while
 */
void world_settle(void);

/**
 * world_small_folios() - keep the page cache from making large folios by itself
 * @w: the world
 *
 * Folios that others put there may still be large.
 *
 * Return: false where it cannot be kept from it.
 */
bool world_small_folios(struct world *w);

/**
 * world_own_get_folio() - let the kernel's own text find and make folios
 *
 * For the rest of the case; a world that has its own model of it goes without.
 *
 * Return: false where that text is not known.
 */
bool world_own_get_folio(void);

/**
 * world_splits_folios() - is a large folio split of which a part is truncated?
 *
 * Return: false where the kernel believes so and has done nothing.
 */
bool world_splits_folios(void);

/**
 * world_invalidate_held() - does this task hold invalidate_lock for writing?
 * @mapping: whose
 */
bool world_invalidate_held(struct address_space *mapping);

/**
 * world_in_punch() - the punch callback begins or ends
 * @inside: which
 *
 * Between the two no folio lock may be taken, nor any lock above it.
 *
 * Return: whether this world checks that.
 */
bool world_in_punch(bool inside);

/**
 * world_own_lock() - make a lock of the filesystem's own
 * @sem: it comes behind all others, also inside a punch
 */
void world_own_lock(struct rw_semaphore *sem);

/**
 * world_may_hang() - the case is about to do what hangs a kernel
 *
 * A world that would hang ends itself soon; one that sees a deadlock before it
 * waits has nothing to do.
 */
void world_may_hang(void);

/**
 * world_source() - a source that can be read up to a point
 * @src: filled in
 * @len: bytes to write
 * @fault_at: bytes from here on cannot be read; @len and more: all can
 * @seen: whether the check before the copy sees that already, as it does for a
 *	page that is not mapped. Otherwise the page goes between check and copy.
 *
 * Return: false where this world cannot make such a source.
 */
bool world_source(struct world_source *src, size_t len, size_t fault_at,
		  bool seen);

/**
 * world_exact_source() - does a copy from a source end at its last byte?
 *
 * It may stop a few bytes before that, where the machine copies words; then
 * world_source() makes no source that comes up short.
 */
bool world_exact_source(void);

/**
 * world_before_copy() - a write has checked its source and will copy from it
 * @len: bytes of this copy
 *
 * Called by the filesystem for each folio of a write. The point at which a source
 * goes that was there when it was checked, if this copy is to find it gone; nothing
 * where that is done otherwise.
 */
void world_before_copy(size_t len);

/**
 * world_fail_alloc() - let an allocation fail
 * @nth: the how many-th from now that is allowed to fail; 0 for none
 *
 * Return: false where this world cannot.
 */
bool world_fail_alloc(unsigned int nth);

/**
 * world_at_lookup() - do something just before the page cache is looked into
 * @nth: before the how many-th look from now; 0 for never
 * @fn: what to do; it may itself use the page cache
 * @arg: for @fn
 *
 * Return: false where this world cannot.
 */
bool world_at_lookup(unsigned int nth, void (*fn)(void *arg), void *arg);

/**
 * world_at_folio_lock() - do something just before a folio lock is taken
 * @nth: before the how many-th one from now; 0 for never
 * @fn: what to do; it may itself lock folios
 * @arg: for @fn
 *
 * Return: false where this world cannot.
 */
bool world_at_folio_lock(unsigned int nth, void (*fn)(void *arg), void *arg);

/* Moments at which a look-up trusts that the page cache may have changed. */
enum world_moment {
	WORLD_FOUND,		/* a folio was found, and no reference to it taken yet */
	WORLD_HELD,		/* a reference was taken, and it was not looked again yet */
	WORLD_LETS_GO,		/* a reference is about to be dropped */
};

/**
 * world_at_moment() - let another task do something in the middle of a look-up
 * @at: the moment
 * @nth: the how many-th from now; 0 for never
 * @fn: what it does; the look-up's RCU section is not its own, and it may sleep
 * @arg: for @fn
 *
 * Return: false where this world cannot.
 */
bool world_at_moment(enum world_moment at, unsigned int nth, void (*fn)(void *arg), void *arg);

/**
 * world_map_dirty() - a task has stored through its mapping of a folio
 * @folio: which does not know of that yet: only the page table does
 *
 * Return: false where this world cannot.
 */
bool world_map_dirty(struct folio *folio);

/**
 * world_defer_io() - the device takes its time
 * @on: what is submitted ends only when somebody waits for it; false ends it all
 *
 * Return: false where this world cannot.
 */
bool world_defer_io(bool on);

/**
 * world_wait_io() - wait until all that was submitted has ended
 */
void world_wait_io(void);

/**
 * world_end_one_io() - let the oldest that was submitted end, and all that follows
 *
 * Return: was there one? false where this world cannot.
 */
bool world_end_one_io(void);

/**
 * world_fail_io() - let something that is submitted end with an error
 * @nth: the how many-th from now on; 0 for none
 * @error: a negative errno
 *
 * Return: false where this world cannot.
 */
bool world_fail_io(unsigned int nth, int error);

/**
 * world_reclaim() - evict a clean folio as reclaim does, which leaves a shadow entry
 * @mapping: the file's
 * @index: in pages
 *
 * Return: 0; -EBUSY where reclaim gives up; -EOPNOTSUPP where this world cannot.
 */
int world_reclaim(struct address_space *mapping, pgoff_t index);

/**
 * struct world_written - a piece of a file that goes to disk
 * @pos: where it stands in the file, in bytes
 * @disk: where it goes on disk, in bytes
 * @len: bytes
 * @failed: by world_fail_io(), say: it never gets there
 */
struct world_written {
	loff_t	pos;
	loff_t	disk;
	size_t	len;
	bool	failed;
};

/**
 * world_at_write() - look at what is submitted to be written to disk
 * @fn: called for each piece of a folio, before it ends; NULL for nobody
 * @arg: for @fn
 *
 * Return: false where this world cannot.
 */
bool world_at_write(void (*fn)(void *arg, const struct world_written *w), void *arg);

/**
 * world_at_unsent() - look at what was to be written, and ends without being submitted
 * @fn: as for world_at_write()
 * @arg: for @fn
 *
 * Return: false where this world cannot.
 */
bool world_at_unsent(void (*fn)(void *arg, const struct world_written *w), void *arg);

/**
 * world_splats() - warnings and broken lock rules of this case so far
 */
unsigned int world_splats(void);

/**
 * world_take_splats() - the case has expected splats: they do not fail it
 *
 * Return: how many there were, or -1 where this world cannot take them away.
 */
int world_take_splats(void);

/**
 * world_note() - a remark for the summary
 * @key: its name
 * @text: the remark
 */
void world_note(const char *key, const char *text);

/**
 * world_option() - what the command line tells a suite
 * @name: of the option
 *
 * Return: its value, or NULL.
 */
const char *world_option(const char *name);

/**
 * world_command() - front of the command that runs these suites again
 */
const char *world_command(void);

#endif /* KUNIT_WORLD_H */
