// SPDX-License-Identifier: GPL-2.0-only
/*
 * The known findings. Plain data, like the oracle.
 */
#include "finding.h"

/* Does i_size lie in the middle of a block, and does the range go on behind it? */
static int finding_eof_inside(const struct scenario *s, unsigned int *block)
{
	unsigned long long size = 1ULL << s->blkbits, in;

	if (s->isize <= s->start || s->isize >= s->end)
		return 0;
	in = (unsigned long long)(s->isize - s->base);
	*block = in >> s->blkbits;
	return (in & (size - 1)) != 0;
}

/**
 * finding_eof_block() - can the known finding eof_block show here?
 * @s: the state before the release
 * @dirty_per_block: as for oracle_block_dirty()
 * @block: the block in which i_size lies goes here
 *
 * It can if i_size lies in the middle of a block, that block is dirty, and the
 * range begins at or before the block and goes on behind i_size.
 *
 * Return: 1 if so.
 */
int finding_eof_block(const struct scenario *s, int dirty_per_block,
		      unsigned int *block)
{
	return finding_eof_inside(s, block) &&
	       oracle_block_dirty(s, dirty_per_block, *block);
}

/**
 * finding_eof_block_mapped() - the same, by a map of what is dirty
 * @s: the state before the release
 * @dirty: oracle_dirty_map() of it
 * @block: the block in which i_size lies goes here
 *
 * Return: 1 if so.
 */
int finding_eof_block_mapped(const struct scenario *s, const unsigned char *dirty,
			     unsigned int *block)
{
	return finding_eof_inside(s, block) && dirty[*block];
}

/**
 * finding_eof_block_holds() - does this release show exactly eof_block?
 * @in: what the oracle judged; finding_eof_block() is true of it
 * @v: what the oracle found
 *
 * One punch [i_size, end) is the only one that touches a kept block, the block
 * in which i_size lies is the only one touched, and it has lost its reservation
 * if it had one. Everything else is as the oracle wants.
 *
 * Return: 1 if so.
 */
int finding_eof_block_holds(const struct oracle_input *in,
			    const struct oracle_verdict *v)
{
	const struct oracle_punch *p = &in->punch[v->punch];
	unsigned int block, lost;

	if (!finding_eof_block(in->s, in->dirty_per_block, &block))
		return 0;
	lost = in->s->extent[block] == SCN_DELALLOC;
	if (v->bad[ORACLE_PUNCHED_KEPT] != 1 || v->bad[ORACLE_LOST] != lost ||
	    v->nbad != 1 + lost)
		return 0;
	if (v->where[ORACLE_PUNCHED_KEPT] != block ||
	    (lost && v->where[ORACLE_LOST] != block))
		return 0;
	return p->offset == in->s->isize &&
	       p->length == in->s->end - in->s->isize;
}
