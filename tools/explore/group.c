// SPDX-License-Identifier: GPL-2.0-only
/*
 * Violations by their cause, of each cause the smallest.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "explore.h"

const char *const xp_finding_names[XP_FINDINGS] = {
	[XP_EOF_BLOCK] = "eof_block",
	[XP_COW_FORK] = "cow_fork",
};

static bool group_smaller(const struct xp_group *a, const struct xp_group *b)
{
	if (a->weight != b->weight)
		return a->weight < b->weight;
	return a->state < b->state;
}

/**
 * xp_group_add() - add violations to those of their cause
 * @into: where they are counted
 * @one: one violation, or many of one cause
 */
void xp_group_add(struct xp_result *into, const struct xp_group *one)
{
	struct xp_group *g;
	unsigned int i;

	into->violations += one->count;
	for (i = 0; i < into->ngroups; i++)
		if (!strcmp(into->group[i].words, one->words))
			break;
	if (i == XP_GROUPS) {
		into->other += one->count;
		return;
	}
	g = &into->group[i];
	if (i == into->ngroups) {
		*g = *one;
		into->ngroups++;
		return;
	}
	g->count += one->count;
	g->fatal |= one->fatal;
	if (group_smaller(one, g)) {
		g->state = one->state;
		g->weight = one->weight;
	}
}

/**
 * xp_result_mixed() - a known finding that shows in some of its states only
 * @r: the sum of all workers
 *
 * Its predicate is no wider than its cause: it shows in all of them or in none.
 */
void xp_result_mixed(struct xp_result *r)
{
	unsigned int i;

	for (i = 0; i < XP_FINDINGS; i++) {
		struct xp_group one = { .count = r->free[i], .state = r->free_state[i] };

		if (!r->known[i] || !r->free[i])
			continue;
		snprintf(one.words, sizeof(one.words),
			 "the known finding %s " XP_MIXED,
			 xp_finding_names[i]);
		xp_group_add(r, &one);
	}
}

/**
 * xp_result_add() - add up what two workers have found
 * @into: the sum
 * @one: what is added
 */
void xp_result_add(struct xp_result *into, const struct xp_result *one)
{
	unsigned int i;

	into->caches += one->caches;
	into->states += one->states;
	for (i = 0; i < XP_FINDINGS; i++) {
		into->known[i] += one->known[i];
		if (one->free[i] && (!into->free[i] ||
				     one->free_state[i] < into->free_state[i]))
			into->free_state[i] = one->free_state[i];
		into->free[i] += one->free[i];
	}
	into->digest += one->digest;
	into->other += one->other;
	into->violations += one->other;
	for (i = 0; i < one->ngroups; i++)
		xp_group_add(into, &one->group[i]);
}
