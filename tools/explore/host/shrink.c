// SPDX-License-Identifier: GPL-2.0-only
/*
 * The smallest state that shows a cause: smaller bounds are gone through until each
 * cause has shown, so that there is none in fewer blocks. Inside a bound the weight
 * of a state decides (xp_weight()).
 */
#include <string.h>

#include "exhaust.h"

static bool found_all(const struct exhaust *e, const struct exhaust *less,
		      bool found[XP_GROUPS], struct smallest smallest[XP_GROUPS])
{
	unsigned int i, j;
	bool all = true;

	for (i = 0; i < e->result.ngroups; i++) {
		for (j = 0; !found[i] && j < less->result.ngroups; j++) {
			if (strcmp(e->result.group[i].words,
				   less->result.group[j].words))
				continue;
			found[i] = true;
			smallest[i].bound = less->space.bound;
			smallest[i].state = less->result.group[j].state;
		}
		all &= found[i];
	}
	return all;
}

/**
 * shrink() - find the smallest state of each cause
 * @e: a run that has found violations
 * @smallest: filled in, one for each group
 */
void shrink(const struct exhaust *e, struct smallest smallest[XP_GROUPS])
{
	struct xp_bound bound = e->space.bound;
	bool found[XP_GROUPS] = { false };
	static struct exhaust less;
	unsigned int i;

	for (i = 0; i < e->result.ngroups; i++) {
		smallest[i].bound = bound;
		smallest[i].state = e->result.group[i].state;
	}
	if (e->interrupted || e->first)
		return;
	for (bound.blocks = 1; bound.blocks < e->space.bound.blocks; bound.blocks++) {
		memset(&less, 0, sizeof(less));
		less.jobs = e->jobs;
		less.shards = 1;
		less.timeout = e->timeout < 1 ? e->timeout : 1;
		less.hangs = 1;
		less.quiet = true;
		if (xp_space_make(&less.space, &bound))
			return;
		workers_run(&less);
		xp_space_free(&less.space);
		if (found_all(e, &less, found, smallest) || less.interrupted)
			return;
	}
}
