// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_write: real writes that come up short.
 *
 * iomap_file_buffered_write() copies from a source that cannot be read from
 * some byte on, and other things happen to the file between ->iomap_begin and
 * ->iomap_end. Without such an event no fresh reservation ever holds a dirty
 * block, and what must be kept would go untested.
 *
 * Kills: "punch-dirty" (clean folios kept, dirty ones punched), "end-not-called",
 * "written-block-down", "write-size-over", "write-failed-kept".
 */
#include <linux/fs.h>
#include <linux/pagemap.h>

#include <compat.h>

#include "sweep.h"

#define WRITE_PAGES	4	/* length of the window */

/* What happens, and when. */
struct write_event {
	const char		*name;
	enum recfs_point	at;
	int (*what)(struct fixture *f, unsigned int block);
	int (*then)(struct fixture *f, unsigned int block);
};

static int write_flush(struct fixture *f, unsigned int block)
{
	return fx_writeback(f);
}

static const struct write_event write_events[] = {
	{ "no event" },
	{ "write fault",		RECFS_AFTER_BEGIN, fx_write_fault },
	{ "late write fault",		RECFS_BEFORE_END, fx_write_fault },
	{ "read fault",			RECFS_AFTER_BEGIN, fx_read_fault },
	{ "readahead",			RECFS_AFTER_BEGIN, fx_readahead },
	{ "read fault and drop",	RECFS_BEFORE_END, fx_read_fault, fx_drop },
	{ "write fault and writeback",	RECFS_BEFORE_END, fx_write_fault, write_flush },
};

/* Blocks and events: each pair is a parameter. */
struct write_param {
	unsigned int			blkbits;
	const struct write_event	*event;
};

static struct write_param write_params[ARRAY_SIZE(write_events) * 8];

static const void *write_next(const void *prev, char *desc)
{
	const struct write_param *p = prev;
	unsigned int bits, i, n = 0;
	int len;

	for (bits = 9; bits <= PAGE_SHIFT; bits++) {
		for (i = 0; i < ARRAY_SIZE(write_events); i++) {
			write_params[n].blkbits = bits;
			write_params[n++].event = &write_events[i];
		}
	}
	p = p ? p + 1 : write_params;
	if (p == write_params + n)
		return NULL;
	len = scn_geometry_name(desc, SCN_NAME_SIZE, PAGE_SHIFT, p->blkbits, 0);
	snprintf(desc + len, SCN_NAME_SIZE - len, " %s", p->event->name);
	return p;
}

FX_GENERATOR(write_next)
#define write_gen_params FX_GEN(write_next)

/* The page that the event happens to, and the running event. */
static unsigned int write_block;
static const struct write_event *write_event;

static void write_happens(struct recfs *fs, enum recfs_point at,
			  unsigned int flags)
{
	struct fixture *f = fs->arg;

	if (at != write_event->at)
		return;
	/* A fault behind i_size is refused; that is part of the game. */
	write_event->what(f, write_block);
	if (write_event->then)
		write_event->then(f, write_block);
}

static void write_setup(struct fixture *f, const struct write_param *p,
			scn_pos isize)
{
	scn_init(&f->s, PAGE_SHIFT, p->blkbits, 32LL << PAGE_SHIFT,
		 WRITE_PAGES << (PAGE_SHIFT - p->blkbits));
	f->s.isize = isize;
	fx_build(f, NULL);
	recfs_reset(&f->fs);
	f->fs.end = fx_end_short_write;
	if (p->event->what) {
		write_event = p->event;
		f->fs.event = write_happens;
	}
	f->ends = 0;
	f->passed_over = 0;
}

/*
 * A file grows to the end of what was written, not further, and never shrinks.
 * Whether it grows to the start of a copy that got nothing is for the case
 * size_of_nothing alone.
 */
static void write_size(struct fixture *f, scn_pos before, scn_pos pos,
		       ssize_t ret, bool seen)
{
	scn_pos size = i_size_read(f->w.inode), want = before;

	if (ret > 0 && pos + ret > before)
		want = pos + ret;
	if (size == want || (ret < 0 && !seen && pos > before && size == pos))
		return;
	KUNIT_EXPECT_EQ(f->test, size, want);
	fx_bad(f, "i_size is not the end of what was written");
}

/* One write: what it returns, what it gives back, what reaches the disk. */
static void write_once(struct fixture *f, scn_pos pos, size_t len,
		       size_t fault_at, bool seen)
{
	struct kunit *test = f->test;
	scn_pos before = i_size_read(f->w.inode);
	ssize_t ret = fx_store(f, pos, len, fault_at, seen);
	ssize_t want = fault_at < len ? fault_at : len;

	if (ret == -EOPNOTSUPP)
		kunit_skip(test, "no source that ends in an unreadable page in this world");
	if (!want)
		want = -EFAULT;
	if (ret != want) {
		KUNIT_EXPECT_EQ(test, ret, want);
		fx_bad(f, "the write returned something else");
	}
	write_size(f, before, pos, ret, seen);
	if (!f->ends)
		fx_bad(f, "->iomap_end was not called");
	if (!f->passed_over)
		fx_writeback_holds(f);
}

/* Where sources end: at and beside the edges of blocks and pages. */
static unsigned int write_faults(size_t *at, const struct write_param *p,
				 unsigned int off, size_t len)
{
	size_t bs = 1UL << p->blkbits;
	const size_t all[] = {
		0, 1, bs - 1 - off % bs, bs - off % bs, bs + 1 - off % bs,
		PAGE_SIZE - off - 1, PAGE_SIZE - off, PAGE_SIZE - off + 1,
		2 * PAGE_SIZE - off + bs, len - 1, len,
	};
	unsigned int i, j, n = 0;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		for (j = 0; j < n; j++)
			if (at[j] == all[i])
				break;
		if (j == n && all[i] <= len)
			at[n++] = all[i];
	}
	return n;
}

static void write_sizes(struct fixture *f, const struct write_param *p,
			unsigned int off, size_t fault_at, bool seen)
{
	const size_t len = 3 * PAGE_SIZE;
	scn_pos base = 32LL << PAGE_SHIFT;
	const scn_pos sizes[] = {
		0, base + PAGE_SIZE / 2, base + 2 * PAGE_SIZE,
		base + 2 * PAGE_SIZE + 100, base + WRITE_PAGES * PAGE_SIZE,
	};
	unsigned int i, page;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (page = 0; page < 3; page += p->event->what ? 1 : 3) {
			write_block = page << (PAGE_SHIFT - p->blkbits);
			write_setup(f, p, sizes[i]);
			write_once(f, base + off, len, fault_at, seen);
			if (f->bad >= FX_MAX_BAD)
				return;
		}
	}
}

/* Does each copy from this source copy a byte? */
static bool write_copies(unsigned int off, size_t fault_at)
{
	return (off + fault_at) & (PAGE_SIZE - 1) && fault_at;
}

static void write_run(struct kunit *test, enum fx_side side)
{
	const struct write_param *p = test->param_value;
	const unsigned int offs[] = {
		0, 1, (1U << p->blkbits) - 1, PAGE_SIZE - 1,
	};
	struct fixture *f = fx_of(test);
	size_t at[16];
	bool nothing = fx_store_nothing_right(f);
	unsigned int i, j, n;

	f->side = side;
	for (i = 0; i < ARRAY_SIZE(offs); i++) {
		n = write_faults(at, p, offs[i], 3 * PAGE_SIZE);
		for (j = 0; j < n && f->bad < FX_MAX_BAD; j++) {
			write_sizes(f, p, offs[i], at[j], true);
			if (nothing || write_copies(offs[i], at[j]))
				write_sizes(f, p, offs[i], at[j], false);
		}
	}
}

static void short_write(struct kunit *test)
{
	write_run(test, FX_PLAIN);
}

static void short_write_eof_block(struct kunit *test)
{
	const struct write_param *p = test->param_value;
	struct fixture *f = fx_of(test);

	if (p->event->what != fx_write_fault || p->event->then)
		kunit_skip(test, "without a write fault no reserved block is dirty");
	write_run(test, FX_FINDING);
	fx_finding_done(f);
}

/*
 * The same without any special source: the folio for the write cannot be had
 * from some page on. Works in every world.
 */
static void no_folio(struct kunit *test)
{
	const struct write_param *p = test->param_value;
	struct fixture *f = fx_of(test);
	scn_pos base = 32LL << PAGE_SHIFT;
	unsigned int page;
	ssize_t ret, want;

	f->side = FX_PLAIN;
	for (page = 0; page < 3; page++) {
		write_block = 2 << (PAGE_SHIFT - p->blkbits);
		write_setup(f, p, base + WRITE_PAGES * PAGE_SIZE);
		f->fs.get_folio_error = -ENOMEM;
		f->fs.get_folio_pos = base + page * PAGE_SIZE;
		ret = fx_store(f, base, 3 * PAGE_SIZE, 3 * PAGE_SIZE, true);
		want = page ? (ssize_t)(page * PAGE_SIZE) : -ENOMEM;
		/* A large folio that would reach the page is refused whole. */
		if (ret > 0 && ret < want)
			want = ret;
		else if (ret == -ENOMEM)
			want = ret;
		KUNIT_EXPECT_EQ(test, ret, want);
		KUNIT_EXPECT_GE(test, f->ends, 1U);
		f->fs.get_folio_error = 0;
		fx_writeback_holds(f);
	}
}

/* Write nothing, then release the page: is everything as it must be? */
static bool write_nothing_at(struct kunit *test, unsigned int off)
{
	struct fixture *f = fx_of(test);
	ssize_t ret = fx_store_nothing(f, off);

	if (ret == -EOPNOTSUPP)
		kunit_skip(test, "no source that goes between check and copy in this world");
	KUNIT_EXPECT_EQ(test, ret, (ssize_t)-EFAULT);
	fx_observe(f, &f->s);
	f->before = f->now;
	f->s.start = f->s.base;
	f->s.end = f->s.base + PAGE_SIZE;
	KUNIT_EXPECT_EQ(test, f->s.isize, f->s.end);
	f->dry = true;
	fx_release(f);
	f->dry = false;
	return !f->v.nbad;
}

/*
 * At the front of a folio there is no block that the byte before could lie in.
 * Expect nothing to be marked. Not tried on 32 bits where the finding is: there
 * it would write past the folio's state.
 */
static void copy_of_nothing_in_front(struct kunit *test)
{
	if (sizeof(long) < 8 && !fx_store_nothing_right(fx_of(test)))
		kunit_skip(test, "known finding: " FINDING_ZERO_COPY);
	KUNIT_EXPECT_TRUE(test, write_nothing_at(test, 0));
}

/*
 * The source goes between the check and the copy, and the copy gets nothing at
 * all into a folio that is uptodate. Nothing has been stored, so no block may
 * be dirty; the folio's flag is set all the same, which is harmless. Trees whose
 * ifs_set_range_dirty() does not look at the length mark the block in which the
 * copy would have begun: known finding zero_copy. Expect exactly that block to
 * be kept then.
 */
static void copy_of_nothing(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	unsigned int b;

	/* Trees that track dirty folios take all that is uptodate for dirty. */
	if (write_nothing_at(test, PAGE_SIZE / 4 + 1)) {
		world_note("finding: " FINDING_ZERO_COPY, "not in this tree");
		return;
	}
	for (b = 0; b < 4; b++)
		KUNIT_EXPECT_EQ(test, f->fs.extent[b],
				b == 1 ? SCN_DELALLOC : SCN_HOLE);
	KUNIT_EXPECT_EQ(test, f->v.nbad, 1U);
	KUNIT_EXPECT_EQ(test, f->v.bad[ORACLE_LEAKED], 1U);
	KUNIT_EXPECT_EQ(test, f->fs.npunches, 3U);
	f->fs.mapped = 0;
	KUNIT_EXPECT_EQ(test, fx_writeback(f), 0);
	KUNIT_EXPECT_EQ(test, f->fs.mapped, 1U);
	KUNIT_EXPECT_EQ(test, f->fs.extent[1], SCN_WRITTEN);
	if (!f->bad)
		kunit_skip(test, "known finding: " FINDING_ZERO_COPY);
}

/*
 * Writeback cannot map the block at which it is. Expect the filesystem to be
 * told that position, in its folio, once; and the next folio to be written. The
 * filesystem may then give back what the folio has reserved from there on.
 *
 * Trees that compare what ->writeback_range returns, which is signed and of 32
 * bits on a 32-bit kernel, with a length that is not signed take every error
 * for a length that is too long: known finding writeback_errno. Expect one
 * warning and -EIO each time then, and everything else as it must be.
 */
static void unmappable_block(struct kunit *test)
{
	bool can_be_cut = sizeof(ssize_t) == sizeof(u32) && LK_WRITEBACK_RANGE;
	struct fixture *f = fx_of(test);
	unsigned int block, splats, known = 0;
	int err;

	for (block = 0; block < 4; block++) {
		if (!fx_parsed(f, PAGE_SHIFT - 2, 4 * PAGE_SIZE, "[DDDD][DCCD]",
			       "d"))
			return;
		recfs_reset(&f->fs);
		/* Mappings end at each block, so that each one is asked for. */
		memcpy(f->fs.extent, "\1\2\1\2\1\1\1\1", 8);
		f->fs.map_error = -ENOSPC;
		f->fs.map_error_block = block;
		splats = world_splats();
		err = fx_writeback(f);
		splats = world_splats() - splats;
		if (can_be_cut && err == -EIO && splats == 1) {
			known++;
		} else {
			KUNIT_EXPECT_EQ(test, err, -ENOSPC);
			KUNIT_EXPECT_EQ(test, splats, 0U);
		}
		KUNIT_EXPECT_EQ(test, f->fs.discards, 1U);
		KUNIT_EXPECT_EQ(test, (scn_pos)f->fs.discard_pos,
				scn_block_pos(&f->s, block));
		KUNIT_EXPECT_EQ(test, f->fs.lost, 0U);
		KUNIT_EXPECT_EQ(test, f->fs.extent[4], SCN_WRITTEN);
	}
	if (known) {
		KUNIT_ASSERT_EQ(test, known, 4U);
		KUNIT_EXPECT_EQ(test, world_take_splats(), 4);
		if (test->status != KUNIT_FAILURE)
			kunit_skip(test, "known finding: " FINDING_WRITEBACK_ERRNO);
	} else if (can_be_cut) {
		world_note("finding: " FINDING_WRITEBACK_ERRNO, "not in this tree");
	}
}

/*
 * A write behind the end of the file fails in its first copy, the source having
 * gone after the check. Expect the folio to go, and the size to stay. Trees that
 * move it before they look whether anything was copied make it the start of the
 * write: known finding zero_size. No folio here has state, so zero_copy cannot
 * get in the way.
 */
static void size_of_nothing(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	ssize_t ret;

	if (!fx_parsed(f, PAGE_SHIFT, 4 * PAGE_SIZE, "....", "d"))
		return;
	i_size_write(f->w.inode, 100);
	ret = fx_store(f, f->s.base + PAGE_SIZE, PAGE_SIZE, 0, false);
	if (ret == -EOPNOTSUPP)
		kunit_skip(test, "no source that goes between check and copy in this world");
	KUNIT_EXPECT_EQ(test, ret, (ssize_t)-EFAULT);
	fx_snapshot(f, &f->now);
	KUNIT_EXPECT_NULL(test, f->now.entry[1]);
	if (i_size_read(f->w.inode) == 100) {
		world_note("finding: " FINDING_ZERO_SIZE, "not in this tree");
		return;
	}
	KUNIT_EXPECT_EQ(test, (scn_pos)i_size_read(f->w.inode),
			f->s.base + (scn_pos)PAGE_SIZE);
	if (test->status != KUNIT_FAILURE)
		kunit_skip(test, "known finding: " FINDING_ZERO_SIZE);
}

/*
 * A task writes mapped memory round the end of the file. Expect a folio with a
 * byte of the file in it to become dirty, one wholly behind the end to be
 * refused and left clean, and the size to stay.
 */
static void fault_round_eof(struct kunit *test)
{
	static const struct {
		long long isize;
		int second;
	} rows[] = {
		{ PAGE_SIZE, -EIO },
		{ PAGE_SIZE - 1, -EIO },
		{ 1, -EIO },
		{ PAGE_SIZE + 1, 0 },
		{ 2 * PAGE_SIZE, 0 },
	};
	struct fixture *f = fx_of(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!fx_parsed(f, PAGE_SHIFT - 2, 0, "[CCCC][CCCC]", "d"))
			return;
		i_size_write(f->w.inode, rows[i].isize);
		KUNIT_EXPECT_EQ(test, fx_write_fault(f, 0), 0);
		KUNIT_EXPECT_EQ(test, fx_write_fault(f, 4), rows[i].second);
		fx_snapshot(f, &f->now);
		KUNIT_EXPECT_TRUE(test, f->now.flags[0] & FX_DIRTY);
		KUNIT_EXPECT_EQ(test, f->now.flags[1] & FX_DIRTY,
				rows[i].second ? 0 : FX_DIRTY);
		KUNIT_EXPECT_EQ(test, (long long)f->now.isize, rows[i].isize);
	}
}

static struct kunit_case write_cases[] = {
	KUNIT_CASE(fault_round_eof),
	KUNIT_CASE(size_of_nothing),
	KUNIT_CASE(unmappable_block),
	KUNIT_CASE(copy_of_nothing),
	KUNIT_CASE(copy_of_nothing_in_front),
	KUNIT_CASE_PARAM(short_write, write_gen_params),
	KUNIT_CASE_PARAM(short_write_eof_block, write_gen_params),
	KUNIT_CASE_PARAM(no_folio, write_gen_params),
	{}
};

FX_SUITE(iomap_delalloc_write, write_cases);
