// SPDX-License-Identifier: GPL-2.0-only
/*
 * What users and the kernel do to a file while a write is under way.
 */
#include <linux/fs.h>
#include <linux/iomap.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/swap.h>
#include <linux/writeback.h>

#include <compat.h>

#include "digest.h"

/**
 * fx_mark() - remember what a store has dirtied
 * @f: the fixture
 * @pos: first byte
 * @length: bytes
 * @dirty: or made clean
 */
void fx_mark(struct fixture *f, loff_t pos, loff_t length, bool dirty)
{
	unsigned int first, behind;

	if (!recfs_range(&f->fs, pos, length, &first, &behind))
		return;
	/* two tasks may say so of one block at once */
	for (; first < behind; first++)
		WRITE_ONCE(f->dirtied[first], dirty);
}

/**
 * fx_rwsem() - take or let go of i_rwsem, as who changes a file does
 * @f: the fixture; with its @shared_rwsem for reading, which is too little
 * @take: which
 */
void fx_rwsem(struct fixture *f, bool take)
{
	struct inode *inode = f->w.inode;

	if (take && f->shared_rwsem)
		inode_lock_shared(inode);
	else if (take)
		inode_lock(inode);
	else if (f->shared_rwsem)
		inode_unlock_shared(inode);
	else
		inode_unlock(inode);
}

/**
 * fx_store() - write(2) through the page cache
 * @f: the fixture
 * @pos: file position in bytes
 * @len: bytes
 * @fault_at: bytes of the source that can be read
 * @seen: see world_source()
 *
 * Return: bytes written or a negative errno; -EOPNOTSUPP where this world
 * cannot make the source.
 */
ssize_t fx_store(struct fixture *f, loff_t pos, size_t len, size_t fault_at,
		 bool seen)
{
	struct kiocb iocb = {
		.ki_filp	= f->w.file,
		.ki_pos		= pos,
	};
	struct world_source *src = fx_source(f);
	ssize_t ret;

	if (!world_source(src, len, fault_at, seen))
		return -EOPNOTSUPP;
	fx_rwsem(f, true);
	ret = compat_buffered_write(&iocb, &src->iter, &recfs_iomap_ops);
	fx_rwsem(f, false);
	digest_step(f, "store", pos, len, ret);
	return ret;
}

/**
 * fx_store_nothing() - a write whose first copy gets nothing
 * @f: the fixture; builds four clean blocks in one page, with reservations
 * @off: where in the page it begins, in bytes
 *
 * Return: as fx_store().
 */
ssize_t fx_store_nothing(struct fixture *f, unsigned int off)
{
	if (!fx_parsed(f, PAGE_SHIFT - 2, 4 * PAGE_SIZE, "[CCCC]", "d"))
		return -EINVAL;
	return fx_store(f, f->s.base + off, 10, 0, false);
}

/**
 * fx_store_nothing_right() - does a copy of nothing leave the blocks alone?
 * @f: the fixture; what it holds goes
 *
 * Where it does not that is a story of its own, the known finding zero_copy, and
 * nothing else must stumble over it. Trees that track dirty folios have no block
 * to mark, and worlds without such a source make no such copy.
 */
bool fx_store_nothing_right(struct fixture *f)
{
	struct iomap iomap = { .type = IOMAP_DELALLOC, .flags = IOMAP_F_NEW };
	unsigned int b, left = 0;
	ssize_t err;

	if (!LK_DIRTY_PER_BLOCK)
		return true;
	/* not at the front of the folio: there a 32-bit kernel destroys memory */
	err = fx_store_nothing(f, PAGE_SIZE / 4 + 1);
	if (err != -EFAULT)
		return err == -EOPNOTSUPP;
	compat_release(f->w.inode, f->s.base, f->s.base + PAGE_SIZE, IOMAP_WRITE,
		       &iomap);
	for (b = 0; b < 4; b++)
		left += f->fs.extent[b] == SCN_DELALLOC;
	return !left;
}

/**
 * fx_drop() - a clean folio leaves the page cache, as after direct I/O
 * @f: the fixture
 * @block: in the window
 *
 * Takes no lock that a release holds. Return: 0, or -EBUSY for a dirty folio.
 */
int fx_drop(struct fixture *f, unsigned int block)
{
	pgoff_t index = scn_block_pos(&f->s, block) >> PAGE_SHIFT;

	int err = invalidate_inode_pages2_range(f->w.inode->i_mapping, index,
						index);

	digest_step(f, "drop", block, 0, err);
	return err;
}

/**
 * fx_truncate() - make the file @size bytes long, as truncate(2) does
 * @f: the fixture
 * @size: in bytes; longer than before works too
 */
void fx_truncate(struct fixture *f, loff_t size)
{
	struct inode *inode = f->w.inode;

	inode_lock(inode);
	filemap_invalidate_lock(inode->i_mapping);
	truncate_setsize(inode, size);
	filemap_invalidate_unlock(inode->i_mapping);
	inode_unlock(inode);
	digest_step(f, "truncate", size - f->s.base, 0, 0);
}

/**
 * fx_writeback_quietly() - fx_writeback() that is no step of the digest
 * @f: the fixture
 *
 * Return: 0 or a negative errno.
 */
int fx_writeback_quietly(struct fixture *f)
{
	struct writeback_control wbc = {
		.sync_mode	= WB_SYNC_ALL,
		.nr_to_write	= LONG_MAX,
		.range_start	= 0,
		.range_end	= LLONG_MAX,
	};
	int err;

	err = recfs_aops.writepages(f->w.inode->i_mapping, &wbc);
	if (!err)
		memset(f->dirtied, 0, f->s.nblocks);
	return err;
}

/**
 * fx_lock_writers() - take what callers of zeroing and unsharing hold
 * @f: the fixture
 *
 * i_rwsem and invalidate_lock, both for writing. Trees whose release takes
 * invalidate_lock by itself are called without it.
 */
void fx_lock_writers(struct fixture *f)
{
	inode_lock(f->w.inode);
	if (!LK_RELEASE_LOCKS) {
		f->fs.outer_lock = true;
		filemap_invalidate_lock(f->w.inode->i_mapping);
	}
}

/**
 * fx_unlock_writers() - undo fx_lock_writers()
 * @f: the fixture
 */
void fx_unlock_writers(struct fixture *f)
{
	if (!LK_RELEASE_LOCKS) {
		filemap_invalidate_unlock(f->w.inode->i_mapping);
		f->fs.outer_lock = false;
	}
	inode_unlock(f->w.inode);
}

/**
 * fx_writeback() - write all dirty data back and wait for it
 * @f: the fixture
 *
 * Return: 0 or a negative errno.
 */
int fx_writeback(struct fixture *f)
{
	int err = fx_writeback_quietly(f);

	digest_step(f, "writeback", 0, 0, err);
	return err;
}

/**
 * fx_short_range() - the range that a caller gives back, block by block
 * @f: the fixture: its @s gets the range
 * @pos: of the mapping that ends, in bytes
 * @length: bytes asked for
 * @written: bytes written
 *
 * From the first block that holds nothing of what was written, to the end of
 * the last block that was asked for.
 */
void fx_short_range(struct fixture *f, loff_t pos, loff_t length,
		    ssize_t written)
{
	u64 from = (u64)(pos - f->s.base);
	unsigned int first = from >> f->s.blkbits;
	unsigned int last = (from + (u64)length - 1) >> f->s.blkbits;

	if (written > 0)
		first = ((from + (u64)written - 1) >> f->s.blkbits) + 1;
	f->s.start = scn_block_pos(&f->s, first);
	f->s.end = scn_block_pos(&f->s, last + 1);
	if (f->s.start > f->s.end)
		f->s.start = f->s.end;
}

/**
 * fx_short_call() - the call that the filesystem's ->iomap_end makes in this tree
 * @f: the fixture; fx_short_range() has set the range of @f->s
 * @pos: of the mapping that ends, in bytes
 * @length: bytes asked for
 * @written: bytes written
 * @flags: IOMAP_WRITE and so on; with IOMAP_ZERO or IOMAP_UNSHARE the caller holds
 *	   invalidate_lock
 * @iomap: the mapping
 *
 * Return: what the tree's code returned.
 */
int fx_short_call(struct fixture *f, loff_t pos, loff_t length, ssize_t written,
		  unsigned int flags, struct iomap *iomap)
{
	struct inode *inode = f->w.inode;

	if (LK_ENTRY_PUNCH_DELALLOC)
		return compat_entry(inode, pos, length, written, flags, iomap);
	if (f->s.start == f->s.end)
		return 0;
	if (flags & (IOMAP_UNSHARE | IOMAP_ZERO))
		return compat_release_locked(inode, f->s.start, f->s.end,
					     flags, iomap);
	return compat_release(inode,
			      compat_last_written_block(inode, pos, written),
			      f->s.end, flags, iomap);
}

/**
 * fx_end_judged() - give back what a write has not used, and judge that
 * @f: the fixture
 * @pos: of the mapping that ends, in bytes
 * @length: bytes asked for
 * @written: bytes written
 * @flags: IOMAP_WRITE and so on
 * @iomap: the mapping
 *
 * Only a fresh reservation of a write that came up short is given back. Trees
 * up to 6.12-rc3 decide that themselves and are judged by it; later ones leave
 * it to the caller, which is this function.
 *
 * What does not lie on the side that the case judges is done all the same, and
 * counted in @f->passed_over.
 *
 * Return: what the tree's code returned.
 */
int fx_end_judged(struct fixture *f, loff_t pos, loff_t length,
		  ssize_t written, unsigned int flags, struct iomap *iomap)
{
	enum fx_side side = f->side;
	int err;

	fx_observe(f, &f->s);
	f->before = f->now;
	fx_short_range(f, pos, length, written);
	if (iomap->type != IOMAP_DELALLOC || !(iomap->flags & IOMAP_F_NEW))
		f->s.end = f->s.start;
	f->fs.npunches = 0;
	f->fs.unlocked = 0;
	f->fs.iomap = iomap;
	f->fs.other_iomap = 0;
	f->splats = world_splats();
	err = fx_short_call(f, pos, length, written, flags, iomap);
	f->fs.iomap = NULL;
	f->ends++;
	digest_step(f, "end", f->s.start, f->s.end, err);
	if (fx_side_wants(f, side))
		fx_judge(f, err);
	else
		f->passed_over++;
	return err;
}

/**
 * fx_end_short_write() - fx_end_judged() for @fs->end
 * @fs: the filesystem
 * @pos: of the mapping that ends, in bytes
 * @length: bytes asked for
 * @written: bytes written
 * @flags: IOMAP_WRITE and so on
 * @iomap: the mapping
 */
int fx_end_short_write(struct recfs *fs, loff_t pos, loff_t length,
		       ssize_t written, unsigned int flags,
		       struct iomap *iomap)
{
	struct fixture *f = fs->arg;

	if (written > 0 && iomap->type != IOMAP_HOLE &&
	    (iomap->type != IOMAP_UNWRITTEN || !(flags & IOMAP_ZERO)))
		fx_mark(f, pos, written, true);
	return fx_end_judged(f, pos, length, written, flags, iomap);
}

/**
 * fx_end_plain() - what ->iomap_end of a filesystem does, for @fs->end
 * @fs: the filesystem
 * @pos: of the mapping that ends, in bytes
 * @length: bytes asked for
 * @written: bytes written
 * @flags: IOMAP_WRITE and so on
 * @iomap: the mapping
 *
 * As fx_end_short_write(), without a verdict.
 */
int fx_end_plain(struct recfs *fs, loff_t pos, loff_t length, ssize_t written,
		 unsigned int flags, struct iomap *iomap)
{
	loff_t start = compat_last_written_block(fs->inode, pos, written);
	loff_t end = round_up(pos + length, (loff_t)i_blocksize(fs->inode));

	if (LK_ENTRY_PUNCH_DELALLOC)
		return compat_entry(fs->inode, pos, length, written, flags, iomap);
	if (iomap->type != IOMAP_DELALLOC || !(iomap->flags & IOMAP_F_NEW) ||
	    start >= end)
		return 0;
	return compat_release(fs->inode, start, end, flags, iomap);
}
