# SPDX-License-Identifier: GPL-2.0-only
"""libkern exhaust --target xfs: both forks through XFS's own code."""

import os
import re
import select
import shutil
import signal
import subprocess
import sys
import unittest

from tests.support import (LIBKERN, OUT, ROOT, Case, Together, debian, edit,
			   environment, inside, libkern, partial)

UTIL = "fs/xfs/xfs_bmap_util.c"
IOMAP = "fs/xfs/xfs_iomap.c"
END = "xfs_buffered_write_iomap_end"
PUNCH = "xfs_bmap_punch_delalloc_range"
CALLBACK = "xfs_buffered_write_delalloc_punch"
START = "ASSERT(!xfs_need_iread_extents(ifp))"
SMALLEST = re.compile(r"the smallest is (\S+)")
STATES = re.compile(r"in ([\d,]+) states")
PROGRESS = re.compile(r"\r *\d+\.\d %  [\d,]+ states  \d+\.\d million/s  \d+ s left")
# up to 2 blocks
TOTAL = "1,188,888"


def exhaust(*words, tree=None, out=OUT):
	"""libkern exhaust --target xfs, on Debian's 6.12 unless told."""
	return libkern("exhaust", "--target", "xfs", "--kdir", tree or debian(),
		       "-o", out, "--quiet", *words)


class Clean(Case):
	"""Unmodified trees."""

	def test_clean(self):
		"""No violation; the findings by name, and how many states show them"""
		for release, words in (
			("6.12", "1 known finding (eof_block: 86,664 states), "
			 "cow_fork: not in this tree, 0 new violations"),
			("6.1", "2 known findings (eof_block: 81,801 states, "
			 "cow_fork: 198,893 states), 0 new violations")):
			result = exhaust("--blocks", "2", tree=debian(release))
			self.assertEqual(result.status, 0, result)
			self.assertIn("no violation in %s states, up to 2 blocks and "
				      "3 pages of 4k, orders 0-2, target xfs" % TOTAL,
				      result.out)
			self.assertIn(words, result.out)

	def test_afresh(self):
		"""Forks and page caches put back are like those that are built"""
		digests = []
		for words in ((), ("--afresh",)):
			path = self.path("digest")
			result = exhaust("--blocks", "2", "--digest", path, *words)
			self.assertEqual(result.status, 0, result)
			with open(path, "rb") as stream:
				digests.append(stream.read())
		self.assertEqual(*digests)

	def test_variants(self):
		"""32 bits and larger pages see the same"""
		for words in (("--m32",), ("--page-size", "64k")):
			result = exhaust("--blocks", "2", *words)
			self.assertEqual(result.status, 0, result)
			self.assertIn("no violation in %s states" % TOTAL, result.out)

	def test_small_blocks(self):
		"""Where blocks are too small for reflink there is no COW fork"""
		result = exhaust("--replay", "xfs1-8b1p-4k-100000000000")
		self.assertEqual(result.status, 0, result)
		self.assertIn("bs=512 ", result.out)
		self.assertIn("data fork", result.out)
		self.assertNotIn("COW fork", result.out)

	def test_absent(self):
		"""A tree without XFS cannot be tested, and says so"""
		self.ends(exhaust(tree=self.tree(), out=self.out), 125,
			  "no fs/xfs in this tree")


class Edited(Together):
	"""One tree with XFS in it, of which a test edits one file."""

	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		cls.real = partial(debian(), os.path.join(cls.base, "tree"))
		shutil.copytree(os.path.join(debian(), "fs/xfs"),
				os.path.join(cls.real, "fs/xfs"))

	def edited(self, path, function, find, **operator):
		"""Edit the tree for this test."""
		self.addCleanup(shutil.copyfile, os.path.join(debian(), path),
				os.path.join(self.real, path))
		edit(self.real, path, inside(function, find, **operator))

	def exhaust(self, *words):
		"""On the edited tree, with a few states of each kind."""
		return exhaust("--blocks", "1", *words, tree=self.real,
			       out=self.shared)

	def digest(self, *words):
		"""The digest of a run, whatever it has found."""
		path = self.path("digest")
		result = self.exhaust("--digest", path, *words)
		self.assertIn(result.status, (0, 1), result)
		with open(path, encoding="ascii") as stream:
			return re.search(r"(?m)^digest (\w+)$", stream.read()).group(1)

	def test_afresh(self):
		"""Forks put back are like forks laid out, and it would be seen"""
		self.assertEqual(self.digest(), self.digest("--afresh"))
		# what remembers the punches before is not the same twice
		self.edited(UTIL, PUNCH, START, after="; if (ifp->if_seq & 32) "
			    "end_fsb = start_fsb")
		self.assertNotEqual(self.digest(), self.digest("--afresh"))

	def test_folds(self):
		"""What is folded behaves like what it is folded into"""
		# of one block a write that got anywhere leaves nothing to release
		for words in ((), ("--blocks", "2", "--pages", "1")):
			result = self.exhaust("--unfolded", *words)
			self.assertEqual(result.status, 0, result)
		self.assertIn("in 6,750,336 states", result.out)
		# harmless, but it looks at the fork that is none of its business
		self.edited(IOMAP, CALLBACK, PUNCH + "(XFS_I(inode),", before=
			    "if (iomap->flags & IOMAP_F_SHARED && "
			    "offset + length <= i_size_read(inode) && "
			    "!XFS_I(inode)->i_df.if_bytes) %s(XFS_I(inode), "
			    "XFS_COW_FORK, offset, offset + length);" % PUNCH)
		self.assertEqual(self.exhaust().status, 0)
		result = self.exhaust("--unfolded")
		self.assertEqual(result.status, 1, result)
		self.assertIn("other calls than the one it is folded into", result.out)

	def test_folds_of_writes(self):
		"""A write at a size that only an unfolded run has makes other calls"""
		self.edited(IOMAP, END, "start_byte >= end_byte", before=
			    "(offset & 1 && (i_size_read(inode) & 4095) == 4095 && "
			    "!(i_size_read(inode) >> 40) && start_byte < end_byte && "
			    "!inode->i_mapping->nrpages ? %s(XFS_I(inode), "
			    "iomap->flags & IOMAP_F_SHARED ? XFS_COW_FORK : "
			    "XFS_DATA_FORK, start_byte, end_byte), 0 : 0) || " % PUNCH)
		self.assertEqual(self.exhaust().status, 0)
		result = self.exhaust("--unfolded")
		self.assertEqual(result.status, 1, result)
		self.assertIn("other calls than the one it is folded into", result.out)
		self.assertIn("the end of a write", result.out)

	def test_pairs(self):
		"""A punch that the other fork keeps from its work is found"""
		self.edited(UTIL, PUNCH, START, after="; if (whichfork == XFS_COW_FORK "
			    "&& !ip->i_df.if_bytes) return")
		result = self.exhaust()
		self.assertEqual(result.status, 1, result)
		self.assertIn("a reservation without dirty data is left", result.out)
		# one that writes there as well
		self.edited(UTIL, PUNCH, "xfs_ilock(ip, XFS_ILOCK_EXCL)", after=
			    "; if (whichfork == XFS_COW_FORK && ip->i_df.if_bytes) { "
			    "xfs_iext_first(&ip->i_df, &icur); "
			    "xfs_iext_remove(ip, &icur, 0); }")
		result = self.exhaust()
		self.assertEqual(result.status, 1, result)
		self.assertIn("the other fork has changed", result.out)

	def test_death(self):
		"""An assert of XFS and an endless loop cost their states and no more"""
		total = STATES.search(self.exhaust().out).group(1)
		self.edited(UTIL, PUNCH, START, after="; ASSERT(ifp->if_bytes || "
			    "start_byte || i_size_read(VFS_I(ip)) != 2048)")
		result = self.exhaust()
		self.assertEqual(result.status, 1, result)
		self.assertIn("violation: ", result.out)
		self.assertEqual(STATES.search(result.out).group(1), total)
		self.edited(UTIL, PUNCH, START, after="; while (!ifp->if_bytes && "
			    "!start_byte && i_size_read(VFS_I(ip)) == 2048 && "
			    "!VFS_I(ip)->i_mapping->nrpages && whichfork) barrier()")
		result = self.exhaust("--timeout", "1")
		self.assertEqual(result.status, 1, result)
		self.assertIn("violation: does not end", result.out)


class Long(Case):
	"""A run that takes its time."""

	def test_interrupted(self):
		"""Progress with an estimate on a terminal; ^C: what was found so far, 130"""
		exhaust("--replay", "xfs1-1b3p-4k-1")
		master, slave = os.openpty()
		self.addCleanup(os.close, master)
		with subprocess.Popen(
				[sys.executable, LIBKERN, "exhaust", "--target", "xfs",
				 "--kdir", debian(), "-o", OUT, "--blocks", "5", "--pages",
				 "4", "--force"], stdout=subprocess.PIPE, stderr=slave,
				text=True, env=environment()) as child:
			os.close(slave)
			said = ""
			while not PROGRESS.search(said):
				self.assertTrue(select.select([master], [], [], 60)[0],
						said)
				said += os.read(master, 1 << 12).decode()
			child.send_signal(signal.SIGINT)
			out, _ = child.communicate(timeout=60)
		self.assertEqual(child.returncode, 130, out)
		self.assertIn("not gone through to the end: interrupted", out)
		self.assertRegex(out, r"no violation in [\d,]+ states so far, of "
				 r"473,286,208, up to 5 blocks and 4 pages of 4k, "
				 r"orders 0-2, target xfs")


class Violations(Case):
	"""Mutants."""

	def test_smallest(self):
		"""A violation is shrunk, drawn with both forks and shown again"""
		words = ("--mutant", "xfs-punch-end-short")
		result = exhaust("--blocks", "2", *words)
		self.assertEqual(result.status, 1, result)
		name = SMALLEST.search(result.out).group(1)
		self.assertRegex(name, r"^xfs1-[12]b3p-4k-\d+$")
		self.assertRegex(result.out, r"(?m)^data fork +\S+, then \S+")
		self.assertRegex(result.out, r"(?m)^COW fork +\S+, then \S+")
		again = re.search(r"(?m)^again: (.*)$", result.out).group(1)
		done = subprocess.run(again, shell=True, check=False, cwd=ROOT,
				      capture_output=True, text=True,
				      env=environment())
		self.assertEqual(done.returncode, 1, done)
		self.assertIn("violation: ", done.stdout)
		result = exhaust("--replay", name)
		self.assertEqual(result.status, 0, result)
		self.assertIn("as the oracle wants", result.out)

	def test_iomap(self):
		"""Mutants of fs/iomap are found through XFS as well"""
		for mutant in ("ifs-punch-last-block", "punch-length"):
			result = exhaust("--blocks", "2", "--first", "--mutant", mutant)
			self.assertEqual(result.status, 1, result)

	def test_emitted_suite(self):
		"""--emit-kunit prints suites that fail as their states do"""
		words = ("--kdir", debian(), "--mutant", "xfs-punch-start-long",
			 "--quiet")
		found = exhaust("--blocks", "2", *words[2:4])
		names = SMALLEST.findall(found.out) + ["xfs1-2b3p-4k-1186300"]
		copy = self.path("copy")
		shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(
			"build", ".git", "__pycache__"))
		for number, name in enumerate(names):
			result = exhaust("--emit-kunit", name)
			self.assertEqual(result.status, 0, result)
			with open(os.path.join(copy, "kunit/xfs/suite_xfs_replay%d.c" %
					       number), "w", encoding="ascii") as stream:
				stream.write(result.out)
		done = subprocess.run(
			[sys.executable, os.path.join(copy, "libkern"), "run", "-o",
			 self.out, "--warnings", "e", *words, "iomap_delalloc_xfs1_*"],
			check=False, capture_output=True, text=True, env=environment())
		self.assertEqual(done.returncode, 1, done)
		self.assertIn("%d passed, %d failed, 0 skipped" %
			      (1, len(names) - 1), done.stderr)


class Names(Case):
	"""IDs and results of two targets."""

	def test_ids(self):
		"""An ID of another target is refused, whichever it is"""
		for flag in ("--replay", "--emit-kunit"):
			self.ends(exhaust(flag, "x1-2b6p-4k-1"), 129,
				  "x1-2b6p-4k-1", "another target: say --target plain")
			self.ends(libkern("exhaust", "--kdir", debian(), "-o", OUT, flag,
					  "xfs1-2b3p-4k-1"), 129, "--target xfs")
			self.ends(exhaust(flag, "xfs1-2b3p-4k-1188888"), 129,
				  "does not have")
		self.ends(libkern("exhaust", "--kdir", debian(), "-o", OUT, "--mutant",
				  "xfs-end-lock"), 129, "--target xfs")
		# the binary does not rely on who starts it
		binary = self.binary()
		done = subprocess.run([binary, "--replay=x1-2b6p-4k-1"], check=False,
				      capture_output=True, text=True)
		self.assertEqual(done.returncode, 129, done)
		self.assertIn("the ID of another target", done.stderr)

	def binary(self):
		"""The binary that another test would build as well."""
		result = exhaust("--replay", "xfs1-1b3p-4k-1", "-v")
		self.assertEqual(result.status, 0, result)
		for parent, _, names in os.walk(OUT):
			if "libkern-exhaust-xfs" in names and "mutants" not in parent:
				return os.path.join(parent, "libkern-exhaust-xfs")
		return self.fail("there is no binary")

	def test_merge(self):
		"""Shards are the whole; those of another target are refused"""
		for target in ("plain", "xfs"):
			for shard in ("1/2", "2/2"):
				result = libkern(
					"exhaust", "--target", target, "--kdir", debian(),
					"-o", OUT, "--quiet", "--blocks", "2", "--pages",
					"3", "--shard", shard, "--digest",
					self.path(target + shard[0]))
				self.assertEqual(result.status, 0, result)
		self.ends(libkern("merge", self.path("plain1"), self.path("xfs2")), 129,
			  "different targets (plain and xfs)")
		result = libkern("merge", self.path("xfs1"), self.path("xfs2"))
		self.assertEqual(result.status, 0, result)
		self.assertIn("no violation in 1188888 of 1188888 states", result.out)
		self.assertIn("eof_block: 86664 states", result.out)

	def test_nfc(self):
		"""A mutant of XFS's is told apart; 6.11 by its known finding alone"""
		words = ("nfc", "--target", "xfs", "-o", self.out, "--quiet",
			 "--blocks", "2", "--old", debian(), "--new", debian())
		result = libkern(*words)
		self.assertEqual(result.status, 0, result)
		self.assertIn("no functional change in 1188888 states", result.out)
		self.assertIn("target xfs", result.out)
		result = libkern(*words, "--mutant", "xfs-punch-not-delalloc")
		self.assertEqual(result.status, 1, result)
		self.assertRegex(result.out, r"tells them apart is xfs1-1b3p-4k-\d+")
		self.assertEqual(len(re.findall("(?m)^again: .* --target xfs ",
						result.out)), 2)


if __name__ == "__main__":
	unittest.main()
