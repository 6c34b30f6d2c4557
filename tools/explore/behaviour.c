// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a release does, as a number, so that two trees can be compared.
 *
 * Of interest is what the filesystem sees: which blocks are given up, and for each
 * which folios were locked and whether invalidate_lock was held when it was. Into
 * how many calls that is cut is nobody's business, unless each call is asked for;
 * nor is who takes the lock, or whether a function returns an int.
 */
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/pagemap.h>
#include <linux/string.h>

#include "mix.h"
#include "target.h"

/* Of the page cache that this process is at. */
static struct {
	struct xp_state	*x;
	xp_u64		locks[XP_MAX_BLOCKS];	/* at the first punch of a block */
} behaviour;

#define BEHAVIOUR_PUNCHED	(1ULL << 62)
#define BEHAVIOUR_INVALIDATE	(1ULL << 61)

static xp_u64 behaviour_locks(struct xp_state *x)
{
	xp_u64 locks = 0;
	unsigned int i;

	for (i = 0; i < x->nfolios; i++)
		if (folio_test_locked(x->folio[i].folio))
			locks |= 1ULL << i;
	if (world_invalidate_held(x->f->w.inode->i_mapping))
		locks |= BEHAVIOUR_INVALIDATE;
	return locks;
}

/**
 * behaviour_note() - inside a punch, which has changed nothing yet
 * @offset: first byte
 * @length: bytes
 * @first: it is the first one of its release
 */
void behaviour_note(xp_s64 offset, xp_s64 length, bool first)
{
	xp_u64 locks = behaviour_locks(behaviour.x) | BEHAVIOUR_PUNCHED;
	unsigned int b, behind;

	if (first)
		memset(behaviour.locks, 0, sizeof(behaviour.locks));
	if (!recfs_range(&behaviour.x->f->fs, offset, length, &b, &behind))
		return;
	for (; b < behind; b++)
		if (!behaviour.locks[b])
			behaviour.locks[b] = locks;
}

/**
 * behaviour_begin() - a page cache has been built
 * @x: the state
 */
void behaviour_begin(struct xp_state *x)
{
	if (x->space->behaviour < XP_LOCKS)
		return;
	behaviour.x = x;
	target_watch(x);
}

/**
 * behaviour_digest() - the number of what a release has done
 * @x: the state: the release has been judged
 * @number: of the state
 * @verdict: what the judge said
 * @words: and in words, where something was wrong
 */
xp_u64 behaviour_digest(const struct xp_state *x, xp_u64 number,
			enum xp_verdict verdict, const char *words)
{
	const struct fixture *f = x->f;
	const struct recfs *fs = &f->fs;
	xp_u64 h = number, word;
	unsigned int b, i;

	BUILD_BUG_ON(sizeof(fs->extent) % sizeof(word));
	for (b = 0; b < fs->nblocks; b += sizeof(word)) {
		/* whole words are quick to fetch; the machine is little-endian */
		memcpy(&word, fs->extent + b, sizeof(word));
		if (fs->nblocks - b < sizeof(word))
			word &= (1ULL << 8 * (fs->nblocks - b)) - 1;
		h = mix64(h, word);
	}
	h = target_digest(x, h);
	if (x->space->behaviour < XP_LOCKS)
		return h;
	for (b = 0; fs->npunches && b < fs->nblocks; b++)
		h = mix64(h, behaviour.locks[b]);
	h = mix64(h, world_splats() - f->splats);
	h = mix64(h, i_size_read(f->w.inode));
	h = mix64(h, world_invalidate_held(f->w.inode->i_mapping));
	/* what became of the page cache */
	for (; verdict == XP_SPOILT && *words; words++)
		h = mix64(h, *words);
	if (x->space->behaviour < XP_CALLS)
		return h;
	for (i = 0; i < fs->npunches && i < RECFS_MAX_PUNCHES; i++)
		h = mix64(mix64(h, fs->punch[i].offset), fs->punch[i].length);
	return h;
}

/**
 * xp_violation_digest() - what is found at no row, but before or behind all of them
 * @job: at the state that it is said of
 * @words: what it is
 */
void xp_violation_digest(struct xp_job *job, const char *words)
{
	xp_u64 h = mix64(job->at, 0xbad);

	for (; *words; words++)
		h = mix64(h, *words);
	job->result.digest += h;
	if (job->digests)
		job->digests(job->at, job->last + h);
}

/**
 * xp_behaviour_death() - the number of a state that has cost its process
 * @state: its number
 */
xp_u64 xp_behaviour_death(xp_u64 state)
{
	return mix64(state, 0xdead);
}
