/* SPDX-License-Identifier: GPL-2.0-only */
/* Included by the tree's files; nothing of it is used on this path. */
#ifndef _LINUX_DAX_H
#define _LINUX_DAX_H
#include <linux/fs.h>
#endif
