/* SPDX-License-Identifier: GPL-2.0-only */
/* Writeback through XFS, and what it must have made of dirty data and extents. */
#ifndef KUNIT_XFS_WRITEBACK_H
#define KUNIT_XFS_WRITEBACK_H

#include "kinds.h"

/**
 * struct writeback - what was there before writeback
 * @dirty: blocks below i_size with dirty data, one byte each
 * @size: of the file on disk, once all of these are there
 */
struct writeback {
	unsigned char	dirty[SCN_MAX_BLOCKS];
	loff_t		size;
};

extern struct writeback writeback;

int writeback_run(struct fixture *f);
bool writeback_own(struct fixture *f, unsigned int block);
void writeback_kept(struct fixture *f);
void writeback_complete(struct fixture *f);

#endif /* KUNIT_XFS_WRITEBACK_H */
