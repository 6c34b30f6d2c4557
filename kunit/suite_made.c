// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_made: large folios that the page cache makes for a write.
 *
 * A write that is longer than a page asks for a folio as long as itself, and
 * what comes up short may then leave blocks on both sides of the end of the copy
 * in one folio. Only a kernel with transparent huge pages makes such folios.
 *
 * Kills: "punch-dirty".
 */
#include <linux/fs.h>
#include <linux/pagemap.h>

#include <compat.h>

#include "sweep.h"

#define MADE_PAGES	8	/* what the writes ask for */

static const struct sweep_geometry made_table[] = {
	{ PAGE_SHIFT - 3, 3 },
	{ PAGE_SHIFT - 1, 3 },
	{ PAGE_SHIFT, 3 },
};

static void made_name(const struct sweep_geometry *g, char *desc)
{
	scn_geometry_name(desc, SCN_NAME_SIZE, PAGE_SHIFT, g->blkbits,
			  g->order);
}

KUNIT_ARRAY_PARAM(made, made_table, made_name);

static const scn_pos made_base = 32LL << PAGE_SHIFT;
static unsigned int made_block;		/* that the fault goes to */
static unsigned int made_large;		/* folios found to be large */

static void made_check(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	if (!LK_WRITE_FOLIO_ORDER)
		kunit_skip(test, "writes ask for single pages in this tree");
	if (!mapping_large_folio_support(f->w.inode->i_mapping))
		kunit_skip(test, "the page cache makes no large folios in this world");
}

static unsigned int made_order(struct fixture *f)
{
	struct folio *folio = filemap_get_folio(f->w.inode->i_mapping,
						made_base >> PAGE_SHIFT);
	unsigned int order;

	if (IS_ERR_OR_NULL(folio))
		return 0;
	order = folio_order(folio);
	folio_put(folio);
	return order;
}

static void made_fault(struct recfs *fs, enum recfs_point at,
		       unsigned int flags)
{
	struct fixture *f = fs->arg;

	if (at != RECFS_BEFORE_END)
		return;
	made_large += made_order(f) > 0;
	/* A fault behind i_size is refused; that is part of the game. */
	if (made_block < f->s.nblocks)
		fx_write_fault(f, made_block);
}

static void made_setup(struct fixture *f, const struct sweep_geometry *g,
		       scn_pos isize)
{
	scn_init(&f->s, PAGE_SHIFT, g->blkbits, made_base,
		 MADE_PAGES << (PAGE_SHIFT - g->blkbits));
	f->s.isize = isize;
	fx_build(f, NULL);
	recfs_reset(&f->fs);
	f->fs.end = fx_end_short_write;
	f->fs.event = made_fault;
	f->ends = 0;
	f->passed_over = 0;
}

static void made_once(struct fixture *f, unsigned int off, size_t good)
{
	size_t len = MADE_PAGES * PAGE_SIZE - off;
	ssize_t ret = fx_store(f, made_base + off, len, good, true);

	if (ret == -EOPNOTSUPP)
		kunit_skip(f->test, "no source that ends in an unreadable page in this world");
	KUNIT_EXPECT_EQ(f->test, ret, (ssize_t)good);
	KUNIT_EXPECT_GE(f->test, f->ends, 1U);
	if (!f->passed_over)
		fx_writeback_holds(f);
}

/* Sources that end in each page; a fault in each other, and in none. */
static void made_run(struct kunit *test, enum fx_side side)
{
	const struct sweep_geometry *g = test->param_value;
	const unsigned int bs = 1U << g->blkbits;
	const scn_pos sizes[] = {
		0, made_base + MADE_PAGES * PAGE_SIZE,
		made_base + (MADE_PAGES - 2) * PAGE_SIZE + bs / 2,
	};
	const unsigned int offs[] = { 0, bs / 2 + 1 };
	struct fixture *f = fx_of(test);
	unsigned int i, j, page, block;

	made_check(test);
	f->side = side;
	made_large = 0;
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (j = 0; j < ARRAY_SIZE(offs); j++) {
			for (page = 1; page < MADE_PAGES; page++) {
				for (block = 0; block <= MADE_PAGES; block += 3) {
					made_block = block << (PAGE_SHIFT - g->blkbits);
					made_setup(f, g, sizes[i]);
					made_once(f, offs[j], page * PAGE_SIZE +
						  page % 2 * bs / 2 - offs[j]);
					if (f->bad >= FX_MAX_BAD)
						return;
				}
			}
		}
	}
	KUNIT_EXPECT_NE(test, made_large, 0U);
}

static void short_write_into(struct kunit *test)
{
	made_run(test, FX_PLAIN);
}

static void short_write_into_eof_block(struct kunit *test)
{
	made_run(test, FX_FINDING);
	fx_finding_done(fx_of(test));
}

/* Expect a write of many pages at a place that is aligned to get one folio. */
static void as_large_as_the_write(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	unsigned int order;

	made_check(test);
	/* Some trees make no folio of two pages. */
	for (order = 2; order <= 3; order++) {
		made_setup(f, &made_table[1], 0);
		f->fs.event = NULL;
		KUNIT_EXPECT_EQ(test, fx_store(f, made_base, PAGE_SIZE << order,
					       PAGE_SIZE << order, true),
				(ssize_t)(PAGE_SIZE << order));
		KUNIT_EXPECT_EQ(test, made_order(f), order);
		fx_writeback_holds(f);
	}
}

static struct kunit_case made_cases[] = {
	KUNIT_CASE(as_large_as_the_write),
	KUNIT_CASE_PARAM(short_write_into, made_gen_params),
	KUNIT_CASE_PARAM(short_write_into_eof_block, made_gen_params),
	{}
};

FX_SUITE(iomap_delalloc_made, made_cases);
