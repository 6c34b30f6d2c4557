/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_EXPORTFS_H
#define _LINUX_EXPORTFS_H
#include <xfs_stub/kernel.h>
#endif
