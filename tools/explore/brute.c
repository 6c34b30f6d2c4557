// SPDX-License-Identifier: GPL-2.0-only
/*
 * Are these all page caches? Small windows are filled in every way that there is,
 * sense or not, and what scn_check() lets pass must be what layout.c numbers: as
 * many, and with the same sum of hashes.
 */
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/pagemap.h>

#include <libkern-facts.h>

#include "layout.h"
#include "mix.h"

#define BRUTE_BLOCKS	4	/* of longer windows there are too many */

struct brute {
	const struct xp_part	*part;
	struct scn_limits	limits;
	struct scenario		s;
	xp_u64			count;
	xp_u64			sum;
};

static xp_u64 brute_hash(const struct scenario *s)
{
	xp_u64 h = s->nfolios;
	unsigned int i;

	for (i = 0; i < s->nfolios; i++) {
		const struct scn_folio *f = &s->folio[i];

		h = mix64(h, f->index | f->order << 8 | f->shadow << 16 |
			     f->state << 17 | f->dirty << 18);
	}
	for (i = 0; i < s->nblocks; i++)
		h = mix64(h, s->cache[i]);
	return h;
}

static void brute_begin(struct brute *t, const struct xp_space *space,
			const struct xp_part *part)
{
	unsigned int bits = space->bound.pagebits;

	memset(t, 0, sizeof(*t));
	t->part = part;
	t->limits.pagebits = bits;
	t->limits.max_pos = MAX_LFS_FILESIZE;
	t->limits.max_order = XP_MAX_ORDER;
	t->limits.dirty_per_block = LK_DIRTY_PER_BLOCK;
	t->limits.large_writes = 1;
	scn_init(&t->s, bits, bits - part->ratio, part->base << bits,
		 part->pages << part->ratio);
}

static void brute_count(struct brute *t)
{
	char why[120];

	if (!scn_check(&t->s, &t->limits, why, sizeof(why)))
		return;
	t->count++;
	t->sum += brute_hash(&t->s);
}

/* Every way to put entries from @page on, with blocks as they are. */
static void brute_entries(struct brute *t, unsigned int page)
{
	struct scenario *s = &t->s;
	unsigned int order, flags;

	if (page >= t->part->pages) {
		brute_count(t);
		return;
	}
	brute_entries(t, page + 1);
	for (order = 0; order <= XP_MAX_ORDER; order++) {
		for (flags = 0; flags < 8; flags++) {
			struct scn_folio *f = &s->folio[s->nfolios++];

			f->index = page;
			f->order = order;
			f->shadow = flags & 1;
			f->state = flags >> 1 & 1;
			f->dirty = flags >> 2;
			brute_entries(t, page + (1U << order));
			s->nfolios--;
		}
	}
}

/* Every state of every block, and under each of these every entry. */
static void brute_blocks(struct brute *t, unsigned int block)
{
	unsigned int how;

	if (block == t->s.nblocks) {
		brute_entries(t, 0);
		return;
	}
	for (how = SCN_ABSENT; how <= SCN_DIRTY; how++) {
		t->s.cache[block] = how;
		brute_blocks(t, block + 1);
	}
}

static bool brute_same(const struct xp_space *space, const struct xp_part *part)
{
	static struct brute all, numbered;
	xp_u64 i;

	brute_begin(&all, space, part);
	brute_blocks(&all, 0);
	for (i = 0; i < part->layouts; i++) {
		xp_u64 count = numbered.count, sum = numbered.sum;

		brute_begin(&numbered, space, part);
		numbered.count = i ? count : 0;
		numbered.sum = i ? sum : 0;
		layout_make(part, i, &numbered.s);
		brute_count(&numbered);
	}
	return all.count == part->layouts && numbered.count == part->layouts &&
	       all.sum == numbered.sum;
}

/**
 * xp_brute() - hold the numbered page caches against all that make sense
 * @space: the space
 * @parts: how many of its windows were small enough goes here
 *
 * Return: 1 if they are the same.
 */
int xp_brute(const struct xp_space *space, unsigned int *parts)
{
	bool same = true;
	unsigned int i;

	*parts = 0;
	for (i = 0; i < space->nparts; i++) {
		const struct xp_part *part = &space->part[i];

		if (part->pages << part->ratio > BRUTE_BLOCKS)
			continue;
		(*parts)++;
		same &= brute_same(space, part);
	}
	return same;
}
