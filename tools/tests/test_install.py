# SPDX-License-Identifier: GPL-2.0-only
"""make install-kunit: the patch applies, says enough and writes nothing.

That a patched tree builds and runs is the business of the group "uml".
"""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from tests.support import ROOT, Result, checksum, debian, environment


def install(tree):
	"""Run the script on @tree."""
	return Result(subprocess.run(
		[sys.executable, os.path.join(ROOT, "kunit/install.py"),
		 "--kdir", tree], check=False, capture_output=True, text=True,
		errors="surrogateescape", env=environment()))


def apply(tree, patch):
	"""git apply @patch in @tree."""
	return subprocess.run(["git", "apply", "--whitespace=nowarn", "-"],
			      cwd=tree, input=patch, text=True, check=False,
			      errors="surrogateescape", capture_output=True)


class Install(unittest.TestCase):
	"""The patch that brings the suites into a tree."""

	def setUp(self):
		scratch = tempfile.mkdtemp(prefix="libkern-install-")
		self.addCleanup(shutil.rmtree, scratch)
		self.tree = os.path.join(scratch, "tree")
		for name in ("fs/iomap", "include/linux"):
			shutil.copytree(os.path.join(debian(), name),
					os.path.join(self.tree, name))
		for name in ("fs/Kconfig", "mm/filemap.c", "mm/truncate.c",
			     "mm/huge_memory.c", "Makefile", "lib/xarray.c", "lib/radix-tree.h",
			     "lib/list_sort.c"):
			target = os.path.join(self.tree, name)
			os.makedirs(os.path.dirname(target), exist_ok=True)
			shutil.copyfile(os.path.join(debian(), name), target)

	def test_applies(self):
		"""To a tree as it is; every file that kbuild names is there."""
		before = checksum(self.tree)
		done = install(self.tree)
		self.assertEqual(done.status, 0, done)
		self.assertEqual(checksum(self.tree), before)
		applied = apply(self.tree, done.out)
		self.assertEqual(applied.returncode, 0, applied.stderr)
		here = os.path.join(self.tree, "fs/iomap/tests")
		with open(os.path.join(here, "Makefile"), encoding="utf-8") as f:
			objects = {w for w in f.read().split()
				   if w.endswith(".o") and w != "delalloc.o"}
		self.assertGreater(len(objects), 20)
		for name in objects:
			self.assertTrue(os.path.exists(
				os.path.join(here, name[:-2] + ".c")), name)
		for name in ("compat.h", "libkern-facts.h", "Kconfig",
			     ".kunitconfig"):
			self.assertTrue(os.path.exists(os.path.join(here, name)))
		with open(os.path.join(self.tree, "fs/Kconfig"),
			  encoding="utf-8") as f:
			self.assertIn("fs/iomap/tests/Kconfig", f.read())

	def test_twice(self):
		"""A tree that has the suites is told so."""
		apply(self.tree, install(self.tree).out)
		again = install(self.tree)
		self.assertEqual(again.status, 125, again)
		self.assertIn("has the suites already", again.err)
		self.assertEqual(again.out, "")

	def test_partial(self):
		"""A tree without fs/Kconfig cannot take them."""
		os.unlink(os.path.join(self.tree, "fs/Kconfig"))
		done = install(self.tree)
		self.assertEqual(done.status, 125, done)
		self.assertIn("fs/Kconfig", done.err)
		self.assertEqual(done.out, "")


if __name__ == "__main__":
	unittest.main()
