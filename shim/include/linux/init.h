/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Initcalls are collected in a section and run by lk_initcalls() before the
 * first case: the bioset of the ioends needs its front_pad.
 */
#ifndef _LINUX_INIT_H
#define _LINUX_INIT_H

#include <linux/compiler.h>

typedef int (*initcall_t)(void);
#define LK_INITCALL_ENTRY(fn) \
	static initcall_t __lk_initcall_##fn __used __section("lk_initcalls") = fn
#define fs_initcall(fn)		LK_INITCALL_ENTRY(fn)
#define module_init(fn)		LK_INITCALL_ENTRY(fn)
#define subsys_initcall(fn)	LK_INITCALL_ENTRY(fn)
#define late_initcall(fn)	LK_INITCALL_ENTRY(fn)
#define module_exit(fn)
/* Runs them once, however often it is called. */
void lk_initcalls(void);

#endif
