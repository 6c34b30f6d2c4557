/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The width in which these compute is behaviour: a mask that is cut to 32 bits
 * here has been a bug of the release path. So they are duplicates, not models.
 */
#ifndef LIBKERN_DUP_MATH_H
#define LIBKERN_DUP_MATH_H

/* dup: include/linux/math.h:__round_mask */
#define __round_mask(x, y) ((__typeof__(x))((y) - 1))
/* dup: include/linux/math.h:round_up */
#define round_up(x, y) ((((x) - 1) | __round_mask(x, y)) + 1)
/* dup: include/linux/math.h:round_down */
#define round_down(x, y) ((x) & ~__round_mask(x, y))
/* dup: include/uapi/linux/const.h:__KERNEL_DIV_ROUND_UP */
#define __KERNEL_DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
/* dup: include/linux/math.h:DIV_ROUND_UP */
#define DIV_ROUND_UP __KERNEL_DIV_ROUND_UP

#endif
