/* SPDX-License-Identifier: GPL-2.0-only */
/* Rounding and division, with the promotion rules that the kernel's have. */
#ifndef _LINUX_MATH_H
#define _LINUX_MATH_H

#include <linux/types.h>
#include "../../dup/math.h"

#define DIV_ROUND_DOWN_ULL(n, d) ((unsigned long long)(n) / (d))
#define DIV_ROUND_UP_ULL(n, d)	DIV_ROUND_DOWN_ULL((unsigned long long)(n) + (d) - 1, (d))
#define rounddown(x, y) ({ typeof(x) __lk_x = (x); __lk_x - (__lk_x % (y)); })
#define roundup(x, y)	({ typeof(y) __lk_y = (y); (((x) + (__lk_y - 1)) / __lk_y) * __lk_y; })
#define abs(x)		({ typeof(x) __lk_x = (x); __lk_x < 0 ? -__lk_x : __lk_x; })
#define do_div(n, base) ({ u32 __lk_rem = (n) % (u32)(base); (n) /= (u32)(base); __lk_rem; })
static inline u64 div_u64(u64 a, u32 b) { return a / b; }
static inline u64 div_u64_rem(u64 a, u32 b, u32 *rem) { *rem = a % b; return a / b; }
static inline u64 div64_u64(u64 a, u64 b) { return a / b; }

#endif
