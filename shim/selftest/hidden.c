// SPDX-License-Identifier: GPL-2.0-only
/* In a file of their own: a compiler that saw them would see through them. */
#include "hidden.h"

bool selftest_yes = true;
int *selftest_nowhere;
unsigned long selftest_sink;
