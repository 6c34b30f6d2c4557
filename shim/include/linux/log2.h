/* SPDX-License-Identifier: GPL-2.0-only */
/* Powers of two. */
#ifndef _LINUX_LOG2_H
#define _LINUX_LOG2_H

#include <linux/types.h>

/* Constant operands fold, so the result may size an array. */
#define ilog2(n) ((int)(63 - __builtin_clzll((unsigned long long)(n))))
#define is_power_of_2(n) ({ unsigned long __lk_n = (n); __lk_n && !(__lk_n & (__lk_n - 1)); })
#define roundup_pow_of_two(n)	((n) <= 1 ? 1UL : 1UL << (ilog2((n) - 1) + 1))
#define rounddown_pow_of_two(n)	(1UL << ilog2(n))
#define order_base_2(n)		((n) <= 1 ? 0 : ilog2((n) - 1) + 1)
#define get_order(size)		((size) <= PAGE_SIZE ? 0 : ilog2((size) - 1) + 1 - PAGE_SHIFT)

#endif
