# SPDX-License-Identifier: GPL-2.0-only
"""libkern merge adds shards up; libkern nfc tells two trees apart."""

import glob
import os
import re
import unittest

from tests.support import OUT, Case, Together, debian, edit, inside, libkern
from tests.trees import BUFFERED, RELEASE, TAIL
from tools.explore import digestfile

SCAN = "iomap_write_delalloc_scan"
PUNCH = "iomap_write_delalloc_punch(inode, folio, punch_start_byte, start_byte, " \
	"end_byte, iomap, punch);"


class Merge(Case):
	"""Files of --digest."""

	def shard(self, name, *words):
		"""Write one file; its path."""
		path = self.path(name)
		result = libkern("exhaust", "--kdir", debian(), "-o", OUT, "--quiet",
				 "--digest", path, *words)
		self.assertIn(result.status, (0, 1), result)
		return path

	def shards(self, number, *words):
		"""All of @number shards."""
		return [self.shard("%d-%d" % (n, number), "--shard",
				   "%d/%d" % (n, number), "--blocks", "3", *words)
			for n in range(1, number + 1)]

	def test_adds_up(self):
		"""Three shards are the whole, to the digest"""
		whole = self.shard("whole", "--blocks", "3")
		parts = self.shards(3)
		result, one = libkern("merge", *parts), libkern("merge", whole)
		self.assertEqual(result.status, 0, result)
		self.assertEqual(result.out, one.out)
		self.assertIn("no violation in 180174 of 180174 states", result.out)
		with open(whole, encoding="ascii") as stream:
			digest = re.search(r"(?m)^digest \w+$", stream.read())
		self.assertIn(digest.group(), result.out)
		# what a mutant does has another
		mutant = libkern("merge", self.shard(
			"mutant", "--blocks", "3", "--mutant", "ifs-punch-dropped"))
		self.assertEqual(mutant.status, 1, mutant)
		self.assertIn("violation: ", mutant.out)
		self.assertNotIn(digest.group(), mutant.out)
		self.ends(libkern("merge", parts[0], parts[2]), 125,
			  "shards are missing: 2/3")

	def test_refused(self):
		"""What does not belong together, and what is no such file: 129"""
		one, two = self.shards(2)
		self.ends(libkern("merge", one, one), 129, "both shard 1/2")
		other = self.shard("other", "--blocks", "2", "--shard", "2/2")
		self.ends(libkern("merge", one, other), 129, "different bounds")
		other = self.shard("third", "--blocks", "3", "--shard", "2/3")
		self.ends(libkern("merge", one, other), 129, "one of 3")
		other = self.shard("mutant", "--blocks", "3", "--shard", "2/2",
				   "--mutant", "punch-length")
		self.ends(libkern("merge", one, other), 129, "different trees")
		self.ends(libkern("merge", self.path("nothing")), 129, "no file")
		with open(self.path("text"), "w", encoding="ascii") as stream:
			stream.write("text\n")
		self.ends(libkern("merge", one, self.path("text")), 129,
			  "no digest file")
		with open(two, "rb") as stream:
			data = stream.read()
		at = data.index(b"states ") + 7
		for broken in (data[:at] + b"9" + data[at + 1:], data[:-30], data[:40]):
			with open(two, "wb") as stream:
				stream.write(broken)
			self.ends(libkern("merge", one, two), 129, "corrupt")

	def forged(self, name, path, *changes):
		"""A copy of the file @path with other lines, and a sum that is right."""
		with open(path, encoding="ascii") as stream:
			lines = stream.read().splitlines()[:-1]
		for find, replace in changes:
			lines = [line for line in (re.sub(find, replace, line)
				 for line in lines) if line]
		return self.summed(name, lines)

	def summed(self, name, lines):
		"""A file of these lines with their sum."""
		body = ("\n".join(lines) + "\n").encode()
		with open(self.path(name), "wb") as stream:
			stream.write(body + b"sum %016x\n" % digestfile.checksum(body))
		return self.path(name)

	def test_strange(self):
		"""Files whose sum is right, and that are none; what is no file at all"""
		one, two = self.shards(2)
		for number, change in enumerate((
			("^shard .*", ""), ("^digest .*", ""), ("^states .*", ""),
			("^tree .*", ""), ("^shard .*", "shard x y"),
			("^shard .*", "shard 3 2"), ("^bound .*", "bound"),
			("^finding .*", "finding a"), ("^whole .*", "whole 1"))):
			self.ends(libkern("merge", self.forged("f%d" % number, one, change),
					  two), 129, "is corrupt")
		self.ends(libkern("merge", self.forged("more", one, (
			"^shard .*", "shard 1 99999999999"))), 125,
			  "2/99999999999, ", " and 99999999978 more")
		self.ends(libkern("merge", self.forged("v", one, (
			"^libkern-exhaust .*", "libkern-exhaust 2"))), 129,
			  "another version")
		self.ends(libkern("merge", self.forged("less", one, (
			"^states .*", "states 7")), two), 125, "not all states")
		self.ends(libkern("merge", self.forged("given", one, (
			"^caches", "unfinished why\ncaches")), two), 129, "given up: why")
		self.ends(libkern("merge", self.scratch), 129, "Is a directory")
		self.ends(libkern("merge", "/dev/zero", timeout=20), 129, "no digest file")

	def test_mixed(self):
		"""A finding that shows in one shard and not in another is a violation"""
		one, two = self.shards(2)
		state = "x1-3b6p-4k-66"
		parts = [self.forged(name, path, ("^finding eof_block .*",
						  "finding eof_block " + counts))
			 for name, path, counts in (("a", one, "5 0 x1-3b6p-4k-0"),
						    ("b", two, "0 3 " + state))]
		result = libkern("merge", *parts)
		self.assertEqual(result.status, 1, result)
		self.assertIn("violation: the known finding eof_block shows elsewhere and "
			      "not here\n3 states; one of the smallest is " + state,
			      result.out)
		self.assertIn("3 violations in 180174 of 180174 states", result.out)
		self.assertIn("1 new violation\n", result.out)

	def test_not_written(self):
		"""Nothing is left where it was not gone through; nothing in KDIR"""
		path = self.path("part")
		result = libkern("exhaust", "--kdir", debian(), "-o", OUT, "--quiet",
				 "--mutant", "scan-sees-no-dirty", "--first",
				 "--digest", path)
		self.assertEqual(result.status, 1, result)
		self.assertFalse(os.path.exists(path))
		tree = self.tree()
		for name in (os.path.join(tree, "digest"), "/proc/digest",
			     self.path("no", "file")):
			self.ends(libkern("exhaust", "--kdir", tree, "-o", self.out,
					  "--quiet", "--blocks", "1", "--digest",
					  name), 129, name)
		self.assertFalse(os.path.exists(os.path.join(tree, "digest")))


class Nfc(Together):
	"""Two trees."""

	def nfc(self, new, *words, old=None):
		"""Compare @new with 6.12 as it is."""
		return libkern("nfc", "--old", old or debian(), "--new", new, "-o",
			       self.shared, "--quiet", "--blocks", "3", *words)

	def edited(self, name, function, find, **operator):
		"""A tree with one edit."""
		tree = self.tree(name)
		edit(tree, BUFFERED, inside(function, find, **operator))
		return tree

	def test_same(self):
		"""A tree and itself under another name; the second time is free"""
		tree, self.shared = self.tree(), self.out
		result = self.nfc(tree)
		self.assertEqual(result.status, 0, result)
		self.assertIn("no functional change in 180174 states, up to 3 blocks",
			      result.out)
		kept = glob.glob(os.path.join(self.shared, "nfc", "*.digest"))
		# one content; the smaller bounds are in the largest
		self.assertEqual(len(kept), 1, kept)
		before = {path: os.stat(path).st_mtime_ns for path in kept}
		self.assertEqual(self.nfc(tree).out, result.out)
		self.assertEqual({path: os.stat(path).st_mtime_ns
				  for path in kept}, before)
		# one of another tree or bound is none
		with open(kept[0], "rb") as stream:
			data = stream.read()
		for find, replace in ((rb"\ntree \w", b"\ntree _"),
				      (rb"\nbound 3", b"\nbound 2")):
			body = re.sub(find, replace, data[:data.rindex(b"sum ")])
			with open(kept[0], "wb") as stream:
				stream.write(body + b"sum %016x\n" %
					     digestfile.checksum(body))
			result = self.nfc(tree)
			self.assertEqual(result.status, 0, result)
			self.assertIn("of another tree or bound; made anew", result.err)
		# one that is damaged is made anew
		with open(kept[0], "ab") as stream:
			stream.write(b"x")
		result = self.nfc(tree)
		self.assertEqual(result.status, 0, result)
		self.assertIn("made anew", result.err)

	def test_differ(self):
		"""A mutant: the smallest state, both pictures, how many differ"""
		result = self.nfc(debian(), "--mutant", "ifs-punch-last-block")
		self.assertEqual(result.status, 1, result)
		self.assertRegex(result.out, r"tells them apart is x1-2b6p-4k-\d+")
		self.assertIn("\nold: ", result.out)
		self.assertIn("mutant ifs-punch-last-block\n", result.out)
		self.assertEqual(result.out.count("LEAKED"), 1, result)
		self.assertRegex(result.out, r"(?m)^\d+ states differ, of 180174 ")
		self.assertEqual(len(re.findall("(?m)^again: ", result.out)), 2)

	def test_trees(self):
		"""6.1 keeps what 6.12 gives back: clean blocks of a dirty folio"""
		result = self.nfc(debian(), old=debian("6.1"))
		self.assertEqual(result.status, 1, result)
		self.assertIn("x1-2b6p-4k-", result.out)

	def test_locks(self):
		"""The same blocks without the folio's lock are a difference"""
		tree = self.edited("locks", SCAN, PUNCH, replace=
				   "{ folio_unlock(folio); %s folio_lock(folio); }"
				   % PUNCH)
		result = libkern("exhaust", "--kdir", tree, "-o", self.shared,
				 "--quiet", "--blocks", "3")
		self.assertEqual(result.status, 0, result)
		self.assertEqual(self.nfc(tree).status, 1)

	def test_strict(self):
		"""One punch made twice is none, but for --strict"""
		tree = self.edited("twice", RELEASE, TAIL, replace="{ %s %s }" %
				   (TAIL, TAIL))
		result = self.nfc(tree)
		self.assertEqual(result.status, 0, result)
		self.assertEqual(self.nfc(tree, "--strict").status, 1)

	def test_deaths(self):
		"""A tree that crashes in a few states differs in these"""
		tree = self.edited(
			"crash", RELEASE, "loff_t punch_start_byte = start_byte",
			after="; if (start_byte == 2048 && end_byte == 4096 && "
			"i_size_read(inode) == 3072 && "
			"!inode->i_mapping->nrpages) *(volatile int *)0 = 0")
		result = self.nfc(tree)
		self.assertEqual(result.status, 1, result)
		# nothing cached and a shadow entry, in the windows of blocks of 2k
		self.assertIn("\n2 states differ, of 180174", result.out)

	def test_mend(self):
		"""The mend of eof_block changes the states that show it, and no other"""
		tree = self.edited("mend", RELEASE, "if (punch_start_byte < end_byte)",
				   before="punch_start_byte = round_up(punch_start_byte, "
				   "i_blocksize(inode));")
		known = libkern("exhaust", "--kdir", debian(), "-o", self.shared,
				"--quiet", "--blocks", "3")
		result = self.nfc(tree)
		self.assertEqual(result.status, 1, result)
		count = re.search(r"eof_block: ([\d,]+) states", known.out).group(1)
		self.assertIn("\n%s states differ, of 180174" % count.replace(",", ""),
			      result.out)

	def test_bad(self):
		"""No trees, trees that are none"""
		self.ends(libkern("nfc", "--old", debian()), 129, "--new")
		self.ends(self.nfc(self.path("nowhere")), 129, "does not exist")
		self.ends(libkern("nfc", "--kdir", debian()), 129)


if __name__ == "__main__":
	unittest.main()
