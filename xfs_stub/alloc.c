// SPDX-License-Identifier: GPL-2.0-only
/*
 * Blocks on disk: given out one after the other from where no scenario lays any,
 * never used again, and counted. What the forks hold and what is given out must
 * agree: see xfs_stub_sums_right().
 */
#include <xfs_stub/tree.h>
#include <xfs_stub/local.h>
#include <xfs_ag_resv.h>
#include <xfs_rmap.h>

/* Behind every block that a scenario lays out. */
#define XFS_STUB_FIRST		0x1000000

struct xfs_stub_disk xfs_stub_disk;

void xfs_stub_disk_reset(void)
{
	xfs_stub_disk = (struct xfs_stub_disk){ .next = XFS_STUB_FIRST };
	xfs_stub_alloc_max = 0;
}

unsigned int xfs_stub_alloc_max;

/* The largest free extent there is. */
static u64 xfs_stub_longest(void)
{
	return xfs_stub_alloc_max ?: 1U << 20;
}

static int xfs_stub_vextent(struct xfs_alloc_arg *args, bool exact, xfs_fsblock_t target)
{
	u64 len = min_t(u64, args->maxlen, xfs_stub_longest());

	args->fsbno = NULLFSBLOCK;
	if (len < args->minlen || (exact && target != xfs_stub_disk.next))
		return 0;
	if (args->alignment > 1)
		xfs_stub_disk.next = roundup_64(xfs_stub_disk.next, args->alignment);
	args->fsbno = xfs_stub_disk.next;
	args->agno = 0;
	args->agbno = args->fsbno;
	args->len = len;
	/* with a gap where free space comes in pieces, so that nothing merges */
	xfs_stub_disk.next += len + !!xfs_stub_alloc_max;
	xfs_stub_disk.allocated += len;
	if (args->wasdel)
		return 0;
	/* what a reservation has not taken already, the transaction has */
	args->tp->t_blk_res_used += len;
	if (args->tp->t_blk_res_used > args->tp->t_blk_res)
		lk_splat(LK_SPLAT_WARN, "a transaction uses more blocks than it has reserved");
	return 0;
}

#if XS_ALLOC_VEXTENT
int xfs_alloc_vextent(struct xfs_alloc_arg *args)
{
	return xfs_stub_vextent(args, args->type == XFS_ALLOCTYPE_THIS_BNO, args->fsbno);
}
#else
int xfs_alloc_vextent_exact_bno(struct xfs_alloc_arg *args, xfs_fsblock_t target)
{
	return xfs_stub_vextent(args, true, target);
}

int xfs_alloc_vextent_near_bno(struct xfs_alloc_arg *args, xfs_fsblock_t target)
{
	return xfs_stub_vextent(args, false, target);
}

int xfs_alloc_vextent_start_ag(struct xfs_alloc_arg *args, xfs_fsblock_t target)
{
	return xfs_stub_vextent(args, false, target);
}

int xfs_alloc_vextent_first_ag(struct xfs_alloc_arg *args, xfs_fsblock_t target)
{
	return xfs_stub_vextent(args, false, target);
}
#endif

xfs_extlen_t xfs_alloc_longest_free_extent(struct xfs_perag *pag, xfs_extlen_t need,
					   xfs_extlen_t reserved)
{
	return xfs_stub_longest();
}

/* Nothing is held back for metadata. */
unsigned int xfs_alloc_min_freelist(struct xfs_mount *mp, struct xfs_perag *pag)
{
	return 0;
}

xfs_extlen_t xfs_ag_resv_needed(struct xfs_perag *pag, enum xfs_ag_resv_type type)
{
	return 0;
}

xfs_agblock_t xfs_ag_block_count(struct xfs_mount *mp, xfs_agnumber_t agno)
{
	return mp->m_sb.sb_agblocks;
}

static void xfs_stub_put_back(struct xfs_mount *mp, u64 len)
{
	xfs_stub_disk.allocated -= len;
	xfs_stub_add(xfs_stub_free(mp), len);
}

#if XS_FREE_LATER_FLAG
int xfs_free_extent_later(struct xfs_trans *tp, xfs_fsblock_t bno, xfs_filblks_t len,
			  const struct xfs_owner_info *oinfo, enum xfs_ag_resv_type type,
			  unsigned int free_flags)
#else
int __xfs_free_extent_later(struct xfs_trans *tp, xfs_fsblock_t bno, xfs_filblks_t len,
			    const struct xfs_owner_info *oinfo, enum xfs_ag_resv_type type,
			    bool skip_discard)
#endif
{
	xfs_stub_put_back(tp->t_mountp, len);
	return 0;
}

#if XS_REFCOUNT_RT
#define XFS_STUB_TRANS		struct xfs_trans *tp, bool isrt
#else
#define XFS_STUB_TRANS		struct xfs_trans *tp
#endif

/* A shared block stays with the other files; one of the file's own is free now. */
void xfs_refcount_decrease_extent(XFS_STUB_TRANS, struct xfs_bmbt_irec *irec)
{
	u64 i, own = 0;

	for (i = 0; i < irec->br_blockcount; i++)
		own += !xfs_stub_is_shared(irec->br_startblock + i);
	xfs_stub_put_back(tp->t_mountp, own);
	xfs_stub_disk.allocated -= irec->br_blockcount - own;
	xfs_stub_disk.left += irec->br_blockcount - own;
}

/* Records of who owns blocks: nobody reads them here. */
const struct xfs_owner_info XFS_RMAP_OINFO_SKIP_UPDATE;

void xfs_refcount_alloc_cow_extent(XFS_STUB_TRANS, xfs_fsblock_t fsb, xfs_extlen_t len)
{
}

void xfs_refcount_free_cow_extent(XFS_STUB_TRANS, xfs_fsblock_t fsb, xfs_extlen_t len)
{
}

void xfs_rmap_map_extent(struct xfs_trans *tp, struct xfs_inode *ip, int whichfork,
			 struct xfs_bmbt_irec *imap)
{
}

void xfs_rmap_unmap_extent(struct xfs_trans *tp, struct xfs_inode *ip, int whichfork,
			   struct xfs_bmbt_irec *imap)
{
}

void xfs_rmap_convert_extent(struct xfs_mount *mp, struct xfs_trans *tp, struct xfs_inode *ip,
			     int whichfork, struct xfs_bmbt_irec *imap)
{
}
