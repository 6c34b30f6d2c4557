// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generator of the sample. See sample.h.
 *
 * Plain data and 64-bit integers without division: the same numbers in every
 * world. What would not be the same is left out by construction:
 *  - the last folio of the largest file, whose release runs away (known finding
 *    last_folio);
 *  - states that only a write of several pages at once leaves behind, and
 *    shadow entries of several pages, which no kernel without transparent huge
 *    pages makes.
 */
#ifdef __KERNEL__
#include <linux/kernel.h>
#include <linux/string.h>
#else
#include <stdio.h>
#include <string.h>
#endif

#include "sample.h"

/* Steele, Lea and Flood's way to make one number out of a counter. */
static unsigned long long sample_next(unsigned long long *state)
{
	unsigned long long z = *state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

/* One of 0 to @n - 1. */
static unsigned int sample_pick(unsigned long long *state, unsigned int n)
{
	return ((sample_next(state) >> 32) * n) >> 32;
}

/* One of the @n weights, which add up to 100. */
static unsigned int sample_weighted(unsigned long long *state,
				    const unsigned char *weight, unsigned int n)
{
	unsigned int x = sample_pick(state, 100), i;

	for (i = 0; i + 1 < n; i++) {
		if (x < weight[i])
			return i;
		x -= weight[i];
	}
	return i;
}

static const unsigned char sample_order_weight[SAMPLE_ORDERS] = {
	46, 20, 16, 11, 7
};

static const unsigned char sample_state_weight[SAMPLE_STATES] = {
	[SAMPLE_ABSENT] = 10, [SAMPLE_SHADOW] = 8, [SAMPLE_STALE] = 7,
	[SAMPLE_CLEAN] = 10, [SAMPLE_CLEAN_STATE] = 8, [SAMPLE_DIRTY] = 12,
	[SAMPLE_DIRTY_PLAIN] = 8, [SAMPLE_MARKED] = 6,
	[SAMPLE_CLEAN_STALE] = 7, [SAMPLE_DIRTY_CLEAN] = 8,
	[SAMPLE_DIRTY_STALE] = 8, [SAMPLE_ALL_THREE] = 8,
};

static const unsigned char sample_call_weight[SAMPLE_CALLS] = {
	[SAMPLE_WRITE] = 18, [SAMPLE_SHORT] = 14, [SAMPLE_TORN] = 6,
	[SAMPLE_READ_FAULT] = 9, [SAMPLE_WRITE_FAULT] = 12,
	[SAMPLE_READAHEAD] = 5, [SAMPLE_TRUNCATE_DOWN] = 10,
	[SAMPLE_TRUNCATE_UP] = 6, [SAMPLE_DROP] = 7, [SAMPLE_INVALIDATE] = 6,
	[SAMPLE_WRITEBACK] = 7,
};

/* The states between which the blocks of a folio may vary. */
static unsigned int sample_palette(unsigned int state, unsigned char *colour)
{
	static const unsigned char of[SAMPLE_STATES][3] = {
		[SAMPLE_STALE]		= { SCN_STALE },
		[SAMPLE_CLEAN]		= { SCN_CLEAN },
		[SAMPLE_CLEAN_STATE]	= { SCN_CLEAN },
		[SAMPLE_DIRTY]		= { SCN_DIRTY },
		[SAMPLE_DIRTY_PLAIN]	= { SCN_DIRTY },
		[SAMPLE_MARKED]		= { SCN_CLEAN },
		[SAMPLE_CLEAN_STALE]	= { SCN_CLEAN, SCN_STALE },
		[SAMPLE_DIRTY_CLEAN]	= { SCN_DIRTY, SCN_CLEAN },
		[SAMPLE_DIRTY_STALE]	= { SCN_DIRTY, SCN_STALE },
		[SAMPLE_ALL_THREE]	= { SCN_DIRTY, SCN_CLEAN, SCN_STALE },
	};
	unsigned int n = 0;

	while (n < 3 && of[state][n])
		colour[n] = of[state][n], n++;
	return n;
}

/* Paint a folio in runs of its colours. */
static void sample_paint(struct scenario *s, const struct scn_folio *f,
			 unsigned int state, unsigned long long *rnd)
{
	unsigned int b = scn_first_block(s, f), n = scn_folio_blocks(s, f);
	unsigned int end = b + n, run, colours, c;
	unsigned char colour[3] = { SCN_STALE };

	colours = sample_palette(state, colour);
	c = sample_pick(rnd, colours);
	while (b < end) {
		run = colours == 1 ? n : 1 + sample_pick(rnd, (n + 1) / 2);
		if (run > end - b)
			run = end - b;
		memset(s->cache + b, colour[c], run);
		b += run;
		c = c + 1 < colours ? c + 1 : 0;
	}
}

/* The state that a folio of one block or of several pages can be in. */
static unsigned int sample_possible(unsigned int state, unsigned int order,
				    unsigned int n, int per_block)
{
	if (n == 1) {
		if (state == SAMPLE_CLEAN_STATE || state == SAMPLE_CLEAN_STALE)
			return SAMPLE_CLEAN;
		if (state > SAMPLE_DIRTY)
			return SAMPLE_DIRTY_PLAIN;
		if (state == SAMPLE_DIRTY)
			return SAMPLE_DIRTY_PLAIN;
		return state;
	}
	if (state == SAMPLE_DIRTY_PLAIN && order && per_block)
		return SAMPLE_DIRTY;
	return state;
}

/* Is the entry what it was to be, now that its blocks are drawn? */
static unsigned int sample_seen(const struct scenario *s,
				const struct scn_folio *f, unsigned int state)
{
	unsigned int b = scn_first_block(s, f), n = scn_folio_blocks(s, f);
	unsigned int end = b + n, count[4] = { 0 };

	if (state < SAMPLE_CLEAN_STALE)
		return state;
	for (; b < end; b++)
		count[s->cache[b] & 3]++;
	if (count[SCN_STALE] == n)
		return SAMPLE_STALE;
	if (count[SCN_CLEAN] == n)
		return SAMPLE_CLEAN_STATE;
	if (count[SCN_DIRTY] == n)
		return SAMPLE_DIRTY;
	if (!count[SCN_DIRTY])
		return SAMPLE_CLEAN_STALE;
	if (!count[SCN_STALE])
		return SAMPLE_DIRTY_CLEAN;
	return count[SCN_CLEAN] ? SAMPLE_ALL_THREE : SAMPLE_DIRTY_STALE;
}

/* One place: nothing, a shadow entry or a folio. Returns its pages. */
static unsigned int sample_place(struct sample *p, const struct scn_limits *l,
				 unsigned int index, unsigned int pages,
				 unsigned long long *rnd)
{
	struct scenario *s = &p->s;
	unsigned int state = sample_weighted(rnd, sample_state_weight,
					     SAMPLE_STATES);
	unsigned int order = sample_pick(rnd, 3) ? p->order :
			     sample_pick(rnd, p->order + 1);
	struct scn_folio *f;

	if (state == SAMPLE_ABSENT)
		return 1;
	while (order && (index & ((1U << order) - 1) ||
			 index + (1U << order) > pages))
		order--;
	if (state == SAMPLE_SHADOW) {
		p->state[s->nfolios] = state;
		scn_add_shadow(s, index, 0);
		return 1;
	}
	p->state[s->nfolios] = state;
	f = scn_add(s, index, order);
	if (!f)
		return pages;
	state = sample_possible(state, order, scn_folio_blocks(s, f),
				l->dirty_per_block);
	sample_paint(s, f, state, rnd);
	state = sample_seen(s, f, state);
	p->state[f - s->folio] = state;
	f->dirty = state == SAMPLE_MARKED;
	f->state = state != SAMPLE_STALE && state != SAMPLE_CLEAN &&
		   state != SAMPLE_DIRTY_PLAIN;
	return 1U << order;
}

/* Extents in runs; mostly reservations, as after a write. */
static void sample_extents(struct scenario *s, unsigned long long *rnd)
{
	static const unsigned char how[8] = {
		SCN_HOLE, SCN_HOLE, SCN_DELALLOC, SCN_DELALLOC, SCN_DELALLOC,
		SCN_DELALLOC, SCN_UNWRITTEN, SCN_WRITTEN,
	};
	unsigned int b = 0, run;

	while (b < s->nblocks) {
		run = 1 + sample_pick(rnd, s->nblocks);
		if (run > s->nblocks - b)
			run = s->nblocks - b;
		memset(s->extent + b, how[sample_pick(rnd, 8)], run);
		b += run;
	}
}

static scn_pos sample_isize(struct sample *p, const struct scn_limits *l,
			    unsigned long long *rnd)
{
	struct scenario *s = &p->s;
	scn_pos block = 1LL << s->blkbits;
	scn_pos edge = scn_block_pos(s, 1 + sample_pick(rnd, s->nblocks));

	p->isize_class = sample_pick(rnd, SAMPLE_SIZES_CLASSES + 2);
	switch (p->isize_class) {
	case SAMPLE_SIZE_BEFORE:
		return sample_pick(rnd, 2) ? 0 : s->base;
	case SAMPLE_SIZE_EDGE:
		return edge;
	case SAMPLE_SIZE_EDGE_LESS:
		return edge - 1;
	case SAMPLE_SIZE_EDGE_MORE:
		return edge - block + 1;
	case SAMPLE_SIZE_END:
		return scn_window_end(s);
	case SAMPLE_SIZE_BEHIND:
		if (sample_pick(rnd, 2))
			return l->max_pos;
		return scn_window_end(s) + sample_pick(rnd, 1U << 20);
	}
	/* what a write leaves behind most of the time */
	p->isize_class = SAMPLE_SIZE_MIDDLE;
	return edge - block + sample_pick(rnd, block);
}

static void sample_range(struct scenario *s, unsigned long long *rnd)
{
	unsigned int from = sample_pick(rnd, s->nblocks);
	unsigned int to = from + sample_pick(rnd, s->nblocks - from + 1);

	/* all of it, up to the end, from the beginning, anything */
	switch (sample_pick(rnd, 6)) {
	case 0:
		from = 0;
		to = s->nblocks;
		break;
	case 1:
		to = s->nblocks;
		break;
	case 2:
		from = 0;
		break;
	}
	s->start = scn_block_pos(s, from);
	s->end = scn_block_pos(s, to);
}

static void sample_step(struct sample *p, struct sample_step *t,
			unsigned long long *rnd)
{
	const struct scenario *s = &p->s;
	unsigned int window = s->nblocks << s->blkbits;
	unsigned int block = 1U << s->blkbits, page = 1U << s->pagebits;

	memset(t, 0, sizeof(*t));
	t->call = sample_weighted(rnd, sample_call_weight, SAMPLE_CALLS);
	t->block = sample_pick(rnd, s->nblocks);
	t->pos = t->block << s->blkbits;
	switch (sample_pick(rnd, 3)) {
	case 0:
		t->pos += sample_pick(rnd, block);
		break;
	case 1:
		t->pos += sample_pick(rnd, 2) ? block - 1 : 1;
		break;
	}
	/* at most two pages and a bit */
	t->len = 1 + sample_pick(rnd, 2U << s->pagebits);
	if (sample_pick(rnd, 2))
		t->len = (1 + sample_pick(rnd, 4)) << s->blkbits;
	if (t->len > 2U << s->pagebits)
		t->len = 2U << s->pagebits;
	if (t->len > window - t->pos)
		t->len = window - t->pos;
	/* the same for two folios */
	if (t->call == SAMPLE_TORN && t->len > page - (t->pos & (page - 1)))
		t->len = page - (t->pos & (page - 1));
	t->good = t->len;
	if (t->call != SAMPLE_SHORT && t->call != SAMPLE_TORN)
		return;
	t->good = sample_pick(rnd, t->len);
	if (!sample_pick(rnd, 4))
		t->good &= ~(block - 1);
	/* between two mappings one world looks at the source again, the other not */
	if (t->call == SAMPLE_TORN && t->good &&
	    !((t->pos + t->good) & (block - 1)))
		t->good--;
}

/**
 * sample_make() - make one scenario
 * @p: filled in
 * @l: what this world and this tree can make; page size and per-block dirty
 *	bits count, which are the same in every world
 * @seed: of the sample
 * @index: of the scenario
 */
void sample_make(struct sample *p, const struct scn_limits *l,
		 unsigned long long seed, unsigned int index)
{
	unsigned long long rnd = mix64(mix64(0x11b4e211, seed), index);
	unsigned int blkbits, pages, at, i;
	struct scenario *s = &p->s;
	scn_pos base = 0;

	blkbits = 9 + sample_pick(&rnd, l->pagebits - 9 + 1);
	p->order = sample_weighted(&rnd, sample_order_weight, SAMPLE_ORDERS);
	/* a kernel's task stack and SCN_MAX_BLOCKS bound the window */
	while ((2ULL << (l->pagebits + p->order)) >> blkbits > SCN_MAX_BLOCKS)
		p->order--;
	pages = 2U << p->order;
	if (pages < 4)
		pages = 1 + sample_pick(&rnd, 4);
	if (p->order == 1)
		pages = 4;
	p->base_class = sample_pick(&rnd, SAMPLE_BASES);
	switch (p->base_class) {
	case SAMPLE_BASE_LOW:
		base = (scn_pos)(1 + sample_pick(&rnd, 7)) << (l->pagebits + 5);
		break;
	case SAMPLE_BASE_4G:
		base = (1LL << 32) - (sample_pick(&rnd, 2) ? 0 :
				      1LL << (l->pagebits + p->order));
		break;
	case SAMPLE_BASE_8T:
		base = (1LL << 43) - (1LL << (l->pagebits + 5));
		break;
	}
	scn_init(s, l->pagebits, blkbits, base,
		 (pages << l->pagebits) >> blkbits);
	for (at = 0; at < pages; )
		at += sample_place(p, l, at, pages, &rnd);
	scn_settle(s, l->dirty_per_block);
	sample_extents(s, &rnd);
	s->isize = sample_isize(p, l, &rnd);
	sample_range(s, &rnd);
	p->prealloc = sample_pick(&rnd, 3) ? 0 : 1 + sample_pick(&rnd, 4);
	p->nsteps = sample_pick(&rnd, SAMPLE_STEPS + 1);
	for (i = 0; i < p->nsteps; i++)
		sample_step(p, &p->step[i], &rnd);
}

/**
 * sample_keep() - leave part of a scenario away, to find what matters
 * @p: the scenario
 * @l: as for sample_make()
 * @steps: bit i set: keep step i
 * @entries: bit i set: keep entry i of the page cache
 */
void sample_keep(struct sample *p, const struct scn_limits *l,
		 unsigned int steps, unsigned long long entries)
{
	struct scenario *s = &p->s;
	unsigned int i, n = 0;

	for (i = 0; i < p->nsteps; i++)
		if (steps >> i & 1)
			p->step[n++] = p->step[i];
	p->nsteps = n;
	n = 0;
	for (i = 0; i < s->nfolios; i++) {
		if (entries >> i & 1) {
			p->state[n] = p->state[i];
			s->folio[n++] = s->folio[i];
		} else if (!s->folio[i].shadow) {
			memset(s->cache + scn_first_block(s, &s->folio[i]),
			       SCN_ABSENT, scn_folio_blocks(s, &s->folio[i]));
		}
	}
	s->nfolios = n;
}
