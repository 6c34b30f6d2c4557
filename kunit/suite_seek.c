// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_seek: the seek over the page cache, by itself.
 *
 * mapping_seek_hole_data() tells the release where data begins and ends. What it
 * does for the release is judged by all other suites; here it is asked what the
 * release never asks.
 *
 * Others change the page cache while it looks: those that the release's lock does not
 * keep out can do so to the release, anybody to lseek().
 *
 * Kills: "seek-empty-range", "seek-without-parts", "seek-shadow-size", "find-gives-up",
 * "find-keeps-place", "find-split-put", "find-stops-at-retry", "seek-keeps-place".
 */
#include <linux/fs.h>
#include <linux/pagemap.h>

#include "fixture.h"

#define SEEK_BITS	(PAGE_SHIFT - 2)

static loff_t seek_from(struct fixture *f, unsigned int from, unsigned int to,
			int whence)
{
	loff_t found = mapping_seek_hole_data(f->w.inode->i_mapping,
					      scn_block_pos(&f->s, from),
					      scn_block_pos(&f->s, to), whence);

	/* Blocks are easier to read than bytes. */
	return found < 0 ? found : (found - f->s.base) >> SEEK_BITS;
}

/* Expect that there is neither data nor a hole where there is nothing at all. */
static void nothing_to_seek(struct kunit *test)
{
	static const unsigned int ranges[][2] = {
		{ 0, 0 }, { 3, 3 }, { 4, 4 }, { 5, 5 }, { 8, 8 },
		{ 1, 0 }, { 4, 3 }, { 8, 0 },
	};
	struct fixture *f = fx_of(test);
	unsigned int i;

	if (!fx_parsed(f, SEEK_BITS, 4 * PAGE_SIZE, "[DCUC]....", "d"))
		return;
	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		KUNIT_EXPECT_EQ(test, seek_from(f, ranges[i][0], ranges[i][1], SEEK_DATA),
				(loff_t)-ENXIO);
		KUNIT_EXPECT_EQ(test, seek_from(f, ranges[i][0], ranges[i][1], SEEK_HOLE),
				(loff_t)-ENXIO);
	}
}

#define SEEK_AT(block)	((loff_t)(block) << SEEK_BITS)

struct seek_row {
	loff_t from, to, data, hole;
};

static void seek_expect(struct kunit *test, const struct seek_row *row, unsigned int n)
{
	struct fixture *f = fx_of(test);
	struct address_space *mapping = f->w.inode->i_mapping;
	scn_pos base = f->s.base;
	loff_t found;

	for (; n--; row++) {
		found = mapping_seek_hole_data(mapping, base + row->from, base + row->to,
					       SEEK_DATA);
		KUNIT_EXPECT_EQ(test, found < 0 ? found : found - (loff_t)base, row->data);
		found = mapping_seek_hole_data(mapping, base + row->from, base + row->to,
					       SEEK_HOLE);
		KUNIT_EXPECT_EQ(test, found < 0 ? found : found - (loff_t)base, row->hole);
	}
}

/*
 * The release asks from block edges up to block edges or i_size, and what it cannot
 * use it rounds away. Expect an answer to the byte: the first byte asked for where
 * that is data or a hole already, else a block edge; nothing that lies behind the
 * end, even by no more than that.
 */
static void to_the_byte(struct kunit *test)
{
	static const struct seek_row rows[] = {
		{ 0, SEEK_AT(8), 0, SEEK_AT(2) },
		{ 1, SEEK_AT(8), 1, SEEK_AT(2) },
		{ SEEK_AT(2) - 1, SEEK_AT(8), SEEK_AT(2) - 1, SEEK_AT(2) },
		{ SEEK_AT(2) + 1, SEEK_AT(8), -ENXIO, SEEK_AT(2) + 1 },
		{ SEEK_AT(2), SEEK_AT(12), SEEK_AT(9), SEEK_AT(2) },
		{ SEEK_AT(4), SEEK_AT(8), -ENXIO, SEEK_AT(4) },
		{ SEEK_AT(8) + 1, SEEK_AT(12), SEEK_AT(9), SEEK_AT(8) + 1 },
		{ SEEK_AT(9) - 1, SEEK_AT(12), SEEK_AT(9), SEEK_AT(9) - 1 },
		{ SEEK_AT(10) + 3, SEEK_AT(12), SEEK_AT(11), SEEK_AT(10) + 3 },
		{ SEEK_AT(11), SEEK_AT(12), SEEK_AT(11), SEEK_AT(12) },
		{ SEEK_AT(11) + 1, SEEK_AT(16), SEEK_AT(11) + 1, SEEK_AT(16) },
		{ SEEK_AT(12), SEEK_AT(12) + 5, SEEK_AT(12), SEEK_AT(12) + 5 },
	};
	static const struct seek_row whole[] = {
		{ 1, SEEK_AT(12), -ENXIO, 1 },
		{ 1, SEEK_AT(16), SEEK_AT(12), 1 },
		{ SEEK_AT(8) + 1, SEEK_AT(16), SEEK_AT(12), SEEK_AT(8) + 1 },
		{ SEEK_AT(12) + 1, SEEK_AT(16), SEEK_AT(12) + 1, SEEK_AT(16) },
	};
	static struct address_space_operations aops;
	struct fixture *f = fx_of(test);
	struct address_space *mapping = f->w.inode->i_mapping;

	if (!fx_parsed(f, SEEK_BITS, 4 * PAGE_SIZE, "[CCUU]....[UCUC][CCCC]", "d"))
		return;
	seek_expect(test, rows, ARRAY_SIZE(rows));
	aops = *mapping->a_ops;
	aops.is_partially_uptodate = NULL;
	mapping->a_ops = &aops;
	seek_expect(test, whole, ARRAY_SIZE(whole));
	mapping->a_ops = &recfs_aops;
}

/*
 * A filesystem that cannot tell the parts of a folio. Expect a folio to be data
 * when all of it is uptodate, and a hole otherwise.
 */
static void without_parts(struct kunit *test)
{
	static const struct {
		unsigned int from, to;
		loff_t data, hole;
	} rows[] = {
		{ 0, 16, 4, 0 },
		{ 2, 16, 4, 2 },
		{ 4, 16, 4, 8 },
		{ 5, 16, 5, 8 },
		{ 5, 8, 5, 8 },
		{ 8, 16, -ENXIO, 8 },
		{ 9, 12, -ENXIO, 9 },
		{ 0, 4, -ENXIO, 0 },
		{ 0, 5, 4, 0 },
	};
	static struct address_space_operations aops;
	struct fixture *f = fx_of(test);
	struct address_space *mapping = f->w.inode->i_mapping;
	unsigned int i;

	if (!fx_parsed(f, SEEK_BITS, 4 * PAGE_SIZE, "[CCUC][DCDC]....[UCUC]", "d"))
		return;
	aops = *mapping->a_ops;
	aops.is_partially_uptodate = NULL;
	mapping->a_ops = &aops;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		KUNIT_EXPECT_EQ(test, seek_from(f, rows[i].from, rows[i].to, SEEK_DATA),
				rows[i].data);
		KUNIT_EXPECT_EQ(test, seek_from(f, rows[i].from, rows[i].to, SEEK_HOLE),
				rows[i].hole);
	}
	mapping->a_ops = &recfs_aops;
}

/*
 * Shadow entries of several pages are data up to their end. The release asks for a
 * hole only where it has found data, and finds nothing to lock in there either way.
 *
 * Mutant: "seek-shadow-size".
 */
static void large_shadows(struct kunit *test)
{
	static const struct seek_row rows[] = {
		{ 0, SEEK_AT(24), 0, SEEK_AT(20) },
		{ 1, SEEK_AT(24), 1, SEEK_AT(20) },
		{ SEEK_AT(4), SEEK_AT(24), SEEK_AT(4), SEEK_AT(20) },
		{ SEEK_AT(16) - 1, SEEK_AT(24), SEEK_AT(16) - 1, SEEK_AT(20) },
		{ SEEK_AT(20), SEEK_AT(40), SEEK_AT(32), SEEK_AT(20) },
		{ SEEK_AT(32), SEEK_AT(48), SEEK_AT(32), SEEK_AT(40) },
		{ SEEK_AT(36), SEEK_AT(48), SEEK_AT(36), SEEK_AT(40) },
	};

	if (fx_parsed(fx_of(test), SEEK_BITS, 16 * PAGE_SIZE,
		      "<................>[CCCC]............<........>........", "d"))
		seek_expect(test, rows, ARRAY_SIZE(rows));
}

/* Pages to take away, and how often that was done. */
static struct {
	unsigned int page;
	unsigned int ran;
} seek_other;

static void seek_take(struct fixture *f)
{
	loff_t pos = f->s.base + ((loff_t)seek_other.page << PAGE_SHIFT);

	seek_other.ran++;
	truncate_inode_pages_range(f->w.inode->i_mapping, pos, pos + PAGE_SIZE - 1);
}

static void seek_page_goes(void *arg)
{
	seek_take(arg);
}

/* Lay out, let the other task in, and seek. Expect @want, a block. */
static void seek_raced(struct fixture *f, const char *layout, enum world_moment at,
		       void (*fn)(void *arg), unsigned int from, loff_t want)
{
	if (!fx_parsed(f, SEEK_BITS, 0, layout, "d"))
		return;
	seek_other.ran = 0;
	if (!world_at_moment(at, 1, fn, f))
		kunit_skip(f->test, "look-ups cannot be intercepted in this world");
	KUNIT_EXPECT_EQ(f->test, seek_from(f, from, f->s.nblocks, SEEK_DATA), want);
	world_at_moment(at, 0, NULL, NULL);
	KUNIT_EXPECT_EQ(f->test, seek_other.ran, 1U);
}

/*
 * The folio that was found has gone before it can be held. Expect the data behind it,
 * which has been there all the time.
 *
 * Mutant: "find-gives-up".
 */
static void found_and_gone(struct kunit *test)
{
	seek_other.page = 0;
	seek_raced(fx_of(test), "[CCCC][CCCC]", WORLD_FOUND, seek_page_goes, 0, 4);
}

/*
 * A folio is split while it is looked up: what was found is its first part and does
 * not have the page any more that was asked for. Expect the data of that page, which
 * has been there all the time, and no reference left.
 *
 * Mutants: "find-keeps-place", "find-split-put".
 */
static void found_and_split(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	if (!world_splits_folios())
		kunit_skip(test, "folios are not split in this world");
	seek_other.page = 3;
	seek_raced(f, "[CCCCCCCCCCCCCCCC]", WORLD_FOUND, seek_page_goes, 8, 8);
}

/* Eviction has left shadows, and a read brings in one folio over all of them. */
static void seek_large_read(void *arg)
{
	struct fixture *f = arg;
	struct address_space *mapping = f->w.inode->i_mapping;
	struct folio *folio = folio_alloc(GFP_KERNEL, XA_CHUNK_SHIFT);

	seek_take(f);
	KUNIT_ASSERT_NOT_NULL(f->test, folio);
	folio_mark_uptodate(folio);
	KUNIT_EXPECT_EQ(f->test, filemap_add_folio(mapping, folio, 0, GFP_KERNEL), 0);
	folio_unlock(folio);
	folio_put(folio);
}

/*
 * While the seek goes from one page to the next, a large folio takes the place of the
 * node that it walks in: a retry entry tells it so. Expect the data of that page, first
 * of the shadow and then of the folio.
 *
 * Mutant: "find-stops-at-retry".
 */
static void node_goes(struct kunit *test)
{
	static struct address_space_operations aops;
	struct fixture *f = fx_of(test);
	struct address_space *mapping = f->w.inode->i_mapping;

	aops = *mapping->a_ops;
	aops.is_partially_uptodate = NULL;
	mapping->a_ops = &aops;
	seek_other.page = 0;
	seek_raced(f, "(UUUU)<....>", WORLD_LETS_GO, seek_large_read, 0, 4);
	mapping->a_ops = &recfs_aops;
}

static void seek_filled(void *arg)
{
	struct fixture *f = arg;

	seek_other.ran++;
	f->fs.building = true;
	fx_store(f, f->s.base + PAGE_SIZE, PAGE_SIZE, PAGE_SIZE, true);
	fx_store(f, f->s.base, SEEK_AT(1), SEEK_AT(1), true);
	f->fs.building = false;
}

/*
 * The only page has a hole; while the seek waits for its lock somebody writes the page
 * behind it, and only then fills the hole. Expect the hole behind both: at no time was
 * there one between them, and none before it.
 *
 * Mutant: "seek-keeps-place".
 */
static void waits_for_the_only_page(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	if (!fx_parsed(f, SEEK_BITS, 0, "[UCCC]............", "d"))
		return;
	i_size_write(f->w.inode, 4 * PAGE_SIZE);
	seek_other.ran = 0;
	if (!world_at_folio_lock(1, seek_filled, f))
		kunit_skip(test, "locks cannot be intercepted in this world");
	KUNIT_EXPECT_EQ(test, seek_from(f, 0, 16, SEEK_HOLE), 8LL);
	world_at_folio_lock(0, NULL, NULL);
	KUNIT_EXPECT_EQ(test, seek_other.ran, 1U);
}

static struct kunit_case seek_cases[] = {
	KUNIT_CASE(nothing_to_seek),
	KUNIT_CASE(to_the_byte),
	KUNIT_CASE(without_parts),
	KUNIT_CASE(large_shadows),
	KUNIT_CASE(found_and_gone),
	KUNIT_CASE(found_and_split),
	KUNIT_CASE(node_goes),
	KUNIT_CASE(waits_for_the_only_page),
	{}
};

FX_SUITE(iomap_delalloc_seek, seek_cases);
