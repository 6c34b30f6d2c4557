# SPDX-License-Identifier: GPL-2.0-only
"""make clean, mrproper, distclean: all of what libkern made, and nothing else."""

import fcntl
import os
import subprocess
import unittest

from tests.support import ROOT, Case, environment, libkern
from tools.files import room


class Clean(Case):
	"""A build directory in which much was done."""

	def make(self, target):
		"""make @target; what is left in the build directory."""
		subprocess.run(["make", "-C", ROOT, "--no-print-directory", target,
				"O=" + self.out], check=True, env=environment(),
			       stdin=subprocess.DEVNULL, timeout=60)
		return sorted(os.listdir(self.out)) \
			if os.path.exists(self.out) else None

	def put(self, *names):
		"""An empty file in the build directory."""
		path = os.path.join(self.out, *names)
		os.makedirs(os.path.dirname(path), exist_ok=True)
		with open(path, "w", encoding="ascii"):
			pass

	def test_commands(self):
		"""What enumerating, comparing and sharing leave behind goes"""
		tree = self.tree()
		for words in (("nfc", "--old", tree, "--new", tree),
			      ("exhaust", "--kdir", tree, "--cluster", "parallel",
			       "--shards", "2")):
			result = libkern(*words, "--blocks", "1", "--quiet", "-o",
					 self.out)
			self.assertEqual(result.status, 0, result)
		left = os.listdir(self.out)
		self.assertEqual([name in left for name in ("nfc", "cluster")],
				 [True] * 2, left)
		self.assertEqual(len(left), 3, left)
		# with nothing in it it goes, too
		self.assertIsNone(self.make("clean"))
		self.assertIsNone(self.make("distclean"))

	def test_levels(self):
		"""Trees, rooms; then .config; then sources; and never what is not ours"""
		for name in ("bench", "bench-kunit", "bench-series"):
			room(self.out, name)
			self.put(name, "linux", "Makefile")
		for names in (("linux-0123abcd", "lock"), ("linux-0123abcd", "stage", "a.c"),
			      # only a kernel was built
			      ("tree-89abcdef", "um.lock"), ("tree-89abcdef", "um", "vmlinux"),
			      ("series", "linux-0123abcd", "lock"),
			      ("series", "linux-0123abcd", "git", "HEAD"),
			      ("check", "linux-0123abcd", "lock"),
			      ("check-debug", ".config"),
			      ("check-debug", "linux-0123abcd", "lock"),
			      (".config",),
			      ("src", "linux-source-6.12", ".libkern-unpacked"),
			      ("src", "linux-source-6.12", "Makefile"),
			      ("src", ".unpack-6.1", "a"), ("src", ".lock")):
			self.put(*names)
		self.assertEqual(self.make("clean"), [".config", "src"])
		self.put("linux-0123abcd", "lock")
		self.assertEqual(self.make("mrproper"), ["src"])
		# of these none is libkern's
		for names in (("bench", "mine"), ("src", "linux", "Makefile"),
			      ("mine-0123abcd", "file"), ("check", "mine", "file"),
			      ("notes",)):
			self.put(*names)
		os.symlink(self.path("elsewhere"), os.path.join(self.out, "nfc"))
		room(self.scratch, "elsewhere")
		self.assertEqual(self.make("distclean"), [
			"bench", "check", "mine-0123abcd", "nfc", "notes", "src"])
		self.assertEqual(os.listdir(os.path.join(self.out, "src")), ["linux"])
		self.assertTrue(os.listdir(self.path("elsewhere")))

	def test_locked(self):
		"""A tree that another libkern is busy in is waited for"""
		base = os.path.join(self.out, "linux-0123abcd")
		self.put("linux-0123abcd", "lock")
		# pylint: disable-next=consider-using-with
		lock = open(os.path.join(base, "lock"), "a", encoding="ascii")
		self.addCleanup(lock.close)
		fcntl.flock(lock, fcntl.LOCK_EX)
		with subprocess.Popen(
				["make", "-s", "-C", ROOT, "clean", "O=" + self.out],
				env=environment(), stdin=subprocess.DEVNULL,
				stderr=subprocess.PIPE, text=True) as child:
			self.assertIn("waiting for another libkern",
				      child.stderr.readline())
			self.assertEqual(os.listdir(base), ["lock"])
			fcntl.flock(lock, fcntl.LOCK_UN)
			self.assertEqual(child.wait(60), 0)
		self.assertFalse(os.path.exists(self.out))


if __name__ == "__main__":
	unittest.main()
