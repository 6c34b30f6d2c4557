/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Values that the compiler cannot know, so that it neither warns of what the
 * selftests do on purpose nor takes it away.
 */
#ifndef LK_SELFTEST_HIDDEN_H
#define LK_SELFTEST_HIDDEN_H

#include <linux/compiler.h>
#include <linux/types.h>

extern bool selftest_yes;		/* true */
extern int *selftest_nowhere;		/* NULL */
extern unsigned long selftest_sink;	/* for what must be stored somewhere */

#define yes	READ_ONCE(selftest_yes)
#define nowhere	READ_ONCE(selftest_nowhere)

#endif /* LK_SELFTEST_HIDDEN_H */
