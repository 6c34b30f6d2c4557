/* SPDX-License-Identifier: GPL-2.0-only */
/* The compiler's. */
#ifndef _LINUX_STDARG_H
#define _LINUX_STDARG_H
#include <stdarg.h>
#endif
