// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_xfs_metadata: a delayed extent keeps blocks for the records of the
 * extents that it may become, one for each of its blocks. How many when it is made,
 * cut and merged; and how long one extent gets.
 *
 * What is wanted is counted here: a tree of extents over so many records, level by
 * level (xfs_stub_worst()). Pieces of an extent that kept all it may need keep all
 * that they may need, as far as the blocks cut out between them go; comment over
 * xfs_bmap_split_indlen() and in xfs_bmap_del_extent_delay().
 *
 * Kills: "xfs-reserve-indlen-asked", "xfs-cut-tail-keeps-all", "xfs-cut-invents",
 * "xfs-cut-steals-less", "xfs-split-starves", "xfs-merge-left-never",
 * "xfs-merge-right-never", "xfs-merge-left-long", "xfs-merge-right-long",
 * "xfs-merge-both-long".
 */
#include <linux/fs.h>

#include "reserve.h"

/* Sizes of blocks: the first has 28 records to a block of the tree. */
static const unsigned int xm_bits[] = { 9, 10, PAGE_SHIFT };

#define XM_FREE		(1LL << 24)
#define XM_FAR		(1ULL << 23)	/* in blocks: further than an extent is long */

static unsigned int xm_records(unsigned int blkbits)
{
	return (1U << blkbits) / 16 - 4;
}

/* Lengths on both sides of where the tree gets one more block, or level. */
static u64 xm_length(unsigned int nth, u64 records)
{
	const u64 len[] = {
		1, 2, records - 1, records, records + 1, 2 * records, 2 * records + 1,
		3 * records + 7, records * records, records * records + 1,
	};

	return nth < ARRAY_SIZE(len) ? len[nth] : 0;
}

/* Expect @fork to hold one extent, with all that it may need. */
static void xm_one(struct fixture *f, enum xfs_stub_fork fork, u64 off, u64 len)
{
	const struct reserve_seen *seen = reserve_see(f, fork);

	KUNIT_EXPECT_EQ(f->test, seen->n, 1U);
	KUNIT_EXPECT_EQ(f->test, seen->e[0].off, off);
	KUNIT_EXPECT_EQ(f->test, seen->e[0].len, len);
	KUNIT_EXPECT_EQ_MSG(f->test, seen->e[0].indlen, xfs_stub_worst(f->w.inode, len),
			    "of %llu blocks", len);
}

/* Expect what a write reserves to keep what its own length may need. */
static void fresh(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	unsigned int i, n;
	u64 len;

	for (i = 0; i < ARRAY_SIZE(xm_bits); i++) {
		struct xfs_stub_options options = { .blkbits = xm_bits[i], .free = XM_FREE };
		/* the most that ->iomap_begin does at once */
		const u64 most = 1024ULL << (PAGE_SHIFT - xm_bits[i]);

		for (n = 0; (len = xm_length(n, xm_records(xm_bits[i]))); n++) {
			if (!reserve_setup(f, &options, MAX_LFS_FILESIZE))
				return;
			KUNIT_EXPECT_EQ(test, reserve_ask(f, 7, len), 0);
			xm_one(f, XFS_STUB_DATA, 7, min(len, most));
		}
	}
}

/*
 * A write of few blocks gets many: behind EOF by allocsize, in the COW fork by a hint.
 * Expect what is kept to be for all of them.
 *
 * Mutant: "xfs-reserve-indlen-asked".
 */
static void fresh_and_more(struct kunit *test)
{
	static const struct xfs_stub_extent shared = {
		.off = 0, .len = 512, .block = 0x10000, .state = XFS_STUB_WRITTEN,
	};
	struct xfs_stub_options options = { .blkbits = 9, .allocsize = 17, .free = XM_FREE };
	struct fixture *f = fx_of(test);

	if (!reserve_setup(f, &options, 0))
		return;
	KUNIT_EXPECT_EQ(test, reserve_ask(f, 0, 3), 0);
	xm_one(f, XFS_STUB_DATA, 0, 256);
	options = (struct xfs_stub_options){
		.blkbits = 10, .reflink = true, .cowextsize = 256, .free = XM_FREE,
	};
	if (!reserve_setup(f, &options, MAX_LFS_FILESIZE) ||
	    !reserve_lay(f, XFS_STUB_DATA, &shared, 1))
		return;
	xfs_stub_share(shared.block, shared.len);
	KUNIT_EXPECT_EQ(test, reserve_ask(f, 300, 3), 0);
	xm_one(f, XFS_STUB_COW, 256, 256);
}

/**
 * struct xm_cut - a piece cut out of an extent
 * @len: of the extent, in blocks
 * @kept: what it keeps for its metadata
 * @from: first block that goes
 * @to: block behind the last
 */
struct xm_cut {
	u64	len;
	u64	kept;
	u64	from;
	u64	to;
};

/* What the pieces in front and behind may need together. */
static u64 xm_need(struct fixture *f, const struct xm_cut *c)
{
	u64 front = c->from, back = c->len - c->to;

	return (front ? xfs_stub_worst(f->w.inode, front) : 0) +
		(back ? xfs_stub_worst(f->w.inode, back) : 0);
}

static void xm_cut(struct fixture *f, const struct xm_cut *c, enum xfs_stub_fork fork)
{
	const struct xfs_stub_extent e = {
		.off = 64, .len = c->len, .indlen = c->kept, .state = XFS_STUB_DELALLOC,
	};
	const struct reserve_seen *seen;
	struct inode *inode = f->w.inode;
	u64 front = c->from, back = c->len - c->to, want;

	if (!reserve_setup(f, &forks.options, MAX_LFS_FILESIZE) || !reserve_lay(f, fork, &e, 1))
		return;
	xfs_stub_discard(inode, fork, (e.off + c->from) << inode->i_blkbits,
			 (e.off + c->to) << inode->i_blkbits);
	forks_whole(f);
	want = min(xm_need(f, c), c->kept + (front && back ? c->to - c->from : 0));
	seen = reserve_see(f, fork);
	KUNIT_EXPECT_EQ(f->test, seen->n, (unsigned int)(!!front + !!back));
	KUNIT_EXPECT_EQ(f->test, seen->blocks, front + back);
	KUNIT_EXPECT_EQ_MSG(f->test, (u64)seen->e[0].indlen + seen->e[1].indlen, want,
			    "%llu blocks with %llu for metadata, cut from %llu to %llu",
			    c->len, c->kept, c->from, c->to);
}

/* All cuts whose ends are near those of an extent, of a block of the tree, or half way. */
static void xm_cuts(struct fixture *f, u64 len, u64 kept, enum xfs_stub_fork fork)
{
	const u64 at[] = { 0, 1, 2, 28, 29, 56, len / 2, len - 29, len - 28, len - 1, len };
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(at); i++) {
		for (j = 0; j < ARRAY_SIZE(at); j++) {
			struct xm_cut c = { len, kept, at[i], at[j] };

			if (c.from >= c.to || c.to > len || f->test->status == KUNIT_FAILURE)
				continue;
			xm_cut(f, &c, fork);
			c.kept = xm_need(f, &c) - 1;
			if (c.kept && c.kept <= xfs_stub_worst(f->w.inode, len))
				xm_cut(f, &c, fork);
		}
	}
}

/*
 * Expect each piece to keep all that it may need, if the extent did; and else to lack no
 * more than the extent and the blocks cut out lack. No block is made, and none lost.
 *
 * Mutants: "xfs-cut-tail-keeps-all", "xfs-cut-invents", "xfs-cut-steals-less",
 * "xfs-split-starves".
 */
static void cut(struct kunit *test)
{
	static const u64 lengths[] = { 3, 4, 29, 30, 57, 100, 785, 2000 };
	struct fixture *f = fx_of(test);
	unsigned int i, fork;
	u64 worst;

	for (fork = 0; fork < XFS_STUB_FORKS; fork++) {
		struct xfs_stub_options options = {
			.blkbits = fork ? 10 : 9, .reflink = fork, .free = XM_FREE,
		};

		if (fork == XFS_STUB_COW && !xfs_stub_punch_takes_fork)
			continue;
		if (!reserve_setup(f, &options, MAX_LFS_FILESIZE))
			return;
		for (i = 0; i < ARRAY_SIZE(lengths); i++) {
			worst = xfs_stub_worst(f->w.inode, lengths[i]);
			xm_cuts(f, lengths[i], worst, fork);
			xm_cuts(f, lengths[i], worst - 1, fork);
			xm_cuts(f, lengths[i], 2, fork);
			xm_cuts(f, lengths[i], 1, fork);
		}
	}
}

/*
 * Blocks that are reserved one by one. Expect one extent wherever they touch, with what
 * that may need: not one for each write.
 *
 * Mutants: "xfs-merge-left-never", "xfs-merge-right-never".
 */
static void merged(struct kunit *test)
{
	static const u64 orders[][5] = {
		{ 0, 20, 40, 60, 80 }, { 80, 60, 40, 20, 0 }, { 40, 20, 60, 0, 80 },
		{ 0, 40, 80, 20, 60 }, { 80, 0, 40, 60, 20 },
	};
	struct xfs_stub_options options = { .blkbits = 9, .free = XM_FREE };
	struct fixture *f = fx_of(test);
	const struct reserve_seen *seen;
	unsigned int o, i;
	u64 want;

	for (o = 0; o < ARRAY_SIZE(orders); o++) {
		if (!reserve_setup(f, &options, MAX_LFS_FILESIZE))
			return;
		for (i = 0; i < 5; i++) {
			KUNIT_EXPECT_EQ(test, reserve_ask(f, 100 + orders[o][i], 20), 0);
			seen = reserve_see(f, XFS_STUB_DATA);
			for (want = 1; want < seen->n; want++)
				KUNIT_EXPECT_NE(test, seen->e[want].off,
						seen->e[want - 1].off + seen->e[want - 1].len);
		}
		xm_one(f, XFS_STUB_DATA, 100, 100);
	}
}

/*
 * A record says at most so many blocks. Expect an extent to grow up to that and no
 * further, and what does not fit to be one of its own.
 *
 * Mutants: "xfs-merge-left-long", "xfs-merge-right-long", "xfs-merge-both-long".
 */
static void longest(struct kunit *test)
{
	static const struct {
		u64 left, right;
		unsigned int n;
	} rows[] = {
		{ XFS_STUB_MAX_LEN - 1, 0, 1 }, { XFS_STUB_MAX_LEN, 0, 2 },
		{ 0, XFS_STUB_MAX_LEN - 1, 1 }, { 0, XFS_STUB_MAX_LEN, 2 },
		{ XFS_STUB_MAX_LEN - 2, 1, 1 }, { XFS_STUB_MAX_LEN - 1, 1, 2 },
		{ 1, XFS_STUB_MAX_LEN - 2, 1 }, { 1, XFS_STUB_MAX_LEN - 1, 2 },
		{ XFS_STUB_MAX_LEN, 1, 2 }, { 1, XFS_STUB_MAX_LEN, 2 },
	};
	struct xfs_stub_options options = { .blkbits = 9, .free = XM_FREE };
	struct fixture *f = fx_of(test);
	const struct reserve_seen *seen;
	unsigned int i, e;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct xfs_stub_extent lay[2] = { 0 };
		unsigned int n = 0;

		if (!reserve_setup(f, &options, MAX_LFS_FILESIZE))
			return;
		if (rows[i].left)
			lay[n++] = (struct xfs_stub_extent){
				.off = XM_FAR - rows[i].left, .len = rows[i].left,
			};
		if (rows[i].right)
			lay[n++] = (struct xfs_stub_extent){
				.off = XM_FAR + 1, .len = rows[i].right,
			};
		for (e = 0; e < n; e++) {
			lay[e].state = XFS_STUB_DELALLOC;
			lay[e].indlen = xfs_stub_worst(f->w.inode, lay[e].len);
		}
		if (!reserve_lay(f, XFS_STUB_DATA, lay, n))
			return;
		KUNIT_EXPECT_EQ(test, reserve_ask(f, XM_FAR, 1), 0);
		seen = reserve_see(f, XFS_STUB_DATA);
		KUNIT_EXPECT_EQ_MSG(test, seen->n, rows[i].n, "%llu in front, %llu behind",
				    rows[i].left, rows[i].right);
		KUNIT_EXPECT_EQ(test, seen->blocks, rows[i].left + 1 + rows[i].right);
		for (e = 0; e < min(seen->n, 3U); e++)
			KUNIT_EXPECT_LE(test, seen->e[e].len, (u64)XFS_STUB_MAX_LEN);
	}
}

static struct kunit_case xm_cases[] = {
	KUNIT_CASE(fresh),
	KUNIT_CASE(fresh_and_more),
	KUNIT_CASE(cut),
	KUNIT_CASE(merged),
	KUNIT_CASE(longest),
	{}
};

FX_SUITE(iomap_delalloc_xfs_metadata, xm_cases);
