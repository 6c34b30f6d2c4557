// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reservations that become extents, on their way to the tree's own function (--wrap):
 * a case says which one does not, as if its transaction were not to be had.
 */
#include <xfs_stub/tree.h>
#include <xfs_stub/local.h>

int xfs_stub_convert_error;

typeof(xfs_bmapi_convert_delalloc) __real_xfs_bmapi_convert_delalloc;
typeof(xfs_bmapi_convert_delalloc) __wrap_xfs_bmapi_convert_delalloc;

int __wrap_xfs_bmapi_convert_delalloc(struct xfs_inode *ip, int whichfork, xfs_off_t offset,
				      struct iomap *iomap, unsigned int *seq)
{
	/* the next one and no other */
	int error = __atomic_exchange_n(&xfs_stub_convert_error, 0, __ATOMIC_RELAXED);

	return error ?: __real_xfs_bmapi_convert_delalloc(ip, whichfork, offset, iomap, seq);
}
