// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mappings, judged block by block. See mapping.h.
 *
 * @forks.before is how the forks were when XFS was asked, @forks.map how they are
 * with the answer. The rules are those of a file that shares blocks: what other
 * files have as well is written in the COW fork and nowhere else, what only this
 * one has in place, and nothing is reserved that the operation will not dirty, but
 * for the blocks round it that a hint asks for.
 */
#include <linux/fs.h>
#include <linux/iomap.h>

#include "mapping.h"

#define MAPPING_HINT	32	/* in blocks, of a COW fork without a hint of its own */

static bool mapping_covers(const struct fixture *f, loff_t pos, loff_t length, unsigned int b)
{
	loff_t at = scn_block_pos(&f->s, b);

	return at + (1LL << f->s.blkbits) > pos && at < pos + length;
}

/* The forks that hold reservations now which they did not hold before. */
static unsigned int mapping_reserved(const struct fixture *f)
{
	unsigned int fork, b, in = 0;

	for (fork = 0; fork < XFS_STUB_FORKS; fork++)
		for (b = 0; b < f->s.nblocks; b++)
			if (forks.map[fork][b] == SCN_DELALLOC &&
			    forks.before[fork][b] != SCN_DELALLOC)
				in |= 1U << fork;
	return in;
}

/*
 * Has the data fork got reservations that are none of this mapping's business? Only
 * a write that goes past i_size may have some behind it; all else is blocks that
 * nobody will dirty, and that stay until the inode goes.
 */
static void mapping_data_where(struct fixture *f, const struct mapping *m)
{
	loff_t isize = i_size_read(f->w.inode);
	unsigned int b;

	for (b = 0; b < f->s.nblocks; b++) {
		loff_t at = scn_block_pos(&f->s, b);

		if (forks.map[XFS_STUB_DATA][b] != SCN_DELALLOC ||
		    forks.before[XFS_STUB_DATA][b] == SCN_DELALLOC)
			continue;
		if (at + (1LL << f->s.blkbits) <= m->pos)
			fx_bad(f, "blocks in front of the write are reserved");
		else if (at >= m->pos + m->length && m->pos + m->length <= isize)
			fx_bad(f, "blocks behind a write below EOF are reserved");
	}
}

static unsigned int mapping_first(const struct fixture *f, const struct mapping *m)
{
	return (m->pos - f->s.base) >> f->s.blkbits;
}

/*
 * Zeroing and unsharing write what is there already. What they reserve over a hole
 * nobody dirties, gives back or looks for: in the data fork at all, and in the COW
 * fork where they begin in a hole.
 */
static void mapping_hole(struct fixture *f, const struct mapping *m)
{
	unsigned int in = mapping_reserved(f);

	if (!(m->flags & (IOMAP_ZERO | IOMAP_UNSHARE)))
		return;
	if (in & 1U << XFS_STUB_DATA ||
	    (in && forks.before[XFS_STUB_DATA][mapping_first(f, m)] == SCN_HOLE))
		fx_bad(f, "zeroing or unsharing a hole reserves blocks");
}

/*
 * The known finding unshare_hole: a tree whose ->iomap_begin does not look whether it
 * is for unsharing is asked for a hole, and reserves it to its end or that of the
 * range, in the fork that a write would go to. Exactly that is known.
 */
static bool mapping_unshare_hole(const struct fixture *f, const struct mapping *m)
{
	enum xfs_stub_fork fork = forks.options.always_cow ? XFS_STUB_COW : XFS_STUB_DATA;
	unsigned int first = mapping_first(f, m), b;
	bool run = true;

	if (!(m->flags & IOMAP_UNSHARE) || xfs_stub_unshare_knows_holes ||
	    forks.before[XFS_STUB_DATA][first] != SCN_HOLE || mapping_reserved(f) != 1U << fork)
		return false;
	for (b = 0; b < f->s.nblocks; b++) {
		bool hole = forks.before[fork][b] == SCN_HOLE;

		if (b >= first)
			run = run && hole && mapping_covers(f, m->pos, m->length, b);
		if ((forks.map[fork][b] == SCN_DELALLOC && hole) != (b >= first && run))
			return false;
	}
	return m->iomap->type == IOMAP_DELALLOC && !(m->iomap->flags & IOMAP_F_SHARED);
}

/*
 * A reservation that goes past EOF: zeroes behind the block in which the file ends
 * are never written back. What begins there is made unwritten, and what the page
 * cache has of it goes first, or it would be dirty over blocks that read as zeroes.
 */
static void mapping_zero_eof(struct fixture *f, const struct mapping *m)
{
	loff_t bs = 1LL << f->s.blkbits, eof = i_size_read(f->w.inode) + bs - 1;
	unsigned int b = mapping_first(f, m);

	eof -= eof & (bs - 1);
	if (!(m->flags & IOMAP_ZERO) || !xfs_stub_zero_converts ||
	    forks.before[XFS_STUB_DATA][b] != SCN_DELALLOC)
		return;
	if (m->pos < eof) {
		if (min(m->iomap->offset + (loff_t)m->iomap->length, m->pos + m->length) > eof)
			fx_bad(f, "zeroes behind EOF would be dirtied");
		return;
	}
	if (forks.map[XFS_STUB_DATA][b] != SCN_UNWRITTEN)
		fx_bad(f, "what is zeroed behind EOF is still reserved");
	fx_observe(f, &f->s);
	for (; b < f->s.nblocks; b++)
		if (scn_block_pos(&f->s, b) >= round_up(m->pos, PAGE_SIZE) &&
		    f->s.cache[b] != SCN_ABSENT)
			fx_bad(f, "the page cache keeps what has become unwritten behind EOF");
}

/* Must this operation write that block out of place? */
static bool mapping_needs_cow(const struct fixture *f, const struct mapping *m, unsigned int b)
{
	unsigned char data = forks.before[XFS_STUB_DATA][b];

	if (!mapping_covers(f, m->pos, m->length, b))
		return false;
	if (!forks.options.always_cow)
		return forks_was_shared(b);
	if (m->flags & IOMAP_ZERO)
		return data == SCN_WRITTEN;
	if (m->flags & IOMAP_UNSHARE && data == SCN_HOLE)
		return false;
	return data != SCN_DELALLOC;
}

/* As far away as a range that is aligned to the hint, and moved, may come. */
static bool mapping_hinted(const struct fixture *f, const struct mapping *m, unsigned int b)
{
	unsigned int hint = max(forks.options.cowextsize, forks.options.extsize);
	unsigned int reach = 2 * ((hint ?: MAPPING_HINT) - 1);
	unsigned int from = b > reach ? b - reach : 0;
	unsigned int to = min(b + reach + 1, f->s.nblocks);

	for (; from < to; from++)
		if (mapping_needs_cow(f, m, from))
			return true;
	return false;
}

/* The same of the COW fork: of use is what is shared, and what a hint adds to it. */
static void mapping_cow_where(struct fixture *f, const struct mapping *m)
{
	loff_t isize = i_size_read(f->w.inode), end = m->pos + m->length;
	unsigned int b;

	for (b = 0; b < f->s.nblocks; b++) {
		if (forks.map[XFS_STUB_COW][b] == SCN_HOLE ||
		    forks.before[XFS_STUB_COW][b] != SCN_HOLE)
			continue;
		if (forks.options.always_cow && end > isize && scn_block_pos(&f->s, b) >= end)
			continue;
		if (!mapping_hinted(f, m, b))
			fx_bad(f, "blocks are reserved in the COW fork that nobody shares");
	}
}

/* May this become of a block because somebody asks for a mapping? */
static bool mapping_may_become(const struct mapping *m, unsigned char before, unsigned char after)
{
	if (before == SCN_HOLE || before == after)
		return true;
	/* what was reserved behind EOF gets unwritten blocks when it is zeroed */
	return m->flags & IOMAP_ZERO && before == SCN_DELALLOC && after == SCN_UNWRITTEN;
}

/* Is all that was there still there, and where it was? */
static void mapping_kept(struct fixture *f, const struct mapping *m)
{
	unsigned int fork, b;

	for (fork = 0; fork < XFS_STUB_FORKS; fork++) {
		for (b = 0; b < f->s.nblocks; b++) {
			unsigned char before = forks.before[fork][b];

			if (!mapping_may_become(m, before, forks.map[fork][b]))
				fx_bad(f, "->iomap_begin has changed blocks that were there");
			else if (before != SCN_HOLE && before != SCN_DELALLOC &&
				 forks.was[fork][b] != forks.place[fork][b])
				fx_bad(f, "->iomap_begin has moved blocks");
		}
	}
}

/*
 * Does the mapping own up to what was reserved for it? By these flags XFS will
 * know what it may take back, and out of which fork.
 */
static void mapping_flags(struct fixture *f, const struct iomap *iomap)
{
	bool fresh = iomap->type == IOMAP_DELALLOC && iomap->flags & IOMAP_F_NEW;
	bool cow = iomap->flags & IOMAP_F_SHARED;
	unsigned int in = mapping_reserved(f);

	if (in == 1U << XFS_STUB_COW && !xfs_stub_punch_takes_fork) {
		/* known finding cow_fork: never owned up to, and never given back */
		if (fresh)
			fx_bad(f, "IOMAP_F_NEW in the COW fork, where no punch goes");
		return;
	}
	if (fresh != !!in)
		fx_bad(f, "IOMAP_F_NEW does not say whether something was reserved");
	else if (in && in != 1U << (cow ? XFS_STUB_COW : XFS_STUB_DATA))
		fx_bad(f, "IOMAP_F_SHARED does not say in which fork it was reserved");
}

/* Is @iomap true of block @b, which it covers? */
static bool mapping_true(const struct fixture *f, enum xfs_stub_fork fork,
			 const struct iomap *iomap, unsigned int b)
{
	static const unsigned int types[] = {
		[SCN_HOLE] = IOMAP_HOLE, [SCN_DELALLOC] = IOMAP_DELALLOC,
		[SCN_UNWRITTEN] = IOMAP_UNWRITTEN, [SCN_WRITTEN] = IOMAP_MAPPED,
	};
	u64 at = scn_block_pos(&f->s, b) - iomap->offset;

	if (iomap->type != types[forks.map[fork][b]])
		return false;
	return iomap->type == IOMAP_HOLE || iomap->type == IOMAP_DELALLOC ||
		iomap->addr + at == forks.place[fork][b] << f->s.blkbits;
}

/*
 * Which fork is it of? Where the punch is not told, a mapping of the COW fork over a
 * hole does not say so either: one more side of the known finding cow_fork.
 */
static bool mapping_is_cow(const struct fixture *f, const struct mapping *m)
{
	unsigned int b = (m->pos - f->s.base) >> f->s.blkbits;

	if (m->iomap->flags & IOMAP_F_SHARED)
		return true;
	return !xfs_stub_punch_takes_fork && m->iomap->type != IOMAP_HOLE &&
		forks.map[XFS_STUB_DATA][b] == SCN_HOLE;
}

/* Does the mapping say of each block what is there, and where it may be written? */
static void mapping_blocks(struct fixture *f, const struct mapping *m)
{
	const struct iomap *iomap = m->iomap, *src = m->srcmap;
	bool cow = mapping_is_cow(f, m);
	unsigned int b;

	for (b = 0; b < f->s.nblocks; b++) {
		if (!mapping_covers(f, m->pos, m->length, b) ||
		    !mapping_covers(f, iomap->offset, iomap->length, b))
			continue;
		if (!mapping_true(f, cow ? XFS_STUB_COW : XFS_STUB_DATA, iomap, b))
			fx_bad(f, "the mapping does not say what is there");
		else if (!cow && iomap->type != IOMAP_HOLE && mapping_needs_cow(f, m, b))
			fx_bad(f, "blocks are mapped in place that must not be written there");
		if (!cow)
			continue;
		/* iomap goes no further than a source, where there is one */
		if (src->type == IOMAP_HOLE ? forks.map[XFS_STUB_DATA][b] != SCN_HOLE :
		    mapping_covers(f, src->offset, src->length, b) &&
		    !mapping_true(f, XFS_STUB_DATA, src, b))
			fx_bad(f, "the source of a write out of place is not what was there");
	}
}

/**
 * mapping_judge() - is an answer of ->iomap_begin right?
 * @f: the fixture; forks_remember() before the call, forks_observe() behind it;
 *	fails its case if not
 * @m: the answer, of an operation that writes
 *
 * Return: does it show exactly the known finding unshare_hole?
 */
bool mapping_judge(struct fixture *f, const struct mapping *m)
{
	bool known = mapping_unshare_hole(f, m);

	if (m->iomap->offset > m->pos || m->iomap->offset + m->iomap->length <= m->pos)
		fx_bad(f, "the mapping does not begin where it was asked for");
	mapping_kept(f, m);
	mapping_flags(f, m->iomap);
	mapping_data_where(f, m);
	if (!known)
		mapping_cow_where(f, m);
	mapping_blocks(f, m);
	mapping_zero_eof(f, m);
	if (!known)
		mapping_hole(f, m);
	return known;
}

/**
 * mapping_finding_done() - end of a case that has unshared holes
 * @f: the fixture
 * @known: times that mapping_judge() has found the known finding
 */
void mapping_finding_done(struct fixture *f, unsigned int known)
{
	if (f->bad || f->test->status == KUNIT_FAILURE)
		return;
	if (known)
		kunit_skip(f->test, "known finding: " FINDING_UNSHARE_HOLE);
	world_note("finding: " FINDING_UNSHARE_HOLE, "not in this tree");
}
