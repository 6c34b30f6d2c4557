/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A failed release as a picture of a few lines.
 */
#ifndef KUNIT_PICTURE_H
#define KUNIT_PICTURE_H

#include "oracle.h"

typedef void (*picture_line_t)(void *arg, const char *text);

void picture_draw(const struct oracle_input *in,
		  const struct oracle_verdict *v, picture_line_t line,
		  void *arg);

#endif /* KUNIT_PICTURE_H */
