// SPDX-License-Identifier: GPL-2.0-only
/* What an exhaustive run prints: its result on stdout, its progress on stderr. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "exhaust.h"
#include "numbers.h"
#include "run.h"

#define PICTURE_SECONDS	2

/* "up to 8 blocks and 6 pages, orders 0-2" */
static const char *bound_words(const struct xp_bound *b)
{
	bool plain = !strcmp(xp_target.name, "plain");
	static char text[120];

	snprintf(text, sizeof(text), "up to %u blocks and %u pages of %uk, orders 0-%u%s%s%s",
		 b->blocks, b->pages, 1U << (b->pagebits - 10), XP_MAX_ORDER,
		 b->unfolded ? ", unfolded" : "", plain ? "" : ", target ",
		 plain ? "" : xp_target.name);
	return text;
}

/**
 * report_space() - what is to be enumerated
 * @e: the run
 */
void report_space(const struct exhaust *e)
{
	const struct xp_space *space = &e->space;
	bool maps = false;
	char text[240];
	unsigned int i;

	printf("space %u: %s\n", XP_VERSION, bound_words(&space->bound));
	for (i = 0; i < space->nparts; i++) {
		maps |= space->part[i].maps > 1;
		xp_part_words(space, &space->part[i], text, sizeof(text));
		printf("  %s\n", text);
	}
	printf("%s states of %s page caches%s", grouped(space->states),
	       grouped(space->caches), maps ? " and maps" : "");
	if (e->shards > 1)
		printf(", of which shard %u of %u", e->shard + 1, e->shards);
	printf("\n");
	fflush(stdout);
}

/**
 * report_progress() - how far it is, on a terminal
 * @e: the run
 * @done: states judged
 * @of: how many there are, more or less
 */
void report_progress(struct exhaust *e, xp_u64 done, xp_u64 of)
{
	static xp_u64 begin, shown;
	xp_u64 now = xp_clock();
	double rate, left;

	if (e->quiet || !isatty(STDERR_FILENO))
		return;
	if (!begin || done < e->jobs)
		begin = now;
	if (now - shown < 250000000ull || now == begin)
		return;
	shown = now;
	rate = done / ((now - begin) / 1e9);
	left = rate > 0 && of > done ? (of - done) / rate : 0;
	fprintf(stderr, "\r%5.1f %%  %s states  %.1f million/s  %.0f s left  ",
		of ? 100.0 * done / of : 100.0, grouped(done), rate / 1e6, left);
	fflush(stderr);
}

static void report_picture(const struct smallest *smallest)
{
	static struct xp_space space;

	if (xp_space_make(&space, &smallest->bound))
		return;
	apart_state(&space, smallest->state, NULL, PICTURE_SECONDS);
	xp_space_free(&space);
}

/* Alone the state is right: wrong is that others are not. */
static bool is_mixed(const struct xp_group *g)
{
	return strstr(g->words, XP_MIXED);
}

static void report_again(const struct xp_group *g, const struct xp_bound *bound,
			 const char *id)
{
	const char *command = lk_host_option("command");

	printf("again: %s ", command ? command : "libkern-exhaust");
	if (is_mixed(g))
		printf("--blocks %u --pages %u%s\n", bound->blocks, bound->pages,
		       bound->unfolded ? " --unfolded" : "");
	else
		printf("--replay %s\n", id);
}

static void report_group(const struct exhaust *e, const struct xp_group *g,
			 const struct smallest *smallest)
{
	/* who stops early gets what there is */
	bool any = e->interrupted || e->stopped;
	char id[XP_ID_SIZE];

	xp_id_print(&smallest->bound, smallest->state, id, sizeof(id));
	printf("\nviolation: %s\n%s state%s; %s is %s\n", g->words,
	       grouped(g->count), g->count == 1 ? "" : "s",
	       any ? "the smallest so far" : "the smallest", id);
	if (e->interrupted && g->fatal)
		printf("(not drawn: it costs a process)\n");
	else
		report_picture(smallest);
	report_again(g, &smallest->bound, id);
}

/* "1 known finding (eof_block: 5 states), ", and what is not in this tree. */
static void report_findings(const struct xp_result *r)
{
	unsigned int i, n = 0, gone = 0;
	const char *between = "";

	for (i = 0; i < XP_FINDINGS; i++) {
		n += !!r->known[i];
		gone += !r->known[i] && r->free[i];
	}
	if (n)
		printf("%u known finding%s (", n, n == 1 ? "" : "s");
	for (i = 0; i < XP_FINDINGS; i++) {
		if (!r->known[i])
			continue;
		printf("%s%s: %s states", between, xp_finding_names[i],
		       grouped(r->known[i]));
		between = ", ";
	}
	if (n)
		printf("), ");
	for (i = 0; i < XP_FINDINGS; i++)
		if (!r->known[i] && r->free[i])
			printf("%s: not in this tree, ", xp_finding_names[i]);
	if (!n && !gone)
		printf("no known finding, ");
}

/**
 * report_result() - what was found
 * @e: the run, which has ended
 */
void report_result(struct exhaust *e)
{
	const struct xp_result *r = &e->result;
	bool part = e->interrupted || e->given_up || e->stopped;
	struct smallest smallest[XP_GROUPS];
	unsigned int i;

	if (!e->quiet && isatty(STDERR_FILENO))
		fprintf(stderr, "\r%*s\r", 78, "");
	shrink(e, smallest);
	for (i = 0; i < r->ngroups; i++)
		report_group(e, &r->group[i], &smallest[i]);
	if (r->other)
		printf("and %s violations of further causes\n", grouped(r->other));
	if (r->ngroups)
		printf("\n");
	if (part)
		printf("not gone through to the end: %s\n",
		       e->given_up ? e->given_up : e->interrupted ?
		       "interrupted" : "one violation was asked for");
	if (r->violations)
		printf("%s violations of %u cause%s", grouped(r->violations),
		       r->ngroups, r->ngroups == 1 ? "" : "s");
	else
		printf("no violation");
	printf(" in %s states", grouped(r->states));
	if (part)
		printf(" so far, of %s", grouped(states_of(e)));
	printf(", %s", bound_words(&e->space.bound));
	if (e->shards > 1)
		printf(", shard %u of %u", e->shard + 1, e->shards);
	printf("\n");
	report_findings(r);
	printf("%u new violation%s\n", r->ngroups, r->ngroups == 1 ? "" : "s");
	printf("%.1f s, %.2f million states/s\n", e->seconds,
	       r->states / e->seconds / 1e6);
	fflush(stdout);
}
