// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is a tree of extents whole? Seen through XFS's own cursor, forwards, backwards
 * and by look-up: one that has lost a link reads well one way only. And does each
 * delayed extent keep as much for its own metadata as it may need, and no more?
 */
#include <xfs_stub/tree.h>
#include <xfs_stub/local.h>

/* Blocks of metadata that @len blocks in one extent each would take, level by level. */
static u64 xfs_stub_most(const struct xfs_mount *mp, u64 len)
{
	unsigned int level;
	u64 sum = 0;

	for (level = 0; level < mp->m_bm_maxlevels[0]; level++) {
		len = div_u64(len + mp->m_bmap_dmxr[0] - 1, mp->m_bmap_dmxr[0]);
		sum += len;
	}
	return sum;
}

/**
 * xfs_stub_worst() - what a delayed extent may need for its metadata
 * @inode: the file
 * @len: blocks of the extent
 *
 * Return: blocks, if each block becomes an extent of its own.
 */
u64 xfs_stub_worst(struct inode *inode, u64 len)
{
	return xfs_stub_most(XFS_I(inode)->i_mount, len);
}

static const char *xfs_stub_extent_wrong(const struct xfs_mount *mp,
					 const struct xfs_bmbt_irec *irec)
{
	u64 ind;

	if (!irec->br_blockcount)
		return "an extent of no blocks";
	if (!isnullstartblock(irec->br_startblock))
		return NULL;
	if (irec->br_state != XFS_EXT_NORM)
		return "a delayed extent counts as unwritten";
	ind = startblockval(irec->br_startblock);
	if (!ind)
		return "a delayed extent keeps nothing for its metadata";
	if (ind > xfs_stub_most(mp, irec->br_blockcount))
		return "a delayed extent keeps more for its metadata than it can need";
	return NULL;
}

/* Is it what a look-up of @off comes to? */
static bool xfs_stub_found(struct xfs_inode *ip, struct xfs_ifork *ifp, xfs_fileoff_t off,
			   const struct xfs_bmbt_irec *want)
{
	struct xfs_iext_cursor cur;
	struct xfs_bmbt_irec got;

	return xfs_iext_lookup_extent(ip, ifp, off, &cur, &got) &&
		got.br_startoff == want->br_startoff &&
		got.br_blockcount == want->br_blockcount;
}

/**
 * xfs_stub_tree_wrong() - is something wrong with a tree of extents?
 * @ip: the inode
 * @ifp: its fork
 *
 * Return: what, or NULL.
 */
const char *xfs_stub_tree_wrong(struct xfs_inode *ip, struct xfs_ifork *ifp)
{
	struct xfs_iext_cursor cur;
	struct xfs_bmbt_irec irec;
	const char *why = NULL;
	u64 at = 0, n = 0;

	for_each_xfs_iext(ifp, &cur, &irec) {
		if (irec.br_startoff < at)
			return "extents overlap or are out of order";
		why = xfs_stub_extent_wrong(ip->i_mount, &irec);
		if (why)
			return why;
		at = irec.br_startoff + irec.br_blockcount;
		/* its last block, as a key that is too small lies in it */
		if (!xfs_stub_found(ip, ifp, at - 1, &irec))
			return "an extent is not found where it lies";
		n++;
	}
	if (n != xfs_iext_count(ifp))
		return "a fork counts other extents than it has";
	if (!n)
		return NULL;
	xfs_iext_last(ifp, &cur);
	while (xfs_iext_get_extent(ifp, &cur, &irec)) {
		if (!n-- || irec.br_startoff + irec.br_blockcount > at)
			return "a fork reads otherwise backwards";
		at = irec.br_startoff;
		xfs_iext_prev(ifp, &cur);
	}
	return n ? "a fork reads otherwise backwards" : NULL;
}

/*
 * What a fork was when it was last found whole. XFS counts its changes, but a tree
 * that forgets to must not keep anybody from looking: so what is in it belongs to
 * it as well. Only a change that is not counted and leaves every extent as it was
 * goes by, and that takes two faults at once.
 */
static struct xfs_stub_seen {
	bool		whole;
	unsigned int	seq;
	int		height;
	u64		hash;
} xfs_stub_seen[XFS_STUB_FORKS];

/**
 * xfs_stub_unsee() - a fork is emptied: what comes into it has not been seen
 * @fork: which fork
 */
void xfs_stub_unsee(enum xfs_stub_fork fork)
{
	xfs_stub_seen[fork].whole = false;
}

/**
 * xfs_stub_fork_wrong() - is something wrong with the extents of a fork?
 * @inode: the file
 * @fork: which fork; one that the file does not have is right
 * @hash: of its extents as they read now
 *
 * Return: what, or NULL.
 */
const char *xfs_stub_fork_wrong(struct inode *inode, enum xfs_stub_fork fork, u64 hash)
{
	struct xfs_ifork *ifp = xfs_stub_ifork(inode, fork);
	struct xfs_stub_seen *seen = &xfs_stub_seen[fork];
	const char *wrong;

	if (!ifp)
		return NULL;
	if (seen->whole && seen->seq == ifp->if_seq && seen->height == ifp->if_height &&
	    seen->hash == hash)
		return NULL;
	wrong = xfs_stub_tree_wrong(XFS_I(inode), ifp);
	*seen = (struct xfs_stub_seen){ !wrong, ifp->if_seq, ifp->if_height, hash };
	return wrong;
}
