// SPDX-License-Identifier: GPL-2.0-only
/*
 * Model: the source of a write. Kept: short copies at any byte, found out by
 * the fault-in or only by the copy. Dropped: segments, user memory.
 */
#include <libkern/hooks.h>
#include <libkern/world.h>
#include <linux/mm.h>
#include <linux/uio.h>

/* What is written where nobody gave a buffer. */
#define LK_IOV_BYTE	0xa5

void iov_iter_kvec(struct iov_iter *i, unsigned int direction, const struct kvec *kvec,
		   unsigned long nr_segs, size_t count)
{
	BUG_ON(nr_segs != 1);
	*i = (struct iov_iter){
		.data_source = direction == ITER_SOURCE,
		.lk_base = kvec->iov_base,
		.count = count,
		.lk_fault_at = SIZE_MAX,
		.lk_short_at = SIZE_MAX,
	};
}

void lk_iov_fault_at(struct iov_iter *i, size_t byte)
{
	i->lk_fault_at = byte;
}

void lk_iov_short_once(struct iov_iter *i, size_t byte)
{
	i->lk_short_at = byte;
}

void lk_iov_iter_fault(struct iov_iter *i, size_t len, size_t fault_at, bool seen)
{
	struct kvec kvec = { NULL, len };

	iov_iter_kvec(i, ITER_SOURCE, &kvec, 1, len);
	if (fault_at >= len)
		return;
	i->lk_fault_at = fault_at;
	if (!seen)
		i->lk_short_at = fault_at;
}

void iov_iter_advance(struct iov_iter *i, size_t bytes)
{
	BUG_ON(bytes > i->count);
	i->lk_off += bytes;
	i->count -= bytes;
}

void iov_iter_revert(struct iov_iter *i, size_t bytes)
{
	BUG_ON(bytes > i->lk_off);
	i->lk_off -= bytes;
	i->count += bytes;
}

size_t fault_in_iov_iter_readable(const struct iov_iter *i, size_t bytes)
{
	size_t end = i->lk_off + (bytes < i->count ? bytes : i->count);

	/* the page is still there: it goes before the copy */
	if (i->lk_short_at != SIZE_MAX)
		return 0;
	if (i->lk_fault_at >= end)
		return 0;
	return end - (i->lk_fault_at > i->lk_off ? i->lk_fault_at : i->lk_off);
}

size_t copy_folio_from_iter_atomic(struct folio *folio, size_t offset, size_t bytes,
				   struct iov_iter *i)
{
	size_t n = bytes < i->count ? bytes : i->count;
	size_t limit = i->lk_fault_at < i->lk_short_at ? i->lk_fault_at : i->lk_short_at;

	lk_point(LK_AT_COPY, folio);
	BUG_ON(offset + bytes > folio_size(folio));
	if (i->lk_off + n > limit) {
		n = limit > i->lk_off ? limit - i->lk_off : 0;
		/* from now on the fault-in sees it as well */
		i->lk_short_at = SIZE_MAX;
	}
	if (n && i->lk_base)
		memcpy((char *)folio_address(folio) + offset, i->lk_base + i->lk_off, n);
	else if (n)
		memset((char *)folio_address(folio) + offset, LK_IOV_BYTE, n);
	iov_iter_advance(i, n);
	return n;
}

size_t copy_page_from_iter_atomic(struct page *page, size_t offset, size_t bytes,
				  struct iov_iter *i)
{
	return copy_folio_from_iter_atomic(page_folio(page), (page->lk_nr << PAGE_SHIFT) + offset,
					   bytes, i);
}
