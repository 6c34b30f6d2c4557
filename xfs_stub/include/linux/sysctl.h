/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_SYSCTL_H
#define _LINUX_SYSCTL_H
#include <xfs_stub/kernel.h>
#endif
