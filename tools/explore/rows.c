// SPDX-License-Identifier: GPL-2.0-only
/*
 * What each page cache of a window is put to.
 *
 * Releases: every range between two block edges, the empty ones too, and with
 * each of them every class of i_size: at each block edge, one byte before and
 * behind it, in the middle of each block, 0, and the largest.
 *
 * Folded: sizes below the range by more than a byte are like 0, and sizes behind
 * it by more than a byte are like the largest. A release asks for i_size once and
 * looks at the page cache from the start of the range to the smaller of i_size
 * and its end. Nothing rests on that being so: an unfolded run makes each release
 * with both sizes and wants the same calls (judge.c).
 *
 * Writes: at five sizes. What more sizes would show the release of the same blocks
 * shows with every size: an unfolded run makes each write with every size, too, and
 * wants the calls of that release.
 */
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/pagemap.h>

#include "rows.h"

/* At most three for each block edge and one for each block, and three more. */
#define ROWS_SIZES	(4 * XP_MAX_BLOCKS + 6)

struct rows_sizes {
	unsigned int	n;
	xp_s64		size[ROWS_SIZES];
};

static unsigned int rows_blkbits(const struct xp_part *part,
				 unsigned int pagebits)
{
	return pagebits - part->ratio;
}

static void rows_put(struct rows *r, const struct xp_row *row)
{
	if (r->row)
		r->row[r->n] = *row;
	r->n++;
}

static void rows_size(struct rows_sizes *sizes, xp_s64 size)
{
	unsigned int i;

	if (size < 0 || size > MAX_LFS_FILESIZE)
		return;
	for (i = 0; i < sizes->n; i++)
		if (sizes->size[i] == size)
			return;
	sizes->size[sizes->n++] = size;
}

/* All sizes that matter to the bytes [@from, @to) of the file. */
static void rows_sizes(struct rows_sizes *sizes, xp_s64 from, xp_s64 to,
		       unsigned int bits)
{
	xp_s64 edge;

	sizes->n = 0;
	rows_size(sizes, 0);
	rows_size(sizes, from - 1);
	for (edge = from; edge < to; edge += 1LL << bits) {
		rows_size(sizes, edge);
		rows_size(sizes, edge + 1);
		rows_size(sizes, edge + (1LL << (bits - 1)));
		rows_size(sizes, edge + (1LL << bits) - 1);
	}
	rows_size(sizes, to);
	rows_size(sizes, to + 1);
	rows_size(sizes, MAX_LFS_FILESIZE);
}

/**
 * rows_fold() - the release that a row shares its behaviour with
 * @part: the window
 * @pagebits: log2 of the page size
 * @row: a row, over the blocks [@start, @end) of the file; becomes that release
 * @start: first byte of the file
 * @end: first byte behind
 *
 * The folded run has it, with that size for that range.
 */
void rows_fold(const struct xp_part *part, unsigned int pagebits, struct xp_row *row,
	       xp_s64 start, xp_s64 end)
{
	xp_s64 base = (xp_s64)part->base << pagebits;

	row->entry = XP_RELEASE;
	row->pos = start - base;
	row->end = end - base;
	row->written = 0;
	if (row->isize < start - 1)
		row->isize = 0;
	if (row->isize > end + 1)
		row->isize = MAX_LFS_FILESIZE;
}

/**
 * rows_releases() - every range with every size
 * @r: where the rows go
 */
void rows_releases(struct rows *r)
{
	unsigned int bits = rows_blkbits(r->part, r->pagebits), i;
	unsigned int window = r->part->pages << r->pagebits;
	xp_s64 base = (xp_s64)r->part->base << r->pagebits;
	struct xp_row row = { .entry = XP_RELEASE };
	struct rows_sizes sizes;

	for (row.pos = 0; row.pos <= window; row.pos += 1U << bits) {
		for (row.end = row.pos; row.end <= window; row.end += 1U << bits) {
			if (r->unfolded)
				rows_sizes(&sizes, base, base + window, bits);
			else
				rows_sizes(&sizes, base + row.pos, base + row.end,
					   bits);
			for (i = 0; i < sizes.n; i++) {
				row.isize = sizes.size[i];
				rows_put(r, &row);
			}
		}
	}
}

/* The next byte at which a write may begin or end: four in each block. */
static unsigned int rows_next(unsigned int byte, unsigned int bits)
{
	unsigned int block = byte >> bits << bits, in = byte - block;
	unsigned int half = 1U << (bits - 1), last = (1U << bits) - 1;

	return block + (in < 1 ? 1 : in < half ? half : in < last ? last : last + 1);
}

/* One write that asks for [pos, end), at a few sizes; unfolded at all. */
static void rows_write(struct rows *r, struct xp_row *row, unsigned int bits)
{
	unsigned int window = r->part->pages << r->pagebits, i;
	xp_s64 base = (xp_s64)r->part->base << r->pagebits;
	xp_s64 block = base + (row->pos >> bits << bits);
	struct rows_sizes sizes = {
		5, { 0, block, block + (1LL << (bits - 1)), base + window,
		     MAX_LFS_FILESIZE },
	};

	if (r->unfolded)
		rows_sizes(&sizes, base, base + window, bits);
	for (row->entry = XP_WRITE; row->entry < xp_target.entries; row->entry++) {
		for (i = 0; i < sizes.n; i++) {
			row->isize = sizes.size[i];
			rows_put(r, row);
		}
	}
}

/**
 * rows_writes() - every class of write, and how far it gets
 * @r: where the rows go
 *
 * A write begins, ends and comes up short at the first byte of a block, its
 * second, its middle and its last.
 */
void rows_writes(struct rows *r)
{
	unsigned int bits = rows_blkbits(r->part, r->pagebits), at;
	unsigned int window = r->part->pages << r->pagebits;
	struct xp_row row;

	for (row.pos = 0; row.pos < window; row.pos = rows_next(row.pos, bits)) {
		row.end = row.pos;
		while (row.end < window) {
			row.end = rows_next(row.end, bits);
			row.written = 0;
			rows_write(r, &row, bits);
			at = row.pos;
			while (at < row.end) {
				at = rows_next(at, bits);
				row.written = at - row.pos;
				rows_write(r, &row, bits);
			}
		}
	}
}
