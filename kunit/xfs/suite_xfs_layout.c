// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_xfs_layout: what a scenario may lay out in the forks, and that
 * what was laid out is what lies there.
 *
 * Kills: nothing of the tree's: the stubs are on trial here.
 */
#include <libkern/case.h>
#include <linux/fs.h>

#include "writes.h"

#define XL_MAX	3
#define XL_MANY	40	/* extents, for more than one leaf */

/**
 * struct xl_refused - a layout that cannot be
 * @name: of the case
 * @why: begin of the reason
 * @fork: which fork
 * @reflink: does the file have it?
 * @n: entries of @e
 * @e: the extents
 */
struct xl_refused {
	const char		*name;
	const char		*why;
	enum xfs_stub_fork	fork;
	bool			reflink;
	unsigned int		n;
	struct xfs_stub_extent	e[XL_MAX];
};

#define XL_D	.indlen = 4, .state = XFS_STUB_DELALLOC
#define XL_W	.state = XFS_STUB_WRITTEN

static const struct xl_refused xl_refused[] = {
	{ "overlap", "extents overlap", XFS_STUB_DATA, false, 2,
	  { { .off = 0, .len = 4, XL_D }, { .off = 3, .len = 1, .block = 9, XL_W } } },
	{ "order", "extents out of order", XFS_STUB_DATA, false, 2,
	  { { .off = 8, .len = 1, XL_D }, { .off = 3, .len = 1, XL_D } } },
	{ "no blocks", "an extent of no blocks", XFS_STUB_DATA, false, 1,
	  { { .off = 8, .len = 0, XL_D } } },
	{ "no kind", "an extent is delayed", XFS_STUB_DATA, false, 1,
	  { { .off = 8, .len = 1 } } },
	{ "too long", "an extent longer", XFS_STUB_DATA, false, 1,
	  { { .off = 8, .len = 1 << 21, XL_D } } },
	{ "too much kept", "an extent keeps more", XFS_STUB_DATA, false, 1,
	  { { .off = 8, .len = 1, .indlen = 1 << 17, .state = XFS_STUB_DELALLOC } } },
	{ "beyond the end", "an extent beyond", XFS_STUB_DATA, false, 1,
	  { { .off = (u64)MAX_LFS_FILESIZE >> PAGE_SHIFT, .len = 1, XL_D } } },
	{ "no COW fork", "a file without reflink", XFS_STUB_COW, false, 1,
	  { { .off = 0, .len = 1, XL_D } } },
	{ "overlap in the COW fork", "extents overlap", XFS_STUB_COW, true, 2,
	  { { .off = 0, .len = 4, XL_D }, { .off = 0, .len = 4, XL_D } } },
};

static void xl_name(const struct xl_refused *p, char *desc)
{
	snprintf(desc, SCN_NAME_SIZE, "%s", p->name);
}

KUNIT_ARRAY_PARAM(xl, xl_refused, xl_name);

static void xl_setup(struct kunit *test, bool reflink)
{
	struct xfs_stub_options options = {
		.blkbits	= PAGE_SHIFT,
		.reflink	= reflink,
		.free		= 1000,
	};

	KUNIT_ASSERT_TRUE(test, forks_setup(fx_of(test), &options, XFS_STUB_DATA));
}

/* Expect the reason, and nothing laid out or counted. */
static void refused(struct kunit *test)
{
	const struct xl_refused *p = test->param_value;
	struct inode *inode = fx_of(test)->w.inode;
	struct xfs_stub_counters c;
	const char *why;

	xl_setup(test, p->reflink);
	why = xfs_stub_lay(inode, p->fork, p->e, p->n);
	KUNIT_ASSERT_NOT_NULL(test, why);
	KUNIT_EXPECT_TRUE_MSG(test, !strncmp(why, p->why, strlen(p->why)), "%s", why);
	xfs_stub_count(inode, &c);
	KUNIT_EXPECT_EQ(test, c.free, 1000LL);
	KUNIT_EXPECT_EQ(test, c.delayed, 0ULL);
}

/* Layouts as text: expect a reason for what is no layout of this window. */
static void bad_text(struct kunit *test)
{
	unsigned char map[4];

	KUNIT_EXPECT_STREQ(test, forks_text(map, 4, "d.uw."), "extents past the window");
	KUNIT_EXPECT_STREQ(test, forks_text(map, 4, "dx"), "a block is one of d, u, w and .");
	KUNIT_EXPECT_NULL(test, forks_text(map, 4, "du"));
	KUNIT_EXPECT_EQ(test, map[2], SCN_DELALLOC);
	KUNIT_EXPECT_EQ(test, map[3], SCN_UNWRITTEN);
	KUNIT_EXPECT_NULL(test, forks_text(map, 4, ""));
	KUNIT_EXPECT_EQ(test, map[0], SCN_HOLE);
}

/* Mounts that XFS does not know. */
static void bad_options(struct kunit *test)
{
	static const struct xfs_stub_options bad[] = {
		{ .blkbits = 8 }, { .blkbits = 17 }, { .blkbits = PAGE_SHIFT + 1 },
		{ .blkbits = 9, .reflink = true },
		{ .blkbits = 12, .always_cow = true },
		{ .blkbits = 12, .cowextsize = 4 },
		{ .blkbits = 12, .allocsize = 11 },
	};
	struct inode *inode = fx_of(test)->w.inode;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_NOT_NULL(test, xfs_stub_setup(inode, &bad[i]));
}

/* Collects what xfs_stub_each() shows. */
struct xl_seen {
	unsigned int n;
	struct xfs_stub_extent e[XL_MAX];
};

static void xl_see(void *arg, const struct xfs_stub_extent *e)
{
	struct xl_seen *seen = arg;

	if (seen->n < XL_MAX)
		seen->e[seen->n] = *e;
	seen->n++;
}

/* Expect XFS's tree to give back what was put in, and the books to agree. */
static void read_back(struct kunit *test)
{
	static const struct xfs_stub_extent e[XL_MAX] = {
		{ .off = 1, .len = 2, XL_D },
		{ .off = 3, .len = 5, .block = 77, .state = XFS_STUB_UNWRITTEN },
		{ .off = 1 << 20, .len = 1, .block = 99, XL_W },
	};
	struct fixture *f = fx_of(test);
	unsigned int fork, i;

	xl_setup(test, true);
	for (fork = 0; fork < XFS_STUB_FORKS; fork++) {
		struct xl_seen seen = { 0 };

		KUNIT_ASSERT_NULL(test, xfs_stub_lay(f->w.inode, fork, e, XL_MAX));
		KUNIT_EXPECT_NOT_NULL(test, xfs_stub_lay(f->w.inode, fork, e, 1));
		xfs_stub_each(f->w.inode, fork, xl_see, &seen);
		KUNIT_ASSERT_EQ(test, seen.n, (unsigned int)XL_MAX);
		for (i = 0; i < XL_MAX; i++) {
			KUNIT_EXPECT_EQ(test, seen.e[i].off, e[i].off);
			KUNIT_EXPECT_EQ(test, seen.e[i].len, e[i].len);
			KUNIT_EXPECT_EQ(test, seen.e[i].block, e[i].block);
			KUNIT_EXPECT_EQ(test, seen.e[i].state, e[i].state);
		}
		KUNIT_EXPECT_TRUE(test, forks_whole(f));
	}
}

/* Blocks that are counted and lie in no extent. */
static const struct xfs_stub_counters xl_lost[] = {
	{ .delayed = 1 }, { .reserved = 1 }, { .blocks = 1 }, { .free = -1 },
};

static struct inode *xl_other(struct kunit *test)
{
	static const struct xfs_stub_extent e[] = {
		{ .off = 1, .len = 2, XL_D }, { .off = 9, .len = 1, .block = 99, XL_W },
	};
	struct inode *inode = xfs_stub_open(xfs_stub_aops);

	KUNIT_EXPECT_NULL(test, xfs_stub_lay(inode, XFS_STUB_DATA, e, ARRAY_SIZE(e)));
	return inode;
}

/*
 * Expect whoever looks at the counters to see it, and a file that goes with too much
 * to be a leak; and no complaint where all is well.
 */
static void lost_blocks(struct kunit *test)
{
	struct xfs_stub_options options = { .blkbits = PAGE_SHIFT, .free = 1 << 20 };
	unsigned int i, leaks;
	struct inode *inode;
	char why[200];

	for (i = 0; i <= ARRAY_SIZE(xl_lost); i++) {
		bool lost = i < ARRAY_SIZE(xl_lost);

		inode = xl_other(test);
		if (lost)
			xfs_stub_miscount(inode, &xl_lost[i]);
		KUNIT_EXPECT_EQ(test, xfs_stub_sums_right(inode, &options, why, sizeof(why)),
				!lost);
		xfs_stub_close(inode);
		leaks = lk_splat_take(LK_SPLAT_LEAK);
		KUNIT_EXPECT_EQ_MSG(test, leaks, lost && !xl_lost[i].free, "row %u", i);
	}
}

/* Trees that XFS never leaves behind: expect each to be seen, and a good one to pass. */
static void bad_trees(struct kunit *test)
{
	static const char *const why[] = {
		[XFS_STUB_PLANT_NOTHING] = "",
		[XFS_STUB_PLANT_NO_BLOCKS] = "an extent of no blocks",
		[XFS_STUB_PLANT_OVERLAP] = "extents overlap or are out of order",
		[XFS_STUB_PLANT_COUNT] = "a fork counts other extents than it has",
	};
	struct inode *inode = fx_of(test)->w.inode;
	struct xfs_stub_extent e[XL_MANY];
	unsigned int i;

	xl_setup(test, false);
	for (i = 0; i < XL_MANY; i++)
		e[i] = (struct xfs_stub_extent){ .off = 4 * i, .len = 4, XL_D };
	KUNIT_ASSERT_NULL(test, xfs_stub_lay(inode, XFS_STUB_DATA, e, XL_MANY));
	for (i = 0; i < ARRAY_SIZE(why); i++)
		KUNIT_EXPECT_STREQ(test, xfs_stub_planted(inode, i) ?: "", why[i]);
}

/* Expect dirty data to be missed exactly where it has no space, or only another's. */
static void backed_or_not(struct kunit *test)
{
	static const struct {
		const char *data, *cow, *shared, *why;
		scn_pos isize;
	} rows[] = {
		{ "w", ".", ".", NULL, 8 },
		{ "w", ".", "....ssss", NULL, 8 },
		{ "w", ".", "...s....", "dirty data would overwrite shared blocks", 8 },
		{ "w", ".", "...s....", NULL, 3 },
		{ "w", "...d....", "...s....", NULL, 8 },
		{ "w", "..d.....", "...s....", "dirty data would overwrite shared blocks", 8 },
		{ "wwwu", ".", "...s....", NULL, 8 },
		{ "www.", ".", ".", "dirty data below i_size has no space", 8 },
		{ "www.", "...u", ".", NULL, 8 },
	};
	struct xfs_stub_options options = {
		.blkbits = PAGE_SHIFT - 2, .reflink = true, .free = 1 << 20,
	};
	struct fixture *f = fx_of(test);
	const char *why;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!fx_parsed(f, options.blkbits, 0, "[DDDD][CCCC]", "."))
			return;
		f->s.isize = rows[i].isize << options.blkbits;
		i_size_write(f->w.inode, f->s.isize);
		if (!writes_setup(f, &options, rows[i].data, rows[i].cow, rows[i].shared))
			return;
		forks_observe(f);
		fx_observe(f, &f->s);
		why = writes_unbacked(f);
		KUNIT_EXPECT_STREQ_MSG(test, why ?: "", rows[i].why ?: "", "row %u", i);
	}
}

static struct kunit_case xl_cases[] = {
	KUNIT_CASE_PARAM(refused, xl_gen_params),
	KUNIT_CASE(bad_text),
	KUNIT_CASE(bad_options),
	KUNIT_CASE(read_back),
	KUNIT_CASE(lost_blocks),
	KUNIT_CASE(bad_trees),
	KUNIT_CASE(backed_or_not),
	{}
};

FX_SUITE(iomap_delalloc_xfs_layout, xl_cases);
