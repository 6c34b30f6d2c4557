// SPDX-License-Identifier: GPL-2.0-only
/*
 * The seam to a running kernel: a pseudo filesystem without a disk, and nothing
 * that a kernel cannot do to itself.
 */
#include <linux/delay.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/moduleparam.h>
#include <linux/mount.h>
#include <linux/pagemap.h>
#include <linux/panic.h>
#include <linux/pseudo_fs.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/swap.h>
#include <linux/task_work.h>
#include <linux/timer.h>

#include "world.h"
#include "world_kernel.h"

/* Who runs the suites says how they are run again. */
#ifndef WORLD_COMMAND
#define WORLD_COMMAND	"./tools/testing/kunit/kunit.py run"
#endif

static struct vfsmount *world_mount;

/* What lets a mapping have large folios of its own, in this tree. */
static unsigned long world_large_bits;

static int world_init_fs_context(struct fs_context *fc)
{
	return init_pseudo(fc, 0x6c69626b) ? 0 : -ENOMEM;
}

static struct file_system_type world_fs_type = {
	.name			= "libkern",
	.init_fs_context	= world_init_fs_context,
	.kill_sb		= kill_anon_super,
};

static const struct file_operations world_fops;

/* One mount serves all cases; nothing can unmount it, so it stays. */
static int world_mount_once(void)
{
	struct vfsmount *mnt;
	int err;

	if (world_mount)
		return 0;
	mnt = kern_mount(&world_fs_type);
	if (IS_ERR(mnt))
		return PTR_ERR(mnt);
	/*
	 * Or nothing would ever be flushed. The flusher does not come: inodes of
	 * alloc_anon_inode() are never on its list.
	 */
	err = super_setup_bdi(mnt->mnt_sb);
	if (err) {
		kern_unmount(mnt);
		return err;
	}
	mnt->mnt_sb->s_maxbytes = MAX_LFS_FILESIZE;
	world_mount = mnt;
	return 0;
}

int world_open(struct world *w, const struct address_space_operations *aops,
	       unsigned int blkbits)
{
	int err = world_mount_once();
	unsigned long flags;

	if (err)
		return err;
	splat_begin();
	w->inode = alloc_anon_inode(world_mount->mnt_sb);
	if (IS_ERR(w->inode))
		return PTR_ERR(w->inode);
	w->inode->i_mode = S_IFREG | 0600;
	w->inode->i_blkbits = blkbits;
	w->inode->i_mapping->a_ops = aops;
	mapping_set_gfp_mask(w->inode->i_mapping, GFP_KERNEL);
	flags = w->inode->i_mapping->flags;
	mapping_set_large_folios(w->inode->i_mapping);
	world_large_bits = w->inode->i_mapping->flags & ~flags;
	w->file = alloc_file_pseudo(w->inode, world_mount, "libkern", O_RDWR,
				    &world_fops);
	if (IS_ERR(w->file)) {
		iput(w->inode);
		return PTR_ERR(w->file);
	}
	return 0;
}

void world_close(struct world *w)
{
	/*
	 * The file owns the inode. KUnit cleans up in init itself after a case
	 * that left early, and older kernels do not call that a kernel thread.
	 */
	if (current->flags & PF_KTHREAD) {
		__fput_sync(w->file);
	} else {
		fput(w->file);
		task_work_run();
	}
	splat_end();
}

struct block_device *world_bdev(void)
{
	return NULL;
}

void world_let_read(void)
{
	/* A pipe holds 64 KiB, ten such cases: so readers may be 0.3 s late. */
	msleep(30);
}

void world_settle(void)
{
	lru_add_drain();
	/* The task may have run on another processor, whose lists these are. */
	lru_add_drain_all();
}

bool world_small_folios(struct world *w)
{
	w->inode->i_mapping->flags &= ~world_large_bits;
	return !mapping_large_folio_support(w->inode->i_mapping);
}

bool world_own_get_folio(void)
{
	return true;
}

bool world_splits_folios(void)
{
	return IS_ENABLED(CONFIG_TRANSPARENT_HUGEPAGE);
}

bool world_invalidate_held(struct address_space *mapping)
{
	/* Without lockdep: whoever holds it for writing lets no reader in. */
	if (!down_read_trylock(&mapping->invalidate_lock))
		return true;
	up_read(&mapping->invalidate_lock);
	return false;
}

bool world_fail_alloc(unsigned int nth)
{
	/* Fault injection would need a task of its own for each allocation. */
	return !nth;
}

bool world_at_lookup(unsigned int nth, void (*fn)(void *arg), void *arg)
{
	/* Nothing calls us there. */
	return false;
}

bool world_at_folio_lock(unsigned int nth, void (*fn)(void *arg), void *arg)
{
	return false;
}

bool world_at_moment(enum world_moment at, unsigned int nth, void (*fn)(void *arg), void *arg)
{
	return false;
}

bool world_map_dirty(struct folio *folio)
{
	/* The task has no mapping of the file. */
	return false;
}

bool world_defer_io(bool on)
{
	/* There is no device. */
	return false;
}

void world_wait_io(void)
{
}

bool world_fail_io(unsigned int nth, int error)
{
	return false;
}

bool world_end_one_io(void)
{
	return false;
}

int world_reclaim(struct address_space *mapping, pgoff_t index)
{
	return -EOPNOTSUPP;
}

bool world_at_write(void (*fn)(void *arg, const struct world_written *w), void *arg)
{
	return false;
}

bool world_at_unsent(void (*fn)(void *arg, const struct world_written *w), void *arg)
{
	return false;
}

bool world_in_punch(bool inside)
{
	/* lockdep does not track the folio lock. */
	return false;
}

void world_own_lock(struct rw_semaphore *sem)
{
	init_rwsem(sem);
}

static void world_hangs(struct timer_list *timer)
{
	panic("libkern: the case hangs, and the kernel is ended");
}

static DEFINE_TIMER(world_timer, world_hangs);

void world_may_hang(void)
{
	mod_timer(&world_timer, jiffies + HZ);
}

static char *world_sample;
core_param(libkern_sample, world_sample, charp, 0);
static char *world_digest;
core_param(libkern_digest, world_digest, charp, 0);
static char *world_lock_case;
core_param(libkern_lock_case, world_lock_case, charp, 0);

const char *world_option(const char *name)
{
	if (!strcmp(name, "sample"))
		return world_sample;
	if (!strcmp(name, "digest"))
		return world_digest;
	return strcmp(name, "lock_case") ? NULL : world_lock_case;
}

const char *world_command(void)
{
	return WORLD_COMMAND;
}
