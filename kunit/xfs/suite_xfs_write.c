// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_xfs_write: writes through XFS's own operations that come up
 * short at any byte, on plain files, on shared blocks and with always_cow.
 *
 * Each ->iomap_end is judged on the extents as they are at that moment; in the
 * end every dirty block below i_size must have space of its own.
 *
 * Kills: "xfs-begin-not-new", "xfs-begin-not-shared", "xfs-end-written",
 * "xfs-punch-data-fork".
 */
#include <linux/fs.h>
#include <linux/pagemap.h>

#include "writes.h"

#define XW_PAGES	6

/**
 * struct xw_kind - a kind of file
 * @name: of the kind
 * @reflink: it may share blocks
 * @always_cow: it never writes in place
 * @shared: what it has on disk is shared
 * @allocsize: log2 of what a write at the end asks for beforehand, 0: not set
 * @data: extents, see writes_setup()
 * @cow: extents of the COW fork
 */
struct xw_kind {
	const char	*name;
	bool		reflink;
	bool		always_cow;
	bool		shared;
	unsigned int	allocsize;
	const char	*data;
	const char	*cow;
};

static const struct xw_kind xw_kinds[] = {
	{ "plain, empty",	false, false, false,  0, ".",	"" },
	{ "plain, mixed",	false, false, false,  0, "d.w.u",	"" },
	{ "plain, allocsize",	false, false, false, 16, ".",	"" },
	{ "reflink, own",	 true, false, false,  0, "w.d",	"." },
	{ "reflink, shared",	 true, false,  true,  0, "w",	"." },
	{ "reflink, mixed",	 true, false,  true,  0, "w.wwu",	"..d." },
	{ "always_cow, empty",	 true,  true, false,  0, ".",	"." },
	{ "always_cow, mixed",	 true,  true, false,  0, "w.uw",	"...d" },
};

#define XW_MAX_ROWS	32

static struct xw_param {
	const struct xw_kind *kind;
	unsigned int blkbits;
} xw_params[XW_MAX_ROWS];

static void xw_add(unsigned int *n, const struct xw_kind *kind, unsigned int blkbits)
{
	if (kind->reflink && blkbits < 10)
		return;
	xw_params[*n].kind = kind;
	xw_params[(*n)++].blkbits = blkbits;
}

/* Blocks of the smallest size, of a quarter of a page and of a page. */
static const void *xw_next(const void *prev, char *desc)
{
	static unsigned int rows;
	const struct xw_param *p = prev;
	unsigned int i;

	for (i = rows ? ARRAY_SIZE(xw_kinds) : 0; i < ARRAY_SIZE(xw_kinds); i++) {
		xw_add(&rows, &xw_kinds[i], PAGE_SHIFT);
		xw_add(&rows, &xw_kinds[i], PAGE_SHIFT - 2);
		xw_add(&rows, &xw_kinds[i], 9);
	}
	p = p ? p + 1 : xw_params;
	if (p == xw_params + rows)
		return NULL;
	snprintf(desc, SCN_NAME_SIZE, "bs=%u %s", 1U << p->blkbits, p->kind->name);
	return p;
}

FX_GENERATOR(xw_next)
#define xw_gen_params FX_GEN(xw_next)

static unsigned int xw_block;	/* where something else happens */

/* A task dirties a page through its mapping while the write is on its way. */
static void xw_fault(struct fixture *f, const struct iomap *iomap)
{
	if (writes.begun > 1)
		return;
	if (scn_block_pos(&f->s, xw_block) >= i_size_read(f->w.inode))
		return;
	KUNIT_EXPECT_EQ(f->test, fx_read_fault(f, xw_block), 0);
	KUNIT_EXPECT_EQ(f->test, writes_fault(f, xw_block), 0);
}

static bool xw_setup(struct fixture *f, const struct xw_param *p, scn_pos isize)
{
	struct xfs_stub_options options = {
		.blkbits	= p->blkbits,
		.reflink	= p->kind->reflink,
		.always_cow	= p->kind->always_cow,
		.allocsize	= p->kind->allocsize,
		.free		= 1 << 20,
	};

	scn_init(&f->s, PAGE_SHIFT, p->blkbits, 32LL << PAGE_SHIFT,
		 XW_PAGES << (PAGE_SHIFT - p->blkbits));
	f->s.isize = isize;
	recfs_reset(&f->fs);
	return fx_build(f, NULL) &&
		writes_setup(f, &options, p->kind->data, p->kind->cow, p->kind->shared);
}

static void xw_once(struct fixture *f, const struct xw_param *p, scn_pos isize,
		    unsigned int off, size_t fault_at, bool seen)
{
	size_t len = 3 * PAGE_SIZE;
	ssize_t want = min(fault_at, len), ret;

	if (!xw_setup(f, p, isize))
		return;
	writes.event = xw_block ? xw_fault : NULL;
	ret = writes_store(f, f->s.base + off, len, fault_at, seen);
	if (!want)
		want = -EFAULT;
	if (ret != want) {
		KUNIT_EXPECT_EQ(f->test, ret, want);
		fx_bad(f, "the write returned something else");
	}
	if (!writes.ends)
		fx_bad(f, "->iomap_end was not called");
	/* where the known finding eof_block takes the space of a dirty block */
	if (!f->passed_over)
		writes_backed(f);
	f->passed_over = 0;
}

/*
 * Does each copy from this source copy a byte? One of none dirties a block that
 * is uptodate already: known finding zero_copy, which iomap_delalloc_write has.
 */
static bool xw_copies(unsigned int off, size_t fault_at)
{
	return (off + fault_at) & (PAGE_SIZE - 1) && fault_at;
}

/* Sources that end at and beside the edges of blocks and pages. */
static void short_write(struct kunit *test)
{
	const struct xw_param *p = test->param_value;
	const size_t bs = 1UL << p->blkbits, len = 3 * PAGE_SIZE;
	const unsigned int offs[] = { 0, bs - 1, bs / 2 };
	const size_t faults[] = {
		0, 1, bs - 1, bs, bs + 1, PAGE_SIZE, PAGE_SIZE + bs / 2, len - 1, len,
	};
	const scn_pos base = 32LL << PAGE_SHIFT;
	const scn_pos sizes[] = {
		0, base + PAGE_SIZE / 2, base + 2 * PAGE_SIZE, base + 2 * PAGE_SIZE + 100,
		base + XW_PAGES * PAGE_SIZE,
	};
	struct fixture *f = fx_of(test);
	unsigned int o, i, s, page, judged = 0;

	for (o = 0; o < ARRAY_SIZE(offs); o++) {
		for (i = 0; i < ARRAY_SIZE(faults); i++) {
			for (s = 0; s < ARRAY_SIZE(sizes); s++) {
				for (page = 0; page < 3; page++) {
					xw_block = page << (PAGE_SHIFT - p->blkbits);
					xw_once(f, p, sizes[s], offs[o], faults[i], page != 1 ||
						!xw_copies(offs[o], faults[i]));
					judged += writes.ends;
					if (f->bad >= FX_MAX_BAD)
						return;
				}
			}
		}
	}
	KUNIT_EXPECT_NE(test, judged, 0U);
	if (p->kind->reflink) {
		forks.written = XFS_STUB_COW;
		forks_finding_done(f);
	}
}

static struct kunit_case xw_cases[] = {
	KUNIT_CASE_PARAM(short_write, xw_gen_params),
	{}
};

FX_SUITE(iomap_delalloc_xfs_write, xw_cases);
