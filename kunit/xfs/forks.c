// SPDX-License-Identifier: GPL-2.0-only
/*
 * Forks laid out by a scenario, and read back. See forks.h.
 *
 * The fork that is not judged holds something else in every block, so that an
 * operation on the wrong fork shows.
 */
#include <linux/fs.h>
#include <linux/iomap.h>
#include <linux/pagemap.h>

#include "forks.h"

struct forks forks;

/* Where on disk block 0 of the window lies; the forks apart. */
static const u64 forks_disk[XFS_STUB_FORKS] = { 0x10000, 0x40000 };

#define FORKS_INDLEN	4	/* more than any tree of so few extents needs */

/**
 * forks_finding() - does the known finding cow_fork apply?
 *
 * To writes that go to the COW fork, in trees whose punch cannot be told which
 * fork it is for. There the data fork is punched, in the very ranges in which
 * the COW fork should be: the same oracle judges it.
 */
bool forks_finding(void)
{
	return forks.written == XFS_STUB_COW && !xfs_stub_punch_takes_fork;
}

/**
 * forks_finding_done() - end of a case on the COW fork
 * @f: the fixture
 */
void forks_finding_done(struct fixture *f)
{
	if (f->bad)
		return;
	if (forks_finding())
		kunit_skip(f->test, "known finding: " FINDING_COW_FORK);
	world_note("finding: " FINDING_COW_FORK, "not in this tree");
}

/**
 * forks_finding_of() - end of a case that has written to files of one kind
 * @f: the fixture
 * @reflink: they had a COW fork, and writes went there
 */
void forks_finding_of(struct fixture *f, bool reflink)
{
	if (!reflink)
		return;
	forks.written = XFS_STUB_COW;
	forks_finding_done(f);
}

/**
 * forks_setup() - set the file up and let releases go through XFS
 * @f: the fixture
 * @options: how
 * @written: the fork that writes go to; @f->s.extent describes what is in it
 *
 * Return: false if there is no such filesystem, which fails the case.
 */
bool forks_setup(struct fixture *f, const struct xfs_stub_options *options,
		 enum xfs_stub_fork written)
{
	const char *why = xfs_stub_setup(f->w.inode, options);

	if (why) {
		KUNIT_FAIL(f->test, "set-up refused: %s", why);
		f->bad = FX_MAX_BAD;
		return false;
	}
	forks.options = *options;
	forks.moves = false;
	forks.written = written;
	forks.judged = forks_finding() ? XFS_STUB_DATA : written;
	f->release = forks_release;
	return true;
}

static u64 forks_first(const struct fixture *f)
{
	return (u64)f->s.base >> f->s.blkbits;
}

static unsigned int forks_extents(const struct fixture *f, enum xfs_stub_fork fork,
				  struct xfs_stub_extent *e)
{
	const unsigned char *map = forks.map[fork];
	unsigned int b, n = 0;

	for (b = 0; b < f->s.nblocks; b++) {
		if (map[b] == SCN_HOLE)
			continue;
		if (b && map[b] == map[b - 1]) {
			e[n - 1].len++;
			continue;
		}
		e[n++] = (struct xfs_stub_extent) {
			.off	= forks_first(f) + b,
			.len	= 1,
			.block	= forks_disk[fork] + b,
			.indlen	= map[b] == SCN_DELALLOC ? FORKS_INDLEN : 0,
			.state	= (enum xfs_stub_state)map[b],
		};
	}
	return n;
}

/* Other files have as well what @text says of the places of the data fork. */
static const char *forks_share(const struct fixture *f, const char *text)
{
	const unsigned char *map = forks.map[XFS_STUB_DATA];
	unsigned int b, from, len = strlen(text);

	for (b = 0; b < len; b++)
		if (!strchr("s.", text[b]))
			return "a block is shared, s, or not";
	for (b = 0; len && b < f->s.nblocks; b++) {
		for (from = b; b < f->s.nblocks && text[b % len] == 's'; b++)
			if (map[b] != SCN_WRITTEN)
				break;
		if (b > from)
			xfs_stub_share(forks_disk[XFS_STUB_DATA] + from, b - from);
	}
	return NULL;
}

/**
 * forks_lay() - lay @forks.map out in the inode
 * @f: the fixture: base and length of the window
 * @shared: which blocks other files have as well, where the data fork is written:
 *	's' or '.' a block, repeated over the window; empty for none
 *
 * Return: false if XFS's side refuses it, which fails the case.
 */
bool forks_lay(struct fixture *f, const char *shared)
{
	static struct xfs_stub_extent e[SCN_MAX_BLOCKS];
	const char *why = xfs_stub_setup(f->w.inode, &forks.options);
	unsigned int fork;

	for (fork = 0; !why && fork < XFS_STUB_FORKS; fork++) {
		if (fork == XFS_STUB_COW && !forks.options.reflink)
			continue;
		why = xfs_stub_lay(f->w.inode, fork, e, forks_extents(f, fork, e));
	}
	if (!why)
		why = forks_share(f, shared);
	if (!why)
		return true;
	KUNIT_FAIL(f->test, "layout refused: %s", why);
	f->bad = FX_MAX_BAD;
	return false;
}

/**
 * forks_text() - read a layout
 * @map: gets one enum scn_extent a block
 * @n: length of the window in blocks
 * @text: one of "duw." a block, repeated over the window; empty for holes
 *
 * Return: NULL, or why this cannot be.
 */
const char *forks_text(unsigned char *map, unsigned int n, const char *text)
{
	static const char kinds[] = ".duw";
	unsigned int b, len = strlen(text);

	if (len > n)
		return "extents past the window";
	memset(map, SCN_HOLE, n);
	for (b = 0; len && b < n; b++) {
		const char *kind = strchr(kinds, text[b % len]);

		if (!kind)
			return "a block is one of d, u, w and .";
		map[b] = kind - kinds;
	}
	return NULL;
}

/* Where forks_note() puts what it is shown. */
struct forks_view {
	unsigned char	*map;
	u64		*place;
	u64		first;
	u64		n;
};

static void forks_note(void *arg, const struct xfs_stub_extent *e)
{
	const struct forks_view *v = arg;
	u64 from = max(e->off, v->first), to = min(e->off + e->len, v->first + v->n);

	for (; from < to; from++) {
		v->map[from - v->first] = e->state;
		v->place[from - v->first] = e->block + (from - e->off);
	}
}

/**
 * forks_observe() - read both forks into @forks.map
 * @f: the fixture; what lies out of the window is left off
 */
void forks_observe(struct fixture *f)
{
	struct forks_view view = { .first = forks_first(f), .n = f->s.nblocks };
	unsigned int fork;

	for (fork = 0; fork < XFS_STUB_FORKS; fork++) {
		view.map = forks.map[fork];
		view.place = forks.place[fork];
		memset(view.map, SCN_HOLE, f->s.nblocks);
		xfs_stub_each(f->w.inode, fork, forks_note, &view);
	}
}

/**
 * forks_remember() - read both forks and keep that as what was before
 * @f: the fixture
 */
void forks_remember(struct fixture *f)
{
	unsigned int fork;

	forks_observe(f);
	for (fork = 0; fork < XFS_STUB_FORKS; fork++) {
		memcpy(forks.before[fork], forks.map[fork], f->s.nblocks);
		memcpy(forks.was[fork], forks.place[fork],
		       f->s.nblocks * sizeof(forks.was[fork][0]));
	}
}

/**
 * forks_shared() - may nobody write to this block of the data fork in place?
 * @block: in the window, as forks_observe() has seen it
 */
bool forks_shared(unsigned int block)
{
	return forks.map[XFS_STUB_DATA][block] == SCN_WRITTEN &&
		xfs_stub_is_shared(forks.place[XFS_STUB_DATA][block]);
}

/**
 * forks_was_shared() - the same as of forks_remember()
 * @block: in the window
 */
bool forks_was_shared(unsigned int block)
{
	return forks.before[XFS_STUB_DATA][block] == SCN_WRITTEN &&
		xfs_stub_is_shared(forks.was[XFS_STUB_DATA][block]);
}

/**
 * forks_expect() - does a fork hold this?
 * @f: the fixture; fails its case if not
 * @fork: which
 * @want: one of "duw." a block, for the first blocks of the window
 */
void forks_expect(struct fixture *f, enum xfs_stub_fork fork, const char *want)
{
	unsigned int b, n = min_t(unsigned int, strlen(want), f->s.nblocks);
	char got[64];

	forks_observe(f);
	for (b = 0; b < n && b < sizeof(got) - 1; b++)
		got[b] = ".duw"[forks.map[fork][b]];
	got[b] = '\0';
	KUNIT_EXPECT_STREQ(f->test, got, want);
	forks_whole(f);
}

/**
 * forks_whole() - are the counters those of the extents?
 * @f: the fixture; fails its case if not
 */
bool forks_whole(struct fixture *f)
{
	char why[200];

	if (xfs_stub_sums_right(f->w.inode, &forks.options, why, sizeof(why)))
		return true;
	fx_bad(f, why);
	return false;
}

/* What lies in the fork that nobody has asked to touch: something of each kind. */
static void forks_other(struct fixture *f)
{
	static const unsigned char round[] = {
		SCN_DELALLOC, SCN_DELALLOC, SCN_WRITTEN, SCN_DELALLOC, SCN_UNWRITTEN,
	};
	unsigned char *map = forks.map[!forks.judged];
	unsigned int b;

	for (b = 0; b < f->s.nblocks; b++)
		map[b] = round[b % ARRAY_SIZE(round)];
}

static void forks_take_punches(struct fixture *f)
{
	const struct xfs_stub_punch *p = xfs_stub_punches.punch;
	unsigned int i;

	for (i = 0; i < xfs_stub_punches.n && i < XFS_STUB_MAX_PUNCHES; i++, p++) {
		if (!p->locked)
			f->fs.unlocked++;
		f->fs.punch[i].offset = p->start;
		f->fs.punch[i].length = p->end - p->start;
	}
	f->fs.npunches = xfs_stub_punches.n;
}

/**
 * forks_end() - ->iomap_end of XFS, and what it has done to the forks
 * @f: the fixture; @forks.before is as it was, the results go to @f->fs
 * @pos: of the mapping that ends, in bytes
 * @length: bytes asked for
 * @written: bytes written
 * @flags: IOMAP_WRITE and so on
 * @iomap: the mapping, inside a struct iomap_iter
 *
 * Return: what ->iomap_end returned; -EUCLEAN if the other fork or the counters
 * are not as they were, which has failed the case.
 */
int forks_end(struct fixture *f, loff_t pos, loff_t length, ssize_t written,
	      unsigned int flags, struct iomap *iomap)
{
	int err;

	xfs_stub_forget();
	f->fs.unlocked = 0;
	err = xfs_stub_write_ops->iomap_end(f->w.inode, pos, length, written, flags, iomap);
	forks_observe(f);
	forks_take_punches(f);
	memcpy(f->fs.extent, forks.map[forks.judged], f->s.nblocks);
	if (forks.options.reflink && !forks.moves &&
	    memcmp(forks.map[!forks.judged], forks.before[!forks.judged], f->s.nblocks)) {
		fx_bad(f, "the other fork has changed");
		return -EUCLEAN;
	}
	return forks_whole(f) ? err : -EUCLEAN;
}

/**
 * forks_release() - ->iomap_end of XFS after a write of nothing over @f->s's range
 * @f: the fixture; its results go to @f->fs
 *
 * Return: see forks_end().
 */
int forks_release(struct fixture *f)
{
	struct inode *inode = f->w.inode;
	struct iomap_iter iter = {
		.inode	= inode,
		.pos	= f->s.start,
		.len	= f->s.end - f->s.start,
		.flags	= IOMAP_WRITE,
		.iomap	= fx_fresh(f->s.start, f->s.end),
	};
	unsigned int fork;
	int err;

	if (forks.written == XFS_STUB_COW)
		iter.iomap.flags |= IOMAP_F_SHARED;
	memcpy(forks.map[forks.judged], f->s.extent, f->s.nblocks);
	forks_other(f);
	if (!forks_lay(f, ""))
		return -EUCLEAN;
	for (fork = 0; fork < XFS_STUB_FORKS; fork++)
		memcpy(forks.before[fork], forks.map[fork], f->s.nblocks);
	inode_lock(inode);
	err = forks_end(f, iter.pos, iter.len, 0, iter.flags, &iter.iomap);
	inode_unlock(inode);
	return err;
}

/**
 * forks_lock() - take what the caller of ->iomap_end holds
 * @f: the fixture
 * @flags: of the operation
 */
void forks_lock(struct fixture *f, unsigned int flags)
{
	if (flags & IOMAP_FAULT)
		filemap_invalidate_lock_shared(f->w.inode->i_mapping);
	else if (flags & (IOMAP_ZERO | IOMAP_UNSHARE))
		fx_lock_writers(f);
	else
		inode_lock(f->w.inode);
}

/**
 * forks_unlock() - undo forks_lock()
 * @f: the fixture
 * @flags: of the operation
 */
void forks_unlock(struct fixture *f, unsigned int flags)
{
	if (flags & IOMAP_FAULT)
		filemap_invalidate_unlock_shared(f->w.inode->i_mapping);
	else if (flags & (IOMAP_ZERO | IOMAP_UNSHARE))
		fx_unlock_writers(f);
	else
		inode_unlock(f->w.inode);
}

/**
 * forks_end_judged() - one ->iomap_end over @forks.map, and the verdict on it
 * @f: the fixture: fx_build() and forks_setup() have been called
 * @pos: of the mapping that ends, in bytes
 * @length: bytes asked for
 * @written: bytes written
 * @flags: IOMAP_WRITE and so on: the locks of such a caller are held
 * @iomap: the mapping, inside a struct iomap_iter
 *
 * The case judges the known finding eof_block where the range lies in it.
 */
void forks_end_judged(struct fixture *f, loff_t pos, loff_t length, ssize_t written,
		      unsigned int flags, struct iomap *iomap)
{
	int err;

	if (!forks_lay(f, ""))
		return;
	forks_remember(f);
	memcpy(f->s.extent, forks.before[forks.judged], f->s.nblocks);
	fx_short_range(f, pos, length, written);
	if (iomap->type != IOMAP_DELALLOC || !(iomap->flags & IOMAP_F_NEW) ||
	    flags & IOMAP_FAULT)
		f->s.end = f->s.start;
	f->side = fx_side_wants(f, FX_FINDING) ? FX_FINDING : FX_PLAIN;
	f->splats = world_splats();
	forks_lock(f, flags);
	err = forks_end(f, pos, length, written, flags, iomap);
	forks_unlock(f, flags);
	fx_judge(f, err);
}
