/* SPDX-License-Identifier: GPL-2.0-only */
/* Large folios that become smaller ones: for the models. */
#ifndef LIBKERN_SPLIT_H
#define LIBKERN_SPLIT_H

#include <linux/mm_types.h>

#define LK_SPLIT_EVENLY	(~0UL)	/* no page in particular */

/**
 * lk_folio_split() - make pieces of a folio of the page cache
 * @folio: large, locked, with one reference of the caller's
 * @order: of the pieces
 * @at: LK_SPLIT_EVENLY, or the page of the folio, counted from 0, whose piece is
 *	of @order; the others are as large as halving leaves them
 *
 * The first piece keeps the descriptor, the lock and the caller's reference.
 * Pieces that lie behind i_size leave the page cache.
 *
 * Return: 0; -EINVAL: it is not larger than that; -EBUSY: under writeback, or the
 * filesystem keeps its private data; -EAGAIN: others hold references.
 */
int lk_folio_split(struct folio *folio, unsigned int order, unsigned long at);

/* A descriptor without contents, of one reference; never fails. */
struct folio *lk_folio_new(unsigned int order, const void *caller);

/* No pte maps it any more; what was written through one makes it dirty. */
void lk_folio_unmap(struct folio *folio);

#endif
