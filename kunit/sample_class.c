// SPDX-License-Identifier: GPL-2.0-only
/*
 * The names of what the sample consists of, and how much there is of each.
 */
#ifdef __KERNEL__
#include <linux/kernel.h>
#include <linux/string.h>
#else
#include <stdio.h>
#include <string.h>
#endif

#include "sample.h"

static const char * const sample_bs_names[SAMPLE_SIZES] = {
	"512", "1k", "2k", "4k", "8k", "16k", "32k", "64k",
};

static const char * const sample_number_names[] = {
	"0", "1", "2", "3", "4",
};

static const char * const sample_state_names[SAMPLE_STATES] = {
	"absent", "shadow", "stale", "clean", "clean+state", "dirty",
	"dirty-state", "marked", "clean/stale", "dirty/clean", "dirty/stale",
	"dirty/clean/stale",
};

static const char * const sample_call_names[SAMPLE_CALLS] = {
	"write", "short-write", "torn-write", "read-fault", "write-fault",
	"readahead", "truncate-down", "truncate-up", "drop", "invalidate",
	"writeback",
};

static const char * const sample_isize_names[SAMPLE_SIZES_CLASSES] = {
	"before", "edge", "edge-1", "edge+1", "mid-block", "end", "behind",
};

static const char * const sample_base_names[SAMPLE_BASES] = {
	"0", "low", "4G", "8T",
};

/**
 * sample_count() - count a scenario in each class that it belongs to
 * @spread: the counts
 * @p: the scenario
 */
void sample_count(struct sample_spread *spread, const struct sample *p)
{
	unsigned char state[SAMPLE_STATES] = { 0 }, order[SAMPLE_ORDERS] = { 0 };
	unsigned char call[SAMPLE_CALLS] = { 0 };
	const struct scenario *s = &p->s;
	unsigned int i, pages = 0;

	for (i = 0; i < s->nfolios; i++) {
		pages += 1U << s->folio[i].order;
		state[p->state[i]] = 1;
		if (!s->folio[i].shadow)
			order[s->folio[i].order] = 1;
	}
	if ((unsigned long long)pages << s->pagebits <
	    (unsigned long long)s->nblocks << s->blkbits)
		state[SAMPLE_ABSENT] = 1;
	for (i = 0; i < p->nsteps; i++)
		call[p->step[i].call] = 1;
	for (i = 0; i < SAMPLE_STATES; i++)
		spread->state[i] += state[i];
	for (i = 0; i < SAMPLE_ORDERS; i++)
		spread->order[i] += order[i];
	for (i = 0; i < SAMPLE_CALLS; i++)
		spread->call[i] += call[i];
	spread->bs[s->blkbits - 9]++;
	spread->steps[p->nsteps]++;
	spread->isize[p->isize_class]++;
	spread->base[p->base_class]++;
	spread->total++;
}

/**
 * sample_class() - one class by number
 * @spread: the counts
 * @nr: from 0
 * @pagebits: log2 of the page size: there are no larger blocks
 * @name: its name goes here
 * @count: scenarios of it
 *
 * Return: the kind of class, or NULL behind the last.
 */
const char *sample_class(const struct sample_spread *spread, unsigned int nr,
			 unsigned int pagebits, const char **name,
			 unsigned int *count)
{
	const struct {
		const char *kind;
		const char * const *names;
		const unsigned int *counts;
		unsigned int n;
	} kinds[] = {
		{ "bs", sample_bs_names, spread->bs, pagebits - 9 + 1 },
		{ "order", sample_number_names, spread->order, SAMPLE_ORDERS },
		{ "state", sample_state_names, spread->state, SAMPLE_STATES },
		{ "steps", sample_number_names, spread->steps,
		  SAMPLE_STEPS + 1 },
		{ "call", sample_call_names, spread->call, SAMPLE_CALLS },
		{ "isize", sample_isize_names, spread->isize,
		  SAMPLE_SIZES_CLASSES },
		{ "base", sample_base_names, spread->base, SAMPLE_BASES },
		{ NULL, NULL, NULL, 0 },
	}, *k;

	for (k = kinds; k->kind; k++) {
		if (nr < k->n) {
			*name = k->names[nr];
			*count = k->counts[nr];
			return k->kind;
		}
		nr -= k->n;
	}
	return NULL;
}

/**
 * sample_step_text() - a call of a sequence in words
 * @step: the call
 * @buf: where they go
 * @size: of @buf
 *
 * Return: length of the text.
 */
int sample_step_text(const struct sample_step *step, char *buf,
		     unsigned int size)
{
	const char *name = sample_call_names[step->call];

	switch (step->call) {
	case SAMPLE_WRITE:
		return snprintf(buf, size, "%s base+%u, %u bytes", name,
				step->pos, step->len);
	case SAMPLE_SHORT:
	case SAMPLE_TORN:
		return snprintf(buf, size, "%s base+%u, %u bytes of %u", name,
				step->pos, step->good, step->len);
	case SAMPLE_TRUNCATE_DOWN:
	case SAMPLE_TRUNCATE_UP:
		return snprintf(buf, size, "%s by or to base+%u", name,
				step->pos);
	case SAMPLE_WRITEBACK:
		return snprintf(buf, size, "%s", name);
	}
	return snprintf(buf, size, "%s block %u", name, step->block);
}
