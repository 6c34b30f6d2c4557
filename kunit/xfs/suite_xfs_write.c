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

#include "kinds.h"

#define XW_PAGES	6
#define XW_BASE		(32LL << PAGE_SHIFT)

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

static void xw_once(struct fixture *f, const struct kind_param *p, scn_pos isize,
		    unsigned int off, size_t fault_at, bool seen)
{
	size_t len = 3 * PAGE_SIZE;
	ssize_t want = min(fault_at, len), ret;

	if (!kinds_setup(f, p, XW_BASE, XW_PAGES, isize))
		return;
	writes.event = xw_block ? xw_fault : NULL;
	ret = writes_store(f, f->s.base + off, len, fault_at, seen);
	if (!want)
		want = -EFAULT;
	if (ret != want) {
		KUNIT_EXPECT_EQ(f->test, ret, want);
		fx_bad(f, "the write returned something else");
	}
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
	const struct kind_param *p = test->param_value;
	const size_t bs = 1UL << p->blkbits, len = 3 * PAGE_SIZE;
	const unsigned int offs[] = { 0, bs - 1, bs / 2 };
	const size_t faults[] = {
		0, 1, bs - 1, bs, bs + 1, PAGE_SIZE, PAGE_SIZE + bs / 2, len - 1, len,
	};
	const scn_pos base = XW_BASE;
	const scn_pos sizes[] = {
		0, base + PAGE_SIZE / 2, base + 2 * PAGE_SIZE, base + 2 * PAGE_SIZE + 100,
		base + XW_PAGES * PAGE_SIZE,
	};
	/* each write is judged block by block: of so many blocks fewer writes do */
	const unsigned int step = PAGE_SIZE / bs > 32 ? 2 : 1;
	struct fixture *f = fx_of(test);
	unsigned int o, i, s, page, judged = 0;

	for (o = 0; o < ARRAY_SIZE(offs); o += step) {
		for (i = 0; i < ARRAY_SIZE(faults); i++) {
			for (s = 0; s < ARRAY_SIZE(sizes); s += step) {
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
	forks_finding_of(f, p->kind->reflink);
}

static struct kunit_case xw_cases[] = {
	KUNIT_CASE_PARAM(short_write, kinds_gen_params),
	{}
};

FX_SUITE(iomap_delalloc_xfs_write, xw_cases);
