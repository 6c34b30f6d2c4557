// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is judged of XFS beside what the oracle says of the fork of the write: the
 * trees of extents, the counters, the other fork; and the known finding cow_fork,
 * where the data fork is punched in its stead. Then all is put back.
 *
 * forks.judged is the fork that a punch of this tree reaches, forks.written the one
 * that it has to reach.
 */
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "local.h"
#include "mix.h"

const char *target_judge(struct xp_state *x, enum xp_verdict *verdict)
{
	struct fixture *f = x->f;
	struct inode *inode = f->w.inode;
	const char *words;

	*verdict = XP_SPOILT;
	if (target_locked(x))
		return "a lock of the inode is still held";
	*verdict = XP_WRONG;
	words = xfs_stub_look(inode, forks.judged, (u64)f->s.base >> f->s.blkbits,
			      forks.map[forks.judged], f->s.nblocks);
	if (words)
		return words;
	if (xfs_stub_changed(inode, !forks.judged))
		return "the other fork has changed";
	memcpy(f->fs.extent, forks.map[forks.written], f->s.nblocks);
	return NULL;
}

/* Is there a reservation where cow_fork leaves or takes one? */
static bool verdict_cow_fork(const struct fixture *f)
{
	unsigned int b;

	for (b = 0; b < f->s.nblocks; b++)
		if (f->want[b] == ORACLE_GO &&
		    (forks.before[XFS_STUB_COW][b] == SCN_DELALLOC ||
		     forks.before[XFS_STUB_DATA][b] == SCN_DELALLOC))
			return true;
	return false;
}

/* Is the data fork what the COW fork had to be, but for the known finding eof_block? */
static bool verdict_data_fork(struct xp_state *x)
{
	struct fixture *f = x->f;
	struct oracle_input in;
	unsigned int block;
	bool right;

	fx_oracle_input(f, &in);
	in.dirty = x->dirty;
	in.after = forks.map[XFS_STUB_DATA];
	in.want = explore_xfs.want;
	memcpy(f->s.extent, forks.before[XFS_STUB_DATA], f->s.nblocks);
	oracle_judge(&in, &explore_xfs.v);
	right = !explore_xfs.v.nbad ||
		(finding_eof_block(&f->s, f->limits.dirty_per_block, &block) &&
		 finding_eof_block_holds(&in, &explore_xfs.v));
	memcpy(f->s.extent, forks.before[XFS_STUB_COW], f->s.nblocks);
	return right;
}

enum xp_verdict target_finding(struct xp_state *x, enum xp_verdict verdict,
			       const char **words)
{
	struct fixture *f = x->f;

	if (forks.written != XFS_STUB_COW)
		return verdict;
	if (!forks_finding()) {
		if (verdict == XP_RIGHT && verdict_cow_fork(f)) {
			x->finding = XP_COW_FORK;
			return XP_FREE;
		}
		return verdict;
	}
	if (!verdict_data_fork(x)) {
		*words = "the data fork is not as the known finding cow_fork has it";
		return XP_WRONG;
	}
	/* where there was nothing to leave or to take, both forks may be right */
	if (verdict < XP_WRONG && !verdict_cow_fork(f) &&
	    !memcmp(forks.map[XFS_STUB_DATA], forks.before[XFS_STUB_DATA], f->s.nblocks))
		return verdict;
	*words = NULL;
	x->finding = XP_COW_FORK;
	return XP_KNOWN;
}

void target_again(struct xp_state *x, bool wrong)
{
	struct inode *inode = x->f->w.inode;

	if (!wrong) {
		xfs_stub_restore(inode, forks.judged);
		return;
	}
	/* nobody knows what is left of it */
	memcpy(forks.map, forks.before, sizeof(forks.map));
	forks_lay(x->f, "");
	xfs_stub_keep(inode);
}

const char *target_end(struct xp_state *x)
{
	struct inode *inode = x->f->w.inode;
	static char why[200];

	if (!xfs_stub_sums_right(inode, &forks.options, why, sizeof(why)))
		return why;
	if (xfs_stub_changed(inode, XFS_STUB_DATA) || xfs_stub_changed(inode, XFS_STUB_COW))
		return "a fork is not what it was before all calls";
	return NULL;
}

xp_u64 target_digest(const struct xp_state *x, xp_u64 h)
{
	const struct fixture *f = x->f;
	struct xfs_stub_counters c;
	xp_u64 word;
	unsigned int b;

	for (b = 0; b < f->s.nblocks; b += sizeof(word)) {
		word = 0;
		memcpy(&word, forks.map[!forks.written] + b,
		       min_t(unsigned int, sizeof(word), f->s.nblocks - b));
		h = mix64(h, word);
	}
	if (x->space->behaviour < XP_LOCKS)
		return h;
	/* what the extents that are left keep for their metadata shows here */
	xfs_stub_count(f->w.inode, &c);
	h = mix64(mix64(h, c.free), c.reserved);
	return mix64(h, c.delayed << 2 | c.cowblocks << 1 | c.eofblocks);
}
