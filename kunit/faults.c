// SPDX-License-Identifier: GPL-2.0-only
/*
 * What tasks do to a file through their mapping of it, and readahead.
 */
#include <linux/fs.h>
#include <linux/iomap.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

#include <compat.h>

#include "digest.h"

/* The folio over a block with a reference; a new one where there is none. */
static struct folio *fx_get(struct fixture *f, unsigned int block)
{
	struct address_space *mapping = f->w.inode->i_mapping;
	pgoff_t index = scn_block_pos(&f->s, block) >> PAGE_SHIFT;
	struct folio *folio;
	int err;

	/* others may be faster to put one there, or take it away */
	do {
		folio = filemap_get_folio(mapping, index);
		if (!IS_ERR_OR_NULL(folio)) {
			folio_lock(folio);
			if (folio->mapping == mapping)
				return folio;
			folio_unlock(folio);
			folio_put(folio);
			err = -EEXIST;
			continue;
		}
		folio = folio_alloc(GFP_KERNEL, 0);
		if (!folio)
			return NULL;
		err = filemap_add_folio(mapping, folio, index, GFP_KERNEL);
		if (!err)
			return folio;
		folio_put(folio);
	} while (err == -EEXIST);
	return NULL;
}

/* Bring the folio over a block in; it comes back with a reference, unlocked. */
static struct folio *fx_fault_in(struct fixture *f, unsigned int block)
{
	struct folio *folio = fx_get(f, block);

	if (!folio)
		return NULL;
	if (folio_test_uptodate(folio))
		folio_unlock(folio);
	else
		folio->mapping->a_ops->read_folio(f->w.file, folio);
	if (folio_test_uptodate(folio))
		return folio;
	folio_put(folio);
	return NULL;
}

/**
 * fx_read_fault() - a task reads mapped memory
 * @f: the fixture
 * @block: in the window
 *
 * Return: 0 or a negative errno.
 */
int fx_read_fault(struct fixture *f, unsigned int block)
{
	struct address_space *mapping = f->w.inode->i_mapping;
	struct folio *folio;

	filemap_invalidate_lock_shared(mapping);
	folio = fx_fault_in(f, block);
	filemap_invalidate_unlock_shared(mapping);
	if (folio)
		folio_put(folio);
	digest_step(f, "read fault", block, 0, folio ? 0 : -EIO);
	return folio ? 0 : -EIO;
}

/**
 * fx_readahead() - the page of a block is read before anyone asks for it
 * @f: the fixture
 * @block: in the window
 *
 * Return: 0, or -EEXIST if it is cached already.
 */
int fx_readahead(struct fixture *f, unsigned int block)
{
	struct address_space *mapping = f->w.inode->i_mapping;
	pgoff_t index = scn_block_pos(&f->s, block) >> PAGE_SHIFT;
	DEFINE_READAHEAD(rac, f->w.file, NULL, mapping, index);
	struct folio *folio = folio_alloc(GFP_KERNEL, 0);
	int err;

	if (!folio)
		return -ENOMEM;
	filemap_invalidate_lock_shared(mapping);
	err = filemap_add_folio(mapping, folio, index, GFP_KERNEL);
	if (err) {
		folio_put(folio);
	} else {
		/* Readahead gives this reference back and unlocks. */
		rac._nr_pages = 1;
		mapping->a_ops->readahead(&rac);
	}
	filemap_invalidate_unlock_shared(mapping);
	digest_step(f, "readahead", block, 0, err);
	return err;
}

/* Does a fault see at once that the file does not reach so far? */
static bool fx_is_behind(struct fixture *f, unsigned int block)
{
	loff_t page = round_down(scn_block_pos(&f->s, block), (loff_t)PAGE_SIZE);

	return f->knows_size && page >= i_size_read(f->w.inode);
}

/* The store of a fault whose folio is there, if it still is: a vm_fault_t. */
static vm_fault_t fx_mkwrite(struct fixture *f, struct folio *folio)
{
	struct vm_area_struct vma = { .vm_file = f->w.file };
	struct vm_fault vmf = { .vma = &vma, .page = folio_page(folio, 0) };
	loff_t pos = folio_pos(folio), behind = pos + folio_size(folio);
	vm_fault_t ret;

	filemap_invalidate_lock_shared(f->w.inode->i_mapping);
	if (f->knows_size)
		behind = min_t(loff_t, behind, i_size_read(f->w.inode));
	ret = f->mkwrite ? f->mkwrite(&vmf) : compat_page_mkwrite(&vmf, &recfs_iomap_ops);
	if (ret & VM_FAULT_LOCKED) {
		fx_mark(f, pos, behind - pos, true);
		folio_unlock(folio);
	}
	filemap_invalidate_unlock_shared(f->w.inode->i_mapping);
	return ret;
}

/**
 * fx_write_fault() - a task writes mapped memory
 * @f: the fixture; its @knows_size says how far it reaches
 * @block: in the window; all blocks of its folio become dirty
 *
 * In two parts, as a kernel does it: the folio is brought in, and made writable.
 * Where it goes between the two the store faults again.
 *
 * Return: 0, or -EIO when the fault was refused, as it is behind i_size.
 */
int fx_write_fault(struct fixture *f, unsigned int block)
{
	struct address_space *mapping = f->w.inode->i_mapping;
	struct folio *folio;
	vm_fault_t ret;
	bool gone;

	do {
		gone = false;
		ret = VM_FAULT_SIGBUS;
		filemap_invalidate_lock_shared(mapping);
		folio = fx_is_behind(f, block) ? NULL : fx_fault_in(f, block);
		filemap_invalidate_unlock_shared(mapping);
		if (!folio)
			break;
		ret = fx_mkwrite(f, folio);
		if (ret & VM_FAULT_NOPAGE) {
			folio_lock(folio);
			gone = folio->mapping != mapping;
			folio_unlock(folio);
		}
		folio_put(folio);
	} while (gone);
	digest_step(f, "write fault", block, 0, !!(ret & VM_FAULT_LOCKED));
	return ret & VM_FAULT_LOCKED ? 0 : -EIO;
}
