/* SPDX-License-Identifier: GPL-2.0-only */
/* struct lockdep_map is libkern's own. */
#ifndef _LINUX_LOCKDEP_TYPES_H
#define _LINUX_LOCKDEP_TYPES_H
#include <libkern/locks.h>
struct lock_class_key { int unused; };
#endif
