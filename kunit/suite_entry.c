// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_entry: from (pos, length, written) to the range that goes.
 *
 * The range begins behind the last block that holds a written byte, and ends
 * with the last block that was asked for. Up to 6.12-rc3 the tree's entry point
 * works that out, and decides by type, IOMAP_F_NEW and the written part whether
 * anything goes at all; later that is the filesystem's work, for which iomap
 * offers iomap_last_written_block().
 *
 * Kills: "written-block-down", "written-nothing-up" in every tree; "entry-type",
 * "entry-new", "entry-end-down" where the tree decides;
 * "last-punch-error" where a punch can fail.
 */
#include <linux/fs.h>
#include <linux/iomap.h>
#include <linux/pagemap.h>

#include <compat.h>

#include "digest.h"
#include "sweep.h"

/* One entry for each size of a block in this build. */
static unsigned int entry_bits[8];

static const void *entry_bits_next(const void *prev, char *desc)
{
	const unsigned int *bits = prev;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(entry_bits); i++)
		entry_bits[i] = 9 + i;
	bits = bits ? bits + 1 : entry_bits;
	if (bits == entry_bits + ARRAY_SIZE(entry_bits) || *bits > PAGE_SHIFT)
		return NULL;
	scn_geometry_name(desc, SCN_NAME_SIZE, PAGE_SHIFT, *bits, 0);
	return bits;
}

FX_GENERATOR(entry_bits_next)
#define entry_bits_gen_params FX_GEN(entry_bits_next)

static void entry_iomap(struct iomap *iomap, loff_t pos, loff_t length)
{
	memset(iomap, 0, sizeof(*iomap));
	iomap->type = IOMAP_DELALLOC;
	iomap->flags = IOMAP_F_NEW;
	iomap->addr = IOMAP_NULL_ADDR;
	iomap->offset = pos;
	iomap->length = length;
}

/* Two pages that hold data in some blocks, reservations everywhere. */
static bool entry_build(struct fixture *f, unsigned int blkbits, scn_pos base)
{
	static const char cache[] = "DDCUDCCD";
	unsigned int n = 1U << (PAGE_SHIFT - blkbits), b;
	struct scenario *s = &f->s;

	scn_init(s, PAGE_SHIFT, blkbits, base, 4 * n);
	scn_extents(s, 0, s->nblocks, SCN_DELALLOC);
	scn_add(s, 1, 0);
	scn_add(s, 2, 0);
	for (b = n; b < 3 * n; b++) {
		char c = cache[(b - n) % (sizeof(cache) - 1)];

		s->cache[b] = c == 'D' ? SCN_DIRTY :
			      c == 'C' ? SCN_CLEAN : SCN_STALE;
	}
	scn_settle(s, f->limits.dirty_per_block);
	return fx_build(f, NULL);
}

/* Bytes round a block edge and round the length of a whole window. */
static unsigned int entry_bytes(struct fixture *f, long long *byte,
				long long most)
{
	long long bs = 1LL << f->s.blkbits;
	const long long all[] = {
		0, 1, bs / 2, bs - 1, bs, bs + 1, 2 * bs - 1, 2 * bs,
		PAGE_SIZE - 1, PAGE_SIZE, PAGE_SIZE + 1, 2 * PAGE_SIZE + 1,
		most - bs, most - 1, most,
	};
	unsigned int i, n = 0;

	for (i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i] >= 0 && all[i] <= most)
			byte[n++] = all[i];
	return n;
}

#define ENTRY_BYTES	15

static void entry_lengths(struct fixture *f, long long off, long long window)
{
	long long len[ENTRY_BYTES], done[ENTRY_BYTES];
	struct iomap iomap;
	unsigned int i, j, n, m;
	loff_t pos = f->s.base + off;

	n = entry_bytes(f, len, window - off);
	for (i = 0; i < n; i++) {
		if (!len[i])
			continue;
		m = entry_bytes(f, done, len[i]);
		for (j = 0; j < m && f->bad < FX_MAX_BAD; j++) {
			scn_extents(&f->s, 0, f->s.nblocks, SCN_DELALLOC);
			memcpy(f->fs.extent, f->s.extent, f->s.nblocks);
			entry_iomap(&iomap, pos, len[i]);
			fx_end_judged(f, pos, len[i], done[j], IOMAP_WRITE,
				      &iomap);
		}
	}
}

/*
 * Every class of pos, length and written; a release must have the range that
 * they stand for, and do to it what any release does.
 */
static void entry_run(struct kunit *test, enum fx_side side)
{
	const unsigned int *bits = test->param_value;
	const scn_pos bases[] = { 0, (1LL << 32) - 2 * PAGE_SIZE };
	struct fixture *f = fx_of(test);
	long long off[ENTRY_BYTES], window = 4 * PAGE_SIZE, bs = 1LL << *bits;
	unsigned int i, j, n;

	for (j = 0; j < ARRAY_SIZE(bases); j++) {
		if (!entry_build(f, *bits, bases[j]))
			return;
		f->side = side;
		n = entry_bytes(f, off, window - 1);
		for (i = 0; i < n; i++) {
			i_size_write(f->w.inode, bases[j] + window);
			entry_lengths(f, off[i], window);
			i_size_write(f->w.inode, bases[j] + PAGE_SIZE + bs / 2);
			entry_lengths(f, off[i], window);
		}
	}
}

static void range_of_short_write(struct kunit *test)
{
	entry_run(test, FX_PLAIN);
}

static void entry_eof_block(struct kunit *test)
{
	entry_run(test, FX_FINDING);
	fx_finding_done(fx_of(test));
}

/* Expect the first block without a written byte, counted in blocks. */
static void last_written_block(struct kunit *test)
{
	const unsigned int *bits = test->param_value;
	const scn_pos bases[] = { 0, PAGE_SIZE, 1LL << 32, 1LL << 40 };
	struct fixture *f = fx_of(test);
	long long bs = 1LL << *bits, off, done[ENTRY_BYTES];
	unsigned int i, j, k, n, block;

	if (!LK_LAST_WRITTEN_BLOCK)
		kunit_skip(test, "this tree has no such helper; see range_of_short_write");
	f->w.inode->i_blkbits = *bits;
	f->s.blkbits = *bits;
	for (i = 0; i < ARRAY_SIZE(bases); i++) {
		for (k = 0; k < 5; k++) {
			off = k < 3 ? k : k == 3 ? bs / 2 : bs - 1;
			n = entry_bytes(f, done, 4 * PAGE_SIZE);
			for (j = 0; j < n; j++) {
				block = done[j] ?
					((off + done[j] - 1) >> *bits) + 1 : 0;
				KUNIT_EXPECT_EQ(test,
						compat_last_written_block(f->w.inode,
									  bases[i] + off,
									  done[j]),
						bases[i] + ((scn_pos)block << *bits));
			}
		}
	}
}

#define ENTRY_ELSEWHERE \
	"decided in ->iomap_end of the filesystem: see the XFS suites"

/* Expect only delalloc mappings to be looked at. */
static void other_types(struct kunit *test)
{
	const u16 types[] = {
		IOMAP_HOLE, IOMAP_MAPPED, IOMAP_UNWRITTEN, IOMAP_INLINE,
	};
	struct fixture *f = fx_of(test);
	struct iomap iomap;
	unsigned int i;

	if (!LK_ENTRY_PUNCH_DELALLOC)
		kunit_skip(test, ENTRY_ELSEWHERE);
	KUNIT_ASSERT_TRUE(test, entry_build(f, PAGE_SHIFT, 0));
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		entry_iomap(&iomap, 0, 4 * PAGE_SIZE);
		iomap.type = types[i];
		fx_end_judged(f, 0, 4 * PAGE_SIZE, 0, IOMAP_WRITE, &iomap);
		KUNIT_EXPECT_EQ(test, f->fs.npunches, 0U);
	}
}

/* Expect reservations that the write has found, not made, to stay. */
static void not_new(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	struct iomap iomap;

	if (!LK_ENTRY_PUNCH_DELALLOC)
		kunit_skip(test, ENTRY_ELSEWHERE);
	KUNIT_ASSERT_TRUE(test, entry_build(f, PAGE_SHIFT, 0));
	entry_iomap(&iomap, 0, 4 * PAGE_SIZE);
	iomap.flags = 0;
	fx_end_judged(f, 0, 4 * PAGE_SIZE, 0, IOMAP_WRITE, &iomap);
	KUNIT_EXPECT_EQ(test, f->fs.npunches, 0U);
}

/* Expect nothing to go once the last block has a written byte. */
static void complete_write(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	struct iomap iomap;
	ssize_t written;

	if (!LK_ENTRY_PUNCH_DELALLOC)
		kunit_skip(test, ENTRY_ELSEWHERE);
	KUNIT_ASSERT_TRUE(test, entry_build(f, PAGE_SHIFT, 0));
	for (written = 3 * PAGE_SIZE + 1; written <= 4 * PAGE_SIZE;
	     written += PAGE_SIZE / 2 - 1) {
		entry_iomap(&iomap, 0, 4 * PAGE_SIZE);
		fx_end_judged(f, 0, 4 * PAGE_SIZE, written, IOMAP_WRITE,
			      &iomap);
		KUNIT_EXPECT_EQ(test, f->fs.npunches, 0U);
	}
}

/* Release it all, with the @nth punch failing; 0 for none. */
static int entry_fail_punch(struct fixture *f, unsigned int nth)
{
	struct iomap iomap;
	int err;

	memcpy(f->fs.extent, f->s.extent, f->s.nblocks);
	f->fs.npunches = 0;
	f->fs.punch_error = nth ? -ENOSPC : 0;
	f->fs.punch_error_at = nth;
	i_size_write(f->w.inode, scn_window_end(&f->s));
	entry_iomap(&iomap, 0, 4 * PAGE_SIZE);
	err = compat_release(f->w.inode, 0, 4 * PAGE_SIZE, IOMAP_WRITE, &iomap);
	digest_step(f, "release", 0, nth, err);
	f->fs.punch_error = 0;
	f->fs.punch_error_at = 0;
	return err;
}

/*
 * Expect the error of any punch, the last included, to be passed on and to end
 * the release, which makes no punch after it.
 */
static void punch_error(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	unsigned int bits, n, nth;

	if (!LK_PUNCH_RETURNS_INT)
		kunit_skip(test, "the punch callback of this tree returns nothing");
	for (bits = PAGE_SHIFT - 2; bits <= PAGE_SHIFT; bits++) {
		KUNIT_ASSERT_TRUE(test, entry_build(f, bits, 0));
		KUNIT_EXPECT_EQ(test, entry_fail_punch(f, 0), 0);
		n = f->fs.npunches;
		KUNIT_ASSERT_GE(test, n, 2U);
		for (nth = 1; nth <= n; nth++) {
			KUNIT_EXPECT_EQ(test, entry_fail_punch(f, nth),
					-ENOSPC);
			KUNIT_EXPECT_EQ(test, f->fs.npunches, nth);
			KUNIT_EXPECT_FALSE(test, world_invalidate_held(f->w.inode->i_mapping));
		}
	}
}

static struct kunit_case entry_cases[] = {
	KUNIT_CASE_PARAM(range_of_short_write, entry_bits_gen_params),
	KUNIT_CASE_PARAM(entry_eof_block, entry_bits_gen_params),
	KUNIT_CASE_PARAM(last_written_block, entry_bits_gen_params),
	KUNIT_CASE(other_types),
	KUNIT_CASE(not_new),
	KUNIT_CASE(complete_write),
	KUNIT_CASE(punch_error),
	{}
};

FX_SUITE(iomap_delalloc_entry, entry_cases);
