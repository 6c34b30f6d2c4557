/* SPDX-License-Identifier: GPL-2.0-only */
/* One state judged. */
#ifndef EXPLORE_JUDGE_H
#define EXPLORE_JUDGE_H

#include "state.h"

/* What became of one state. */
enum xp_verdict {
	XP_RIGHT,
	XP_FREE,	/* right, where the known finding could show */
	XP_KNOWN,	/* exactly as the known finding says */
	XP_WRONG,	/* a violation; the page cache is as before */
	XP_SPOILT,	/* a violation, and nothing may rest on this process */
};

enum xp_verdict xp_judge(struct xp_state *x, const char **words);
const char *xp_judge_fold(struct xp_state *x, const struct xp_row *row);

#endif /* EXPLORE_JUDGE_H */
