// SPDX-License-Identifier: GPL-2.0-only
/*
 * All page caches of one window: at each page nothing, a shadow entry of order 0
 * to 2 or a folio of order 0 to 2 in one of its states, as alignment allows.
 *
 * States of a folio of one block: not uptodate, clean, dirty. Of n > 1 blocks:
 * the three without per-block state; the folio's dirty flag over clean blocks;
 * and with per-block state each way to make every block one of not uptodate,
 * clean, dirty, but for all not uptodate. These are all that scn_check() lets
 * pass; kunit/check.c says why the rest is reached by no call.
 */
#include <linux/kernel.h>

#include "layout.h"

#define LAYOUT_PLAIN	3	/* states without per-block state */
#define LAYOUT_FIRST	4	/* the first with: behind the marked one */

/* 0 stands for more than 64 bits hold. */
static xp_u64 layout_power3(unsigned int n)
{
	xp_u64 power = 1;

	if (n > 40)
		return 0;
	while (n--)
		power *= 3;
	return power;
}

static xp_u64 layout_folio_states(unsigned int blocks)
{
	if (blocks == 1)
		return LAYOUT_PLAIN;
	return LAYOUT_FIRST + layout_power3(blocks) - 1;
}

static bool layout_fits(const struct xp_part *part, unsigned int page,
			unsigned int order)
{
	unsigned int n = 1U << order;

	return page + n <= part->pages && !((part->base + page) & (n - 1));
}

/*
 * @count[i]: ways to fill the window from page i on.
 *
 * Return: false where there are more than 62 bits hold.
 */
static bool layout_counts(const struct xp_part *part,
			  xp_u64 count[XP_MAX_PAGES + 1])
{
	unsigned int page = part->pages, order;
	xp_u64 ways;

	count[page] = 1;
	while (page--) {
		count[page] = count[page + 1];
		for (order = 0; order <= XP_MAX_ORDER; order++) {
			unsigned int n = 1U << order;

			if (!layout_fits(part, page, order))
				continue;
			if ((n << part->ratio) > 38)
				return false;
			ways = 1 + layout_folio_states(n << part->ratio);
			if (__builtin_mul_overflow(ways, count[page + n], &ways) ||
			    __builtin_add_overflow(count[page], ways, &count[page]) ||
			    count[page] >> 62)
				return false;
		}
	}
	return true;
}

/**
 * layout_count() - how many page caches a window can have
 * @part: the window
 *
 * Return: the number; 0 where it is too large.
 */
xp_u64 layout_count(const struct xp_part *part)
{
	xp_u64 count[XP_MAX_PAGES + 1];

	return layout_counts(part, count) ? count[0] : 0;
}

static void layout_folio(struct scenario *s, unsigned int page,
			 unsigned int order, xp_u64 state)
{
	static const unsigned char of[LAYOUT_PLAIN] = {
		SCN_STALE, SCN_CLEAN, SCN_DIRTY,
	};
	struct scn_folio *f = scn_add(s, page, order);
	unsigned int b = scn_first_block(s, f), n = scn_folio_blocks(s, f);

	if (state < LAYOUT_PLAIN) {
		scn_fill(s, f, of[state]);
		return;
	}
	f->state = 1;
	if (state < LAYOUT_FIRST) {
		scn_fill(s, f, SCN_CLEAN);
		f->dirty = 1;
		return;
	}
	/* the digits of a number to base 3, which is not 0 */
	state -= LAYOUT_FIRST - 1;
	for (; n--; b++, state /= 3) {
		s->cache[b] = of[state % 3];
		f->dirty |= s->cache[b] == SCN_DIRTY;
	}
}

/**
 * layout_make() - make one page cache
 * @part: the window
 * @number: below layout_count()
 * @s: filled in, but for the extents, the size and the range
 */
void layout_make(const struct xp_part *part, xp_u64 number, struct scenario *s)
{
	xp_u64 count[XP_MAX_PAGES + 1], ways, folios;
	unsigned int page = 0, order, n = 1;

	layout_counts(part, count);
	while (page < part->pages) {
		if (number < count[page + 1]) {
			page++;
			continue;
		}
		number -= count[page + 1];
		for (order = 0; order <= XP_MAX_ORDER; order++) {
			if (!layout_fits(part, page, order))
				continue;
			n = 1U << order;
			folios = 1 + layout_folio_states(n << part->ratio);
			ways = folios * count[page + n];
			if (number < ways)
				break;
			number -= ways;
		}
		ways = number / count[page + n];
		number %= count[page + n];
		if (!ways)
			scn_add_shadow(s, page, order);
		else
			layout_folio(s, page, order, ways - 1);
		page += n;
	}
}
