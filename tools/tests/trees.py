# SPDX-License-Identifier: GPL-2.0-only
"""Variants of facts that no Debian package has, made out of 6.12 by edits."""

from tests.support import edit, inside, swap

BUFFERED = "fs/iomap/buffered-io.c"
IOMAP_H = "include/linux/iomap.h"
RELEASE = "iomap_write_delalloc_release"
LOCK = "filemap_invalidate_lock(inode->i_mapping);"
TAIL = "punch(inode, punch_start_byte, end_byte - punch_start_byte, iomap);"
UNLOCK = "filemap_invalidate_unlock(inode->i_mapping);"

# libkern's own words for what such a function does: see the signature in
# Documentation/kernels.rst.
V3_ENTRY = """
void iomap_file_buffered_write_punch_delalloc(struct inode *inode,
		loff_t pos, loff_t length, ssize_t written, unsigned flags,
		struct iomap *iomap, iomap_punch_t punch)
{
	loff_t from = iomap_last_written_block(inode, pos, written);
	loff_t to = round_up(pos + length, i_blocksize(inode));

	if (iomap->type == IOMAP_DELALLOC && (iomap->flags & IOMAP_F_NEW) &&
	    from < to)
		iomap_write_delalloc_release(inode, from, to, flags, iomap,
					     punch);
}
EXPORT_SYMBOL_GPL(iomap_file_buffered_write_punch_delalloc);
"""
V3_PROTOTYPE = """void iomap_file_buffered_write_punch_delalloc(
		struct inode *inode, loff_t pos, loff_t length, ssize_t written,
		unsigned flags, struct iomap *iomap, iomap_punch_t punch);
"""


def make_v3a(tree):
	"""Exported like V4, but the release still takes the lock itself."""
	for change in (
		inside(RELEASE, "return;", 2, replace="{ %s return; }" % UNLOCK),
		inside(RELEASE, "return;", 1, replace="{ %s return; }" % UNLOCK),
		inside(RELEASE, "punch(inode, punch_start_byte, end_byte - "
		       "punch_start_byte, iomap);", after=UNLOCK),
		inside(RELEASE, "lockdep_assert_held_write(&inode->i_mapping->"
		       "invalidate_lock)",
		       replace="filemap_invalidate_lock(inode->i_mapping)"),
	):
		edit(tree, BUFFERED, change)
	return tree


def make_v3(tree):
	"""The entry point of old under its new order of arguments."""
	make_v3a(tree)
	edit(tree, BUFFERED, swap("EXPORT_SYMBOL_GPL(%s);" % RELEASE, V3_ENTRY))
	edit(tree, BUFFERED, swap("void %s(" % RELEASE, "static void %s(" % RELEASE))
	edit(tree, IOMAP_H, swap("void %s(struct inode *inode, loff_t start_byte,"
		"loff_t end_byte, unsigned flags, struct iomap *iomap,"
		"iomap_punch_t punch);" % RELEASE, V3_PROTOTYPE))
	return tree


def make_v0(tree):
	"""Nothing exported: there was no such entry point."""
	edit(tree, BUFFERED, swap("EXPORT_SYMBOL_GPL(%s);" % RELEASE, ""))
	return tree


def lose_lock(tree):
	"""Of 6.1: the release takes no lock at all."""
	edit(tree, BUFFERED, inside(RELEASE, LOCK, replace=";"))
	edit(tree, BUFFERED, inside(RELEASE, UNLOCK, replace=";"))
	return tree


def share_lock(tree):
	"""Of 6.1: the release takes the lock for reading."""
	for call in (LOCK, UNLOCK):
		edit(tree, BUFFERED, inside(RELEASE, call, replace=call.replace(
			"(", "_shared(")))
	return tree


def lose_assertion(tree):
	"""Of 6.12: nothing asserts that the caller holds the lock."""
	edit(tree, BUFFERED, inside(RELEASE, "lockdep_assert_held_write",
				    delete="statement"))
	return tree


def weaken_assertion(tree):
	"""Of 6.12: the lock held for reading is enough."""
	edit(tree, BUFFERED, inside(RELEASE, "lockdep_assert_held_write",
				    replace="lockdep_assert_held"))
	return tree
