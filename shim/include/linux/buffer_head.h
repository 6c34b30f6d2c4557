/* SPDX-License-Identifier: GPL-2.0-only */
/* Buffer heads: whoever reaches them has left what libkern covers, and is told so. */
#ifndef _LINUX_BUFFER_HEAD_H
#define _LINUX_BUFFER_HEAD_H

#include <linux/pagemap.h>

/* Signatures differ between trees; nothing is ever passed on. */
#define block_write_end(...)	(lk_unimplemented("block_write_end", LK_HERE), 0)
#define block_commit_write(...)	lk_unimplemented("block_commit_write", LK_HERE)
#define block_page_mkwrite_return(e)	vmf_fs_error(e)

#endif
