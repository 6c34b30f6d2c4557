// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which scenarios make sense, and which of those can be made by real calls.
 *
 * A state that no call leaves behind proves nothing: the release may do with it
 * what it likes. Such scenarios are refused with "unreachable: " and the reason.
 */
#ifdef __KERNEL__
#include <linux/kernel.h>
#else
#include <stdio.h>
#endif

#include "scenario.h"

struct check_count {
	unsigned int absent, stale, clean, dirty;
};

static const char *check_shape(const struct scenario *s,
			       const struct scn_limits *l)
{
	unsigned long long page = 1ULL << s->pagebits;
	unsigned long long window = (unsigned long long)s->nblocks << s->blkbits;
	scn_pos block = 1LL << s->blkbits;

	if (s->pagebits != l->pagebits)
		return "this build has another page size";
	if (s->blkbits < 9 || s->blkbits > 20)
		return "block size out of bounds";
	if (!s->nblocks || s->nblocks > SCN_MAX_BLOCKS)
		return "too many blocks, or none";
	if (s->base < 0 || s->base & (page - 1) || s->base & (block - 1))
		return "base is not aligned to pages and blocks";
	if (window & (page - 1))
		return "window is not a number of whole pages";
	if (s->base > l->max_pos ||
	    window > (unsigned long long)(l->max_pos - s->base))
		return "window reaches over the largest file position";
	if (s->isize < 0 || s->isize > l->max_pos)
		return "no file has this size";
	if ((s->start - s->base) & (block - 1) || (s->end - s->base) & (block - 1))
		return "range is not block aligned, and every caller aligns it";
	if (s->start < s->base || s->end < s->start || s->end > scn_window_end(s))
		return "range leaves the window or runs backwards";
	return NULL;
}

static const char *check_place(const struct scenario *s, unsigned int i,
			       const struct scn_limits *l)
{
	const struct scn_folio *f = &s->folio[i];
	unsigned long long index = (s->base >> s->pagebits) + f->index;
	unsigned long long next = 0;

	if (i)
		next = s->folio[i - 1].index +
		       (1ULL << s->folio[i - 1].order);
	if (f->order > l->max_order)
		return "folio order out of bounds";
	if (f->index < next)
		return "folios overlap or are not sorted";
	if (index & ((1ULL << f->order) - 1))
		return "folio is not aligned to its size";
	if (((f->index + (1ULL << f->order)) << s->pagebits) >
	    ((unsigned long long)s->nblocks << s->blkbits))
		return "folio leaves the window";
	if (s->pagebits + f->order < s->blkbits)
		return "folio is smaller than a block";
	return NULL;
}

static const char *check_state(const struct scn_folio *f, unsigned int n,
			       const struct check_count *c,
			       const struct scn_limits *l)
{
	if (f->shadow) {
		if (c->absent != n || f->dirty || f->state)
			return "a shadow entry has no blocks and no flags";
		return NULL;
	}
	if (c->absent)
		return "a block of a folio cannot be absent";
	if (c->dirty && !f->dirty)
		return "unreachable: a dirty block in a clean folio";
	if (f->dirty && !c->dirty) {
		if (n == 1)
			return "unreachable: a dirty folio of one block is dirty there";
		/* A copy of no bytes sets the flag of an uptodate folio only. */
		if (c->clean != n)
			return "unreachable: a stale folio is not dirtied without a block";
		if (!f->state)
			return "a dirty folio without state is dirty in every block";
	}
	if (n == 1)
		return f->state ? "unreachable: a folio of one block never has state" :
				  NULL;
	if (f->state) {
		if (c->stale == n)
			return "unreachable: only a failed read leaves state on a stale folio";
		return NULL;
	}
	if (c->stale != n && c->clean != n && c->dirty != n)
		return "unreachable: blocks differ, but the folio has no state";
	if (c->dirty && l->dirty_per_block && f->order && !l->large_writes)
		return "unreachable: writes of one page each give a large folio state";
	return NULL;
}

/**
 * scn_check() - is this scenario sound, and can it be made?
 * @s: the scenario
 * @l: what this world and this tree can make
 * @why: where the reason goes, when it is not
 * @size: of @why
 *
 * Return: 1 if it is. Reasons that begin with "unreachable: " name states that
 * no kernel call leaves behind; the others are mistakes of the author.
 */
int scn_check(const struct scenario *s, const struct scn_limits *l,
	      char *why, unsigned int size)
{
	unsigned int i, b, first, n, covered = 0;
	const char *bad = check_shape(s, l);

	for (i = 0; !bad && i < s->nfolios; i++) {
		const struct scn_folio *f = &s->folio[i];
		struct check_count c = { 0 };

		bad = check_place(s, i, l);
		if (bad)
			break;
		first = scn_first_block(s, f);
		n = scn_folio_blocks(s, f);
		for (b = covered; b < first; b++)
			if (s->cache[b] != SCN_ABSENT)
				bad = "a block outside all folios is cached";
		for (b = first; b < first + n; b++) {
			c.absent += s->cache[b] == SCN_ABSENT;
			c.stale += s->cache[b] == SCN_STALE;
			c.clean += s->cache[b] == SCN_CLEAN;
			c.dirty += s->cache[b] == SCN_DIRTY;
		}
		covered = first + n;
		if (!bad)
			bad = check_state(f, n, &c, l);
	}
	for (b = covered; !bad && b < s->nblocks; b++)
		if (s->cache[b] != SCN_ABSENT)
			bad = "a block outside all folios is cached";
	if (bad)
		snprintf(why, size, "%s", bad);
	return !bad;
}
