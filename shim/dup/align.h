/* SPDX-License-Identifier: GPL-2.0-only */
/* As with math.h: the type in which a mask is made is behaviour. */
#ifndef LIBKERN_DUP_ALIGN_H
#define LIBKERN_DUP_ALIGN_H

/* dup: include/uapi/linux/const.h:__ALIGN_KERNEL_MASK */
#define __ALIGN_KERNEL_MASK(x, mask)	(((x) + (mask)) & ~(mask))
/* dup: include/uapi/linux/const.h:__ALIGN_KERNEL */
#define __ALIGN_KERNEL(x, a)		__ALIGN_KERNEL_MASK(x, (__typeof__(x))(a) - 1)
/* dup: include/linux/align.h|include/vdso/align.h:ALIGN */
#define ALIGN(x, a)		__ALIGN_KERNEL((x), (a))
/* dup: include/linux/align.h|include/vdso/align.h:ALIGN_DOWN */
#define ALIGN_DOWN(x, a)	__ALIGN_KERNEL((x) - ((a) - 1), (a))
/* dup: include/linux/align.h|include/vdso/align.h:IS_ALIGNED */
#define IS_ALIGNED(x, a)		(((x) & ((typeof(x))(a) - 1)) == 0)

#endif
