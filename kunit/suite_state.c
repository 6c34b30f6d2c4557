// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_state: which blocks of a folio are uptodate, which are dirty.
 *
 * The release believes what iomap has noted of each block. So here is what
 * notes it: stores, copies that come up short, writeback, reclaim, truncation.
 * What is dirty is seen by who asks for space when the folio is written back.
 *
 * Kills: "release-folio-dirty", "invalidate-part", "partly-uptodate-first",
 * "partly-uptodate-last", "short-copy-taken", "dirty-range-end",
 * "writeback-keeps-dirty".
 */
#include <linux/fs.h>
#include <linux/iomap.h>
#include <linux/pagemap.h>

#include "fixture.h"

#define STATE_BITS	(PAGE_SHIFT - 2)

/* 64 KiB in blocks of 512 bytes: what is noted of a folio takes two words. */
#define STATE_ORDER	(16 - PAGE_SHIFT)
#define STATE_MANY	128

static struct folio *state_lock(struct fixture *f, unsigned int block)
{
	pgoff_t index = scn_block_pos(&f->s, block) >> PAGE_SHIFT;
	struct folio *folio = filemap_get_folio(f->w.inode->i_mapping, index);

	KUNIT_ASSERT_FALSE(f->test, IS_ERR_OR_NULL(folio));
	folio_lock(folio);
	return folio;
}

static void state_unlock(struct folio *folio)
{
	folio_unlock(folio);
	folio_put(folio);
}

/* Write back; expect @first and @n blocks behind it, and no other, to be asked for. */
static void state_written(struct fixture *f, unsigned int first, unsigned int n)
{
	unsigned int b;

	f->fs.mapped = 0;
	KUNIT_EXPECT_EQ(f->test, fx_writeback(f), 0);
	KUNIT_EXPECT_EQ(f->test, f->fs.mapped, n);
	for (b = 0; b < f->s.nblocks; b++) {
		bool in = b >= first && b < first + n;
		bool written = f->fs.extent[b] == SCN_WRITTEN;

		if (written != in)
			KUNIT_FAIL(f->test, "block %u was %swritten back, stored were %u from %u",
				   b, in ? "not " : "", n, first);
	}
}

static void state_store(struct fixture *f, unsigned int first, unsigned int n)
{
	size_t len = (size_t)n << f->s.blkbits;

	if (!n)
		return;
	KUNIT_EXPECT_EQ(f->test, fx_store(f, scn_block_pos(&f->s, first), len, len, true),
			(ssize_t)len);
}

static bool state_many(struct fixture *f, enum scn_cache how)
{
	struct scn_folio *e;

	scn_init(&f->s, PAGE_SHIFT, 9, 16LL << 16, STATE_MANY);
	e = scn_add(&f->s, 0, STATE_ORDER);
	scn_fill(&f->s, e, how);
	e->state = how == SCN_CLEAN;
	scn_extents(&f->s, 0, STATE_MANY, SCN_DELALLOC);
	f->s.isize = scn_window_end(&f->s);
	return fx_build(f, NULL);
}

/* Where a store begins and ends: round each edge of what is noted in one word. */
static const unsigned int state_edges[] = {
	0, 1, 7, 8, 31, 32, 33, 62, 63, 64, 65, 96, 127, 128,
};

/* Expect the stored blocks of a clean folio to be dirty, and no other. */
static void dirty_blocks(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	unsigned int i, j, from, to;

	if (!LK_DIRTY_PER_BLOCK)
		kunit_skip(test, "this tree tracks dirty folios, not dirty blocks");
	for (i = 0; i < ARRAY_SIZE(state_edges); i++) {
		for (j = i + 1; j < ARRAY_SIZE(state_edges); j++) {
			from = state_edges[i];
			to = state_edges[j];
			if (!state_many(f, SCN_CLEAN))
				return;
			state_store(f, from, to - from);
			state_written(f, from, to - from);
		}
	}
}

/* Expect stored blocks to be cached, the others not, and the folio with the last. */
static void uptodate_blocks(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	unsigned int i, j, b, from, to;

	for (i = 0; i < ARRAY_SIZE(state_edges); i++) {
		for (j = i + 1; j < ARRAY_SIZE(state_edges); j++) {
			from = state_edges[i];
			to = state_edges[j];
			if (!state_many(f, SCN_STALE))
				return;
			state_store(f, from, to - from);
			fx_snapshot(f, &f->now);
			for (b = 0; b < STATE_MANY; b++)
				if (f->now.uptodate[b] != (b >= from && b < to))
					KUNIT_FAIL(test, "block %u, stored were %u..%u",
						   b, from, to);
			state_store(f, 0, from);
			state_store(f, to, STATE_MANY - to);
			fx_snapshot(f, &f->now);
			KUNIT_EXPECT_TRUE(test, f->now.flags[0] & FX_UPTODATE);
			KUNIT_EXPECT_EQ(test, fx_writeback(f), 0);
		}
	}
}

/*
 * Expect a part of a folio to be cached if each of its blocks is, whatever the
 * bytes it begins and ends with; what lies behind the folio does not count.
 */
static void parts_uptodate(struct kunit *test)
{
	static const bool cached[] = { true, true, false, true };
	const size_t bs = 1UL << STATE_BITS;
	struct fixture *f = fx_of(test);
	size_t from, to, b;
	struct folio *folio;
	bool want;

	if (!fx_parsed(f, STATE_BITS, 4 * PAGE_SIZE, "[CDUC]", "d"))
		return;
	folio = state_lock(f, 0);
	for (from = 0; from < PAGE_SIZE; from += bs / 2) {
		for (to = from + 1; to < PAGE_SIZE + bs; to += bs / 2) {
			want = true;
			for (b = from / bs; b <= (to - 1) / bs && b < ARRAY_SIZE(cached); b++)
				want &= cached[b];
			KUNIT_EXPECT_EQ_MSG(test, want,
					    iomap_is_partially_uptodate(folio, from, to - from),
					    "bytes %zu up to %zu", from, to);
		}
	}
	state_unlock(folio);
}

/*
 * Reclaim asks for the state of a folio. Expect a dirty one to keep it, with
 * all that is noted there; a clean one gives it up and stays cached.
 */
static void release_dirty(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	struct folio *folio;

	if (!fx_parsed(f, STATE_BITS, 4 * PAGE_SIZE, "[CDDC]", "d"))
		return;
	folio = state_lock(f, 0);
	KUNIT_EXPECT_FALSE(test, iomap_release_folio(folio, GFP_KERNEL));
	KUNIT_EXPECT_TRUE(test, folio_test_private(folio));
	KUNIT_EXPECT_TRUE(test, folio_test_dirty(folio));
	state_unlock(folio);
	if (LK_DIRTY_PER_BLOCK)
		state_written(f, 1, 2);
	else
		state_written(f, 0, 4);
	folio = state_lock(f, 0);
	KUNIT_EXPECT_TRUE(test, iomap_release_folio(folio, GFP_KERNEL));
	KUNIT_EXPECT_FALSE(test, folio_test_private(folio));
	KUNIT_EXPECT_TRUE(test, folio_test_uptodate(folio));
	state_unlock(folio);
}

/*
 * A part of a folio is cut off. Expect all that is noted of it to stay: the
 * rest is dirty still. When the whole folio goes, nothing of it is written.
 */
static void cut_off(struct kunit *test)
{
	const size_t bs = 1UL << STATE_BITS;
	struct fixture *f = fx_of(test);
	struct folio *folio;
	size_t from, to;

	for (from = 0; from < PAGE_SIZE; from += bs) {
		for (to = from + bs; to <= PAGE_SIZE; to += bs) {
			bool whole = to - from == PAGE_SIZE;

			if (!fx_parsed(f, STATE_BITS, 4 * PAGE_SIZE, "[DDDD]", "d"))
				return;
			folio = state_lock(f, 0);
			iomap_invalidate_folio(folio, from, to - from);
			KUNIT_EXPECT_EQ(test, folio_test_dirty(folio), !whole);
			KUNIT_EXPECT_EQ(test, folio_test_private(folio), !whole);
			state_unlock(folio);
			state_written(f, 0, whole ? 0 : 4);
		}
	}
}

/* Expect what was written back to be clean: a second round finds nothing. */
static void written_once(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	if (!fx_parsed(f, STATE_BITS, 4 * PAGE_SIZE, "[DDDD]", "d"))
		return;
	state_written(f, 0, 4);
	f->fs.mapped = 0;
	KUNIT_EXPECT_EQ(test, fx_writeback(f), 0);
	KUNIT_EXPECT_EQ(test, f->fs.mapped, 0U);
	state_store(f, 2, 1);
	f->fs.mapped = 0;
	KUNIT_EXPECT_EQ(test, fx_writeback(f), 0);
	KUNIT_EXPECT_EQ(test, f->fs.mapped, LK_DIRTY_PER_BLOCK ? 1U : 4U);
}

/*
 * The source of a write to a whole folio goes in the middle of a block, between
 * the check and the copy. Expect the folio to be asked for once more, for what
 * there is: the blocks behind it are neither cached nor dirty.
 */
static void short_copy(struct kunit *test)
{
	const size_t bs = 1UL << STATE_BITS;
	struct fixture *f = fx_of(test);
	unsigned int b, blocks;
	size_t copied;
	ssize_t ret;

	for (blocks = 1; blocks < 4; blocks++) {
		copied = blocks * bs - bs / 2;
		if (!fx_parsed(f, STATE_BITS, 4 * PAGE_SIZE, "(UUUU)", "d"))
			return;
		ret = fx_store(f, f->s.base, PAGE_SIZE, copied, false);
		if (ret == -EOPNOTSUPP)
			kunit_skip(test, "no source that goes after its check in this world");
		KUNIT_EXPECT_EQ(test, ret, (ssize_t)copied);
		fx_snapshot(f, &f->now);
		KUNIT_EXPECT_FALSE(test, f->now.flags[0] & FX_UPTODATE);
		for (b = 0; b < 4; b++)
			KUNIT_EXPECT_EQ_MSG(test, (bool)f->now.uptodate[b], b < blocks,
					    "block %u", b);
		state_written(f, 0, blocks);
	}
}

/*
 * Somebody else holds a reference to a clean folio of which half is uptodate.
 * Expect it to stay, and what is noted of it, where only what nobody uses is
 * dropped; and direct I/O to take it out of the file all the same.
 */
static void drop_in_use(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	struct address_space *mapping = f->w.inode->i_mapping;
	pgoff_t index;
	struct folio *folio;

	if (!fx_parsed(f, STATE_BITS, 4 * PAGE_SIZE, "[CCUU]", "d"))
		return;
	index = f->s.base >> PAGE_SHIFT;
	folio = filemap_get_folio(mapping, index);
	KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(folio));
	KUNIT_EXPECT_EQ(test, invalidate_mapping_pages(mapping, index, index), 0UL);
	KUNIT_EXPECT_PTR_EQ(test, folio->mapping, mapping);
	KUNIT_EXPECT_TRUE(test, folio_test_private(folio));
	KUNIT_EXPECT_EQ(test, fx_drop(f, 0), 0);
	KUNIT_EXPECT_PTR_EQ(test, folio->mapping, NULL);
	KUNIT_EXPECT_FALSE(test, folio_test_private(folio));
	KUNIT_EXPECT_EQ(test, mapping->nrpages, 0UL);
	folio_put(folio);
}

static struct kunit_case state_cases[] = {
	KUNIT_CASE(drop_in_use),
	KUNIT_CASE(dirty_blocks),
	KUNIT_CASE(uptodate_blocks),
	KUNIT_CASE(parts_uptodate),
	KUNIT_CASE(release_dirty),
	KUNIT_CASE(cut_off),
	KUNIT_CASE(written_once),
	KUNIT_CASE(short_copy),
	{}
};

FX_SUITE(iomap_delalloc_state, state_cases);
