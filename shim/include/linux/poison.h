/* SPDX-License-Identifier: GPL-2.0-only */
/* What deleted list entries point to: addresses that fault. */
#ifndef _LINUX_POISON_H
#define _LINUX_POISON_H

#define POISON_POINTER_DELTA	0
#define LIST_POISON1		((void *)0x100)
#define LIST_POISON2		((void *)0x122)

#endif
