// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two trees state by state: the binary of one writes the numbers of its states to
 * stdout, that of the other reads them and holds its own against them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exhaust.h"
#include "run.h"

/* The slice that both are at. */
static struct {
	xp_u64	first;		/* number of its first state */
	xp_u64	n;
	xp_u64	*own;		/* in shared memory: processes may die */
	xp_u64	*other;
} slice;

static struct xp_group differ;

static void keep(xp_u64 state, xp_u64 digest)
{
	slice.own[state - slice.first] = digest;
}

/* Run slice @nr again, as a shard of its own. */
static void again(struct exhaust *e, xp_u64 nr)
{
	const struct xp_part *last;
	xp_u64 begin = nr * XP_SLICE, end = begin + XP_SLICE;

	if (end > e->space.caches)
		end = e->space.caches;
	last = xp_part_of_cache(&e->space, end - 1);
	slice.first = xp_state_number(&e->space, begin, 0);
	slice.n = xp_state_number(&e->space, end - 1, last->nrows - 1) + 1 -
		  slice.first;
	memset(slice.own, 0, slice.n * sizeof(*slice.own));
	e->shard = nr;
	workers_run(e);
}

static void hold(const struct exhaust *e)
{
	struct xp_group one = { .count = 1 };
	xp_u64 i;

	for (i = 0; i < slice.n; i++) {
		if (slice.own[i] == slice.other[i])
			continue;
		one.state = slice.first + i;
		one.weight = xp_weight(&e->space, one.state);
		if (!differ.count++ || one.weight < differ.weight) {
			differ.weight = one.weight;
			differ.state = one.state;
		}
	}
}

static bool through(FILE *list, struct exhaust *e, bool against)
{
	xp_u64 nr;

	while (fscanf(list, "%llu", &nr) == 1) {
		if (nr >= slices_of(e))
			return false;
		again(e, nr);
		if (e->interrupted || e->given_up)
			return false;
		if (!against) {
			if (fwrite(slice.own, sizeof(*slice.own), slice.n, stdout) != slice.n)
				return false;
			continue;
		}
		if (fread(slice.other, sizeof(*slice.other), slice.n, stdin) != slice.n)
			return false;
		hold(e);
	}
	return feof(list);
}

/**
 * compare() - the states of some slices
 * @e: the run, with its space
 * @list: name of a file with the numbers of the slices, see open_named()
 * @against: hold them against what comes on stdin; else write them to stdout
 *
 * Prints "COUNT ID" of the states that differ and of the smallest.
 */
int compare(struct exhaust *e, const char *list, bool against)
{
	FILE *file = open_named(list, "r");
	unsigned int i, most = 0;
	char id[XP_ID_SIZE];
	bool whole;

	if (!file) {
		perror(list);
		return EXIT_UNTESTED;
	}
	for (i = 0; i < e->space.nparts; i++)
		if (e->space.part[i].nrows > most)
			most = e->space.part[i].nrows;
	slice.own = shared_numbers(XP_SLICE * most);
	slice.other = shared_numbers(XP_SLICE * most);
	e->shards = slices_of(e);
	e->jobs = 1;
	e->digests = keep;
	whole = through(file, e, against);
	fclose(file);
	if (e->interrupted)
		return EXIT_INTERRUPTED;
	if (!whole)
		return EXIT_UNTESTED;
	if (!against)
		return EXIT_GOOD;
	xp_id_print(&e->space.bound, differ.state, id, sizeof(id));
	printf("%llu %s\n", differ.count, id);
	return EXIT_GOOD;
}
