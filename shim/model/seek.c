// SPDX-License-Identifier: GPL-2.0-only
/*
 * Model: SEEK_DATA and SEEK_HOLE in the page cache, written from the contract
 * and without a look at how the kernel walks: block by block, gap by gap. The
 * suites run on the tree's own text; this one is there to disagree with it.
 *
 * The contract: a byte is data if a shadow entry covers it, if its folio is
 * uptodate, or if the file system says that its block is. A folio that the
 * file system cannot tell parts of is a hole until all of it is uptodate.
 */
#include <libkern/host.h>
#include <libkern/world.h>
#include <linux/pagemap.h>
#include <linux/rcupdate.h>

/*
 * Is the block at @pos data? @next: the first byte behind what was looked at,
 * negative where nothing follows.
 */
static bool lk_seek_is_data(struct address_space *mapping, loff_t pos, loff_t *next)
{
	const struct address_space_operations *ops = mapping->a_ops;
	u64 bs = i_blocksize(mapping->host), page = PAGE_SIZE;
	struct folio *folio = filemap_get_entry(mapping, pos >> PAGE_SHIFT);
	bool data = false;

	*next = pos - pos % page + page;
	if (!folio) {
		unsigned long index = pos >> PAGE_SHIFT;

		/* a gap may be very long: go on at what follows it, if anything */
		if (!xa_find(&mapping->i_pages, &index, ~0UL, XA_PRESENT))
			*next = -1;
		else if (index > (unsigned long)(pos >> PAGE_SHIFT))
			*next = (loff_t)index << PAGE_SHIFT;
		return false;
	}
	if (xa_is_value(folio))
		return true;
	if (folio_test_uptodate(folio)) {
		data = true;
	} else if (ops->is_partially_uptodate) {
		u64 step = bs < page ? bs : page;

		*next = pos - pos % step + step;
		folio_lock(folio);
		if (folio->mapping == mapping) {
			size_t off = (u64)(pos - pos % bs) - (u64)folio_pos(folio);

			data = ops->is_partially_uptodate(folio, off, bs);
		}
		folio_unlock(folio);
	}
	folio_put(folio);
	return data;
}

loff_t lk_model_seek_hole_data(struct address_space *mapping, loff_t start, loff_t end, int whence)
{
	bool data = whence == SEEK_DATA;
	loff_t pos = start, next;

	if (end <= start)
		return -ENXIO;
	while (pos < end) {
		if (lk_seek_is_data(mapping, pos, &next) == data)
			return pos;
		/* the last page of the largest file ends where loff_t does */
		if (next < pos)
			break;
		pos = next;
	}
	return data ? -ENXIO : end;
}

loff_t mapping_seek_hole_data(struct address_space *mapping, loff_t start, loff_t end, int whence)
{
	static int model = -1;

	if (unlikely(model < 0)) {
		const char *seek = lk_host_option("seek");

		model = seek && !strcmp(seek, "model");
	}
	lk_lookup(mapping);
	return model ? lk_model_seek_hole_data(mapping, start, end, whence) :
		       lk_tree_seek_hole_data(mapping, start, end, whence);
}
