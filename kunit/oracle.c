// SPDX-License-Identifier: GPL-2.0-only
/*
 * The oracle, after the contract that stands over the release in the kernel.
 *
 * After a release of [start, end):
 *
 *  - a block is kept exactly if it is dirty in the page cache and its first
 *    byte lies below i_size; every other reservation in the range is gone;
 *  - blocks out of the range and extents that are not delalloc are untouched;
 *  - every punch lies in the range and has a positive length, and none touches
 *    a kept block, not even after a filesystem has rounded its bytes outward to
 *    blocks. A block that is punched twice does no harm;
 *  - no punch begins or ends inside a block, as reservations exist in whole
 *    blocks. What lies from i_size to the end of the range may be asked for to
 *    the byte: if nothing of the block that i_size lies in is kept, that block
 *    goes anyhow.
 *
 * Everything here is done block by block and in the most stupid way that is
 * still fast enough: no seeking, no running end, no byte that is rounded.
 */
#include "oracle.h"

typedef unsigned long long oracle_u64;

static oracle_u64 oracle_power(unsigned int bits)
{
	return (oracle_u64)1 << bits;
}

/*
 * The entry over the byte @byte of the window. *@from is where to begin to
 * look, and moves along: callers ask for rising bytes, and entries are sorted.
 */
static const struct scn_folio *oracle_entry(const struct scenario *s,
					    oracle_u64 byte, unsigned int *from)
{
	oracle_u64 page = oracle_power(s->pagebits), first;

	for (; *from < s->nfolios; (*from)++) {
		const struct scn_folio *f = &s->folio[*from];

		first = f->index * page;
		if (byte < first)
			break;
		if (byte - first < page * oracle_power(f->order))
			return f;
	}
	return 0;
}

/* Dirty, given the entry over the block. */
static int oracle_dirty_in(const struct scenario *s, const struct scn_folio *f,
			   int dirty_per_block, unsigned int block)
{
	if (!f || f->shadow || !f->dirty)
		return 0;
	if (!f->state)
		return 1;
	if (dirty_per_block)
		return s->cache[block] == SCN_DIRTY;
	return s->cache[block] == SCN_DIRTY || s->cache[block] == SCN_CLEAN;
}

/**
 * oracle_block_dirty() - does the page cache hold data for this block?
 * @s: the scenario
 * @dirty_per_block: trees that track dirt by block: the folio is dirty, and it
 *	has no state or the block's own bit is set. Older trees: the folio is
 *	dirty and the block is uptodate.
 * @block: counted from the base of the window
 */
int oracle_block_dirty(const struct scenario *s, int dirty_per_block,
		       unsigned int block)
{
	oracle_u64 size = oracle_power(s->blkbits);
	unsigned int from = 0;

	return oracle_dirty_in(s, oracle_entry(s, block * size, &from),
			       dirty_per_block, block);
}

/**
 * oracle_dirty_map() - oracle_block_dirty() of each block
 * @s: the scenario; its range and size do not matter
 * @dirty_per_block: as for oracle_block_dirty()
 * @dirty: one byte a block, filled in
 */
void oracle_dirty_map(const struct scenario *s, int dirty_per_block,
		      unsigned char *dirty)
{
	unsigned int b;

	for (b = 0; b < s->nblocks; b++)
		dirty[b] = oracle_block_dirty(s, dirty_per_block, b);
}

/* What each block wants, without any regard to what happened. */
static void oracle_fill(const struct oracle_input *in)
{
	static const unsigned char wants[2][2] = {	/* inside, dirty below i_size */
		{ ORACLE_LEAVE, ORACLE_LEAVE }, { ORACLE_GO, ORACLE_KEEP },
	};
	const struct scenario *s = in->s;
	const oracle_u64 start = s->start, end = s->end, size = s->isize;
	const oracle_u64 block = oracle_power(s->blkbits);
	const unsigned char *dirty = in->dirty;
	unsigned char *want = in->want;
	oracle_u64 byte = s->base;
	unsigned int b, n = s->nblocks, from = 0;

	for (b = 0; b < n; b++, byte += block) {
		int inside = (byte >= start) & (byte < end);
		int keep = byte < size;

		if (dirty)
			keep &= dirty[b];
		else if (inside)
			keep &= oracle_dirty_in(s, oracle_entry(s, byte - (oracle_u64)s->base,
								&from),
						in->dirty_per_block, b);
		want[b] = wants[inside][keep];
	}
}

static void oracle_found(struct oracle_verdict *out, enum oracle_bad bad,
			 unsigned int where)
{
	if (!out->bad[bad]++)
		out->where[bad] = where;
	out->nbad++;
}

/* Is this punch one that can be laid over the window at all? */
static int oracle_punch_sound(const struct oracle_input *in, unsigned int i,
			      struct oracle_verdict *out)
{
	const struct oracle_punch *p = &in->punch[i];
	const struct scenario *s = in->s;
	int sound = 1;

	if (p->length <= 0) {
		oracle_found(out, ORACLE_LENGTH, i);
		sound = 0;
	}
	if (p->offset < s->start || p->offset >= s->end) {
		oracle_found(out, ORACLE_RANGE, i);
		sound = 0;
	} else if (p->length > s->end - p->offset) {
		oracle_found(out, ORACLE_RANGE, i);
	}
	return sound;
}

/* Does the punch @p of a range of whole blocks take parts of blocks? */
static int oracle_partial(const struct scenario *s, const struct oracle_punch *p)
{
	oracle_u64 first = (oracle_u64)p->offset - (oracle_u64)s->base;
	oracle_u64 behind = first + (oracle_u64)p->length;

	if (behind >> s->blkbits << s->blkbits != behind)
		return 1;
	if (first >> s->blkbits << s->blkbits == first)
		return 0;
	return p->offset != s->isize || p->length != s->end - p->offset;
}

/* Marks a block that was punched, beside its enum oracle_want. */
#define ORACLE_SEEN	0x80

/*
 * Lay the punches over the blocks. A filesystem rounds the first byte down to
 * its block and the last byte up; so a punch touches each block that has a byte
 * in it.
 */
static void oracle_punches(const struct oracle_input *in,
			   struct oracle_verdict *out)
{
	const struct scenario *s = in->s;
	const unsigned int n = s->nblocks;
	unsigned char *want = in->want;
	unsigned int i, b, nbad, twice = 0;
	oracle_u64 first, last;

	for (i = 0; i < in->npunches; i++) {
		const struct oracle_punch *p = &in->punch[i];

		nbad = out->nbad;
		if (!oracle_punch_sound(in, i, out))
			continue;
		first = (oracle_u64)p->offset - (oracle_u64)s->base;
		last = first + (oracle_u64)p->length - 1;
		first >>= s->blkbits;
		last >>= s->blkbits;
		for (b = first; b <= last && b < n; b++) {
			twice += !!(want[b] & ORACLE_SEEN);
			want[b] |= ORACLE_SEEN;
			if (want[b] != (ORACLE_KEEP | ORACLE_SEEN))
				continue;
			if (!out->bad[ORACLE_PUNCHED_KEPT])
				out->punch = i;
			oracle_found(out, ORACLE_PUNCHED_KEPT, b);
		}
		if (out->nbad == nbad && oracle_partial(s, p))
			oracle_found(out, ORACLE_EDGE, i);
	}
	out->twice = twice;
}

/* A block that is not what it should be. */
static void oracle_block(enum oracle_want want, unsigned char was,
			 unsigned char is, unsigned int b,
			 struct oracle_verdict *out)
{
	switch (want) {
	case ORACLE_LEAVE:
		oracle_found(out, ORACLE_OUTSIDE, b);
		break;
	case ORACLE_KEEP:
		oracle_found(out, was == SCN_DELALLOC ? ORACLE_LOST :
			     ORACLE_OTHER_EXTENT, b);
		break;
	case ORACLE_GO:
		oracle_found(out, was == SCN_DELALLOC && is == SCN_DELALLOC ?
			     ORACLE_LEAKED : ORACLE_OTHER_EXTENT, b);
		break;
	}
}

/**
 * oracle_judge() - compare what a release did with what it had to do
 * @in: the state before, the calls, the state after
 * @out: the verdict
 */
void oracle_judge(const struct oracle_input *in, struct oracle_verdict *out)
{
	static const struct oracle_verdict clean;
	const unsigned char *before = in->s->extent, *after = in->after;
	unsigned char *want = in->want;
	unsigned int b, n = in->s->nblocks, kept = 0;

	*out = clean;
	oracle_fill(in);
	oracle_punches(in, out);
	for (b = 0; b < n; b++) {
		enum oracle_want wants = want[b] & ~ORACLE_SEEN;
		unsigned char was = before[b], should = was;

		/* all else stays what it is */
		if (wants == ORACLE_GO && was == SCN_DELALLOC)
			should = SCN_HOLE;
		want[b] = wants;
		kept += wants == ORACLE_KEEP;
		if (after[b] != should)
			oracle_block(wants, was, after[b], b, out);
	}
	out->kept = kept;
}

/**
 * oracle_words() - a violation in words
 * @bad: its kind
 */
const char *oracle_words(enum oracle_bad bad)
{
	switch (bad) {
	case ORACLE_LOST:
		return "dirty data has lost its reservation";
	case ORACLE_LEAKED:
		return "a reservation without dirty data is left";
	case ORACLE_OUTSIDE:
		return "a block out of the range has changed";
	case ORACLE_OTHER_EXTENT:
		return "an extent that is not delalloc has changed";
	case ORACLE_LENGTH:
		return "a punch has no positive length";
	case ORACLE_RANGE:
		return "a punch leaves the range";
	case ORACLE_PUNCHED_KEPT:
		return "a punch touches a block that is to be kept";
	case ORACLE_EDGE:
		return "a punch begins or ends inside a block";
	case ORACLE_NR:
		break;
	}
	return "no violation";
}

/**
 * oracle_of_punch() - is a violation one of a punch, or of a block?
 * @bad: its kind
 */
int oracle_of_punch(enum oracle_bad bad)
{
	return bad == ORACLE_LENGTH || bad == ORACLE_RANGE || bad == ORACLE_EDGE;
}
