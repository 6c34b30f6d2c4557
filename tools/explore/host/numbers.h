/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers on the command line and in reports, and the end of these. */
#ifndef EXPLORE_NUMBERS_H
#define EXPLORE_NUMBERS_H

#include <stdbool.h>

bool number(const char *name, unsigned int *value);
const char *grouped(unsigned long long n);

/* alone.c: @status, an exit status, if stdout has all of the report */
int written(int status);

#endif /* EXPLORE_NUMBERS_H */
