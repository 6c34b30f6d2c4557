// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_xfs_leaves: reservations come and go at random in a fork whose
 * extents fill several leaves. Leaves split and merge under the punch's cursor, and
 * the keys above them follow the first extent of each.
 *
 * Kills: "xfs-iext-freed-leaf", "xfs-iext-freed-next", "xfs-iext-key".
 */
#include <linux/fs.h>
#include <linux/iomap.h>

#include "writes.h"

#define XV_BITS		(PAGE_SHIFT - 2)
#define XV_BLOCKS	160
#define XV_STEPS	400
#define XV_MAX_LEN	7

static u32 xv_seed;

/* Below @n; the same numbers in every run. */
static unsigned int xv_random(unsigned int n)
{
	xv_seed = xv_seed * 1664525 + 1013904223;
	return (xv_seed >> 16) % n;
}

static bool xv_setup(struct fixture *f, const char *data)
{
	struct xfs_stub_options options = { .blkbits = XV_BITS, .free = 1 << 20 };

	scn_init(&f->s, PAGE_SHIFT, XV_BITS, 16LL << PAGE_SHIFT, XV_BLOCKS);
	f->s.isize = scn_window_end(&f->s);
	recfs_reset(&f->fs);
	return fx_build(f, NULL) && writes_setup(f, &options, data, "", "");
}

/* What a write to a hole asks for. Returns how many blocks of @n it got. */
static unsigned int xv_reserve(struct fixture *f, unsigned int first, unsigned int n)
{
	struct inode *inode = f->w.inode;
	loff_t pos = scn_block_pos(&f->s, first);
	struct iomap iomap = { 0 }, srcmap = { 0 };

	inode_lock(inode);
	KUNIT_EXPECT_EQ(f->test, xfs_stub_write_ops->iomap_begin(inode, pos, n << XV_BITS,
								 IOMAP_WRITE, &iomap, &srcmap), 0);
	inode_unlock(inode);
	return min_t(u64, n, (iomap.offset + iomap.length - pos) >> XV_BITS);
}

static void xv_discard(struct fixture *f, unsigned int first, unsigned int n)
{
	xfs_stub_discard(f->w.inode, XFS_STUB_DATA, scn_block_pos(&f->s, first),
			 scn_block_pos(&f->s, first + n));
}

/* Expect exactly the blocks that were asked for to be reserved, and a whole tree. */
static void xv_judge(struct fixture *f, const unsigned char *want, unsigned int step)
{
	forks_observe(f);
	if (memcmp(forks.map[XFS_STUB_DATA], want, XV_BLOCKS)) {
		KUNIT_FAIL(f->test, "other blocks are reserved after step %u", step);
		f->bad++;
	}
	forks_whole(f);
}

/* First most of it goes, in the end most of it comes back. */
static void xv_round(struct fixture *f)
{
	unsigned char want[XV_BLOCKS];
	unsigned int step, first, n;

	if (!xv_setup(f, "d."))
		return;
	forks_observe(f);
	memcpy(want, forks.map[XFS_STUB_DATA], sizeof(want));
	for (step = 0; step < XV_STEPS && !f->bad; step++) {
		first = xv_random(XV_BLOCKS);
		n = 1 + xv_random(min(XV_MAX_LEN, XV_BLOCKS - first));
		if (xv_random(XV_STEPS) < step) {
			n = xv_reserve(f, first, n);
			memset(want + first, SCN_DELALLOC, n);
		} else {
			xv_discard(f, first, n);
			memset(want + first, SCN_HOLE, n);
		}
		xv_judge(f, want, step);
	}
}

/*
 * Expect an extent to be found that grows to where the one behind it has begun, the
 * edge between two leaves among them.
 */
static void edge_moves(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	unsigned char want[XV_BLOCKS];
	unsigned int b;

	if (!xv_setup(f, "dddd."))
		return;
	forks_observe(f);
	memcpy(want, forks.map[XFS_STUB_DATA], sizeof(want));
	for (b = 5; b < XV_BLOCKS && !f->bad; b += 5) {
		xv_discard(f, b, 3);
		KUNIT_EXPECT_EQ(test, xv_reserve(f, b - 1, 3), 3U);
		want[b - 1] = SCN_DELALLOC;
		want[b + 2] = SCN_HOLE;
		xv_judge(f, want, b);
	}
}

/* Expect the tree to be whole whatever the order. */
static void come_and_go(struct kunit *test)
{
	struct fixture *f = fx_of(test);

	for (xv_seed = 1; xv_seed <= 8 && !f->bad; xv_seed++) {
		u32 seed = xv_seed;

		xv_round(f);
		xv_seed = seed;
	}
}

static struct kunit_case xv_cases[] = {
	KUNIT_CASE(edge_moves),
	KUNIT_CASE(come_and_go),
	{}
};

FX_SUITE(iomap_delalloc_xfs_leaves, xv_cases);
