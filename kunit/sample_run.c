// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes the calls of one scenario and boils down what came of them: see digest.c.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

#include <compat.h>

#include "digest.h"
#include "sample_run.h"

/* Are large folios truncated in part? Else such calls are left out and counted. */
bool sample_splitting;
unsigned int sample_left_out;

/*
 * Does a copy of nothing write past the state of a folio here? So it does on 32
 * bits with the known finding zero_copy. Such copies are left out and counted.
 */
static bool sample_overruns;
unsigned int sample_overrun;

/* May sources come up short? Else such writes are left out and counted. */
bool sample_exact;
unsigned int sample_short;

/**
 * sample_open() - make a fixture ready for the sample
 * @f: the fixture
 *
 * Return: 0, or -EOPNOTSUPP where this world makes large folios by itself and
 * cannot be kept from it: then it does other things than the others.
 */
int sample_open(struct fixture *f)
{
	if (!world_small_folios(&f->w))
		return -EOPNOTSUPP;
	f->limits.large_writes = false;
	f->fs.diskless = true;
	sample_overruns = sizeof(long) < sizeof(u64) && !fx_store_nothing_right(f);
	return 0;
}

/* Is a large folio in [from, to], or for one byte: does it begin before that? */
static bool sample_splits(struct fixture *f, loff_t from, loff_t to)
{
	struct xarray *pages = &f->w.inode->i_mapping->i_pages;
	u64 index, last = (u64)to >> PAGE_SHIFT;

	for (index = (u64)from >> PAGE_SHIFT; index <= last; index++) {
		struct folio *folio = xa_load(pages, index);

		if (folio && !xa_is_value(folio) && folio_order(folio) &&
		    (from < to || folio_pos(folio) < from))
			return true;
	}
	return false;
}

/*
 * Does @t truncate a part of a large folio? That splits it, which needs
 * transparent huge pages. Kernels without them (UML) have no large folios but
 * ours, and believe that they have split them: no judge of anything.
 */
static bool sample_truncates_part(struct fixture *f, const struct sample_step *t)
{
	loff_t pos = f->fs.base + t->pos, size = i_size_read(f->w.inode);

	switch (t->call) {
	case SAMPLE_SHORT:
	case SAMPLE_TORN:
		/* what lies behind i_size goes when a write fails */
		return sample_splits(f, max(pos, size), pos + t->len);
	case SAMPLE_TRUNCATE_DOWN:
		size = min(pos, size);
		return sample_splits(f, size, size);
	case SAMPLE_TRUNCATE_UP:
		size = max(pos + t->len, size);
		return sample_splits(f, size, size);
	}
	return false;
}

/* Does one of the copies of @t get nothing? The source goes just before it. */
static bool sample_copies_nothing(const struct sample_step *t)
{
	return t->call == SAMPLE_TORN && t->good < t->len &&
	       (!t->good || !((t->pos + t->good) & (PAGE_SIZE - 1)));
}

static long long sample_setsize(struct fixture *f, loff_t size)
{
	fx_truncate(f, size);
	return i_size_read(f->w.inode) - f->fs.base;
}

static long long sample_call(struct fixture *f, const struct sample_step *t)
{
	struct address_space *mapping = f->w.inode->i_mapping;
	loff_t pos = f->fs.base + t->pos, size = i_size_read(f->w.inode);
	pgoff_t index = pos >> PAGE_SHIFT;

	if (!sample_splitting && sample_truncates_part(f, t)) {
		sample_left_out++;
		return -EOPNOTSUPP;
	}
	if (!sample_exact && t->good < t->len &&
	    (t->call == SAMPLE_SHORT || t->call == SAMPLE_TORN)) {
		sample_short++;
		return -EOPNOTSUPP;
	}
	if (sample_overruns && sample_copies_nothing(t)) {
		sample_overrun++;
		return -EOPNOTSUPP;
	}
	switch (t->call) {
	case SAMPLE_WRITE:
	case SAMPLE_SHORT:
	case SAMPLE_TORN:
		return fx_store(f, pos, t->len, t->good,
				t->call != SAMPLE_TORN);
	case SAMPLE_READ_FAULT:
		return fx_read_fault(f, t->block);
	case SAMPLE_WRITE_FAULT:
		return fx_write_fault(f, t->block);
	case SAMPLE_READAHEAD:
		return fx_readahead(f, t->block);
	case SAMPLE_TRUNCATE_DOWN:
		return sample_setsize(f, min(pos, size));
	case SAMPLE_TRUNCATE_UP:
		return sample_setsize(f, max(pos + t->len, size));
	case SAMPLE_DROP:
		return fx_drop(f, t->block);
	case SAMPLE_INVALIDATE:
		return invalidate_mapping_pages(mapping, index,
						index + (t->len >> PAGE_SHIFT));
	case SAMPLE_WRITEBACK:
		return fx_writeback(f);
	}
	return 0;
}

static void sample_show(struct fixture *f, const struct sample *p)
{
	char text[SHOW_LINE];

	scn_describe(&p->s, text, sizeof(text));
	kunit_info(f->test, "show: | %s\n", text);
	if (p->prealloc)
		kunit_info(f->test, "show: | a write reserves %u blocks more\n",
			   p->prealloc);
	show_state(f, "built", false);
}

/* --- one scenario ------------------------------------------------------------ */

static u64 sample_sequence(struct fixture *f, const struct sample *p, u64 h,
			   bool show)
{
	unsigned int i, punches = 0;
	char text[SHOW_LINE];
	long long ret;

	for (i = 0; i < p->nsteps; i++) {
		/* references that caches still hold would be taken for users */
		world_settle();
		ret = sample_call(f, &p->step[i]);
		h = digest_state(f, mix64(h, ret), false);
		if (!show)
			continue;
		sample_step_text(&p->step[i], text, sizeof(text));
		kunit_info(f->test, "show: | %s: %lld (digest so far %llx)\n",
			   text, ret, h);
		show_punches(f, punches);
		punches = f->fs.npunches;
		show_state(f, "then", false);
	}
	return h;
}

static int sample_release(struct fixture *f, const struct sample *p)
{
	struct iomap iomap = fx_fresh(p->s.start, p->s.end);

	return compat_release(f->w.inode, p->s.start, p->s.end, IOMAP_WRITE,
			      &iomap);
}

/**
 * sample_run() - make one scenario real, make its calls, release
 * @f: the fixture, from sample_open()
 * @p: the scenario
 * @show: also print each call and what it left
 *
 * What a known finding does is digested as it is: each world must do it alike.
 *
 * Return: the digest, 0 if the scenario cannot be built, which fails the case.
 */
u64 sample_run(struct fixture *f, const struct sample *p, bool show)
{
	unsigned int splats = world_splats(), punches;
	u64 h = 1;
	int err;

	recfs_reset(&f->fs);
	f->fs.end = NULL;
	if (!fx_build(f, &p->s))
		return 0;
	f->fs.end = fx_end_plain;
	f->fs.prealloc = p->prealloc;
	h = digest_state(f, h, false);
	if (show)
		sample_show(f, p);
	h = sample_sequence(f, p, h, show);
	punches = f->fs.npunches;
	err = sample_release(f, p);
	h = digest_punches(f, mix64(h, err));
	h = digest_state(f, h, true);
	if (show) {
		kunit_info(f->test, "show: | release: %d\n", err);
		show_punches(f, punches);
		show_state(f, "after", true);
	}
	/* which blocks are dirty shows when they are written */
	err = fx_writeback(f);
	h = mix64(mix64(h, err), f->fs.mapped);
	h = mix64(h, (u64)f->fs.lost << 32 | f->fs.first_lost);
	h = digest_state(f, h, false);
	if (show) {
		kunit_info(f->test,
			   "show: | writeback: %d, %u blocks mapped, %u without space\n",
			   err, f->fs.mapped, f->fs.lost);
		show_state(f, "written back", false);
	}
	h = mix64(h, world_splats() - splats);
	return h ? h : 1;
}
