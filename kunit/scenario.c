// SPDX-License-Identifier: GPL-2.0-only
/*
 * Making scenarios and giving them names.
 *
 * A layout can be written as text, one character a block:
 *
 *	[DCCU]	a folio with per-block state (a folio of one block has none)
 *	(DDDD)	a folio without per-block state
 *	[CCCC]!	a folio whose dirty flag is set though no block is dirty
 *	<....>	a shadow entry
 *	....	nothing cached
 *
 * and the extents the same way: d delalloc, u unwritten, w written, '.' hole.
 */
#ifdef __KERNEL__
#include <linux/kernel.h>
#include <linux/string.h>
#else
#include <stdio.h>
#include <string.h>
#endif

#include "scenario.h"

/**
 * scn_block_pos() - where a block begins in the file
 * @s: the scenario
 * @block: counted from the base of the window
 *
 * Return: the position in bytes.
 */
scn_pos scn_block_pos(const struct scenario *s, unsigned int block)
{
	return s->base + ((scn_pos)block << s->blkbits);
}

/**
 * scn_window_end() - first byte behind the window
 * @s: the scenario
 */
scn_pos scn_window_end(const struct scenario *s)
{
	return scn_block_pos(s, s->nblocks);
}

/**
 * scn_first_block() - the first block of a cache entry
 * @s: the scenario
 * @f: one of its entries
 */
unsigned int scn_first_block(const struct scenario *s,
			     const struct scn_folio *f)
{
	return ((unsigned long long)f->index << s->pagebits) >> s->blkbits;
}

/**
 * scn_folio_blocks() - how many blocks a cache entry has
 * @s: the scenario
 * @f: one of its entries
 *
 * Return: the number; 0 for an entry smaller than a block, which no valid
 * scenario has.
 */
unsigned int scn_folio_blocks(const struct scenario *s,
			      const struct scn_folio *f)
{
	return (1ULL << (s->pagebits + f->order)) >> s->blkbits;
}

/**
 * scn_folio_at() - the cache entry over a block
 * @s: the scenario
 * @block: counted from the base of the window
 *
 * Return: the entry, or NULL where nothing is cached.
 */
const struct scn_folio *scn_folio_at(const struct scenario *s,
				     unsigned int block)
{
	unsigned int i, first;

	for (i = 0; i < s->nfolios; i++) {
		first = scn_first_block(s, &s->folio[i]);
		if (block >= first &&
		    block - first < scn_folio_blocks(s, &s->folio[i]))
			return &s->folio[i];
	}
	return NULL;
}

/**
 * scn_init() - an empty cache over holes
 * @s: the scenario
 * @pagebits: log2 of the page size
 * @blkbits: log2 of the block size
 * @base: file position of the window
 * @nblocks: length of the window in blocks
 *
 * The range is the window and the file ends with it.
 */
void scn_init(struct scenario *s, unsigned int pagebits, unsigned int blkbits,
	      scn_pos base, unsigned int nblocks)
{
	s->base = base;
	s->pagebits = pagebits;
	s->blkbits = blkbits;
	s->nblocks = nblocks;
	s->nfolios = 0;
	if (nblocks <= SCN_MAX_BLOCKS) {
		memset(s->cache, SCN_ABSENT, nblocks);
		memset(s->extent, SCN_HOLE, nblocks);
	}
	s->isize = scn_window_end(s);
	s->start = base;
	s->end = s->isize;
}

static struct scn_folio *scn_add_entry(struct scenario *s, unsigned int index,
				       unsigned int order, int shadow)
{
	struct scn_folio *f;

	if (s->nfolios == SCN_MAX_FOLIOS)
		return NULL;
	f = &s->folio[s->nfolios++];
	memset(f, 0, sizeof(*f));
	f->index = index;
	f->order = order;
	f->shadow = shadow;
	return f;
}

/**
 * scn_add() - put a folio into the cache, nothing in it uptodate
 * @s: the scenario
 * @index: in pages from the base
 * @order: log2 of its pages
 *
 * Return: the entry, or NULL when there is no room for more.
 */
struct scn_folio *scn_add(struct scenario *s, unsigned int index,
			  unsigned int order)
{
	struct scn_folio *f = scn_add_entry(s, index, order, 0);

	if (f)
		scn_fill(s, f, SCN_STALE);
	return f;
}

/**
 * scn_add_shadow() - leave a shadow entry where a folio was reclaimed
 * @s: the scenario
 * @index: in pages from the base
 * @order: log2 of its pages
 */
struct scn_folio *scn_add_shadow(struct scenario *s, unsigned int index,
				 unsigned int order)
{
	return scn_add_entry(s, index, order, 1);
}

/**
 * scn_fill() - give all blocks of a folio the same state
 * @s: the scenario
 * @f: the folio; its dirty flag follows
 * @how: the state
 */
void scn_fill(struct scenario *s, const struct scn_folio *f,
	      enum scn_cache how)
{
	unsigned int first = scn_first_block(s, f);
	unsigned int n = scn_folio_blocks(s, f);

	if (first + n <= s->nblocks && s->nblocks <= SCN_MAX_BLOCKS)
		memset(s->cache + first, how, n);
	s->folio[f - s->folio].dirty = how == SCN_DIRTY;
}

/**
 * scn_extents() - lay out extents
 * @s: the scenario
 * @from: first block
 * @to: first block behind
 * @how: their type
 */
void scn_extents(struct scenario *s, unsigned int from, unsigned int to,
		 enum scn_extent how)
{
	if (from < to && to <= s->nblocks && to <= SCN_MAX_BLOCKS)
		memset(s->extent + from, how, to - from);
}

/**
 * scn_settle() - let flags follow from blocks
 * @s: the scenario, its blocks filled in
 * @dirty_per_block: as in struct scn_limits
 *
 * Sets each folio's dirty flag if a block is dirty, and gives state to those
 * folios of several blocks that cannot be without.
 */
void scn_settle(struct scenario *s, int dirty_per_block)
{
	unsigned int i, b, first, n, count[4];

	for (i = 0; i < s->nfolios; i++) {
		struct scn_folio *f = &s->folio[i];

		if (f->shadow)
			continue;
		first = scn_first_block(s, f);
		n = scn_folio_blocks(s, f);
		memset(count, 0, sizeof(count));
		for (b = first; b < first + n && b < s->nblocks; b++)
			count[s->cache[b] & 3]++;
		if (count[SCN_DIRTY])
			f->dirty = 1;
		if (n > 1 && count[SCN_STALE] != n && count[SCN_CLEAN] != n &&
		    (count[SCN_DIRTY] != n || dirty_per_block))
			f->state = 1;
		if (n <= 1 || count[SCN_STALE] == n)
			f->state = 0;
	}
}

static int scn_cache_char(char c)
{
	switch (c) {
	case 'U':
		return SCN_STALE;
	case 'C':
		return SCN_CLEAN;
	case 'D':
		return SCN_DIRTY;
	case '.':
		return SCN_ABSENT;
	}
	return -1;
}

static int scn_extent_char(char c)
{
	switch (c) {
	case '.':
		return SCN_HOLE;
	case 'd':
		return SCN_DELALLOC;
	case 'u':
		return SCN_UNWRITTEN;
	case 'w':
		return SCN_WRITTEN;
	}
	return -1;
}

/* Close the entry that began at block @first; false if no folio has that size. */
static int scn_close(struct scenario *s, unsigned int first, unsigned int last,
		     char opened)
{
	unsigned long long bytes = (unsigned long long)(last - first) <<
				   s->blkbits;
	unsigned long long pos = (unsigned long long)first << s->blkbits;
	unsigned int order = 0, b;
	struct scn_folio *f;

	while ((1ULL << (s->pagebits + order)) < bytes)
		order++;
	if ((1ULL << (s->pagebits + order)) != bytes ||
	    pos & ((1ULL << s->pagebits) - 1))
		return 0;
	f = scn_add_entry(s, pos >> s->pagebits, order, opened == '<');
	if (!f)
		return 0;
	f->state = opened == '[' && last - first > 1;
	for (b = first; b < last; b++)
		if (s->cache[b] == SCN_DIRTY)
			f->dirty = 1;
	return 1;
}

/**
 * scn_parse() - make a scenario from text
 * @s: the scenario
 * @pagebits: log2 of the page size
 * @blkbits: log2 of the block size
 * @base: file position of the window
 * @layout: the page cache, as described at the head of this file
 * @extents: the extent map; the last character stands for all that follow
 *
 * Return: 1, or 0 if the text makes no sense.
 */
int scn_parse(struct scenario *s, unsigned int pagebits, unsigned int blkbits,
	      scn_pos base, const char *layout, const char *extents)
{
	unsigned int b = 0, first = 0;
	char opened = 0;
	int how;

	scn_init(s, pagebits, blkbits, base, 0);
	for (; *layout; layout++) {
		switch (*layout) {
		case '[':
		case '(':
		case '<':
			if (opened)
				return 0;
			opened = *layout;
			first = b;
			break;
		case ']':
		case ')':
		case '>':
			if (!opened || !scn_close(s, first, b, opened))
				return 0;
			opened = 0;
			break;
		case '!':
			if (!s->nfolios)
				return 0;
			s->folio[s->nfolios - 1].dirty = 1;
			break;
		default:
			how = scn_cache_char(*layout);
			if (how < 0 || b == SCN_MAX_BLOCKS)
				return 0;
			s->cache[b++] = how;
		}
	}
	s->nblocks = b;
	for (b = 0; b < s->nblocks; b++) {
		how = scn_extent_char(*extents);
		if (how < 0)
			return 0;
		s->extent[b] = how;
		if (extents[1])
			extents++;
	}
	s->end = scn_window_end(s);
	s->isize = s->end;
	return !opened && b;
}

/**
 * scn_size_name() - a size as people write it: 512, 1k, 64k, 2M
 * @buf: where it goes
 * @size: of @buf
 * @bytes: the size
 *
 * Return: length of the text.
 */
int scn_size_name(char *buf, unsigned int size, unsigned long long bytes)
{
	if (bytes && !(bytes & ((1ULL << 20) - 1)))
		return snprintf(buf, size, "%lluM", bytes >> 20);
	if (bytes && !(bytes & 1023))
		return snprintf(buf, size, "%lluk", bytes >> 10);
	return snprintf(buf, size, "%llu", bytes);
}

/**
 * scn_geometry_name() - "bs=1k fo=4k"
 * @buf: where it goes
 * @size: of @buf
 * @pagebits: log2 of the page size
 * @blkbits: log2 of the block size
 * @order: of the folios
 *
 * Return: length of the text.
 */
int scn_geometry_name(char *buf, unsigned int size, unsigned int pagebits,
		      unsigned int blkbits, unsigned int order)
{
	char bs[16], fo[16];

	scn_size_name(bs, sizeof(bs), 1ULL << blkbits);
	scn_size_name(fo, sizeof(fo), 1ULL << (pagebits + order));
	return snprintf(buf, size, "bs=%s fo=%s", bs, fo);
}

/* One entry of the layout, cut short after 32 blocks; grows *@len. */
static void scn_put_blocks(const struct scenario *s, char *buf,
			   unsigned int size, unsigned int *len,
			   unsigned int first, unsigned int n)
{
	unsigned int b;

	for (b = first; b < first + n && b < s->nblocks; b++) {
		if (*len + 4 >= size)
			return;
		if (b - first == 32) {
			buf[(*len)++] = '~';
			return;
		}
		buf[(*len)++] = ".UCD"[s->cache[b] & 3];
	}
}

/* Is the folio's flag set and no block of it dirty? */
static int scn_marked(const struct scenario *s, const struct scn_folio *f)
{
	unsigned int b = scn_first_block(s, f), n = scn_folio_blocks(s, f);

	for (; n-- && b < s->nblocks; b++)
		if (s->cache[b] == SCN_DIRTY)
			return 0;
	return f->dirty;
}

/**
 * scn_layout() - the page cache of a scenario as scn_parse() reads it
 * @s: the scenario
 * @buf: where the text goes
 * @size: of @buf; what does not fit is cut off, long folios with '~'
 *
 * Return: length of the text.
 */
int scn_layout(const struct scenario *s, char *buf, unsigned int size)
{
	unsigned int len = 0, b = 0, i = 0, first, n;

	while (b < s->nblocks && len + 6 < size) {
		const struct scn_folio *f = i < s->nfolios ? &s->folio[i] : NULL;

		first = f ? scn_first_block(s, f) : s->nblocks;
		if (b < first) {
			scn_put_blocks(s, buf, size, &len, b, first - b);
			b = first;
			continue;
		}
		n = scn_folio_blocks(s, f);
		buf[len++] = f->shadow ? '<' : f->state || n == 1 ? '[' : '(';
		scn_put_blocks(s, buf, size, &len, b, n);
		buf[len++] = f->shadow ? '>' : f->state || n == 1 ? ']' : ')';
		if (scn_marked(s, f))
			buf[len++] = '!';
		b = first + (n ? n : 1);
		i++;
	}
	buf[len] = 0;
	return len;
}

/**
 * scn_describe() - all of a scenario on one line
 * @s: the scenario
 * @buf: where the text goes
 * @size: of @buf
 *
 * The layout and the extents are in the notation of scn_parse(), cut off with
 * '~' where they are long.
 *
 * Return: length of the text.
 */
int scn_describe(const struct scenario *s, char *buf, unsigned int size)
{
	unsigned int len, b;
	char bs[16];

	if (size < 160)
		return 0;
	scn_size_name(bs, sizeof(bs), 1ULL << s->blkbits);
	len = snprintf(buf, size,
		       "bs=%s base=%lld isize=base%+lld range=[base%+lld,base%+lld) ",
		       bs, s->base, s->isize - s->base, s->start - s->base,
		       s->end - s->base);
	if (len + 50 < size)
		len += scn_layout(s, buf + len, size - 40 - len);
	buf[len++] = ' ';
	for (b = 0; b < s->nblocks && b < 32 && len + 2 < size; b++)
		buf[len++] = ".duw"[s->extent[b] & 3];
	if (b < s->nblocks)
		buf[len++] = '~';
	buf[len] = 0;
	return len;
}
