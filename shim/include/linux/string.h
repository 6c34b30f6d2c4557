/* SPDX-License-Identifier: GPL-2.0-only */
/* libc's own where name and meaning agree. */
#ifndef _LINUX_STRING_H
#define _LINUX_STRING_H

#include <linux/types.h>

void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *p, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *p, int c, size_t n);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t n);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
char *strstr(const char *s, const char *t);
char *strncpy(char *to, const char *from, size_t n);
char *strcpy(char *to, const char *from);
ssize_t strscpy(char *to, const char *from, size_t n);
size_t strlcpy(char *to, const char *from, size_t n);
void *memchr_inv(const void *p, int c, size_t n);
char *kstrdup(const char *s, gfp_t gfp);
void *kmemdup(const void *p, size_t n, gfp_t gfp);

#endif
