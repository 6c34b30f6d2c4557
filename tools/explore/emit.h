/* SPDX-License-Identifier: GPL-2.0-only */
/* What the targets print of a suite. */
#ifndef EXPLORE_EMIT_H
#define EXPLORE_EMIT_H

#include <linux/compiler.h>

#include "explore.h"
#include "scenario.h"

void emit(const char *format, ...) __printf(1, 2);
void emit_iomap(const struct scenario *s, const struct xp_row *row, const char *flags);

#endif /* EXPLORE_EMIT_H */
