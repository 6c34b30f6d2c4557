/* SPDX-License-Identifier: GPL-2.0-only */
/* What XFS's ->iomap_begin hands out, against what lies in the forks then. */
#ifndef KUNIT_XFS_MAPPING_H
#define KUNIT_XFS_MAPPING_H

#include "forks.h"

/**
 * struct mapping - one call of ->iomap_begin
 * @pos: first byte asked for
 * @length: bytes asked for
 * @flags: IOMAP_WRITE and so on
 * @iomap: what came of it
 * @srcmap: where to read what is not written
 */
struct mapping {
	loff_t			pos;
	loff_t			length;
	unsigned int		flags;
	const struct iomap	*iomap;
	const struct iomap	*srcmap;
};

/* Unsharing a hole reserves blocks that nobody dirties. */
#define FINDING_UNSHARE_HOLE	"unshare_hole"

bool mapping_judge(struct fixture *f, const struct mapping *m);
void mapping_finding_done(struct fixture *f, unsigned int known);

#endif /* KUNIT_XFS_MAPPING_H */
