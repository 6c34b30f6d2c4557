// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_seek: the seek over the page cache, by itself.
 *
 * mapping_seek_hole_data() tells the release where data begins and ends. What it
 * does for the release is judged by all other suites; here it is asked what the
 * release never asks.
 *
 * Kills: "seek-empty-range", "seek-without-parts".
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

static struct kunit_case seek_cases[] = {
	KUNIT_CASE(nothing_to_seek),
	KUNIT_CASE(to_the_byte),
	KUNIT_CASE(without_parts),
	{}
};

FX_SUITE(iomap_delalloc_seek, seek_cases);
