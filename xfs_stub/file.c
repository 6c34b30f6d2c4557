// SPDX-License-Identifier: GPL-2.0-only
/*
 * An XFS inode on a mount of its own. Only members that the code under test
 * reads are set; the rest is zero, as in a filesystem without quota, realtime
 * device, stripes and log.
 */
#include <xfs_stub/tree.h>
#include <xfs_stub/local.h>
#include <libkern/world.h>
#include "xfs_inode_item.h"

struct xstats xfsstats;

/* What a mount consists of; its inode comes with it. */
struct xfs_stub_fs {
	struct xfs_mount	mount;
	struct super_block	super;
	struct xfs_buftarg	target;
	struct xfs_inode	inode;
	struct xfs_inode_log_item item;
};

/* All mounts count into the same, as far as anybody counts. */
static struct xfsstats xfs_stub_stats[XFS_STUB_CPUS];
/* Mounts there are: the first needs caches, the last takes them along. */
static unsigned int xfs_stub_mounts;

static struct xfs_stub_fs *xfs_stub_fs(struct inode *inode)
{
	return container_of(XFS_I(inode), struct xfs_stub_fs, inode);
}

static void xfs_stub_caches_get(void)
{
	if (xfs_stub_mounts++)
		return;
	xfs_ifork_cache = kmem_cache_create("xfs_ifork", sizeof(struct xfs_ifork), 0, 0, NULL);
	if (xfs_bmap_intent_init_cache())
		BUG();
}

static void xfs_stub_caches_put(void)
{
	if (--xfs_stub_mounts)
		return;
	kmem_cache_destroy(xfs_ifork_cache);
	xfs_ifork_cache = NULL;
	xfs_bmap_intent_destroy_cache();
}

/**
 * xfs_stub_open() - make a mount with one regular file
 * @aops: address space operations to begin with
 *
 * Empty forks, no options: xfs_stub_setup() comes next.
 */
struct inode *xfs_stub_open(const struct address_space_operations *aops)
{
	struct xfs_stub_fs *fs = lk_host_alloc(sizeof(*fs), 64);
	struct xfs_inode *ip = &fs->inode;
	struct xfs_stub_options plain = { .blkbits = PAGE_SHIFT, .free = 1 << 20 };

	memset(fs, 0, sizeof(*fs));
	xfs_stub_punch_error = 0;
	xfsstats.xs_stats = xfs_stub_stats;
	fs->mount.m_stats.xs_stats = xfs_stub_stats;
	fs->mount.m_super = &fs->super;
	fs->mount.m_ddev_targp = &fs->target;
	fs->target.bt_bdev = lk_bdev();
	fs->target.bt_mount = &fs->mount;
	fs->super.s_maxbytes = MAX_LFS_FILESIZE;
	fs->super.s_fs_info = &fs->mount;
	lk_inode_init(VFS_I(ip), aops, PAGE_SHIFT);
	VFS_I(ip)->i_sb = &fs->super;
	ip->i_mount = &fs->mount;
	ip->i_ino = VFS_I(ip)->i_ino;
	ip->i_itemp = &fs->item;
	atomic_set(&VFS_I(ip)->i_count, 1);
	ip->i_df.if_format = XFS_DINODE_FMT_EXTENTS;
	xfs_stub_ilock_init(ip);
	spin_lock_init(&ip->i_flags_lock);
	spin_lock_init(&ip->i_ioend_lock);
	INIT_LIST_HEAD(&ip->i_ioend_list);
	INIT_WORK(&ip->i_ioend_work, xfs_end_io);
	spin_lock_init(&fs->mount.m_sb_lock);
	xfs_stub_caches_get();
	xfs_stub_setup(VFS_I(ip), &plain);
	return VFS_I(ip);
}

/**
 * xfs_stub_close() - take file and mount away
 * @inode: from xfs_stub_open(); its page cache is empty
 *
 * What is counted as reserved once the forks are empty is a leak.
 */
void xfs_stub_close(struct inode *inode)
{
	struct xfs_stub_fs *fs = xfs_stub_fs(inode);
	struct xfs_stub_counters c;

	xfs_stub_empty(inode);
	xfs_stub_count(inode, &c);
	if (c.delayed || c.reserved || c.blocks)
		lk_splat(LK_SPLAT_LEAK,
			 "leak: the inode goes, %llu delayed blocks, %lld reserved and %llu allocated ones stay",
			 c.delayed, c.reserved, c.blocks);
	xfs_stub_unshare_all();
	xfs_stub_caches_put();
	lk_inode_fini(inode);
	lk_host_free(fs);
}

/* Below so many hundredths of its blocks a filesystem is low on space, and lower. */
static void xfs_stub_low_space(struct xfs_mount *mp, s64 size)
{
	unsigned int i;

	for (i = 0; i < XFS_LOWSP_MAX; i++)
		mp->m_low_space[i] = div_u64(size, 100) * (i + 1);
}

/* Room for records in a block of the tree of extents, for the worst case. */
static void xfs_stub_geometry(struct xfs_mount *mp)
{
	unsigned int i;

	mp->m_bmap_dmxr[0] = mp->m_sb.sb_blocksize / 16 - 4;
	mp->m_bmap_dmxr[1] = mp->m_bmap_dmxr[0];
	for (i = 0; i < 2; i++) {
		mp->m_bmap_dmnr[i] = mp->m_bmap_dmxr[i] / 2;
		mp->m_bm_maxlevels[i] = 5;
	}
}

static void xfs_stub_features(struct xfs_mount *mp, const struct xfs_stub_options *o)
{
	mp->m_features = XFS_FEAT_EXTFLG | XFS_FEAT_CRC | XFS_FEAT_V3INODES;
	if (o->reflink)
		mp->m_features |= XFS_FEAT_REFLINK;
	if (o->allocsize)
		mp->m_features |= XFS_FEAT_ALLOCSIZE;
	mp->m_always_cow = o->always_cow;
	mp->m_allocsize_log = max(o->allocsize ? o->allocsize : 16, o->blkbits);
	mp->m_allocsize_blocks = 1 << (mp->m_allocsize_log - o->blkbits);
}

/**
 * xfs_stub_shut_down() - is the filesystem shut down?
 * @inode: the file
 * @down: after an error, say; nothing is written any more
 */
void xfs_stub_shut_down(struct inode *inode, bool down)
{
	unsigned long *state = &XFS_I(inode)->i_mount->m_opstate;

	if (down)
		set_bit(XFS_OPSTATE_SHUTDOWN, state);
	else
		clear_bit(XFS_OPSTATE_SHUTDOWN, state);
}

/**
 * xfs_stub_setup() - mount with other options
 * @inode: the file; its forks are emptied
 * @options: the options
 *
 * Return: NULL, or why no such filesystem can be.
 */
const char *xfs_stub_setup(struct inode *inode, const struct xfs_stub_options *options)
{
	struct xfs_inode *ip = XFS_I(inode);
	struct xfs_mount *mp = ip->i_mount;

	if (options->blkbits < 9 || options->blkbits > 16)
		return "XFS has blocks of 512 bytes to 64k";
	if (options->blkbits > PAGE_SHIFT)
		return "blocks larger than a page need folios that are never smaller";
	if (options->reflink && options->blkbits < 10)
		return "reflink needs checksums, and those need blocks of 1k";
	if (options->always_cow && !options->reflink)
		return "always_cow needs reflink";
	if (options->cowextsize && !options->reflink)
		return "a COW extent size hint needs reflink";
	if (options->allocsize && (options->allocsize < 12 || options->allocsize > 30))
		return "allocsize is 4k to 1g";
	xfs_stub_empty(inode);
	xfs_stub_unshare_all();
	inode->i_blkbits = options->blkbits;
	mp->m_super->s_blocksize_bits = options->blkbits;
	mp->m_super->s_blocksize = 1UL << options->blkbits;
	mp->m_sb.sb_blocklog = options->blkbits;
	mp->m_sb.sb_blocksize = 1U << options->blkbits;
	mp->m_blockmask = mp->m_sb.sb_blocksize - 1;
	mp->m_blkbb_log = options->blkbits - BBSHIFT;
	mp->m_sb.sb_agcount = 1;
	mp->m_sb.sb_agblklog = 31;
	mp->m_sb.sb_agblocks = 1U << 31;
	mp->m_sb.sb_dblocks = mp->m_sb.sb_agblocks;
	mp->m_ag_max_usable = mp->m_sb.sb_agblocks;
	/* larger than any: 2000 extents lie in the inode and need no btree */
	mp->m_sb.sb_inodesize = 1 << 15;
	mp->m_sb.sb_inopblog = options->blkbits > 15 ? options->blkbits - 15 : 0;
	mp->m_ino_geo.agino_log = mp->m_sb.sb_inopblog + mp->m_sb.sb_agblklog;
	xfs_stub_features(mp, options);
	xfs_stub_geometry(mp);
	xfs_stub_low_space(mp, options->size);
	*xfs_stub_free(mp) = options->free;
	*xfs_stub_reserved(mp) = 0;
	ip->i_delayed_blks = 0;
	ip->i_diflags2 = options->reflink ? XFS_DIFLAG2_REFLINK : 0;
	ip->i_diflags = options->extsize ? XFS_DIFLAG_EXTSIZE : 0;
	ip->i_extsize = options->extsize;
	ip->i_cowextsize = options->cowextsize;
	if (options->cowextsize)
		ip->i_diflags2 |= XFS_DIFLAG2_COWEXTSIZE;
	if (options->reflink && !ip->i_cowfp)
		xfs_ifork_init_cow(ip);
	memset(&xfs_stub_tags, 0, sizeof(xfs_stub_tags));
	xfs_stub_disk_reset();
	xfs_stub_perag_init(mp);
	ip->i_nblocks = 0;
	ip->i_disk_size = 0;
	xfs_stub_trans_error = 0;
	xfs_stub_trans_fail_at = 0;
	xfs_stub_forget();
	return NULL;
}

/**
 * xfs_stub_count() - what mount and inode count now
 * @inode: the file
 * @counters: filled in
 */
void xfs_stub_count(struct inode *inode, struct xfs_stub_counters *counters)
{
	struct xfs_inode *ip = XFS_I(inode);

	counters->free = *xfs_stub_free(ip->i_mount);
	counters->reserved = *xfs_stub_reserved(ip->i_mount);
	counters->delayed = ip->i_delayed_blks;
	counters->blocks = ip->i_nblocks;
	counters->size = ip->i_disk_size;
	counters->eofblocks = xfs_stub_tags.eofblocks;
	counters->cowblocks = xfs_stub_tags.cowblocks;
}

/**
 * xfs_stub_on_disk() - how long the file is on disk
 * @inode: the file
 * @size: in bytes
 */
void xfs_stub_on_disk(struct inode *inode, loff_t size)
{
	XFS_I(inode)->i_disk_size = size;
}

/**
 * xfs_stub_miscount() - count what no extent holds, for those who try the checks
 * @inode: the file
 * @more: added to free, reserved and delayed blocks and those of the data fork
 */
void xfs_stub_miscount(struct inode *inode, const struct xfs_stub_counters *more)
{
	struct xfs_inode *ip = XFS_I(inode);

	*xfs_stub_free(ip->i_mount) += more->free;
	*xfs_stub_reserved(ip->i_mount) += more->reserved;
	ip->i_delayed_blks += more->delayed;
	ip->i_nblocks += more->blocks;
}

#if XS_KMEM_ALLOC
/* What kmem.h of older trees leaves to a file of its own. */
void *kmem_alloc(size_t size, xfs_km_flags_t flags)
{
	gfp_t gfp = kmem_flags_convert(flags);

	/* these callers do not look at the result unless they say they do */
	if (!(flags & KM_MAYFAIL))
		gfp |= __GFP_NOFAIL;
	return kmalloc(size, gfp);
}
#endif
