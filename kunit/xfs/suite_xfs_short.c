// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_xfs_short: writes that end at any byte, and all over a file.
 *
 * Three blocks round the edge of a page, of which the source has some bytes more
 * each time, in the first block one; and the same few writes at 0, round 4 GiB,
 * where page numbers of 32-bit kernels end, and as near to the largest file as a
 * window can come.
 *
 * Kills: "xfs-punch-32bit", "xfs-end-written".
 */
#include <linux/fs.h>
#include <linux/pagemap.h>

#include "writeback.h"

#define XS_PAGES	4
#define XS_UNIT		((scn_pos)XS_PAGES << PAGE_SHIFT)

static bool xs_sound;	/* no known finding has taken the space of dirty data */

/* One write, judged at each ->iomap_end and at the end of it. */
static bool xs_once(struct fixture *f, const struct kind_param *p, scn_pos base, scn_pos isize,
		    scn_pos pos, size_t len, size_t fault_at)
{
	ssize_t ret;

	if (!kinds_setup(f, p, base, XS_PAGES, isize))
		return false;
	ret = writes_store(f, pos, len, fault_at, true);
	if (ret != (fault_at ? (ssize_t)fault_at : -EFAULT))
		fx_bad(f, "the write returned something else");
	xs_sound = !f->passed_over;
	if (xs_sound)
		writes_backed(f);
	f->passed_over = 0;
	return f->bad < FX_MAX_BAD;
}

/*
 * Every byte of the first block and near the edges of the others; in blocks over 1k
 * and in later ones not all between.
 */
static size_t xs_next(size_t at, size_t bs)
{
	size_t in = at & (bs - 1), step = at < bs ? max_t(size_t, bs >> 10, 1) : bs / 8;

	return in < 8 || in > bs - 9 ? at + 1 : min(at + step, at - in + bs - 8);
}

/* Expect exactly the blocks behind the last byte to go back. */
static void every_byte(struct kunit *test)
{
	const struct kind_param *p = test->param_value;
	const size_t bs = 1UL << p->blkbits, len = 3 * bs;
	const scn_pos base = 8 * XS_UNIT, pos = base + PAGE_SIZE - bs - bs / 2;
	const scn_pos sizes[] = {
		0, base + PAGE_SIZE, base + PAGE_SIZE + bs / 2, base + XS_UNIT,
	};
	struct fixture *f = fx_of(test);
	unsigned int s, judged = 0;
	size_t at;

	for (s = 0; s < ARRAY_SIZE(sizes); s++) {
		for (at = 0; at <= len; at = xs_next(at, bs)) {
			if (!xs_once(f, p, base, sizes[s], pos, len, at))
				return;
			judged += writes.ends;
		}
	}
	KUNIT_EXPECT_NE(test, judged, 0U);
	forks_finding_of(f, p->kind->reflink);
}

/* Expect the same everywhere. */
static void everywhere(struct kunit *test)
{
	static const scn_pos places[] = {
		0, XS_UNIT, (1LL << 31) - XS_UNIT, (1LL << 32) - XS_UNIT / 2, 1LL << 32,
		(1LL << 43) - XS_UNIT / 2, (MAX_LFS_FILESIZE / XS_UNIT - 1) * XS_UNIT,
	};
	const struct kind_param *p = test->param_value;
	const size_t bs = 1UL << p->blkbits, len = 3 * PAGE_SIZE;
	const size_t faults[] = { 0, 1, bs, PAGE_SIZE + bs / 2, len - 1, len };
	struct fixture *f = fx_of(test);
	unsigned int n, i, s;

	for (n = 0; n < ARRAY_SIZE(places); n++) {
		const scn_pos sizes[] = {
			places[n], places[n] + PAGE_SIZE + bs / 2, places[n] + XS_UNIT,
		};

		for (i = 0; i < ARRAY_SIZE(faults); i++) {
			for (s = 0; s < ARRAY_SIZE(sizes); s++) {
				if (!xs_once(f, p, places[n], sizes[s], places[n] + bs / 2,
					     len, faults[i]))
					return;
				if (writeback_run(f))
					fx_bad(f, "writeback failed");
				else if (xs_sound)
					writeback_complete(f);
			}
		}
	}
	KUNIT_EXPECT_NE(test, f->releases, 0U);
	forks_finding_of(f, p->kind->reflink);
}

static struct kunit_case xs_cases[] = {
	KUNIT_CASE_PARAM(every_byte, kinds_few_gen_params),
	KUNIT_CASE_PARAM(everywhere, kinds_few_gen_params),
	{}
};

FX_SUITE(iomap_delalloc_xfs_short, xs_cases);
