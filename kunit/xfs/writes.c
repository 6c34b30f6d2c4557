// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations on an XFS file, looked at where iomap calls XFS. See writes.h.
 */
#include <linux/fs.h>
#include <linux/iomap.h>
#include <linux/pagemap.h>

#include <compat.h>

#include "mapping.h"
#include "writes.h"

struct writes writes;

static struct fixture *writes_fixture;

static bool writes_is_write(unsigned int flags)
{
	return flags & (IOMAP_WRITE | IOMAP_ZERO | IOMAP_UNSHARE);
}

/* What is read where an operation does not write all of a block. */
static unsigned int writes_source;

/* Does an operation dirty what it is done with, or pass over it? */
static bool writes_dirties(unsigned int flags, const struct iomap *iomap)
{
	if (flags & IOMAP_UNSHARE)
		return iomap->flags & IOMAP_F_SHARED && writes_source == IOMAP_MAPPED;
	if (flags & IOMAP_ZERO)
		return writes_source != IOMAP_HOLE && writes_source != IOMAP_UNWRITTEN;
	return iomap->type != IOMAP_HOLE;
}

static int writes_begin(struct inode *inode, loff_t pos, loff_t length, unsigned int flags,
			struct iomap *iomap, struct iomap *srcmap)
{
	struct fixture *f = writes_fixture;
	int err;

	forks_remember(f);
	err = xfs_stub_write_ops->iomap_begin(inode, pos, length, flags, iomap, srcmap);
	if (err || !writes_is_write(flags))
		return err;
	forks_observe(f);
	writes.known += mapping_judge(f, &(struct mapping){ pos, length, flags, iomap, srcmap });
	writes_source = srcmap->type != IOMAP_HOLE ? srcmap->type : iomap->type;
	writes.begun++;
	writes.fresh += iomap->flags & IOMAP_F_NEW && iomap->type == IOMAP_DELALLOC;
	writes.cow += !!(iomap->flags & IOMAP_F_SHARED);
	if (writes.event)
		writes.event(f, iomap);
	forks_whole(f);
	return 0;
}

/* What may go back: what the mapping has reserved and the write has not used. */
static void writes_range(struct fixture *f, loff_t pos, loff_t length, ssize_t written,
			 unsigned int flags, const struct iomap *iomap)
{
	fx_short_range(f, pos, length, written);
	if (iomap->type != IOMAP_DELALLOC || !(iomap->flags & IOMAP_F_NEW))
		f->s.end = f->s.start;
}

static bool writes_is_there(struct fixture *f, enum xfs_stub_fork fork, unsigned int b,
			    const struct iomap *iomap)
{
	static const unsigned char state[] = {
		[IOMAP_DELALLOC] = SCN_DELALLOC, [IOMAP_UNWRITTEN] = SCN_UNWRITTEN,
		[IOMAP_MAPPED] = SCN_WRITTEN,
	};

	u64 at = iomap->addr + scn_block_pos(&f->s, b) - iomap->offset;

	if (forks.map[fork][b] != state[iomap->type])
		return false;
	return iomap->type == IOMAP_DELALLOC || at == forks.place[fork][b] << f->s.blkbits;
}

/*
 * What was written went where the mapping says: is that what the file has there?
 * A difference is a mapping that was used after it had become stale.
 */
static void writes_true(struct fixture *f, loff_t pos, ssize_t written, const struct iomap *iomap)
{
	unsigned int b;

	if (written <= 0 || iomap->type == IOMAP_HOLE)
		return;
	for (b = 0; b < f->s.nblocks; b++) {
		if (scn_block_pos(&f->s, b + 1) <= max(pos, writes.changed) ||
		    scn_block_pos(&f->s, b) >= pos + written)
			continue;
		/* older trees do not say of a hole that it is reserved in the COW fork */
		if (!writes_is_there(f, XFS_STUB_COW, b, iomap) &&
		    (iomap->flags & IOMAP_F_SHARED || !writes_is_there(f, XFS_STUB_DATA, b, iomap)))
			fx_bad(f, "written through a mapping that is not what the file has");
	}
}

/*
 * Zeroing and unsharing do not say how far they came when they fail: what they
 * have dirtied is what is dirty, where nothing else can have been.
 */
static void writes_mark_alone(struct fixture *f, loff_t pos, loff_t length)
{
	unsigned int i, b, first;

	fx_observe(f, &f->s);
	for (i = 0; i < f->s.nfolios; i++) {
		const struct scn_folio *folio = &f->s.folio[i];

		first = scn_first_block(&f->s, folio);
		for (b = first; b < first + scn_folio_blocks(&f->s, folio); b++)
			if (folio->dirty && f->s.cache[b] != SCN_STALE &&
			    scn_block_pos(&f->s, b) >= pos &&
			    scn_block_pos(&f->s, b) < pos + length)
				f->dirtied[b] = true;
	}
}

static int writes_end(struct inode *inode, loff_t pos, loff_t length, ssize_t written,
		      unsigned int flags, struct iomap *iomap)
{
	struct fixture *f = writes_fixture;
	int err;

	if (!writes_is_write(flags))
		return 0;
	if (written > 0 && writes_dirties(flags, iomap))
		fx_mark(f, pos, written, true);
	if (writes.alone && written <= 0)
		writes_mark_alone(f, pos, length);
	/* of an unwritten extent what is dirty already is zeroed, and nothing else */
	if (flags & IOMAP_ZERO && written > 0 && compat_has_batch(iomap))
		writes_mark_alone(f, pos, written);
	writes.ends++;
	forks.written = iomap->flags & IOMAP_F_SHARED ? XFS_STUB_COW : XFS_STUB_DATA;
	forks.judged = forks_finding() ? XFS_STUB_DATA : forks.written;
	forks_remember(f);
	writes_true(f, pos, written, iomap);
	memcpy(f->fs.extent, forks.map[forks.judged], f->s.nblocks);
	fx_observe(f, &f->s);
	f->before = f->now;
	writes_range(f, pos, length, written, flags, iomap);
	f->splats = world_splats();
	err = forks_end(f, pos, length, written, flags, iomap);
	if (fx_side_wants(f, f->side))
		fx_judge(f, err);
	else
		f->passed_over++;
	return err;
}

static const struct iomap_ops writes_ops = {
	.iomap_begin	= writes_begin,
	.iomap_end	= writes_end,
};

/**
 * writes_setup() - lay the forks out as text says and take operations through XFS
 * @f: the fixture; fx_build() has made the page cache
 * @options: of the file
 * @data: the data fork, one of "duw." a block, repeated over the window
 * @cow: the COW fork likewise; empty where there is none
 * @shared: which blocks other files have as well, see forks_lay()
 *
 * Return: false if that is refused, which fails the case.
 */
bool writes_setup(struct fixture *f, const struct xfs_stub_options *options,
		  const char *data, const char *cow, const char *shared)
{
	const char *why;

	memset(&writes, 0, sizeof(writes));
	writes_fixture = f;
	if (!forks_setup(f, options, XFS_STUB_DATA))
		return false;
	why = forks_text(forks.map[XFS_STUB_DATA], f->s.nblocks, data) ?:
	      forks_text(forks.map[XFS_STUB_COW], f->s.nblocks, cow);
	if (!why)
		return forks_lay(f, shared);
	KUNIT_FAIL(f->test, "layout refused: %s", why);
	f->bad = FX_MAX_BAD;
	return false;
}

/**
 * writes_store() - write(2) to the file
 * @f: the fixture
 * @pos: file position in bytes
 * @len: bytes
 * @fault_at: bytes of the source that can be read
 * @seen: see world_source()
 *
 * Return: bytes written or a negative errno.
 */
ssize_t writes_store(struct fixture *f, loff_t pos, size_t len, size_t fault_at, bool seen)
{
	struct inode *inode = f->w.inode;
	struct kiocb iocb = {
		.ki_filp	= f->w.file,
		.ki_pos		= pos,
	};
	ssize_t ret;

	world_source(&f->src[0], len, fault_at, seen);
	inode_lock(inode);
	ret = xfs_stub_buffered_write(&iocb, &f->src[0].iter, &writes_ops);
	inode_unlock(inode);
	return ret;
}

/**
 * writes_fault() - a task writes mapped memory
 * @f: the fixture
 * @block: in the window; the folio over it must be cached and uptodate
 *
 * Return: 0, or -EIO when the fault was refused.
 */
int writes_fault(struct fixture *f, unsigned int block)
{
	struct address_space *mapping = f->w.inode->i_mapping;
	pgoff_t index = scn_block_pos(&f->s, block) >> PAGE_SHIFT;
	struct vm_area_struct vma = { .vm_file = f->w.file };
	struct vm_fault vmf = { .vma = &vma };
	vm_fault_t ret = VM_FAULT_SIGBUS;
	struct folio *folio;

	filemap_invalidate_lock_shared(mapping);
	folio = filemap_get_folio(mapping, index);
	if (!IS_ERR_OR_NULL(folio)) {
		vmf.page = folio_page(folio, 0);
		ret = xfs_stub_page_mkwrite(&vmf, xfs_stub_fault_ops);
		if (ret & VM_FAULT_LOCKED) {
			fx_mark(f, folio_pos(folio), folio_size(folio), true);
			folio_unlock(folio);
		}
		folio_put(folio);
	}
	filemap_invalidate_unlock_shared(mapping);
	return ret & VM_FAULT_LOCKED ? 0 : -EIO;
}

/*
 * What callers of zeroing and unsharing hold. A release that takes invalidate_lock
 * by itself is only kept from a deadlock by never being called under it: where XFS
 * owns up to no reservation in the COW fork, there is nothing to give back here.
 */
static void writes_lock(struct fixture *f)
{
	f->fs.outer_lock = !LK_RELEASE_LOCKS || !xfs_stub_punch_takes_fork;
	inode_lock(f->w.inode);
	if (f->fs.outer_lock)
		filemap_invalidate_lock(f->w.inode->i_mapping);
}

static void writes_unlock(struct fixture *f)
{
	if (f->fs.outer_lock)
		filemap_invalidate_unlock(f->w.inode->i_mapping);
	inode_unlock(f->w.inode);
	f->fs.outer_lock = false;
}

/* Zeroing may write back what is dirty, and go on: that is clean then. */
static void writes_cleaned(void *arg, const struct world_written *w)
{
	fx_mark(arg, w->pos, w->len, false);
}

/**
 * writes_zero() - zero a range of the file, the locks held as callers hold them
 * @f: the fixture
 * @pos: first byte
 * @len: bytes
 *
 * Return: 0 or a negative errno.
 */
int writes_zero(struct fixture *f, loff_t pos, loff_t len)
{
	struct address_space *mapping = f->w.inode->i_mapping;
	const struct address_space_operations *own = mapping->a_ops;
	int err;

	writes_lock(f);
	world_at_write(writes_cleaned, f);
	/* newer trees write back what is dirty before they zero the rest */
	mapping->a_ops = xfs_stub_aops;
	err = xfs_stub_zero_range(f->w.inode, pos, len, NULL, &writes_ops);
	mapping->a_ops = own;
	world_at_write(NULL, NULL);
	writes_unlock(f);
	return err;
}

/**
 * writes_unshare() - give the file blocks of its own in a range
 * @f: the fixture
 * @pos: first byte
 * @len: bytes
 *
 * Return: 0 or a negative errno.
 */
int writes_unshare(struct fixture *f, loff_t pos, loff_t len)
{
	int err;

	writes_lock(f);
	err = xfs_stub_file_unshare(f->w.inode, pos, len, &writes_ops);
	writes_unlock(f);
	return err;
}

/**
 * writes_unbacked() - has a dirty block below i_size no place to go?
 * @f: the fixture, after forks_observe() and fx_observe()
 *
 * A block that other files share as well must have it in the COW fork: in the
 * data fork writeback would overwrite what is theirs.
 *
 * Return: what is wrong with it, or NULL.
 */
const char *writes_unbacked(const struct fixture *f)
{
	unsigned int b;

	for (b = 0; b < f->s.nblocks; b++) {
		if (scn_block_pos(&f->s, b) >= f->s.isize ||
		    !oracle_block_dirty(&f->s, f->limits.dirty_per_block, b))
			continue;
		if (forks.map[XFS_STUB_COW][b] != SCN_HOLE)
			continue;
		if (forks.map[XFS_STUB_DATA][b] == SCN_HOLE)
			return "dirty data below i_size has no space";
		if (forks_shared(b))
			return "dirty data would overwrite shared blocks";
	}
	return NULL;
}

/**
 * writes_backed() - does every dirty block below i_size have a place to go?
 * @f: the fixture; fails its case if not
 */
void writes_backed(struct fixture *f)
{
	const char *why;

	forks_observe(f);
	fx_observe(f, &f->s);
	why = writes_unbacked(f);
	if (why)
		fx_bad(f, why);
	forks_whole(f);
}
