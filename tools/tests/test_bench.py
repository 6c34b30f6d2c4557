# SPDX-License-Identifier: GPL-2.0-only
"""The bench against kunit.py where it cannot be, and trees made of links."""

import os
import unittest

from tests.support import Case, checksum, edit, libkern
from tests.trees import BUFFERED
from tools.farm import KUNIT, farm


class Bench(Case):
	"""What is said before a kernel is built."""

	def test_no_such_figure(self):
		"""129"""
		self.ends(libkern("bench", "nonesuch"), 129, "nonesuch")

	def test_no_kernel(self):
		"""A tree out of which no UML can be built: 125, and why"""
		tree = self.tree()
		for figure in ("kunit", "series"):
			self.ends(libkern("bench", figure, "--kdir", tree, "-o",
					  self.out), 125, "kunit.py",
				  "take a whole tree")
			self.assertFalse(os.path.exists(self.out))


class Farm(Case):
	"""A tree of links to another."""

	def setUp(self):
		super().setUp()
		self.base = self.tree("base")
		os.makedirs(os.path.join(self.base, KUNIT))
		os.makedirs(os.path.join(self.base, ".git"))
		os.symlink("../fs", os.path.join(self.base, "include/up"))
		edit(self.base, BUFFERED, lambda text: text + "/* base */\n")
		self.farm = farm(self.base, self.path("farm"), [BUFFERED])

	def test_same_names(self):
		"""All files are there, links for links; history is not"""
		def names(tree):
			return sorted(
				os.path.relpath(os.path.join(parent, name), tree)
				for parent, dirs, files in os.walk(tree)
				for name in dirs + files if name != ".git")
		self.assertEqual(names(self.farm), names(self.base))
		self.assertTrue(os.path.islink(os.path.join(self.farm, "Makefile")))
		self.assertFalse(os.path.islink(os.path.join(self.farm, KUNIT)))

	def test_own_may_change(self):
		"""What is the farm's own does not change the original"""
		before = checksum(self.base)
		edit(self.farm, BUFFERED, lambda text: text + "/* farm */\n")
		self.assertEqual(checksum(self.base), before)
		edit(self.farm, "Makefile", lambda text: text + "# farm\n")
		self.assertNotEqual(checksum(self.base), before,
				    "a link is a link: else this proves nothing")


if __name__ == "__main__":
	unittest.main()
