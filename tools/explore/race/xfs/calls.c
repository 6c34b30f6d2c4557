// SPDX-License-Identifier: GPL-2.0-only
/*
 * What tasks call: the way down to XFS that a system call takes, with the locks that
 * stand above what is run here.
 */
#include <linux/fs.h>
#include <linux/iomap.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/string.h>
#include <linux/writeback.h>

#include <compat.h>

#include "local.h"

/* Sources of writes: more than one task may write. */
static struct world_source calls_source[RACE_TASKS];

static unsigned int calls_task(void)
{
	int running = race_running();

	return running < 0 ? 0 : running;
}

static int calls_iomap_begin(struct inode *inode, loff_t pos, loff_t length, unsigned int flags,
			     struct iomap *iomap, struct iomap *srcmap)
{
	books_begun();
	return xfs_stub_write_ops->iomap_begin(inode, pos, length, flags, iomap, srcmap);
}

static bool calls_dirties(unsigned int flags, const struct iomap *iomap)
{
	if (flags & IOMAP_UNSHARE)
		return iomap->flags & IOMAP_F_SHARED;
	return iomap->type != IOMAP_HOLE &&
		(iomap->type != IOMAP_UNWRITTEN || !(flags & IOMAP_ZERO));
}

static int calls_iomap_end(struct inode *inode, loff_t pos, loff_t length, ssize_t written,
			   unsigned int flags, struct iomap *iomap)
{
	unsigned int task = calls_task();
	int err;

	if (written > 0 && calls_dirties(flags, iomap))
		books_stored(pos, written);
	race_xfs.ending[task] = true;
	err = xfs_stub_write_ops->iomap_end(inode, pos, length, written, flags, iomap);
	race_xfs.ending[task] = false;
	return err;
}

static const struct iomap_ops calls_ops = {
	.iomap_begin	= calls_iomap_begin,
	.iomap_end	= calls_iomap_end,
};

/* Who discards a folio has it locked; who ends I/O has not. */
static bool calls_discards(void)
{
	unsigned int i;

	for (i = 0; i < current->lk_nr_held; i++)
		if (current->lk_held[i].map->rank == LK_RANK_FOLIO)
			return true;
	return false;
}

static void calls_punched(const struct xfs_stub_punch *p)
{
	/* who discards a folio, or ends I/O that has failed, has no such lock */
	if (race_xfs.ending[calls_task()]) {
		if (!p->locked)
			__atomic_fetch_add(&race_xfs.unlocked, 1, __ATOMIC_RELAXED);
		verdict_punched(p->start, p->end);
	} else if (calls_discards()) {
		verdict_discarded(p->start, p->end);
	}
}

/*
 * The known finding cow_hole: a direct write has let go of the ilock to get a transaction,
 * and a fault has reserved its hole in the COW fork meanwhile.
 */
static bool calls_assert(const char *func, const char *expr)
{
	unsigned int task = calls_task(), b, first = stage.scene->task[task].page << stage.ratio;

	if (stage.scene->task[task].job != SCENE_DIRECT ||
	    strcmp(func, "xfs_reflink_fill_cow_hole") ||
	    strcmp(expr, "cmap->br_startoff > imap->br_startoff"))
		return false;
	forks_observe(stage.f);
	for (b = first; b < first + (1U << stage.ratio); b++) {
		if (forks.map[XFS_STUB_COW][b] == SCN_DELALLOC) {
			stage.known = FINDING_COW_HOLE;
			return true;
		}
	}
	return false;
}

static vm_fault_t calls_mkwrite(struct vm_fault *vmf)
{
	return xfs_stub_page_mkwrite(vmf, xfs_stub_fault_ops);
}

/**
 * calls_begin() - a run begins: nobody is inside a call
 */
void calls_begin(void)
{
	memset(race_xfs.ending, 0, sizeof(race_xfs.ending));
	xfs_stub_forget();
	xfs_stub_in_punch = calls_punched;
	xfs_stub_assert_known = calls_assert;
	stage.f->mkwrite = calls_mkwrite;
}

ssize_t calls_write(loff_t pos, size_t len, size_t fault_at)
{
	struct world_source *src = &calls_source[calls_task()];
	struct inode *inode = stage.f->w.inode;
	struct kiocb iocb = {
		.ki_filp	= stage.f->w.file,
		.ki_pos		= pos,
	};
	ssize_t ret;

	world_source(src, len, fault_at, true);
	inode_lock(inode);
	ret = xfs_stub_buffered_write(&iocb, &src->iter, &calls_ops);
	inode_unlock(inode);
	return ret;
}

int calls_fault(unsigned int block)
{
	return fx_write_fault(stage.f, block);
}

int calls_writeback(struct writeback_control *wbc)
{
	int err = xfs_stub_aops->writepages(stage.f->w.inode->i_mapping, wbc);

	hooks_works();
	return err;
}

/* What truncate(2), fallocate(2) and their like hold. */
static void calls_lock(void)
{
	fx_rwsem(stage.f, true);
	filemap_invalidate_lock(stage.f->w.inode->i_mapping);
}

static void calls_unlock(void)
{
	filemap_invalidate_unlock(stage.f->w.inode->i_mapping);
	fx_rwsem(stage.f, false);
}

int calls_truncate(loff_t size)
{
	int err;

	calls_lock();
	err = xfs_stub_truncate(stage.f->w.inode, size, &calls_ops, verdict_cut);
	calls_unlock();
	return err;
}

int calls_zero(loff_t pos, loff_t len)
{
	int err;

	calls_lock();
	err = xfs_stub_zero_range(stage.f->w.inode, pos, len, NULL, &calls_ops);
	calls_unlock();
	return err;
}

/* As XFS does it, but that the inode keeps its mark of sharing blocks. */
int calls_unshare(loff_t pos, loff_t len)
{
	struct inode *inode = stage.f->w.inode;
	int err;

	calls_lock();
	err = xfs_stub_file_unshare(inode, pos, len, &calls_ops);
	if (!err)
		err = filemap_write_and_wait_range(inode->i_mapping, pos, pos + len - 1);
	calls_unlock();
	return err;
}

void calls_direct(loff_t pos, loff_t len)
{
	if (xfs_stub_direct(stage.f->w.inode, pos, len, verdict_wrote))
		stage.broken = "a direct write fails";
}

void calls_unmap(int block)
{
	xfs_stub_convert_error = block < 0 ? 0 : -EIO;
}
