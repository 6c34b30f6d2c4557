/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sweeps: one page cache, many ranges and sizes.
 */
#ifndef KUNIT_SWEEP_H
#define KUNIT_SWEEP_H

#include "fixture.h"

#define SWEEP_MAX_EDGES	24
#define SWEEP_MAX_SIZES	100

/**
 * struct sweep - the ranges and sizes to go through
 * @nedges: entries of @edge
 * @nsizes: entries of @size
 * @lost: edges and sizes that had no room, which fails the case
 * @edge: blocks at which ranges begin and end, rising
 * @size: sizes of the file, in bytes
 */
struct sweep {
	unsigned int	nedges;
	unsigned int	nsizes;
	unsigned int	lost;
	unsigned int	edge[SWEEP_MAX_EDGES];
	scn_pos		size[SWEEP_MAX_SIZES];
};

/**
 * struct sweep_geometry - one row of the table that suites run over
 * @blkbits: log2 of the block size
 * @order: of the folios
 */
struct sweep_geometry {
	unsigned int	blkbits;
	unsigned int	order;
};

/* Blocks from 512 bytes to the page, and folios of orders 0 to 4. */
const void *sweep_geometries_next(const void *prev, char *desc);
FX_GENERATOR(sweep_geometries_next)
#define sweep_geometries_gen_params FX_GEN(sweep_geometries_next)

void sweep_edges(struct sweep *sw, const struct scenario *s);
void sweep_sizes(struct sweep *sw, const struct scenario *s);
void sweep_size(struct sweep *sw, const struct scenario *s, scn_pos size);
void sweep_run(struct fixture *f, const struct sweep *sw, enum fx_side side);
void sweep_to_disk(struct fixture *f, const struct sweep *sw,
		   enum fx_side side);

/**
 * typedef sweep_fill_t - what one block of the cache is to be
 * @folio: number of its folio, from 0
 * @block: number in its folio
 * @n: blocks of the folio
 *
 * Return: its state, or SCN_ABSENT for a folio that is to be left out.
 */
typedef enum scn_cache (*sweep_fill_t)(unsigned int folio, unsigned int block,
				       unsigned int n);

bool sweep_layout(struct fixture *f, const struct sweep_geometry *g,
		  scn_pos base, sweep_fill_t fill);

#endif /* KUNIT_SWEEP_H */
