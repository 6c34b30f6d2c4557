/* SPDX-License-Identifier: GPL-2.0-only */
/* One page cache made real, for many releases. */
#ifndef EXPLORE_STATE_H
#define EXPLORE_STATE_H

#include <kunit/test.h>

#include "explore.h"
#include "fixture.h"

/**
 * struct xp_folio - a folio as it was before all releases
 * @folio: the folio
 * @flags: its flags, as XP_FLAG_ below
 * @refs: its references
 */
struct xp_folio {
	struct folio	*folio;
	unsigned int	flags;
	int		refs;
};

/**
 * struct xp_state - the page cache that a worker is at
 * @test: stands for the case that the fixture wants
 * @f: the fixture
 * @space: what is enumerated
 * @part: the part that the page cache belongs to
 * @nfolios: entries of @folio
 * @folio: what is cached
 * @nrpages: pages cached
 * @dirty: what the oracle takes for dirty
 * @iomap: the mapping of the last release
 * @err: what that returned
 * @row: what it was made for
 * @finding: enum xp_finding: which one a verdict is about
 * @layout: the page cache that stands, by its number in the part; of no use without
 *	@built
 * @built: a page cache stands, of @part
 */
struct xp_state {
	struct kunit		test;
	struct fixture		*f;
	const struct xp_space	*space;
	const struct xp_part	*part;
	unsigned int		nfolios;
	struct xp_folio		folio[XP_MAX_PAGES];
	unsigned long		nrpages;
	unsigned char		dirty[XP_MAX_BLOCKS];
	struct iomap		iomap;
	int			err;
	const struct xp_row	*row;
	unsigned int		finding;
	xp_u64			layout;
	bool			built;
};

const char *xp_state_open(struct xp_state *x, const struct xp_space *space);
bool xp_state_build(struct xp_state *x, xp_u64 cache);
void xp_state_row(struct xp_state *x, const struct xp_row *row);
void xp_state_iomap(const struct xp_state *x, const struct xp_row *row,
		    struct iomap *iomap);
int xp_state_call(struct xp_state *x, const struct xp_row *row);
const char *xp_state_changed(struct xp_state *x);
const char *xp_state_end(struct xp_state *x, bool last);

#endif /* EXPLORE_STATE_H */
