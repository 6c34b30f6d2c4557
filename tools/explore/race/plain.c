// SPDX-License-Identifier: GPL-2.0-only
/* The recording filesystem as a target, with a lock of its own round its extents. */
#include <linux/fs.h>
#include <linux/iomap.h>
#include <linux/kernel.h>
#include <linux/rwsem.h>
#include <linux/writeback.h>

#include <compat.h>

#include "scene.h"

/* The tree's own: takes no lock. */
static int (*plain_punch)(struct inode *inode, loff_t offset, loff_t length,
			  struct iomap *iomap);

/* A punch whose caller thinks of the lock when all is decided. */
static int plain_punch_late(struct inode *inode, loff_t offset, loff_t length,
			    struct iomap *iomap)
{
	int err;

	filemap_invalidate_lock(inode->i_mapping);
	err = plain_punch(inode, offset, length, iomap);
	filemap_invalidate_unlock(inode->i_mapping);
	return err;
}

/* As fx_end_plain(), with the lock left alone where it is the caller's. */
static int plain_end_unlocked(struct recfs *fs, loff_t pos, loff_t length, ssize_t written,
			      unsigned int flags, struct iomap *iomap)
{
	loff_t start = compat_last_written_block(fs->inode, pos, written);
	loff_t end = round_up(pos + length, (loff_t)i_blocksize(fs->inode));
	unsigned int before = world_splats();
	int err;

	if (iomap->type != IOMAP_DELALLOC || !(iomap->flags & IOMAP_F_NEW) ||
	    start >= end)
		return 0;
	err = compat_release_locked(fs->inode, start, end, flags, iomap);
	/* that the tree complains of the lock is known; what comes of it is asked */
	stage.splats += world_splats() - before;
	return err;
}

/* Does this mapping's part of an operation store anything? */
static bool plain_stores(const struct iomap *iomap, unsigned int flags)
{
	if (flags & IOMAP_FAULT)
		return false;	/* marks for itself, under the folio's lock */
	if (flags & IOMAP_ZERO)
		return iomap->type != IOMAP_HOLE && iomap->type != IOMAP_UNWRITTEN;
	return !(flags & IOMAP_UNSHARE) || iomap->flags & IOMAP_F_SHARED;
}

/* A write begins to store. */
static void plain_begun(struct recfs *fs, unsigned int flags)
{
	if (!(flags & IOMAP_FAULT))
		books_begun();
}

/* ->iomap_end of all. */
static int plain_end(struct recfs *fs, loff_t pos, loff_t length, ssize_t written,
		     unsigned int flags, struct iomap *iomap)
{
	int err;

	if (written > 0 && plain_stores(iomap, flags))
		books_stored(pos, written);
	/* whoever zeroes or unshares holds invalidate_lock */
	if (flags & (IOMAP_ZERO | IOMAP_UNSHARE))
		return LK_RELEASE_LOCKS ? 0 : plain_end_unlocked(fs, pos, length, written,
								  flags, iomap);
	if (!scene_keeps_rules())
		return plain_end_unlocked(fs, pos, length, written, flags, iomap);
	if (flags & IOMAP_FAULT || stage.locking == RACE_LOCK_SHARED)
		return fx_end_plain(fs, pos, length, written, flags, iomap);
	rules_release(true);
	err = fx_end_plain(fs, pos, length, written, flags, iomap);
	rules_release(false);
	return err;
}

static void plain_dropped(struct recfs *fs, unsigned int block)
{
	books_gone(block);
}

/*
 * What writeback may find without a reservation: blocks over nothing that a fault has
 * dirtied, or a release has left, behind i_size, until something is reserved there. Those
 * that it has found, and those of them that it may. The extents are locked.
 */
static bool plain_over_nothing[SCENE_PAGES * 2], plain_lost[SCENE_PAGES * 2];
static unsigned int plain_found;
/* Writeback has lost something, and has to say so. */
static bool plain_failed;

static void plain_extents(struct recfs *fs, unsigned int first, unsigned int behind,
			  unsigned int flags)
{
	/* a fault dirties the rest of its folio, too */
	if (flags & IOMAP_FAULT)
		behind = round_up(behind, 1U << (stage.ratio + stage.order));
	for (; first < behind && first < fs->nblocks; first++) {
		if (fs->extent[first] != SCN_HOLE)
			plain_over_nothing[first] = false;
		else if (scn_block_pos(&stage.f->s, first) >= READ_ONCE(fs->inode->i_size))
			plain_over_nothing[first] = true;
	}
}

static void plain_lacks(struct recfs *fs, unsigned int first, unsigned int behind)
{
	/* a tree that knows dirty folios only asks for the clean blocks of one, too */
	bool exact = stage.f->limits.dirty_per_block || !(stage.ratio + stage.order);

	plain_found += behind - first;
	for (; first < behind; first++)
		if (!plain_over_nothing[first] &&
		    (exact || READ_ONCE(stage.f->dirtied[first])))
			plain_lost[first] = true;
}

/* What was to go to disk, and does not, because writeback could not map the next page. */
static void plain_unsent(void *unused, const struct world_written *w)
{
	WRITE_ONCE(plain_failed, true);
	if (stage.scene->flags & SCENE_UNMAPPED)
		books_went(w->pos, w->len);
}

/* What goes to disk has to go again only if it is stored to again. */
static void plain_submitted(void *unused, const struct world_written *w)
{
	if (w->failed)
		WRITE_ONCE(plain_failed, true);
	books_went(w->pos, w->len);
}

static const char *plain_open(void)
{
	static struct rw_semaphore own;

	world_own_lock(&own);
	stage.f->fs.own = &own;
	if (stage.locking == RACE_LOCK_LATE) {
		plain_punch = compat_hooks.punch;
		compat_hooks.punch = plain_punch_late;
	}
	return NULL;
}

static const char *plain_lay(void)
{
	struct recfs *fs = &stage.f->fs;

	/* the extents came with the page cache */
	fs->prealloc = 1U << stage.ratio;
	fs->end = plain_end;
	fs->dropped = plain_dropped;
	fs->begun = plain_begun;
	fs->extents = plain_extents;
	fs->lacks = plain_lacks;
	fs->shared = stage.scene->flags & SCENE_SHARED;
	books_begun();
	memset(plain_over_nothing, 0, sizeof(plain_over_nothing));
	memset(plain_lost, 0, sizeof(plain_lost));
	plain_found = 0;
	plain_failed = false;
	world_at_write(plain_submitted, NULL);
	world_at_unsent(plain_unsent, NULL);
	return NULL;
}

static void plain_clear(void)
{
}

static ssize_t plain_write(loff_t pos, size_t len, size_t fault_at)
{
	return fx_store(stage.f, pos, len, fault_at, true);
}

static int plain_fault(unsigned int block)
{
	return fx_write_fault(stage.f, block);
}

static int plain_writeback(struct writeback_control *wbc)
{
	return recfs_aops.writepages(stage.f->w.inode->i_mapping, wbc);
}

/* What truncate(2), fallocate(2) and their like hold. */
static void plain_lock(void)
{
	fx_rwsem(stage.f, true);
	filemap_invalidate_lock(stage.f->w.inode->i_mapping);
}

static void plain_unlock(void)
{
	filemap_invalidate_unlock(stage.f->w.inode->i_mapping);
	fx_rwsem(stage.f, false);
}

static int plain_truncate(loff_t size)
{
	struct inode *inode = stage.f->w.inode;
	loff_t old;
	int err;

	plain_lock();
	old = i_size_read(inode);
	/* what lies between the old end and the new one must be zeroes */
	if (size > old)
		err = compat_zero_range(inode, old, size - old, NULL, &recfs_iomap_ops);
	else
		err = compat_truncate_page(inode, size, NULL, &recfs_iomap_ops);
	if (!err) {
		truncate_setsize(inode, size);
		if (size < old)
			recfs_cut(&stage.f->fs, size);
	}
	plain_unlock();
	return err;
}

static int plain_zero(loff_t pos, loff_t len)
{
	int err;

	plain_lock();
	err = compat_zero_range(stage.f->w.inode, pos, len, NULL, &recfs_iomap_ops);
	plain_unlock();
	return err;
}

static int plain_unshare(loff_t pos, loff_t len)
{
	int err;

	plain_lock();
	err = compat_file_unshare(stage.f->w.inode, pos, len, &recfs_iomap_ops);
	plain_unlock();
	return err;
}

static void plain_direct(loff_t pos, loff_t len)
{
	recfs_direct(&stage.f->fs, pos, len);
}

static void plain_unmap(int block)
{
	stage.f->fs.map_error = block < 0 ? 0 : -EIO;
	stage.f->fs.map_error_block = block;
}

static unsigned char plain_extent(unsigned int block)
{
	return stage.f->fs.extent[block];
}

/*
 * eof_block: the last punch of a release began at i_size, in the middle of a block,
 * and a filesystem rounds that outward.
 */
static const char *plain_known(unsigned int block)
{
	const struct recfs *fs = &stage.f->fs;
	loff_t pos = scn_block_pos(&stage.f->s, block), behind = pos + (1LL << fs->blkbits);
	loff_t sizes[] = { scene_pos(stage.scene->isize), scene_pos(stage.scene->to) };
	unsigned int i, j;

	/* what it has lost it has lost to the last one; those before found it clean */
	for (i = fs->npunches; i--;) {
		const struct oracle_punch *p = &fs->punch[i];

		if (p->offset >= behind || p->offset + p->length <= pos)
			continue;
		for (j = 0; j < ARRAY_SIZE(sizes); j++)
			if (p->offset == sizes[j] && sizes[j] > pos)
				return FINDING_EOF_BLOCK;
		break;
	}
	return NULL;
}

static const char *plain_check(void)
{
	const struct recfs *fs = &stage.f->fs;
	const char *known;
	unsigned int b;

	for (b = 0; b < fs->nblocks; b++) {
		if (!plain_lost[b])
			continue;
		known = plain_known(b);
		if (!known)
			return "writeback finds a dirty block without a reservation";
		stage.known = known;
		plain_lost[b] = false;
	}
	if (fs->lost != plain_found)
		return "writeback asks for what lies behind the file";
	return fs->unlocked && scene_keeps_rules() ?
		"a punch without invalidate_lock held for writing" : NULL;
}

static const char *plain_judge(void)
{
	const struct fixture *f = stage.f;
	unsigned int b;

	for (b = 0; b < f->s.nblocks; b++)
		if (f->dirtied[b] && scn_block_pos(&f->s, b) < f->w.inode->i_size &&
		    !plain_known(b))
			return "what was stored to a block last is never written out";
	if ((plain_failed || f->fs.discards) != !!filemap_check_errors(f->w.inode->i_mapping))
		return plain_failed || f->fs.discards ?
			"writeback has failed and nobody hears of it" :
			"writeback says that it has failed, and has not";
	return plain_check();
}

static const char *plain_object(const void *obj)
{
	return obj == stage.f->fs.own ? "the extents" : NULL;
}

const struct target target_plain = {
	.name		= "plain",
	.prefix		= "",
	.words		= "",
	.open		= plain_open,
	.lay		= plain_lay,
	.clear		= plain_clear,
	.write		= plain_write,
	.fault		= plain_fault,
	.writeback	= plain_writeback,
	.truncate	= plain_truncate,
	.zero		= plain_zero,
	.unshare	= plain_unshare,
	.direct		= plain_direct,
	.unmap		= plain_unmap,
	.extent		= plain_extent,
	.check		= plain_check,
	.judge		= plain_judge,
	.known		= plain_known,
	.object		= plain_object,
};
