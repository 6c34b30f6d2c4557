/* SPDX-License-Identifier: GPL-2.0-only */
/* The log of the running case. */
#ifndef _LINUX_PRINTK_H
#define _LINUX_PRINTK_H

#include <linux/types.h>
#include <linux/stdarg.h>

#define KERN_EMERG	"<0>"
#define KERN_ALERT	"<1>"
#define KERN_CRIT	"<2>"
#define KERN_ERR	"<3>"
#define KERN_WARNING	"<4>"
#define KERN_NOTICE	"<5>"
#define KERN_INFO	"<6>"
#define KERN_DEBUG	"<7>"
#define KERN_CONT	""

/* Returns as the kernel's does: characters printed. */
int printk(const char *fmt, ...) __printf(1, 2);
#define _printk		printk
#define pr_fmt(fmt)	fmt
#define pr_err(fmt, a...)	printk(KERN_ERR pr_fmt(fmt), ##a)
#define pr_warn(fmt, a...)	printk(KERN_WARNING pr_fmt(fmt), ##a)
#define pr_notice(fmt, a...)	printk(KERN_NOTICE pr_fmt(fmt), ##a)
#define pr_info(fmt, a...)	printk(KERN_INFO pr_fmt(fmt), ##a)
#define pr_debug(fmt, a...)	printk(KERN_DEBUG pr_fmt(fmt), ##a)
#define pr_warn_once		pr_warn
#define pr_info_once		pr_info
#define pr_err_once		pr_err
#define pr_err_ratelimited	pr_err
#define pr_warn_ratelimited	pr_warn
#define printk_ratelimited	printk
#define printk_once		printk
#define no_printk(fmt, a...)	({ if (0) printk(fmt, ##a); 0; })
#define dump_stack()		((void)0)

#endif
