// SPDX-License-Identifier: GPL-2.0-only
/* How many runs are different, beyond the order of steps that do not meet. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "run.h"

static unsigned long long *table;
static race_u64 size, used, sum;

static void put(race_u64 one)
{
	race_u64 i = one & (size - 1);

	while (table[i] && table[i] != one)
		i = (i + 1) & (size - 1);
	if (table[i])
		return;
	table[i] = one;
	used++;
	sum += one;
}

static void grow(void)
{
	race_u64 *old = table, n = size, i;

	size = size ? 2 * size : 4096;
	table = calloc(size, sizeof(*table));
	if (!table) {
		perror("libkern: the interleavings that are different");
		finish(EXIT_UNTESTED);
	}
	used = 0;
	sum = 0;
	for (i = 0; i < n; i++)
		if (old[i])
			put(old[i]);
	free(old);
}

void classes_clear(void)
{
	if (table)
		memset(table, 0, size * sizeof(*table));
	used = 0;
	sum = 0;
}

/**
 * classes_add() - count a run
 * @one: engine_class() of it
 */
void classes_add(race_u64 one)
{
	if (2 * used >= size)
		grow();
	put(one ? one : 1);
}

race_u64 classes_count(void)
{
	return used;
}

/* The same for the same classes, whatever their order. */
race_u64 classes_sum(void)
{
	return sum;
}
