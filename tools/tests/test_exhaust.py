# SPDX-License-Identifier: GPL-2.0-only
"""libkern exhaust: clean trees are clean, faults are found, shrunk and named."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest

from tests.support import (LIBKERN, OUT, ROOT, Together, debian, edit,
			   environment, inside, libkern)
from tests.trees import BUFFERED, RELEASE, TAIL

STATES = re.compile(r"in ([\d,]+) states")
SMALLEST = re.compile(r"the smallest is (\S+)")
WRITE = "x1-2b6p-4k-93302"	# the end of a write that the same fault breaks
SUITE = "iomap_delalloc_x1_"


class Shared(Together):
	"""Small bounds."""

	def exhaust(self, tree, *words, **kwargs):
		"""Run it on @tree."""
		return libkern("exhaust", "--kdir", tree, "-o", self.shared,
			       "--quiet", *words, **kwargs)

	def broken(self, find, where=RELEASE, **operator):
		"""A tree with an edit in one function of the release path."""
		tree = self.tree()
		edit(tree, BUFFERED, inside(where, find, **operator))
		return tree

	def mended(self, where=""):
		"""A tree without eof_block; @where: an if, for a part of the states."""
		return self.broken(
			"if (punch_start_byte < end_byte)", before=where +
			"punch_start_byte = round_up(punch_start_byte, "
			"i_blocksize(inode));")


class Clean(Shared):
	"""Unmodified trees."""

	def test_clean(self):
		"""No violation, and the finding is counted by its name"""
		for release in ("6.12", "6.1"):
			result = libkern("exhaust", "--kdir", debian(release),
					 "-o", OUT, "--blocks", "4", "--quiet")
			self.assertEqual(result.status, 0, result)
			self.assertIn("no violation in ", result.out)
			self.assertIn("up to 4 blocks and 6 pages of 4k, "
				      "orders 0-2", result.out)
			self.assertIn("1 known finding (eof_block: ", result.out)
			self.assertIn("0 new violations", result.out)

	def test_afresh(self):
		"""States that share nothing have the same digests"""
		files = []
		for words in ((), ("--afresh",)):
			files.append(self.path("digest%d" % len(files)))
			result = libkern("exhaust", "--kdir", debian(), "-o", OUT, "--quiet",
					 "--blocks", "2", "--digest", files[-1], *words)
			self.assertEqual(result.status, 0, result)
		one, two = (open(name, "rb").read() for name in files)
		self.assertEqual(one, two)

	def test_variants(self):
		"""32 bits, larger pages and sanitizers see the same"""
		for words in (("--m32",), ("--page-size", "64k"),
			      ("--sanitize", "address,undefined")):
			result = libkern("exhaust", "--kdir", debian(), "-o",
					 OUT, "--blocks", "2", "--quiet", *words)
			self.assertEqual(result.status, 0, result)
			self.assertIn("no violation in ", result.out)

	def test_finding_gone(self):
		"""A tree without eof_block has no known finding"""
		result = self.exhaust(self.mended(), "--blocks", "4")
		self.assertEqual(result.status, 0, result)
		self.assertIn("eof_block: not in this tree, 0 new", result.out)

	def test_folds(self):
		"""What is folded behaves like what it is folded into"""
		result = libkern("exhaust", "--kdir", debian(), "-o", OUT,
				 "--blocks", "3", "--unfolded", "--quiet")
		self.assertEqual(result.status, 0, result)
		self.assertIn("no violation in ", result.out)
		self.assertIn("6 of 6 windows hold every page cache that makes "
			      "sense", result.out)
		# a size far behind the range that makes a difference
		tree = self.broken(
			"min(i_size_read(inode), end_byte)", replace=
			"i_size_read(inode) == end_byte + i_blocksize(inode) ? "
			"start_byte : min(i_size_read(inode), end_byte)")
		result = self.exhaust(tree, "--blocks", "3", "--unfolded")
		self.assertEqual(result.status, 1, result)
		self.assertIn("other calls than the one it is folded into",
			      result.out)

	def test_folded_writes(self):
		"""A write at a size that only an unfolded run has makes other calls"""
		tree = self.broken(TAIL, replace="{ if ((flags & IOMAP_ZERO) && "
				   "i_size_read(inode) == end_byte - 1) %s %s }" %
				   (TAIL, TAIL))
		result = self.exhaust(tree, "--blocks", "3")
		self.assertEqual(result.status, 0, result)
		result = self.exhaust(tree, "--blocks", "3", "--unfolded")
		self.assertEqual(result.status, 1, result)
		self.assertIn("other calls than the one it is folded into",
			      result.out)


class Violations(Shared):
	"""Broken trees."""

	def test_smallest(self):
		"""The off-by-one of a folio is shrunk, drawn and shown again"""
		words = ("exhaust", "--kdir", debian(), "-o", OUT, "--mutant",
			 "ifs-punch-last-block", "--quiet")
		result = libkern(*words, "--blocks", "5")
		self.assertEqual(result.status, 1, result)
		self.assertIn("violation: a reservation without dirty data is "
			      "left", result.out)
		self.assertIn("LEAKED", result.out)
		# two blocks of one folio are the fewest that show it
		names = SMALLEST.findall(result.out)
		self.assertRegex(names[0], r"^x1-2b6p-4k-\d+$")
		again = re.search(r"(?m)^again: (.*)$", result.out).group(1)
		done = subprocess.run(again, shell=True, check=False, cwd=ROOT,
				      capture_output=True, text=True,
				      env=environment())
		self.assertEqual(done.returncode, 1, done)
		self.assertIn("LEAKED", done.stdout)
		# alone it is right without the mutant
		result = libkern(*words[:5], "--replay", names[0])
		self.assertEqual(result.status, 0, result)
		self.assertIn("as the oracle wants", result.out)

	def test_death(self):
		"""A crash and an endless loop cost their states and no more"""
		clean = self.exhaust(debian(), "--blocks", "2")
		total = STATES.search(clean.out).group(1)
		tree = self.broken(
			"loff_t punch_start_byte = start_byte", after=
			"; if (start_byte == 2048 && end_byte == 4096 && "
			"i_size_read(inode) == 3072 && "
			"inode->i_mapping->nrpages) *(volatile int *)0 = 0")
		result = self.exhaust(tree, "--blocks", "2")
		self.assertEqual(result.status, 1, result)
		self.assertIn("violation: crashed: SIGSEGV", result.out)
		self.assertEqual(STATES.search(result.out).group(1), total)
		tree = self.tree("loop")
		edit(tree, BUFFERED, inside(
			RELEASE, "loff_t punch_start_byte = start_byte", after=
			"; while (start_byte == 2048 && end_byte == 2048 && "
			"i_size_read(inode) == 2049 && "
			"!inode->i_mapping->nrpages) barrier()"))
		result = self.exhaust(tree, "--blocks", "2", "--timeout", "1")
		self.assertEqual(result.status, 1, result)
		# nothing cached, or a shadow entry
		self.assertRegex(result.out, r"violation: does not end\n2 states")
		self.assertEqual(STATES.search(result.out).group(1), total)

	def test_changed_at_the_end(self):
		"""A bit that no release after it trips over is seen at the end"""
		tree = self.broken(
			"loff_t punch_start_byte = start_byte", after=
			"; if (start_byte == 8192 && end_byte == 8192 && "
			"i_size_read(inode) == LLONG_MAX) { struct folio *folio = "
			"filemap_get_folio(inode->i_mapping, 0); "
			"if (!IS_ERR(folio)) { if (folio->private) "
			"ifs_set_range_dirty(folio, folio->private, 0, 1); "
			"folio_put(folio); } }")
		result = self.exhaust(tree, "--blocks", "2")
		self.assertEqual(result.status, 1, result)
		self.assertIn("violation: a block has become dirty", result.out)

	def test_finding_in_part(self):
		"""A known finding that shows in some of its states is a violation"""
		result = self.exhaust(self.mended("if (end_byte == 4096) "),
				      "--blocks", "2")
		self.assertEqual(result.status, 1, result)
		self.assertIn("the known finding eof_block shows "
			      "elsewhere and not here",
			      result.out)

	def test_first(self):
		"""--first stops early"""
		result = libkern("exhaust", "--kdir", debian(), "-o", OUT,
				 "--mutant", "scan-sees-no-dirty", "--first",
				 "--quiet", "--blocks", "4")
		self.assertEqual(result.status, 1, result)
		self.assertIn("of 7,396,284", result.out)

	def test_emitted_suite(self):
		"""--emit-kunit prints a suite that fails as the state does"""
		words = ("--kdir", debian(), "--mutant", "ifs-punch-last-block",
			 "--quiet")
		result = libkern("exhaust", "-o", OUT, *words, "--blocks", "3")
		names = [n for n in SMALLEST.findall(result.out)]
		self.assertEqual(len(names), 2, result)
		copy = self.path("copy")
		shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(
			"build", ".git", "__pycache__"))
		for number, name in enumerate([names[0], WRITE]):
			result = libkern("exhaust", "-o", OUT, *words,
					 "--emit-kunit", name)
			self.assertEqual(result.status, 0, result)
			with open(os.path.join(copy, "kunit", "suite_replay%d.c"
				  % number), "w", encoding="ascii") as stream:
				stream.write(result.out)
			with open(os.path.join(copy, "kunit/Makefile"), "a",
				  encoding="ascii") as stream:
				stream.write("\ndelalloc-y += suite_replay%d.o\n"
					     % number)
		done = subprocess.run(
			[sys.executable, os.path.join(copy, "libkern"), "run",
			 "-o", self.shared, "--warnings", "e", *words,
			 SUITE + "*"], check=False, capture_output=True,
			text=True, env=environment())
		self.assertEqual(done.returncode, 1, done)
		self.assertIn("LEAKED", done.stdout)
		self.assertIn("0 passed, 2 failed, 0 skipped", done.stderr)


class Names(Shared):
	"""IDs, shards and bounds that make no sense."""

	def test_ids(self):
		"""Another version, bound, page size or number; no ID at all"""
		for name, *texts in (
			("nonsense", "no ID"),
			("x9-4b6p-4k-1", "another version"),
			("x1-4b6p-64k-1", "another page size", "--page-size"),
			("x1-99b6p-4k-1", "out of bounds"),
			("x1-4b6p-5k-1", "page size that no build has"),
			("x1-4b6p-4k-7396284", "does not have"),
			("x1-4b6p-4k-" + "9" * 30, "no ID")):
			for flag in ("--replay", "--emit-kunit"):
				self.ends(libkern("exhaust", "--kdir", debian(),
						  "-o", OUT, "--quiet", flag,
						  name), 129, name, *texts)
		self.ends(libkern("exhaust", "--kdir", debian(), "-o", OUT,
				  "--quiet", "--replay", "x1-4b6p-4k-1",
				  "--blocks", "5"), 129, "another bound")
		for flag in (("--digest", "x"), ("--shard", "1/2"), ("--first",),
			     ("--emit-kunit", "x1-4b6p-4k-1")):
			self.ends(libkern("exhaust", "--kdir", debian(), "-o", OUT,
					  "--replay", "x1-4b6p-4k-1", *flag), 129,
				  flag[0], "--replay")

	def test_shards(self):
		"""Shards that are none; all of them together are the whole"""
		for shard in ("0/4", "5/4", "x", "1", "-1/4",
			      "4294967297/4294967297"):
			self.ends(self.exhaust(debian(), "--shard", shard), 129)
		total = 0
		for number in range(1, 4):
			result = libkern("exhaust", "--kdir", debian(), "-o", OUT,
					 "--quiet", "--blocks", "3", "--shard",
					 "%d/3" % number)
			self.assertEqual(result.status, 0, result)
			self.assertIn("orders 0-2, shard %d of 3\n" % number, result.out)
			total += int(STATES.search(result.out).group(1)
				     .replace(",", ""))
		self.assertEqual(total, 180174)

	def test_bounds(self):
		"""Too large for patience or for the numbers, zero, XFS's mutant"""
		self.ends(libkern("exhaust", "--kdir", debian(), "-o", OUT,
				  "--quiet", "--blocks", "10", "--pages", "10"),
			  129, "hours", "--force", "--shard")
		self.ends(libkern("exhaust", "--kdir", debian(), "-o", OUT,
				  "--quiet", "--blocks", "32"), 129)
		self.ends(libkern("exhaust", "--kdir", debian(), "-o", OUT,
				  "--quiet", "--blocks", "33"), 129, "1 to 32")
		self.ends(libkern("exhaust", "--blocks", "0"), 129)

	def test_interrupted(self):
		"""^C: what was found so far, 130, and nobody is left behind"""
		self.exhaust(debian(), "--blocks", "1")
		with subprocess.Popen(
			[sys.executable, LIBKERN, "exhaust", "--kdir", debian(),
			 "-o", self.shared, "--blocks", "9", "--pages", "8",
			 "--quiet", "--force"], stdout=subprocess.PIPE,
			stderr=subprocess.PIPE, text=True,
			env=environment()) as child:
			# the binary says what it is about to do, and does it
			child.stdout.readline()
			time.sleep(0.5)
			child.send_signal(signal.SIGINT)
			out, err = child.communicate(timeout=20)
		self.assertEqual(child.returncode, 130, err)
		self.assertIn("not gone through to the end: interrupted", out)
		self.assertRegex(out, r"no violation in [\d,]+ states so far, of ")
		self.assertNotIn("Traceback", err)


if __name__ == "__main__":
	unittest.main()
