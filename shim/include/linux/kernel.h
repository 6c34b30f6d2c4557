/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's grab bag, as far as it is used. */
#ifndef _LINUX_KERNEL_H
#define _LINUX_KERNEL_H

#include <linux/align.h>
#include <linux/array_size.h>
#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/kconfig.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/sprintf.h>
#include <linux/string.h>
#include <linux/types.h>

#define _RET_IP_		((unsigned long)__builtin_return_address(0))
#define _THIS_IP_		({ __label__ __lk_here; __lk_here: (unsigned long)&&__lk_here; })
#define REPEAT_BYTE(x)		((~0ul / 0xff) * (x))
#define u64_to_user_ptr(x)	((void *)(uintptr_t)(x))
#define upper_32_bits(n)	((u32)(((n) >> 16) >> 16))
#define lower_32_bits(n)	((u32)(n))

/* Sleeping here: right or not is a lock rule. */
void lk_might_sleep(const char *here);
#define might_sleep()		lk_might_sleep(LK_HERE)
#define might_sleep_if(c)	do { if (c) might_sleep(); } while (0)

#endif
