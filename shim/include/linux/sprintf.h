/* SPDX-License-Identifier: GPL-2.0-only */
/* libc's own; the %p extensions of the kernel print as plain pointers. */
#ifndef _LINUX_SPRINTF_H
#define _LINUX_SPRINTF_H

#include <linux/stdarg.h>
#include <linux/types.h>

int snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
int sprintf(char *buf, const char *fmt, ...) __printf(2, 3);
int vsnprintf(char *buf, size_t size, const char *fmt, va_list args);
int scnprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
int sscanf(const char *buf, const char *fmt, ...);
char *kasprintf(gfp_t gfp, const char *fmt, ...) __printf(2, 3);

#endif
