// SPDX-License-Identifier: GPL-2.0-only
/*
 * All states of some page caches, one after the other, each judged by the oracle
 * of the suites (kunit/oracle.c) and by their other rules.
 */
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "behaviour.h"
#include "target.h"

/* The kind that says most: what was lost comes before what else is wrong. */
static const char *judge_words(const struct oracle_verdict *v)
{
	unsigned int bad = 0;

	while (!v->bad[bad])
		bad++;
	return oracle_words(bad);
}

/**
 * xp_judge() - judge the release that has just been made
 * @x: the state
 * @words: what went wrong, if something did
 *
 * Return: how it was.
 */
enum xp_verdict xp_judge(struct xp_state *x, const char **words)
{
	struct fixture *f = x->f;
	enum xp_verdict verdict = XP_WRONG;
	struct oracle_input in;
	unsigned int block;

	*words = fx_judge_calls(f, x->err);
	if (*words)
		return world_invalidate_held(f->w.inode->i_mapping) || target_locked(x) ||
		       xp_state_changed(x) ? XP_SPOILT : XP_WRONG;
	*words = xp_state_changed(x);
	if (*words)
		return XP_SPOILT;
	*words = "i_size has changed";
	if (i_size_read(f->w.inode) != f->s.isize)
		return XP_WRONG;
	*words = target_judge(x, &verdict);
	if (*words)
		return verdict;
	fx_oracle_input(f, &in);
	in.dirty = x->dirty;
	oracle_judge(&in, &f->v);
	x->finding = XP_EOF_BLOCK;
	if (!f->v.nbad)
		verdict = finding_eof_block_mapped(&f->s, x->dirty, &block) ?
			  XP_FREE : XP_RIGHT;
	else if (finding_eof_block(&f->s, f->limits.dirty_per_block, &block) &&
		 finding_eof_block_holds(&in, &f->v))
		verdict = XP_KNOWN;
	else
		*words = judge_words(&f->v);
	return target_finding(x, verdict, words);
}

static void judge_violation(struct xp_job *job, const struct xp_space *space,
			    const char *words)
{
	struct xp_group one = { .count = 1, .state = job->at };

	one.weight = xp_weight(space, job->at);
	/* of a splat its own words are the cause */
	if (!strcmp(words, "the kernel complained"))
		words = xp_splat_words();
	strscpy(one.words, words, sizeof(one.words));
	xp_group_add(&job->result, &one);
	xp_splats_forget();
}

/* Unfolded: does the oracle say the same when it looks at each block again? */
static const char *judge_map(struct xp_state *x)
{
	struct oracle_verdict before = x->f->v;
	struct oracle_input in;

	fx_oracle_input(x->f, &in);
	oracle_judge(&in, &x->f->v);
	return memcmp(&before, &x->f->v, sizeof(before)) ?
	       "the oracle says otherwise without its map" : NULL;
}

/* Unfolded: does the state that this one is folded into make the same calls? */
static const char *judge_fold(struct xp_state *x, const struct xp_row *row)
{
	static struct oracle_punch punch[RECFS_MAX_PUNCHES];
	struct fixture *f = x->f;
	unsigned int n = f->fs.npunches;
	struct xp_row to = *row;
	unsigned char extent[XP_MAX_BLOCKS];
	const char *words;
	bool same;

	memcpy(punch, f->fs.punch, n * sizeof(*punch));
	memcpy(extent, f->fs.extent, f->s.nblocks);
	target_fold(x);
	rows_fold(x->part, x->space->bound.pagebits, &to, f->s.start, f->s.end);
	xp_state_row(x, &to);
	xp_state_call(x, &to);
	same = f->fs.npunches == n && !memcmp(punch, f->fs.punch, n * sizeof(*punch));
	words = target_unfold(x, extent);
	memcpy(f->fs.extent, extent, f->s.nblocks);
	return same ? words : "a state makes other calls than the one it is folded into";
}

/**
 * xp_judge_fold() - unfolded: is a state, which is right, like the one it is folded into?
 * @x: the state
 * @row: what it was put to
 *
 * Return: NULL, or what is not.
 */
const char *xp_judge_fold(struct xp_state *x, const struct xp_row *row)
{
	const char *words = judge_map(x);

	return words ? words : judge_fold(x, row);
}

static bool judge_build(struct xp_state *x, struct xp_job *job)
{
	if (xp_state_build(x, job->cache))
		return true;
	judge_violation(job, x->space, "a page cache does not come out as it was to be");
	xp_violation_digest(job, "not built");
	return false;
}

/* Nothing of the state before is used for this one. */
static bool judge_afresh(struct xp_state *x, struct xp_job *job)
{
	x->built = false;
	if (!judge_build(x, job))
		return false;
	behaviour_begin(x);
	return true;
}

/* Return: 1 if the process is spoilt. */
static int judge_row(struct xp_state *x, struct xp_job *job)
{
	const struct xp_row *row = &x->part->row[job->row];
	enum xp_verdict verdict;
	const char *words;
	xp_u64 digest;

	if (x->space->afresh && !judge_afresh(x, job))
		return 1;
	xp_state_row(x, row);
	xp_state_call(x, row);
	verdict = xp_judge(x, &words);
	digest = behaviour_digest(x, job->at, verdict, words);
	job->result.states++;
	job->result.digest += digest;
	job->last = digest;
	if (job->digests)
		job->digests(job->at, digest);
	switch (verdict) {
	case XP_RIGHT:
		break;
	case XP_FREE:
		if (!job->result.free[x->finding]++)
			job->result.free_state[x->finding] = job->at;
		break;
	case XP_KNOWN:
		job->result.known[x->finding]++;
		break;
	case XP_WRONG:
	case XP_SPOILT:
		judge_violation(job, x->space, words);
		x->f->splats = world_splats();
		if (verdict == XP_SPOILT)
			return 1;
		break;
	}
	target_again(x, verdict >= XP_WRONG);
	if (!x->space->bound.unfolded || verdict >= XP_WRONG)
		return 0;
	words = xp_judge_fold(x, row);
	if (words)
		judge_violation(job, x->space, words);
	return 0;
}

/* All rows of one page cache from @job->row on. */
static int judge_cache(struct xp_state *x, struct xp_job *job)
{
	const struct xp_part *part = xp_part_of_cache(x->space, job->cache);
	const char *words;
	bool last;

	job->at = xp_state_number(x->space, job->cache, job->row);
	job->whole = 1;
	job->last = 0;
	if (!judge_build(x, job))
		return 1;
	job->whole = 0;
	behaviour_begin(x);
	for (; job->row < part->nrows; job->row++, job->at++)
		if (judge_row(x, job))
			return 1;
	job->at--;
	job->whole = 1;
	last = job->cache + 1 == job->behind ||
	       (job->cache + 1 - part->first_cache) % part->maps == 0;
	words = xp_state_end(x, last);
	if (words) {
		judge_violation(job, x->space, words);
		xp_violation_digest(job, words);
	}
	job->result.caches++;
	job->whole = 0;
	return !!words;
}

/**
 * xp_run() - judge all states of some page caches
 * @space: what is enumerated
 * @job: which of them, and what was found
 *
 * Return: 0 when all of @job is done. 1 when a state has spoilt this process: the
 * next one is to go on behind the state @job->at.
 */
int xp_run(const struct xp_space *space, struct xp_job *job)
{
	static struct xp_state x;
	const char *words = NULL;

	if (!x.f)
		words = xp_state_open(&x, space);
	if (words) {
		xp_line(NULL, words);
		return 1;
	}
	x.space = space;
	for (; job->cache < job->behind; job->cache++, job->row = 0)
		if (judge_cache(&x, job))
			return 1;
	return 0;
}

/* All rows of a page cache called, and none judged. Return: nanoseconds. */
static xp_u64 judge_bare(struct xp_state *x)
{
	xp_u64 begin = xp_clock();
	unsigned int i;

	for (i = 0; i < x->part->nrows; i++) {
		xp_state_row(x, &x->part->row[i]);
		xp_state_call(x, &x->part->row[i]);
	}
	return xp_clock() - begin;
}

/* The same where extents have to be put back after each call, which is no part of it. */
static xp_u64 judge_bare_again(struct xp_state *x)
{
	xp_u64 begin, spent = 0;
	unsigned int i;

	for (i = 0; i < x->part->nrows; i++) {
		xp_state_row(x, &x->part->row[i]);
		begin = xp_clock();
		xp_state_call(x, &x->part->row[i]);
		spent += xp_clock() - begin;
		target_again(x, false);
	}
	/* nor is the clock */
	for (i = 0; i < x->part->nrows; i++) {
		begin = xp_clock();
		spent -= xp_clock() - begin;
	}
	return spent;
}

/**
 * xp_run_bare() - make the calls of some page caches and judge nothing
 * @space: what is enumerated
 * @job: which page caches; its result counts the calls
 *
 * For the bench: each page cache is built, then all of its rows are timed.
 *
 * Return: how many nanoseconds the calls took.
 */
xp_u64 xp_run_bare(const struct xp_space *space, struct xp_job *job)
{
	static struct xp_state x;
	xp_u64 spent = 0;

	if (!x.f && xp_state_open(&x, space))
		return 0;
	for (; job->cache < job->behind; job->cache++) {
		if (!xp_state_build(&x, job->cache))
			continue;
		spent += xp_target.puts_back ? judge_bare_again(&x) : judge_bare(&x);
		job->result.states += x.part->nrows;
		fx_snapshot(x.f, &x.f->now);
	}
	return spent;
}
