// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transactions: none can be had. That is how the allocation at writeback is made
 * to fail; a case that has not asked for it has come where it should not be.
 */
#include <xfs_stub/tree.h>
#include <xfs_stub/local.h>

int xfs_stub_trans_error;

int xfs_trans_alloc(struct xfs_mount *mp, struct xfs_trans_res *resp, uint blocks,
		    uint rtextents, uint flags, struct xfs_trans **tpp)
{
	char buf[128];

	if (!xfs_stub_trans_error)
		lk_unimplemented("xfs_trans_alloc",
				 lk_host_symbol(__builtin_return_address(0), buf, sizeof(buf)));
	*tpp = NULL;
	return xfs_stub_trans_error;
}
