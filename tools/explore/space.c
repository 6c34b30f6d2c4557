// SPDX-License-Identifier: GPL-2.0-only
/*
 * The space: windows, and the numbers of what happens in them.
 *
 * Of each ratio of block to page one window, as long as the bound allows: what a
 * shorter one holds a longer one holds too, with nothing behind it. These lie at the
 * front of the file; shorter ones lie round 4 GiB, and others of a few blocks are for
 * writes. The first digit is the part, then the page cache, then the extent map, the
 * last one the row.
 *
 * Extent maps: one, all of it delalloc. The release never sees an extent; it calls
 * the punch, which does to each block by itself what it does, and only delalloc
 * goes. A violation over another map is one over this map too. An unfolded run
 * takes every map and wants the calls of this one.
 */
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "layout.h"
#include "rows.h"

#define SPACE_4G	(1ULL << 32)

unsigned int xp_pagebits(void)
{
	return PAGE_SHIFT;
}

/* A ratio of which not even a page is inside the bound has no part. */
static void space_part(struct xp_space *space, unsigned int ratio,
		       unsigned int pages, xp_u64 base, unsigned int writes)
{
	struct xp_part *part = &space->part[space->nparts];

	if (!pages)
		return;
	space->nparts++;
	part->ratio = ratio;
	part->pages = pages;
	part->base = base;
	part->writes = writes;
}

static unsigned int space_pages(const struct xp_bound *bound, unsigned int ratio)
{
	unsigned int pages = bound->blocks >> ratio;

	return min(pages, bound->pages);
}

static void space_parts(struct xp_space *space)
{
	const struct xp_bound *bound = &space->bound;
	xp_u64 page_4g = SPACE_4G >> bound->pagebits;
	unsigned int ratio, pages, blocks;

	for (ratio = 0; ratio < XP_RATIOS; ratio++)
		space_part(space, ratio, space_pages(bound, ratio), 0, 0);
	for (ratio = 0; ratio < XP_RATIOS; ratio++) {
		/* the edge of 32 bits lies in the middle, or in front */
		pages = (space_pages(bound, ratio) + 1) / 2;
		space_part(space, ratio, pages, page_4g - pages / 2, 0);
	}
	blocks = min(bound->blocks, 4U);
	for (ratio = 0; ratio < XP_RATIOS; ratio++) {
		pages = min(blocks >> ratio, 2U);
		if (!bound->unfolded)
			space_part(space, ratio, min(pages, bound->pages),
				   page_4g, 1);
	}
}

static void space_rows(struct rows *r)
{
	if (r->part->writes)
		rows_writes(r);
	else
		rows_releases(r);
}

/* Fill one part in; false where its numbers get too large. */
static bool space_fill(struct xp_space *space, struct xp_part *part)
{
	struct rows r = {
		.part = part,
		.pagebits = space->bound.pagebits,
		.unfolded = space->bound.unfolded,
	};
	xp_u64 states;

	part->layouts = layout_count(part);
	part->maps = 1;
	if (space->bound.unfolded)
		part->maps <<= 2 * (part->pages << part->ratio);
	part->first_cache = space->caches;
	part->first = space->states;
	space_rows(&r);
	part->nrows = r.n;
	if (!part->layouts ||
	    __builtin_mul_overflow(part->layouts, part->maps, &states) ||
	    __builtin_add_overflow(space->caches, states, &space->caches) ||
	    __builtin_mul_overflow(states, r.n, &states) ||
	    __builtin_add_overflow(space->states, states, &space->states) ||
	    space->states >> 62)
		return false;
	part->row = kcalloc(r.n, sizeof(*part->row), GFP_KERNEL);
	if (!part->row)
		return false;
	r.row = part->row;
	r.n = 0;
	space_rows(&r);
	return true;
}

/**
 * xp_space_make() - number everything up to a bound
 * @space: filled in
 * @bound: how far
 *
 * Return: NULL, or why that cannot be done.
 */
const char *xp_space_make(struct xp_space *space, const struct xp_bound *bound)
{
	struct xp_bound copy = *bound;
	unsigned int i;

	/* the caller may have kept it in there */
	bound = &copy;
	memset(space, 0, sizeof(*space));
	space->bound = copy;
	if (bound->pagebits != PAGE_SHIFT)
		return "this build has pages of another size";
	if (!bound->blocks || bound->blocks > XP_MAX_BLOCKS)
		return "windows have 1 to 32 blocks";
	if (!bound->pages || bound->pages > XP_MAX_PAGES)
		return "windows have 1 to 12 pages";
	if (bound->unfolded && bound->blocks > 8)
		return "unfolded, windows have at most 8 blocks";
	space_parts(space);
	for (i = 0; i < space->nparts; i++)
		if (!space_fill(space, &space->part[i]))
			return "there are more states than 62 bits can number";
	return NULL;
}

void xp_space_free(struct xp_space *space)
{
	unsigned int i;

	for (i = 0; i < space->nparts; i++)
		kvfree(space->part[i].row);
}

/**
 * xp_part_of_cache() - the part that a page cache belongs to
 * @space: the space
 * @cache: its number
 */
const struct xp_part *xp_part_of_cache(const struct xp_space *space,
				       xp_u64 cache)
{
	unsigned int i = space->nparts;

	while (--i && space->part[i].first_cache > cache)
		;
	return &space->part[i];
}

/**
 * xp_part_of_state() - the part that a state belongs to
 * @space: the space
 * @state: its number
 */
const struct xp_part *xp_part_of_state(const struct xp_space *space,
				       xp_u64 state)
{
	unsigned int i = space->nparts;

	while (--i && space->part[i].first > state)
		;
	return &space->part[i];
}

/**
 * xp_state_number() - the number of one row of one page cache
 * @space: the space
 * @cache: number of the page cache
 * @row: number of the row
 */
xp_u64 xp_state_number(const struct xp_space *space, xp_u64 cache,
		       unsigned int row)
{
	const struct xp_part *part = xp_part_of_cache(space, cache);

	return part->first + (cache - part->first_cache) * part->nrows + row;
}

/**
 * xp_locate() - the page cache and the row of a state
 * @space: the space
 * @state: its number, below @space->states
 * @cache: number of its page cache
 * @row: number of its row
 */
void xp_locate(const struct xp_space *space, xp_u64 state, xp_u64 *cache,
	       unsigned int *row)
{
	const struct xp_part *part = xp_part_of_state(space, state);

	*cache = part->first_cache + (state - part->first) / part->nrows;
	*row = (state - part->first) % part->nrows;
}

/**
 * xp_part_words() - a part on one line
 * @space: the space
 * @part: one of its parts
 * @buf: where the text goes
 * @size: of @buf
 *
 * Return: length of the text.
 */
int xp_part_words(const struct xp_space *space, const struct xp_part *part,
		  char *buf, unsigned int size)
{
	unsigned int pagebits = space->bound.pagebits;
	char block[16];

	scn_size_name(block, sizeof(block), 1ULL << (pagebits - part->ratio));
	return snprintf(buf, size,
			"bs=%s, %u in a page, %u page%s at %lld: %llu page caches x %llu map%s x %u %s",
			block, 1U << part->ratio, part->pages,
			part->pages == 1 ? "" : "s",
			(xp_s64)part->base << pagebits, part->layouts, part->maps,
			part->maps == 1 ? "" : "s", part->nrows,
			part->writes ? "writes" : "releases");
}
