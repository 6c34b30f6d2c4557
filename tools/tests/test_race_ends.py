# SPDX-License-Identifier: GPL-2.0-only
"""libkern race: what is no verdict on the tree, and a report that nobody can read."""

import contextlib
import shutil
import signal
import subprocess
import sys

from tests.support import LIBKERN, OUT, Case, debian, edit, environment, inside, libkern

BUFFERED = "fs/iomap/buffered-io.c"
SCENARIO = "reclaim-b1-o0"


class Ends(Case):
	"""A worker that ends before it is done."""

	def planted(self, statement):
		"""The report on a tree whose release does @statement first."""
		tree = self.path("tree")
		shutil.copy2(self.path("before"), self.path("tree", BUFFERED))
		edit(tree, BUFFERED, inside("iomap_write_delalloc_release",
					    "while (start_byte", before=statement))
		return libkern("race", "--kdir", tree, "-o", OUT, "--quiet",
			       "--scenario", SCENARIO)

	def setUp(self):
		super().setUp()
		shutil.copy2(self.path(self.tree(), BUFFERED), self.path("before"))

	def test_untested(self):
		"""What libkern lacks, and who is killed from outside: 125"""
		for statement, why in (
			("block_commit_write(NULL, 0, 0);",
			 "block_commit_write is not implemented, called from "),
			("extern int raise(int); raise(9);", "killed from outside")):
			result = self.planted(statement)
			self.assertEqual(result.status, 125, result)
			self.assertIn(", NOT TESTED\n", result.out)
			self.assertIn(why, result.out)
			self.assertIn("1 scenario could not be tested", result.out)
			again = libkern("race", "--kdir", self.path("tree"), "-o", OUT,
					"--quiet", "--replay",
					"r2:%s:4k:t:a1:0000" % SCENARIO)
			self.assertEqual(again.status, 125, again)
			self.assertIn("could not be tested: ", again.out)

	def test_bad(self):
		"""What the tree does to itself, without a word or without an end: 1"""
		for statement, why in (
			("extern void exit(int); exit(0);", "called exit(0)"),
			("for (;;) kzalloc(1 << 20, GFP_KERNEL);", "no memory")):
			result = self.planted(statement)
			self.assertEqual(result.status, 1, result)
			self.assertIn("violation: " + why, result.out)


@contextlib.contextmanager
def running(*words, **kwargs):
	"""It runs."""
	with subprocess.Popen(
		[sys.executable, LIBKERN, "race", "--target", "plain", "--kdir", debian(),
		 "-o", OUT, "--quiet", *words], text=True, env=environment(),
		**kwargs) as child:
		try:
			yield child
		except BaseException:
			child.kill()
			raise


class Reader(Case):
	"""Who reads the report, or does not."""

	def test_full(self):
		"""On a full disk: 125, but for a violation"""
		for words, status in (
			(("--scenario", "fault-inside-b1-o0"), 125),
			(("--list",), 125),
			(("--scenario", "fault-inside-b1-o0", "--mutant", "lock-gap"), 1)):
			with open("/dev/full", "wb") as full, \
			     running(*words, stdout=full, stderr=subprocess.PIPE) as child:
				_, err = child.communicate(timeout=300)
			self.assertEqual(child.returncode, status, err)
			self.assertIn("cannot write to stdout", err)

	def test_interrupted(self):
		"""^C while it is shrunk: what was found, how to see it, and the count"""
		words = ("--mutant", "hang", "--scenario", "invalidate-b1-o0")
		with running(*words, "--timeout", "1", stdout=subprocess.PIPE,
			     stderr=subprocess.PIPE) as child:
			for line in child.stdout:
				if ", VIOLATION" in line:
					break
			child.send_signal(signal.SIGINT)
			out, _ = child.communicate(timeout=60)
		self.assertEqual(child.returncode, 130, out)
		self.assertIn("violation: a step does not end", out)
		self.assertRegex(out, r"not shrunk to the end|shrunk to \d+ steps")
		self.assertRegex(out, r"(?m)^again: .* --replay r2:invalidate-b1-o0:")
		self.assertRegex(out, r"1 violation in \d+ interleavings of 1 scenario")
