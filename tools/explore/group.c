// SPDX-License-Identifier: GPL-2.0-only
/*
 * Violations by their cause, of each cause the smallest.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "explore.h"

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
 * xp_result_add() - add up what two workers have found
 * @into: the sum
 * @one: what is added
 */
void xp_result_add(struct xp_result *into, const struct xp_result *one)
{
	unsigned int i;

	into->caches += one->caches;
	into->states += one->states;
	into->known += one->known;
	into->free += one->free;
	into->digest += one->digest;
	into->other += one->other;
	into->violations += one->other;
	for (i = 0; i < one->ngroups; i++)
		xp_group_add(into, &one->group[i]);
}
