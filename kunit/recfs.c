// SPDX-License-Identifier: GPL-2.0-only
/*
 * The recording filesystem. See recfs.h.
 *
 * What it does with the extents of a short write is decided by the tree's own
 * code up to 6.12-rc3, and by the caller of the exported function later; never
 * here.
 */
#include <linux/fs.h>
#include <linux/iomap.h>
#include <linux/pagemap.h>
#include <linux/string.h>
#include <linux/writeback.h>

#include <compat.h>

#include "mix.h"
#include "recfs.h"
#include "world.h"

static struct recfs *recfs_of(struct inode *inode)
{
	return inode->i_private;
}

/* Worlds without a block device take what is on it for zeroes. */
static bool recfs_disk(const struct recfs *fs)
{
	return world_bdev() && !fs->diskless;
}

/**
 * recfs_lock() - keep others from the extents, where there are others
 * @fs: the filesystem
 */
void recfs_lock(struct recfs *fs)
{
	if (fs->own)
		down_write(fs->own);
}

void recfs_unlock(struct recfs *fs)
{
	if (fs->own)
		up_write(fs->own);
}

/**
 * recfs_changes() - an extent is about to change
 * @fs: the filesystem, locked
 */
void recfs_changes(struct recfs *fs)
{
	if (fs->own)
		fs->changes++;
}

/* What is reserved in blocks [first, behind) goes. */
static void recfs_unreserve(struct recfs *fs, unsigned int first, unsigned int behind)
{
	unsigned int b;

	for (b = first; b < behind; b++) {
		if (fs->extent[b] != SCN_DELALLOC)
			continue;
		recfs_changes(fs);
		fs->extent[b] = SCN_HOLE;
	}
	recfs_tell(fs, first, behind, 0);
}

static void recfs_event(struct recfs *fs, enum recfs_point at,
			unsigned int flags)
{
	if (!fs->event || fs->in_event || fs->building)
		return;
	fs->in_event = true;
	fs->event(fs, at, flags);
	fs->in_event = false;
}

/**
 * recfs_range() - round bytes outward to blocks, as a filesystem does
 * @fs: the filesystem
 * @pos: first byte
 * @length: bytes, more than 0
 * @first: its first block goes here, counted from the base
 * @behind: the first block behind it
 *
 * Blocks that lie out of the window are left off.
 *
 * Return: false if no block of the window is touched.
 */
bool recfs_range(const struct recfs *fs, loff_t pos, loff_t length,
		 unsigned int *first, unsigned int *behind)
{
	u64 window = (u64)fs->nblocks << fs->blkbits;
	u64 from, to;

	if (length <= 0 || pos < 0)
		return false;
	from = pos < fs->base ? 0 : pos - fs->base;
	if (pos + (u64)length <= (u64)fs->base || from >= window)
		return false;
	to = min_t(u64, pos + (u64)length - fs->base, window);
	*first = from >> fs->blkbits;
	*behind = (to + (1U << fs->blkbits) - 1) >> fs->blkbits;
	return true;
}

/*
 * The punch callback. Only delalloc goes, whatever lies in the range; bytes are
 * rounded outward to blocks, which is what XFS makes of them.
 */
static int recfs_do_punch(struct recfs *fs, loff_t offset, loff_t length)
{
	struct inode *inode = fs->inode;
	unsigned int first, behind;

	if (fs->npunches < RECFS_MAX_PUNCHES) {
		fs->punch[fs->npunches].offset = offset;
		fs->punch[fs->npunches].length = length;
	}
	fs->npunches++;
	if (!world_invalidate_held(inode->i_mapping))
		fs->unlocked++;
	if (fs->inside)
		fs->inside(fs);
	if (fs->punch_error &&
	    (!fs->punch_error_at || fs->punch_error_at == fs->npunches))
		return fs->punch_error;
	if (!recfs_range(fs, offset, length, &first, &behind))
		return 0;
	recfs_lock(fs);
	recfs_unreserve(fs, first, behind);
	recfs_unlock(fs);
	return 0;
}

static int recfs_punch(struct inode *inode, loff_t offset, loff_t length,
		       struct iomap *iomap)
{
	struct recfs *fs = recfs_of(inode);
	int err;

	if (LK_PUNCH_HAS_IOMAP && iomap != fs->iomap)
		fs->other_iomap++;

	/* what somebody else does meanwhile is bound by no rule of the punch */
	recfs_event(fs, RECFS_IN_PUNCH, 0);
	world_in_punch(true);
	err = recfs_do_punch(fs, offset, length);
	world_in_punch(false);
	return err;
}

/* How many blocks from @b on have the same extent type, up to @limit. */
static unsigned int recfs_run(const struct recfs *fs, unsigned int b,
			      unsigned int limit)
{
	unsigned int n = 1;

	while (n < limit && b + n < fs->nblocks &&
	       fs->extent[b + n] == fs->extent[b])
		n++;
	return n;
}

static const u16 recfs_type[] = {
	[SCN_HOLE] = IOMAP_HOLE,
	[SCN_DELALLOC] = IOMAP_DELALLOC,
	[SCN_UNWRITTEN] = IOMAP_UNWRITTEN,
	[SCN_WRITTEN] = IOMAP_MAPPED,
};

static void recfs_fill(const struct recfs *fs, struct iomap *iomap,
		       unsigned int type, unsigned int b, unsigned int n)
{
	iomap->type = type;
	iomap->offset = fs->base + ((loff_t)b << fs->blkbits);
	iomap->length = (u64)n << fs->blkbits;
	iomap->bdev = world_bdev();
	iomap->addr = IOMAP_NULL_ADDR;
	if (type == IOMAP_MAPPED || type == IOMAP_UNWRITTEN)
		iomap->addr = (u64)b << fs->blkbits;
}

/* Reserve the run of holes that the write needs, and what it may need next. */
static void recfs_reserve(struct recfs *fs, unsigned int b, unsigned int behind,
			  unsigned int flags, struct iomap *iomap)
{
	unsigned int more = flags & IOMAP_FAULT ? 0 : fs->prealloc;
	unsigned int n = recfs_run(fs, b, behind + more - b);

	recfs_changes(fs);
	memset(fs->extent + b, SCN_DELALLOC, n);
	recfs_fill(fs, iomap, IOMAP_DELALLOC, b, n);
	iomap->flags |= IOMAP_F_NEW;
}

/*
 * With others about, zeroing keeps to the file as XFS does: a reservation behind the
 * block in which it ends becomes unwritten blocks, which are zeroes already.
 */
static unsigned int recfs_zero_limit(struct recfs *fs, unsigned int b)
{
	loff_t size = i_size_read(fs->inode) - fs->base;
	unsigned int eof = size > 0 ? (size + (1U << fs->blkbits) - 1) >> fs->blkbits : 0;
	unsigned int n;

	if (b < eof)
		return eof;
	n = recfs_run(fs, b, fs->nblocks);
	if (fs->extent[b] == SCN_DELALLOC) {
		recfs_changes(fs);
		memset(fs->extent + b, SCN_UNWRITTEN, n);
	}
	return b + n;
}

/* Writes: holes get a reservation, the rest is found as it is. */
static void recfs_begin_write(struct recfs *fs, unsigned int b,
			      unsigned int behind, unsigned int flags,
			      struct iomap *iomap, struct iomap *srcmap)
{
	unsigned int n, type, limit = fs->nblocks;

	/* with others about, what unsharing leaves behind in a hole would be in their way */
	if (fs->extent[b] == SCN_HOLE && !(fs->own && flags & IOMAP_UNSHARE) &&
	    (fs->zero_reserves || !(flags & IOMAP_ZERO))) {
		recfs_reserve(fs, b, behind, flags, iomap);
		return;
	}
	if (fs->own && flags & IOMAP_ZERO)
		limit = recfs_zero_limit(fs, b);
	type = recfs_type[fs->extent[b]];
	/* the rest of a block of which part is written must not be read */
	if (type == IOMAP_MAPPED && !recfs_disk(fs))
		type = IOMAP_UNWRITTEN;
	n = recfs_run(fs, b, limit - b);
	recfs_fill(fs, iomap, type, b, n);
	if (fs->shared && fs->extent[b] == SCN_WRITTEN) {
		recfs_fill(fs, srcmap, IOMAP_MAPPED, b, n);
		iomap->flags |= IOMAP_F_SHARED;
	}
}

static int recfs_iomap_begin(struct inode *inode, loff_t pos, loff_t length,
			     unsigned int flags, struct iomap *iomap,
			     struct iomap *srcmap)
{
	struct recfs *fs = recfs_of(inode);
	bool write = flags & (IOMAP_WRITE | IOMAP_ZERO);
	unsigned int b, behind, type;

	if (!recfs_range(fs, pos, length, &b, &behind))
		return -ENOSPC;
	if (write && fs->begin_error && !fs->building && !fs->in_event)
		return fs->begin_error;
	compat_set_folio_hooks(iomap);
	if (fs->building) {
		compat_set_cookie(iomap, fs->changes);
		recfs_fill(fs, iomap, write ? IOMAP_DELALLOC : IOMAP_HOLE, 0,
			   fs->nblocks);
		return 0;
	}
	recfs_lock(fs);
	if (write) {
		recfs_begin_write(fs, b, behind, flags, iomap, srcmap);
		recfs_tell(fs, b, b + (unsigned int)(iomap->length >> fs->blkbits), flags);
	} else {
		type = recfs_type[fs->extent[b]];
		if (type == IOMAP_MAPPED && !recfs_disk(fs))
			type = IOMAP_HOLE;
		recfs_fill(fs, iomap, type, b, recfs_run(fs, b, fs->nblocks));
	}
	compat_set_cookie(iomap, fs->changes);
	recfs_unlock(fs);
	if (write && fs->begun)
		fs->begun(fs, flags);
	if (write)
		recfs_event(fs, RECFS_AFTER_BEGIN, flags);
	return 0;
}

static int recfs_iomap_end(struct inode *inode, loff_t pos, loff_t length,
			   ssize_t written, unsigned int flags,
			   struct iomap *iomap)
{
	struct recfs *fs = recfs_of(inode);

	if (fs->building || fs->in_event ||
	    !(flags & (IOMAP_WRITE | IOMAP_ZERO)))
		return 0;
	recfs_event(fs, RECFS_BEFORE_END, flags);
	return fs->end ? fs->end(fs, pos, length, written, flags, iomap) : 0;
}

const struct iomap_ops recfs_iomap_ops = {
	.iomap_begin	= recfs_iomap_begin,
	.iomap_end	= recfs_iomap_end,
};

/*
 * Writeback asks where @pos goes. Dirty data below i_size with neither a place
 * nor a reservation is the damage that all this is about.
 */
static int recfs_map(struct inode *inode, loff_t pos, u64 len,
		     struct iomap *iomap)
{
	struct recfs *fs = recfs_of(inode);
	unsigned int b, behind, n;

	memset(iomap, 0, sizeof(*iomap));
	fs->asked = mix64(fs->asked, pos);
	if (!recfs_range(fs, pos, len ? len : 1, &b, &behind)) {
		fs->lost++;
		return -EIO;
	}
	if (fs->building) {
		recfs_fill(fs, iomap, IOMAP_HOLE, 0, fs->nblocks);
		return 0;
	}
	if (fs->map_error && b == fs->map_error_block)
		return fs->map_error;
	recfs_lock(fs);
	n = recfs_run(fs, b, behind - b);
	fs->mapped += n;
	fs->asked = mix64(fs->asked, n);
	if (fs->extent[b] == SCN_DELALLOC || (fs->own && fs->extent[b] == SCN_UNWRITTEN)) {
		recfs_changes(fs);
		memset(fs->extent + b, SCN_WRITTEN, n);
	}
	if (fs->extent[b] == SCN_HOLE && pos < i_size_read(inode)) {
		if (!fs->lost)
			fs->first_lost = b;
		fs->lost += n;
		if (fs->lacks)
			fs->lacks(fs, b, b + n);
	}
	recfs_fill(fs, iomap, recfs_disk(fs) ? recfs_type[fs->extent[b]] :
		   IOMAP_HOLE, b, n);
	recfs_unlock(fs);
	return 0;
}

static void recfs_discard(struct folio *folio, loff_t pos)
{
	struct recfs *fs = recfs_of(folio->mapping->host);
	unsigned int b, behind;

	fs->discards++;
	fs->discard_pos = pos;
	if (!fs->own ||
	    !recfs_range(fs, pos, folio_pos(folio) + folio_size(folio) - pos, &b, &behind))
		return;
	recfs_lock(fs);
	recfs_drop(fs, b, behind);
	recfs_unreserve(fs, b, behind);
	recfs_unlock(fs);
}

static int recfs_get_folio(struct inode *inode, loff_t pos, size_t len)
{
	struct recfs *fs = recfs_of(inode);

	world_before_copy(len);
	fs->longest = max_t(size_t, fs->longest, offset_in_page(pos) + len);
	if (fs->get_folio_error && !fs->building && !fs->in_event &&
	    pos <= fs->get_folio_pos && fs->get_folio_pos < pos + (loff_t)len)
		return fs->get_folio_error;
	return 0;
}

static bool recfs_valid(struct inode *inode, const struct iomap *iomap)
{
	struct recfs *fs = recfs_of(inode);
	bool valid;

	recfs_lock(fs);
	valid = compat_cookie(iomap) == fs->changes;
	recfs_unlock(fs);
	return valid;
}

struct compat_hooks compat_hooks = {
	.punch		= recfs_punch,
	.get_folio	= recfs_get_folio,
	.iomap_valid	= recfs_valid,
	.map		= recfs_map,
	.discard	= recfs_discard,
};

static int recfs_read_folio(struct file *file, struct folio *folio)
{
	return compat_read_folio(folio, &recfs_iomap_ops);
}

static void recfs_readahead(struct readahead_control *rac)
{
	compat_readahead(rac, &recfs_iomap_ops);
}

static int recfs_writepages(struct address_space *mapping,
			    struct writeback_control *wbc)
{
	return compat_writepages(mapping, wbc);
}

static bool recfs_dirty_folio(struct address_space *mapping,
			      struct folio *folio)
{
	return compat_dirty_folio(mapping, folio);
}

const struct address_space_operations recfs_aops = {
	.read_folio		= recfs_read_folio,
	.readahead		= recfs_readahead,
	.writepages		= recfs_writepages,
	.dirty_folio		= recfs_dirty_folio,
	.release_folio		= iomap_release_folio,
	.invalidate_folio	= iomap_invalidate_folio,
	.is_partially_uptodate	= iomap_is_partially_uptodate,
};

/**
 * recfs_reset() - forget what was recorded and switch all faults off
 * @fs: the filesystem; its extents stay
 */
void recfs_reset(struct recfs *fs)
{
	fs->npunches = 0;
	fs->unlocked = 0;
	fs->iomap = NULL;
	fs->other_iomap = 0;
	fs->lost = 0;
	fs->first_lost = 0;
	fs->mapped = 0;
	fs->prealloc = 0;
	fs->punch_error = 0;
	fs->punch_error_at = 0;
	fs->map_error = 0;
	fs->dropped = NULL;
	fs->begun = NULL;
	fs->extents = NULL;
	fs->lacks = NULL;
	fs->discards = 0;
	fs->begin_error = 0;
	fs->get_folio_error = 0;
	fs->shared = false;
	fs->outer_lock = false;
	fs->inside = NULL;
	fs->zero_reserves = false;
	fs->event = NULL;
}

/**
 * recfs_load() - take the window and the extents of a scenario
 * @fs: the filesystem
 * @s: the scenario
 */
void recfs_load(struct recfs *fs, const struct scenario *s)
{
	fs->base = s->base;
	fs->blkbits = s->blkbits;
	fs->nblocks = s->nblocks;
	memcpy(fs->extent, s->extent, s->nblocks);
}

/**
 * recfs_attach() - make this the filesystem of an inode
 * @fs: the filesystem
 * @inode: the inode, which was opened with &recfs_aops
 */
void recfs_attach(struct recfs *fs, struct inode *inode)
{
	fs->inode = inode;
	inode->i_private = fs;
}

/**
 * recfs_detach() - undo recfs_attach()
 * @fs: the filesystem
 */
void recfs_detach(struct recfs *fs)
{
	fs->inode->i_private = NULL;
	fs->inode = NULL;
}
