/* SPDX-License-Identifier: GPL-2.0-only */
/* Searches over bitmaps: size where nothing is found. */
#ifndef _LINUX_FIND_H
#define _LINUX_FIND_H

#include <linux/types.h>

unsigned long find_next_bit(const unsigned long *p, unsigned long size, unsigned long from);
unsigned long find_next_zero_bit(const unsigned long *p, unsigned long size, unsigned long from);
#define find_first_bit(p, size)		find_next_bit((p), (size), 0)
#define find_first_zero_bit(p, size)	find_next_zero_bit((p), (size), 0)

#endif
