/* SPDX-License-Identifier: GPL-2.0-only */
/* A text that grows, for messages that are put together piece by piece. */
#ifndef LK_KUNIT_TEXT_H
#define LK_KUNIT_TEXT_H

#include <linux/compiler.h>
#include <linux/stdarg.h>
#include <linux/types.h>

/* Begins as { 0 }; @p is NULL as long as nothing was added. */
struct lk_text {
	char *p;
	size_t len;
	size_t room;
};

void lk_text_add(struct lk_text *text, const char *fmt, ...) __printf(2, 3);
void lk_text_vadd(struct lk_text *text, const char *fmt, va_list args);
void lk_text_free(struct lk_text *text);

#endif /* LK_KUNIT_TEXT_H */
