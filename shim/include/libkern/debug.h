/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CONFIG_LIBKERN_DEBUG_CHECKS: the models verify themselves after each step,
 * and new memory holds garbage where a kernel promises nothing else.
 */
#ifndef LIBKERN_DEBUG_H
#define LIBKERN_DEBUG_H

#include <linux/fs.h>

/* What the contents of a folio are before somebody writes or zeroes them. */
#define LK_POISON	0x5a

#ifdef CONFIG_LIBKERN_DEBUG_CHECKS
#define LK_DEBUG_CHECKS	1
#else
#define LK_DEBUG_CHECKS	0
#endif

/**
 * lk_check_mapping() - is a page cache what its own books say?
 * @mapping: whose; no lock held
 * @after: the step that was just made
 *
 * Pages in the tree against nrpages, each folio's mapping, index and references
 * against its place, marks against flags. Each contradiction is a splat.
 */
void lk_check_mapping(struct address_space *mapping, const char *after);

static inline void lk_debug_mapping(struct address_space *mapping, const char *after)
{
	if (LK_DEBUG_CHECKS && mapping)
		lk_check_mapping(mapping, after);
}

#endif
