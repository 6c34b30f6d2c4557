/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Known findings: where an unmodified kernel does what the oracle forbids.
 *
 * Each is a predicate, no wider than its cause, and an exact expectation. The
 * page of the same name in Documentation/findings/ gives the reasons.
 */
#ifndef KUNIT_FINDING_H
#define KUNIT_FINDING_H

#include "oracle.h"

/* The last punch begins at i_size, in the middle of a block that is kept. */
#define FINDING_EOF_BLOCK	"eof_block"
/* A copy of no bytes dirties the block in which it would have begun. */
#define FINDING_ZERO_COPY	"zero_copy"

/* An error of ->writeback_range is taken for a length, on 32 bits. */
#define FINDING_WRITEBACK_ERRNO	"writeback_errno"

/* A write that fails in its copy moves i_size up to where it was to begin. */
#define FINDING_ZERO_SIZE	"zero_size"

int finding_eof_block(const struct scenario *s, int dirty_per_block,
		      unsigned int *block);
int finding_eof_block_mapped(const struct scenario *s, const unsigned char *dirty,
			     unsigned int *block);
int finding_eof_block_holds(const struct oracle_input *in,
			    const struct oracle_verdict *v);

#endif /* KUNIT_FINDING_H */
