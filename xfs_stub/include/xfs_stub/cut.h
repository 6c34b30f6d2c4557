/* SPDX-License-Identifier: GPL-2.0-only */
/* What the functions that are cut out of big files find in sight. */
#ifndef XFS_STUB_CUT_H
#define XFS_STUB_CUT_H

#include <xfs_stub/tree.h>
#if __has_include("xfs_bmap_item.h")
#include "xfs_bmap_item.h"
#endif
#include "xfs_inode_item.h"
#include "xfs_quota.h"
#include "xfs_trace.h"

/* Older trees have this constant of xfs_inode.c in the file itself. */
#ifndef XFS_ITRUNC_MAX_EXTENTS
#define XFS_ITRUNC_MAX_EXTENTS	2
#endif

#endif /* XFS_STUB_CUT_H */
