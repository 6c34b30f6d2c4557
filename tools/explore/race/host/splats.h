/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel world has complained of, as words of a verdict. */
#ifndef RACE_SPLATS_H
#define RACE_SPLATS_H

#include "../race.h"

const char *words_of_leaks(void);
const char *words_with_splat(const char *words);

#endif /* RACE_SPLATS_H */
