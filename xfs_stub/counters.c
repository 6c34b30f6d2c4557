// SPDX-License-Identifier: GPL-2.0-only
/*
 * Free blocks and blocks reserved for delayed allocation: one number each, and
 * nothing that batches or sets aside. They are half of the oracle: after every
 * case they must equal what the extent trees hold.
 */
#include <xfs_stub/tree.h>
#include <xfs_stub/local.h>

s64 *xfs_stub_reserved(struct xfs_mount *mp)
{
	return &mp->m_delalloc_blks.count;
}

#if XS_FREECOUNTER_ENUM
s64 *xfs_stub_free(struct xfs_mount *mp)
{
	return &mp->m_free[XC_FREE_BLOCKS].count.count;
}

static s64 *xfs_stub_counter(struct xfs_mount *mp, enum xfs_free_counter ctr)
{
	return &mp->m_free[ctr].count.count;
}

#define XFS_STUB_COUNTER	enum xfs_free_counter
#else
s64 *xfs_stub_free(struct xfs_mount *mp)
{
	return &mp->m_fdblocks.count;
}

static s64 *xfs_stub_counter(struct xfs_mount *mp, struct percpu_counter *counter)
{
	return &counter->count;
}

#define XFS_STUB_COUNTER	struct percpu_counter *
#endif

/* No lock covers a counter, and nothing is ordered by one. */
void xfs_stub_add(s64 *counter, s64 n)
{
	__atomic_add_fetch(counter, n, __ATOMIC_RELAXED);
}

int xfs_stub_take(s64 *counter, s64 n)
{
	s64 old = __atomic_load_n(counter, __ATOMIC_RELAXED);

	do {
		if (old < n)
			return -ENOSPC;
	} while (!__atomic_compare_exchange_n(counter, &old, old - n, false, __ATOMIC_RELAXED,
					      __ATOMIC_RELAXED));
	return 0;
}

#if XS_MOD_FREECOUNTER
int xfs_mod_freecounter(struct xfs_mount *mp, XFS_STUB_COUNTER counter, int64_t delta, bool rsvd)
{
	return xfs_stub_take(xfs_stub_counter(mp, counter), -delta);
}
#else
int xfs_dec_freecounter(struct xfs_mount *mp, XFS_STUB_COUNTER counter, uint64_t delta, bool rsvd)
{
	return xfs_stub_take(xfs_stub_counter(mp, counter), delta);
}

void xfs_add_freecounter(struct xfs_mount *mp, XFS_STUB_COUNTER counter, uint64_t delta)
{
	xfs_stub_add(xfs_stub_counter(mp, counter), delta);
}
#endif

#if XS_MOD_DELALLOC_INODE
void xfs_mod_delalloc(struct xfs_inode *ip, int64_t data, int64_t ind)
{
	xfs_stub_add(xfs_stub_reserved(ip->i_mount), data + ind);
}
#else
void xfs_mod_delalloc(struct xfs_mount *mp, int64_t delta)
{
	xfs_stub_add(xfs_stub_reserved(mp), delta);
}
#endif
