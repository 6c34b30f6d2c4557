// SPDX-License-Identifier: GPL-2.0-only
/* Model: inodes and files that live in memory only, with the ranks of their locks. */
#include <libkern/world.h>
#include <linux/pagemap.h>
#include <linux/string.h>

static struct super_block lk_sb = {
	.s_maxbytes = MAX_LFS_FILESIZE,
	.s_id = "libkern",
};

void lk_inode_init(struct inode *inode, const struct address_space_operations *ops,
		   unsigned int blkbits)
{
	struct address_space *mapping = &inode->i_data;

	memset(inode, 0, sizeof(*inode));
	inode->i_mode = 0100644;
	inode->i_ino = 1;
	inode->i_nlink = 1;
	inode->i_blkbits = blkbits;
	inode->i_sb = &lk_sb;
	inode->i_mapping = mapping;
	inode->i_rwsem = (struct rw_semaphore){ 0, { "i_rwsem", LK_RANK_I_RWSEM } };
	mapping->host = inode;
	mapping->a_ops = ops;
	mapping->gfp_mask = GFP_HIGHUSER_MOVABLE;
	mapping->invalidate_lock =
		(struct rw_semaphore){ 0, { "invalidate_lock", LK_RANK_INVALIDATE } };
	xa_init_flags(&mapping->i_pages, XA_FLAGS_LOCK_IRQ | XA_FLAGS_ACCOUNT);
	mapping_set_large_folios(mapping);
}

struct inode *lk_inode_new(const struct address_space_operations *ops, unsigned int blkbits)
{
	struct inode *inode = lk_host_alloc(sizeof(*inode), 0);

	lk_inode_init(inode, ops, blkbits);
	return inode;
}

void lk_inode_fini(struct inode *inode)
{
	if (inode->i_data.nrpages)
		lk_splat(LK_SPLAT_LEAK, "leak: an inode was freed with %lu pages in its cache",
			 inode->i_data.nrpages);
	xa_destroy(&inode->i_data.i_pages);
}

void lk_inode_free(struct inode *inode)
{
	lk_inode_fini(inode);
	lk_host_free(inode);
}

struct file *lk_file_new(struct inode *inode)
{
	struct file *file = lk_host_alloc(sizeof(*file), 0);

	memset(file, 0, sizeof(*file));
	file->f_inode = inode;
	file->f_mapping = inode->i_mapping;
	return file;
}

void lk_file_free(struct file *file)
{
	lk_host_free(file);
}

void mark_inode_dirty(struct inode *inode)
{
	__atomic_add_fetch(&inode->lk_dirtied, 1, __ATOMIC_RELAXED);
}

int inode_newsize_ok(const struct inode *inode, loff_t offset)
{
	if (offset < 0)
		return -EINVAL;
	return offset > inode->i_sb->s_maxbytes ? -EFBIG : 0;
}

vm_fault_t vmf_error(int err)
{
	return err == -ENOMEM ? VM_FAULT_OOM : VM_FAULT_SIGBUS;
}

vm_fault_t vmf_fs_error(int err)
{
	if (!err)
		return VM_FAULT_LOCKED;
	return err == -EFAULT || err == -EAGAIN ? VM_FAULT_NOPAGE : vmf_error(err);
}
