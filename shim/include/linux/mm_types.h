/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Folios and the little of pages that filesystems still see.
 *
 * Descriptors are type-stable, as struct page is: a freed folio's memory stays
 * a folio, so that a speculative folio_try_get() on it is harmless. Contents
 * are separate memory, made when first touched.
 */
#ifndef _LINUX_MM_TYPES_H
#define _LINUX_MM_TYPES_H

#include <libkern/locks.h>
#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/types.h>
#include <asm/page.h>

struct folio;

struct page {
	struct folio *lk_folio;		/* the folio it belongs to */
	unsigned long lk_nr;		/* which of its pages */
};

struct folio {
	struct page page;		/* the first page */
	unsigned long lk_flags;		/* enum lk_folio_flag */
	struct address_space *mapping;
	pgoff_t index;			/* in pages */
	void *private;
	atomic_t lk_refs;
	unsigned int lk_order;
	bool lk_frozen;			/* has no references as long as it is split */
	struct page *lk_tail;		/* pages 1 and up */
	void *lk_data;			/* contents, NULL until touched: zeroes */
	struct lockdep_map dep_map;	/* the folio lock */
	struct task_struct *lk_owner;	/* who locked it */
	struct list_head lk_list;	/* of live or of free folios */
	unsigned long lk_serial;	/* when it was allocated */
	const void *lk_caller;		/* who allocated it */
};

struct vm_area_struct {
	struct file *vm_file;
	unsigned long vm_flags;
	unsigned long vm_pgoff;
};

struct vm_operations_struct;
struct mm_struct;

struct vm_fault {
	struct vm_area_struct *vma;
	struct page *page;
	pgoff_t pgoff;
	unsigned int flags;
};

#define VM_FAULT_OOM		0x1u
#define VM_FAULT_SIGBUS		0x2u
#define VM_FAULT_NOPAGE		0x100u
#define VM_FAULT_LOCKED		0x200u
#define VM_FAULT_RETRY		0x400u
#define FAULT_FLAG_WRITE	0x1u

#endif
