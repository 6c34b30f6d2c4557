// SPDX-License-Identifier: GPL-2.0-only
/* Which filesystems this binary has. */
#include <linux/kernel.h>

#include "target.h"

#pragma weak target_xfs
#pragma weak target_xfs_shared
#pragma weak target_xfs_part

static const struct target *const targets[] = {
	&target_plain, &target_xfs, &target_xfs_shared, &target_xfs_part,
};

/**
 * target_count() - how many there are
 */
unsigned int target_count(void)
{
	unsigned int n = 0;

	while (n < ARRAY_SIZE(targets) && targets[n])
		n++;
	return n;
}

/**
 * target_at() - one of them
 * @nr: below target_count()
 */
const struct target *target_at(unsigned int nr)
{
	return targets[nr];
}
