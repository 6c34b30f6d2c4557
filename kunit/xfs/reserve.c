// SPDX-License-Identifier: GPL-2.0-only
/* Reservations without a write. See reserve.h. */
#include <linux/fs.h>
#include <linux/iomap.h>

#include "reserve.h"

/**
 * reserve_setup() - an empty file without a window
 * @f: the fixture
 * @options: of the file
 * @isize: its size in bytes
 *
 * Return: false if that is refused, which fails the case.
 */
bool reserve_setup(struct fixture *f, const struct xfs_stub_options *options, loff_t isize)
{
	i_size_write(f->w.inode, isize);
	return forks_setup(f, options, XFS_STUB_DATA);
}

/**
 * reserve_lay() - lay a fork out
 * @f: the fixture
 * @fork: which
 * @e: extents by rising offset
 * @n: how many
 *
 * Return: false if that is refused, which fails the case.
 */
bool reserve_lay(struct fixture *f, enum xfs_stub_fork fork, const struct xfs_stub_extent *e,
		 unsigned int n)
{
	const char *why = xfs_stub_lay(f->w.inode, fork, e, n);

	if (why)
		KUNIT_FAIL(f->test, "layout refused: %s", why);
	return !why;
}

static int reserve_begin(struct fixture *f, u64 off, u64 len, unsigned int flags, bool busy)
{
	struct inode *inode = f->w.inode;
	struct iomap_iter iter = {
		.inode	= inode,
		.pos	= off << inode->i_blkbits,
		.len	= len << inode->i_blkbits,
		.flags	= IOMAP_WRITE | flags,
	};
	int err;

	iter.iomap.type = IOMAP_HOLE;
	iter.srcmap.type = IOMAP_HOLE;
	forks_lock(f, iter.flags);
	if (busy)
		xfs_stub_ilock(inode, true);
	err = xfs_stub_write_ops->iomap_begin(inode, iter.pos, iter.len, iter.flags,
					      &iter.iomap, &iter.srcmap);
	if (busy)
		xfs_stub_ilock(inode, false);
	forks_unlock(f, iter.flags);
	forks_whole(f);
	return err;
}

/**
 * reserve_ask() - ask for a mapping as write(2) does
 * @f: the fixture; its counters are judged
 * @off: first block
 * @len: blocks
 *
 * Return: what ->iomap_begin returned.
 */
int reserve_ask(struct fixture *f, u64 off, u64 len)
{
	return reserve_begin(f, off, len, 0, false);
}

/**
 * reserve_ask_nowait() - the same of a write that is not to wait
 * @f: the fixture; its counters are judged
 * @off: first block
 * @len: blocks
 * @busy: somebody has the ilock
 *
 * Return: what ->iomap_begin returned.
 */
int reserve_ask_nowait(struct fixture *f, u64 off, u64 len, bool busy)
{
	return reserve_begin(f, off, len, IOMAP_NOWAIT, busy);
}

static void reserve_note(void *arg, const struct xfs_stub_extent *e)
{
	struct reserve_seen *seen = arg;

	if (seen->n < RESERVE_MAX)
		seen->e[seen->n] = *e;
	seen->blocks += e->len;
	seen->n++;
}

/**
 * reserve_see() - what lies in a fork
 * @f: the fixture
 * @fork: which
 *
 * Return: good until the next call.
 */
const struct reserve_seen *reserve_see(struct fixture *f, enum xfs_stub_fork fork)
{
	static struct reserve_seen seen;

	memset(&seen, 0, sizeof(seen));
	xfs_stub_each(f->w.inode, fork, reserve_note, &seen);
	return &seen;
}
