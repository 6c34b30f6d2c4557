/* SPDX-License-Identifier: GPL-2.0-only */
/* panic() is a BUG. */
#ifndef _LINUX_PANIC_H
#define _LINUX_PANIC_H
#include <linux/bug.h>
#define panic(fmt, args...)	lk_die(LK_DEATH_BUG, "panic at %s: " fmt, LK_HERE, ##args)
#endif
