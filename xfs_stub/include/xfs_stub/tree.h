/* SPDX-License-Identifier: GPL-2.0-only */
/* The tree's own XFS headers, in the order in which they want to be included. */
#ifndef XFS_STUB_TREE_H
#define XFS_STUB_TREE_H

#include <xfs-facts.h>

#if XS_PLATFORM_H
#include "xfs_platform.h"
#else
#include "xfs.h"
#endif
#include "xfs_fs.h"
#include "xfs_shared.h"
#include "xfs_format.h"
#include "xfs_log_format.h"
#include "xfs_trans_resv.h"
#include "xfs_bit.h"
#include "xfs_mount.h"
#include "xfs_defer.h"
#include "xfs_inode.h"
#include "xfs_btree.h"
#include "xfs_trans.h"
#include "xfs_alloc.h"
#include "xfs_bmap.h"
#include "xfs_bmap_btree.h"
#include "xfs_bmap_util.h"
#include "xfs_errortag.h"
#include "xfs_error.h"
#include "xfs_icache.h"
#include "xfs_iomap.h"
#include "xfs_reflink.h"
#include "xfs_refcount.h"
#include "xfs_ag.h"

#endif /* XFS_STUB_TREE_H */
