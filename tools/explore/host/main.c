// SPDX-License-Identifier: GPL-2.0-only
/*
 * libkern-exhaust: every state up to a bound against the oracle.
 *
 *	--blocks=N --pages=N	the bound
 *	--unfolded=1		also states that symmetry makes equal
 *	--afresh=1		each state by itself, nothing shared: the same digests
 *	--jobs N		processes at once
 *	--shard=I/N		this shard, from 1 to N
 *	--replay=ID		one state alone, drawn
 *	--emit-kunit=ID		one state as a KUnit suite
 *	--first=1		stop at the first violation
 *	--force=1		however long it takes
 *	--digest-file=FILE	the result also as a file; --tree=NAME says whose
 *	--slices=1		with a digest of each slice
 *	--mute=1		and only there
 *	--unfinished=1		also where it was given up
 *	--behaviour=N		what goes into the digests: enum xp_behaviour
 *	--states-of=FILE	the numbers of the states of these slices to stdout;
 *	--against=1		or holds them against those on stdin
 *	--plan=1		what would be enumerated, and how long that takes
 *	--bench=1		how much the verdict costs
 */
#include <stdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "exhaust.h"
#include "numbers.h"
#include "run.h"

/* A tree on which more states do not end is not worth the wait. */
#define HANGS		6
/* Of these one is judged, then one is only called, and so on. */
#define BENCH_SLICES	200
/* Longer than that, in seconds, only with --force. */
#define PATIENCE	3600

static int usage(const char *what, const char *why)
{
	fprintf(stderr, "libkern: %s %s\n", what, why);
	return EXIT_USAGE;
}

static bool shard(struct exhaust *e)
{
	const char *text = lk_host_option("shard");
	unsigned int i, n;
	char end;

	e->shards = 1;
	if (!text)
		return true;
	if (sscanf(text, "%u/%u%c", &i, &n, &end) != 2 || !i || i > n)
		return false;
	e->shard = i - 1;
	e->shards = n;
	return true;
}

/* --replay and --emit-kunit: one state, whose ID brings its bound along. */
static int one_state(struct exhaust *e, const char *id, bool emit)
{
	struct xp_bound bound;
	const char *why;
	xp_u64 state;

	why = xp_id_parse(id, &bound, &state);
	if (why)
		return usage(id, why);
	if ((lk_host_option("blocks") &&
	     bound.blocks != e->space.bound.blocks) ||
	    (lk_host_option("pages") && bound.pages != e->space.bound.pages))
		return usage(id, "is the ID of another bound than that of the command line");
	if (bound.pagebits != xp_pagebits())
		return usage(id, "is the ID of another page size: say which with --page-size");
	why = xp_space_make(&e->space, &bound);
	if (why)
		return usage(id, why);
	if (state >= e->space.states)
		return usage(id, "has a number that its bound does not have");
	return apart_state(&e->space, state, emit ? id : NULL, e->timeout);
}

static double estimate(const struct exhaust *e)
{
	return (double)e->space.states / xp_target.rate / e->jobs / e->shards;
}

static int plan(const struct exhaust *e)
{
	if (lk_host_option("mute"))
		return EXIT_GOOD;
	report_space(e);
	printf("about %.1f hours of one processor in %u shards\n",
	       estimate(e) * e->jobs * e->shards / 3600, e->shards);
	return EXIT_GOOD;
}

/* Is the bound one that somebody waits for? */
static bool patient(const struct exhaust *e)
{
	double seconds = estimate(e);

	if (seconds < PATIENCE || lk_host_option("force"))
		return true;
	fprintf(stderr,
		"libkern: %llu states take about %.1f hours here; --force does it%s\n",
		e->space.states / e->shards, seconds / 3600,
		lk_host_option("plan") ? ", more --shards do less each" :
		lk_host_option("mute") ? "" : ", --shard I/N does part of it");
	return false;
}

/* Unfolded: does the space hold every page cache that makes sense? */
static bool all_numbered(const struct exhaust *e)
{
	unsigned int parts;

	if (!xp_brute(&e->space, &parts)) {
		printf("violation: not every page cache that makes sense is numbered\n");
		return false;
	}
	printf("%u of %u windows hold every page cache that makes sense, by trying all\n",
	       parts, e->space.nparts);
	return true;
}

static int run(struct exhaust *e, unsigned int behaviour)
{
	const char *why = xp_space_make(&e->space, &e->space.bound);
	const char *digest = lk_host_option("digest-file");

	if (why)
		return usage("bound:", why);
	e->space.behaviour = behaviour;
	e->space.afresh = !!lk_host_option("afresh");
	if (!patient(e))
		return EXIT_USAGE;
	if (lk_host_option("plan"))
		return plan(e);
	if (lk_host_option("states-of"))
		return compare(e, lk_host_option("states-of"),
			       !!lk_host_option("against"));
	if (lk_host_option("slices"))
		e->slices = shared_numbers(slices_of(e));
	if (!lk_host_option("mute"))
		report_space(e);
	if (e->space.bound.unfolded && !all_numbered(e))
		return EXIT_BAD;
	workers_run(e);
	if (!lk_host_option("mute"))
		report_result(e);
	if (digest && (e->interrupted || e->stopped ||
		       (e->given_up && !lk_host_option("unfinished"))))
		fprintf(stderr, "libkern: not gone through to the end: no %s\n", digest);
	else if (digest && digest_write(e, digest))
		return EXIT_UNTESTED;
	if (e->result.violations)
		return EXIT_BAD;
	if (e->interrupted)
		return EXIT_INTERRUPTED;
	return e->given_up ? EXIT_UNTESTED : EXIT_GOOD;
}

/*
 * How much the verdict costs: the same page caches once with the calls alone and
 * once judged, in one process each, slice by slice so that both meet the same load.
 */
static int bench(struct exhaust *e)
{
	const char *why = xp_space_make(&e->space, &e->space.bound);
	static struct xp_job bare, judged;
	xp_u64 slice, at, bare_ns = 0, begin, judged_ns = 0;

	if (why)
		return usage("bound:", why);
	child_begin(NULL);
	slice = e->space.caches / BENCH_SLICES + 1;
	for (at = 0; at < e->space.caches; at = bare.behind) {
		bare.cache = at;
		bare.behind = at + slice < e->space.caches ? at + slice : e->space.caches;
		bare_ns += xp_run_bare(&e->space, &bare);
		judged.cache = at;
		judged.row = 0;
		judged.behind = bare.behind;
		begin = xp_clock();
		if (xp_run(&e->space, &judged))
			return EXIT_BAD;
		judged_ns += xp_clock() - begin;
	}
	printf("bare %llu %llu\njudged %llu %llu\n", bare.result.states, bare_ns,
	       judged.result.states, judged_ns);
	return judged.result.violations ? EXIT_BAD : EXIT_GOOD;
}

int main(int argc, char **argv)
{
	static struct exhaust e;
	int status = options_parse(argc, argv);
	unsigned int timeout = 5, behaviour = XP_EXTENTS;
	const char *id;

	if (status)
		return status < 0 ? EXIT_USAGE : EXIT_GOOD;
	/* it goes with whoever has started it */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	symbol_init();
	forbid_init();
	e.space.bound.blocks = xp_target.blocks;
	e.space.bound.pages = xp_target.pages;
	e.space.bound.pagebits = xp_pagebits();
	e.space.bound.unfolded = !!lk_host_option("unfolded");
	e.jobs = options.jobs < XP_MAX_WORKERS ? options.jobs : XP_MAX_WORKERS;
	e.quiet = !!lk_host_option("quiet");
	e.first = !!lk_host_option("first");
	if (!number("blocks", &e.space.bound.blocks) ||
	    !number("pages", &e.space.bound.pages) ||
	    !number("behaviour", &behaviour) ||
	    !number("state-timeout", &timeout))
		return usage("a number", "is none");
	if (!shard(&e))
		return usage(lk_host_option("shard"), "is no shard: one is 1/4, 2/4, ...");
	e.timeout = timeout;
	e.hangs = HANGS;
	id = lk_host_option("replay");
	if (id)
		status = one_state(&e, id, false);
	else if (lk_host_option("emit-kunit"))
		status = one_state(&e, lk_host_option("emit-kunit"), true);
	else if (lk_host_option("bench"))
		status = bench(&e);
	else
		status = run(&e, behaviour);
	finish(written(status));
}
