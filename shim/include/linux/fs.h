/* SPDX-License-Identifier: GPL-2.0-only */
/* Inodes, files and address spaces with the members that this path looks at. */
#ifndef _LINUX_FS_H
#define _LINUX_FS_H

#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/mm_types.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/time64.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include "../../dup/fs.h"

/* The largest file: limited by pgoff_t on 32 bits. */
#ifdef __LP64__
#define MAX_LFS_FILESIZE	((loff_t)0x7fffffffffffffffLL)
#else
#define MAX_LFS_FILESIZE	((loff_t)0xffffffffULL << PAGE_SHIFT)
#endif

/* How an I/O request is to be done; the numbers are libkern's own. */
#define IOCB_NOWAIT	0x008
#define IOCB_DSYNC	0x002
#define IOCB_SYNC	0x004
#define IOCB_APPEND	0x010
#define IOCB_DONTCACHE	0x080
#define IOCB_WRITE	0x400
/* Types of files: the number is uapi's, which userspace relies on. */
#define S_IFMT		0170000
enum {
	S_IFIFO = 0010000, S_IFCHR = 0020000, S_IFDIR = 0040000, S_IFBLK = 0060000,
	S_IFREG = 0100000, S_IFLNK = 0120000, S_IFSOCK = 0140000,
};

#define S_ISREG(m)	(((m) & S_IFMT) == S_IFREG)
#define S_ISDIR(m)	(((m) & S_IFMT) == S_IFDIR)
#define S_ISLNK(m)	(((m) & S_IFMT) == S_IFLNK)

struct address_space;
struct block_device;
struct dentry;
struct file;
struct iov_iter;
struct kiocb;
struct readahead_control;
struct seq_file;
struct swap_info_struct;
struct writeback_control;
struct fiemap_extent_info;
enum migrate_mode { MIGRATE_ASYNC, MIGRATE_SYNC_LIGHT, MIGRATE_SYNC };

struct super_block {
	unsigned char s_blocksize_bits;
	unsigned long s_blocksize;
	loff_t s_maxbytes;
	unsigned long s_flags;
	dev_t s_dev;
	char s_id[32];
	void *s_fs_info;
	struct block_device *s_bdev;
};

struct address_space_operations {
	int (*writepage)(struct page *page, struct writeback_control *wbc);
	int (*read_folio)(struct file *file, struct folio *folio);
	int (*writepages)(struct address_space *mapping, struct writeback_control *wbc);
	bool (*dirty_folio)(struct address_space *mapping, struct folio *folio);
	void (*readahead)(struct readahead_control *rac);
	sector_t (*bmap)(struct address_space *mapping, sector_t block);
	void (*invalidate_folio)(struct folio *folio, size_t offset, size_t len);
	bool (*release_folio)(struct folio *folio, gfp_t gfp);
	void (*free_folio)(struct folio *folio);
	ssize_t (*direct_IO)(struct kiocb *iocb, struct iov_iter *iter);
	int (*migrate_folio)(struct address_space *mapping, struct folio *dst,
			     struct folio *src, enum migrate_mode mode);
	int (*launder_folio)(struct folio *folio);
	bool (*is_partially_uptodate)(struct folio *folio, size_t from, size_t count);
	void (*is_dirty_writeback)(struct folio *folio, bool *dirty, bool *writeback);
	int (*error_remove_page)(struct address_space *mapping, struct page *page);
	int (*error_remove_folio)(struct address_space *mapping, struct folio *folio);
	int (*swap_activate)(struct swap_info_struct *sis, struct file *file, sector_t *span);
	void (*swap_deactivate)(struct file *file);
};

struct address_space {
	struct inode *host;
	const struct address_space_operations *a_ops;
	struct rw_semaphore invalidate_lock;
	struct xarray i_pages;
	unsigned long nrpages;
	errseq_t wb_err;
	gfp_t gfp_mask;
	pgoff_t writeback_index;
	unsigned long flags;
	void *i_private_data;
	unsigned int lk_min_order, lk_max_order;
};

struct inode {
	umode_t i_mode;
	unsigned int i_flags;
	unsigned int i_nlink;
	uid_t i_uid;
	gid_t i_gid;
	dev_t i_rdev;
	struct timespec64 i_atime, i_mtime, i_ctime;
	atomic_t i_count;
	atomic_t i_dio_count;
	struct super_block *i_sb;
	struct address_space *i_mapping;
	unsigned long i_ino;
	loff_t i_size;
	u8 i_blkbits;
	u8 i_write_hint;
	blkcnt_t i_blocks;
	unsigned long i_state;
	struct rw_semaphore i_rwsem;
	struct address_space i_data;
	void *i_private;
	unsigned int lk_dirtied;	/* mark_inode_dirty() calls */
};

struct file {
	struct inode *f_inode;
	struct address_space *f_mapping;
	fmode_t f_mode;
	unsigned int f_flags;
	loff_t f_pos;
	void *private_data;
};

struct kiocb {
	struct file *ki_filp;
	loff_t ki_pos;
	int ki_flags;
	void *private;
};

static inline struct inode *file_inode(const struct file *file)
{
	return file->f_inode;
}

/*
 * A 32-bit machine reads i_size under a sequence count; one task at a time
 * needs none, and the threads build is 64-bit only.
 */
static inline loff_t i_size_read(const struct inode *inode)
{
	lk_access(LK_AT_SIZE, &inode->i_size, "i_size", false);
	return READ_ONCE(inode->i_size);
}

static inline void i_size_write(struct inode *inode, loff_t size)
{
	lk_access(LK_AT_SIZE, &inode->i_size, "i_size", true);
	WRITE_ONCE(inode->i_size, size);
}

static inline unsigned int i_blocksize(const struct inode *inode)
{
	return 1U << inode->i_blkbits;
}

static inline void init_sync_kiocb(struct kiocb *kiocb, struct file *filp)
{
	*kiocb = (struct kiocb){ .ki_filp = filp };
}

static inline void lru_add_drain(void) { }
#define IS_DAX(inode)		0
#define IS_SYNC(inode)		0
#define IS_SWAPFILE(inode)	0

#define inode_lock(i)		down_write(&(i)->i_rwsem)
#define inode_unlock(i)		up_write(&(i)->i_rwsem)
#define inode_lock_shared(i)	down_read(&(i)->i_rwsem)
#define inode_unlock_shared(i)	up_read(&(i)->i_rwsem)
#define inode_lock_nested(i, c)	down_write_nested(&(i)->i_rwsem, (c))
#define inode_trylock(i)	down_write_trylock(&(i)->i_rwsem)
#define filemap_invalidate_lock(m)		down_write(&(m)->invalidate_lock)
#define filemap_invalidate_unlock(m)		up_write(&(m)->invalidate_lock)
#define filemap_invalidate_lock_shared(m)	down_read(&(m)->invalidate_lock)
#define filemap_invalidate_unlock_shared(m)	up_read(&(m)->invalidate_lock)
#define filemap_invalidate_trylock_shared(m)	down_read_trylock(&(m)->invalidate_lock)

void mark_inode_dirty(struct inode *inode);
int inode_newsize_ok(const struct inode *inode, loff_t offset);

static inline bool mapping_tagged(const struct address_space *mapping, xa_mark_t tag)
{
	lk_access(LK_AT_MARK, &mapping->nrpages, "marks", false);
	return xa_marked(&mapping->i_pages, tag);
}

static inline bool mapping_writably_mapped(const struct address_space *mapping)
{
	(void)mapping;
	return false;
}

int filemap_write_and_wait_range(struct address_space *mapping, loff_t lstart, loff_t lend);
int filemap_fdatawrite_range(struct address_space *mapping, loff_t start, loff_t end);
int filemap_fdatawait_range(struct address_space *mapping, loff_t lstart, loff_t lend);
int filemap_check_errors(struct address_space *mapping);
bool filemap_range_needs_writeback(struct address_space *mapping, loff_t start, loff_t end);
unsigned long invalidate_mapping_pages(struct address_space *mapping, pgoff_t start, pgoff_t end);
int invalidate_inode_pages2_range(struct address_space *mapping, pgoff_t start, pgoff_t end);

/* Inodes that live in memory only; see model/inode.c. */
struct inode *lk_inode_new(const struct address_space_operations *ops, unsigned int blkbits);
void lk_inode_free(struct inode *inode);

#endif
