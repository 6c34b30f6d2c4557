/* SPDX-License-Identifier: GPL-2.0-only */
/* Error numbers that code outside the kernel sees, and those it does not. */
#ifndef _LINUX_ERRNO_H
#define _LINUX_ERRNO_H

#include "../../dup/errno.h"

#endif
