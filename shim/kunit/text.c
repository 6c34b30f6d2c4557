// SPDX-License-Identifier: GPL-2.0-only
/*
 * A text that grows. The memory is the host's, not kmalloc()'s: a message must
 * come out while a case makes kmalloc() fail, and must not count as its leak.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <libkern/host.h>

#include "text.h"

void lk_text_vadd(struct lk_text *text, const char *fmt, va_list args)
{
	va_list again;
	int need;

	va_copy(again, args);
	need = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (need < 0)
		return;

	if (text->len + need + 1 > text->room) {
		size_t room = 2 * (text->len + need + 1);
		char *p = lk_host_alloc(room, 0);

		if (text->p)
			memcpy(p, text->p, text->len);
		lk_host_free(text->p);
		text->p = p;
		text->room = room;
	}
	vsnprintf(text->p + text->len, need + 1, fmt, args);
	text->len += need;
}

void lk_text_add(struct lk_text *text, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	lk_text_vadd(text, fmt, args);
	va_end(args);
}

void lk_text_free(struct lk_text *text)
{
	lk_host_free(text->p);
	text->p = NULL;
	text->len = 0;
	text->room = 0;
}
