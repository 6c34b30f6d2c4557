// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules that no lock model sees: what may change under which lock only. Some are
 * looked after as it is announced, the page cache when a step has ended.
 */
#include <libkern/hooks.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/pagemap.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "scene.h"

static struct {
	bool		on;
	bool		may_add;	/* whoever makes this step may add pages */
	unsigned long	nrpages;
	bool		releases;
	bool		looks;		/* and has looked at the page cache */
	unsigned char	cached[SCENE_PAGES];
	unsigned char	gone[SCENE_PAGES];	/* since the release began */
	bool		back;			/* one of these is not */
} rules;

static bool rules_cached(unsigned int page)
{
	void *entry = xa_load(&stage.f->w.inode->i_mapping->i_pages, SCENE_BASE + page);

	return entry && !xa_is_value(entry);
}

/**
 * rules_begin() - from here on they are looked after
 */
void rules_begin(void)
{
	unsigned int page;

	memset(&rules, 0, sizeof(rules));
	rules.on = true;
	rules.nrpages = stage.f->w.inode->i_mapping->nrpages;
	for (page = 0; page < SCENE_PAGES; page++)
		rules.cached[page] = rules_cached(page);
}

/**
 * rules_release() - a write gives back what it has not used
 * @begins: or it is done with it
 */
void rules_release(bool begins)
{
	rules.releases = begins;
	rules.looks = false;
}

/**
 * rules_look() - the write looks at the page cache
 *
 * From the first look of a release to the last there is less and less to be found, or
 * it need not end.
 */
void rules_look(void)
{
	if (!rules.looks) {
		rules.looks = rules.releases;
		rules.back = false;
		memset(rules.gone, 0, sizeof(rules.gone));
	} else if (rules.back) {
		stage.broken = "a page that has gone comes back before the release is done";
	}
}

/* Has the folio somebody who may change its flags? */
static bool rules_locked(const struct folio *folio)
{
	/* the pieces of a folio that is split are locked by nobody in particular */
	return test_bit(LK_PG_LOCKED, &folio->lk_flags) &&
	       (!folio->lk_owner || folio->lk_owner == current);
}

static void rules_flag(const void *obj, const char *what)
{
	const struct folio *folio;

	if (what == lk_flag_names[LK_PG_DIRTY]) {
		folio = (const struct folio *)((const char *)obj - LK_PG_DIRTY);
		if (!rules_locked(folio))
			stage.broken = "a folio becomes dirty or clean without its lock";
		else if (!folio->mapping)
			stage.broken =
				"a folio that has left the page cache becomes dirty or clean";
	} else if (what == lk_flag_names[LK_PG_UPTODATE]) {
		folio = (const struct folio *)((const char *)obj - LK_PG_UPTODATE);
		if (!test_bit(LK_PG_LOCKED, &folio->lk_flags))
			stage.broken = "a folio becomes uptodate without its lock";
	} else if (what == lk_flag_names[LK_PG_PRIVATE]) {
		folio = (const struct folio *)((const char *)obj - LK_PG_PRIVATE);
		if (!rules_locked(folio))
			stage.broken = "a folio gets or loses its blocks without its lock";
	}
}

/**
 * rules_access() - the running task is about to change something
 * @at: enum lk_point
 * @obj: what
 * @what: part of it, in words
 */
void rules_access(enum lk_point at, const void *obj, const char *what)
{
	const struct inode *inode = stage.f->w.inode;
	const struct xarray *pages = &inode->i_mapping->i_pages;

	switch (at) {
	case LK_AT_SIZE:
		if (!lk_lock_held(&inode->i_rwsem.dep_map, stage.f->shared_rwsem ? -1 : 0))
			stage.broken = "i_size changes without i_rwsem";
		break;
	case LK_AT_FLAG:
		rules_flag(obj, what);
		break;
	case LK_AT_MARK:
		if (!lk_lock_held(&pages->xa_lock.dep_map, 0))
			stage.broken = "a mark of the page cache changes without its lock";
		break;
	default:
		break;
	}
}

/**
 * rules_step() - the running task has come to the end of a step
 */
void rules_step(void)
{
	const struct inode *inode = stage.f->w.inode;

	rules.may_add = lk_lock_held(&inode->i_rwsem.dep_map, stage.f->shared_rwsem ? -1 : 0) ||
			lk_lock_held(&inode->i_mapping->invalidate_lock.dep_map, -1);
}

/**
 * rules_check() - what has become of the page cache in the step that has ended
 *
 * Nobody runs.
 */
void rules_check(void)
{
	struct address_space *mapping = stage.f->w.inode->i_mapping;
	unsigned int page;

	if (!rules.on || rules.nrpages == mapping->nrpages)
		return;
	rules.nrpages = mapping->nrpages;
	rules.back = false;
	for (page = 0; page < SCENE_PAGES; page++) {
		bool cached = rules_cached(page);

		if (cached && !rules.cached[page] && !rules.may_add)
			stage.broken =
				"a page is cached without i_rwsem or invalidate_lock";
		rules.gone[page] |= !cached && rules.cached[page];
		rules.back |= cached && rules.gone[page];
		rules.cached[page] = cached;
	}
}

/**
 * rules_end() - and from here on they are not
 */
void rules_end(void)
{
	rules.on = false;
}
