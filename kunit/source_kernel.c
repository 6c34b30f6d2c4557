// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sources of a write inside a kernel. A kernel's own memory never comes up
 * short, so a source that does is user memory that ends before a hole: the task
 * of a case gets an mm of its own, which goes with the task.
 *
 *	address  user               user + SOURCE_MAX       user + 2 * SOURCE_MAX
 *	         [ always mapped   )[ mapped until the copy )
 *	                   [ source |  cannot be read  )
 */
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "world.h"
#include "world_kernel.h"

#define SOURCE_MAX	(16 * PAGE_SIZE)

/* What there is to write: the bytes that a source in userspace has. */
#define SOURCE_BYTE	0xa5

static char source_bytes[SOURCE_MAX];

/* Of the task that runs now; there is one case at a time. */
static unsigned long source_base;
static bool source_tail;		/* the second half is mapped */
static const struct iov_iter *source_goes;	/* and goes before a copy from it */
static size_t source_left;		/* of which so much is then not copied yet */

static unsigned long source_map(unsigned long at, size_t len, unsigned long flags)
{
	return vm_mmap(NULL, at, len, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | flags, 0);
}

static void source_fill(void)
{
	if (!source_bytes[0])
		memset(source_bytes, SOURCE_BYTE, sizeof(source_bytes));
}

static bool source_attach(void)
{
	struct mm_struct *mm;

	if (current->mm)
		return source_base;
	source_base = 0;
	if (!(current->flags & PF_KTHREAD))
		return false;
	mm = mm_alloc();
	if (!mm)
		return false;
	arch_pick_mmap_layout(mm, &current->signal->rlim[RLIMIT_STACK]);
	source_fill();
	/* The task's end drops the mm. */
	kthread_use_mm(mm);
	source_base = source_map(0, 2 * SOURCE_MAX, 0);
	if (IS_ERR_VALUE(source_base))
		source_base = 0;
	source_tail = true;
	if (source_base &&
	    copy_to_user((void __user *)source_base, source_bytes, SOURCE_MAX))
		source_base = 0;
	return source_base;
}

static bool source_set_tail(bool there)
{
	unsigned long tail = source_base + SOURCE_MAX;

	if (source_tail == there)
		return true;
	if (there ? source_map(tail, SOURCE_MAX, MAP_FIXED) != tail :
		    vm_munmap(tail, SOURCE_MAX))
		return false;
	source_tail = there;
	return true;
}

bool world_exact_source(void)
{
	static bool known, exact;
	static u64 to;		/* aligned, as a folio is */
	unsigned long left;

	if (!source_attach())
		return false;
	if (known)
		return exact;
	if (!source_set_tail(false))
		return false;
	pagefault_disable();
	left = __copy_from_user_inatomic(&to, (void __user *)(source_base + SOURCE_MAX - 1),
					 sizeof(to));
	pagefault_enable();
	exact = left == sizeof(to) - 1;
	known = true;
	return exact;
}

/**
 * source_user() - a source in user memory that can be read up to a point
 * @iter: filled in
 * @len: bytes to write
 * @fault_at: bytes that can be read
 * @seen: see world_source()
 *
 * Return: false if it cannot be made.
 */
bool source_user(struct iov_iter *iter, size_t len, size_t fault_at, bool seen)
{
	if (fault_at > SOURCE_MAX || len - fault_at > SOURCE_MAX)
		return false;
	if (!world_exact_source() || !source_set_tail(!seen))
		return false;
	source_goes = seen ? NULL : iter;
	source_left = len - fault_at;
	iov_iter_ubuf(iter, WRITE,
		      (void __user *)(source_base + SOURCE_MAX - fault_at), len);
	return true;
}

bool world_source(struct world_source *src, size_t len, size_t fault_at,
		  bool seen)
{
	unsigned int n = 0;
	size_t left = len;

	source_goes = NULL;
	source_fill();
	if (fault_at < len)
		return source_user(&src->iter, len, fault_at, seen);
	while (left && n < WORLD_SEGMENTS) {
		src->vec[n].iov_base = source_bytes;
		src->vec[n].iov_len = min_t(size_t, left, sizeof(source_bytes));
		left -= src->vec[n++].iov_len;
	}
	if (left)
		return false;
	iov_iter_kvec(&src->iter, WRITE, src->vec, n, len);
	return true;
}

void world_before_copy(size_t len)
{
	if (!source_goes || iov_iter_count(source_goes) >= len + source_left)
		return;
	source_set_tail(false);
	source_goes = NULL;
}
