/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers on the command line and in reports. */
#ifndef EXPLORE_NUMBERS_H
#define EXPLORE_NUMBERS_H

#include <stdbool.h>

bool number(const char *name, unsigned int *value);
const char *grouped(unsigned long long n);

#endif /* EXPLORE_NUMBERS_H */
