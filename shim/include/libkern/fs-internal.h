/* SPDX-License-Identifier: GPL-2.0-only */
/* What stands for the tree's fs/internal.h, of which iomap needs one prototype. */
#ifndef LIBKERN_FS_INTERNAL_H
#define LIBKERN_FS_INTERNAL_H

#include <linux/buffer_head.h>

#define __block_write_begin_int(...) \
	(lk_unimplemented("__block_write_begin_int", LK_HERE), 0)

#endif
