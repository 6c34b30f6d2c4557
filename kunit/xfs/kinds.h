/* SPDX-License-Identifier: GPL-2.0-only */
/* Kinds of files that suites on XFS go through, and block sizes for each. */
#ifndef KUNIT_XFS_KINDS_H
#define KUNIT_XFS_KINDS_H

#include "writes.h"

/**
 * struct kind - a kind of file
 * @name: of the kind
 * @reflink: it may share blocks
 * @always_cow: it never writes in place
 * @shared: what it shares of what it has on disk, see forks_lay(); NULL: nothing
 * @allocsize: log2 of what a write at the end asks for beforehand, 0: not set
 * @extsize: extent size hint in blocks, 0: none
 * @cowextsize: the same for the COW fork
 * @data: extents, see writes_setup()
 * @cow: extents of the COW fork
 */
struct kind {
	const char	*name;
	bool		reflink;
	bool		always_cow;
	const char	*shared;
	unsigned int	allocsize;
	unsigned int	extsize;
	unsigned int	cowextsize;
	const char	*data;
	const char	*cow;
};

/**
 * struct kind_param - one row: a kind with one block size
 * @kind: the kind
 * @blkbits: log2 of the block size
 */
struct kind_param {
	const struct kind	*kind;
	unsigned int		blkbits;
};

const void *kinds_next(const void *prev, char *desc);
FX_GENERATOR(kinds_next)
#define kinds_gen_params FX_GEN(kinds_next)

/* Of these only one of each sort, blocks of a quarter page. */
const void *kinds_few_next(const void *prev, char *desc);
FX_GENERATOR(kinds_few_next)
#define kinds_few_gen_params FX_GEN(kinds_few_next)

bool kinds_setup(struct fixture *f, const struct kind_param *p, scn_pos base,
		 unsigned int pages, scn_pos isize);

#endif /* KUNIT_XFS_KINDS_H */
