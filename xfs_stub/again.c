// SPDX-License-Identifier: GPL-2.0-only
/*
 * Forks put back to what they were, for those who punch the same ones millions of
 * times: extents and counters are kept once, looked at after each punch, and only
 * what the punch took away is laid out again, through XFS's own tree of extents.
 */
#include <xfs_stub/tree.h>
#include <xfs_stub/local.h>

#define XFS_STUB_MAX_KEPT	64

/* What the delayed extents of a fork hold, in blocks. */
struct xfs_stub_held {
	s64	blocks;
	s64	ind;
};

/* Both forks, and what is counted, as they were. */
static struct {
	unsigned int		n[XFS_STUB_FORKS];
	struct xfs_bmbt_irec	irec[XFS_STUB_FORKS][XFS_STUB_MAX_KEPT];
	struct xfs_stub_held	held[XFS_STUB_FORKS];
	struct xfs_stub_counters counters;
	struct xfs_stub_disk	disk;
} kept;

static bool xfs_stub_same(const struct xfs_bmbt_irec *a, const struct xfs_bmbt_irec *b)
{
	return a->br_startoff == b->br_startoff && a->br_startblock == b->br_startblock &&
		a->br_blockcount == b->br_blockcount && a->br_state == b->br_state;
}

static void xfs_stub_hold(struct xfs_stub_held *held, const struct xfs_bmbt_irec *irec)
{
	held->blocks += irec->br_blockcount;
	held->ind += startblockval(irec->br_startblock);
}

/**
 * xfs_stub_keep() - keep both forks as they are now, and all counters
 * @inode: the file
 */
void xfs_stub_keep(struct inode *inode)
{
	struct xfs_iext_cursor cur;
	struct xfs_bmbt_irec irec;
	struct xfs_ifork *ifp;
	unsigned int fork;

	for (fork = 0; fork < XFS_STUB_FORKS; fork++) {
		kept.n[fork] = 0;
		kept.held[fork] = (struct xfs_stub_held){ 0 };
		ifp = xfs_stub_ifork(inode, fork);
		if (!ifp)
			continue;
		for_each_xfs_iext(ifp, &cur, &irec) {
			BUG_ON(kept.n[fork] == XFS_STUB_MAX_KEPT);
			kept.irec[fork][kept.n[fork]++] = irec;
			if (isnullstartblock(irec.br_startblock))
				xfs_stub_hold(&kept.held[fork], &irec);
		}
	}
	xfs_stub_count(inode, &kept.counters);
	kept.disk = xfs_stub_disk;
}

/**
 * xfs_stub_changed() - is a fork other than it was kept?
 * @inode: the file
 * @fork: which fork
 */
bool xfs_stub_changed(struct inode *inode, enum xfs_stub_fork fork)
{
	struct xfs_ifork *ifp = xfs_stub_ifork(inode, fork);
	struct xfs_iext_cursor cur;
	struct xfs_bmbt_irec irec;
	unsigned int n = 0;

	if (!ifp)
		return false;
	for_each_xfs_iext(ifp, &cur, &irec)
		if (n == kept.n[fork] || !xfs_stub_same(&irec, &kept.irec[fork][n++]))
			return true;
	return n != kept.n[fork];
}

/* The next extent that was kept and has a place; @n moves behind it. */
static const struct xfs_bmbt_irec *xfs_stub_next_real(enum xfs_stub_fork fork, unsigned int *n)
{
	while (*n < kept.n[fork]) {
		const struct xfs_bmbt_irec *irec = &kept.irec[fork][(*n)++];

		if (!isnullstartblock(irec->br_startblock))
			return irec;
	}
	return NULL;
}

static enum xfs_stub_state xfs_stub_state(const struct xfs_bmbt_irec *irec)
{
	if (isnullstartblock(irec->br_startblock))
		return XFS_STUB_DELALLOC;
	return irec->br_state == XFS_EXT_UNWRITTEN ? XFS_STUB_UNWRITTEN : XFS_STUB_WRITTEN;
}

/* Do the counters say what has gone of the delayed extents of @fork, and no more? */
static const char *xfs_stub_count_wrong(struct inode *inode, enum xfs_stub_fork fork,
					const struct xfs_stub_held *held, bool any)
{
	const struct xfs_stub_counters *was = &kept.counters;
	s64 blocks = kept.held[fork].blocks - held->blocks;
	s64 back = blocks + kept.held[fork].ind - held->ind;
	bool mark = was->cowblocks && (fork != XFS_STUB_COW || any);
	struct xfs_stub_counters c;

	xfs_stub_count(inode, &c);
	if (c.free != was->free + back)
		return "free blocks are not those of the extents";
	if (c.reserved != was->reserved - back)
		return "reserved blocks are not those of the extents";
	if (c.delayed != was->delayed - blocks)
		return "the inode counts other delayed blocks than it has";
	if (c.blocks != was->blocks || c.size != was->size)
		return "the inode's blocks or its size on disk have changed";
	if (c.cowblocks != mark || c.eofblocks != was->eofblocks)
		return "the inode is marked for background work otherwise than it should be";
	if (memcmp(&kept.disk, &xfs_stub_disk, sizeof(kept.disk)))
		return "blocks on disk were given out or given back";
	return NULL;
}

/**
 * xfs_stub_look() - what a punch has made of a fork that was kept
 * @inode: the file
 * @fork: which fork
 * @first: first block of the window in the file
 * @map: gets one enum xfs_stub_state a block of the window, 0 for holes
 * @n: length of the window in blocks
 *
 * Return: what is wrong with the tree of extents, with those that have a place, or
 * with a counter; NULL: nothing.
 */
const char *xfs_stub_look(struct inode *inode, enum xfs_stub_fork fork, u64 first,
			  unsigned char *map, unsigned int n)
{
	struct xfs_ifork *ifp = xfs_stub_ifork(inode, fork);
	const char *why = xfs_stub_tree_wrong(XFS_I(inode), ifp);
	struct xfs_stub_held held = { 0 };
	const struct xfs_bmbt_irec *real;
	struct xfs_iext_cursor cur;
	struct xfs_bmbt_irec irec;
	unsigned int at = 0;
	u64 b;

	memset(map, 0, n);
	if (why)
		return why;
	for_each_xfs_iext(ifp, &cur, &irec) {
		if (irec.br_startoff < first || irec.br_startoff + irec.br_blockcount > first + n)
			return "an extent lies where there was none";
		for (b = 0; b < irec.br_blockcount; b++)
			map[irec.br_startoff - first + b] = xfs_stub_state(&irec);
		if (isnullstartblock(irec.br_startblock)) {
			xfs_stub_hold(&held, &irec);
			continue;
		}
		real = xfs_stub_next_real(fork, &at);
		if (!real || !xfs_stub_same(real, &irec))
			return "an extent that is not delalloc has changed";
	}
	if (xfs_stub_next_real(fork, &at))
		return "an extent that is not delalloc has gone";
	return xfs_stub_count_wrong(inode, fork, &held, ifp->if_bytes);
}

/* An empty cursor stands for the end: where the next extent would be put. */
static void xfs_stub_to_end(struct xfs_ifork *ifp, struct xfs_iext_cursor *cur)
{
	if (!ifp->if_bytes) {
		xfs_iext_first(ifp, cur);
		return;
	}
	xfs_iext_last(ifp, cur);
	xfs_iext_next(ifp, cur);
}

static void xfs_stub_put_extents(struct xfs_inode *ip, struct xfs_ifork *ifp,
				 enum xfs_stub_fork fork)
{
	uint32_t state = fork == XFS_STUB_COW ? BMAP_COWFORK : 0;
	struct xfs_iext_cursor cur;
	struct xfs_bmbt_irec is;
	unsigned int n = 0;
	bool there;

	xfs_iext_first(ifp, &cur);
	for (;;) {
		struct xfs_bmbt_irec *was = n < kept.n[fork] ? &kept.irec[fork][n] : NULL;

		there = xfs_iext_get_extent(ifp, &cur, &is);
		if (!there && !was)
			return;
		if (there && (!was || is.br_startoff < was->br_startoff)) {
			/* behind the middle of an extent that the punch has cut */
			xfs_iext_remove(ip, &cur, state);
			if (!xfs_iext_get_extent(ifp, &cur, &is))
				xfs_stub_to_end(ifp, &cur);
			continue;
		}
		if (!there || is.br_startoff > was->br_startoff)
			xfs_iext_insert(ip, &cur, was, state);
		else if (!xfs_stub_same(&is, was))
			xfs_iext_update_extent(ip, state, &cur, was);
		xfs_iext_next(ifp, &cur);
		n++;
	}
}

/**
 * xfs_stub_restore() - make a fork and all counters what was kept
 * @inode: the file: xfs_stub_look() has found nothing wrong
 * @fork: which fork
 */
void xfs_stub_restore(struct inode *inode, enum xfs_stub_fork fork)
{
	struct xfs_inode *ip = XFS_I(inode);
	struct xfs_ifork *ifp = xfs_stub_ifork(inode, fork);

	xfs_ilock(ip, XFS_ILOCK_EXCL);
	xfs_stub_put_extents(ip, ifp, fork);
	xfs_iunlock(ip, XFS_ILOCK_EXCL);
	*xfs_stub_free(ip->i_mount) = kept.counters.free;
	*xfs_stub_reserved(ip->i_mount) = kept.counters.reserved;
	ip->i_delayed_blks = kept.counters.delayed;
	xfs_stub_tags.cowblocks = kept.counters.cowblocks;
}
