/* SPDX-License-Identifier: GPL-2.0-only */
/* Points in time. Time stands still here. */
#ifndef _LINUX_TIME64_H
#define _LINUX_TIME64_H

#include <linux/types.h>

#define NSEC_PER_SEC	1000000000L

struct timespec64 {
	time64_t tv_sec;
	long tv_nsec;
};

#endif
