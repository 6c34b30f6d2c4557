// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_extents: what the filesystem has, under all that is cached.
 *
 * The release knows nothing of extents; it is the callback that takes delalloc
 * and leaves the rest. So whatever lies under a range, the same bytes must be
 * punched, and only reservations may go.
 *
 * Kills: "punch-length", "release-tail-length" (a punch one byte too long).
 */
#include <linux/fs.h>
#include <linux/pagemap.h>

#include "sweep.h"

static enum scn_cache extents_cache(unsigned int folio, unsigned int block,
				    unsigned int n)
{
	static const enum scn_cache round[] = {
		SCN_DIRTY, SCN_CLEAN, SCN_DIRTY, SCN_STALE, SCN_CLEAN,
		SCN_DIRTY, SCN_DIRTY,
	};

	return round[(folio * 3 + block) % ARRAY_SIZE(round)];
}

/* Extent maps to repeat over the window, one character a block. */
static const char *const extents_maps[] = {
	"d", ".", "w", "u", "dw", "wd", "d.", "dd.w", "duw.", "wwdd", "dddw",
};

static void extents_lay(struct scenario *s, const char *map)
{
	unsigned int b, len = strlen(map);

	for (b = 0; b < s->nblocks; b++) {
		char c = map[b % len];

		s->extent[b] = c == 'd' ? SCN_DELALLOC :
			       c == 'u' ? SCN_UNWRITTEN :
			       c == 'w' ? SCN_WRITTEN : SCN_HOLE;
	}
}

static void extents_run(struct kunit *test, enum fx_side side)
{
	const struct sweep_geometry *g = test->param_value;
	struct fixture *f = fx_of(test);
	struct sweep *sw = kunit_kzalloc(test, sizeof(*sw), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, sw);
	if (!sweep_layout(f, g, 16LL << (PAGE_SHIFT + 4), extents_cache))
		return;
	sweep_edges(sw, &f->s);
	sweep_size(sw, &f->s, MAX_LFS_FILESIZE);
	sweep_size(sw, &f->s, f->s.base + (1LL << (g->blkbits - 1)));
	for (i = 0; i < ARRAY_SIZE(extents_maps); i++) {
		extents_lay(&f->s, extents_maps[i]);
		sweep_run(f, sw, side);
	}
}

/* Expect reservations to go and other extents to stay. */
static void extent_maps(struct kunit *test)
{
	extents_run(test, FX_PLAIN);
}

/* Expect the known finding to hit a block whatever its extent is. */
static void extent_maps_eof_block(struct kunit *test)
{
	extents_run(test, FX_FINDING);
	fx_finding_done(fx_of(test));
}

static struct kunit_case extents_cases[] = {
	KUNIT_CASE_PARAM(extent_maps, sweep_geometries_gen_params),
	KUNIT_CASE_PARAM(extent_maps_eof_block, sweep_geometries_gen_params),
	{}
};

FX_SUITE(iomap_delalloc_extents, extents_cases);
