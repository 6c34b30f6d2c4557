// SPDX-License-Identifier: GPL-2.0-only
/*
 * Extents of a fork, laid out by a scenario and read back: through XFS's own
 * tree of extents, so that what is judged is what XFS has.
 */
#include <xfs_stub/tree.h>
#include <xfs_stub/local.h>

static const int xfs_stub_which[] = {
	[XFS_STUB_DATA]	= XFS_DATA_FORK,
	[XFS_STUB_COW]	= XFS_COW_FORK,
};

/**
 * xfs_stub_ifork() - a fork as XFS has it
 * @inode: the file
 * @fork: which
 *
 * Return: NULL where the file has no such fork.
 */
struct xfs_ifork *xfs_stub_ifork(struct inode *inode, enum xfs_stub_fork fork)
{
	return xfs_ifork_ptr(XFS_I(inode), xfs_stub_which[fork]);
}

static u64 xfs_stub_max_block(struct inode *inode)
{
	return (u64)inode->i_sb->s_maxbytes >> inode->i_blkbits;
}

static const char *xfs_stub_refuse(struct inode *inode, enum xfs_stub_fork fork,
				   const struct xfs_stub_extent *e, unsigned int n)
{
	u64 at = 0, limit = xfs_stub_max_block(inode);
	unsigned int i;

	if (!xfs_stub_ifork(inode, fork))
		return "a file without reflink has no COW fork";
	for (i = 0; i < n; i++) {
		if (e[i].state < XFS_STUB_DELALLOC || e[i].state > XFS_STUB_WRITTEN)
			return "an extent is delayed, unwritten or written";
		if (!e[i].len)
			return "an extent of no blocks";
		if (e[i].len > XFS_STUB_MAX_LEN)
			return "an extent longer than the on-disk format can say";
		if (e[i].indlen >= 1U << STARTBLOCKVALBITS)
			return "an extent keeps more for its metadata than a record can say";
		if (e[i].off > limit || e[i].len > limit - e[i].off)
			return "an extent beyond the largest offset";
		if (i && e[i].off < e[i - 1].off)
			return "extents out of order";
		if (i && e[i].off < at)
			return "extents overlap";
		at = e[i].off + e[i].len;
	}
	return NULL;
}

static void xfs_stub_irec(const struct xfs_stub_extent *e, struct xfs_bmbt_irec *irec)
{
	irec->br_startoff = e->off;
	irec->br_blockcount = e->len;
	irec->br_startblock = e->block;
	irec->br_state = e->state == XFS_STUB_UNWRITTEN ? XFS_EXT_UNWRITTEN : XFS_EXT_NORM;
	if (e->state == XFS_STUB_DELALLOC)
		irec->br_startblock = nullstartblock(e->indlen);
}

/* The books of blocks on disk: those of the COW fork count as delayed still. */
static void xfs_stub_book_real(struct inode *inode, enum xfs_stub_fork fork, s64 blocks)
{
	struct xfs_inode *ip = XFS_I(inode);

	xfs_stub_disk.laid += blocks;
	if (fork == XFS_STUB_COW) {
		ip->i_delayed_blks += blocks;
		return;
	}
	ip->i_nblocks += blocks;
	ip->i_df.if_nextents++;
}

/* The books of a delayed allocation, as the reservation keeps them. */
static void xfs_stub_book(struct inode *inode, s64 blocks, s64 ind)
{
	struct xfs_inode *ip = XFS_I(inode);

	*xfs_stub_free(ip->i_mount) -= blocks + ind;
	*xfs_stub_reserved(ip->i_mount) += blocks + ind;
	ip->i_delayed_blks += blocks;
}

/**
 * xfs_stub_lay() - lay out an empty fork
 * @inode: the file
 * @fork: which fork
 * @extent: the extents, by rising offset; what lies between them is a hole
 * @n: how many
 *
 * Return: NULL, or why this cannot be. Then nothing has changed.
 */
const char *xfs_stub_lay(struct inode *inode, enum xfs_stub_fork fork,
			 const struct xfs_stub_extent *extent, unsigned int n)
{
	struct xfs_inode *ip = XFS_I(inode);
	struct xfs_ifork *ifp = xfs_stub_ifork(inode, fork);
	const char *why = xfs_stub_refuse(inode, fork, extent, n);
	struct xfs_iext_cursor cur;
	struct xfs_bmbt_irec irec;
	unsigned int i;

	if (why)
		return why;
	if (ifp->if_bytes)
		return "the fork is not empty";
	xfs_ilock(ip, XFS_ILOCK_EXCL);
	xfs_iext_first(ifp, &cur);
	for (i = 0; i < n; i++) {
		xfs_stub_irec(&extent[i], &irec);
		xfs_iext_insert(ip, &cur, &irec, xfs_bmap_fork_to_state(xfs_stub_which[fork]));
		xfs_iext_next(ifp, &cur);
		if (extent[i].state == XFS_STUB_DELALLOC)
			xfs_stub_book(inode, extent[i].len, extent[i].indlen);
		else
			xfs_stub_book_real(inode, fork, extent[i].len);
	}
	if (fork == XFS_STUB_COW && n)
		xfs_stub_tags.cowblocks = true;
	xfs_iunlock(ip, XFS_ILOCK_EXCL);
	return NULL;
}

static void xfs_stub_from_irec(const struct xfs_bmbt_irec *irec, struct xfs_stub_extent *e)
{
	*e = (struct xfs_stub_extent){
		.off	= irec->br_startoff,
		.len	= irec->br_blockcount,
	};
	if (isnullstartblock(irec->br_startblock)) {
		e->state = XFS_STUB_DELALLOC;
		e->indlen = startblockval(irec->br_startblock);
		return;
	}
	e->state = irec->br_state == XFS_EXT_UNWRITTEN ? XFS_STUB_UNWRITTEN : XFS_STUB_WRITTEN;
	e->block = irec->br_startblock;
}

/**
 * xfs_stub_each() - go through the extents of a fork
 * @inode: the file
 * @fork: which fork; one that the file does not have is empty
 * @fn: called for each, in order
 * @arg: for @fn
 */
void xfs_stub_each(struct inode *inode, enum xfs_stub_fork fork,
		   void (*fn)(void *arg, const struct xfs_stub_extent *extent), void *arg)
{
	struct xfs_ifork *ifp = xfs_stub_ifork(inode, fork);
	struct xfs_iext_cursor cur;
	struct xfs_bmbt_irec irec;
	struct xfs_stub_extent e;

	if (!ifp)
		return;
	for_each_xfs_iext(ifp, &cur, &irec) {
		xfs_stub_from_irec(&irec, &e);
		fn(arg, &e);
	}
}

static u64 xfs_stub_mix(u64 hash, u64 value)
{
	return (hash ^ value) * 0x9e3779b97f4a7c15ULL;
}

/* All of a fork in one walk. */
static struct xfs_stub_sum xfs_stub_sum(struct inode *inode, enum xfs_stub_fork fork)
{
	struct xfs_ifork *ifp = xfs_stub_ifork(inode, fork);
	struct xfs_stub_sum sum = { 0 };
	struct xfs_iext_cursor cur;
	struct xfs_bmbt_irec irec;

	if (!ifp)
		return sum;
	for_each_xfs_iext(ifp, &cur, &irec) {
		sum.hash = xfs_stub_mix(sum.hash, irec.br_startoff);
		sum.hash = xfs_stub_mix(sum.hash, irec.br_startblock);
		sum.hash = xfs_stub_mix(sum.hash, irec.br_blockcount << 1 | irec.br_state);
		if (isnullstartblock(irec.br_startblock)) {
			sum.delayed += irec.br_blockcount;
			sum.ind += startblockval(irec.br_startblock);
		} else {
			sum.real += irec.br_blockcount;
		}
	}
	return sum;
}

static void xfs_stub_empty_fork(struct inode *inode, enum xfs_stub_fork fork)
{
	struct xfs_ifork *ifp = xfs_stub_ifork(inode, fork);
	struct xfs_stub_sum sum = xfs_stub_sum(inode, fork);
	struct xfs_iext_cursor cur;

	if (!ifp)
		return;
	xfs_stub_book(inode, -sum.delayed, -sum.ind);
	if (fork == XFS_STUB_COW)
		XFS_I(inode)->i_delayed_blks -= sum.real;
	else
		XFS_I(inode)->i_nblocks -= sum.real;
	/* nobody else has the inode now, and who failed may have left it locked */
	for (xfs_iext_first(ifp, &cur); ifp->if_bytes; xfs_iext_first(ifp, &cur))
		__real_xfs_iext_remove(XFS_I(inode), &cur,
				       xfs_bmap_fork_to_state(xfs_stub_which[fork]));
	ifp->if_nextents = 0;
	xfs_stub_unsee(fork);
}

/**
 * xfs_stub_empty() - give all blocks back, as when the inode goes
 * @inode: the file
 */
void xfs_stub_empty(struct inode *inode)
{
	struct xfs_inode *ip = XFS_I(inode);

	xfs_stub_empty_fork(inode, XFS_STUB_DATA);
	xfs_stub_empty_fork(inode, XFS_STUB_COW);
	if (ip->i_cowfp) {
		kmem_cache_free(xfs_ifork_cache, ip->i_cowfp);
		ip->i_cowfp = NULL;
	}
}

/**
 * xfs_stub_sums_right() - do the counters say what the trees hold?
 * @inode: the file
 * @options: as the file was set up
 * @why: what is wrong
 * @size: of @why
 */
bool xfs_stub_sums_right(struct inode *inode, const struct xfs_stub_options *options,
			 char *why, size_t size)
{
	const struct xfs_stub_disk *d = &xfs_stub_disk;
	struct xfs_stub_sum data = xfs_stub_sum(inode, XFS_STUB_DATA);
	struct xfs_stub_sum cow = xfs_stub_sum(inode, XFS_STUB_COW);
	s64 delayed = data.delayed + cow.delayed, ind = data.ind + cow.ind;
	s64 kept = delayed + ind, real = data.real + cow.real;
	struct xfs_stub_counters c;
	const char *wrong;

	wrong = xfs_stub_fork_wrong(inode, XFS_STUB_DATA, data.hash) ?:
		xfs_stub_fork_wrong(inode, XFS_STUB_COW, cow.hash);
	if (wrong) {
		snprintf(why, size, "%s", wrong);
		return false;
	}
	xfs_stub_count(inode, &c);
	if (real != d->laid + d->allocated || c.blocks != (u64)data.real) {
		snprintf(why, size,
			 "extents hold %lld blocks on disk, %lld of them of the data fork: %lld were laid out, %lld allocated, the inode counts %llu",
			 real, data.real, d->laid, d->allocated, c.blocks);
		return false;
	}
	if (c.delayed == (u64)(delayed + cow.real) && c.reserved == kept &&
	    c.free == options->free - kept - d->allocated - d->left)
		return true;
	snprintf(why, size,
		 "extents hold %lld delayed blocks and %lld of metadata, counted are %llu in the inode, %lld reserved, %lld of %lld free",
		 delayed, ind, c.delayed, c.reserved, c.free, options->free);
	return false;
}
