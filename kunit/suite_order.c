// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_order: how large the folios are that writes, zeroing and unsharing
 * make, in a mapping that allows large folios and in one that does not.
 *
 * iomap cuts what it wants of a folio to a page where the mapping allows no large
 * ones, before it asks for the folio. Is that still needed? What is asked here is the
 * tree's own __filemap_get_folio(), in userspace too. With the mutant "large-check",
 * which leaves the cut out, order_asked fails and nothing else (in trees up to 6.11
 * also order_stale): see Documentation/answers.rst, (c).
 *
 * Kills: "large-check", "get-folio-order".
 */
#include <linux/fs.h>
#include <linux/pagemap.h>

#include <compat.h>

#include "digest.h"

#define ORDER_PAGES	16	/* the window */
#define ORDER_MOST	6	/* pages of the longest range */

static const scn_pos order_base = 64LL << PAGE_SHIFT;

/**
 * struct order_row - one parameter
 * @large: the mapping allows large folios
 * @blocks: to a page
 */
struct order_row {
	bool		large;
	unsigned int	blocks;
};

static const struct order_row order_table[] = {
	{ false, 1 }, { false, 2 }, { true, 1 }, { true, 2 },
};

static void order_name(const struct order_row *row, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "bs=%lu %s",
		 PAGE_SIZE / row->blocks, row->large ? "large folios" : "single pages");
}

KUNIT_ARRAY_PARAM(order, order_table, order_name);

/* Single pages of the window that are cached before, a bit each. */
static const unsigned int order_cached[] = { 0, 0x2, 0x5, 0x24, 0xfffe };

static bool order_build(struct fixture *f, unsigned int cached, const char *extents)
{
	const struct order_row *row = f->test->param_value;
	struct address_space *mapping = f->w.inode->i_mapping;
	const char *none = row->blocks > 1 ? ".." : ".";
	const char *clean = row->blocks > 1 ? "[CC]" : "[C]";
	char layout[ORDER_PAGES * 4 + 1];
	unsigned int i, len = 0;

	for (i = 0; i < ORDER_PAGES; i++)
		len += snprintf(layout + len, sizeof(layout) - len, "%s",
				cached >> i & 1 ? clean : none);
	if (row->large)
		mapping_set_large_folios(mapping);
	else
		world_small_folios(&f->w);
	if (mapping_large_folio_support(mapping) != row->large)
		kunit_skip(f->test, "the page cache makes no large folios in this world");
	if (!world_own_get_folio())
		kunit_skip(f->test, "this tree's __filemap_get_folio() is not known");
	if (!fx_parsed(f, ilog2(PAGE_SIZE / row->blocks), order_base, layout, extents))
		return false;
	recfs_reset(&f->fs);
	f->fs.longest = 0;
	f->fs.end = fx_end_short_write;
	return true;
}

static unsigned int order_largest;	/* of all that order_look() has seen */

/* Expect single pages where the mapping allows no more. */
static void order_look(struct fixture *f)
{
	const struct order_row *row = f->test->param_value;
	unsigned int i, order;

	fx_snapshot(f, &f->now);
	for (i = 0; i < ORDER_PAGES; i++) {
		if (!f->now.entry[i] || xa_is_value(f->now.entry[i]))
			continue;
		order = folio_order(f->now.entry[i]);
		order_largest = max(order_largest, order);
		if (!row->large)
			KUNIT_EXPECT_EQ(f->test, order, 0U);
	}
}

/* Expect to have seen large folios where there can be any, or this proves nothing. */
static void order_seen(struct kunit *test)
{
	const struct order_row *row = test->param_value;

	if (row->large && LK_WRITE_FOLIO_ORDER)
		KUNIT_EXPECT_GT(test, order_largest, 0U);
	order_largest = 0;
}

/* --- the look-up alone ---------------------------------------------------------- */

#define ORDER_WRITE	(FGP_LOCK | FGP_WRITE | FGP_CREAT | FGP_STABLE)

static const unsigned int order_flags[] = {
	ORDER_WRITE | FGP_NOFS,
	ORDER_WRITE | FGP_NOFS | FGP_NOWAIT,
	FGP_LOCK | FGP_ACCESSED | FGP_CREAT,
	FGP_CREAT | FGP_FOR_MMAP,
	FGP_LOCK,
	0,
};

static const size_t order_hints[] = {
	1, PAGE_SIZE - 1, PAGE_SIZE, PAGE_SIZE + 1, 2 * PAGE_SIZE, 3 * PAGE_SIZE + 5,
	8 * PAGE_SIZE, 9 * PAGE_SIZE - 1, 64 * PAGE_SIZE, 1UL << 30, SIZE_MAX,
};

/* Ask for one folio; its order, or -1 for none. */
static int order_ask(struct fixture *f, unsigned int page, unsigned int flags, size_t hint)
{
	pgoff_t index = (order_base >> PAGE_SHIFT) + page;
	struct address_space *mapping = f->w.inode->i_mapping;
	struct folio *folio = __filemap_get_folio(mapping, index,
						  flags | compat_order_hint(hint),
						  mapping_gfp_mask(mapping));
	int order = -1;

	if (!IS_ERR_OR_NULL(folio)) {
		order = folio_order(folio);
		KUNIT_EXPECT_TRUE(f->test, folio_contains(folio, index));
		KUNIT_EXPECT_EQ(f->test, folio_test_locked(folio), !!(flags & FGP_LOCK));
		if (flags & FGP_LOCK)
			folio_unlock(folio);
		folio_put(folio);
	}
	KUNIT_EXPECT_EQ(f->test, order >= 0,
			(flags & FGP_CREAT) || f->before.entry[page]);
	return order;
}

/*
 * Every look-up with every wish: expect a folio of single pages where the mapping
 * allows no more, whatever is wished for, and none larger than the wish elsewhere.
 */
static void order_lookup(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	const struct order_row *row = test->param_value;
	unsigned int flags, hint, page, cached;
	int order;

	for (cached = 0; cached < 3; cached++) {
		for (page = 0; page < 9; page++) {
			for (flags = 0; flags < ARRAY_SIZE(order_flags); flags++) {
				for (hint = 0; hint < ARRAY_SIZE(order_hints); hint++) {
					if (!order_build(f, order_cached[cached], "."))
						return;
					order = order_ask(f, page, order_flags[flags],
							  order_hints[hint]);
					digest_step(f, "look up", page,
						    flags << 8 | hint, order);
					if (!row->large)
						KUNIT_EXPECT_LE(test, order, 0);
					if (order > 0)
						KUNIT_EXPECT_LE(test, PAGE_SIZE << order,
								order_hints[hint]);
					order_look(f);
				}
			}
		}
	}
	order_seen(test);
}

/* --- behind the operations ------------------------------------------------------- */

typedef int (*order_op)(struct fixture *f, loff_t from, size_t len);

static int order_do_store(struct fixture *f, loff_t from, size_t len)
{
	ssize_t ret = fx_store(f, from, len, len, true);

	return ret == (ssize_t)len ? 0 : ret < 0 ? ret : -EIO;
}

static int order_do_short(struct fixture *f, loff_t from, size_t len)
{
	ssize_t ret = fx_store(f, from, len, len / 2 + 1, true);

	return ret < 0 ? ret : 0;
}

static int order_range(struct fixture *f, loff_t from, size_t len, bool unshare)
{
	int err;

	f->fs.shared = unshare;
	fx_lock_writers(f);
	if (unshare)
		err = compat_file_unshare(f->w.inode, from, len, &recfs_iomap_ops);
	else
		err = compat_zero_range(f->w.inode, from, len, NULL, &recfs_iomap_ops);
	fx_unlock_writers(f);
	digest_step(f, unshare ? "unshare" : "zero", from, len, err);
	return err;
}

static int order_do_zero(struct fixture *f, loff_t from, size_t len)
{
	return order_range(f, from, len, false);
}

static int order_do_unshare(struct fixture *f, loff_t from, size_t len)
{
	return order_range(f, from, len, true);
}

/* Ranges that begin and end at, before and behind the edges of pages. */
static void order_run(struct kunit *test, const char *extents, order_op op)
{
	struct fixture *f = fx_of(test);
	size_t from, len;
	unsigned int c;

	for (c = 0; c < ARRAY_SIZE(order_cached); c++) {
		for (from = 0; from < 3 * PAGE_SIZE; from += PAGE_SIZE / 2 - 1) {
			for (len = 1; len <= ORDER_MOST * PAGE_SIZE; len += PAGE_SIZE - 1) {
				if (!order_build(f, order_cached[c], extents))
					return;
				KUNIT_EXPECT_EQ(test, 0, op(f, order_base + from, len));
				order_look(f);
				fx_writeback_holds(f);
			}
		}
	}
	order_seen(test);
}

static void order_store(struct kunit *test)
{
	order_run(test, ".", order_do_store);
}

static void order_short(struct kunit *test)
{
	if (!world_exact_source())
		kunit_skip(test, "this kernel's copy may end before the source does");
	order_run(test, ".", order_do_short);
}

static void order_zero(struct kunit *test)
{
	order_run(test, "d", order_do_zero);
}

static void order_unshare(struct kunit *test)
{
	if (!world_bdev())
		kunit_skip(test, "shared blocks cannot be read in this world");
	order_run(test, "w", order_do_unshare);
}

/*
 * What the filesystem's own ->get_folio is told: expect no more than what is left of
 * a page where the mapping allows no large folios.
 */
static void order_asked(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	const struct order_row *row = test->param_value;
	size_t longest = 0;

	if (!order_build(f, 0, "d"))
		return;
	KUNIT_EXPECT_EQ(test, 0, order_do_zero(f, order_base, ORDER_MOST * PAGE_SIZE));
	longest = f->fs.longest;
	if (!order_build(f, 0, "."))
		return;
	KUNIT_EXPECT_EQ(test, 0, order_do_store(f, order_base, ORDER_MOST * PAGE_SIZE));
	if (row->large)
		KUNIT_EXPECT_GT(test, longest, PAGE_SIZE);
	else
		KUNIT_EXPECT_LE(test, max(longest, f->fs.longest), PAGE_SIZE);
}

static void order_goes_stale(struct recfs *fs, enum recfs_point at, unsigned int flags)
{
	if (at != RECFS_AFTER_BEGIN)
		return;
	fs->changes++;
	fs->begin_error = -EIO;	/* and there is no other mapping */
}

/*
 * Zeroing over the end of the file finds its mapping stale with the first folio in
 * hand. Expect the cached pages behind that one to be there afterwards, where the
 * mapping allows no large folios.
 */
static void order_stale(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	const struct order_row *row = test->param_value;

	if (!LK_IOMAP_VALID)
		kunit_skip(test, "this tree cannot ask whether a mapping is valid");
	if (!order_build(f, 0xff, "d"))
		return;
	f->s.isize = order_base + PAGE_SIZE + 1;
	i_size_write(f->w.inode, f->s.isize);
	f->fs.end = NULL;
	f->fs.event = order_goes_stale;
	KUNIT_EXPECT_EQ(test, -EIO, order_do_zero(f, order_base + PAGE_SIZE,
						  ORDER_MOST * PAGE_SIZE));
	if (!row->large)
		KUNIT_EXPECT_EQ(test, f->w.inode->i_mapping->nrpages, 8UL);
}

static struct kunit_case order_cases[] = {
	KUNIT_CASE_PARAM(order_lookup, order_gen_params),
	KUNIT_CASE_PARAM(order_store, order_gen_params),
	KUNIT_CASE_PARAM(order_short, order_gen_params),
	KUNIT_CASE_PARAM(order_zero, order_gen_params),
	KUNIT_CASE_PARAM(order_unshare, order_gen_params),
	KUNIT_CASE_PARAM(order_asked, order_gen_params),
	KUNIT_CASE_PARAM(order_stale, order_gen_params),
	{}
};

FX_SUITE(iomap_delalloc_order, order_cases);
