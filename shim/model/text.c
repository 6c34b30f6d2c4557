// SPDX-License-Identifier: GPL-2.0-only
/* Strings, bitmaps and the log, where libc has nothing of the name. */
#include <libkern/host.h>
#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/slab.h>

unsigned long find_next_bit(const unsigned long *p, unsigned long size, unsigned long from)
{
	while (from < size) {
		unsigned long w = READ_ONCE(p[BIT_WORD(from)]) >> (from % BITS_PER_LONG);

		if (w) {
			from += __ffs(w);
			return from < size ? from : size;
		}
		from = (BIT_WORD(from) + 1) * BITS_PER_LONG;
	}
	return size;
}

unsigned long find_next_zero_bit(const unsigned long *p, unsigned long size, unsigned long from)
{
	while (from < size) {
		unsigned long w = ~READ_ONCE(p[BIT_WORD(from)]) >> (from % BITS_PER_LONG);

		if (w) {
			from += __ffs(w);
			return from < size ? from : size;
		}
		from = (BIT_WORD(from) + 1) * BITS_PER_LONG;
	}
	return size;
}

void bitmap_set(unsigned long *map, unsigned int start, unsigned int nr)
{
	while (nr--)
		__set_bit(start++, map);
}

void bitmap_clear(unsigned long *map, unsigned int start, unsigned int nr)
{
	while (nr--)
		__clear_bit(start++, map);
}

ssize_t strscpy(char *to, const char *from, size_t n)
{
	size_t len = strnlen(from, n);

	if (!n)
		return -E2BIG;
	if (len == n) {
		memcpy(to, from, n - 1);
		to[n - 1] = 0;
		return -E2BIG;
	}
	memcpy(to, from, len + 1);
	return len;
}

size_t strlcpy(char *to, const char *from, size_t n)
{
	strscpy(to, from, n);
	return strlen(from);
}

void *memchr_inv(const void *p, int c, size_t n)
{
	const u8 *b = p;

	for (; n--; b++)
		if (*b != (u8)c)
			return (void *)b;
	return NULL;
}

int scnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(buf, size, fmt, args);
	va_end(args);
	if (n < (int)size)
		return n;
	return size ? (int)size - 1 : 0;
}

char *kasprintf(gfp_t gfp, const char *fmt, ...)
{
	va_list args, again;
	char *s;
	int n;

	va_start(args, fmt);
	va_copy(again, args);
	n = vsnprintf(NULL, 0, fmt, args);
	s = kmalloc(n + 1, gfp);
	if (s)
		vsnprintf(s, n + 1, fmt, again);
	va_end(again);
	va_end(args);
	return s;
}

int printk(const char *fmt, ...)
{
	char line[1024];
	int level = 4, n;
	char *text = line;
	va_list args;

	va_start(args, fmt);
	n = vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	if (text[0] == '<' && text[1] >= '0' && text[1] <= '7' && text[2] == '>') {
		level = text[1] - '0';
		text += 3;
	}
	lk_host_log(level, text);
	return n;
}
