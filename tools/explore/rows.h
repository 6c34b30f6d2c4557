/* SPDX-License-Identifier: GPL-2.0-only */
/* Ranges, sizes and writes. */
#ifndef EXPLORE_ROWS_H
#define EXPLORE_ROWS_H

#include "explore.h"

/**
 * struct rows - rows being collected
 * @part: the window
 * @pagebits: log2 of the page size
 * @unfolded: as in struct xp_bound
 * @n: so far
 * @row: where they go, or NULL to count them
 */
struct rows {
	const struct xp_part	*part;
	unsigned int		pagebits;
	unsigned int		unfolded;
	unsigned int		n;
	struct xp_row		*row;
};

void rows_releases(struct rows *r);
void rows_writes(struct rows *r);
void rows_fold(const struct xp_part *part, unsigned int pagebits, struct xp_row *row,
	       xp_s64 start, xp_s64 end);

#endif /* EXPLORE_ROWS_H */
