// SPDX-License-Identifier: GPL-2.0-only
/*
 * Folios and the page cache: what the models keep. Each case states a rule of
 * the kernel that the code under test relies on.
 */
#include <kunit/test.h>
#include <libkern-facts.h>
#include <libkern/debug.h>
#include <libkern/world.h>
#include <linux/pagemap.h>
#include <linux/writeback.h>

static unsigned int cache_invalidated, cache_released;
static size_t cache_offset, cache_length;

static void cache_invalidate(struct folio *folio, size_t offset, size_t len)
{
	cache_invalidated++;
	cache_offset = offset;
	cache_length = len;
	if (!offset && len == folio_size(folio))
		folio_detach_private(folio);
}

static bool cache_release(struct folio *folio, gfp_t gfp)
{
	cache_released++;
	folio_detach_private(folio);
	return true;
}

/* Cleans every folio; the second of a walk fails. */
static int cache_writepages(struct address_space *mapping, struct writeback_control *wbc)
{
	struct folio *folio = NULL;
	unsigned int nr = 0;
	int error;

	while ((folio = writeback_iter(mapping, wbc, folio, &error))) {
		folio_start_writeback(folio);
		folio_unlock(folio);
		folio_end_writeback(folio);
		error = ++nr == 2 ? -EIO : 0;
	}
	return error;
}

static const struct address_space_operations cache_ops = {
	.dirty_folio = filemap_dirty_folio,
	.invalidate_folio = cache_invalidate,
	.release_folio = cache_release,
	.writepages = cache_writepages,
};

static int cache_init(struct kunit *test)
{
	cache_invalidated = 0;
	cache_released = 0;
	test->priv = lk_inode_new(&cache_ops, 10);
	return 0;
}

static void cache_exit(struct kunit *test)
{
	struct inode *inode = test->priv;

	truncate_inode_pages(inode->i_mapping, 0);
	lk_inode_free(inode);
}

/* An uptodate folio at @index, unlocked; the cache has the only references. */
static struct folio *cache_add(struct inode *inode, pgoff_t index, unsigned int order, bool dirty)
{
	struct folio *folio = folio_alloc(GFP_KERNEL, order);

	filemap_add_folio(inode->i_mapping, folio, index, GFP_KERNEL);
	folio_mark_uptodate(folio);
	if (dirty)
		folio_mark_dirty(folio);
	folio_unlock(folio);
	folio_put(folio);
	return folio;
}

/* One reference per page for the cache, one for each who looks it up. */
static void cache_references(struct kunit *test)
{
	struct inode *inode = test->priv;
	struct folio *folio = cache_add(inode, 4, 2, false), *found;

	KUNIT_EXPECT_EQ(test, 4, folio_ref_count(folio));
	found = filemap_get_folio(inode->i_mapping, 6);
	KUNIT_EXPECT_PTR_EQ(test, folio, found);
	KUNIT_EXPECT_EQ(test, 5, folio_ref_count(folio));
	folio_put(found);
	KUNIT_EXPECT_EQ(test, 4ul, inode->i_mapping->nrpages);
}

/* A freed descriptor stays a folio: a late folio_try_get() on it just fails. */
static void cache_type_stable(struct kunit *test)
{
	struct folio *folio = folio_alloc(GFP_KERNEL, 0);

	folio_put(folio);
	KUNIT_EXPECT_FALSE(test, folio_try_get(folio));
}

/* What "not there" looks like is a fact of the tree. */
static void cache_absent(struct kunit *test)
{
	struct inode *inode = test->priv;
	struct folio *folio = filemap_lock_folio(inode->i_mapping, 3);

	if (LK_GET_FOLIO_ERR_PTR)
		KUNIT_EXPECT_EQ(test, -ENOENT, (int)PTR_ERR(folio));
	else
		KUNIT_EXPECT_PTR_EQ(test, NULL, folio);
}

/* A second folio over the first is refused; shadows under one are not in the way. */
static void cache_conflicts(struct kunit *test)
{
	struct inode *inode = test->priv;
	struct folio *folio = folio_alloc(GFP_KERNEL, 2);

	cache_add(inode, 5, 0, false);
	KUNIT_EXPECT_EQ(test, -EEXIST,
			filemap_add_folio(inode->i_mapping, folio, 4, GFP_KERNEL));
	xa_store(&inode->i_mapping->i_pages, 8, xa_mk_value(1), GFP_KERNEL);
	xa_store(&inode->i_mapping->i_pages, 10, xa_mk_value(2), GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, 0, filemap_add_folio(inode->i_mapping, folio, 8, GFP_KERNEL));
	KUNIT_EXPECT_PTR_EQ(test, (void *)folio, xa_load(&inode->i_mapping->i_pages, 11));
	KUNIT_EXPECT_EQ(test, 5ul, inode->i_mapping->nrpages);
	folio_unlock(folio);
	folio_put(folio);
}

/* Look-up creates a folio of the wished order, aligned and within the bounds. */
static void cache_create(struct kunit *test)
{
	struct inode *inode = test->priv;
	struct folio *folio;

	folio = __filemap_get_folio(inode->i_mapping, 8, FGP_WRITEBEGIN |
				    fgf_set_order(PAGE_SIZE * 4), GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, 2u, folio_order(folio));
	KUNIT_EXPECT_TRUE(test, folio_test_locked(folio));
	folio_unlock(folio);
	folio_put(folio);
	/* index 6 allows order 1 only */
	folio = __filemap_get_folio(inode->i_mapping, 6, FGP_WRITEBEGIN |
				    fgf_set_order(PAGE_SIZE * 4), GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, 1u, folio_order(folio));
	folio_unlock(folio);
	folio_put(folio);
	mapping_set_folio_min_order(inode->i_mapping, 2);
	folio = __filemap_get_folio(inode->i_mapping, 17, FGP_WRITEBEGIN, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, 2u, folio_order(folio));
	KUNIT_EXPECT_EQ(test, 16ul, folio->index);
	folio_unlock(folio);
	folio_put(folio);
}

/* A failed allocation is an error, except where the caller takes no refusal. */
static void cache_alloc_fails(struct kunit *test)
{
	struct inode *inode = test->priv;
	struct folio *folio;

	mapping_set_folio_order_range(inode->i_mapping, 0, 0);
	lk_fail_alloc(1);
	folio = __filemap_get_folio(inode->i_mapping, 0, FGP_WRITEBEGIN, GFP_KERNEL);
	KUNIT_EXPECT_TRUE(test, IS_ERR_OR_NULL(folio));
	lk_fail_alloc(1);
	folio = __filemap_get_folio(inode->i_mapping, 0, FGP_WRITEBEGIN,
				    GFP_KERNEL | __GFP_NOFAIL);
	KUNIT_EXPECT_FALSE(test, IS_ERR_OR_NULL(folio));
	folio_unlock(folio);
	folio_put(folio);
}

/* Marks follow the state: dirty, then writeback, then none. */
static void cache_marks(struct kunit *test)
{
	struct inode *inode = test->priv;
	struct address_space *mapping = inode->i_mapping;
	struct folio *folio = cache_add(inode, 4, 1, true);

	KUNIT_EXPECT_TRUE(test, xa_get_mark(&mapping->i_pages, 5, PAGECACHE_TAG_DIRTY));
	KUNIT_EXPECT_TRUE(test, filemap_range_needs_writeback(mapping, 0, LLONG_MAX));
	KUNIT_EXPECT_FALSE(test, filemap_range_needs_writeback(mapping, 0, PAGE_SIZE * 4 - 1));
	folio_lock(folio);
	KUNIT_EXPECT_TRUE(test, folio_clear_dirty_for_io(folio));
	folio_start_writeback(folio);
	KUNIT_EXPECT_FALSE(test, mapping_tagged(mapping, PAGECACHE_TAG_DIRTY));
	KUNIT_EXPECT_TRUE(test, mapping_tagged(mapping, PAGECACHE_TAG_WRITEBACK));
	folio_unlock(folio);
	folio_end_writeback(folio);
	KUNIT_EXPECT_FALSE(test, mapping_tagged(mapping, PAGECACHE_TAG_WRITEBACK));
}

/* All dirty folios of the range and no other; after an error it goes on. */
static void cache_writeback(struct kunit *test)
{
	struct inode *inode = test->priv;
	struct folio *folio[4];
	unsigned int i;

	for (i = 0; i < 4; i++)
		folio[i] = cache_add(inode, i * 2, i & 1, true);
	KUNIT_EXPECT_EQ(test, -EIO, filemap_write_and_wait_range(inode->i_mapping, 0,
								 PAGE_SIZE * 6 - 1));
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ(test, i == 3, folio_test_dirty(folio[i]));
}

/* Whole folios go; a part is zeroed and told to the file system. */
static void cache_truncate(struct kunit *test)
{
	struct inode *inode = test->priv;
	struct folio *folio = cache_add(inode, 0, 0, true);

	cache_add(inode, 1, 0, true);
	cache_add(inode, 2, 1, false);
	xa_store(&inode->i_mapping->i_pages, 4, xa_mk_value(1), GFP_KERNEL);
	folio_attach_private(folio, inode);
	memset(folio_address(folio), 0xff, PAGE_SIZE);
	truncate_pagecache(inode, 1024);
	KUNIT_EXPECT_EQ(test, 1ul, inode->i_mapping->nrpages);
	KUNIT_EXPECT_PTR_EQ(test, NULL, xa_load(&inode->i_mapping->i_pages, 4));
	KUNIT_EXPECT_EQ(test, 1u, cache_invalidated);
	KUNIT_EXPECT_EQ(test, (size_t)1024, cache_offset);
	KUNIT_EXPECT_EQ(test, (size_t)PAGE_SIZE - 1024, cache_length);
	KUNIT_EXPECT_EQ(test, 0xff, ((u8 *)folio_address(folio))[1023]);
	KUNIT_EXPECT_EQ(test, 0, ((u8 *)folio_address(folio))[1024]);
	KUNIT_EXPECT_TRUE(test, folio_test_dirty(folio));
	truncate_pagecache_range(inode, 0, PAGE_SIZE - 1);
	KUNIT_EXPECT_EQ(test, 0ul, inode->i_mapping->nrpages);
	KUNIT_EXPECT_EQ(test, 2u, cache_invalidated);
}

/*
 * Dropping clean folios spares dirty ones and asks the file system. It spares those in
 * use, private data and all, only where it may choose (invalidate_mapping_pages()).
 */
static void cache_drop(struct kunit *test)
{
	struct inode *inode = test->priv;
	struct folio *clean = cache_add(inode, 0, 0, false), *used;

	folio_attach_private(clean, inode);
	cache_add(inode, 1, 0, true);
	used = cache_add(inode, 2, 0, false);
	folio_attach_private(used, inode);
	folio_get(used);
	KUNIT_EXPECT_EQ(test, 1ul, invalidate_mapping_pages(inode->i_mapping, 0, ~0UL));
	KUNIT_EXPECT_EQ(test, 2ul, inode->i_mapping->nrpages);
	KUNIT_EXPECT_EQ(test, 1u, cache_released);
	KUNIT_EXPECT_TRUE(test, folio_test_private(used));
	KUNIT_EXPECT_EQ(test, -EBUSY, invalidate_inode_pages2_range(inode->i_mapping, 0, 2));
	KUNIT_EXPECT_EQ(test, 1ul, inode->i_mapping->nrpages);
	KUNIT_EXPECT_EQ(test, 2u, cache_released);
	KUNIT_EXPECT_PTR_EQ(test, NULL, used->mapping);
	KUNIT_EXPECT_EQ(test, 1, folio_ref_count(used));
	folio_put(used);
}

/* Whoever waits for writeback hears of errors once: of no space, or of EIO. */
static void cache_errors(struct kunit *test)
{
	struct inode *inode = test->priv;
	struct address_space *mapping = inode->i_mapping;

	mapping_set_error(mapping, 0);
	KUNIT_EXPECT_EQ(test, 0, filemap_fdatawait_range(mapping, 0, LLONG_MAX));
	mapping_set_error(mapping, -ENOSPC);
	KUNIT_EXPECT_EQ(test, -ENOSPC, filemap_fdatawait_range(mapping, 0, LLONG_MAX));
	KUNIT_EXPECT_EQ(test, 0, filemap_fdatawait_range(mapping, 0, LLONG_MAX));
	mapping_set_error(mapping, -EINTR);
	KUNIT_EXPECT_EQ(test, -EIO, filemap_check_errors(mapping));
	mapping_set_error(mapping, -EIO);
	mapping_set_error(mapping, -ENOSPC);
	KUNIT_EXPECT_EQ(test, -EIO, filemap_write_and_wait_range(mapping, 0, LLONG_MAX));
	KUNIT_EXPECT_EQ(test, 0, filemap_check_errors(mapping));
}

/* Reclaim leaves a shadow, which a look-up does not see and a seek does. */
static void cache_reclaim(struct kunit *test)
{
	struct inode *inode = test->priv;

	cache_add(inode, 0, 0, false);
	cache_add(inode, 1, 0, true);
	KUNIT_EXPECT_EQ(test, 0, lk_reclaim_folio(inode->i_mapping, 0));
	KUNIT_EXPECT_EQ(test, -EBUSY, lk_reclaim_folio(inode->i_mapping, 1));
	KUNIT_EXPECT_TRUE(test, xa_is_value(xa_load(&inode->i_mapping->i_pages, 0)));
	KUNIT_EXPECT_TRUE(test, IS_ERR_OR_NULL(filemap_get_folio(inode->i_mapping, 0)));
	KUNIT_EXPECT_EQ(test, 0ll, mapping_seek_hole_data(inode->i_mapping, 0, PAGE_SIZE,
							  SEEK_DATA));
}

/* The models' books are right, and a false entry is noticed. */
static void cache_books(struct kunit *test)
{
	struct inode *inode = test->priv;
	struct folio *folio = cache_add(inode, 4, 2, true);

	lk_check_mapping(inode->i_mapping, "the test");
	KUNIT_EXPECT_EQ(test, 0u, lk_splat_count());
	inode->i_mapping->nrpages++;
	lk_check_mapping(inode->i_mapping, "the test");
	KUNIT_EXPECT_EQ(test, 1u, lk_splat_take(LK_SPLAT_MODEL));
	inode->i_mapping->nrpages--;
	xa_clear_mark(&inode->i_mapping->i_pages, 4, PAGECACHE_TAG_DIRTY);
	lk_check_mapping(inode->i_mapping, "the test");
	KUNIT_EXPECT_EQ(test, 1u, lk_splat_take(LK_SPLAT_MODEL));
	xa_set_mark(&inode->i_mapping->i_pages, 4, PAGECACHE_TAG_DIRTY);
	folio->index++;
	lk_check_mapping(inode->i_mapping, "the test");
	KUNIT_EXPECT_EQ(test, 1u, lk_splat_take(LK_SPLAT_MODEL));
	folio->index--;
}

static struct folio *cache_written;

static void cache_end_write(struct work_struct *work)
{
	folio_end_writeback(cache_written);
}

static DECLARE_WORK(cache_end_work, cache_end_write);

/* Whoever waits for writeback waits until it has ended; so does FGP_STABLE. */
static void cache_waits(struct kunit *test)
{
	struct inode *inode = test->priv;
	struct folio *folio = cache_add(inode, 3, 0, false), *found;

	cache_written = folio;
	folio_start_writeback(folio);
	schedule_work(&cache_end_work);
	folio_wait_writeback(folio);
	KUNIT_EXPECT_FALSE(test, folio_test_writeback(folio));
	folio_start_writeback(folio);
	schedule_work(&cache_end_work);
	found = __filemap_get_folio(inode->i_mapping, 3, FGP_LOCK | FGP_STABLE, 0);
	KUNIT_EXPECT_PTR_EQ(test, folio, found);
	KUNIT_EXPECT_FALSE(test, folio_test_writeback(folio));
	folio_unlock(found);
	folio_put(found);
}

/* What hangs on a folio holds a reference, and comes back once. */
static void cache_private(struct kunit *test)
{
	struct inode *inode = test->priv;
	struct folio *folio = cache_add(inode, 3, 0, false);

	folio_attach_private(folio, inode);
	KUNIT_EXPECT_EQ(test, 2, folio_ref_count(folio));
	KUNIT_EXPECT_PTR_EQ(test, (void *)inode, folio_get_private(folio));
	KUNIT_EXPECT_PTR_EQ(test, (void *)inode, folio_detach_private(folio));
	KUNIT_EXPECT_EQ(test, 1, folio_ref_count(folio));
	KUNIT_EXPECT_NULL(test, folio_detach_private(folio));
	KUNIT_EXPECT_EQ(test, 1, folio_ref_count(folio));
}

static unsigned int cache_looked;

static void cache_count(void *arg)
{
	cache_looked++;
}

/* The injected event comes before the look-up that it was asked for, once. */
static void cache_lookup_event(struct kunit *test)
{
	struct inode *inode = test->priv;

	cache_looked = 0;
	lk_at_lookup(2, cache_count, NULL);
	mapping_seek_hole_data(inode->i_mapping, 0, 1, SEEK_DATA);
	KUNIT_EXPECT_EQ(test, 0u, cache_looked);
	(void)filemap_lock_folio(inode->i_mapping, 0);
	(void)filemap_lock_folio(inode->i_mapping, 0);
	KUNIT_EXPECT_EQ(test, 1u, cache_looked);
}

static struct kunit_case cache_cases[] = {
	KUNIT_CASE(cache_references),
	KUNIT_CASE(cache_type_stable),
	KUNIT_CASE(cache_absent),
	KUNIT_CASE(cache_conflicts),
	KUNIT_CASE(cache_create),
	KUNIT_CASE(cache_alloc_fails),
	KUNIT_CASE(cache_marks),
	KUNIT_CASE(cache_writeback),
	KUNIT_CASE(cache_truncate),
	KUNIT_CASE(cache_drop),
	KUNIT_CASE(cache_errors),
	KUNIT_CASE(cache_reclaim),
	KUNIT_CASE(cache_books),
	KUNIT_CASE(cache_waits),
	KUNIT_CASE(cache_private),
	KUNIT_CASE(cache_lookup_event),
	{}
};

static struct kunit_suite cache_suite = {
	.name = "libkern_cache",
	.init = cache_init,
	.exit = cache_exit,
	.test_cases = cache_cases,
};

kunit_test_suites(&cache_suite);
