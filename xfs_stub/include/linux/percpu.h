/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_PERCPU_H
#define _LINUX_PERCPU_H
#include <xfs_stub/kernel.h>
#endif
