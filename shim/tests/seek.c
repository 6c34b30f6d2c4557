// SPDX-License-Identifier: GPL-2.0-only
/*
 * mapping_seek_hole_data() twice: the tree's own text against the model's, on
 * generated page caches. Neither was written from the other, so that a fault
 * in the shim's xarray, flags or reference counts shows up as a difference.
 *
 * The file system here keeps its uptodate bits in the folio itself and knows
 * nothing of iomap.
 */
#include <kunit/test.h>
#include <libkern/note.h>
#include <libkern/world.h>
#include <linux/bitmap.h>
#include <linux/pagemap.h>
#include <linux/slab.h>

#define SEEK_PAGES	24u	/* window of a layout */
#define SEEK_LAYOUTS	72u	/* per case */
#define SEEK_TRIPLES	4000u	/* per layout */

struct seek_geometry {
	const char *name;
	unsigned int blocks_per_page;
	bool partial;		/* the file system can tell blocks apart */
	enum { SEEK_AT_0, SEEK_AT_4G, SEEK_AT_END } where;
};

static const struct seek_geometry seek_geometries[] = {
	{ "bs=page at 0", 1, true, SEEK_AT_0 },
	{ "bs=page/2 at 0", 2, true, SEEK_AT_0 },
	{ "bs=page/4 at 0", 4, true, SEEK_AT_0 },
	{ "bs=page/8 at 0", 8, true, SEEK_AT_0 },
	{ "bs=page/4 no partial folios", 4, false, SEEK_AT_0 },
	{ "bs=page at 4G", 1, true, SEEK_AT_4G },
	{ "bs=page/2 at 4G", 2, true, SEEK_AT_4G },
	{ "bs=page/4 at 4G", 4, true, SEEK_AT_4G },
	{ "bs=page/8 at 4G", 8, true, SEEK_AT_4G },
	{ "bs=page/2 no partial folios at 4G", 2, false, SEEK_AT_4G },
	{ "bs=page at the end", 1, true, SEEK_AT_END },
	{ "bs=page/2 at the end", 2, true, SEEK_AT_END },
	{ "bs=page/4 at the end", 4, true, SEEK_AT_END },
	{ "bs=page/8 at the end", 8, true, SEEK_AT_END },
};

static void seek_desc(const struct seek_geometry *g, char *desc)
{
	strscpy(desc, g->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(seek, seek_geometries, seek_desc);

/* A generator of our own: the same layouts on every machine. */
static u32 seek_random(u64 *state, u32 below)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (u32)(*state >> 33) % below;
}

static bool seek_partial(struct folio *folio, size_t from, size_t count)
{
	unsigned int bits = folio->mapping->host->i_blkbits;
	unsigned int first = from >> bits, last = (from + count - 1) >> bits;

	return find_next_zero_bit(folio->private, last + 1, first) > last;
}

static const struct address_space_operations seek_partial_ops = {
	.is_partially_uptodate = seek_partial,
};

static const struct address_space_operations seek_whole_ops;

/* One folio of a random order and state at @index; how many pages it took. */
static unsigned int seek_add(struct kunit *test, struct inode *inode, pgoff_t index,
			     unsigned int left, u64 *rnd, unsigned long **bits)
{
	unsigned int order = seek_random(rnd, 5), kind = seek_random(rnd, 8), i, blocks;
	struct folio *folio;

	while ((1u << order) > left || (index & ((1UL << order) - 1)))
		order--;
	if (kind < 2)
		return 1;
	if (kind == 2) {
		XA_STATE_ORDER(xas, &inode->i_mapping->i_pages, index, order);

		do {
			xas_lock_irq(&xas);
			xas_store(&xas, xa_mk_value(index & LONG_MAX));
			xas_unlock_irq(&xas);
		} while (xas_nomem(&xas, GFP_KERNEL));
		return 1u << order;
	}
	folio = folio_alloc(GFP_KERNEL, order);
	KUNIT_ASSERT_EQ(test, 0, filemap_add_folio(inode->i_mapping, folio, index, GFP_KERNEL));
	blocks = folio_size(folio) >> inode->i_blkbits;
	*bits = kcalloc(BITS_TO_LONGS(blocks), sizeof(long), GFP_KERNEL);
	for (i = 0; i < blocks; i++)
		if (seek_random(rnd, 2))
			__set_bit(i, *bits);
	if (kind == 3 || bitmap_full(*bits, blocks))
		folio_mark_uptodate(folio);
	folio->private = *bits;
	folio_unlock(folio);
	folio_put(folio);
	return 1u << order;
}

/* A position in or near the window, biased towards block and page edges. */
static loff_t seek_position(u64 base, unsigned int blkbits, u64 *rnd)
{
	u64 pos = base + seek_random(rnd, (SEEK_PAGES + 2) << PAGE_SHIFT);

	switch (seek_random(rnd, 4)) {
	case 0:
		pos = pos >> blkbits << blkbits;
		break;
	case 1:
		pos = (pos >> PAGE_SHIFT << PAGE_SHIFT) - 1;
		break;
	case 2:
		pos = (pos >> blkbits << blkbits) + 1;
		break;
	}
	/* pos is unsigned here: behind the largest loff_t and before 0 wrap */
	return pos > (u64)MAX_LFS_FILESIZE ? MAX_LFS_FILESIZE : (loff_t)pos;
}

/*
 * "No data": -ENXIO, or @end where the folio that holds the last byte has data
 * behind it. The callers take the two for the same, and so does this.
 */
static loff_t seek_normal(loff_t found, loff_t end, int whence)
{
	return whence == SEEK_DATA && found == end ? -ENXIO : found;
}

/* First byte of the entry that ends at 2^63, or -1 where none does. */
static loff_t seek_last_entry(struct inode *inode)
{
	pgoff_t last = (pgoff_t)(MAX_LFS_FILESIZE >> PAGE_SHIFT);

	/* 32 bits: pgoff_t ends long before loff_t does */
	if (sizeof(long) < sizeof(loff_t) || !xa_load(&inode->i_mapping->i_pages, last))
		return -1;
	last &= ~((1UL << xa_get_order(&inode->i_mapping->i_pages, last)) - 1);
	return (loff_t)last << PAGE_SHIFT;
}

/*
 * Known finding last_folio: the tree computes the end of that entry, 2^63, in
 * a loff_t, so that every position lies behind it. What it then returns:
 */
static loff_t seek_last_folio(struct inode *inode, loff_t entry, loff_t start, loff_t end,
			      int whence)
{
	loff_t hole;

	if (whence == SEEK_DATA) {
		if (start >= entry)
			return -ENXIO;
		return lk_model_seek_hole_data(inode->i_mapping, start, entry, SEEK_DATA);
	}
	hole = lk_model_seek_hole_data(inode->i_mapping, start, LLONG_MAX, SEEK_HOLE);
	if (hole == LLONG_MAX)
		return LLONG_MIN;
	return hole < end ? hole : end;
}

static void seek_compare(struct kunit *test, struct inode *inode, u64 base, u64 *rnd,
			 unsigned int *findings)
{
	loff_t entry = seek_last_entry(inode);
	unsigned int i;

	for (i = 0; i < SEEK_TRIPLES; i++) {
		loff_t start = seek_position(base, inode->i_blkbits, rnd);
		loff_t end = seek_position(base, inode->i_blkbits, rnd);
		int whence = seek_random(rnd, 2) ? SEEK_DATA : SEEK_HOLE;
		loff_t tree = lk_tree_seek_hole_data(inode->i_mapping, start, end, whence);
		loff_t want = lk_model_seek_hole_data(inode->i_mapping, start, end, whence);

		tree = seek_normal(tree, end, whence);
		want = seek_normal(want, end, whence);
		if (tree != want && entry >= 0 && start < end && end > entry) {
			want = seek_last_folio(inode, entry, start, end, whence);
			++*findings;
		}
		KUNIT_ASSERT_EQ_MSG(test, tree, want, "SEEK_%s from %lld to %lld, window at %llu",
				    whence == SEEK_DATA ? "DATA" : "HOLE", start, end, base);
	}
}

static void seek_layout(struct kunit *test, const struct seek_geometry *g, unsigned int nr,
			unsigned int *findings)
{
	unsigned long *bits[SEEK_PAGES] = { };
	unsigned int blkbits = PAGE_SHIFT - ilog2(g->blocks_per_page), i;
	struct inode *inode = lk_inode_new(g->partial ? &seek_partial_ops : &seek_whole_ops,
					   blkbits);
	u64 rnd = nr * 2654435761ULL + g->where * 977 + g->blocks_per_page, base = 0;
	pgoff_t first;

	if (g->where == SEEK_AT_4G)
		base = (1ULL << 32) - (8ULL << PAGE_SHIFT);
	if (g->where == SEEK_AT_END)
		base = ((u64)MAX_LFS_FILESIZE >> PAGE_SHIFT << PAGE_SHIFT) -
		       ((u64)(SEEK_PAGES - 1) << PAGE_SHIFT);
	base = base >> (PAGE_SHIFT + 3) << (PAGE_SHIFT + 3);
	first = base >> PAGE_SHIFT;
	for (i = 0; i < SEEK_PAGES;)
		i += seek_add(test, inode, first + i, SEEK_PAGES - i, &rnd, &bits[i]);
	seek_compare(test, inode, base, &rnd, findings);
	truncate_inode_pages(inode->i_mapping, 0);
	for (i = 0; i < SEEK_PAGES; i++)
		kfree(bits[i]);
	lk_inode_free(inode);
}

/* Expect both texts to give the same answer for every triple. */
static void seek_agrees(struct kunit *test)
{
	const struct seek_geometry *g = test->param_value;
	unsigned int i, findings = 0;
	char text[128];

	for (i = 0; i < SEEK_LAYOUTS; i++)
		seek_layout(test, g, i, &findings);
	snprintf(text, sizeof(text), "%u", SEEK_LAYOUTS * SEEK_TRIPLES);
	lk_note("seek triples", text);
	snprintf(text, sizeof(text), "%u", SEEK_LAYOUTS);
	lk_note("seek layouts", text);
	if (findings)
		kunit_skip(test, "known finding: last_folio");
	if (g->where == SEEK_AT_END && sizeof(long) == sizeof(loff_t))
		lk_note("finding: last_folio", "not in this tree");
}

static struct kunit_case seek_cases[] = {
	KUNIT_CASE_PARAM(seek_agrees, seek_gen_params),
	{}
};

static struct kunit_suite seek_suite = {
	.name = "libkern_seek",
	.test_cases = seek_cases,
};

kunit_test_suites(&seek_suite);
