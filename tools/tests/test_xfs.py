# SPDX-License-Identifier: GPL-2.0-only
"""XFS: a binary of its own, and what becomes of a run when it has none."""

import glob
import os
import re
import shutil
import unittest

from tests import trees
from tests.support import (CC, Case, debian, edit, inside, libkern)
from xfs_stub import part

SMOKE = "iomap_delalloc_smoke"
END = "iomap_delalloc_xfs_end"
WRITE = "iomap_delalloc_xfs_write"
IOMAP = "fs/xfs/xfs_iomap.c"
INODE = "fs/xfs/xfs_inode.c"
# where ->iomap_end has found out what to release
WHERE = ("xfs_buffered_write_iomap_end", "start_byte >= end_byte")


class Xfs(Case):
	"""libkern run on trees with XFS, without it, and with a broken one."""

	def full(self, name="tree"):
		"""A partial tree with fs/xfs in it."""
		tree = self.tree(name)
		shutil.copytree(os.path.join(debian(), "fs/xfs"),
				os.path.join(tree, "fs/xfs"))
		return tree

	def run_it(self, tree, *words):
		"""libkern run on @tree."""
		return libkern("run", "--kdir", tree, "-o", self.out, "--cc", CC,
			       "--quiet", *words)

	def test_absent(self):
		"""No fs/xfs: its suites are skipped by name, with the reason"""
		result = self.run_it(self.tree(), "*s*")
		self.ends(result, 0)
		for name in part.suites():
			self.assertRegex(result.out, r"(?m)^ok \d+ %s # SKIP no "
					 "fs/xfs in this tree$" % name)
		plan = int(re.search(r"^1\.\.(\d+)$", result.out, re.M).group(1))
		self.assertEqual(len(re.findall(r"^ok \d+ ", result.out, re.M)),
				 plan)
		# who wants nothing else has tested nothing
		result = self.run_it(self.tree(), "iomap_delalloc_xfs*")
		self.ends(result, 125, "no fs/xfs in this tree: there is nothing")

	def test_moved(self):
		"""A fact that the text does not decide: 125, with its name"""
		tree = self.full()
		edit(tree, "fs/xfs/xfs_bmap_util.h",
		     lambda text: text.replace("xfs_bmap_punch_delalloc_range",
					       "xfs_bmap_punch_moved"))
		result = self.run_it(tree, END)
		self.ends(result, 125, "XS_PUNCH_FORK",
			  "xfs_bmap_punch_delalloc_range",
			  "there is nothing that %s could test" % END)
		self.assertNotIn("passed", result.err.replace("0 passed", ""))
		self.assertIn("# SKIP", result.out)

	def test_in_part(self):
		"""Any one file missing is not XFS missing: 125, with its name"""
		tree = self.full()
		for name in (IOMAP, "fs/xfs/xfs_aops.c"):
			os.rename(os.path.join(tree, name), tree + ".aside")
			result = self.run_it(tree, "iomap_delalloc_*e[an]d")
			# the others give their verdict
			self.assertRegex(result.out, r"(?m)^ok \d+ iomap_"
					 r"delalloc_read$")
			self.ends(result, 125, name)
			os.rename(tree + ".aside", os.path.join(tree, name))
		os.unlink(os.path.join(tree, "fs/xfs/libxfs/xfs_shared.h"))
		self.ends(self.run_it(tree, END), 125,
			  "the tree lacks xfs_shared.h, which fs/xfs/")

	def test_with(self):
		"""A tree with XFS, then with one that breaks in several ways"""
		# one build for all: XFS is most of the time here
		tree = self.full()
		self.one_plan(tree)
		self.cut(tree)
		self.stale(tree)
		with open(os.path.join(tree, IOMAP), encoding="utf-8") as stream:
			whole = stream.read()
		for step in (self.stub_called, self.stub_read, self.broken):
			step(tree)
			edit(tree, IOMAP, lambda text: whole)

	def one_plan(self, tree):
		"""Two binaries, one KTAP: every suite once, numbered on"""
		result = self.run_it(tree)
		self.ends(result, 0)
		self.assertEqual(result.out.count("KTAP version 1\n1.."), 1)
		plan = int(re.search(r"^1\.\.(\d+)$", result.out, re.M).group(1))
		numbers = re.findall(r"^ok (\d+) (\w+)", result.out, re.M)
		self.assertEqual([int(n) for n, _ in numbers],
				 list(range(1, plan + 1)))
		for name in part.suites():
			self.assertIn(name, [n for _, n in numbers])
		# nobody sees whether the two ran at once
		for jobs in ("1", "4"):
			again = self.run_it(tree, "-j", jobs)
			self.assertEqual(again.out, result.out)
			self.assertEqual(re.sub(r" in [\d.]+ s", "", again.err),
					 re.sub(r" in [\d.]+ s", "", result.err))

	def cut(self, tree):
		"""What is taken by name out of a big file is the tree's own text"""
		with open(os.path.join(tree, INODE), encoding="utf-8") as stream:
			whole = stream.read()
		edit(tree, INODE, inside("xfs_is_always_cow_inode",
					 "ip->i_mount->m_always_cow",
					 replace="false"))
		self.ends(self.run_it(tree, WRITE), 1, "always_cow")
		os.unlink(os.path.join(tree, INODE))
		self.ends(self.run_it(tree, WRITE), 125, INODE)
		with open(os.path.join(tree, INODE), "w",
			  encoding="utf-8") as stream:
			stream.write(whole)

	def stale(self, tree):
		"""What was a stub, and is there by now"""
		name, = glob.glob(os.path.join(self.out, "*/p12-m64/obj/xfs/unresolved"))
		with open(name, encoding="ascii") as stream:
			names = stream.read().split()
		with open(name, "w", encoding="ascii") as stream:
			stream.write("\n".join(sorted([*names, "mapping_seek_hole_data"])) +
				     "\n")
		self.ends(self.run_it(tree, END + ".data_fork"), 0)

	def stub_called(self, tree):
		"""A function that nobody has names itself and its caller"""
		edit(tree, IOMAP, inside(*WHERE, before="xfs_btree_increment(NULL, 0, NULL) ||"))
		result = self.run_it(tree, END + ".data_fork")
		self.ends(result, 125)
		self.assertRegex(result.out, "xfs_btree_increment is not implemented, "
				 "called from xfs_buffered_write_iomap_end")

	def stub_read(self, tree):
		"""A variable that nobody has does so when it is read"""
		edit(tree, IOMAP, inside(*WHERE, before="*(volatile char *)"
					 "&xfs_bmbt_buf_ops ||"))
		result = self.run_it(tree, END + ".data_fork")
		self.ends(result, 125)
		self.assertRegex(result.out, "xfs_bmbt_buf_ops is not implemented, "
				 "read in xfs_buffered_write_iomap_end")

	def broken(self, tree):
		"""XFS does not build: iomap's verdict, then 125; 1 beats it"""
		edit(tree, IOMAP, inside(*WHERE, replace="start_byte >= no_such"))
		result = self.run_it(tree)
		self.ends(result, 125, IOMAP, "XFS could not be tested",
			  "the iomap suites passed")
		self.assertRegex(result.out, r"(?m)^ok 1 %s$" % SMOKE)
		self.assertRegex(result.out, r"(?m)^ok \d+ %s # SKIP XFS" % END)
		# who does not want XFS does not hear of it
		self.ends(self.run_it(tree, SMOKE), 0)
		edit(tree, trees.BUFFERED, inside(
			trees.RELEASE, "punch_start_byte < end_byte",
			replace="false"))
		self.ends(self.run_it(tree), 1, "XFS could not be tested",
			  "did not all pass")


if __name__ == "__main__":
	unittest.main()
