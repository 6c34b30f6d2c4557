// SPDX-License-Identifier: GPL-2.0-only
/*
 * What digest.c digests, for people. Whoever compares two worlds lays these lines
 * side by side, so there is nothing in them that may differ.
 */
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

#include "digest.h"

/**
 * show_punches() - the punches, one a line
 * @f: the fixture
 * @from: number of the first
 */
void show_punches(struct fixture *f, unsigned int from)
{
	for (; from < f->fs.npunches && from < RECFS_MAX_PUNCHES; from++)
		kunit_info(f->test, "show: |   punch [base%+lld, %lld bytes)\n",
			   (long long)f->fs.punch[from].offset - f->fs.base,
			   (long long)f->fs.punch[from].length);
}

static void show_bytes(struct fixture *f, struct folio *folio,
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
			   "show: |     block %u: %zu bytes stored, %zu of neither\n",
			   block, stored, size - zero - stored);
}

static void show_folio(struct fixture *f, unsigned int page, bool contents)
{
	struct folio *folio = f->now.entry[page];
	unsigned int b = ((u64)page << PAGE_SHIFT) >> f->s.blkbits;
	unsigned int n = folio_size(folio) >> f->s.blkbits, i;
	unsigned char flags = f->now.flags[page];
	char text[SHOW_LINE];
	int len;

	len = snprintf(text, sizeof(text), "page %u order %u refs %d%s%s%s%s%s [",
		       page, folio_order(folio), f->now.refs[page],
		       flags & FX_DIRTY ? " dirty" : "",
		       flags & FX_UPTODATE ? " uptodate" : "",
		       flags & FX_LOCKED ? " locked" : "",
		       flags & FX_WRITEBACK ? " writeback" : "",
		       flags & FX_STATE ? " state" : "");
	for (i = 0; i < n && b + i < f->s.nblocks && len < SHOW_LINE - 3; i++)
		text[len++] = "-u"[f->now.uptodate[b + i]];
	text[len++] = ']';
	text[len] = '\0';
	kunit_info(f->test, "show: |   %s\n", text);
	for (i = 0; contents && i < n && b + i < f->s.nblocks; i++) {
		if (f->now.uptodate[b + i])
			show_bytes(f, folio, b + i, (size_t)i << f->s.blkbits);
	}
}

/**
 * show_state() - the page cache, the size and the extents as they are now
 * @f: the fixture; @f->now is overwritten
 * @when: a word in front
 * @contents: also what the blocks hold
 */
void show_state(struct fixture *f, const char *when, bool contents)
{
	char text[SHOW_LINE];
	unsigned int i;

	fx_snapshot(f, &f->now);
	kunit_info(f->test, "show: | %s: %lu pages, i_size base%+lld\n", when,
		   f->now.nrpages, i_size_read(f->w.inode) - f->fs.base);
	for (i = 0; i < f->now.npages && i < FX_PAGES; i++) {
		void *entry = f->now.entry[i];

		if (xa_is_value(entry))
			kunit_info(f->test, "show: |   page %u shadow\n", i);
		else if (entry && (!i || entry != f->now.entry[i - 1]))
			show_folio(f, i, contents);
	}
	for (i = 0; i < f->fs.nblocks && i < SHOW_LINE - 1; i++)
		text[i] = ".duw"[f->fs.extent[i] & 3];
	text[i] = '\0';
	kunit_info(f->test, "show: |   extents %s\n", text);
}
