// SPDX-License-Identifier: GPL-2.0-only
/*
 * Schedules by chance. Random: each choice by itself. PCT: tasks have priorities by
 * chance, and at so many steps by chance the running one falls behind all others; a
 * bug that needs d such steps is met with a probability that can be stated.
 */
#include "engine.h"

static race_u64 state, runs, done;
static unsigned int drops, longest, at;
static unsigned int drop_at[RACE_BOUNDS], priority[RACE_TASKS];

static race_u64 rnd(void)
{
	state += 0x9e3779b97f4a7c15ull;
	return (state ^ (state >> 31)) * 0xbf58476d1ce4e5b9ull >> 17;
}

/**
 * chance_start() - begin
 * @seed: another one makes other schedules
 * @n: runs
 * @depth: for PCT: steps at which a priority changes
 */
void chance_start(race_u64 seed, race_u64 n, unsigned int depth)
{
	state = seed * 0xd1342543de82ef95ull;
	runs = n;
	done = 0;
	drops = depth < RACE_BOUNDS ? depth : RACE_BOUNDS;
	longest = 100;
}

static void begin(void)
{
	unsigned int i, j, swap;

	for (i = 0; i < RACE_TASKS; i++)
		priority[i] = RACE_BOUNDS + 1 + i;
	for (i = RACE_TASKS - 1; i; i--) {
		j = rnd() % (i + 1);
		swap = priority[i];
		priority[i] = priority[j];
		priority[j] = swap;
	}
	for (i = 0; i < drops; i++)
		drop_at[i] = rnd() % longest;
	at = 0;
}

static int pick_random(const struct choice *c)
{
	unsigned int i, n = rnd() % __builtin_popcount(c->ready);

	for (i = 0; i < c->ntasks; i++)
		if (c->ready >> i & 1 && !n--)
			return i;
	return pick_plain(c);
}

static int pick_pct(const struct choice *c)
{
	unsigned int i;
	int best = -1;

	for (i = 0; i < drops; i++)
		if (drop_at[i] == at && c->current >= 0)
			priority[c->current] = i;
	if (c->forced)
		priority[c->current] = 0;
	if (++at > longest)
		longest = at;
	for (i = 0; i < c->ntasks; i++)
		if (c->ready >> i & 1 && (best < 0 || priority[i] > priority[best]))
			best = i;
	return best;
}

static bool next(void)
{
	return ++done < runs;
}

const struct sched chance_random = { begin, pick_random, 0, next };
const struct sched chance_pct = { begin, pick_pct, 0, next };
