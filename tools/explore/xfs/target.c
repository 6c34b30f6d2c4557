// SPDX-License-Identifier: GPL-2.0-only
/*
 * XFS as the target: its own ->iomap_end, and the punch in the trees of extents of
 * both forks.
 *
 * Windows: releases as for the recording filesystem, at the front of the file and
 * round 4 GiB; of up to two blocks once more with each pair of fork maps; and writes
 * over half as many blocks.
 *
 * Extent maps: the first digit says whose write it is, the data fork's or the COW
 * fork's (where the block size allows one); then each block of that fork is a hole,
 * delalloc, unwritten or written, in every way. What is alike side by side is one
 * extent. The other fork holds something in each block, always the same, unless the
 * window is one for pairs: what is asked of it is to stay as it is. An unfolded run
 * takes every pair everywhere and wants what comes of this one.
 */
#include <linux/fs.h>
#include <linux/iomap.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "local.h"

#define PAIR_BLOCKS	2	/* of longer windows there are too many pairs */
#define WRITE_BLOCKS	4
#define UNFOLDED_BLOCKS	2	/* of writes: each has every size then */
#define MAX_MAP_BITS	40

const struct xp_target xp_target = {
	.name		= "xfs",
	.prefix		= "xfs",
	.blocks		= 4,
	.pages		= 3,
	.entries	= XP_ENTRIES,
	.puts_back	= 1,
	.rate		= 2000000,
};

struct explore_xfs explore_xfs;

static unsigned int xt_blkbits(unsigned int pagebits, const struct xp_part *part)
{
	return pagebits - part->ratio;
}

/* XFS has no reflink with blocks of 512 bytes. */
static bool xt_reflink(unsigned int blkbits)
{
	return blkbits > 9;
}

static void xt_parts_up_to(struct xp_space *space, unsigned int blocks, enum xp_kind kind,
			   xp_u64 base)
{
	unsigned int ratio;

	for (ratio = 0; ratio < XP_RATIOS; ratio++)
		space_part(space, ratio, min(blocks >> ratio, space->bound.pages), base, kind);
}

void target_parts(struct xp_space *space)
{
	const struct xp_bound *bound = &space->bound;
	xp_u64 page_4g = space_page_4g(bound);
	unsigned int ratio, pages;

	xt_parts_up_to(space, bound->blocks, XP_RELEASES, 0);
	for (ratio = 0; ratio < XP_RATIOS; ratio++) {
		/* the edge of 32 bits lies in the middle, or in front */
		pages = (space_pages(bound, ratio) + 1) / 2;
		space_part(space, ratio, pages, page_4g - pages / 2, XP_RELEASES);
	}
	if (bound->unfolded) {
		xt_parts_up_to(space, min_t(unsigned int, bound->blocks, UNFOLDED_BLOCKS),
			       XP_WRITES, page_4g);
		return;
	}
	xt_parts_up_to(space, min_t(unsigned int, bound->blocks, PAIR_BLOCKS), XP_PAIRS, 0);
	xt_parts_up_to(space, min_t(unsigned int, (bound->blocks + 1) / 2, WRITE_BLOCKS),
		       XP_WRITES, page_4g);
}

/* Is the other fork enumerated, too? Of two blocks a write has too many rows for that. */
static bool xt_pairs(const struct xp_space *space, const struct xp_part *part)
{
	return part->kind == XP_PAIRS ||
	       (space->bound.unfolded && (part->kind == XP_RELEASES ||
					  part->pages << part->ratio == 1));
}

xp_u64 target_maps(const struct xp_space *space, const struct xp_part *part)
{
	unsigned int blocks = part->pages << part->ratio, bits = 2 * blocks;

	if (xt_reflink(xt_blkbits(space->bound.pagebits, part))) {
		if (xt_pairs(space, part))
			bits += 2 * blocks;
		bits++;
	}
	return bits > MAX_MAP_BITS ? 0 : 1ULL << bits;
}

static void xt_punched(const struct xfs_stub_punch *p)
{
	if (xfs_stub_punches.n <= XFS_STUB_MAX_PUNCHES)
		behaviour_note(p->start, p->end - p->start, xfs_stub_punches.n == 1);
}

const char *target_open(struct xp_state *x)
{
	xfs_stub_in_punch = NULL;
	return NULL;
}

void target_watch(struct xp_state *x)
{
	xfs_stub_in_punch = xt_punched;
}

/* What lies in the fork that the write does not concern, where it is not enumerated. */
static void xt_other(unsigned char *map, unsigned int n)
{
	static const unsigned char round[] = {
		SCN_DELALLOC, SCN_DELALLOC, SCN_WRITTEN, SCN_DELALLOC, SCN_UNWRITTEN,
	};
	unsigned int b;

	for (b = 0; b < n; b++)
		map[b] = round[b % ARRAY_SIZE(round)];
}

static xp_u64 xt_digits(unsigned char *map, unsigned int n, xp_u64 digits)
{
	unsigned int b;

	for (b = 0; b < n; b++, digits >>= 2)
		map[b] = (SCN_DELALLOC + digits) & 3;
	return digits;
}

/* @forks.before into the inode, and what the inode is then is kept. */
static bool xt_make(struct xp_state *x)
{
	struct fixture *f = x->f;
	unsigned int fork;

	for (fork = 0; fork < XFS_STUB_FORKS; fork++)
		memcpy(forks.map[fork], forks.before[fork], f->s.nblocks);
	if (!forks_lay(f, ""))
		return false;
	xfs_stub_keep(f->w.inode);
	return true;
}

bool target_lay(struct xp_state *x, xp_u64 map)
{
	struct scenario *s = &x->f->s;

	forks.options = (struct xfs_stub_options){
		.blkbits	= s->blkbits,
		.reflink	= xt_reflink(s->blkbits),
		.free		= 1 << 20,
	};
	forks.written = XFS_STUB_DATA;
	if (forks.options.reflink) {
		forks.written = map & 1 ? XFS_STUB_COW : XFS_STUB_DATA;
		map >>= 1;
	}
	/* in the known finding cow_fork every punch is one of the data fork */
	forks.judged = forks_finding() ? XFS_STUB_DATA : forks.written;
	map = xt_digits(forks.before[forks.written], s->nblocks, map);
	if (!forks.options.reflink)
		memset(forks.before[XFS_STUB_COW], SCN_HOLE, s->nblocks);
	else if (xt_pairs(x->space, x->part))
		xt_digits(forks.before[!forks.written], s->nblocks, map);
	else
		xt_other(forks.before[!forks.written], s->nblocks);
	memcpy(s->extent, forks.before[forks.written], s->nblocks);
	return xt_make(x);
}

static void xt_take_punches(struct fixture *f)
{
	const struct xfs_stub_punch *p = xfs_stub_punches.punch;
	unsigned int i;

	for (i = 0; i < xfs_stub_punches.n && i < XFS_STUB_MAX_PUNCHES; i++, p++) {
		f->fs.unlocked += !p->locked;
		f->fs.other_iomap += p->fork != forks.judged;
		f->fs.punch[i].offset = p->start;
		f->fs.punch[i].length = p->end - p->start;
	}
	f->fs.npunches = xfs_stub_punches.n;
}

int target_call(struct xp_state *x, const struct xp_row *row)
{
	static const unsigned int flags[XP_ENTRIES] = {
		[XP_RELEASE]	= IOMAP_WRITE,
		[XP_WRITE]	= IOMAP_WRITE,
		[XP_OLD]	= IOMAP_WRITE,
		[XP_MAPPED]	= IOMAP_WRITE,
		[XP_ZERO]	= IOMAP_ZERO,
		[XP_UNSHARE]	= IOMAP_WRITE | IOMAP_UNSHARE,
		[XP_FAULT]	= IOMAP_WRITE | IOMAP_FAULT,
	};
	const struct iomap_ops *ops = row->entry == XP_FAULT ? xfs_stub_fault_ops :
							       xfs_stub_write_ops;
	/* the mapping of a write lies inside its iterator, and XFS may look there */
	struct iomap_iter *iter = &explore_xfs.iter;
	struct fixture *f = x->f;
	/* what a zoned inode's writers bring along; this is none, and nobody looks there */
	static u64 nobody[32];
	int err = 0;

	iter->private = nobody;
	iter->inode = f->w.inode;
	iter->pos = f->s.base + row->pos;
	iter->len = row->end - row->pos;
	iter->flags = flags[row->entry];
	xp_state_iomap(x, row, &iter->iomap);
	if (forks.written == XFS_STUB_COW)
		iter->iomap.flags |= IOMAP_F_SHARED;
	xfs_stub_forget();
	/* faults of some trees end without a call */
	if (ops->iomap_end) {
		forks_lock(f, iter->flags);
		err = ops->iomap_end(f->w.inode, iter->pos, iter->len, row->written,
				     iter->flags, &iter->iomap);
		forks_unlock(f, iter->flags);
	}
	xt_take_punches(f);
	return err;
}

bool target_locked(const struct xp_state *x)
{
	return xfs_stub_locked(x->f->w.inode);
}

/* The other fork is as it was in this state, and that is all that is folded. */
void target_fold(struct xp_state *x)
{
	struct fixture *f = x->f;

	memcpy(explore_xfs.other, forks.before[!forks.written], f->s.nblocks);
	if (forks.options.reflink)
		xt_other(forks.before[!forks.written], f->s.nblocks);
	xt_make(x);
}

const char *target_unfold(struct xp_state *x, const unsigned char *extent)
{
	struct fixture *f = x->f;
	const char *words = NULL;

	xfs_stub_look(f->w.inode, forks.written, (u64)f->s.base >> f->s.blkbits, f->fs.extent,
		      f->s.nblocks);
	if (memcmp(extent, f->fs.extent, f->s.nblocks))
		words = "a state leaves other extents than the one it is folded into";
	memcpy(forks.before[!forks.written], explore_xfs.other, f->s.nblocks);
	return xt_make(x) ? words : "the forks cannot be laid out again";
}
