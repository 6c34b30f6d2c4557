/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_ONCE_LITE_H
#define _LINUX_ONCE_LITE_H
#include <xfs_stub/kernel.h>
#endif
