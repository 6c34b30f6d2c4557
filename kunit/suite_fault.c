// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_fault: stores through a mapping of the file.
 *
 * A store dirties a folio without a write(2). The first one to a clean page
 * faults, so that the filesystem reserves space for it; all that relies on that
 * fault coming is asked for here.
 *
 * Kills: "mkwrite-not-stable", "size-not-extended", "mkwrite-not-dirty",
 * "mkwrite-error-kept".
 */
#include <linux/fs.h>
#include <linux/pagemap.h>

#include "fixture.h"

#define FAULT_BITS	(PAGE_SHIFT - 2)

/*
 * A folio is on its way to a device that wants stable pages. Expect a store to
 * wait until it has arrived, for the checksum of what is written is made.
 */
static void waits_for_writeback(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	if (!fx_parsed(f, FAULT_BITS, 4 * PAGE_SIZE, "[DDDD][DDDD]", "d"))
		return;
	if (f->fs.diskless || !world_defer_io(true))
		kunit_skip(test, "writeback cannot be held back in this world");
	KUNIT_EXPECT_EQ(test, fx_writeback(f), 0);
	fx_snapshot(f, &f->now);
	KUNIT_EXPECT_TRUE(test, f->now.flags[0] & FX_WRITEBACK);
	KUNIT_EXPECT_TRUE(test, f->now.flags[1] & FX_WRITEBACK);
	KUNIT_EXPECT_EQ(test, fx_write_fault(f, 0), 0);
	fx_snapshot(f, &f->now);
	KUNIT_EXPECT_FALSE(test, f->now.flags[0] & FX_WRITEBACK);
	KUNIT_EXPECT_TRUE(test, f->now.flags[0] & FX_DIRTY);
	world_defer_io(false);
	KUNIT_EXPECT_EQ(test, fx_writeback(f), 0);
}

/*
 * A store to a folio over the end of the file: expect the blocks below the end
 * to be reserved, and none behind it, though all of the folio is dirty.
 */
static void reserves_up_to_eof(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	unsigned int blocks, b;

	for (blocks = 1; blocks <= 4; blocks++) {
		if (!fx_parsed(f, FAULT_BITS, 4 * PAGE_SIZE, "[CCCC]", "."))
			return;
		i_size_write(f->w.inode, scn_block_pos(&f->s, blocks) - 1);
		KUNIT_EXPECT_EQ(test, fx_write_fault(f, 0), 0);
		for (b = 0; b < 4; b++)
			KUNIT_EXPECT_EQ_MSG(test, f->fs.extent[b],
					    b < blocks ? SCN_DELALLOC : SCN_HOLE,
					    "block %u of %u", b, blocks);
		f->fs.lost = 0;
		KUNIT_EXPECT_EQ(test, fx_writeback(f), 0);
		KUNIT_EXPECT_EQ(test, f->fs.lost, 0U);
	}
}

/*
 * A store to a folio which was read. Expect it to be dirty in every block,
 * whatever was written back of it before.
 */
static void dirties_all_blocks(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	if (!fx_parsed(f, FAULT_BITS, 4 * PAGE_SIZE, "[CDCC]", "d"))
		return;
	KUNIT_EXPECT_EQ(test, fx_writeback(f), 0);
	KUNIT_EXPECT_EQ(test, fx_write_fault(f, 0), 0);
	fx_snapshot(f, &f->now);
	KUNIT_EXPECT_TRUE(test, f->now.flags[0] & FX_DIRTY);
	KUNIT_EXPECT_EQ(test, f->now.refs[0], f->before.refs[0]);
	f->fs.mapped = 0;
	KUNIT_EXPECT_EQ(test, fx_writeback(f), 0);
	KUNIT_EXPECT_EQ(test, f->fs.mapped, 4U);
}

/*
 * The file ends within a folio that a task has mapped and stored to, and then a
 * write goes to the next folio. The blocks behind the old end were reserved by
 * nobody. Expect the next store to fault again: what the page table knew is
 * taken over by the folio, which so becomes dirty.
 */
static void size_extended(struct kunit *test)
{
	const size_t bs = 1UL << FAULT_BITS;
	struct fixture *f = fx_of(test);
	struct folio *folio;
	unsigned int blocks;

	for (blocks = 1; blocks < 4; blocks++) {
		if (!fx_parsed(f, FAULT_BITS, 4 * PAGE_SIZE, "[CCCC]....", "d"))
			return;
		i_size_write(f->w.inode, scn_block_pos(&f->s, blocks));
		folio = filemap_get_folio(f->w.inode->i_mapping, f->s.base >> PAGE_SHIFT);
		KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(folio));
		if (!world_map_dirty(folio)) {
			folio_put(folio);
			kunit_skip(test, "no task maps a file in this world");
		}
		folio_put(folio);
		KUNIT_EXPECT_EQ(test, fx_store(f, f->s.base + PAGE_SIZE, bs, bs, true),
				(ssize_t)bs);
		KUNIT_EXPECT_EQ(test, (scn_pos)i_size_read(f->w.inode),
				scn_block_pos(&f->s, 5));
		fx_snapshot(f, &f->now);
		KUNIT_EXPECT_TRUE(test, f->now.flags[0] & FX_DIRTY);
		KUNIT_EXPECT_EQ(test, fx_writeback(f), 0);
	}
}

/* There is no space. Expect the store to be refused, and the folio to stay clean. */
static void no_space(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	if (!fx_parsed(f, FAULT_BITS, 4 * PAGE_SIZE, "[CCCC]", "."))
		return;
	f->fs.begin_error = -ENOSPC;
	KUNIT_EXPECT_EQ(test, fx_write_fault(f, 0), -EIO);
	fx_snapshot(f, &f->now);
	KUNIT_EXPECT_EQ(test, f->now.flags[0], f->before.flags[0]);
	KUNIT_EXPECT_EQ(test, f->now.refs[0], f->before.refs[0]);
	f->fs.begin_error = 0;
	KUNIT_EXPECT_EQ(test, fx_write_fault(f, 0), 0);
}

static struct kunit_case fault_cases[] = {
	KUNIT_CASE(no_space),
	KUNIT_CASE(waits_for_writeback),
	KUNIT_CASE(reserves_up_to_eof),
	KUNIT_CASE(dirties_all_blocks),
	KUNIT_CASE(size_extended),
	{}
};

FX_SUITE(iomap_delalloc_fault, fault_cases);
