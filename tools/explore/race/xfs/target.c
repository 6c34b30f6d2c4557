// SPDX-License-Identifier: GPL-2.0-only
/*
 * Real XFS as a target, in two ways: a file with nothing on disk, so that writes
 * reserve in the data fork; and one all of whose blocks other files have as well, so
 * that they reserve in the COW fork.
 */
#include <linux/fs.h>
#include <linux/iomap.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "local.h"

static const char *target_open(void)
{
	return NULL;
}

/* The first page is the file's own. */
static const char *target_part(void)
{
	static char text[SCENE_PAGES * 2 + 1];

	memset(text, 's', SCENE_PAGES << stage.ratio);
	memset(text, '.', 1U << stage.ratio);
	text[SCENE_PAGES << stage.ratio] = '\0';
	return text;
}

static const char *target_lay(void)
{
	struct fixture *f = stage.f;
	const char *text = stage.target == &target_xfs_part ? target_part() : "s";
	bool shared = stage.target->shared;
	unsigned int first, behind;
	struct xfs_stub_options options = {
		.blkbits	= f->s.blkbits,
		.reflink	= shared,
		/* no more than is asked for: what is left over is seen */
		.cowextsize	= shared,
		.free		= 1 << 20,
	};

	if (!forks_setup(f, &options, shared ? XFS_STUB_COW : XFS_STUB_DATA))
		return "there is no such file";
	/* what is dirty from the start is reserved, but for what has blocks of its own */
	memset(forks.map, SCN_HOLE, sizeof(forks.map));
	if (stage.scene->flags & SCENE_DIRTY)
		memcpy(forks.map[forks.written], f->s.extent, f->s.nblocks);
	if (stage.target == &target_xfs_part)
		memset(forks.map[forks.written], SCN_HOLE, 1U << stage.ratio);
	/* nobody has anything written behind the end of the file */
	if (shared && recfs_range(&f->fs, f->s.base, f->s.isize - f->s.base, &first, &behind))
		memset(forks.map[XFS_STUB_DATA], SCN_WRITTEN, behind);
	if (!forks_lay(f, shared ? text : ""))
		return "the extents do not come out as written";
	xfs_stub_on_disk(f->w.inode, f->s.isize);
	f->w.inode->i_mapping->a_ops = xfs_stub_aops;
	calls_begin();
	verdict_begin();
	return NULL;
}

static void target_clear(void)
{
	struct inode *inode = stage.f->w.inode;

	xfs_stub_in_punch = NULL;
	xfs_stub_assert_known = NULL;
	world_at_write(NULL, NULL);
	world_at_unsent(NULL, NULL);
	inode->i_mapping->a_ops = &recfs_aops;
	stage.f->mkwrite = NULL;
	xfs_stub_empty(inode);
}

/* Nobody else has the file's blocks: there is nothing to unshare. */
static bool target_makes(const struct scene *s, unsigned int order)
{
	return !(s->flags & SCENE_SHARED);
}

/*
 * Where dirt is tracked by the folio, what is clean in one is written as well: in place,
 * over what other files have. The suites leave that out, too.
 */
static bool target_makes_shared(const struct scene *s, unsigned int order)
{
	unsigned int i;

	/* neither is a store to what writeback finds no place for */
	for (i = 0; s->flags & SCENE_UNMAPPED && i < scene_tasks(s); i++)
		if (s->task[i].job == SCENE_FAULT)
			return false;
	return LK_DIRTY_PER_BLOCK || !order;
}

static const char *target_object(const void *obj)
{
	return xfs_stub_name(stage.f->w.inode, obj);
}

#define TARGET_XFS						\
	.name		= "xfs",				\
	.bound		= 1,					\
	.open		= target_open,				\
	.lay		= target_lay,				\
	.clear		= target_clear,				\
	.write		= calls_write,				\
	.fault		= calls_fault,				\
	.writeback	= calls_writeback,			\
	.truncate	= calls_truncate,			\
	.zero		= calls_zero,				\
	.direct		= calls_direct,				\
	.unmap		= calls_unmap,				\
	.extent		= verdict_extent,			\
	.check		= verdict_check,			\
	.judge		= verdict_judge,			\
	.known		= verdict_known,			\
	.leaves		= verdict_leaves,			\
	.keeps		= verdict_keeps,			\
	.object		= target_object

const struct target target_xfs = {
	.prefix		= "xfs-",
	.words		= "; XFS",
	.makes		= target_makes,
	TARGET_XFS,
};

const struct target target_xfs_shared = {
	.prefix		= "xfs-shared-",
	.words		= "; XFS, all blocks shared with other files",
	TARGET_XFS,
	.shared		= true,
	.unshare	= calls_unshare,
	.makes		= target_makes_shared,
};

const struct target target_xfs_part = {
	.prefix		= "xfs-part-",
	.words		= "; XFS, all but the first page shared with other files",
	TARGET_XFS,
	.shared		= true,
	.unshare	= calls_unshare,
	.makes		= target_makes_shared,
};
