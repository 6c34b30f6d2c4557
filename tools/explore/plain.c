// SPDX-License-Identifier: GPL-2.0-only
/*
 * The recording filesystem of the suites as the target: the release by itself, and
 * the end of a write as a filesystem's ->iomap_end would make it.
 *
 * Windows: of each ratio of block to page one, as long as the bound allows: what a
 * shorter one holds a longer one holds too, with nothing behind it. These lie at the
 * front of the file; shorter ones lie round 4 GiB, and others of a few blocks are for
 * writes.
 *
 * Extent maps: one, all of it delalloc. The release never sees an extent; it calls
 * the punch, which does to each block by itself what it does, and only delalloc
 * goes. A violation over another map is one over this map too. An unfolded run
 * takes every map and wants the calls of this one, and of a write those of the
 * release.
 */
#include <linux/fs.h>
#include <linux/iomap.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include <compat.h>

#include "emit.h"
#include "target.h"

const struct xp_target xp_target = {
	.name		= "plain",
	.prefix		= "x",
	.blocks		= 8,
	.pages		= 6,
	.entries	= XP_ZERO + 1,
	.rate		= 3000000,
};

void target_parts(struct xp_space *space)
{
	const struct xp_bound *bound = &space->bound;
	xp_u64 page_4g = space_page_4g(bound);
	unsigned int ratio, pages, blocks;

	for (ratio = 0; ratio < XP_RATIOS; ratio++)
		space_part(space, ratio, space_pages(bound, ratio), 0, XP_RELEASES);
	for (ratio = 0; ratio < XP_RATIOS; ratio++) {
		/* the edge of 32 bits lies in the middle, or in front */
		pages = (space_pages(bound, ratio) + 1) / 2;
		space_part(space, ratio, pages, page_4g - pages / 2, XP_RELEASES);
	}
	blocks = min(bound->blocks, 4U);
	for (ratio = 0; ratio < XP_RATIOS; ratio++) {
		pages = min(blocks >> ratio, 2U);
		space_part(space, ratio, min(pages, bound->pages), page_4g, XP_WRITES);
	}
}

xp_u64 target_maps(const struct xp_space *space, const struct xp_part *part)
{
	if (!space->bound.unfolded || part->kind == XP_WRITES)
		return 1;
	return 1ULL << 2 * (part->pages << part->ratio);
}

const char *target_open(struct xp_state *x)
{
	return NULL;
}

/* Delalloc throughout, or the map of that number. */
bool target_lay(struct xp_state *x, xp_u64 map)
{
	struct scenario *s = &x->f->s;
	unsigned int b;

	for (b = 0; b < s->nblocks; b++, map >>= 2)
		s->extent[b] = (SCN_DELALLOC + map) & 3;
	return true;
}

static int plain_write(struct xp_state *x, const struct xp_row *row)
{
	struct fixture *f = x->f;
	bool zero = row->entry == XP_ZERO;
	int err;

	if (LK_ENTRY_RELEASE && f->s.start == f->s.end)
		return 0;
	if (zero)
		fx_lock_writers(f);
	err = fx_short_call(f, f->s.base + row->pos, row->end - row->pos, row->written,
			    zero ? IOMAP_ZERO : IOMAP_WRITE, &x->iomap);
	if (zero)
		fx_unlock_writers(f);
	return err;
}

int target_call(struct xp_state *x, const struct xp_row *row)
{
	struct fixture *f = x->f;

	memcpy(f->fs.extent, f->s.extent, f->s.nblocks);
	xp_state_iomap(x, row, &x->iomap);
	f->fs.iomap = &x->iomap;
	if (row->entry != XP_RELEASE)
		return plain_write(x, row);
	return compat_release(f->w.inode, f->s.start, f->s.end, IOMAP_WRITE, &x->iomap);
}

bool target_locked(const struct xp_state *x)
{
	return false;
}

const char *target_judge(struct xp_state *x, enum xp_verdict *verdict)
{
	return NULL;
}

enum xp_verdict target_finding(struct xp_state *x, enum xp_verdict verdict,
			       const char **words)
{
	return verdict;
}

void target_again(struct xp_state *x, bool wrong)
{
}

const char *target_end(struct xp_state *x)
{
	return NULL;
}

static unsigned char plain_extent[XP_MAX_BLOCKS];

void target_fold(struct xp_state *x)
{
	struct scenario *s = &x->f->s;

	memcpy(plain_extent, s->extent, s->nblocks);
	memset(s->extent, SCN_DELALLOC, s->nblocks);
}

const char *target_unfold(struct xp_state *x, const unsigned char *extent)
{
	memcpy(x->f->s.extent, plain_extent, x->f->s.nblocks);
	return NULL;
}

static void plain_punch(struct recfs *fs)
{
	const struct oracle_punch *p = &fs->punch[fs->npunches - 1];

	if (fs->npunches <= RECFS_MAX_PUNCHES)
		behaviour_note(p->offset, p->length, fs->npunches == 1);
}

void target_watch(struct xp_state *x)
{
	x->f->fs.inside = plain_punch;
}

xp_u64 target_digest(const struct xp_state *x, xp_u64 h)
{
	return h;
}

unsigned int target_weight(const struct xp_part *part, xp_u64 map)
{
	return !!map;
}

void target_show(const struct xp_state *x)
{
}

void target_emit_headers(void)
{
	emit("#include \"fixture.h\"");
}

void target_emit_variables(const struct xp_state *x, const struct xp_row *row)
{
	const struct scenario *s = &x->f->s;

	if (row->entry == XP_RELEASE)
		return;
	emit("\tstruct iomap iomap = {");
	emit_iomap(s, row, "");
	emit("\t};");
}

void target_emit_call(const struct xp_state *x, const struct xp_row *row)
{
	bool zero = row->entry == XP_ZERO;

	if (row->entry == XP_RELEASE) {
		emit("\tf->s.start = base + %u;", row->pos);
		emit("\tf->s.end = base + %u;", row->end);
		emit("\tif (!fx_build(f, NULL))");
		emit("\t\treturn;");
		emit("\tf->side = fx_side_wants(f, FX_FINDING) ? FX_FINDING : FX_PLAIN;");
		emit("\tfx_release(f);");
		return;
	}
	emit("\tif (!fx_build(f, NULL))");
	emit("\t\treturn;");
	emit("\tfx_short_range(f, base + %u, %u, %u);", row->pos,
	     row->end - row->pos, row->written);
	emit("\tf->side = fx_side_wants(f, FX_FINDING) ? FX_FINDING : FX_PLAIN;");
	if (zero)
		emit("\tfx_lock_writers(f);");
	emit("\tfx_end_judged(f, base + %u, %u, %u, %s, &iomap);", row->pos,
	     row->end - row->pos, row->written, zero ? "IOMAP_ZERO" : "IOMAP_WRITE");
	if (zero)
		emit("\tfx_unlock_writers(f);");
}

void target_emit_end(void)
{
	emit("\tif (f->side == FX_FINDING)");
	emit("\t\tfx_finding_done(f);");
}
