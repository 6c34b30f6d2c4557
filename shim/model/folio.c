// SPDX-License-Identifier: GPL-2.0-only
/*
 * Model: folios. Descriptors are type-stable: they come from a pool that is
 * never given back, so a speculative folio_try_get() on a freed one fails
 * instead of crashing, as in the kernel.
 *
 * Kept: references, flags, lock with owner, contents (zeroes until touched; with
 * CONFIG_LIBKERN_DEBUG_CHECKS garbage, as in a kernel), the order. Dropped: the
 * LRU, page tables (a bit says that a pte maps the folio, another that it is
 * dirty). Splitting has a file of its own.
 */
#include <libkern/debug.h>
#include <libkern/hooks.h>
#include <libkern/split.h>
#include <libkern/tsan.h>
#include <libkern/world.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

#define LK_FOLIO_CHUNK	64

static LIST_HEAD(lk_folios_free);
static LIST_HEAD(lk_folios_live);
static unsigned long lk_folio_serial, lk_folio_base;
static int lk_folios_lock;		/* taken for a few instructions, no lock rule */

const char *const lk_flag_names[] = {
	[LK_PG_LOCKED] = "locked",
	[LK_PG_UPTODATE] = "uptodate",
	[LK_PG_DIRTY] = "dirty",
	[LK_PG_WRITEBACK] = "writeback",
	[LK_PG_PRIVATE] = "private",
	[LK_PG_ERROR] = "error",
	[LK_PG_REFERENCED] = "referenced",
	[LK_PG_ACTIVE] = "active",
	[LK_PG_CHECKED] = "checked",
	[LK_PG_READAHEAD] = "readahead",
	[LK_PG_DROPBEHIND] = "dropbehind",
	[LK_PG_MAPPED] = "mapped",
	[LK_PG_PTE_DIRTY] = "dirty pte",
};

static void lk_folio_pool_grow(void)
{
	struct folio *chunk = lk_host_alloc(sizeof(*chunk) * LK_FOLIO_CHUNK, 0);
	unsigned int i;

	memset(chunk, 0, sizeof(*chunk) * LK_FOLIO_CHUNK);
	for (i = 0; i < LK_FOLIO_CHUNK; i++)
		list_add_tail(&chunk[i].lk_list, &lk_folios_free);
}

struct folio *lk_folio_new(unsigned int order, const void *caller)
{
	struct folio *folio;

	lk_books_enter(&lk_folios_lock);
	if (list_empty(&lk_folios_free))
		lk_folio_pool_grow();
	folio = list_first_entry(&lk_folios_free, struct folio, lk_list);
	list_move_tail(&folio->lk_list, &lk_folios_live);
	folio->lk_serial = ++lk_folio_serial;
	lk_books_leave(&lk_folios_lock);
	lk_behind(folio);

	folio->page.lk_folio = folio;
	folio->page.lk_nr = 0;
	folio->lk_flags = 0;
	folio->mapping = NULL;
	folio->index = 0;
	folio->private = NULL;
	folio->lk_order = order;
	folio->lk_caller = caller;
	folio->lk_owner = NULL;
	folio->dep_map = (struct lockdep_map){ "the folio lock", LK_RANK_FOLIO };
	/* last: a stale folio_try_get() succeeds from here on */
	atomic_set(&folio->lk_refs, 1);
	return folio;
}

struct folio *lk_folio_alloc(gfp_t gfp, unsigned int order, const void *caller)
{
	if (WARN_ON(order > MAX_PAGECACHE_ORDER) || lk_alloc_fails(gfp))
		return NULL;
	return lk_folio_new(order, caller);
}

static void lk_folio_free(struct folio *folio)
{
	if (folio->mapping)
		lk_splat(LK_SPLAT_MODEL, "the last reference of a cached folio was dropped");
	if (folio_test_locked(folio) || folio_test_writeback(folio))
		lk_splat(LK_SPLAT_MODEL, "a folio was freed while locked or under writeback");
	if (folio_test_private(folio))
		lk_splat(LK_SPLAT_LEAK, "a folio was freed with private data attached");
	lk_host_free(folio->lk_data);
	lk_host_free(folio->lk_tail);
	folio->lk_data = NULL;
	folio->lk_tail = NULL;
	lk_before(folio);
	lk_books_enter(&lk_folios_lock);
	/* last in, last out: to a search for races an address is a thing */
	list_move_tail(&folio->lk_list, &lk_folios_free);
	lk_books_leave(&lk_folios_lock);
}

struct page *lk_folio_page(struct folio *folio, unsigned long nr)
{
	unsigned long i;

	if (!nr)
		return &folio->page;
	if (!folio->lk_tail) {
		folio->lk_tail = lk_host_alloc(folio_nr_pages(folio) * sizeof(struct page), 0);
		for (i = 1; i < folio_nr_pages(folio); i++)
			folio->lk_tail[i - 1] = (struct page){ folio, i };
	}
	return &folio->lk_tail[nr - 1];
}

static void lk_folio_check_live(struct folio *folio, const char *what)
{
	if (unlikely(atomic_read(&folio->lk_refs) <= 0))
		lk_die(LK_DEATH_BUG, "%s of a freed folio (index %lu)", what, folio->index);
}

void folio_get(struct folio *folio)
{
	lk_access(LK_AT_REF, &folio->lk_refs, "references", false);
	lk_folio_check_live(folio, "a reference taken");
	atomic_inc(&folio->lk_refs);
}

bool folio_try_get(struct folio *folio)
{
	bool held;

	lk_point(LK_AT_FOUND, folio);
	lk_access(LK_AT_REF, &folio->lk_refs, "references", false);
	held = atomic_inc_not_zero(&folio->lk_refs);
	lk_point(LK_AT_HELD, folio);
	return held;
}

void folio_put_refs(struct folio *folio, int refs)
{
	lk_point(LK_AT_PUT, folio);
	lk_access(LK_AT_REF, &folio->lk_refs, "references", true);
	lk_folio_check_live(folio, "a reference dropped");
	if (atomic_sub_and_test(refs, &folio->lk_refs))
		lk_folio_free(folio);
}

void folio_put(struct folio *folio)
{
	folio_put_refs(folio, 1);
}

void *lk_folio_private(struct folio *folio, void *data)
{
	bool had = lk_folio_change(folio, LK_PG_PRIVATE, !!data);
	void *old = had ? folio->private : NULL;

	if (data && had)
		lk_splat(LK_SPLAT_MODEL, "private data attached to a folio with some (index %lu)",
			 folio->index);
	folio->private = data;
	if (data)
		folio_get(folio);
	else if (had)
		folio_put(folio);
	return old;
}

void *folio_address(struct folio *folio)
{
	if (!folio->lk_data) {
		folio->lk_data = lk_host_alloc(folio_size(folio), 0);
		memset(folio->lk_data, LK_DEBUG_CHECKS ? LK_POISON : 0, folio_size(folio));
	}
	return folio->lk_data;
}

void folio_zero_segments(struct folio *folio, size_t start1, size_t end1,
			 size_t start2, size_t end2)
{
	BUG_ON(end1 > folio_size(folio) || end2 > folio_size(folio));
	/* contents that nobody has touched are zeroes already, unless they are poison */
	if (!folio->lk_data && !LK_DEBUG_CHECKS)
		return;
	folio_address(folio);
	if (end1 > start1)
		memset((char *)folio->lk_data + start1, 0, end1 - start1);
	if (end2 > start2)
		memset((char *)folio->lk_data + start2, 0, end2 - start2);
}

void folio_fill_tail(struct folio *folio, size_t offset, const char *from, size_t len)
{
	BUG_ON(offset + len > folio_size(folio));
	memcpy((char *)folio_address(folio) + offset, from, len);
	folio_zero_segment(folio, offset + len, folio_size(folio));
}

static bool lk_try_folio(void *arg)
{
	struct folio *folio = arg;

	return !test_and_set_bit_lock(LK_PG_LOCKED, &folio->lk_flags);
}

void lk_folio_lock(struct folio *folio, const char *here)
{
	lk_folio_check_live(folio, "the lock taken");
	lk_lock_before(&folio->dep_map, LK_EXCL, here);
	lk_wait(LK_AT_FOLIO_LOCK, folio, lk_try_folio, folio, here);
	folio->lk_owner = current;
	lk_lock_taken(&folio->dep_map, LK_EXCL, here);
}

bool lk_folio_trylock(struct folio *folio, const char *here)
{
	lk_folio_check_live(folio, "the lock tried");
	lk_point(LK_AT_FOLIO_LOCK, folio);
	if (!lk_try_folio(folio))
		return false;
	folio->lk_owner = current;
	lk_lock_taken(&folio->dep_map, LK_EXCL, here);
	return true;
}

void lk_folio_unlock(struct folio *folio, const char *here)
{
	lk_folio_check_live(folio, "the lock released");
	if (!folio_test_locked(folio)) {
		lk_splat(LK_SPLAT_LOCK, "%s unlocks a folio that is not locked (index %lu)",
			 here, folio->index);
		return;
	}
	lk_lock_gone(&folio->dep_map, here);
	folio->lk_owner = NULL;
	clear_bit_unlock(LK_PG_LOCKED, &folio->lk_flags);
	lk_wake(folio);
	lk_point(LK_AT_FOLIO_UNLOCK, folio);
}

void folio_end_read(struct folio *folio, bool success)
{
	if (success)
		folio_mark_uptodate(folio);
	folio_unlock(folio);
}

static bool lk_try_writeback(void *arg)
{
	if (folio_test_writeback(arg))
		return false;
	/* the end of writeback is a barrier, and so is the end of a wait for it */
	lk_behind(arg);
	return true;
}

void folio_wait_writeback(struct folio *folio)
{
	might_sleep();
	lk_wait(LK_AT_WRITEBACK, folio, lk_try_writeback, folio, "the end of writeback");
}

/* As for a device that wants stable pages: the stricter of the two kinds. */
void folio_wait_stable(struct folio *folio)
{
	folio_wait_writeback(folio);
}

void lk_folio_map_dirty(struct folio *folio)
{
	set_bit(LK_PG_MAPPED, &folio->lk_flags);
	set_bit(LK_PG_PTE_DIRTY, &folio->lk_flags);
}

int folio_mkclean(struct folio *folio)
{
	return test_and_clear_bit(LK_PG_PTE_DIRTY, &folio->lk_flags);
}

void lk_folio_baseline(void)
{
	lk_folio_base = lk_folio_serial;
}

void lk_folio_check(void)
{
	struct folio *folio, *next;
	char name[128];

	list_for_each_entry_safe(folio, next, &lk_folios_live, lk_list) {
		if (folio->lk_serial <= lk_folio_base)
			continue;
		lk_splat(LK_SPLAT_LEAK,
			 "leak: folio of order %u, index %lu, %d references, from %s",
			 folio->lk_order, folio->index, folio_ref_count(folio),
			 lk_host_symbol(folio->lk_caller, name, sizeof(name)));
		/* reported once; nobody may see its file any more */
		folio->lk_serial = lk_folio_base;
		folio->mapping = NULL;
	}
}
