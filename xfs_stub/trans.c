// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transactions without a log: room is taken from the free blocks and what is not
 * used comes back. Mappings that XFS defers to the end of a transaction are made
 * there, by XFS's own xfs_bmap_finish_one().
 *
 * Kept: which locks are held when, what a transaction may use, what happens at
 * its end. Dropped: the log, rolling, and recovery.
 */
#include <xfs_stub/tree.h>
#include <xfs_stub/local.h>

int xfs_stub_trans_error;
unsigned int xfs_stub_trans_fail_at;

/* A transaction, and the one inode that joins it on this path. */
struct xfs_stub_trans {
	struct xfs_trans	tp;
	struct xfs_inode	*ip;
	uint			lock_flags;
	struct list_head	deferred;
};

static struct xfs_stub_trans *xfs_stub_trans(struct xfs_trans *tp)
{
	return container_of(tp, struct xfs_stub_trans, tp);
}

/* No allocation group is locked yet, so that any may be. */
static void xfs_stub_trans_fresh(struct xfs_trans *tp)
{
#if XS_TRANS_FIRSTBLOCK
	tp->t_firstblock = NULLFSBLOCK;
#else
	tp->t_highest_agno = NULLAGNUMBER;
#endif
}

/* Is it this transaction's turn to fail? */
static bool xfs_stub_trans_fails(void)
{
	if (!xfs_stub_trans_error)
		return false;
	if (!xfs_stub_trans_fail_at)
		return true;
	if (--xfs_stub_trans_fail_at)
		return false;
	/* the one that was asked for, and no other */
	xfs_stub_trans_fail_at = UINT_MAX;
	return true;
}

int xfs_trans_alloc(struct xfs_mount *mp, struct xfs_trans_res *resp, uint blocks,
		    uint rtextents, uint flags, struct xfs_trans **tpp)
{
	struct xfs_stub_trans *t;

	*tpp = NULL;
	if (xfs_stub_trans_fails())
		return xfs_stub_trans_error;
	/* the reserve pool is as large as anybody wants */
	if (flags & XFS_TRANS_RESERVE)
		xfs_stub_add(xfs_stub_free(mp), -(s64)blocks);
	else if (xfs_stub_take(xfs_stub_free(mp), blocks))
		return -ENOSPC;
	t = kzalloc(sizeof(*t), GFP_KERNEL | __GFP_NOFAIL);
	t->tp.t_mountp = mp;
	t->tp.t_blk_res = blocks;
	t->tp.t_flags = flags | XFS_TRANS_PERM_LOG_RES;
	INIT_LIST_HEAD(&t->deferred);
	xfs_stub_trans_fresh(&t->tp);
	*tpp = &t->tp;
	return 0;
}

int xfs_trans_alloc_inode(struct xfs_inode *ip, struct xfs_trans_res *resv, unsigned int dblocks,
			  unsigned int rblocks, bool force, struct xfs_trans **tpp)
{
	int error = xfs_trans_alloc(ip->i_mount, resv, dblocks, rblocks,
				    force ? XFS_TRANS_RESERVE : 0, tpp);

	if (error)
		return error;
	xfs_ilock(ip, XFS_ILOCK_EXCL);
	xfs_trans_ijoin(*tpp, ip, 0);
	return 0;
}

void xfs_trans_ijoin(struct xfs_trans *tp, struct xfs_inode *ip, uint lock_flags)
{
	struct xfs_stub_trans *t = xfs_stub_trans(tp);

	xfs_stub_want(ip, XFS_ILOCK_EXCL, __builtin_return_address(0));
	if (t->ip && t->ip != ip)
		lk_unimplemented(__func__, "a caller with two inodes");
	t->ip = ip;
	t->lock_flags = lock_flags;
}

void xfs_trans_log_inode(struct xfs_trans *tp, struct xfs_inode *ip, uint flags)
{
	xfs_stub_want(ip, XFS_ILOCK_EXCL, __builtin_return_address(0));
	if (xfs_stub_trans(tp)->ip != ip)
		lk_splat(LK_SPLAT_WARN, "an inode is logged that has not joined the transaction");
	tp->t_flags |= XFS_TRANS_DIRTY;
}

static void xfs_stub_defer(struct xfs_trans *tp, struct list_head *item)
{
	list_add_tail(item, &xfs_stub_trans(tp)->deferred);
	tp->t_flags |= XFS_TRANS_DIRTY;
}

#if XS_DEFER_TYPE
void xfs_defer_add(struct xfs_trans *tp, enum xfs_defer_ops_type type, struct list_head *li)
{
	if (type != XFS_DEFER_OPS_TYPE_BMAP)
		lk_unimplemented(__func__, "a caller that defers more than mappings");
	xfs_stub_defer(tp, li);
}
#else
const struct xfs_defer_op_type xfs_bmap_update_defer_type = { .max_items = 1 };

struct xfs_defer_pending *xfs_defer_add(struct xfs_trans *tp, struct list_head *li,
					const struct xfs_defer_op_type *ops)
{
	if (ops != &xfs_bmap_update_defer_type)
		lk_unimplemented(__func__, "a caller that defers more than mappings");
	xfs_stub_defer(tp, li);
	return NULL;
}
#endif

/* Each in its turn, as often as it has something left to unmap. */
static int xfs_stub_finish_deferred(struct xfs_stub_trans *t)
{
	struct xfs_bmap_intent *bi;
	int error = 0;

	while (!list_empty(&t->deferred)) {
		bi = list_first_entry(&t->deferred, struct xfs_bmap_intent, bi_list);
		list_del_init(&bi->bi_list);
		do {
			xfs_stub_trans_fresh(&t->tp);
			if (!error)
				error = xfs_bmap_finish_one(&t->tp, bi);
		} while (!error && bi->bi_type == XFS_BMAP_UNMAP && bi->bi_bmap.br_blockcount);
		kmem_cache_free(xfs_bmap_intent_cache, bi);
	}
	return error;
}

/* What has been deferred is finished before the transaction goes on. */
int xfs_defer_finish(struct xfs_trans **tpp)
{
	return xfs_stub_finish_deferred(xfs_stub_trans(*tpp));
}

static void xfs_stub_trans_end(struct xfs_stub_trans *t)
{
	struct xfs_trans *tp = &t->tp;

	xfs_stub_add(xfs_stub_free(tp->t_mountp), (s64)tp->t_blk_res - tp->t_blk_res_used);
	if (t->ip && t->lock_flags)
		xfs_iunlock(t->ip, t->lock_flags);
	kfree(t);
}

int xfs_trans_commit(struct xfs_trans *tp)
{
	struct xfs_stub_trans *t = xfs_stub_trans(tp);
	int error = xfs_stub_finish_deferred(t);

	xfs_stub_trans_end(t);
	return error;
}

void xfs_trans_cancel(struct xfs_trans *tp)
{
	if (tp->t_flags & XFS_TRANS_DIRTY)
		lk_splat(LK_SPLAT_WARN, "XFS cancels a transaction that has changed something");
	xfs_stub_trans_end(xfs_stub_trans(tp));
}
