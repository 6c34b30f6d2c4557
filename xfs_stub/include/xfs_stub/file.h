/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An XFS inode for tests, seen from outside: what lies in its forks, what the
 * mount counts, and XFS's own operations on it. No type of XFS is in sight
 * here, so that suites need none of its headers.
 */
#ifndef XFS_STUB_FILE_H
#define XFS_STUB_FILE_H

#include <linux/fs.h>
#include <linux/iomap.h>
#include <linux/mm_types.h>
#include <linux/uio.h>

enum xfs_stub_fork {
	XFS_STUB_DATA,
	XFS_STUB_COW,
	XFS_STUB_FORKS,
};

enum xfs_stub_state {
	XFS_STUB_DELALLOC = 1,	/* as enum scn_extent of the suites */
	XFS_STUB_UNWRITTEN,
	XFS_STUB_WRITTEN,
};

/**
 * struct xfs_stub_extent - one extent of a fork
 * @off: first block in the file
 * @len: blocks
 * @block: first block on disk; without meaning for a delayed allocation
 * @indlen: blocks reserved for the extent's own metadata; delayed only
 * @state: what it is
 */
struct xfs_stub_extent {
	u64			off;
	u64			len;
	u64			block;
	unsigned int		indlen;
	enum xfs_stub_state	state;
};

/**
 * struct xfs_stub_options - how the filesystem is mounted and the file is set up
 * @blkbits: log2 of the block size in bytes
 * @reflink: the filesystem has reflink, and the file may share blocks
 * @always_cow: every write goes out of place; needs @reflink
 * @allocsize: log2 of the bytes that a write beyond the end asks for; 0: not set
 * @extsize: extent size hint, in blocks; 0: none
 * @cowextsize: the same for the COW fork
 * @free: free blocks of the filesystem
 * @size: blocks of the filesystem, of which hundredths say when space is low; 0: never
 */
struct xfs_stub_options {
	unsigned int	blkbits;
	bool		reflink;
	bool		always_cow;
	unsigned int	allocsize;
	unsigned int	extsize;
	unsigned int	cowextsize;
	s64		free;
	s64		size;
};

/**
 * struct xfs_stub_counters - what the mount and the inode count
 * @free: free blocks
 * @reserved: blocks reserved for delayed allocation, metadata included
 * @delayed: blocks of the inode with a delayed allocation, both forks; what the
 *	COW fork has on disk counts as well
 * @blocks: of the inode's data fork on disk
 * @size: of the file as it is on disk, in bytes
 * @eofblocks: marked as having blocks beyond the end
 * @cowblocks: marked as having blocks in the COW fork
 */
struct xfs_stub_counters {
	s64		free;
	s64		reserved;
	u64		delayed;
	u64		blocks;
	loff_t		size;
	bool		eofblocks;
	bool		cowblocks;
};

/**
 * struct xfs_stub_punch - one call of xfs_bmap_punch_delalloc_range()
 * @fork: which fork
 * @start: first byte
 * @end: byte behind the last
 * @locked: invalidate_lock was held for writing
 */
struct xfs_stub_punch {
	enum xfs_stub_fork	fork;
	loff_t			start;
	loff_t			end;
	bool			locked;
};

/* 21 bits of a record on disk count blocks. */
#define XFS_STUB_MAX_LEN	((1U << 21) - 1)

#define XFS_STUB_MAX_PUNCHES	2600

/* The punches since xfs_stub_forget(); those over the maximum are only counted. */
struct xfs_stub_punches {
	unsigned int		n;
	struct xfs_stub_punch	punch[XFS_STUB_MAX_PUNCHES];
};

extern struct xfs_stub_punches xfs_stub_punches;

/* Called in each punch once it is noted, before it changes anything; NULL: nothing is. */
extern void (*xfs_stub_in_punch)(const struct xfs_stub_punch *p);

/* file.c */
struct inode *xfs_stub_open(const struct address_space_operations *aops);
void xfs_stub_close(struct inode *inode);
const char *xfs_stub_setup(struct inode *inode, const struct xfs_stub_options *options);
void xfs_stub_shut_down(struct inode *inode, bool down);
void xfs_stub_count(struct inode *inode, struct xfs_stub_counters *counters);
void xfs_stub_on_disk(struct inode *inode, loff_t size);
void xfs_stub_miscount(struct inode *inode, const struct xfs_stub_counters *more);

/* extents.c */
const char *xfs_stub_lay(struct inode *inode, enum xfs_stub_fork fork,
			 const struct xfs_stub_extent *extent, unsigned int n);
void xfs_stub_each(struct inode *inode, enum xfs_stub_fork fork,
		   void (*fn)(void *arg, const struct xfs_stub_extent *extent), void *arg);
void xfs_stub_empty(struct inode *inode);
bool xfs_stub_sums_right(struct inode *inode, const struct xfs_stub_options *options,
			 char *why, size_t size);

/* whole.c */
u64 xfs_stub_worst(struct inode *inode, u64 len);

/* What may be wrong with a tree of extents: of its first extent, or of their number. */
enum xfs_stub_plant {
	XFS_STUB_PLANT_NOTHING,
	XFS_STUB_PLANT_NO_BLOCKS,
	XFS_STUB_PLANT_OVERLAP,
	XFS_STUB_PLANT_COUNT,
};

/* plant.c */
const char *xfs_stub_planted(struct inode *inode, enum xfs_stub_plant plant);

/* again.c */
void xfs_stub_keep(struct inode *inode);
bool xfs_stub_changed(struct inode *inode, enum xfs_stub_fork fork);
const char *xfs_stub_look(struct inode *inode, enum xfs_stub_fork fork, u64 first,
			  unsigned char *map, unsigned int n);
void xfs_stub_restore(struct inode *inode, enum xfs_stub_fork fork);

/* ilock.c */
void xfs_stub_ilock(struct inode *inode, bool on);
bool xfs_stub_locked(struct inode *inode);
bool xfs_stub_busy(struct inode *inode);
const char *xfs_stub_name(struct inode *inode, const void *obj);

/* iext.c */
extern unsigned long xfs_stub_changes;

/* refcount.c */
void xfs_stub_share(u64 block, u64 len);
void xfs_stub_unshare_all(void);
bool xfs_stub_is_shared(u64 block);

/*
 * trans.c: what a transaction ends with before it begins, 0 for none does; and the
 * how many-th from now on it is, 0 for all
 */
extern int xfs_stub_trans_error;
extern unsigned int xfs_stub_trans_fail_at;

/* convert.c: what the next reservation ends with that is to become an extent; 0: none does */
extern int xfs_stub_convert_error;

/* alloc.c: the longest free extent on disk, in blocks; 0 for a very long one */
extern unsigned int xfs_stub_alloc_max;

/* punch.c */
extern const bool xfs_stub_punch_returns;
extern int xfs_stub_punch_error;
extern const bool xfs_stub_punch_takes_fork;
void xfs_stub_forget(void);
void xfs_stub_discard(struct inode *inode, enum xfs_stub_fork of, loff_t start, loff_t end);

/* calls.c: XFS's operations, with one signature each */
extern const struct iomap_ops *const xfs_stub_write_ops;
extern const struct iomap_ops *const xfs_stub_fault_ops;
extern const bool xfs_stub_unshare_knows_holes;
extern const bool xfs_stub_zero_converts;
extern const bool xfs_stub_prealloc_knows_fork;
extern const struct address_space_operations *const xfs_stub_aops;
ssize_t xfs_stub_buffered_write(struct kiocb *iocb, struct iov_iter *from,
				const struct iomap_ops *ops);
vm_fault_t xfs_stub_page_mkwrite(struct vm_fault *vmf, const struct iomap_ops *ops);
int xfs_stub_zero_range(struct inode *inode, loff_t pos, loff_t len, bool *did_zero,
			const struct iomap_ops *ops);
int xfs_stub_truncate_page(struct inode *inode, loff_t pos, bool *did_zero,
			   const struct iomap_ops *ops);
int xfs_stub_file_unshare(struct inode *inode, loff_t pos, loff_t len,
			  const struct iomap_ops *ops);
/* a hole is punched; the caller holds i_rwsem and invalidate_lock, both for writing */
int xfs_stub_free_space(struct inode *inode, loff_t pos, loff_t len);

/* message.c: asked where an assert of XFS's fails, with its function; NULL: none may */
extern bool (*xfs_stub_assert_known)(const char *func, const char *expr);

/* truncate.c */
int xfs_stub_truncate(struct inode *inode, loff_t size, const struct iomap_ops *ops,
		      void (*cut)(loff_t size));
int xfs_stub_direct(struct inode *inode, loff_t pos, loff_t len,
		    void (*wrote)(loff_t pos, loff_t len, u64 disk));

#endif /* XFS_STUB_FILE_H */
