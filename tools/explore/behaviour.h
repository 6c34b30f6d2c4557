/* SPDX-License-Identifier: GPL-2.0-only */
/* What a release does, as a number. */
#ifndef EXPLORE_BEHAVIOUR_H
#define EXPLORE_BEHAVIOUR_H

#include "judge.h"

void behaviour_begin(struct xp_state *x);
void behaviour_note(xp_s64 offset, xp_s64 length, bool first);
xp_u64 behaviour_digest(const struct xp_state *x, xp_u64 number,
			enum xp_verdict verdict, const char *words);

#endif /* EXPLORE_BEHAVIOUR_H */
