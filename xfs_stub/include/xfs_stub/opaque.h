/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernel objects that lie in XFS's structures and that nobody here looks into. */
#ifndef XFS_STUB_OPAQUE_H
#define XFS_STUB_OPAQUE_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#define XFS_STUB_OPAQUE(name)	struct name { int lk_unused; }

XFS_STUB_OPAQUE(kobject);
XFS_STUB_OPAQUE(completion);
XFS_STUB_OPAQUE(semaphore);
XFS_STUB_OPAQUE(shrinker);
XFS_STUB_OPAQUE(list_lru);
XFS_STUB_OPAQUE(ratelimit_state);
XFS_STUB_OPAQUE(rhashtable);
XFS_STUB_OPAQUE(rhash_head);
XFS_STUB_OPAQUE(wait_queue_head);
XFS_STUB_OPAQUE(cpumask);
XFS_STUB_OPAQUE(lockref);
XFS_STUB_OPAQUE(rb_root);
XFS_STUB_OPAQUE(rb_node);
typedef struct wait_queue_head wait_queue_head_t;

struct block_device;
struct file;
struct iattr;
struct iomap;
struct iov_iter;
struct mnt_idmap;
struct qstr;
enum page_entry_size { PE_SIZE_PTE };
struct shrink_control;
struct user_namespace;

struct delayed_work {
	struct work_struct work;
};

#ifndef radix_tree_root
struct radix_tree_root { int lk_unused; };
#endif

struct swap_info_struct { struct block_device *bdev; };

struct llist_head { struct llist_node *first; };
struct llist_node { struct llist_node *next; };

typedef long __kernel_long_t;
typedef struct { u8 b[16]; } uuid_t;
typedef uid_t kuid_t;
typedef gid_t kgid_t;
typedef unsigned int projid_t;

#define uid_eq(a, b)		((a) == (b))
#define gid_eq(a, b)		((a) == (b))
#define I_DIRTY_PAGES		4
#define I_FREEING		0x20

/* No message is held back. */
#define DEFINE_RATELIMIT_STATE(name, interval, burst) \
	struct ratelimit_state name = { 0 }
#define __ratelimit(state)	((void)(state), 1)
#define DO_ONCE_LITE(fn, ...)	fn(__VA_ARGS__)
#define printk_index_subsys_emit(...) ((void)0)

#endif /* XFS_STUB_OPAQUE_H */
