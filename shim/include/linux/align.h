/* SPDX-License-Identifier: GPL-2.0-only */
/* Alignment to powers of two. */
#ifndef _LINUX_ALIGN_H
#define _LINUX_ALIGN_H

#include "../../dup/align.h"

#endif
