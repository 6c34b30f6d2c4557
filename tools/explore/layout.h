/* SPDX-License-Identifier: GPL-2.0-only */
/* The page caches of one window, numbered. */
#ifndef EXPLORE_LAYOUT_H
#define EXPLORE_LAYOUT_H

#include "explore.h"
#include "scenario.h"

xp_u64 layout_count(const struct xp_part *part);
void layout_make(const struct xp_part *part, xp_u64 number, struct scenario *s);

#endif /* EXPLORE_LAYOUT_H */
