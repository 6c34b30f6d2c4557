# SPDX-License-Identifier: GPL-2.0-only
"""libkern race: what is no verdict on the tree, and a report that nobody can read."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys

from tests.support import (LIBKERN, OUT, ROOT, Case, debian, edit, environment, inside,
			   libkern)

BUFFERED = "fs/iomap/buffered-io.c"
SCENARIO = "reclaim-b1-o0"


class Ends(Case):
	"""A worker that ends before it is done, and two violations of one scenario."""

	def planted(self, function, find, statement, *words):
		"""The report on a tree where @function does @statement before @find."""
		shutil.copy2(self.path("before"), self.path("tree", BUFFERED))
		edit(self.path("tree"), BUFFERED, inside(function, find, before=statement))
		return self.again("--scenario", SCENARIO, *words)

	def again(self, *words):
		"""The report on that tree."""
		return libkern("race", "--kdir", self.path("tree"), "-o", OUT, "--quiet",
			       *words)

	def release(self, statement, status):
		"""The report on a tree whose release begins with @statement."""
		result = self.planted("iomap_write_delalloc_release", "while (start_byte",
				      statement)
		self.assertEqual(result.status, status, result)
		return result.out

	def test_ends(self):
		"""Whose fault it is, and what is shrunk stays what it is"""
		# one tree for all: it is built once
		shutil.copy2(os.path.join(self.tree(), BUFFERED), self.path("before"))
		for statement, why in (
			("block_commit_write(NULL, 0, 0);",
			 "block_commit_write is not implemented, called from "),
			("extern int raise(int); raise(9);", "killed from outside")):
			out = self.release(statement, 125)
			self.assertIn(", NOT TESTED\n", out)
			self.assertIn(why, out)
			self.assertIn("1 scenario could not be tested", out)
			again = self.again("--replay", "r2:%s:4k:t:a1:0000" % SCENARIO)
			self.assertEqual(again.status, 125, again)
			self.assertIn("could not be tested: ", again.out)
		for statement, why in (
			("extern void exit(int); exit(0);", "called exit(0)"),
			("for (;;) kzalloc(1 << 20, GFP_KERNEL);", "no memory")):
			self.assertIn("violation: " + why, self.release(statement, 1))
		self.kept()
		self.shown()
		self.fair()

	def fair(self):
		"""Who spins until another task has done something gets that task run."""
		result = self.planted("iomap_write_delalloc_release", "while (start_byte",
				      "while (xa_load(&inode->i_mapping->i_pages, 6)) "
				      "cond_resched();", "--preemptions", "0")
		self.assertEqual(result.status, 0, result)
		self.assertRegex(result.out, r"different, [1-7]\d{3} steps")

	def kept(self):
		"""What is found by chance is shrunk, and not something smaller taken for it."""
		smaller = ("iomap_file_buffered_write", "while ((ret = iomap_iter",
			   "WARN_ON_ONCE(!iocb->ki_filp->f_mapping->nrpages);")
		# by search it is found at once: all pages go before the write begins
		result = self.planted(*smaller, "--mutant", "vanish-guard")
		self.assertIn(" 0 preemptions and 1 switch, the fewest", result.out)
		self.assertIn("nrpages", result.out)
		result = self.planted(*smaller, "--mutant", "vanish-guard", "--schedule", "random")
		self.assertEqual(result.status, 1, result)
		self.assertRegex(result.out, r"violation: .*data_end == start_byte")
		self.assertIn(" 1 preemption and 2 switches, the fewest", result.out)

	def shown(self):
		"""The command shows what ends before any step as well."""
		for statement, status, why in (
			("block_commit_write(NULL, 0, 0);", 125, "is not implemented"),
			("BUG();", 1, "violation: BUG at ")):
			result = self.planted("iomap_read_folio", "while", statement)
			again = re.search(r"(?m)^again: (.*)$", result.out).group(1)
			done = subprocess.run(again, shell=True, check=False, cwd=ROOT,
					      capture_output=True, text=True,
					      env=environment())
			for code, out in ((result.status, result.out),
					  (done.returncode, done.stdout)):
				self.assertEqual(code, status, out)
				self.assertIn(why, out)


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
