// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_smoke: every state of a few blocks.
 *
 * All that can be cached over one to three pages, in blocks of a page, half a
 * page and a quarter, and in one folio of two pages; each with every range and
 * every class of i_size. A trial found that this many states kill every
 * one-line fault of the release that was tried. So it comes first.
 *
 * Kills: every mutant of the release in tools/mutants/release.rules that is not
 * about locks, 32 bits or data that vanishes; for instance "scan-stops-at-gap".
 */
#include <linux/fs.h>
#include <linux/pagemap.h>

#include "sweep.h"

/**
 * struct smoke_shape - pages and blocks to enumerate
 * @name: of the shape
 * @pages: length of the window, a multiple of the folio size
 * @order: of all folios
 * @split: log2 of the blocks in a page
 */
struct smoke_shape {
	const char	*name;
	unsigned int	pages;
	unsigned int	order;
	unsigned int	split;
};

static const struct smoke_shape smoke_shapes[] = {
	{ "3 pages of 1 block",		3, 0, 0 },
	{ "2 pages of 2 blocks",	2, 0, 1 },
	{ "1 page of 4 blocks",		1, 0, 2 },
	{ "2 folios of 2 pages of 1 block", 4, 1, 0 },
};

static void smoke_name(const struct smoke_shape *shape, char *desc)
{
	snprintf(desc, SCN_NAME_SIZE, "%s", shape->name);
}

KUNIT_ARRAY_PARAM(smoke, smoke_shapes, smoke_name);

/*
 * What one place for a folio can hold, by number: nothing, a shadow entry, the
 * folio without state in each of three states, dirty without a dirty block, and
 * with state each combination of its blocks.
 */
static unsigned int smoke_choices(unsigned int blocks)
{
	unsigned int n = 1;

	while (blocks--)
		n *= 3;
	return 6 + n;
}

static void smoke_place(struct scenario *s, unsigned int index,
			unsigned int order, unsigned int choice)
{
	struct scn_folio *e;
	unsigned int b, n;

	if (!choice)
		return;
	if (choice == 1) {
		scn_add_shadow(s, index, order);
		return;
	}
	e = scn_add(s, index, order);
	if (choice < 5) {
		scn_fill(s, e, SCN_STALE + choice - 2);
		return;
	}
	e->state = 1;
	if (choice == 5) {
		scn_fill(s, e, SCN_CLEAN);
		e->dirty = 1;
		return;
	}
	n = scn_folio_blocks(s, e);
	choice -= 6;
	for (b = scn_first_block(s, e); n--; b++) {
		s->cache[b] = SCN_STALE + choice % 3;
		e->dirty |= s->cache[b] == SCN_DIRTY;
		choice /= 3;
	}
}

/* One combination of places; @number counts them in a mixed radix. */
static void smoke_state(struct scenario *s, const struct smoke_shape *shape,
			unsigned int choices, unsigned int number)
{
	unsigned int blkbits = PAGE_SHIFT - shape->split;
	scn_pos base = (scn_pos)(number & 1 ? 4 : 0) << PAGE_SHIFT;
	unsigned int index;

	scn_init(s, PAGE_SHIFT, blkbits, base, shape->pages << shape->split);
	scn_extents(s, 0, s->nblocks, SCN_DELALLOC);
	for (index = 0; index < shape->pages; index += 1U << shape->order) {
		smoke_place(s, index, shape->order, number % choices);
		number /= choices;
	}
}

static void smoke_run(struct kunit *test, enum fx_side side)
{
	const struct smoke_shape *shape = test->param_value;
	unsigned int choices = smoke_choices(1U << (shape->split + shape->order));
	unsigned int number, total = 1, i, states = 0;
	struct fixture *f = fx_of(test);
	struct sweep *sw = kunit_kzalloc(test, sizeof(*sw), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, sw);
	for (i = 0; i < shape->pages >> shape->order; i++)
		total *= choices;
	for (number = 0; number < total && !f->bad; number++) {
		smoke_state(&f->s, shape, choices, number);
		if (!fx_reachable(f, &f->s))
			continue;
		states++;
		if (!fx_build(f, NULL))
			break;
		sweep_edges(sw, &f->s);
		sweep_sizes(sw, &f->s);
		sweep_run(f, sw, side);
	}
	kunit_info(test, "%u states, %u releases\n", states, f->releases);
}

/* Expect each release to do what the oracle wants. */
static void states(struct kunit *test)
{
	smoke_run(test, FX_PLAIN);
}

/* Expect the known finding eof_block, and nothing else, where it applies. */
static void states_eof_block(struct kunit *test)
{
	smoke_run(test, FX_FINDING);
	fx_finding_done(fx_of(test));
}

static struct kunit_case smoke_cases[] = {
	KUNIT_CASE_PARAM(states, smoke_gen_params),
	KUNIT_CASE_PARAM(states_eof_block, smoke_gen_params),
	{}
};

FX_SUITE(iomap_delalloc_smoke, smoke_cases);
