# SPDX-License-Identifier: GPL-2.0-only
"""libkern series: clones of all sorts. Nothing has to be built for these."""

import os
import shutil
import subprocess

from tests.history import History
from tests.support import Case, checksum, libkern

NOTHING = "1 touch nothing of the path"


class Clones(Case):
	"""A patch outside of the path, wherever its objects lie."""

	def setUp(self):
		super().setUp()
		self.history = History(self.path("linux"))
		self.base = self.history.commit("base")
		self.history.write("README", "1\n")
		self.head = self.history.commit("README: 1")

	def git(self, where, *words, check=True):
		"""git @words in the repository @where."""
		return self.history.git("-C", where, *words, check=check)

	def clone(self, name, *words):
		"""git clone @words; its path."""
		self.history.git("clone", "-q", *words, "file://" +
				 self.history.path, self.path(name))
		return self.path(name)

	def judged(self, tree, status, *texts, text=None):
		"""Judge in @tree, where nothing of anybody's changes."""
		before = checksum(self.scratch)
		out = self.scratch + ".out"
		self.addCleanup(shutil.rmtree, out, ignore_errors=True)
		result = libkern("series", text or self.base + ".." + self.head,
				 "--kdir", tree, "-o", out, "--no-sandbox")
		self.assertEqual(checksum(self.scratch), before)
		self.assertEqual(result.status, status, result)
		self.assertNotIn("Traceback", result.err)
		for words in texts:
			self.assertIn(words, result.out + result.err, result)

	def test_elsewhere(self):
		"""A linked work tree, borrowed objects, a submodule"""
		self.git(self.history.path, "worktree", "add", "-q", "--detach",
			 self.path("linked"))
		self.judged(self.path("linked"), 125, NOTHING)
		self.history.git("clone", "-q", "--shared", self.history.path,
				 self.path("shared"))
		self.judged(self.path("shared"), 125, NOTHING)
		with open(self.path("shared/.git/objects/info/alternates"), "w",
			  encoding="ascii") as stream:
			stream.write("../../../linux/.git/objects\n")
		self.judged(self.path("shared"), 125, NOTHING)
		os.mkdir(self.path("super"))
		self.git(self.path("super"), "init", "-q")
		self.git(self.path("super"), "submodule", "add", "-q",
			 self.history.path, "sub")
		self.judged(self.path("super/sub"), 125, NOTHING)

	def test_sha256(self):
		"""Hashes of the other kind"""
		tree = self.path("linux")
		shutil.rmtree(self.path("linux/.git"))
		self.git(tree, "init", "-q", "--object-format=sha256")
		self.history.commit("base")
		self.history.write("README", "2\n")
		self.history.commit("README: 2")
		self.judged(tree, 125, NOTHING, text="HEAD^..HEAD")

	def test_midway(self):
		"""In a bisection, in a rebase that met a conflict"""
		tree = self.clone("midway")
		self.git(tree, "bisect", "start", self.head, self.base)
		self.judged(tree, 125, NOTHING)
		self.git(tree, "bisect", "reset")
		self.git(tree, "checkout", "-q", "-b", "other", self.base)
		with open(tree + "/README", "w", encoding="ascii") as stream:
			stream.write("2\n")
		self.git(tree, "commit", "-q", "-a", "-m", "README: 2")
		self.git(tree, "rebase", "main", check=False)
		self.assertIn("UU README", self.git(tree, "status", "--short"))
		self.judged(tree, 125, NOTHING)

	def test_replaced(self):
		"""What git is told to take for the commit is not what it is"""
		tree = self.clone("replaced")
		fake = self.git(tree, "commit-tree", "-m", "iomap: not so",
				self.base + "^{tree}", "-p", self.base)
		self.git(tree, "replace", self.head, fake)
		self.judged(tree, 125, NOTHING, "README: 1")
		os.makedirs(tree + "/.git/info", exist_ok=True)
		with open(tree + "/.git/info/grafts", "w",
			  encoding="ascii") as stream:
			stream.write(self.head + "\n")
		self.judged(tree, 125, NOTHING, "README: 1")

	def test_sparse(self):
		"""A work tree with a part of the files: all of them count"""
		tree = self.clone("sparse", "--no-checkout")
		self.git(tree, "sparse-checkout", "set", "fs", "include")
		self.git(tree, "checkout", "-q", "main")
		self.assertFalse(os.path.exists(tree + "/mm"))
		self.judged(tree, 125, NOTHING)

	def test_partial(self):
		"""Without the contents, without even the trees: what is missing"""
		self.history.comment("words")
		self.head = self.history.commit("iomap: words")
		self.git(self.history.path, "config", "uploadpack.allowFilter",
			 "true")
		for kind in ("blob:none", "tree:0"):
			tree = self.clone(kind[:4], "--bare", "--filter=" + kind)
			self.judged(tree, 125, "git fetch --refetch")


class Disk(Case):
	"""A disk that is too small."""

	def test_full(self):
		"""Said as such, and no patch is said not to build"""
		history = History(self.path("linux"))
		history.commit("base")
		history.append("int libkern_x;")
		history.commit("iomap: x")
		small = self.path("small")
		os.mkdir(small)
		for size in ("1m", "6m"):
			if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=" +
					   size, "none", small], check=False,
					  stderr=subprocess.DEVNULL).returncode:
				self.skipTest("nobody may mount here")
			self.addCleanup(subprocess.run, ["umount", small],
					check=False, stderr=subprocess.DEVNULL)
			result = libkern("series", "HEAD^!", "--kdir", history.path,
					 "-o", small + "/out", "--no-sandbox",
					 "--filter", "iomap_delalloc_oracle")
			subprocess.run(["umount", small], check=True)
			self.ends(result, 125)
			self.assertIn("no space left", result.out + result.err)
			self.assertNotIn("not build", result.out)
