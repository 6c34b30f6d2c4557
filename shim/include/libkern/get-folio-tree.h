/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stands before the function that the build takes out of the tree's mm/filemap.c:
 * the one that finds a folio, or makes one as large as is wished for and allowed. It
 * gets a name of its own, so that the model's can be linked beside it, and runs on
 * the models of all that it calls.
 */
#ifndef LIBKERN_GET_FOLIO_TREE_H
#define LIBKERN_GET_FOLIO_TREE_H

#include <linux/math.h>
#include <linux/pagemap.h>
#include <linux/rcupdate.h>

#undef __filemap_get_folio
#define __filemap_get_folio		lk_tree_get_folio_1
#define __filemap_get_folio_mpol	lk_tree_get_folio_2
#define mapping_get_entry		filemap_get_entry

struct mempolicy;

/* of trees in which shadow entries can be asked for; nobody here asks */
#define FGP_ENTRY		0u
/* the models know neither idle folios nor zones for what is written */
#define folio_test_idle(folio)	false
#define folio_clear_idle(folio)	((void)(folio))
#define __folio_set_referenced(folio)	folio_set_referenced(folio)
#define __folio_set_dropbehind(folio)	folio_set_dropbehind(folio)
#define mapping_can_writeback(mapping)	true
#define __GFP_WRITE		0u

static inline pgoff_t mapping_align_index(const struct address_space *mapping, pgoff_t index)
{
	return round_down(index, 1UL << mapping_min_folio_order(mapping));
}

#endif
