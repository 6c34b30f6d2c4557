/* SPDX-License-Identifier: GPL-2.0-only */
/* What the functions that are cut out of big files find in sight. */
#ifndef XFS_STUB_CUT_H
#define XFS_STUB_CUT_H

#include <xfs_stub/tree.h>
#if __has_include("xfs_bmap_item.h")
#include "xfs_bmap_item.h"
#endif
#include "xfs_trace.h"

#endif /* XFS_STUB_CUT_H */
