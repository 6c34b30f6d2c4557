// SPDX-License-Identifier: GPL-2.0-only
/*
 * One release, and the verdict on it.
 */
#include <linux/fs.h>
#include <linux/iomap.h>
#include <linux/pagemap.h>

#include <compat.h>

#include "digest.h"
#include "picture.h"

/* So many failures of a case are drawn. */
#define FX_MAX_DRAWN	2

static void fx_line(void *arg, const char *text)
{
	struct fixture *f = arg;

	kunit_err(f->test, "%s\n", text);
}

/**
 * fx_oracle_input() - what the oracle is to judge
 * @f: the fixture: a release has been made
 * @in: filled in
 */
void fx_oracle_input(struct fixture *f, struct oracle_input *in)
{
	in->s = &f->s;
	in->dirty_per_block = f->limits.dirty_per_block;
	in->dirty = NULL;
	in->punch = f->fs.punch;
	in->npunches = min_t(unsigned int, f->fs.npunches, RECFS_MAX_PUNCHES);
	in->after = f->fs.extent;
	in->want = f->want;
}

/**
 * fx_bad() - a release went wrong: fail the case and show it
 * @f: the fixture; the oracle has judged
 * @words: what went wrong
 */
void fx_bad(struct fixture *f, const char *words)
{
	struct kunit *test = f->test;
	struct oracle_input in;

	if (f->bad++ >= FX_MAX_DRAWN)
		return;
	KUNIT_EXPECT_EQ_MSG(test, f->v.nbad, 0U, "%s", words);
	if (!f->v.nbad)
		KUNIT_FAIL(test, "%s", words);
	fx_oracle_input(f, &in);
	picture_draw(&in, &f->v, fx_line, f);
	kunit_err(test, "again: %s '%s.%s'\n", world_command(), fx_suite,
		  test->name);
}

/**
 * fx_side_wants() - does @f->s lie on the side that a case judges?
 * @f: the fixture
 * @side: the side
 *
 * Sweeps are run by two cases, one for each side, so that one known finding
 * never hides the rest of a sweep.
 */
bool fx_side_wants(struct fixture *f, enum fx_side side)
{
	unsigned int block;

	f->side = side;
	return finding_eof_block(&f->s, f->limits.dirty_per_block, &block) ==
	       (side == FX_FINDING);
}

/**
 * fx_judge_calls() - errors, locks and splats of a release
 * @f: the fixture
 * @err: what the release returned
 *
 * Return: what went wrong, or NULL.
 */
const char *fx_judge_calls(struct fixture *f, int err)
{
	static char why[48];

	if (err != f->fs.punch_error) {
		snprintf(why, sizeof(why), "the release returned %d", err);
		return why;
	}
	if (f->fs.npunches > RECFS_MAX_PUNCHES)
		return "too many punches to record";
	if (f->fs.unlocked)
		return "punch without invalidate_lock held for writing";
	if (f->fs.other_iomap)
		return "punch with another mapping than that of the release";
	if (world_invalidate_held(f->w.inode->i_mapping) && !f->fs.outer_lock)
		return "invalidate_lock is still held";
	if (world_splats() != f->splats)
		return "the kernel complained";
	return NULL;
}

/**
 * fx_judge_rest() - all but the oracle: errors, locks, splats, the page cache
 * @f: the fixture: @f->before is the page cache before the release
 * @err: what the release returned
 *
 * Return: what went wrong, or NULL.
 */
const char *fx_judge_rest(struct fixture *f, int err)
{
	static char why[160];
	const char *words = fx_judge_calls(f, err);

	if (words)
		return words;
	fx_snapshot(f, &f->now);
	if (!f->cache_changes &&
	    !fx_same(f, &f->before, &f->now, why, sizeof(why)))
		return why;
	return NULL;
}

/**
 * fx_judge() - judge a release that has just been made
 * @f: the fixture: @f->s and @f->before are the state before it
 * @err: what it returned
 *
 * Counts in @right, @known or @bad, and fails the case on the last.
 */
void fx_judge(struct fixture *f, int err)
{
	struct oracle_input in;
	const char *words;
	unsigned int block;

	fx_oracle_input(f, &in);
	f->releases++;
	oracle_judge(&in, &f->v);
	f->twice += f->v.twice;
	words = fx_judge_rest(f, err);
	if (words) {
		fx_bad(f, words);
	} else if (!f->v.nbad || f->dry) {
		f->right++;
	} else if (f->side == FX_FINDING &&
		   finding_eof_block(&f->s, f->limits.dirty_per_block,
				     &block) &&
		   finding_eof_block_holds(&in, &f->v)) {
		f->known++;
	} else {
		fx_bad(f, "the release broke its contract");
	}
}

/**
 * fx_release_call() - release the range of @f->s and judge nothing
 * @f: the fixture; fx_build() has made the page cache of @f->s
 *
 * Range, size and extents may have been changed since the build.
 *
 * Return: what the release returned.
 */
int fx_release_call(struct fixture *f)
{
	struct inode *inode = f->w.inode;
	struct iomap iomap = fx_fresh(f->s.start, f->s.end);
	int err;

	memcpy(f->fs.extent, f->s.extent, f->s.nblocks);
	f->fs.npunches = 0;
	f->fs.unlocked = 0;
	f->fs.iomap = &iomap;
	f->fs.other_iomap = 0;
	i_size_write(inode, f->s.isize);
	f->before.isize = f->s.isize;
	f->splats = world_splats();
	if (f->release)
		err = f->release(f);
	else
		err = compat_release(inode, f->s.start, f->s.end, IOMAP_WRITE, &iomap);
	f->fs.iomap = NULL;
	return err;
}

/**
 * fx_release() - release the range of @f->s and judge it
 * @f: the fixture, as for fx_release_call()
 *
 * Return: false when a sweep should give up.
 */
bool fx_release(struct fixture *f)
{
	int err;

	if (f->bad >= FX_MAX_BAD)
		return false;
	err = fx_release_call(f);
	digest_step(f, "release", f->s.start, f->s.end, err);
	fx_judge(f, err);
	return f->bad < FX_MAX_BAD;
}

/**
 * fx_parsed() - build a scenario written as text
 * @f: the fixture
 * @blkbits: log2 of the block size
 * @base: file position of the window
 * @layout: the page cache, see scn_parse()
 * @extents: the extents
 *
 * Return: false if that failed, and with it the case.
 */
bool fx_parsed(struct fixture *f, unsigned int blkbits, scn_pos base,
	       const char *layout, const char *extents)
{
	if (!scn_parse(&f->s, PAGE_SHIFT, blkbits, base, layout, extents)) {
		f->bad = FX_MAX_BAD;
		KUNIT_FAIL(f->test, "cannot read layout %s", layout);
		return false;
	}
	return fx_build(f, NULL);
}

/* Does dirty data lie over a hole already? Then writeback proves nothing. */
static bool fx_map_unsound(struct fixture *f)
{
	unsigned int b;

	for (b = 0; b < f->s.nblocks; b++)
		if (f->s.extent[b] == SCN_HOLE &&
		    scn_block_pos(&f->s, b) < f->s.isize &&
		    oracle_block_dirty(&f->s, f->limits.dirty_per_block, b))
			return true;
	return false;
}

/**
 * fx_writeback_holds() - write back: every dirty block must find its space
 * @f: the fixture; a release has been judged, the page cache is used up
 */
void fx_writeback_holds(struct fixture *f)
{
	unsigned int b, block = f->s.nblocks, lost = 0;
	int err;

	if (f->bad || fx_map_unsound(f))
		return;
	if (f->v.nbad &&
	    finding_eof_block(&f->s, f->limits.dirty_per_block, &block))
		lost = f->s.extent[block] == SCN_DELALLOC;
	f->fs.lost = 0;
	err = fx_writeback(f);
	if (err || f->fs.lost != lost ||
	    (lost && f->fs.first_lost != block)) {
		fx_bad(f, "writeback found dirty data without space");
		return;
	}
	for (b = 0; b < f->s.nblocks; b++) {
		if (b == block || f->s.extent[b] != SCN_DELALLOC ||
		    scn_block_pos(&f->s, b) >= f->s.isize ||
		    !oracle_block_dirty(&f->s, f->limits.dirty_per_block, b))
			continue;
		if (f->fs.extent[b] != SCN_WRITTEN)
			fx_bad(f, "writeback passed over dirty data");
	}
}

/**
 * fx_finding_done() - end of a case that judged FX_FINDING
 * @f: the fixture
 *
 * A tree with the finding skips the case by the finding's name; one without it
 * passes, and the summary says so; anything between is a new failure.
 */
void fx_finding_done(struct fixture *f)
{
	struct kunit *test = f->test;

	if (f->bad)
		return;
	if (f->known && f->right) {
		KUNIT_FAIL(test, "%u releases show %s and %u do not", f->known,
			   FINDING_EOF_BLOCK, f->right);
		return;
	}
	if (f->known)
		kunit_skip(test, "known finding: " FINDING_EOF_BLOCK);
	KUNIT_EXPECT_NE_MSG(test, f->right, 0U, "nothing was judged");
	world_note("finding: " FINDING_EOF_BLOCK, "not in this tree");
}
