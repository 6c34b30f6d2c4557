// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_xfs_zero: zeroing and unsharing over everything that a file may
 * have, with and without a page cache, and zeroing over reservations at its end.
 *
 * Both write what is there already: over a hole they have nothing to do, and in the
 * data fork they never reserve. Behind the end of a file its reservations are zeroed
 * by making them unwritten, without the page cache. The rules are those of
 * kunit/xfs/mapping.c, judged at each mapping; after it all is written back.
 *
 * Kills: "xfs-begin-zero-hole", "xfs-begin-unshare-hole", "xfs-zero-eof-block",
 * "xfs-zero-past-eof", "xfs-zero-keeps-cache", "xfs-zero-unwritten-cow".
 */
#include <linux/fs.h>
#include <linux/pagemap.h>

#include "mapping.h"
#include "writeback.h"

#define XZ_BITS		(PAGE_SHIFT - 2)
#define XZ_BLOCK	(1LL << XZ_BITS)
#define XZ_BASE		(16LL << PAGE_SHIFT)
#define XZ_BLOCKS	12

/**
 * struct xz_row - a file
 * @name: of it
 * @data: extents of the data fork, repeated
 * @cow: the same of the COW fork; empty: it has none
 * @shared: what is shared of @data
 * @backed: all of it may be dirty
 * @always_cow: nothing is written in place
 */
struct xz_row {
	const char	*name;
	const char	*data;
	const char	*cow;
	const char	*shared;
	bool		backed;
	bool		always_cow;
};

static const struct xz_row xz_rows[] = {
	{ "hole",		".",	"",	"" },
	{ "hole, reflink",	".",	".",	"" },
	{ "hole under COW",	".",	"d",	"", true },
	{ "reserved",		"d",	"",	"", true },
	{ "reserved under COW",	"d",	"d",	"", true },
	{ "unwritten",		"u",	"",	"", true },
	{ "unwritten, reflink",	"u",	".",	"", true },
	{ "unwritten under COW", "u",	"d",	"", true },
	{ "written",		"w",	"",	"", true },
	{ "of each",		".duw",	"",	"" },
	{ "shared, of each",	".wwu",	".",	"s" },
	{ "shared, edges",	"..wwwdwwu", ".", ".s" },
	{ "shared, in part COW", ".ww.u", ".d...", "s" },
	{ "COW and holes",	"..ww",	".dd.",	"s" },
	{ "always_cow",		".wu",	".",	"",	false, true },
};

static void xz_name(const struct xz_row *row, char *desc)
{
	snprintf(desc, SCN_NAME_SIZE, "%s", row->name);
}

KUNIT_ARRAY_PARAM(xz, xz_rows, xz_name);

static bool xz_setup(struct fixture *f, const struct xz_row *row, const char *layout,
		     scn_pos isize)
{
	struct xfs_stub_options options = {
		.blkbits	= XZ_BITS,
		.reflink	= *row->cow,
		.always_cow	= row->always_cow,
		.cowextsize	= *row->cow ? 1 : 0,
		.free		= 1 << 20,
	};

	if (!fx_parsed(f, XZ_BITS, XZ_BASE, layout, "."))
		return false;
	f->s.isize = isize;
	i_size_write(f->w.inode, isize);
	return writes_setup(f, &options, row->data, row->cow, row->shared);
}

static void xz_settle(struct fixture *f)
{
	KUNIT_EXPECT_EQ(f->test, xfs_stub_punches.n, 0U);
	writes_backed(f);
	if (writeback_run(f))
		fx_bad(f, "writeback failed");
	else
		writeback_complete(f);
}

/* Did each block that was a hole of the data fork stay one, but for what was dirty? */
static void xz_holes(struct fixture *f, const struct xz_row *row, unsigned int known)
{
	unsigned int b, len = strlen(row->data);

	forks_observe(f);
	for (b = 0; b < f->s.nblocks && !known; b++)
		if (row->data[b % len] == '.' && forks.map[XFS_STUB_DATA][b] != SCN_HOLE)
			fx_bad(f, "a hole is none any more");
}

/* Every range of whole blocks, and those of some bytes less at either end. */
static void xz_each(struct kunit *test, bool unshares)
{
	static const char *const layouts[] = {
		"............", "[CCCC][CCCC][CCCC]", "[DDDD][DDDD][DDDD]",
	};
	const struct xz_row *row = test->param_value;
	struct fixture *f = fx_of(test);
	unsigned int l, from, to, odd, known = 0;
	scn_pos pos, end;

	for (l = 0; l < ARRAY_SIZE(layouts); l++) {
		if (l == 2 && !row->backed)
			continue;
		/* a tree that knows dirty folios only writes what is clean in them, too */
		if (l == 1 && !row->backed && !f->limits.dirty_per_block)
			continue;
		for (from = 0; from < 8; from++) {
			for (to = from + 1; to <= XZ_BLOCKS; to++) {
				odd = (from + to) % 3;
				pos = XZ_BASE + from * XZ_BLOCK + (odd == 1 ? 100 : 0);
				end = XZ_BASE + to * XZ_BLOCK - (odd == 2 ? 1 : 0);
				if (!xz_setup(f, row, layouts[l], XZ_BASE + XZ_BLOCKS * XZ_BLOCK))
					return;
				if (unshares ? writes_unshare(f, pos, end - pos) :
					       writes_zero(f, pos, end - pos))
					fx_bad(f, "an error");
				if (l < 2)
					xz_holes(f, row, writes.known);
				known += writes.known;
				xz_settle(f);
				if (f->bad)
					return;
			}
		}
	}
	if (unshares && strchr(row->data, '.'))
		mapping_finding_done(f, known);
}

/* Expect zeroes where there is data, and nothing done where there is none. */
static void zero(struct kunit *test)
{
	xz_each(test, false);
}

/* Expect what is shared, and only that, to be dirty. */
static void unshare(struct kunit *test)
{
	xz_each(test, true);
}

/*
 * Unsharing begins in a hole. Expect the hole to stay one. The known finding
 * unshare_hole reserves it, and the reservation outlives writeback: it is nobody's.
 *
 * Mutant: "xfs-begin-unshare-hole".
 */
static void unshare_hole(struct kunit *test)
{
	static const struct xz_row row = { "", ".wwu", ".", "s" };
	struct fixture *f = fx_of(test);
	unsigned int known;

	if (!xz_setup(f, &row, "............", XZ_BASE + XZ_BLOCKS * XZ_BLOCK))
		return;
	KUNIT_EXPECT_EQ(test, writes_unshare(f, XZ_BASE, XZ_BLOCK), 0);
	known = writes.known;
	forks_expect(f, XFS_STUB_DATA, known ? "dwwu.wwu.wwu" : ".wwu.wwu.wwu");
	forks_expect(f, XFS_STUB_COW, "............");
	KUNIT_EXPECT_EQ(test, writeback_run(f), 0);
	forks_expect(f, XFS_STUB_DATA, known ? "dwwu.wwu.wwu" : ".wwu.wwu.wwu");
	mapping_finding_done(f, known);
}

static const struct xz_row xz_ends[] = {
	{ "reserved",		"d",		"",	"" },
	{ "reserved, reflink",	"d",		".",	"" },
	{ "in part",		"dddddduu.ddd",	"",	"" },
	{ "behind unwritten",	"uuuudddddddd",	"",	"" },
};

KUNIT_ARRAY_PARAM(xz_end, xz_ends, xz_name);

/*
 * A reservation behind the end of the file. Expect zeroing to dirty it up to the block
 * in which the file ends, to make unwritten what lies behind, and to leave none of that
 * in the page cache.
 */
static void at_eof(struct kunit *test)
{
	static const char *const layouts[] = {
		"............", "[CCCC][CCCC][CCCC]", "[DDDD][DDDD][DDDD]",
	};
	const struct xz_row *row = test->param_value;
	struct fixture *f = fx_of(test);
	unsigned int l, from, to, at;
	scn_pos eof;

	for (l = 0; l < ARRAY_SIZE(layouts); l++) {
		for (at = 0; at < 12; at++) {
			eof = XZ_BASE + (at + 1) * XZ_BLOCK / 2;
			for (from = 0; from < 8; from++) {
				for (to = from + 1; to <= XZ_BLOCKS; to += 2) {
					if (!xz_setup(f, row, layouts[l], eof))
						return;
					if (writes_zero(f, XZ_BASE + from * XZ_BLOCK,
							(to - from) * XZ_BLOCK))
						fx_bad(f, "an error");
					xz_settle(f);
					if (f->bad)
						return;
				}
			}
		}
	}
}

static struct kunit_case xz_cases[] = {
	KUNIT_CASE_PARAM(zero, xz_gen_params),
	KUNIT_CASE_PARAM(unshare, xz_gen_params),
	KUNIT_CASE(unshare_hole),
	KUNIT_CASE_PARAM(at_eof, xz_end_gen_params),
	{}
};

FX_SUITE(iomap_delalloc_xfs_zero, xz_cases);
