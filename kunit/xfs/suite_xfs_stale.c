// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_xfs_stale: the extents change after XFS has said what they are.
 *
 * A write asks once for a mapping of many folios, writeback keeps the mapping of
 * the last block. Neither holds the ilock over that; each fork counts its changes
 * instead, and a mapping is good for as long as the counts are those it was made
 * with. Here somebody else changes the extents just before a folio is locked.
 *
 * Kills: "xfs-valid-always", "xfs-cookie-no-cow", "xfs-cookie-no-data",
 * "xfs-seq-never", "xfs-seq-insert", "xfs-seq-remove", "xfs-seq-update",
 * "xfs-imap-data-seq", "xfs-imap-cow-seq", "xfs-map-cow-behind",
 * "xfs-map-cow-behind-new".
 */
#include <linux/fs.h>
#include <linux/pagemap.h>

#include "writeback.h"

#define XT_BITS		(PAGE_SHIFT - 2)
#define XT_BLOCK	(1LL << XT_BITS)
#define XT_PAGE		4	/* blocks of a page */
#define XT_WRITE	(2 * XT_PAGE)	/* first block of the write */
#define XT_LEN		(3 * PAGE_SIZE)

/* A task stores through a mapping of a page over a hole: a reservation more. */
static void xt_reserved(struct fixture *f)
{
	KUNIT_EXPECT_EQ(f->test, writes_fault(f, 0), 0);
}

/* A folio that could not be written is discarded: a reservation less. */
static void xt_given_back(struct fixture *f)
{
	xfs_stub_discard(f->w.inode, XFS_STUB_DATA, f->s.base, f->s.base + PAGE_SIZE);
}

/* Dirty data is on its way to the disk: its reservation has become an extent. */
static void xt_converted(struct fixture *f)
{
	world_defer_io(true);
	KUNIT_EXPECT_EQ(f->test, writeback_submit(f, WB_SYNC_ALL), 0);
}

/**
 * struct xt_write - a write, and what else happens to its file
 * @name: of that
 * @happens: it
 * @layout: the page cache of the first page; nothing else is cached
 * @reflink: there is a COW fork
 * @data: extents, one character a block, repeated
 * @cow: the same
 */
struct xt_write {
	const char *name;
	void (*happens)(struct fixture *f);
	const char *layout;
	bool reflink;
	const char *data;
	const char *cow;
};

static const struct xt_write xt_writes[] = {
	{ "reserved elsewhere", xt_reserved, "[CCCC]", false, "........dddddddddddd", "" },
	{ "reserved elsewhere, fresh", xt_reserved, "[CCCC]", false, ".", "" },
	{ "given back elsewhere", xt_given_back, "[CCCC]", false, "dddd....dddddddddddd", "" },
	{ "converted", xt_converted, "[DDDD]", false, "d", "" },
	{ "converted, fresh", xt_converted, "[DDDD]", false, "dddd................", "" },
	{ "converted in the COW fork", xt_converted, "[DDDD]", true, "w", "d" },
};

static void xt_name(const struct xt_write *row, char *desc)
{
	snprintf(desc, SCN_NAME_SIZE, "%s", row->name);
}

KUNIT_ARRAY_PARAM(xt_write, xt_writes, xt_name);

static struct {
	void (*happens)(struct fixture *f);
	unsigned int ran;
} xt;

static void xt_event(void *arg)
{
	xt.ran++;
	xt.happens(arg);
}

/* A file all below its end. Its folios are small: locked one by one. */
static bool xt_setup(struct fixture *f, const char *layout, bool reflink, const char *data,
		     const char *cow)
{
	struct xfs_stub_options options = {
		.blkbits = XT_BITS, .reflink = reflink, .free = 1 << 20,
	};

	if (!fx_parsed(f, XT_BITS, 16LL << PAGE_SHIFT, layout, "."))
		return false;
	f->s.isize = scn_window_end(&f->s);
	i_size_write(f->w.inode, f->s.isize);
	world_small_folios(&f->w);
	xt.ran = 0;
	return writes_setup(f, &options, data, cow, "");
}

/* @nth: before which folio it happens; 0: not at all */
static void xt_one_write(struct fixture *f, const struct xt_write *row, unsigned int nth)
{
	char layout[64];

	snprintf(layout, sizeof(layout), "%s................", row->layout);
	if (!xt_setup(f, layout, row->reflink, row->data, row->cow))
		return;
	xt.happens = row->happens;
	if (nth)
		writes.changed = scn_block_pos(&f->s, XT_WRITE + (nth - 1) * XT_PAGE);
	world_at_folio_lock(nth, xt_event, f);
	KUNIT_EXPECT_EQ(f->test, writes_store(f, scn_block_pos(&f->s, XT_WRITE), XT_LEN,
					      XT_LEN, true), (ssize_t)XT_LEN);
	world_at_folio_lock(0, NULL, NULL);
	KUNIT_EXPECT_EQ(f->test, xt.ran, nth ? 1U : 0U);
	KUNIT_EXPECT_EQ_MSG(f->test, writes.begun, nth ? 2U : 1U, "before folio %u", nth);
	writes_backed(f);
	world_defer_io(false);
	world_wait_io();
	KUNIT_EXPECT_EQ(f->test, writeback_run(f), 0);
	writeback_complete(f);
}

/*
 * Expect the write to ask for another mapping, to write nothing through the old one
 * and to give back what only that one had; and not to ask when nothing has happened.
 */
static void write_maps_again(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	unsigned int nth;

	for (nth = 0; nth <= XT_LEN >> PAGE_SHIFT && !f->bad; nth++)
		xt_one_write(f, test->param_value, nth);
}

/* Other files have the blocks from @first on, as they lie in the data fork. */
static void xt_share(struct fixture *f, unsigned int first, unsigned int n)
{
	forks_observe(f);
	xfs_stub_share(forks.place[XFS_STUB_DATA][first], n);
}

/* A write to a shared block: the hint of the COW fork reserves for its neighbours too. */
static void xt_unshared(struct fixture *f)
{
	KUNIT_EXPECT_EQ(f->test, writes_store(f, scn_block_pos(&f->s, 5), XT_BLOCK, XT_BLOCK,
					      true), (ssize_t)XT_BLOCK);
	writeback_remember(f);
}

/* A hole is punched over the third page, and the page written anew. */
static void xt_hole_punched(struct fixture *f)
{
	struct inode *inode = f->w.inode;
	loff_t pos = scn_block_pos(&f->s, 2 * XT_PAGE);

	inode_lock(inode);
	filemap_invalidate_lock(inode->i_mapping);
	KUNIT_EXPECT_EQ(f->test, xfs_stub_free_space(inode, pos, PAGE_SIZE), 0);
	filemap_invalidate_unlock(inode->i_mapping);
	inode_unlock(inode);
	forks_observe(f);
	KUNIT_EXPECT_EQ(f->test, forks.map[XFS_STUB_DATA][2 * XT_PAGE], SCN_HOLE);
	KUNIT_EXPECT_EQ(f->test, writes_store(f, pos, PAGE_SIZE, PAGE_SIZE, true),
			(ssize_t)PAGE_SIZE);
	writeback_remember(f);
}

static void xt_written_back(struct fixture *f, enum writeback_sync_modes sync)
{
	int err;

	world_at_folio_lock(xt.happens ? 2 : 0, xt_event, f);
	err = writeback_submit(f, sync);
	world_at_folio_lock(0, NULL, NULL);
	KUNIT_EXPECT_EQ(f->test, xt.ran, xt.happens ? 1U : 0U);
	KUNIT_EXPECT_EQ(f->test, writeback_wait(f, err), 0);
	KUNIT_EXPECT_NE(f->test, writeback.size, 0LL);
	writeback_complete(f);
}

/*
 * Writeback has the mapping of an extent of which other files have a part. Before it
 * comes to that part a write reserves for it in the COW fork. Expect it to go there.
 */
static void cow_comes_up(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	if (!xt_setup(f, "[DCCC][DCCC][CCCC]....", true, "wwwwwwwwwwwwwwww", "............d..."))
		return;
	xt_share(f, 5, 3);
	xt.happens = xt_unshared;
	xt_written_back(f, WB_SYNC_ALL);
	KUNIT_EXPECT_TRUE(test, writeback_own(f, 5));
	KUNIT_EXPECT_NE(test, writes.cow, 0U);
}

/*
 * Writeback has the mapping of an extent of which a part is freed before it comes
 * there. Expect what is written there since to go where it was reserved.
 */
static void extent_goes(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	if (!xt_setup(f, "[DCCC][DCCC][DCCC]....", false, "wwwwwwwwwwww....", ""))
		return;
	xt.happens = xt_hole_punched;
	xt_written_back(f, WB_SYNC_NONE);
	KUNIT_EXPECT_TRUE(test, writeback.dirty[2 * XT_PAGE]);
}

/*
 * Blocks out of place, blocks in place, and blocks out of place again; the COW fork
 * stays the same all the while. Expect the mapping of those in place, be it found or
 * made by a conversion, to end where the COW fork begins.
 */
static void cow_lies_behind(struct kunit *test)
{
	static const char *const data[] = { "wwwwwwwwwwww....", "dddddddddddd....",
					    "uuuuuuuuuuuu...." };
	struct fixture *f = fx_of(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(data); i++) {
		if (!xt_setup(f, "[DCCC][DCCC][DCCC]....", true, data[i], "wwww....dddd...."))
			return;
		xt.happens = NULL;
		if (data[i][0] == 'w')
			xt_share(f, 8, 4);
		world_defer_io(true);
		xt_written_back(f, WB_SYNC_ALL);
		world_defer_io(false);
	}
}

static struct kunit_case xt_cases[] = {
	KUNIT_CASE_PARAM(write_maps_again, xt_write_gen_params),
	KUNIT_CASE(cow_comes_up),
	KUNIT_CASE(extent_goes),
	KUNIT_CASE(cow_lies_behind),
	{}
};

FX_SUITE(iomap_delalloc_xfs_stale, xt_cases);
