/* SPDX-License-Identifier: GPL-2.0-only */
/* Writeback through XFS, and what it must have made of dirty data and extents. */
#ifndef KUNIT_XFS_WRITEBACK_H
#define KUNIT_XFS_WRITEBACK_H

#include <linux/writeback.h>

#include "kinds.h"

/**
 * struct writeback - what was there before writeback
 * @dirty: blocks below i_size with dirty data, one byte each
 * @size: of the file on disk, once all of these are there
 * @disk: where on disk each block was written last, in blocks; 0: nowhere
 * @splats: world_splats() then
 */
struct writeback {
	unsigned char	dirty[SCN_MAX_BLOCKS];
	loff_t		size;
	u64		disk[SCN_MAX_BLOCKS];
	unsigned int	splats;
};

/**
 * struct writeback_errors - how errors of one case have come back
 * @unmapped: times that a folio could not be mapped
 * @known: of these as the known finding writeback_errno has it
 */
struct writeback_errors {
	unsigned int	unmapped;
	unsigned int	known;
};

extern struct writeback writeback;

void writeback_remember(struct fixture *f);
int writeback_submit_range(struct fixture *f, enum writeback_sync_modes sync, loff_t start,
			   loff_t end);
int writeback_submit(struct fixture *f, enum writeback_sync_modes sync);
int writeback_wait(struct fixture *f, int err);
int writeback_run(struct fixture *f);
bool writeback_own(struct fixture *f, unsigned int block);
void writeback_kept(struct fixture *f);
void writeback_complete(struct fixture *f);
void writeback_error(struct fixture *f, struct writeback_errors *e, int err, int want,
		     bool unmapped);
void writeback_errors_done(struct fixture *f, const struct writeback_errors *e);

#endif /* KUNIT_XFS_WRITEBACK_H */
