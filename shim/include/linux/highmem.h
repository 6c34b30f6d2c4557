/* SPDX-License-Identifier: GPL-2.0-only */
/* All memory is mapped. */
#ifndef _LINUX_HIGHMEM_H
#define _LINUX_HIGHMEM_H

#include <linux/mm.h>

#define kmap_local_folio(f, off)	((void *)((char *)folio_address(f) + (off)))
#define kunmap_local(p)			((void)(p))
void folio_fill_tail(struct folio *folio, size_t offset, const char *from, size_t len);

#endif
