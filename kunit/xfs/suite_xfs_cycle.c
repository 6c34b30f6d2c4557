// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_xfs_cycle: a state is built, a write comes up short, what it
 * has not used is released, all is torn down. With the recording filesystem and
 * with XFS, so that "libkern bench xfs" can set one against the other; the number
 * of rounds is the option "cycles".
 *
 * Kills: no mutant; both must write what the other does.
 */
#include <linux/fs.h>
#include <linux/pagemap.h>

#include "writes.h"

#define CYC_BITS	(PAGE_SHIFT - 2)
#define CYC_SHORT	(PAGE_SIZE + 100)

static unsigned int cyc_rounds(void)
{
	const char *s = world_option("cycles");
	unsigned int n = 0;

	for (; s && *s >= '0' && *s <= '9'; s++)
		n = n * 10 + *s - '0';
	return n ? n : 10;
}

static bool cyc_build(struct fixture *f)
{
	scn_init(&f->s, PAGE_SHIFT, CYC_BITS, 0, 4 << (PAGE_SHIFT - CYC_BITS));
	return fx_build(f, NULL);
}

static ssize_t cyc_xfs_store(struct fixture *f, loff_t pos, size_t len, size_t fault_at)
{
	struct kiocb iocb = { .ki_filp = f->w.file, .ki_pos = pos };
	ssize_t ret;

	world_source(&f->src[0], len, fault_at, true);
	inode_lock(f->w.inode);
	ret = xfs_stub_buffered_write(&iocb, &f->src[0].iter, xfs_stub_write_ops);
	inode_unlock(f->w.inode);
	return ret;
}

/* Expect the same number of bytes in every round. */
static void recording(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	unsigned int n, wrong = 0;

	if (!cyc_build(f))
		return;
	f->fs.end = fx_end_plain;
	for (n = cyc_rounds(); n; n--) {
		wrong += fx_store(f, 0, PAGE_SIZE, PAGE_SIZE, true) != PAGE_SIZE;
		wrong += fx_store(f, PAGE_SIZE / 2, 3 * PAGE_SIZE, CYC_SHORT, true) != CYC_SHORT;
		truncate_inode_pages(f->w.inode->i_mapping, 0);
		i_size_write(f->w.inode, 0);
		memset(f->fs.extent, SCN_HOLE, f->s.nblocks);
		f->fs.npunches = 0;
	}
	KUNIT_EXPECT_EQ(test, wrong, 0U);
}

/* Expect the same bytes, and counters that come back to where they were. */
static void xfs(struct kunit *test)
{
	struct xfs_stub_options options = { .blkbits = CYC_BITS, .free = 1 << 20 };
	struct fixture *f = fx_of(test);
	unsigned int n, wrong = 0;

	if (!cyc_build(f) || !forks_setup(f, &options, XFS_STUB_DATA))
		return;
	for (n = cyc_rounds(); n; n--) {
		i_size_write(f->w.inode, 0);
		wrong += cyc_xfs_store(f, 0, PAGE_SIZE, PAGE_SIZE) != PAGE_SIZE;
		wrong += cyc_xfs_store(f, PAGE_SIZE / 2, 3 * PAGE_SIZE, CYC_SHORT) != CYC_SHORT;
		truncate_inode_pages(f->w.inode->i_mapping, 0);
		xfs_stub_empty(f->w.inode);
	}
	KUNIT_EXPECT_EQ(test, wrong, 0U);
	forks_whole(f);
}

static struct kunit_case cyc_cases[] = {
	KUNIT_CASE(recording),
	KUNIT_CASE(xfs),
	{}
};

FX_SUITE(iomap_delalloc_xfs_cycle, cyc_cases);
