// SPDX-License-Identifier: GPL-2.0-only
/* Writeback through XFS. See writeback.h. */
#include <linux/fs.h>
#include <linux/pagemap.h>
#include <linux/writeback.h>

#include "writeback.h"

struct writeback writeback;

/**
 * writeback_remember() - remember both forks and what is dirty
 * @f: the fixture
 */
void writeback_remember(struct fixture *f)
{
	struct xfs_stub_counters c;
	unsigned int b;

	writeback.splats = world_splats();
	forks_remember(f);
	fx_observe(f, &f->s);
	/* what is on disk already stays there */
	xfs_stub_count(f->w.inode, &c);
	writeback.size = c.size;
	memset(writeback.disk, 0, sizeof(writeback.disk));
	for (b = 0; b < f->s.nblocks; b++) {
		writeback.dirty[b] = scn_block_pos(&f->s, b) < f->s.isize &&
			oracle_block_dirty(&f->s, f->limits.dirty_per_block, b);
		if (writeback.dirty[b])
			writeback.size = max_t(loff_t, c.size,
					       min(f->s.isize, scn_block_pos(&f->s, b + 1)));
	}
}

/* What is another file's too is written by nobody, whatever the mapping says. */
static void writeback_piece(void *arg, const struct world_written *w)
{
	struct fixture *f = arg;
	u64 block = w->disk >> f->s.blkbits;
	loff_t end = w->pos + w->len, pos;

	for (pos = w->pos; pos < end; pos += 1LL << f->s.blkbits, block++) {
		if (xfs_stub_is_shared(block))
			fx_bad(f, "shared blocks are overwritten on disk");
		if (pos >= f->s.base && pos < scn_window_end(&f->s))
			writeback.disk[(pos - f->s.base) >> f->s.blkbits] = block;
	}
}

/**
 * writeback_submit_range() - write back what is dirty of some folios
 * @f: the fixture; both forks and what was dirty are remembered first
 * @sync: WB_SYNC_ALL, or WB_SYNC_NONE as the flusher does: that one comes to what is
 *	dirtied meanwhile, too
 * @start: first byte
 * @end: the last one
 *
 * Return: 0 or an error.
 */
int writeback_submit_range(struct fixture *f, enum writeback_sync_modes sync, loff_t start,
			   loff_t end)
{
	struct writeback_control wbc = {
		.sync_mode	= sync,
		.nr_to_write	= LONG_MAX,
		.range_start	= start,
		.range_end	= end,
	};

	writeback_remember(f);
	xfs_stub_forget();
	world_at_write(writeback_piece, f);
	return xfs_stub_aops->writepages(f->w.inode->i_mapping, &wbc);
}

/**
 * writeback_submit() - write back all that is dirty
 * @f: the fixture
 * @sync: see writeback_submit_range()
 *
 * Return: 0 or an error.
 */
int writeback_submit(struct fixture *f, enum writeback_sync_modes sync)
{
	return writeback_submit_range(f, sync, 0, LLONG_MAX);
}

/**
 * writeback_wait() - wait until writeback is done, and read both forks
 * @f: the fixture
 * @err: what writeback_submit() returned
 *
 * Return: 0 or the error that fsync(2) would report.
 */
int writeback_wait(struct fixture *f, int err)
{
	int later;

	world_wait_io();
	world_at_write(NULL, NULL);
	later = filemap_check_errors(f->w.inode->i_mapping);
	forks_observe(f);
	return err ?: later;
}

/**
 * writeback_run() - write back all that is dirty, and wait until that is done
 * @f: the fixture; both forks and what was dirty are remembered first
 *
 * Return: 0 or the error that fsync(2) would report.
 */
int writeback_run(struct fixture *f)
{
	return writeback_wait(f, writeback_submit(f, WB_SYNC_ALL));
}

/**
 * writeback_own() - does a block lie on disk, where no other file has it?
 * @f: the fixture, after writeback_run()
 * @block: in the window
 */
bool writeback_own(struct fixture *f, unsigned int block)
{
	return forks.map[XFS_STUB_DATA][block] == SCN_WRITTEN &&
		!xfs_stub_is_shared(forks.place[XFS_STUB_DATA][block]);
}

/* A reservation may have got a place beside one that was wanted. */
static bool writeback_may_become(unsigned char before, unsigned char after)
{
	return before == after || (before == SCN_DELALLOC && after == SCN_UNWRITTEN);
}

static void writeback_kept_block(struct fixture *f, unsigned int fork, unsigned int b)
{
	unsigned char before = forks.before[fork][b];

	if (!writeback_may_become(before, forks.map[fork][b]))
		fx_bad(f, "writeback changed blocks that were not dirty");
	else if (before != SCN_HOLE && before != SCN_DELALLOC &&
		 forks.was[fork][b] != forks.place[fork][b])
		fx_bad(f, "blocks that were not dirty are somewhere else after writeback");
}

/* Had it a block that nobody else has, and nothing that goes before it? */
static bool writeback_in_place(unsigned int b)
{
	return forks.before[XFS_STUB_DATA][b] == SCN_WRITTEN && !forks_was_shared(b) &&
		forks.before[XFS_STUB_COW][b] == SCN_HOLE;
}

/**
 * writeback_kept() - is all that was not dirty as it was?
 * @f: the fixture, after writeback_run(); fails its case if not
 */
void writeback_kept(struct fixture *f)
{
	unsigned int fork, b;

	for (b = 0; b < f->s.nblocks; b++)
		for (fork = 0; fork < XFS_STUB_FORKS && !writeback.dirty[b]; fork++)
			writeback_kept_block(f, fork, b);
	forks_whole(f);
}

/**
 * writeback_complete() - is all that was dirty on disk now?
 * @f: the fixture, after writeback_run() without error; fails its case if not
 */
void writeback_complete(struct fixture *f)
{
	struct xfs_stub_counters c;
	unsigned int b;

	for (b = 0; b < f->s.nblocks; b++) {
		if (!writeback.dirty[b])
			continue;
		if (!writeback_own(f, b))
			fx_bad(f, "dirty data has not got a block of its own");
		else if (forks.map[XFS_STUB_COW][b] != SCN_HOLE)
			fx_bad(f, "what was written is still in the COW fork");
		else if (writeback.disk[b] != forks.place[XFS_STUB_DATA][b])
			fx_bad(f, "data is not on disk where the file has it");
		else if (writeback_in_place(b) &&
			 forks.was[XFS_STUB_DATA][b] != forks.place[XFS_STUB_DATA][b])
			fx_bad(f, "a block of the file's own was not written in place");
	}
	xfs_stub_count(f->w.inode, &c);
	if (c.size != writeback.size) {
		KUNIT_EXPECT_EQ(f->test, c.size, writeback.size);
		fx_bad(f, "the size of the file on disk is wrong");
	}
	writeback_kept(f);
}

/* May this tree take an error of ->writeback_range for a length? See writeback_errno. */
#define WRITEBACK_CUT	(sizeof(ssize_t) == sizeof(u32) && LK_WRITEBACK_RANGE)

/**
 * writeback_error() - writeback has failed: is that what is said?
 * @f: the fixture, after writeback_run(); fails its case if not
 * @e: gets it added
 * @err: what writeback_run() returned
 * @want: for want of space, say
 * @unmapped: there was a folio that could not be mapped
 */
void writeback_error(struct fixture *f, struct writeback_errors *e, int err, int want,
		     bool unmapped)
{
	unsigned int splats = world_splats() - writeback.splats;

	e->unmapped += unmapped;
	if (WRITEBACK_CUT && unmapped && err == -EIO && splats == 1) {
		e->known++;
		return;
	}
	KUNIT_EXPECT_EQ(f->test, err, want);
	KUNIT_EXPECT_EQ(f->test, splats, 0U);
}

/**
 * writeback_errors_done() - end of a case that has used writeback_error()
 * @f: the fixture
 * @e: what was added up
 */
void writeback_errors_done(struct fixture *f, const struct writeback_errors *e)
{
	struct kunit *test = f->test;

	if (!e->known) {
		if (WRITEBACK_CUT)
			world_note("finding: " FINDING_WRITEBACK_ERRNO, "not in this tree");
		return;
	}
	KUNIT_ASSERT_EQ(test, e->known, e->unmapped);
	KUNIT_EXPECT_EQ(test, world_take_splats(), (int)e->known);
	if (test->status != KUNIT_FAILURE && !f->bad)
		kunit_skip(test, "known finding: " FINDING_WRITEBACK_ERRNO);
}
