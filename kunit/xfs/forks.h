/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A scenario's extents in the forks of an XFS inode, and XFS's own ->iomap_end
 * in place of the release.
 */
#ifndef KUNIT_XFS_FORKS_H
#define KUNIT_XFS_FORKS_H

#include <xfs_stub/file.h>

#include "fixture.h"

/**
 * struct forks - what a case on XFS works with, beside its fixture
 * @options: how the file was set up
 * @written: the fork that the iomap of the write belongs to
 * @judged: the fork that must be punched; @written, but for the known finding
 * @moves: something else moves blocks from one fork to the other meanwhile
 * @map: enum scn_extent of each block of each fork
 * @before: @map before the release
 * @place: where on disk each block of each fork lies; only where @map says so
 * @was: @place before the release; only where @before says so
 */
struct forks {
	struct xfs_stub_options	options;
	enum xfs_stub_fork	written;
	enum xfs_stub_fork	judged;
	bool			moves;
	unsigned char		map[XFS_STUB_FORKS][SCN_MAX_BLOCKS];
	unsigned char		before[XFS_STUB_FORKS][SCN_MAX_BLOCKS];
	u64			place[XFS_STUB_FORKS][SCN_MAX_BLOCKS];
	u64			was[XFS_STUB_FORKS][SCN_MAX_BLOCKS];
};

extern struct forks forks;

/* A short write to the COW fork punches the data fork. */
#define FINDING_COW_FORK	"cow_fork"

bool forks_setup(struct fixture *f, const struct xfs_stub_options *options,
		 enum xfs_stub_fork written);
bool forks_finding(void);
void forks_finding_done(struct fixture *f);
void forks_finding_of(struct fixture *f, bool reflink);
const char *forks_text(unsigned char *map, unsigned int n, const char *text);
bool forks_lay(struct fixture *f, const char *shared);
void forks_observe(struct fixture *f);
void forks_remember(struct fixture *f);
void forks_expect(struct fixture *f, enum xfs_stub_fork fork, const char *want);
bool forks_shared(unsigned int block);
bool forks_was_shared(unsigned int block);
bool forks_whole(struct fixture *f);
int forks_end(struct fixture *f, loff_t pos, loff_t length, ssize_t written,
	      unsigned int flags, struct iomap *iomap);
int forks_release(struct fixture *f);
void forks_lock(struct fixture *f, unsigned int flags);
void forks_unlock(struct fixture *f, unsigned int flags);
void forks_end_judged(struct fixture *f, loff_t pos, loff_t length, ssize_t written,
		      unsigned int flags, struct iomap *iomap);

#endif /* KUNIT_XFS_FORKS_H */
