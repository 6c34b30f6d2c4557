/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between the filesystems that a release is put to. One set of these is
 * linked: plain.c, the recording filesystem, or xfs/, XFS's own ->iomap_end.
 */
#ifndef EXPLORE_TARGET_H
#define EXPLORE_TARGET_H

#include "behaviour.h"
#include "rows.h"

/* space.c, for target_parts() */
void space_part(struct xp_space *space, unsigned int ratio, unsigned int pages,
		xp_u64 base, enum xp_kind kind);
unsigned int space_pages(const struct xp_bound *bound, unsigned int ratio);
xp_u64 space_page_4g(const struct xp_bound *bound);

/* Which windows there are, and how many extent maps each has (0: too many). */
void target_parts(struct xp_space *space);
xp_u64 target_maps(const struct xp_space *space, const struct xp_part *part);

/* The inode is open. Return: NULL, or what went wrong. */
const char *target_open(struct xp_state *x);

/* The extents of map @map: into @x->f->s, and to where the release finds them. */
bool target_lay(struct xp_state *x, xp_u64 map);

/* Do what @row says; xp_state_row() has set the range. Return: what that returned. */
int target_call(struct xp_state *x, const struct xp_row *row);

/* Does it still hold a lock that it has taken for that? */
bool target_locked(const struct xp_state *x);

/* Beyond what every target is judged by. Return: what is wrong, or NULL. */
const char *target_judge(struct xp_state *x, enum xp_verdict *verdict);

/* Is this a known finding of the target's own? @verdict, @words: so far. */
enum xp_verdict target_finding(struct xp_state *x, enum xp_verdict verdict,
			       const char **words);

/* The extents as before the call. @wrong: it was a violation. */
void target_again(struct xp_state *x, bool wrong);

/* After all rows of a map. Return: what is wrong, or NULL. */
const char *target_end(struct xp_state *x);

/*
 * Unfolded: take the extents of what this state is folded into; and give them back.
 * @extent: as this state leaves them. Return: what is otherwise in the folded one.
 */
void target_fold(struct xp_state *x);
const char *target_unfold(struct xp_state *x, const unsigned char *extent);

/* Watch the punches of a page cache: behaviour_note() at each. */
void target_watch(struct xp_state *x);
/* What the filesystem has beside @x->f->fs.extent, into a digest. */
xp_u64 target_digest(const struct xp_state *x, xp_u64 h);

/* How hard a map is to read: 0 to 15. */
unsigned int target_weight(const struct xp_part *part, xp_u64 map);

/* The picture is drawn: what else the target has. */
void target_show(const struct xp_state *x);

/* Parts of a suite: headers, variables, set-up with its call, and its end. */
void target_emit_headers(void);
void target_emit_variables(const struct xp_state *x, const struct xp_row *row);
void target_emit_call(const struct xp_state *x, const struct xp_row *row);
void target_emit_end(void);

#endif /* EXPLORE_TARGET_H */
