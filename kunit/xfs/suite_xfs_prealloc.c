// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_xfs_prealloc: what ->iomap_begin reserves behind a write at the end
 * of the file, to the block.
 *
 * The rules are those of Documentation/admin-guide/xfs.rst, allocsize: what is asked
 * for where it is set; and where it is not, the heuristics that xfs_iomap_prealloc_size()
 * states: nothing for a small file, the least behind a hole, twice what lies on disk
 * in one piece in front of the write, less the less space is free. All of it counts
 * from the write's last byte, cut down to a whole allocsize.
 *
 * Kills: "xfs-prealloc-from-begin", "xfs-prealloc-from-first-byte",
 * "xfs-prealloc-small-file", "xfs-prealloc-behind-hole", "xfs-prealloc-fourfold",
 * "xfs-prealloc-pieces", "xfs-prealloc-least", "xfs-prealloc-low",
 * "xfs-prealloc-squash", "xfs-prealloc-past-end", "xfs-prealloc-data-cursor",
 * "xfs-prealloc-none-of-cow", "xfs-reserve-long", "xfs-reserve-no-retry-hint",
 * "xfs-reserve-eof-mark", "xfs-reserve-no-eof-mark", "xfs-begin-waits".
 */
#include <linux/fs.h>

#include "reserve.h"

#define XA_BITS		10
#define XA_FREE		(1LL << 24)
#define XA_MAX		((u64)XFS_STUB_MAX_LEN)
#define XA_LEAST	64	/* blocks, where allocsize is not set */

/* What is preallocated in the COW fork does not go by what lies there. */
#define FINDING_COW_PREALLOC	"cow_prealloc"

/**
 * struct xa_row - a write at the end of a file; all in blocks of 1k
 * @name: of the case
 * @allocsize: log2 of it in bytes, 0: not set; then 64 blocks are the least
 * @isize: size of the file
 * @e: what lies in front of the write; ends with one of no blocks
 * @off: first block of the write
 * @len: of the write, 0: 1
 * @free: blocks free, 0: enough
 * @size: of the filesystem, 0: never low on space
 * @end: block behind the last that is reserved then
 */
struct xa_row {
	const char		*name;
	unsigned int		allocsize;
	u64			isize;
	struct xfs_stub_extent	e[3];
	u64			off;
	u64			len;
	s64			free;
	s64			size;
	u64			end;
};

#define XA_W(from, blocks, disk) { .off = (from), .len = (blocks), .block = (disk), \
				   .state = XFS_STUB_WRITTEN }
#define XA_U(from, blocks, disk) { .off = (from), .len = (blocks), .block = (disk), \
				   .state = XFS_STUB_UNWRITTEN }
#define XA_D(from, blocks) { .off = (from), .len = (blocks), .indlen = 4, \
			     .state = XFS_STUB_DELALLOC }
#define XA_4000	.isize = 4000, .e = { XA_W(0, 4000, 9000) }, .off = 4000

static const struct xa_row xa_rows[] = {
	/* asked for */
	{ "allocsize, empty file", 16, 0, .off = 0, .end = 64 },
	{ "allocsize of 1m, empty file", 20, 0, .off = 0, .end = 1024 },
	{ "allocsize, long file", 20, 1000, { XA_W(0, 1000, 9000) }, 1000, 100, .end = 2048 },
	{ "allocsize, write over its edge", 16, 0, .off = 60, .len = 10, .end = 128 },
	{ "allocsize, write up to its edge", 16, 0, .off = 60, .len = 4, .end = 64 },
	{ "allocsize, not at the end", 16, 1000, { XA_W(0, 400, 9000) }, 500, .end = 501 },
	{ "allocsize, something behind", 16, 100,
	  { XA_W(0, 100, 9000), XA_U(300, 1, 9900) }, 100, .end = 101 },
	{ "allocsize, up to what is behind", 16, 0, { XA_U(40, 1, 9900) }, 0, 4, .end = 4 },
	/* a record does not say more: 2^21 are asked for, and counted from the write */
	{ "allocsize, over the longest", 30, 0, .off = 0, .end = 1 << 20 },
	/* not asked for */
	{ "small file", 0, 63, { XA_W(0, 60, 9000) }, 63, 2, .end = 65 },
	{ "no longer a small file", 0, 64, { XA_W(0, 64, 9000) }, 64, .end = 192 },
	{ "behind a hole", 0, 64, { XA_W(0, 64, 9000) }, 100, .end = 128 },
	{ "a hole of one block", 0, 2000, { XA_W(0, 1999, 9000) }, 2000, .end = 2048 },
	{ "nothing in front", 0, 64, .off = 64, .end = 128 },
	{ "little in front", 0, 64, { XA_W(54, 10, 9000) }, 64, .end = 128 },
	{ "100 in front", 0, 128, { XA_W(28, 100, 9000) }, 128, .end = 256 },
	{ "two pieces that touch", 0, 200,
	  { XA_W(0, 100, 9000), XA_U(100, 100, 9100) }, 200, .end = 448 },
	{ "two pieces apart on disk", 0, 200,
	  { XA_W(0, 100, 9000), XA_U(100, 100, 9500) }, 200, .end = 320 },
	{ "two pieces apart in the file", 0, 200,
	  { XA_W(0, 90, 9000), XA_U(100, 100, 9090) }, 200, .end = 320 },
	{ "reserved in front of them", 0, 200,
	  { XA_D(0, 100), XA_U(100, 100, 9100) }, 200, .end = 320 },
	{ "reserved in front", 0, 200, { XA_D(100, 100) }, 200, .end = 320 },
	/* free space, in hundredths */
	{ "5% free", .size = 1000000, .free = 50000, XA_4000, .end = 3968 + 4096 },
	{ "less than 5% free", .size = 1000000, .free = 49999, XA_4000, .end = 3968 + 1024 },
	{ "4% free", .size = 1000000, .free = 40000, XA_4000, .end = 3968 + 1024 },
	{ "less than 4% free", .size = 1000000, .free = 39999, XA_4000, .end = 3968 + 512 },
	{ "3% free", .size = 1000000, .free = 30000, XA_4000, .end = 3968 + 512 },
	{ "less than 3% free", .size = 1000000, .free = 29999, XA_4000, .end = 3968 + 256 },
	{ "less than 2% free", .size = 1000000, .free = 19999, XA_4000, .end = 3968 + 128 },
	{ "less than 1% free", .size = 1000000, .free = 9999, XA_4000, .end = 3968 + 64 },
	{ "as much free as wanted", .free = 4096, XA_4000, .end = 3968 + 256 },
	{ "more free than wanted", .free = 4200, XA_4000, .end = 3968 + 4096 },
	/* more than half of the longest in front: as much as the file has */
	{ "long in front", 0, 1100000, { XA_W(0, 1100000, 9000) }, 1100000,
	  .end = 1099968 + (1 << 20) },
	{ "the longest", 0, 3000000,
	  { XA_W(0, XA_MAX, 9000), XA_W(XA_MAX, 3000000 - XA_MAX, 9000 + XA_MAX) }, 3000000,
	  .end = 3000000 + XA_MAX },
};

/* Of the COW fork, where everything is written that is written with always_cow. */
static const struct xa_row xa_cow_rows[] = {
	{ "allocsize, empty file", 16, 0, .off = 0, .end = 64 },
	{ "allocsize, up to what is behind", 16, 0, { XA_U(40, 1, 9900) }, 0, 4, .end = 40 },
	{ "behind a hole", 0, 64, { XA_U(0, 64, 9000) }, 100, .end = 128 },
	{ "nothing in front", 0, 64, .off = 64, .end = 128 },
	{ "100 in front", 0, 128, { XA_U(28, 100, 9000) }, 128, .end = 256 },
	{ "two pieces that touch", 0, 200,
	  { XA_W(0, 100, 9000), XA_U(100, 100, 9100) }, 200, .end = 448 },
	{ "reserved in front", 0, 200, { XA_D(100, 100) }, 200, .end = 320 },
};

/* What lies in the data fork then, where the write is behind it: more than in the other. */
static const struct xfs_stub_extent xa_below[] = {
	XA_W(0, 10, 0x50000), XA_W(20, 10, 0x50100), XA_W(40, 10, 0x50200),
};

static void xa_name(const struct xa_row *row, char *desc)
{
	snprintf(desc, SCN_NAME_SIZE, "%s", row->name);
}

KUNIT_ARRAY_PARAM(xa, xa_rows, xa_name);
KUNIT_ARRAY_PARAM(xa_cow, xa_cow_rows, xa_name);

static unsigned int xa_extents(const struct xa_row *row)
{
	unsigned int n = 0;

	while (n < ARRAY_SIZE(row->e) && row->e[n].len)
		n++;
	return n;
}

/* Expect the delayed extent over @block of @fork to end at @end. */
static void xa_ends(struct fixture *f, enum xfs_stub_fork fork, u64 block, u64 end)
{
	const struct reserve_seen *seen = reserve_see(f, fork);
	unsigned int i;

	for (i = 0; i < seen->n && i < RESERVE_MAX; i++) {
		const struct xfs_stub_extent *e = &seen->e[i];

		if (e->state != XFS_STUB_DELALLOC || e->off > block || e->off + e->len <= block)
			continue;
		KUNIT_EXPECT_EQ(f->test, e->off + e->len, end);
		return;
	}
	KUNIT_FAIL(f->test, "nothing is reserved for block %llu", block);
}

/* The mark of what lies behind the end is of the data fork; the COW fork has its own. */
static void xa_row(struct fixture *f, const struct xa_row *row, enum xfs_stub_fork fork)
{
	u64 len = row->len ?: 1;
	struct xfs_stub_counters c;
	struct xfs_stub_options options = {
		.blkbits	= XA_BITS,
		.allocsize	= row->allocsize,
		.reflink	= fork == XFS_STUB_COW,
		.always_cow	= fork == XFS_STUB_COW,
		.free		= row->free ?: XA_FREE,
		.size		= row->size,
	};

	if (!reserve_setup(f, &options, row->isize << XA_BITS) ||
	    !reserve_lay(f, fork, row->e, xa_extents(row)))
		return;
	if (fork == XFS_STUB_COW && row->off >= XA_LEAST &&
	    !reserve_lay(f, XFS_STUB_DATA, xa_below, ARRAY_SIZE(xa_below)))
		return;
	KUNIT_EXPECT_EQ(f->test, reserve_ask(f, row->off, len), 0);
	xa_ends(f, fork, row->off, row->end);
	xfs_stub_count(f->w.inode, &c);
	KUNIT_EXPECT_EQ(f->test, c.eofblocks,
			fork == XFS_STUB_DATA && row->end > row->off + len);
	if (fork == XFS_STUB_COW && row->end > row->off + len)
		KUNIT_EXPECT_TRUE(f->test, c.cowblocks);
}

/* Expect so many blocks behind the write and not one more or less. */
static void data_fork(struct kunit *test)
{
	xa_row(fx_of(test), test->param_value, XFS_STUB_DATA);
}

/*
 * The same of the COW fork, by what lies in it. With the known finding cow_prealloc the
 * data fork is asked for what lies in front; here it holds more extents than the COW fork
 * has, so that none is found: the least is reserved and nothing else.
 *
 * Mutants: "xfs-prealloc-data-cursor", "xfs-prealloc-none-of-cow".
 */
static void cow_fork(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	struct xa_row row = *(const struct xa_row *)test->param_value;
	u64 least = rounddown(row.off, XA_LEAST) + XA_LEAST;
	bool finding = !row.allocsize && row.end != least;

	if (finding && !xfs_stub_prealloc_knows_fork)
		row.end = least;
	xa_row(f, &row, XFS_STUB_COW);
	if (!finding || f->bad || test->status == KUNIT_FAILURE)
		return;
	if (!xfs_stub_prealloc_knows_fork)
		kunit_skip(test, "known finding: " FINDING_COW_PREALLOC);
	world_note("finding: " FINDING_COW_PREALLOC, "not in this tree");
}

/*
 * The largest offset. Expect what is reserved to end there, whatever the heuristics or
 * allocsize would have.
 *
 * Mutant: "xfs-prealloc-past-end".
 */
static void largest_offset(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	const u64 end = ((u64)MAX_LFS_FILESIZE >> XA_BITS) + !!(MAX_LFS_FILESIZE & 1023);
	const struct xfs_stub_extent e = XA_W(end - 4100, 4000, 9000);
	struct xfs_stub_options options = { .blkbits = XA_BITS, .free = XA_FREE };

	if (!reserve_setup(f, &options, (end - 100) << XA_BITS) ||
	    !reserve_lay(f, XFS_STUB_DATA, &e, 1))
		return;
	KUNIT_EXPECT_EQ(test, reserve_ask(f, end - 100, 1), 0);
	xa_ends(f, XFS_STUB_DATA, end - 100, end);
	options.allocsize = 30;
	if (!reserve_setup(f, &options, (end - 100) << XA_BITS))
		return;
	KUNIT_EXPECT_EQ(test, reserve_ask(f, end - 100, 1), 0);
	xa_ends(f, XFS_STUB_DATA, end - 100, end);
}

/*
 * More asked for than a record can say. Expect the longest extent.
 *
 * Mutant: "xfs-reserve-long".
 */
static void longest(struct kunit *test)
{
	struct xfs_stub_options options = { .blkbits = 9, .allocsize = 30, .free = XA_FREE };
	struct fixture *f = fx_of(test);

	if (!reserve_setup(f, &options, 0))
		return;
	KUNIT_EXPECT_EQ(test, reserve_ask(f, 0, 1), 0);
	xa_ends(f, XFS_STUB_DATA, 0, XA_MAX);
}

/*
 * There is room for a write out of place, but not for what the hint adds. Expect the
 * write to get its own blocks; and one block less to be too few.
 *
 * Mutant: "xfs-reserve-no-retry-hint".
 */
static void no_space_for_hint(struct kunit *test)
{
	static const struct xfs_stub_extent shared = XA_W(0, 128, 0x10000);
	struct xfs_stub_options options = {
		.blkbits = XA_BITS, .reflink = true, .cowextsize = 32,
	};
	struct fixture *f = fx_of(test);
	const struct reserve_seen *seen;
	s64 need, less;

	for (less = 0; less < 2; less++) {
		need = 3 + xfs_stub_worst(f->w.inode, 3);
		options.free = need - less;
		if (!reserve_setup(f, &options, 128 << XA_BITS) ||
		    !reserve_lay(f, XFS_STUB_DATA, &shared, 1))
			return;
		xfs_stub_share(shared.block, shared.len);
		KUNIT_EXPECT_EQ(test, reserve_ask(f, 40, 3), less ? -ENOSPC : 0);
		seen = reserve_see(f, XFS_STUB_COW);
		KUNIT_EXPECT_EQ(test, seen->n, less ? 0U : 1U);
		KUNIT_EXPECT_EQ(test, seen->e[0].off, less ? 0ULL : 40ULL);
		KUNIT_EXPECT_EQ(test, seen->blocks, less ? 0ULL : 3ULL);
	}
}

/*
 * Somebody has the ilock, and the write was told not to wait. Expect -EAGAIN and nothing
 * reserved; and once the ilock is free, the reservation.
 *
 * Mutant: "xfs-begin-waits".
 */
static void does_not_wait(struct kunit *test)
{
	const struct xfs_stub_options options = { .blkbits = XA_BITS, .free = XA_FREE };
	struct fixture *f = fx_of(test);

	if (!reserve_setup(f, &options, 0))
		return;
	KUNIT_EXPECT_EQ(test, reserve_ask_nowait(f, 0, 1, true), -EAGAIN);
	KUNIT_EXPECT_EQ(test, reserve_see(f, XFS_STUB_DATA)->n, 0U);
	KUNIT_EXPECT_EQ(test, reserve_ask_nowait(f, 0, 1, false), 0);
	KUNIT_EXPECT_EQ(test, reserve_see(f, XFS_STUB_DATA)->n, 1U);
}

static struct kunit_case xa_cases[] = {
	KUNIT_CASE_PARAM(data_fork, xa_gen_params),
	KUNIT_CASE_PARAM(cow_fork, xa_cow_gen_params),
	KUNIT_CASE(largest_offset),
	KUNIT_CASE(longest),
	KUNIT_CASE(no_space_for_hint),
	KUNIT_CASE(does_not_wait),
	{}
};

FX_SUITE(iomap_delalloc_xfs_prealloc, xa_cases);
