/* SPDX-License-Identifier: GPL-2.0-only */
/* Page size: a build variant (12, 14 or 16 bits). */
#ifndef _ASM_PAGE_H
#define _ASM_PAGE_H

#define PAGE_SHIFT	CONFIG_LIBKERN_PAGE_SHIFT
#define PAGE_SIZE	(1UL << PAGE_SHIFT)
#define PAGE_MASK	(~(PAGE_SIZE - 1))

#endif
