// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_xfs_shared: other files have some blocks of an extent and not its
 * others. Writes, unsharing, zeroing and faults over the edges between them.
 *
 * Expect the COW fork to take what is shared, and what a hint asks for beside it;
 * everything else to be written where it lies; and blocks that are not dirty to
 * stay as and where they are. The mappings are judged as they are made
 * (kunit/xfs/mapping.c), and so is each block that goes to disk.
 *
 * Kills: "xfs-trim-shared-back", "xfs-trim-shared-front", "xfs-trim-not-shared",
 * "xfs-trim-always-cow", "xfs-begin-no-trim", "xfs-begin-cow-end",
 * "xfs-map-cow-trim", "xfs-begin-cow-hole-trim".
 */
#include <linux/fs.h>
#include <linux/pagemap.h>

#include "writeback.h"

#define XH_PAGES	8
#define XH_BASE		(32LL << PAGE_SHIFT)
#define XH_ISIZE	(XH_BASE + XH_PAGES * PAGE_SIZE)
#define XH_PLAIN	true, .cowextsize = 1, .cow = "."

/* A hint of one block is none: the COW fork gets what is shared and no more. */
static const struct kind xh_kinds[] = {
	{ "front",	XH_PLAIN, .data = "w",	.shared = "ss.." },
	{ "back",	XH_PLAIN, .data = "w",	.shared = "..ss" },
	{ "inside",	XH_PLAIN, .data = "w",	.shared = ".ss....." },
	{ "each other",	XH_PLAIN, .data = "w",	.shared = ".s" },
	{ "all but one", XH_PLAIN, .data = "w",	.shared = "sss.s" },
	{ "extents",	XH_PLAIN, .data = "wwuwwdw", .shared = ".ss.ss" },
	{ "hint of 4",	true, .cowextsize = 4, .cow = ".", .data = "w", .shared = ".s....s." },
	{ "hint of all", true, .cow = ".", .data = "w", .shared = "...s...." },
	{ "reserved",	true, .cowextsize = 1, .cow = "..d.", .data = "w", .shared = ".s.s" },
	{ "over holes",	true, .cowextsize = 1, .cow = "d", .data = ".w", .shared = ".s" },
	{ "beside",	true, .cowextsize = 1, .cow = "d..", .data = "w", .shared = "..s" },
	{ "unwritten",	true, .cowextsize = 1, .cow = ".u.", .data = "w", .shared = ".ss" },
	{ "always_cow",	true, true, .cowextsize = 1, .cow = ".", .data = "w", .shared = ".ss." },
};

static const void *xh_next(const void *prev, char *desc)
{
	static struct kind_param row[2 * ARRAY_SIZE(xh_kinds)];
	const struct kind_param *last = prev, *p = last ? last + 1 : row;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(row); i++) {
		row[i].kind = &xh_kinds[i / 2];
		row[i].blkbits = i % 2 ? PAGE_SHIFT : PAGE_SHIFT - 2;
	}
	if (p == row + ARRAY_SIZE(row))
		return NULL;
	snprintf(desc, SCN_NAME_SIZE, "bs=%u %s", 1U << p->blkbits, p->kind->name);
	return p;
}

FX_GENERATOR(xh_next)
#define xh_gen_params FX_GEN(xh_next)

/* What was done is complete and on disk. */
static void xh_settle(struct fixture *f)
{
	writes_backed(f);
	if (writeback_run(f))
		fx_bad(f, "writeback failed");
	else
		writeback_complete(f);
}

/* Is none of it another file's any more? */
static void xh_own(struct fixture *f, unsigned int from, unsigned int to)
{
	for (; from < to; from++)
		if (forks_shared(from))
			fx_bad(f, "a block is still shared");
}

/* The next byte to end a write at: round the edges of blocks, and one between. */
static size_t xh_step(size_t at, size_t bs)
{
	size_t in = at & (bs - 1);

	return in < 2 || in == bs - 1 ? at + 1 : at - in + (in < bs / 2 ? bs / 2 : bs - 1);
}

/* Expect a write that ends at any byte to have gone where it may go. */
static void short_write(struct kunit *test)
{
	const struct kind_param *p = test->param_value;
	const size_t bs = 1UL << p->blkbits, len = 2 * PAGE_SIZE;
	const size_t offs[] = { 0, bs - 1, bs, 2 * bs + bs / 2 };
	struct fixture *f = fx_of(test);
	unsigned int o, cow = 0;
	ssize_t ret;
	size_t at;

	for (o = 0; o < ARRAY_SIZE(offs); o++) {
		for (at = 0; at <= len; at = xh_step(at, bs)) {
			if (!kinds_setup(f, p, XH_BASE, XH_PAGES, XH_ISIZE))
				return;
			ret = writes_store(f, XH_BASE + offs[o], len, at, true);
			if (ret != (at ? (ssize_t)at : -EFAULT))
				fx_bad(f, "the write returned something else");
			cow += writes.cow;
			if (f->passed_over)
				f->passed_over = 0;
			else
				xh_settle(f);
			if (f->bad)
				return;
		}
	}
	KUNIT_EXPECT_NE(test, cow, 0U);
	forks_finding_of(f, true);
}

/* Ranges that begin and end in the first blocks, on their edges or not. */
struct xh_range {
	loff_t	pos;
	loff_t	len;
};

static bool xh_range(struct xh_range *r, unsigned int nth, size_t bs)
{
	unsigned int from = nth % 6, blocks = nth / 6 % 5, odd = nth / 30;

	r->pos = XH_BASE + from * bs + (odd & 1 ? bs / 2 : 0);
	r->len = (blocks + 1) * bs - (odd & 1 ? bs / 2 : 0) - (odd & 2 ? 1 : 0);
	return odd < 4;
}

static void xh_each_range(struct kunit *test, bool unshares)
{
	const struct kind_param *p = test->param_value;
	const size_t bs = 1UL << p->blkbits;
	struct fixture *f = fx_of(test);
	unsigned int n, cow = 0;
	struct xh_range r;

	for (n = 0; xh_range(&r, n, bs) && !f->bad; n++) {
		if (!kinds_setup(f, p, XH_BASE, XH_PAGES, XH_ISIZE))
			return;
		if (r.pos + r.len > XH_ISIZE)
			continue;
		if (unshares ? writes_unshare(f, r.pos, r.len) : writes_zero(f, r.pos, r.len))
			fx_bad(f, "an error");
		cow += writes.cow;
		xh_settle(f);
		if (unshares)
			xh_own(f, (r.pos - XH_BASE) >> p->blkbits,
			       ((r.pos + r.len - XH_BASE - 1) >> p->blkbits) + 1);
	}
	KUNIT_EXPECT_NE(test, cow, 0U);
}

/* Expect nothing of the range to be shared any more. */
static void unshare(struct kunit *test)
{
	xh_each_range(test, true);
}

/* Expect zeroes to go where a write would. */
static void zero(struct kunit *test)
{
	xh_each_range(test, false);
}

/* Expect a task that writes a mapped page to get what it needs for all of it. */
static void fault(struct kunit *test)
{
	const struct kind_param *p = test->param_value;
	struct fixture *f = fx_of(test);
	unsigned int page, block;

	for (page = 0; page < XH_PAGES && !f->bad; page++) {
		block = page << (PAGE_SHIFT - p->blkbits);
		if (!kinds_setup(f, p, XH_BASE, XH_PAGES, XH_ISIZE))
			return;
		KUNIT_EXPECT_EQ(test, fx_read_fault(f, block), 0);
		KUNIT_EXPECT_EQ(test, writes_fault(f, block), 0);
		xh_settle(f);
		xh_own(f, block, block + (1U << (PAGE_SHIFT - p->blkbits)));
	}
}

static struct kunit_case xh_cases[] = {
	KUNIT_CASE_PARAM(short_write, xh_gen_params),
	KUNIT_CASE_PARAM(unshare, xh_gen_params),
	KUNIT_CASE_PARAM(zero, xh_gen_params),
	KUNIT_CASE_PARAM(fault, xh_gen_params),
	{}
};

FX_SUITE(iomap_delalloc_xfs_shared, xh_cases);
