/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_LIST_LRU_H
#define _LINUX_LIST_LRU_H
#include <xfs_stub/kernel.h>
#endif
