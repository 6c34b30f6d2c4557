// SPDX-License-Identifier: GPL-2.0-only
/* Which filesystems this binary has. */
#include <linux/kernel.h>

#include "target.h"

static const struct target *const targets[] = { &target_plain };

/**
 * target_count() - how many there are
 */
unsigned int target_count(void)
{
	return ARRAY_SIZE(targets);
}

/**
 * target_at() - one of them
 * @nr: below target_count()
 */
const struct target *target_at(unsigned int nr)
{
	return targets[nr];
}
