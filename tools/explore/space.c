// SPDX-License-Identifier: GPL-2.0-only
/*
 * The space: windows, and the numbers of what happens in them. Which windows, and
 * how many extent maps each has, the target says. The first digit is the part, then
 * the page cache, then the extent map, the last one the row.
 */
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "layout.h"
#include "target.h"

#define SPACE_4G	(1ULL << 32)

unsigned int xp_pagebits(void)
{
	return PAGE_SHIFT;
}

/**
 * space_part() - one more window
 * @space: the space
 * @ratio: log2 of the blocks in a page
 * @pages: how long; a ratio of which not even a page is inside the bound has no part
 * @base: in pages of the file
 * @kind: what its rows are
 */
void space_part(struct xp_space *space, unsigned int ratio, unsigned int pages,
		xp_u64 base, enum xp_kind kind)
{
	struct xp_part *part = &space->part[space->nparts];

	if (!pages)
		return;
	space->nparts++;
	part->ratio = ratio;
	part->pages = pages;
	part->base = base;
	part->kind = kind;
}

/**
 * space_pages() - the longest window of a ratio inside a bound, in pages
 * @bound: the bound
 * @ratio: log2 of the blocks in a page
 */
unsigned int space_pages(const struct xp_bound *bound, unsigned int ratio)
{
	unsigned int pages = bound->blocks >> ratio;

	return min(pages, bound->pages);
}

/**
 * space_page_4g() - the page of a file that begins at 4 GiB
 * @bound: says how large a page is
 */
xp_u64 space_page_4g(const struct xp_bound *bound)
{
	return SPACE_4G >> bound->pagebits;
}

static void space_rows(struct rows *r)
{
	if (r->part->kind == XP_WRITES)
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
	part->maps = target_maps(space, part);
	part->first_cache = space->caches;
	part->first = space->states;
	space_rows(&r);
	part->nrows = r.n;
	if (!part->layouts || !part->maps ||
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
	target_parts(space);
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
			part->kind == XP_WRITES ? "writes" : "releases");
}
