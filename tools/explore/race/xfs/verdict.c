// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is judged of XFS: both forks, read when nobody is changing them; the counters;
 * what went to disk, and where.
 */
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "local.h"

struct race_xfs race_xfs;

static void verdict_piece(void *arg, const struct world_written *w)
{
	const struct scenario *s = &stage.f->s;
	u64 block = w->disk >> s->blkbits;
	loff_t end = w->pos + w->len, pos;
	unsigned int b;

	books_went(w->pos, w->len);
	for (pos = w->pos; pos < end; pos += 1LL << s->blkbits, block++) {
		if (xfs_stub_is_shared(block))
			__atomic_fetch_add(&race_xfs.overwritten, 1, __ATOMIC_RELAXED);
		if (pos < s->base || pos >= scn_window_end(s))
			continue;
		b = (pos - s->base) >> s->blkbits;
		race_xfs.lost[b] |= w->failed;
		*(w->failed ? &race_xfs.bad[b] : &race_xfs.disk[b]) = block;
	}
}

/* What was to go there, and does not: its I/O had a part that found no place. */
static void verdict_unsent(void *arg, const struct world_written *w)
{
	unsigned int first, behind;

	books_went(w->pos, w->len);
	if (!recfs_range(&stage.f->fs, w->pos, w->len, &first, &behind))
		return;
	for (; first < behind; first++)
		race_xfs.lost[first] = true;
}

/**
 * verdict_watch() - look at what goes to disk from now on
 */
void verdict_watch(void)
{
	world_at_write(verdict_piece, NULL);
	world_at_unsent(verdict_unsent, NULL);
}

/**
 * verdict_discarded() - writeback has found no place for part of a folio: its data goes
 * @from: first byte
 * @to: byte behind the last
 */
void verdict_discarded(loff_t from, loff_t to)
{
	unsigned int first, behind;

	books_went(from, to - from);
	if (!recfs_range(&stage.f->fs, from, to - from, &first, &behind))
		return;
	for (; first < behind; first++)
		race_xfs.discarded[first] = true;
}

/**
 * verdict_punched() - a release gives something back
 * @from: first byte
 * @to: byte behind the last
 */
void verdict_punched(loff_t from, loff_t to)
{
	unsigned int first, behind;

	if (!recfs_range(&stage.f->fs, from, to - from, &first, &behind))
		return;
	for (; first < behind; first++)
		race_xfs.punched[first] = from;
}

/**
 * verdict_known() - the known finding by which a dirty block has just lost what it had
 * @block: in the window
 *
 * eof_block: the punch that took it began at i_size, in the middle of it.
 *
 * Return: its name, or NULL.
 */
const char *verdict_known(unsigned int block)
{
	loff_t pos = scn_block_pos(&stage.f->s, block), at = race_xfs.punched[block];

	return at > pos && (at == scene_pos(stage.scene->isize) ||
			    at == scene_pos(stage.scene->to)) ? FINDING_EOF_BLOCK : NULL;
}

/**
 * verdict_wrote() - a direct write goes to disk
 * @pos: in bytes
 * @len: in bytes, of whole blocks
 * @disk: where it goes, in bytes
 */
void verdict_wrote(loff_t pos, loff_t len, u64 disk)
{
	const struct scenario *s = &stage.f->s;
	u64 block = disk >> s->blkbits;

	for (; len > 0; pos += 1LL << s->blkbits, len -= 1LL << s->blkbits, block++) {
		if (xfs_stub_is_shared(block))
			__atomic_fetch_add(&race_xfs.overwritten, 1, __ATOMIC_RELAXED);
		race_xfs.disk[(pos - s->base) >> s->blkbits] = block;
	}
}

/**
 * verdict_cut() - the file was made longer or shorter: what lies behind its end is gone
 * @size: of the file, in bytes
 *
 * The ilock is held for writing.
 */
void verdict_cut(loff_t size)
{
	struct fixture *f = stage.f;
	unsigned int b;

	forks_observe(f);
	for (b = 0; b < f->s.nblocks; b++) {
		if (scn_block_pos(&f->s, b) < size)
			continue;
		if (forks.map[XFS_STUB_DATA][b] != SCN_HOLE ||
		    forks.map[XFS_STUB_COW][b] != SCN_HOLE)
			stage.broken = "a file that was cut has something behind its end";
		books_gone(b);
		race_xfs.disk[b] = 0;
		race_xfs.bad[b] = 0;
		race_xfs.lost[b] = true;
		race_xfs.discarded[b] = false;
	}
}

static void verdict_read(void)
{
	unsigned int b;

	forks_observe(stage.f);
	race_xfs.seen = xfs_stub_changes;
	for (b = 0; b < stage.f->s.nblocks; b++)
		race_xfs.had[b] |= forks.map[XFS_STUB_COW][b] != SCN_HOLE;
}

/**
 * verdict_begin() - a run begins: the forks are laid out
 */
void verdict_begin(void)
{
	race_xfs.unlocked = 0;
	race_xfs.overwritten = 0;
	memset(race_xfs.disk, 0, sizeof(race_xfs.disk));
	memset(race_xfs.bad, 0, sizeof(race_xfs.bad));
	verdict_watch();
	memset(race_xfs.had, 0, sizeof(race_xfs.had));
	memset(race_xfs.lost, 0, sizeof(race_xfs.lost));
	memset(race_xfs.discarded, 0, sizeof(race_xfs.discarded));
	memset(race_xfs.punched, 0, sizeof(race_xfs.punched));
	verdict_read();
}

/* The forks as they were when last nobody had the ilock for writing. */
static void verdict_look(void)
{
	if (race_xfs.seen == xfs_stub_changes || xfs_stub_busy(stage.f->w.inode))
		return;
	verdict_read();
}

/**
 * verdict_extent() - what dirty data of a block would be written to
 * @block: in the window
 *
 * While somebody has the ilock for writing that is what it was before: nobody else
 * can tell.
 */
unsigned char verdict_extent(unsigned int block)
{
	verdict_look();
	if (forks.map[XFS_STUB_COW][block] != SCN_HOLE)
		return forks.map[XFS_STUB_COW][block];
	/* in place it would go to other files' blocks as well */
	return forks_shared(block) ? SCN_HOLE : forks.map[XFS_STUB_DATA][block];
}

const char *verdict_check(void)
{
	verdict_look();
	if (race_xfs.unlocked)
		return "a punch without invalidate_lock held for writing";
	if (race_xfs.overwritten)
		return "shared blocks are overwritten on disk";
	return NULL;
}

/*
 * The known finding cow_fork: nothing of the COW fork is given back. Exactly that: who
 * has given some of it back, and does not own up to it, is none of these trees.
 */
static bool verdict_finding(void)
{
	return stage.target->shared && !xfs_stub_punch_takes_fork;
}

/**
 * verdict_leaves() - is it the known finding that something has stayed in the COW fork?
 * @block: in the window
 *
 * Return: its name, or NULL.
 */
const char *verdict_leaves(unsigned int block)
{
	return verdict_finding() && forks.map[XFS_STUB_COW][block] != SCN_HOLE ?
		FINDING_COW_FORK : NULL;
}

/**
 * verdict_keeps() - may a reservation be left that no dirty data waits for?
 * @block: in the window
 *
 * The discard of a folio gives back what the data fork has; what the COW fork has is
 * for background work to find.
 */
bool verdict_keeps(unsigned int block)
{
	return race_xfs.discarded[block] &&
		forks.map[XFS_STUB_DATA][block] != SCN_DELALLOC;
}

/* Has something gone out of the COW fork that was not written? */
static bool verdict_given_back(void)
{
	unsigned int b;

	for (b = 0; b < stage.f->s.nblocks; b++)
		if (race_xfs.had[b] && !race_xfs.lost[b] &&
		    forks.map[XFS_STUB_COW][b] == SCN_HOLE && forks_shared(b))
			return true;
	return false;
}

/* What all has been written back for, and is left. Return: NULL, or what is wrong. */
static const char *verdict_left(unsigned int b)
{
	const unsigned char cow = forks.map[XFS_STUB_COW][b];
	/* where some is reserved for later */
	bool behind = scn_block_pos(&stage.f->s, b) >= stage.f->w.inode->i_size;

	if (race_xfs.disk[b] && (forks.map[XFS_STUB_DATA][b] != SCN_WRITTEN ||
				 race_xfs.disk[b] != forks.place[XFS_STUB_DATA][b]))
		return "what was written is not on disk where the file has it";
	if (race_xfs.bad[b] && cow != SCN_HOLE && cow != SCN_DELALLOC &&
	    race_xfs.bad[b] == forks.place[XFS_STUB_COW][b])
		return "a block that could not be written is left in the COW fork";
	if (behind)
		return NULL;
	if (forks.map[XFS_STUB_DATA][b] == SCN_DELALLOC && !stage.scene->isize)
		return "a reservation is left in the data fork without dirty data";
	return stage.f->dirtied[b] && !verdict_known(b) ?
		"what was stored to a block last is never written out" : NULL;
}

/**
 * verdict_judge() - at the end, when all is written back
 */
const char *verdict_judge(void)
{
	struct fixture *f = stage.f;
	static char why[RACE_WORDS];
	const char *wrong = NULL;
	unsigned int b;

	if (!xfs_stub_sums_right(f->w.inode, &forks.options, why, sizeof(why)))
		return why;
	verdict_read();
	for (b = 0; !wrong && b < f->s.nblocks; b++)
		wrong = verdict_left(b);
	if (wrong)
		return wrong;
	if (verdict_finding() && verdict_given_back())
		return "the COW fork is not as the known finding " FINDING_COW_FORK " has it";
	return verdict_check();
}
