/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every call into iomap whose signature differs between kernels, behind one
 * signature each. The only file of the suites with an #if on the variant; the
 * LK_ facts are probed from the tree, never inferred from a version or from
 * each other.
 *
 * Works in userspace and in a kernel alike.
 */
#ifndef IOMAP_COMPAT_H
#define IOMAP_COMPAT_H

#include <linux/fs.h>
#include <linux/iomap.h>
#include <linux/pagemap.h>
#include <linux/uio.h>
#include <linux/writeback.h>

/**
 * struct compat_hooks - the filesystem's side, with one signature for all trees
 * @punch: remove delalloc extents in [offset, offset + length), bytes; 0 or an
 *	   error, which trees whose callback returns void never see. @iomap is
 *	   what the tree hands over, NULL where its callback gets none
 * @get_folio: called before a write gets its folio at @pos; an error fails the
 *	       write there; NULL: none
 * @iomap_valid: is the mapping still what the file has? NULL: always
 * @map: fill in @iomap for a dirty range, for writeback
 * @discard: a folio could not be mapped from @pos on; NULL: none
 */
struct compat_hooks {
	int (*punch)(struct inode *inode, loff_t offset, loff_t length, struct iomap *iomap);
	int (*get_folio)(struct inode *inode, loff_t pos, size_t len);
	bool (*iomap_valid)(struct inode *inode, const struct iomap *iomap);
	int (*map)(struct inode *inode, loff_t pos, u64 len, struct iomap *iomap);
	void (*discard)(struct folio *folio, loff_t pos);
};

extern struct compat_hooks compat_hooks;

/* Some calls returned an int once and return nothing now. */
#define COMPAT_INT(call)						\
	__builtin_choose_expr(__builtin_types_compatible_p(typeof(call), void), \
			      ((call), 0), (call))

/* --- the release ------------------------------------------------------------ */

#if LK_PUNCH_RETURNS_INT
#define COMPAT_PUNCH_RET	int
#else
#define COMPAT_PUNCH_RET	void
#endif

#if LK_PUNCH_HAS_IOMAP
static inline COMPAT_PUNCH_RET compat_punch(struct inode *inode, loff_t offset, loff_t length,
					    struct iomap *iomap)
#else
static inline COMPAT_PUNCH_RET compat_punch(struct inode *inode, loff_t offset, loff_t length)
#endif
{
#if LK_PUNCH_HAS_IOMAP
	int error = compat_hooks.punch(inode, offset, length, iomap);
#else
	int error = compat_hooks.punch(inode, offset, length, NULL);
#endif

#if LK_PUNCH_RETURNS_INT
	return error;
#else
	(void)error;
#endif
}

/**
 * compat_entry() - what ->iomap_end of trees up to 6.12-rc3 calls
 * @inode: the file
 * @pos: start of the write, bytes
 * @length: of the mapping that it asked for, bytes
 * @written: bytes that got through
 * @flags: IOMAP_ flags of the iteration
 * @iomap: as ->iomap_begin made it
 *
 * The tree decides on the type, on IOMAP_F_NEW and on the written part, and
 * takes invalidate_lock itself.
 *
 * Return: what the tree's entry returns, 0 where it returns nothing; -EOPNOTSUPP
 * on trees whose entry is the release itself.
 */
static inline int compat_entry(struct inode *inode, loff_t pos, loff_t length,
			       ssize_t written, unsigned int flags, struct iomap *iomap)
{
#if !LK_ENTRY_PUNCH_DELALLOC
	return -EOPNOTSUPP;
#elif LK_ENTRY_IOMAP_FIRST
	return COMPAT_INT(iomap_file_buffered_write_punch_delalloc(inode, iomap, pos, length,
								   written, compat_punch));
#else
	return COMPAT_INT(iomap_file_buffered_write_punch_delalloc(inode, pos, length, written,
								   flags, iomap, compat_punch));
#endif
}

/**
 * compat_release_locked() - release [start, end), the lock being the caller's
 * @inode: the file
 * @start: first byte, block aligned
 * @end: byte behind the last, block aligned
 * @flags: IOMAP_ flags of the iteration
 * @iomap: a fresh (IOMAP_F_NEW) delalloc mapping
 *
 * On trees that take invalidate_lock themselves (LK_RELEASE_LOCKS) the caller
 * must not hold it, on the others it must hold it for writing. Trees that hide
 * the release are reached through their entry, as a write of nothing.
 *
 * Return: 0, or the error of a punch on trees that pass it on.
 */
static inline int compat_release_locked(struct inode *inode, loff_t start, loff_t end,
					unsigned int flags, struct iomap *iomap)
{
#if LK_ENTRY_RELEASE
	return COMPAT_INT(iomap_write_delalloc_release(inode, start, end, flags, iomap,
						       compat_punch));
#else
	return compat_entry(inode, start, end - start, 0, flags, iomap);
#endif
}

/**
 * compat_release() - release [start, end) as a careful caller does
 *
 * Takes invalidate_lock for writing round compat_release_locked() unless the
 * tree does. Arguments and return value are the same.
 */
static inline int compat_release(struct inode *inode, loff_t start, loff_t end,
				 unsigned int flags, struct iomap *iomap)
{
	int error;

	if (!LK_RELEASE_LOCKS)
		filemap_invalidate_lock(inode->i_mapping);
	error = compat_release_locked(inode, start, end, flags, iomap);
	if (!LK_RELEASE_LOCKS)
		filemap_invalidate_unlock(inode->i_mapping);
	return error;
}

/**
 * compat_last_written_block() - where the unused part of a short write begins
 * @inode: the file
 * @pos: start of the write, bytes
 * @written: bytes that got through
 *
 * Return: a block aligned position, -1 on trees without the helper.
 */
static inline loff_t compat_last_written_block(struct inode *inode, loff_t pos, ssize_t written)
{
#if LK_LAST_WRITTEN_BLOCK
	return iomap_last_written_block(inode, pos, written);
#else
	return -1;
#endif
}

/* --- hooks of a write --------------------------------------------------------- */

#if LK_IOMAP_VALID
static inline bool compat_valid(struct inode *inode, const struct iomap *iomap)
{
	return !compat_hooks.iomap_valid || compat_hooks.iomap_valid(inode, iomap);
}
#endif

#if LK_FOLIO_OPS || LK_WRITE_OPS
static inline struct folio *compat_get_folio(struct iomap_iter *iter, loff_t pos, unsigned int len)
{
	int error = compat_hooks.get_folio ? compat_hooks.get_folio(iter->inode, pos, len) : 0;

	return error ? ERR_PTR(error) : iomap_get_folio(iter, pos, len);
}
#elif LK_PAGE_OPS
static inline int compat_page_prepare(struct inode *inode, loff_t pos, unsigned int len)
{
	return compat_hooks.get_folio ? compat_hooks.get_folio(inode, pos, len) : 0;
}
#endif

#if LK_WRITE_OPS
static const struct iomap_write_ops compat_write_ops = {
	.get_folio	= compat_get_folio,
	.iomap_valid	= compat_valid,
};
#else
#if LK_FOLIO_OPS
static const struct iomap_folio_ops compat_folio_ops = {
	.get_folio	= compat_get_folio,
#if LK_IOMAP_VALID
	.iomap_valid	= compat_valid,
#endif
};
#elif LK_PAGE_OPS
static const struct iomap_page_ops compat_page_ops = {
	.page_prepare	= compat_page_prepare,
#if LK_IOMAP_VALID
	.iomap_valid	= compat_valid,
#endif
};
#endif
#endif

/**
 * compat_set_folio_hooks() - make a mapping use compat_hooks
 * @iomap: what ->iomap_begin returns
 *
 * Trees that pass the hooks as an argument need nothing here.
 */
static inline void compat_set_folio_hooks(struct iomap *iomap)
{
#if LK_WRITE_OPS
	(void)iomap;
#elif LK_FOLIO_OPS
	iomap->folio_ops = &compat_folio_ops;
#elif LK_PAGE_OPS
	iomap->page_ops = &compat_page_ops;
#endif
}

/**
 * compat_set_cookie() - note on a mapping what it was made from
 * @iomap: what ->iomap_begin returns
 * @cookie: for compat_hooks.iomap_valid, which asks compat_cookie()
 *
 * Trees that cannot ask keep no note.
 */
static inline void compat_set_cookie(struct iomap *iomap, u64 cookie)
{
#if LK_IOMAP_VALID
	iomap->validity_cookie = cookie;
#endif
}

static inline u64 compat_cookie(const struct iomap *iomap)
{
#if LK_IOMAP_VALID
	return iomap->validity_cookie;
#else
	return 0;
#endif
}

/* How __filemap_get_folio() is told the size that is wished for; nothing where it is not. */
static inline unsigned int compat_order_hint(size_t size)
{
#if LK_WRITE_FOLIO_ORDER
	return (__force unsigned int)fgf_set_order(size);
#else
	return 0;
#endif
}

/* --- reading, writing, faults --------------------------------------------------- */

/* iomap_file_buffered_write(); i_rwsem held for writing. Bytes written or an error. */
static inline ssize_t compat_buffered_write(struct kiocb *iocb, struct iov_iter *from,
					    const struct iomap_ops *ops)
{
#if LK_WRITE_OPS
	return iomap_file_buffered_write(iocb, from, ops, &compat_write_ops, NULL);
#elif LK_BUFFERED_WRITE_PRIVATE
	return iomap_file_buffered_write(iocb, from, ops, NULL);
#else
	return iomap_file_buffered_write(iocb, from, ops);
#endif
}

/* iomap_page_mkwrite(); invalidate_lock held shared. The folio comes back locked on success. */
static inline vm_fault_t compat_page_mkwrite(struct vm_fault *vmf, const struct iomap_ops *ops)
{
#if LK_PAGE_MKWRITE_PRIVATE
	return iomap_page_mkwrite(vmf, ops, NULL);
#else
	return iomap_page_mkwrite(vmf, ops);
#endif
}

/* iomap_zero_range(); i_rwsem and invalidate_lock held for writing. 0 or an error. */
static inline int compat_zero_range(struct inode *inode, loff_t pos, loff_t len, bool *did_zero,
				    const struct iomap_ops *ops)
{
#if LK_WRITE_OPS
	return iomap_zero_range(inode, pos, len, did_zero, ops, &compat_write_ops, NULL);
#elif LK_ZERO_RANGE_PRIVATE
	return iomap_zero_range(inode, pos, len, did_zero, ops, NULL);
#else
	return iomap_zero_range(inode, pos, len, did_zero, ops);
#endif
}

/* iomap_truncate_page(); locks as for compat_zero_range(). 0 or an error. */
static inline int compat_truncate_page(struct inode *inode, loff_t pos, bool *did_zero,
				       const struct iomap_ops *ops)
{
#if LK_WRITE_OPS
	return iomap_truncate_page(inode, pos, did_zero, ops, &compat_write_ops, NULL);
#elif LK_ZERO_RANGE_PRIVATE
	return iomap_truncate_page(inode, pos, did_zero, ops, NULL);
#else
	return iomap_truncate_page(inode, pos, did_zero, ops);
#endif
}

/* iomap_file_unshare(); locks as for compat_zero_range(). 0 or an error. */
static inline int compat_file_unshare(struct inode *inode, loff_t pos, loff_t len,
				      const struct iomap_ops *ops)
{
#if LK_WRITE_OPS
	return iomap_file_unshare(inode, pos, len, ops, &compat_write_ops);
#else
	return iomap_file_unshare(inode, pos, len, ops);
#endif
}

/* Reads a locked folio and unlocks it. 0 or an error; trees that return nothing: 0. */
static inline int compat_read_folio(struct folio *folio, const struct iomap_ops *ops)
{
#if LK_READ_FOLIO_CTX
	iomap_bio_read_folio(folio, ops);
	return 0;
#else
	return iomap_read_folio(folio, ops);
#endif
}

static inline void compat_readahead(struct readahead_control *rac, const struct iomap_ops *ops)
{
#if LK_READ_FOLIO_CTX
	iomap_bio_readahead(rac, ops);
#else
	iomap_readahead(rac, ops);
#endif
}

static inline bool compat_dirty_folio(struct address_space *mapping, struct folio *folio)
{
#if LK_IOMAP_DIRTY_FOLIO
	return iomap_dirty_folio(mapping, folio);
#else
	return filemap_dirty_folio(mapping, folio);
#endif
}

/**
 * compat_set_min_order() - make every folio of a file at least so large
 * @inode: the file, its cache empty
 * @order: of the smallest folio, for blocks larger than a page
 *
 * Return: false where the tree has no minimum order.
 */
static inline bool compat_set_min_order(struct inode *inode, unsigned int order)
{
#if LK_MIN_FOLIO_ORDER
	mapping_set_folio_min_order(inode->i_mapping, order);
	return true;
#else
	return false;
#endif
}

/* --- writeback ------------------------------------------------------------------- */

#if LK_WRITEBACK_RANGE
static inline ssize_t compat_writeback_range(struct iomap_writepage_ctx *wpc, struct folio *folio,
					     u64 pos, unsigned int len, u64 end_pos)
{
	ssize_t ret = compat_hooks.map(wpc->inode, pos, len, &wpc->iomap);

	if (!ret)
		ret = iomap_add_to_ioend(wpc, folio, pos, end_pos, len);
	/* what iomap called discard_folio for is the filesystem's own job here */
	if (ret < 0 && compat_hooks.discard)
		compat_hooks.discard(folio, pos);
	return ret;
}

static const struct iomap_writeback_ops compat_writeback_ops = {
	.writeback_range	= compat_writeback_range,
	.writeback_submit	= iomap_ioend_writeback_submit,
};
#else
#if LK_MAP_BLOCKS_LEN
static inline int compat_map_blocks(struct iomap_writepage_ctx *wpc, struct inode *inode,
				    loff_t offset, unsigned int len)
#else
static inline int compat_map_blocks(struct iomap_writepage_ctx *wpc, struct inode *inode,
				    loff_t offset)
#endif
{
#if !LK_MAP_BLOCKS_LEN
	u64 len = i_blocksize(inode);
#endif

	return compat_hooks.map(inode, offset, len, &wpc->iomap);
}

static inline void compat_discard_folio(struct folio *folio, loff_t pos)
{
	if (compat_hooks.discard)
		compat_hooks.discard(folio, pos);
}

static const struct iomap_writeback_ops compat_writeback_ops = {
	.map_blocks	= compat_map_blocks,
	.discard_folio	= compat_discard_folio,
};
#endif

/* ->writepages of a file whose filesystem is compat_hooks. 0 or an error. */
static inline int compat_writepages(struct address_space *mapping, struct writeback_control *wbc)
{
	struct iomap_writepage_ctx wpc = { };

#if LK_WRITEPAGES_WPC
	wpc.inode = mapping->host;
	wpc.wbc = wbc;
	wpc.ops = &compat_writeback_ops;
	return iomap_writepages(&wpc);
#else
	return iomap_writepages(mapping, wbc, &wpc, &compat_writeback_ops);
#endif
}

/* Does a mapping come with the folios that zeroing has to go through? */
static inline bool compat_has_batch(const struct iomap *iomap)
{
#if LK_F_FOLIO_BATCH
	return iomap->flags & IOMAP_F_FOLIO_BATCH;
#else
	return false;
#endif
}

#endif /* IOMAP_COMPAT_H */
