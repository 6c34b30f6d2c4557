/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a write's bytes come from: a buffer in kernel memory that can be told
 * to fault at a byte, as a user buffer does that ends at an unmapped page.
 */
#ifndef _LINUX_UIO_H
#define _LINUX_UIO_H

#include <linux/types.h>

struct folio;
struct page;

struct kvec {
	void *iov_base;
	size_t iov_len;
};

struct iov_iter {
	bool data_source;
	const char *lk_base;
	size_t lk_off;			/* consumed so far, bytes */
	size_t count;			/* left, bytes */
	size_t lk_fault_at;		/* no byte at or behind it can be read */
	size_t lk_short_at;		/* the next copy that reaches it stops, once */
};

#define ITER_SOURCE	1
#define ITER_DEST	0

static inline size_t iov_iter_count(const struct iov_iter *i)
{
	return i->count;
}

static inline void iov_iter_truncate(struct iov_iter *i, u64 count)
{
	if (i->count > count)
		i->count = count;
}

static inline void iov_iter_reexpand(struct iov_iter *i, size_t count)
{
	i->count = count;
}

void iov_iter_kvec(struct iov_iter *i, unsigned int direction, const struct kvec *kvec,
		   unsigned long nr_segs, size_t count);

/**
 * lk_iov_fault_at() - make the source unreadable from a byte on
 * @i: the iterator, as iov_iter_kvec() left it
 * @byte: bytes from its start
 */
void lk_iov_fault_at(struct iov_iter *i, size_t byte);

/**
 * lk_iov_short_once() - let the copy that reaches a byte stop there, once
 * @i: the iterator, as iov_iter_kvec() left it
 * @byte: bytes from its start
 *
 * As when the source page is reclaimed between the fault-in and the copy:
 * the next attempt gets through.
 */
void lk_iov_short_once(struct iov_iter *i, size_t byte);

size_t copy_folio_from_iter_atomic(struct folio *folio, size_t offset, size_t bytes,
				   struct iov_iter *i);
size_t copy_page_from_iter_atomic(struct page *page, size_t offset, size_t bytes,
				  struct iov_iter *i);
size_t fault_in_iov_iter_readable(const struct iov_iter *i, size_t bytes);
void iov_iter_revert(struct iov_iter *i, size_t bytes);
void iov_iter_advance(struct iov_iter *i, size_t bytes);

#endif
