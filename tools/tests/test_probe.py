# SPDX-License-Identifier: GPL-2.0-only
"""Facts are right for each known tree, and each is found on its own."""

import os
import shutil

from tests import trees
from tests.support import (Case, checksum, debian, edit, inside, libkern, swap)

BUFFERED, IOMAP_H, RELEASE = trees.BUFFERED, trees.IOMAP_H, trees.RELEASE

V1 = {
	"ENTRY_PUNCH_DELALLOC": "1", "ENTRY_IOMAP_FIRST": "1",
	"ENTRY_RELEASE": "0", "PUNCH_RETURNS_INT": "1", "PUNCH_HAS_IOMAP": "0",
	"PUNCH_TYPEDEF": "0", "RELEASE_LOCKS": "1", "RELEASE_ASSERTS_LOCK": "0",
	"GET_FOLIO_ERR_PTR": "0", "DIRTY_PER_BLOCK": "0",
	"LAST_WRITTEN_BLOCK": "0", "INITCALL": "iomap_init",
	"WRITE_CACHE_PAGES": "1", "WRITEBACK_ITER": "0", "UNSIGNED_CHAR": "0",
	"STD": "gnu11", "PAGE_OPS": "1", "FOLIO_OPS": "0",
	"MIN_FOLIO_ORDER": "0", "SPLIT_NON_UNIFORM": "0",
	"SPLIT_MIN_ORDER": "0", "WRITE_FOLIO_ORDER": "0",
}
V4 = {
	"ENTRY_PUNCH_DELALLOC": "0", "ENTRY_IOMAP_FIRST": "0",
	"ENTRY_RELEASE": "1", "PUNCH_RETURNS_INT": "0", "PUNCH_HAS_IOMAP": "1",
	"PUNCH_TYPEDEF": "1", "RELEASE_LOCKS": "0", "RELEASE_ASSERTS_LOCK": "1",
	"GET_FOLIO_ERR_PTR": "1", "DIRTY_PER_BLOCK": "1",
	"LAST_WRITTEN_BLOCK": "1", "INITCALL": "iomap_buffered_init",
	"WRITE_CACHE_PAGES": "0", "WRITEBACK_ITER": "1", "UNSIGNED_CHAR": "1",
	"STD": "gnu11", "PAGE_OPS": "0", "FOLIO_OPS": "1",
	"BUFFERED_WRITE_PRIVATE": "1", "MIN_FOLIO_ORDER": "1",
	"SPLIT_NON_UNIFORM": "0", "SPLIT_MIN_ORDER": "0",
	"WRITE_FOLIO_ORDER": "1",
}


def probed(tree):
	"""(facts as words, needed files, result) of libkern probe."""
	result = libkern("probe", "--kdir", tree)
	pairs = [line.partition("=")[::2] for line in result.out.splitlines()]
	return ({k: v for k, v in pairs if k != "needs"},
		[v for k, v in pairs if k == "needs"], result)


class Debian(Case):
	"""The trees that Debian ships."""

	def check(self, tree, wanted):
		"""The facts of @tree include @wanted."""
		facts, _, result = probed(tree)
		self.assertEqual(result.status, 0, result)
		self.assertEqual({k: facts.get(k) for k in wanted}, wanted)

	def test_6_1(self):
		"""V1"""
		self.check(debian("6.1"), V1)

	def test_6_12(self):
		"""V4"""
		self.check(debian("6.12"), V4)


class Synthetic(Case):
	"""Trees that are made here."""

	def differs(self, tree, wanted):
		"""@tree has the facts of 6.12 except for @wanted."""
		facts, _, result = probed(tree)
		self.assertEqual(result.status, 0, result)
		base, _, _ = probed(debian("6.12"))
		self.assertEqual({k: v for k, v in facts.items()
				  if base[k] != v}, wanted)

	def test_v3(self):
		"""Old entry point, new order of arguments"""
		self.differs(trees.make_v3(self.tree()), {
			"ENTRY_PUNCH_DELALLOC": "1", "ENTRY_RELEASE": "0",
			"RELEASE_LOCKS": "1", "RELEASE_ASSERTS_LOCK": "0"})

	def test_v3a(self):
		"""Exported does not mean that the caller locks"""
		self.differs(trees.make_v3a(self.tree()), {
			"RELEASE_LOCKS": "1", "RELEASE_ASSERTS_LOCK": "0"})

	def test_guard_alone(self):
		"""The vanish guard, whatever else is there"""
		tree = self.tree()
		edit(tree, BUFFERED, inside(RELEASE, "data_end == start_byte",
					    replace="false"))
		self.differs(tree, {"VANISH_GUARD": "0"})

	def test_null_folio_alone(self):
		"""NULL for no folio, in a tree that is new otherwise"""
		tree = self.tree()
		edit(tree, BUFFERED, inside("iomap_write_delalloc_scan",
					    "IS_ERR(folio)", replace="!folio"))
		self.differs(tree, {"GET_FOLIO_ERR_PTR": "0"})

	def test_typedef_moved_alone(self):
		"""The typedef in the .c, as in 6.6, returning int"""
		tree = self.tree()
		typedef = ("typedef void (*iomap_punch_t)(struct inode *inode, "
			   "loff_t offset, loff_t length, struct iomap *iomap);")
		edit(tree, IOMAP_H, swap(typedef, ""))
		edit(tree, BUFFERED, lambda text: text + "\n" +
		     typedef.replace("void", "int", 1) + "\n")
		self.differs(tree, {"PUNCH_TYPEDEF": "0",
				    "PUNCH_RETURNS_INT": "1"})

	def test_split(self):
		"""How a folio is split: by the call in mm/truncate.c; none is 125"""
		def partial_split(tree, call):
			edit(tree, "mm/truncate.c", inside(
				"truncate_inode_partial_folio",
				"try_folio_split_or_unmap(folio)", replace=call))
			return tree
		self.differs(partial_split(self.tree("halves"), "try_folio_split("
					   "folio, folio_page(folio, 1), 0)"),
			     {"SPLIT_NON_UNIFORM": "1"})
		self.differs(partial_split(self.tree("min"), "split_folio(folio + "
					   "min_order)"), {"SPLIT_MIN_ORDER": "1"})
		none = partial_split(self.tree("none"), "0")
		self.ends(libkern("probe", "--kdir", none), 125,
			  "SPLIT_NON_UNIFORM", "mm/truncate.c")

	def test_comments_do_not_count(self):
		"""What a comment says is no fact"""
		tree = self.tree()
		edit(tree, BUFFERED, inside(RELEASE, "data_end == start_byte",
		     replace="false /* data_end == start_byte */"))
		edit(tree, BUFFERED, lambda text: text +
		     "// filemap_invalidate_lock(x) write_cache_pages(y)\n"
		     "/* EXPORT_SYMBOL_GPL(iomap_file_buffered_write_punch_"
		     "delalloc); */\n")
		self.differs(tree, {"VANISH_GUARD": "0"})

	def test_lost_lock(self):
		"""A release without its lock: what it ought to do, not 125"""
		tree = trees.lose_assertion(self.tree())
		self.differs(tree, {})
		tree = trees.weaken_assertion(self.tree("weak"))
		self.differs(tree, {})
		base, _, _ = probed(debian("6.1"))
		for lose in (trees.lose_lock, trees.share_lock):
			tree = lose(self.tree(lose.__name__, "6.1"))
			self.assertEqual(probed(tree)[0], {
				name: value for name, value in base.items()
				if not name.startswith("XS_")})

	def test_punch_type_is_undecided(self):
		"""A callback of an unknown type: 125"""
		tree = self.tree()
		edit(tree, IOMAP_H, swap("typedef void (*iomap_punch_t)",
					 "typedef s64 (*iomap_punch_t)"))
		self.ends(libkern("probe", "--kdir", tree), 125,
			  "PUNCH_RETURNS_INT", "s64")

	def test_v0(self):
		"""Nothing to test: 125, and what was looked for"""
		self.ends(libkern("run", "--kdir", trees.make_v0(self.tree()),
				  "-o", self.out), 125, "nothing to test",
			  "EXPORT_SYMBOL_GPL(iomap_write_delalloc_release)",
			  "EXPORT_SYMBOL_GPL(iomap_file_buffered_write_punch_"
			  "delalloc)")

	def test_functions_gone(self):
		"""The scan under another name: 125, and its name"""
		tree = self.tree()
		edit(tree, BUFFERED, swap("iomap_write_delalloc_scan", "scan2"))
		self.ends(libkern("run", "--kdir", tree, "-o", self.out), 125,
			  "nothing to test", "iomap_write_delalloc_scan")

	def test_seek_gone(self):
		"""A function that is taken out of mm/filemap.c by name: 125"""
		tree = self.tree()
		edit(tree, "mm/filemap.c", swap("seek_folio_size", "seek_size"))
		self.ends(libkern("run", "--kdir", tree, "-o", self.out), 125,
			  "seek_folio_size", "mm/filemap.c")


class Partial(Case):
	"""A tree that holds only what the probe names."""

	def copy(self, tree, name, into):
		"""Put a copy of one file of @tree into the tree @into."""
		os.makedirs(os.path.dirname(os.path.join(into, name)),
			    exist_ok=True)
		shutil.copyfile(os.path.join(tree, name),
				os.path.join(into, name))

	def test_xfs(self):
		"""XFS's facts where there is XFS; trouble there is told last"""
		tree = self.tree()
		facts, needs, _ = probed(tree)
		self.assertEqual([n for n in [*facts, *needs] if
				  n.startswith(("XS_", "fs/xfs"))], [])
		whole, more, _ = probed(debian())
		self.assertEqual(whole["XS_PUNCH_FORK"], "1")
		self.assertEqual(probed(debian("6.1"))[0]["XS_PUNCH_FORK"], "0")
		self.assertIn("fs/xfs/xfs_iomap.c", more)
		for name in set(more) - set(needs):
			self.copy(debian(), name, tree)
		edit(tree, "fs/xfs/xfs_bmap_util.h", swap(
			"xfs_bmap_punch_delalloc_range", "moved"))
		facts, _, result = probed(tree)
		self.ends(result, 125, "XS_PUNCH_FORK")
		self.assertEqual(facts, {name: value for name, value in
					 whole.items()
					 if not name.startswith("XS_")})

	def test_same_facts(self):
		"""The named files give the facts of the whole tree"""
		for release in ("6.1", "6.12"):
			whole, needs, _ = probed(debian(release))
			tree = self.path("tree-" + release)
			for name in needs:
				self.copy(debian(release), name, tree)
			part, again, result = probed(tree)
			self.assertEqual(part, whole, result)
			self.assertEqual(again, needs)
			there = [os.path.relpath(os.path.join(d, f), tree)
				 for d, _, fs in os.walk(tree) for f in fs]
			self.assertEqual(sorted(there), sorted(needs))

	def test_each_missing_file_is_named(self):
		"""Take away any one of them: 125 and its name"""
		tree = self.tree()
		_, needs, _ = probed(tree)
		for name in needs:
			path = os.path.join(tree, name)
			os.rename(path, self.path("away"))
			self.ends(libkern("probe", "--kdir", tree), 125, name)
			os.rename(self.path("away"), path)

	def test_tree_is_not_written(self):
		"""Probing and staging leave the tree as it was"""
		tree = self.tree()
		before = checksum(tree)
		libkern("probe", "--kdir", tree)
		libkern("build", "--kdir", tree, "-o", self.out)
		self.assertEqual(checksum(tree), before)
