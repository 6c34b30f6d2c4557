// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which blocks on disk are shared. XFS's own code asks for the first run of
 * shared blocks in a range of one allocation group; behind that call is a list
 * instead of a btree. The filesystem has one allocation group.
 */
#include <xfs_stub/tree.h>
#include <xfs_stub/local.h>

#define XFS_STUB_MAX_SHARED	64

static struct {
	u64 block, len;
} xfs_stub_shared[XFS_STUB_MAX_SHARED];
static unsigned int xfs_stub_nr_shared;

/**
 * xfs_stub_share() - other files have these blocks as well
 * @block: first block on disk
 * @len: blocks; no two ranges overlap
 */
void xfs_stub_share(u64 block, u64 len)
{
	BUG_ON(xfs_stub_nr_shared == XFS_STUB_MAX_SHARED);
	xfs_stub_shared[xfs_stub_nr_shared].block = block;
	xfs_stub_shared[xfs_stub_nr_shared].len = len;
	xfs_stub_nr_shared++;
}

/**
 * xfs_stub_unshare_all() - forget every xfs_stub_share()
 */
void xfs_stub_unshare_all(void)
{
	xfs_stub_nr_shared = 0;
}

/**
 * xfs_stub_is_shared() - have other files this block as well?
 * @block: on disk
 */
bool xfs_stub_is_shared(u64 block)
{
	unsigned int i;

	for (i = 0; i < xfs_stub_nr_shared; i++)
		if (block >= xfs_stub_shared[i].block &&
		    block - xfs_stub_shared[i].block < xfs_stub_shared[i].len)
			return true;
	return false;
}

int xfs_refcount_find_shared(struct xfs_btree_cur *cur, xfs_agblock_t agbno, xfs_extlen_t aglen,
			     xfs_agblock_t *fbno, xfs_extlen_t *flen, bool find_end)
{
	u64 end = (u64)agbno + aglen, b = agbno;

	*fbno = NULLAGBLOCK;
	*flen = 0;
	while (b < end && !xfs_stub_is_shared(b))
		b++;
	if (b == end)
		return 0;
	*fbno = b;
	while (b < end && xfs_stub_is_shared(b))
		b++;
	/* asked for the first run only, a caller may get less, but not here */
	*flen = b - *fbno;
	return 0;
}

/* The way there: an allocation group in which nothing is looked up. */
static struct xfs_perag xfs_stub_perag;

/**
 * xfs_stub_perag_init() - this mount's one allocation group
 * @mp: the mount
 */
void xfs_stub_perag_init(struct xfs_mount *mp)
{
#if XS_PAG_MOUNT
	xfs_stub_perag.pag_mount = mp;
#else
	xfs_stub_perag.pag_group.xg_mount = mp;
#endif
}

#if XS_GROUP
struct xfs_group *xfs_group_get(struct xfs_mount *mp, uint32_t index, enum xfs_group_type type)
{
	return pag_group(&xfs_stub_perag);
}

void xfs_group_put(struct xfs_group *xg)
{
}

struct xfs_group *xfs_group_grab(struct xfs_mount *mp, uint32_t index, enum xfs_group_type type)
{
	return index ? NULL : pag_group(&xfs_stub_perag);
}

struct xfs_group *xfs_group_get_by_fsb(struct xfs_mount *mp, xfs_fsblock_t fsbno,
				       enum xfs_group_type type)
{
	return pag_group(&xfs_stub_perag);
}

void xfs_group_rele(struct xfs_group *xg)
{
}
#else
struct xfs_perag *xfs_perag_get(struct xfs_mount *mp, xfs_agnumber_t agno)
{
	return &xfs_stub_perag;
}

void xfs_perag_put(struct xfs_perag *pag)
{
}
#endif

#if XS_PERAG_GRAB
struct xfs_perag *xfs_perag_grab(struct xfs_mount *mp, xfs_agnumber_t agno)
{
	return agno ? NULL : &xfs_stub_perag;
}

void xfs_perag_rele(struct xfs_perag *pag)
{
}
#endif

int xfs_alloc_read_agf(struct xfs_perag *pag, struct xfs_trans *tp, int flags,
		       struct xfs_buf **bpp)
{
	/* some only want the group's numbers to be read in */
	if (bpp)
		*bpp = NULL;
	return 0;
}

struct xfs_btree_cur *xfs_refcountbt_init_cursor(struct xfs_mount *mp, struct xfs_trans *tp,
						 struct xfs_buf *bp, struct xfs_perag *pag);
struct xfs_btree_cur *xfs_refcountbt_init_cursor(struct xfs_mount *mp, struct xfs_trans *tp,
						 struct xfs_buf *bp, struct xfs_perag *pag)
{
	return NULL;
}

void xfs_btree_del_cursor(struct xfs_btree_cur *cur, int error)
{
}

void xfs_trans_brelse(struct xfs_trans *tp, struct xfs_buf *bp)
{
}
