// SPDX-License-Identifier: GPL-2.0-only
/*
 * XFS's names for an inode's three locks. The ilock lies below all others of
 * this path; the rules of libkern/locks.h bind it as they bind the rest.
 */
#include <xfs_stub/tree.h>
#include <xfs_stub/local.h>

#if XS_MRLOCK
#define XFS_STUB_ILOCK(ip)	(&(ip)->i_lock.mr_lock)
#else
#define XFS_STUB_ILOCK(ip)	(&(ip)->i_lock)
#endif

/* The asserts of trees with an mrlock ask this and not the semaphore. */
static void xfs_stub_writer(struct xfs_inode *ip, int on)
{
#if XS_MRLOCK
	ip->i_lock.mr_writer = on;
#endif
}

void xfs_stub_ilock_init(struct xfs_inode *ip)
{
	*XFS_STUB_ILOCK(ip) = (struct rw_semaphore){ 0, { "ilock", LK_RANK_FS } };
	xfs_stub_writer(ip, 0);
}

void xfs_ilock(struct xfs_inode *ip, uint flags)
{
	struct inode *inode = VFS_I(ip);

	if (flags & XFS_IOLOCK_EXCL)
		inode_lock(inode);
	else if (flags & XFS_IOLOCK_SHARED)
		inode_lock_shared(inode);
	if (flags & XFS_MMAPLOCK_EXCL)
		filemap_invalidate_lock(inode->i_mapping);
	else if (flags & XFS_MMAPLOCK_SHARED)
		filemap_invalidate_lock_shared(inode->i_mapping);
	if (flags & XFS_ILOCK_EXCL) {
		down_write(XFS_STUB_ILOCK(ip));
		xfs_stub_writer(ip, 1);
	} else if (flags & XFS_ILOCK_SHARED) {
		down_read(XFS_STUB_ILOCK(ip));
	}
}

/* Only the ilock is ever tried on this path. */
int xfs_ilock_nowait(struct xfs_inode *ip, uint flags)
{
	if (flags & ~(XFS_ILOCK_EXCL | XFS_ILOCK_SHARED))
		lk_unimplemented(__func__, "a caller that wants more than the ilock");
	if (flags & XFS_ILOCK_SHARED)
		return down_read_trylock(XFS_STUB_ILOCK(ip));
	if (!down_write_trylock(XFS_STUB_ILOCK(ip)))
		return 0;
	xfs_stub_writer(ip, 1);
	return 1;
}

void xfs_iunlock(struct xfs_inode *ip, uint flags)
{
	struct inode *inode = VFS_I(ip);

	if (flags & XFS_IOLOCK_EXCL)
		inode_unlock(inode);
	else if (flags & XFS_IOLOCK_SHARED)
		inode_unlock_shared(inode);
	if (flags & XFS_MMAPLOCK_EXCL)
		filemap_invalidate_unlock(inode->i_mapping);
	else if (flags & XFS_MMAPLOCK_SHARED)
		filemap_invalidate_unlock_shared(inode->i_mapping);
	if (flags & XFS_ILOCK_EXCL) {
		xfs_stub_writer(ip, 0);
		up_write(XFS_STUB_ILOCK(ip));
	} else if (flags & XFS_ILOCK_SHARED) {
		up_read(XFS_STUB_ILOCK(ip));
	}
}

/**
 * xfs_stub_locked() - does this task still hold i_rwsem or the ilock?
 * @inode: whose
 */
bool xfs_stub_locked(struct inode *inode)
{
	return lockdep_is_held(&inode->i_rwsem) || lockdep_is_held(XFS_STUB_ILOCK(XFS_I(inode)));
}

/**
 * xfs_stub_ilock() - somebody takes the ilock for writing, or is done with it
 * @inode: whose
 * @on: takes
 */
void xfs_stub_ilock(struct inode *inode, bool on)
{
	if (on)
		xfs_ilock(XFS_I(inode), XFS_ILOCK_EXCL);
	else
		xfs_iunlock(XFS_I(inode), XFS_ILOCK_EXCL);
}

/**
 * xfs_stub_busy() - has any task the ilock for writing?
 * @inode: whose
 */
bool xfs_stub_busy(struct inode *inode)
{
	return READ_ONCE(XFS_STUB_ILOCK(XFS_I(inode))->count) < 0;
}

/**
 * xfs_stub_name() - what is this of an inode?
 * @inode: the inode
 * @obj: a lock, say
 *
 * Return: its name, or NULL: it is none of XFS's.
 */
const char *xfs_stub_name(struct inode *inode, const void *obj)
{
	struct xfs_inode *ip = XFS_I(inode);

	if (obj == XFS_STUB_ILOCK(ip))
		return "ilock";
	if (obj == &ip->i_flags_lock)
		return "i_flags_lock";
	if (obj == &ip->i_ioend_lock)
		return "i_ioend_lock";
	return obj == &xfs_stub_changes ? "the extents" : NULL;
}

static bool xfs_stub_holds(struct xfs_inode *ip, uint flags)
{
	struct inode *inode = VFS_I(ip);

	/* shared is at least shared: an exclusive holder will do */
	if (flags & XFS_ILOCK_SHARED && !lockdep_is_held(XFS_STUB_ILOCK(ip)))
		return false;
	if ((flags & (XFS_ILOCK_SHARED | XFS_ILOCK_EXCL)) == XFS_ILOCK_EXCL &&
	    !lockdep_is_held_type(XFS_STUB_ILOCK(ip), 0))
		return false;
	if (flags & XFS_MMAPLOCK_SHARED && !lockdep_is_held(&inode->i_mapping->invalidate_lock))
		return false;
	if ((flags & (XFS_MMAPLOCK_SHARED | XFS_MMAPLOCK_EXCL)) == XFS_MMAPLOCK_EXCL &&
	    !lockdep_is_held_type(&inode->i_mapping->invalidate_lock, 0))
		return false;
	if (flags & XFS_IOLOCK_SHARED && !lockdep_is_held(&inode->i_rwsem))
		return false;
	return (flags & (XFS_IOLOCK_SHARED | XFS_IOLOCK_EXCL)) != XFS_IOLOCK_EXCL ||
		lockdep_is_held_type(&inode->i_rwsem, 0);
}

#if XS_ISILOCKED
bool xfs_isilocked(struct xfs_inode *ip, uint flags)
{
	return xfs_stub_holds(ip, flags);
}
#endif

/**
 * xfs_stub_want() - somebody asserts that locks of an inode are held
 * @ip: the inode
 * @flags: which, as for xfs_ilock()
 * @caller: an address in the function that does
 */
void xfs_stub_want(struct xfs_inode *ip, uint flags, void *caller)
{
	char buf[128];

	if (!xfs_stub_holds(ip, flags))
		lk_splat(LK_SPLAT_LOCK, "%s wants locks of the inode held (flags %#x)",
			 lk_host_symbol(caller, buf, sizeof(buf)), flags);
}

#if XS_ASSERT_ILOCKED
void xfs_assert_ilocked(struct xfs_inode *ip, uint flags)
{
	xfs_stub_want(ip, flags, __builtin_return_address(0));
}
#endif
