/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A scenario: everything that a release depends on, as plain data.
 *
 * Compiled in the kernel, in userspace and by the host's compiler alone, so it
 * has integer types of its own and no pointer into anything.
 *
 * A scenario looks at a window of a file. Byte positions (base, isize, start,
 * end) are positions in the file; blocks and folios are counted from @base.
 */
#ifndef KUNIT_SCENARIO_H
#define KUNIT_SCENARIO_H

typedef long long scn_pos;

#define SCN_MAX_BLOCKS	2048
#define SCN_MAX_FOLIOS	64
#define SCN_NAME_SIZE	128	/* what KUnit of 6.1 gives a parameter */

/* What the page cache knows of one block. */
enum scn_cache {
	SCN_ABSENT,		/* no folio there */
	SCN_STALE,		/* a folio, but this block is not uptodate */
	SCN_CLEAN,
	SCN_DIRTY,
};

/* What the filesystem has for one block. */
enum scn_extent {
	SCN_HOLE,
	SCN_DELALLOC,		/* space reserved, no place yet */
	SCN_UNWRITTEN,
	SCN_WRITTEN,
};

/**
 * struct scn_folio - one entry of the page cache
 * @index: in pages, from the base of the window
 * @order: log2 of its size in pages
 * @shadow: a shadow entry that reclaim left behind, not a folio
 * @state: per-block state hangs on the folio
 * @dirty: the folio's own dirty flag
 */
struct scn_folio {
	unsigned int	index;
	unsigned char	order;
	unsigned char	shadow;
	unsigned char	state;
	unsigned char	dirty;
};

/**
 * struct scenario - a page cache, an extent map, a size and a range
 * @base: file position of the window, in bytes
 * @blkbits: log2 of the block size in bytes
 * @pagebits: log2 of the page size in bytes
 * @nblocks: length of the window, in blocks
 * @nfolios: entries used in @folio
 * @isize: size of the file, in bytes
 * @start: first byte to release
 * @end: first byte not to release
 * @folio: the entries, by rising index
 * @cache: enum scn_cache of each block
 * @extent: enum scn_extent of each block
 */
struct scenario {
	scn_pos		base;
	unsigned int	blkbits;
	unsigned int	pagebits;
	unsigned int	nblocks;
	unsigned int	nfolios;
	scn_pos		isize;
	scn_pos		start;
	scn_pos		end;
	struct scn_folio folio[SCN_MAX_FOLIOS];
	unsigned char	cache[SCN_MAX_BLOCKS];
	unsigned char	extent[SCN_MAX_BLOCKS];
};

/**
 * struct scn_limits - what a world and a tree can make
 * @pagebits: log2 of the page size of this build
 * @max_pos: largest file position
 * @max_order: largest folio order
 * @dirty_per_block: the tree tracks dirty blocks, not only dirty folios
 * @large_writes: one write call can cover a folio of more than one page
 */
struct scn_limits {
	unsigned int	pagebits;
	scn_pos		max_pos;
	unsigned int	max_order;
	int		dirty_per_block;
	int		large_writes;
};

void scn_init(struct scenario *s, unsigned int pagebits, unsigned int blkbits,
	      scn_pos base, unsigned int nblocks);
struct scn_folio *scn_add(struct scenario *s, unsigned int index,
			  unsigned int order);
struct scn_folio *scn_add_shadow(struct scenario *s, unsigned int index,
				 unsigned int order);
void scn_fill(struct scenario *s, const struct scn_folio *f,
	      enum scn_cache how);
void scn_extents(struct scenario *s, unsigned int from, unsigned int to,
		 enum scn_extent how);
int scn_parse(struct scenario *s, unsigned int pagebits, unsigned int blkbits,
	      scn_pos base, const char *layout, const char *extents);
void scn_settle(struct scenario *s, int dirty_per_block);
int scn_check(const struct scenario *s, const struct scn_limits *l,
	      char *why, unsigned int size);

unsigned int scn_first_block(const struct scenario *s,
			     const struct scn_folio *f);
unsigned int scn_folio_blocks(const struct scenario *s,
			      const struct scn_folio *f);
const struct scn_folio *scn_folio_at(const struct scenario *s,
				     unsigned int block);
scn_pos scn_block_pos(const struct scenario *s, unsigned int block);
scn_pos scn_window_end(const struct scenario *s);

int scn_size_name(char *buf, unsigned int size, unsigned long long bytes);
int scn_geometry_name(char *buf, unsigned int size, unsigned int pagebits,
		      unsigned int blkbits, unsigned int order);
int scn_layout(const struct scenario *s, char *buf, unsigned int size);
int scn_describe(const struct scenario *s, char *buf, unsigned int size);

#endif /* KUNIT_SCENARIO_H */
