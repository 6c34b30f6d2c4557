/* SPDX-License-Identifier: GPL-2.0-only */
/* Folio flags: numbers are libkern's own, names and meaning the kernel's. */
#ifndef _LINUX_PAGE_FLAGS_H
#define _LINUX_PAGE_FLAGS_H

#include <libkern/hooks.h>
#include <linux/bitops.h>
#include <linux/mm_types.h>

enum lk_folio_flag {
	LK_PG_LOCKED,
	LK_PG_UPTODATE,
	LK_PG_DIRTY,
	LK_PG_WRITEBACK,
	LK_PG_PRIVATE,
	LK_PG_ERROR,
	LK_PG_REFERENCED,
	LK_PG_ACTIVE,
	LK_PG_CHECKED,
	LK_PG_READAHEAD,
	LK_PG_DROPBEHIND,
	LK_PG_MAPPED,		/* a pte maps it */
	LK_PG_PTE_DIRTY,	/* and was written through since it was last cleaned */
};

/* As /proc/kpageflags would call them. */
extern const char *const lk_flag_names[];

/* The address that stands for a flag; for the lock bit the folio's own does. */
static inline const void *lk_flag_obj(const struct folio *folio, enum lk_folio_flag nr)
{
	return (const char *)folio + nr;
}

#ifdef CONFIG_LIBKERN_RACE
static inline void lk_flag_point(const struct folio *folio, enum lk_folio_flag nr)
{
	lk_access(LK_AT_FLAG, lk_flag_obj(folio, nr), lk_flag_names[nr], true);
}
#else
static inline void lk_flag_point(const struct folio *folio, enum lk_folio_flag nr)
{
	lk_point(LK_AT_FLAG, folio);
}
#endif

static inline bool lk_folio_flag(const struct folio *folio, enum lk_folio_flag nr)
{
	lk_access(LK_AT_TEST, lk_flag_obj(folio, nr), lk_flag_names[nr], false);
	return test_bit(nr, &folio->lk_flags);
}

/* All changes of flags pass here or by the next: a scheduling point. */
static inline bool lk_folio_change(struct folio *folio, enum lk_folio_flag nr, bool set)
{
	lk_flag_point(folio, nr);
	return set ? test_and_set_bit(nr, &folio->lk_flags) :
		     test_and_clear_bit(nr, &folio->lk_flags);
}

static inline void lk_folio_put_flag(struct folio *folio, enum lk_folio_flag nr, bool set)
{
	lk_flag_point(folio, nr);
	if (set)
		set_bit(nr, &folio->lk_flags);
	else
		clear_bit(nr, &folio->lk_flags);
}

#define LK_FOLIO_FLAG(name, nr)						\
static inline bool folio_test_##name(const struct folio *folio)		\
{ return lk_folio_flag(folio, nr); }					\
LK_FOLIO_CHANGE(name, nr)
#define LK_FOLIO_CHANGE(name, nr)					\
static inline void folio_set_##name(struct folio *folio)		\
{ lk_folio_put_flag(folio, nr, true); }					\
static inline void folio_clear_##name(struct folio *folio)		\
{ lk_folio_put_flag(folio, nr, false); }				\
static inline bool folio_test_set_##name(struct folio *folio)		\
{ return lk_folio_change(folio, nr, true); }				\
static inline bool folio_test_clear_##name(struct folio *folio)		\
{ return lk_folio_change(folio, nr, false); }

LK_FOLIO_FLAG(locked, LK_PG_LOCKED)
LK_FOLIO_CHANGE(uptodate, LK_PG_UPTODATE)
LK_FOLIO_FLAG(dirty, LK_PG_DIRTY)
LK_FOLIO_FLAG(writeback, LK_PG_WRITEBACK)
LK_FOLIO_FLAG(private, LK_PG_PRIVATE)
LK_FOLIO_FLAG(error, LK_PG_ERROR)
LK_FOLIO_FLAG(referenced, LK_PG_REFERENCED)
LK_FOLIO_FLAG(active, LK_PG_ACTIVE)
LK_FOLIO_FLAG(checked, LK_PG_CHECKED)
LK_FOLIO_FLAG(readahead, LK_PG_READAHEAD)
LK_FOLIO_FLAG(dropbehind, LK_PG_DROPBEHIND)

static inline bool folio_mapped(const struct folio *folio)
{
	return test_bit(LK_PG_MAPPED, &folio->lk_flags);
}

/* Who finds it uptodate finds the contents, too. */
static inline bool folio_test_uptodate(const struct folio *folio)
{
	lk_access(LK_AT_TEST, lk_flag_obj(folio, LK_PG_UPTODATE),
		  lk_flag_names[LK_PG_UPTODATE], false);
	return test_bit_acquire(LK_PG_UPTODATE, &folio->lk_flags);
}

static inline void folio_mark_uptodate(struct folio *folio)
{
	lk_flag_point(folio, LK_PG_UPTODATE);
	lk_set_bit_release(LK_PG_UPTODATE, &folio->lk_flags);
}

static inline bool folio_test_large(const struct folio *folio)
{
	return folio->lk_order > 0;
}

#define PageUptodate(p)		folio_test_uptodate(page_folio(p))
#define PageDirty(p)		folio_test_dirty(page_folio(p))
#define PageLocked(p)		folio_test_locked(page_folio(p))
#define PageWriteback(p)	folio_test_writeback(page_folio(p))

#endif
