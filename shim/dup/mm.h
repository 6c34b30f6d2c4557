/* SPDX-License-Identifier: GPL-2.0-only */
/* Positions inside pages and folios: the width of the mask is behaviour. */
#ifndef LIBKERN_DUP_MM_H
#define LIBKERN_DUP_MM_H

/* dup: include/linux/mm.h:offset_in_page */
#define offset_in_page(p)	((unsigned long)(p) & ~PAGE_MASK)
/* dup: include/linux/mm.h:offset_in_folio */
#define offset_in_folio(folio, p) ((unsigned long)(p) & (folio_size(folio) - 1))

#endif
