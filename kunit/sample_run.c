// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes the calls of one scenario and boils down what came of them: what each
 * call returned, the punches, the extents, the page cache with its references,
 * flags and contents, and what writeback then finds to do.
 */
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

#include <compat.h>

#include "sample_run.h"

#define SAMPLE_LINE	240

/* Calls that sample_truncates_part() has kept back so far. */
unsigned int sample_left_out;

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
	return 0;
}

/* The end of a write that has not used all it reserved, as filesystems do it. */
static int sample_end(struct recfs *fs, loff_t pos, loff_t length,
		      ssize_t written, unsigned int flags, struct iomap *iomap)
{
	loff_t start = compat_last_written_block(fs->inode, pos, written);
	loff_t end = round_up(pos + length, (loff_t)i_blocksize(fs->inode));

	if (LK_ENTRY_PUNCH_DELALLOC)
		return compat_entry(fs->inode, pos, length, written, flags,
				    iomap);
	if (iomap->type != IOMAP_DELALLOC || !(iomap->flags & IOMAP_F_NEW) ||
	    start >= end)
		return 0;
	return compat_release(fs->inode, start, end, flags, iomap);
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
 * Truncating a part of a large folio splits it, which needs transparent huge
 * pages. Kernels without them (UML) have no large folios but ours, and believe
 * that they have split them: no judge of anything. So that is left out.
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

static long long sample_setsize(struct fixture *f, loff_t size)
{
	struct inode *inode = f->w.inode;

	inode_lock(inode);
	filemap_invalidate_lock(inode->i_mapping);
	truncate_setsize(inode, size);
	filemap_invalidate_unlock(inode->i_mapping);
	inode_unlock(inode);
	return i_size_read(inode) - f->fs.base;
}

static long long sample_call(struct fixture *f, const struct sample_step *t)
{
	struct address_space *mapping = f->w.inode->i_mapping;
	loff_t pos = f->fs.base + t->pos, size = i_size_read(f->w.inode);
	pgoff_t index = pos >> PAGE_SHIFT;

	if (sample_truncates_part(f, t)) {
		sample_left_out++;
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

/* Bytes of one block that is uptodate. Only there they mean anything. */
static u64 sample_bytes(struct folio *folio, size_t at, size_t size)
{
	u64 *word = kmap_local_folio(folio, at), h = 0;
	size_t i;

	for (i = 0; i < size / sizeof(*word); i++)
		h = (h + word[i]) * 0x9e3779b97f4a7c15ULL;
	kunmap_local(word);
	return h;
}

static u64 sample_folio(struct fixture *f, u64 h, unsigned int page,
			bool contents)
{
	struct folio *folio = f->now.entry[page];
	unsigned int b = ((u64)page << PAGE_SHIFT) >> f->s.blkbits;
	size_t size = 1UL << f->s.blkbits, at;

	h = sample_mix(h, folio_order(folio) | f->now.flags[page] << 8 |
		       (u64)f->now.refs[page] << 16);
	for (at = 0; at < folio_size(folio) && b < f->s.nblocks; at += size) {
		h = sample_mix(h, f->now.uptodate[b]);
		if (contents && f->now.uptodate[b++])
			h = sample_mix(h, sample_bytes(folio, at, size));
	}
	return h;
}

/* The page cache, the size and the extents as they are now. */
static u64 sample_state(struct fixture *f, u64 h, bool contents)
{
	struct address_space *mapping = f->w.inode->i_mapping;
	struct fx_snap *now = &f->now;
	unsigned int i;

	fx_snapshot(f, now);
	h = sample_mix(h, now->nrpages);
	h = sample_mix(h, i_size_read(f->w.inode));
	for (i = 0; i < now->npages; i++) {
		if (!now->entry[i] || xa_is_value(now->entry[i])) {
			h = sample_mix(h, now->entry[i] ? 2 : 1);
			continue;
		}
		h = sample_mix(h, 3);
		if (!i || now->entry[i] != now->entry[i - 1])
			h = sample_folio(f, h, i, contents);
	}
	for (i = 0; i < f->fs.nblocks; i++)
		h = h * 31 + f->fs.extent[i];
	h = sample_mix(h, mapping_tagged(mapping, PAGECACHE_TAG_DIRTY) |
		       mapping_tagged(mapping, PAGECACHE_TAG_WRITEBACK) << 1 |
		       world_invalidate_held(mapping) << 2);
	return sample_mix(h, f->fs.unlocked);
}

static u64 sample_punches(struct fixture *f, u64 h)
{
	unsigned int i;

	for (i = 0; i < f->fs.npunches && i < RECFS_MAX_PUNCHES; i++) {
		h = sample_mix(h, f->fs.punch[i].offset);
		h = sample_mix(h, f->fs.punch[i].length);
	}
	return sample_mix(h, f->fs.npunches);
}

/* --- the same for people ---------------------------------------------------- */

static void sample_show_punches(struct fixture *f, unsigned int from)
{
	for (; from < f->fs.npunches && from < RECFS_MAX_PUNCHES; from++)
		kunit_info(f->test, "sample: |   punch [base%+lld, %lld bytes)\n",
			   (long long)f->fs.punch[from].offset - f->fs.base,
			   (long long)f->fs.punch[from].length);
}

static void sample_show_bytes(struct fixture *f, struct folio *folio,
			      unsigned int block, size_t at)
{
	size_t size = 1UL << f->s.blkbits, i, zero = 0, stored = 0;
	unsigned char *byte = kmap_local_folio(folio, at);

	for (i = 0; i < size; i++) {
		zero += !byte[i];
		stored += byte[i] == 0xa5;
	}
	kunmap_local(byte);
	if (zero < size)
		kunit_info(f->test,
			   "sample: |     block %u: %zu bytes stored, %zu of neither\n",
			   block, stored, size - zero - stored);
}

static void sample_show_folio(struct fixture *f, unsigned int page,
			      bool contents)
{
	struct folio *folio = f->now.entry[page];
	unsigned int b = ((u64)page << PAGE_SHIFT) >> f->s.blkbits;
	unsigned int n = folio_size(folio) >> f->s.blkbits, i;
	unsigned char flags = f->now.flags[page];
	char text[SAMPLE_LINE];
	int len;

	len = snprintf(text, sizeof(text), "page %u order %u refs %d%s%s%s%s%s [",
		       page, folio_order(folio), f->now.refs[page],
		       flags & FX_DIRTY ? " dirty" : "",
		       flags & FX_UPTODATE ? " uptodate" : "",
		       flags & FX_LOCKED ? " locked" : "",
		       flags & FX_WRITEBACK ? " writeback" : "",
		       flags & FX_STATE ? " state" : "");
	for (i = 0; i < n && b + i < f->s.nblocks && len < SAMPLE_LINE - 3; i++)
		text[len++] = "-u"[f->now.uptodate[b + i]];
	text[len++] = ']';
	text[len] = '\0';
	kunit_info(f->test, "sample: |   %s\n", text);
	for (i = 0; contents && i < n && b + i < f->s.nblocks; i++) {
		if (f->now.uptodate[b + i])
			sample_show_bytes(f, folio, b + i,
					  (size_t)i << f->s.blkbits);
	}
}

static void sample_show_state(struct fixture *f, const char *when,
			      bool contents)
{
	char text[SAMPLE_LINE];
	unsigned int i;

	fx_snapshot(f, &f->now);
	kunit_info(f->test, "sample: | %s: %lu pages, i_size base%+lld\n", when,
		   f->now.nrpages, i_size_read(f->w.inode) - f->fs.base);
	for (i = 0; i < f->now.npages; i++) {
		void *entry = f->now.entry[i];

		if (xa_is_value(entry))
			kunit_info(f->test, "sample: |   page %u shadow\n", i);
		else if (entry && (!i || entry != f->now.entry[i - 1]))
			sample_show_folio(f, i, contents);
	}
	for (i = 0; i < f->fs.nblocks && i < SAMPLE_LINE - 1; i++)
		text[i] = ".duw"[f->fs.extent[i] & 3];
	text[i] = '\0';
	kunit_info(f->test, "sample: |   extents %s\n", text);
}

static void sample_show(struct fixture *f, const struct sample *p)
{
	char text[SAMPLE_LINE];

	scn_describe(&p->s, text, sizeof(text));
	kunit_info(f->test, "sample: | %s\n", text);
	if (p->prealloc)
		kunit_info(f->test, "sample: | a write reserves %u blocks more\n",
			   p->prealloc);
	sample_show_state(f, "built", false);
}

/* --- one scenario ------------------------------------------------------------ */

static u64 sample_sequence(struct fixture *f, const struct sample *p, u64 h,
			   bool show)
{
	unsigned int i, punches = 0;
	char text[SAMPLE_LINE];
	long long ret;

	for (i = 0; i < p->nsteps; i++) {
		/* references that caches still hold would be taken for users */
		world_settle();
		ret = sample_call(f, &p->step[i]);
		h = sample_state(f, sample_mix(h, ret), false);
		if (!show)
			continue;
		sample_step_text(&p->step[i], text, sizeof(text));
		kunit_info(f->test, "sample: | %s: %lld (digest so far %llx)\n",
			   text, ret, h);
		sample_show_punches(f, punches);
		punches = f->fs.npunches;
		sample_show_state(f, "then", false);
	}
	return h;
}

static int sample_release(struct fixture *f, const struct sample *p)
{
	struct iomap iomap = {
		.type	= IOMAP_DELALLOC,
		.flags	= IOMAP_F_NEW,
		.addr	= IOMAP_NULL_ADDR,
		.offset	= p->s.start,
		.length	= p->s.end - p->s.start,
	};

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
	f->fs.end = sample_end;
	f->fs.prealloc = p->prealloc;
	h = sample_state(f, h, false);
	if (show)
		sample_show(f, p);
	h = sample_sequence(f, p, h, show);
	punches = f->fs.npunches;
	err = sample_release(f, p);
	h = sample_punches(f, sample_mix(h, err));
	h = sample_state(f, h, true);
	if (show) {
		kunit_info(f->test, "sample: | release: %d\n", err);
		sample_show_punches(f, punches);
		sample_show_state(f, "after", true);
	}
	/* which blocks are dirty shows when they are written */
	err = fx_writeback(f);
	h = sample_mix(sample_mix(h, err), f->fs.mapped);
	h = sample_mix(h, (u64)f->fs.lost << 32 | f->fs.first_lost);
	h = sample_state(f, h, false);
	if (show) {
		kunit_info(f->test,
			   "sample: | writeback: %d, %u blocks mapped, %u without space\n",
			   err, f->fs.mapped, f->fs.lost);
		sample_show_state(f, "written back", false);
	}
	if (world_splats() != splats)
		h = sample_mix(h, 0x51a7);
	return h ? h : 1;
}
