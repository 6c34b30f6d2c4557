// SPDX-License-Identifier: GPL-2.0-only
/*
 * One state for people: what it is, what was called, the picture.
 */
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "layout.h"
#include "picture.h"
#include "target.h"

/**
 * xp_weight() - how large a state is, to find the smallest
 * @space: the space
 * @state: its number
 *
 * Return: a number: entries of the page cache count most, then cached blocks, then
 * whether it is more than a release at the front of a file, blocks of the range,
 * dirty blocks, and what is hard to read in positions and sizes.
 */
xp_u64 xp_weight(const struct xp_space *space, xp_u64 state)
{
	const struct xp_part *part = xp_part_of_state(space, state);
	unsigned int bits = space->bound.pagebits - part->ratio, b;
	static struct scenario s;
	const struct xp_row *row;
	xp_u64 cache, weight;
	unsigned int n, cached = 0, dirty = 0, odd;

	xp_locate(space, state, &cache, &n);
	row = &part->row[n];
	cache -= part->first_cache;
	scn_init(&s, space->bound.pagebits, bits, part->base << space->bound.pagebits,
		 part->pages << part->ratio);
	layout_make(part, cache / part->maps, &s);
	for (b = 0; b < s.nblocks; b++) {
		cached += s.cache[b] != SCN_ABSENT;
		dirty += s.cache[b] == SCN_DIRTY;
	}
	odd = !!(row->isize & ((1U << bits) - 1)) +
	      (row->isize != s.base + ((scn_pos)s.nblocks << bits));
	weight = s.nfolios;
	weight = weight << 8 | cached;
	weight = weight << 4 | row->entry;
	weight = weight << 1 | !!part->base;
	weight = weight << 4 | target_weight(part, cache % part->maps);
	weight = weight << 8 | ((row->end - row->pos + (1U << bits) - 1) >> bits);
	weight = weight << 8 | dirty;
	weight = weight << 8 | (row->pos >> bits);
	return weight << 4 | odd;
}

static const char * const show_entries[XP_ENTRIES] = {
	[XP_RELEASE] = "the release",
	[XP_WRITE] = "the end of a write over a new reservation",
	[XP_OLD] = "the end of a write over a reservation that was there before",
	[XP_MAPPED] = "the end of a write over an extent that has a place",
	[XP_ZERO] = "the end of zeroing over a new reservation, lock held",
	[XP_UNSHARE] = "the end of unsharing over a new reservation, lock held",
	[XP_FAULT] = "the end of a write fault over a new reservation",
};

static void show_call(const struct xp_row *row)
{
	char text[160];

	if (row->entry == XP_RELEASE)
		snprintf(text, sizeof(text), "%s of [+%u, +%u)",
			 show_entries[row->entry], row->pos, row->end);
	else
		snprintf(text, sizeof(text), "%s: [+%u, +%u) asked for, %u bytes written",
			 show_entries[row->entry], row->pos, row->end,
			 row->written);
	xp_line(NULL, text);
}

static void show_picture(struct xp_state *x)
{
	struct oracle_input in;

	fx_oracle_input(x->f, &in);
	oracle_judge(&in, &x->f->v);
	picture_draw(&in, &x->f->v, xp_line, NULL);
	target_show(x);
}

/**
 * xp_show() - run one state alone and draw it
 * @space: the space
 * @state: its number
 *
 * Return: 1 if it is right, 0 if it is not.
 */
int xp_show(const struct xp_space *space, xp_u64 state)
{
	static struct xp_state x;
	static char text[400];
	const struct xp_row *row;
	enum xp_verdict verdict;
	const char *words;
	xp_u64 cache;
	unsigned int n;

	words = xp_state_open(&x, space);
	xp_locate(space, state, &cache, &n);
	if (!words && !xp_state_build(&x, cache))
		words = "the page cache does not come out as it was to be";
	if (words) {
		xp_line(NULL, words);
		return 0;
	}
	row = &x.part->row[n];
	xp_state_row(&x, row);
	scn_describe(&x.f->s, text, sizeof(text));
	xp_line(NULL, text);
	show_call(row);
	xp_state_call(&x, row);
	verdict = xp_judge(&x, &words);
	show_picture(&x);
	target_again(&x, verdict >= XP_WRONG);
	if (verdict < XP_WRONG && space->bound.unfolded)
		words = xp_judge_fold(&x, row);
	if (verdict < XP_WRONG && !words)
		words = xp_state_end(&x, true);
	if (words) {
		snprintf(text, sizeof(text), "violation: %s%s%s", words,
			 world_splats() ? ": " : "",
			 world_splats() ? xp_splat_words() : "");
		xp_line(NULL, text);
		return 0;
	}
	snprintf(text, sizeof(text), "known finding %s", xp_finding_names[x.finding]);
	xp_line(NULL, verdict == XP_KNOWN ? text : "as the oracle wants");
	return 1;
}
