// SPDX-License-Identifier: GPL-2.0-only
/*
 * Large folios of which a part goes: what the model of splitting keeps. The tree
 * says whether the pieces are single pages or as large as they can be.
 */
#include <kunit/test.h>
#include <libkern-facts.h>
#include <libkern/split.h>
#include <libkern/world.h>
#include <linux/pagemap.h>

static bool split_released;
static size_t split_offset, split_length;

static void split_invalidate(struct folio *folio, size_t offset, size_t len)
{
	split_offset = offset;
	split_length = len;
	if (!offset && len == folio_size(folio))
		folio_detach_private(folio);
}

/* As iomap does it: what a dirty folio has is kept. */
static bool split_release(struct folio *folio, gfp_t gfp)
{
	if (folio_test_dirty(folio))
		return false;
	split_released = true;
	folio_detach_private(folio);
	return true;
}

static const struct address_space_operations split_ops = {
	.dirty_folio = filemap_dirty_folio,
	.invalidate_folio = split_invalidate,
	.release_folio = split_release,
};

static int split_init(struct kunit *test)
{
	struct inode *inode = lk_inode_new(&split_ops, 10);

	split_released = false;
	split_offset = 0;
	split_length = 0;
	i_size_write(inode, 64 * PAGE_SIZE);
	test->priv = inode;
	return 0;
}

static void split_exit(struct kunit *test)
{
	struct inode *inode = test->priv;

	truncate_inode_pages(inode->i_mapping, 0);
	lk_inode_free(inode);
}

/* A locked uptodate folio, in each page its index; we hold one reference. */
static struct folio *split_add(struct inode *inode, pgoff_t index, unsigned int order, bool dirty)
{
	struct folio *folio = folio_alloc(GFP_KERNEL, order);
	unsigned long i;

	filemap_add_folio(inode->i_mapping, folio, index, GFP_KERNEL);
	for (i = 0; i < folio_nr_pages(folio); i++)
		memset((char *)folio_address(folio) + i * PAGE_SIZE, (int)(index + i), PAGE_SIZE);
	folio_mark_uptodate(folio);
	if (dirty)
		folio_mark_dirty(folio);
	return folio;
}

static void split_unlock(struct folio *folio)
{
	folio_unlock(folio);
	folio_put(folio);
}

/* Expect a folio at @index with its page's contents, of one reference a page. */
static struct folio *split_expect(struct kunit *test, pgoff_t index, unsigned int order, bool dirty)
{
	struct inode *inode = test->priv;
	struct folio *folio = xa_load(&inode->i_mapping->i_pages, index);

	KUNIT_ASSERT_NOT_NULL(test, folio);
	KUNIT_ASSERT_EQ(test, index, folio->index);
	KUNIT_EXPECT_EQ(test, order, folio_order(folio));
	KUNIT_EXPECT_EQ(test, 1 << order, folio_ref_count(folio));
	KUNIT_EXPECT_PTR_EQ(test, inode->i_mapping, folio->mapping);
	KUNIT_EXPECT_TRUE(test, folio_test_uptodate(folio));
	KUNIT_EXPECT_FALSE(test, folio_test_locked(folio));
	KUNIT_EXPECT_EQ(test, dirty, folio_test_dirty(folio));
	KUNIT_EXPECT_EQ(test, dirty, xa_get_mark(&inode->i_mapping->i_pages, index,
						 PAGECACHE_TAG_DIRTY));
	KUNIT_EXPECT_EQ(test, (int)index, (int)*(unsigned char *)folio_address(folio));
	return folio;
}

static void split_expect_none(struct kunit *test, pgoff_t index)
{
	struct inode *inode = test->priv;

	KUNIT_EXPECT_NULL(test, xa_load(&inode->i_mapping->i_pages, index));
}

/* Each page becomes a folio that is dirty and uptodate as the whole was. */
static void split_evenly(struct kunit *test)
{
	struct inode *inode = test->priv;
	struct folio *folio = split_add(inode, 4, 2, true);
	pgoff_t i;

	KUNIT_EXPECT_EQ(test, 0, lk_folio_split(folio, 0, LK_SPLIT_EVENLY));
	KUNIT_EXPECT_TRUE(test, folio_test_locked(folio));
	KUNIT_EXPECT_EQ(test, 2, folio_ref_count(folio));
	split_unlock(folio);
	for (i = 4; i < 8; i++)
		split_expect(test, i, 0, true);
	KUNIT_EXPECT_EQ(test, 4ul, inode->i_mapping->nrpages);
}

/* Halves, and halves of the half that has the page: 4, 1, 1 and 2 pages. */
static void split_at_page(struct kunit *test)
{
	struct inode *inode = test->priv;
	struct folio *folio = split_add(inode, 8, 3, false);

	KUNIT_EXPECT_EQ(test, 0, lk_folio_split(folio, 0, 5));
	KUNIT_EXPECT_EQ(test, 5, folio_ref_count(folio));
	split_unlock(folio);
	split_expect(test, 8, 2, false);
	split_expect(test, 12, 0, false);
	split_expect(test, 13, 0, false);
	split_expect(test, 14, 1, false);
	KUNIT_EXPECT_PTR_EQ(test, xa_load(&inode->i_mapping->i_pages, 14),
			    xa_load(&inode->i_mapping->i_pages, 15));
	KUNIT_EXPECT_EQ(test, 8ul, inode->i_mapping->nrpages);
}

/* Not while somebody writes it, uses it, or has hung on to it what must stay. */
static void split_refused(struct kunit *test)
{
	struct inode *inode = test->priv;
	struct folio *folio = split_add(inode, 4, 2, true);

	KUNIT_EXPECT_EQ(test, -EINVAL, lk_folio_split(folio, 2, LK_SPLIT_EVENLY));
	folio_get(folio);
	KUNIT_EXPECT_EQ(test, -EAGAIN, lk_folio_split(folio, 0, LK_SPLIT_EVENLY));
	folio_put(folio);
	folio_attach_private(folio, inode);
	KUNIT_EXPECT_EQ(test, -EBUSY, lk_folio_split(folio, 0, LK_SPLIT_EVENLY));
	KUNIT_EXPECT_TRUE(test, folio_test_private(folio));
	folio_cancel_dirty(folio);
	folio_start_writeback(folio);
	KUNIT_EXPECT_EQ(test, -EBUSY, lk_folio_split(folio, 0, LK_SPLIT_EVENLY));
	folio_end_writeback(folio);
	KUNIT_EXPECT_EQ(test, 2u, folio_order(folio));
	KUNIT_EXPECT_EQ(test, 0, lk_folio_split(folio, 0, LK_SPLIT_EVENLY));
	KUNIT_EXPECT_TRUE(test, split_released);
	split_unlock(folio);
}

/* Pieces that lie behind the end of the file go, dirty or not. */
static void split_behind_eof(struct kunit *test)
{
	struct inode *inode = test->priv;
	struct folio *folio = split_add(inode, 4, 2, true);

	i_size_write(inode, 5 * PAGE_SIZE + 1);
	KUNIT_EXPECT_EQ(test, 0, lk_folio_split(folio, 0, LK_SPLIT_EVENLY));
	split_unlock(folio);
	split_expect(test, 4, 0, true);
	split_expect(test, 5, 0, true);
	split_expect_none(test, 6);
	split_expect_none(test, 7);
	KUNIT_EXPECT_EQ(test, 2ul, inode->i_mapping->nrpages);
}

/* A shorter file: what is left of a clean folio lives on, zeroed behind the end. */
static void split_truncate(struct kunit *test)
{
	struct inode *inode = test->priv;
	struct folio *folio = split_add(inode, 8, 3, false);

	folio_attach_private(folio, inode);
	split_unlock(folio);
	truncate_setsize(inode, 11 * PAGE_SIZE + 100);
	KUNIT_EXPECT_EQ(test, (size_t)(3 * PAGE_SIZE + 100), split_offset);
	KUNIT_EXPECT_EQ(test, (size_t)(5 * PAGE_SIZE - 100), split_length);
	split_expect(test, 8, LK_SPLIT_NON_UNIFORM, false);
	if (!LK_SPLIT_NON_UNIFORM)
		split_expect(test, 9, 0, false);
	split_expect(test, 10, 0, false);
	folio = split_expect(test, 11, 0, false);
	KUNIT_EXPECT_EQ(test, 11, (int)((char *)folio_address(folio))[99]);
	KUNIT_EXPECT_EQ(test, 0, (int)((char *)folio_address(folio))[100]);
	split_expect_none(test, 12);
	split_expect_none(test, 15);
	KUNIT_EXPECT_EQ(test, 4ul, inode->i_mapping->nrpages);
}

/* What is dirty and cannot be split stays as it is, zeroed behind the end. */
static void split_truncate_dirty(struct kunit *test)
{
	struct inode *inode = test->priv;
	struct folio *folio = split_add(inode, 8, 3, true);

	folio_attach_private(folio, inode);
	split_unlock(folio);
	truncate_setsize(inode, 11 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, 3u, folio_order(folio));
	KUNIT_EXPECT_EQ(test, 9, folio_ref_count(folio));
	KUNIT_EXPECT_TRUE(test, folio_test_dirty(folio));
	KUNIT_EXPECT_EQ(test, 10, (int)((char *)folio_address(folio))[3 * PAGE_SIZE - 1]);
	KUNIT_EXPECT_EQ(test, 0, (int)((char *)folio_address(folio))[3 * PAGE_SIZE]);
	KUNIT_EXPECT_EQ(test, 8ul, inode->i_mapping->nrpages);
}

/* What is clean and cannot be split goes as a whole: it can be read again. */
static void split_truncate_used(struct kunit *test)
{
	struct inode *inode = test->priv;
	struct folio *folio = split_add(inode, 8, 3, false);

	folio_get(folio);
	split_unlock(folio);
	truncate_setsize(inode, 11 * PAGE_SIZE);
	split_expect_none(test, 8);
	KUNIT_EXPECT_NULL(test, folio->mapping);
	KUNIT_EXPECT_EQ(test, 0ul, inode->i_mapping->nrpages);
	folio_put(folio);
}

/* A hole in the middle of a folio: both edges stay, whole pages between them go. */
static void split_hole(struct kunit *test)
{
	struct inode *inode = test->priv;
	struct folio *folio = split_add(inode, 8, 3, true);

	split_unlock(folio);
	truncate_pagecache_range(inode, 10 * PAGE_SIZE + 100, 13 * PAGE_SIZE + 99);
	split_expect(test, 8, LK_SPLIT_NON_UNIFORM, true);
	folio = split_expect(test, 10, 0, true);
	KUNIT_EXPECT_EQ(test, 10, (int)((char *)folio_address(folio))[99]);
	KUNIT_EXPECT_EQ(test, 0, (int)((char *)folio_address(folio))[100]);
	split_expect_none(test, 11);
	split_expect_none(test, 12);
	folio = xa_load(&inode->i_mapping->i_pages, 13);
	KUNIT_ASSERT_NOT_NULL(test, folio);
	KUNIT_EXPECT_EQ(test, 0u, folio_order(folio));
	KUNIT_EXPECT_EQ(test, 0, (int)((char *)folio_address(folio))[99]);
	KUNIT_EXPECT_EQ(test, 13, (int)((char *)folio_address(folio))[100]);
	split_expect(test, 14, LK_SPLIT_NON_UNIFORM, true);
	KUNIT_EXPECT_EQ(test, 6ul, inode->i_mapping->nrpages);
}

static struct kunit_case split_cases[] = {
	KUNIT_CASE(split_evenly),
	KUNIT_CASE(split_at_page),
	KUNIT_CASE(split_refused),
	KUNIT_CASE(split_behind_eof),
	KUNIT_CASE(split_truncate),
	KUNIT_CASE(split_truncate_dirty),
	KUNIT_CASE(split_truncate_used),
	KUNIT_CASE(split_hole),
	{}
};

static struct kunit_suite split_suite = {
	.name = "libkern_split",
	.init = split_init,
	.exit = split_exit,
	.test_cases = split_cases,
};

kunit_test_suites(&split_suite);
