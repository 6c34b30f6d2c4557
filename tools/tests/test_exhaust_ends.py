# SPDX-License-Identifier: GPL-2.0-only
"""libkern exhaust and nfc where something ends that should not: states, workers, libkern."""

import contextlib
import os
import pty
import re
import select
import shlex
import shutil
import signal
import subprocess
import sys
import time

from iomap import stage
from tests.support import (LIBKERN, OUT, Together, debian, edit, environment, inside,
			   libkern, partial, processes)
from tests.trees import BUFFERED, RELEASE, TAIL
from tools.proc import children

START = "loff_t punch_start_byte = start_byte"
# one block of 2k behind another, nothing cached; each end of it has a size of its own
ENDS = ("; if (start_byte == 2048 && end_byte == 4096 && !inode->i_mapping->nrpages) {"
	"extern void _exit(int); loff_t size = i_size_read(inode);"
	"if (size == 3072) *(volatile int *)0 = 0;"
	"if (size == 4095) _exit(0);"
	"if (size == 4096) BUG();"
	"while (size == 2049) barrier(); }")
WORDS = ("crashed: SIGSEGV", "called exit(0)", "BUG at ", "does not end")
# calls that are right, and something beside them
BESIDE = ("; if (start_byte == 2048 && end_byte == 4096) {"
	  "loff_t size = i_size_read(inode);"
	  "struct folio *folio = filemap_get_folio(inode->i_mapping, 0);"
	  "if (IS_ERR(folio)) {"
	  "if (size == 3072) i_size_write(inode, size + 1);"
	  "WARN_ON(size == 4095); }"
	  "else if (size == 3072) folio_mark_uptodate(folio);"
	  "else if (size != 4095) folio_put(folio); }")
BLOCKS = ("--blocks", "2")


class Ends(Together):
	"""One tree, of which a test edits one file."""

	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		cls.real = partial(debian(), os.path.join(cls.base, "tree"))
		# beside that of 6.12, which others have built
		cls.addClassCleanup(shutil.rmtree, stage.base_dir(cls.real, OUT),
				    ignore_errors=True)

	def edited(self, find, **operator):
		"""Edit the release for this test."""
		shutil.copyfile(os.path.join(debian(), BUFFERED),
				os.path.join(self.real, BUFFERED))
		edit(self.real, BUFFERED, inside(RELEASE, find, **operator))

	def exhaust(self, *words):
		"""On the edited tree."""
		return libkern("exhaust", "--kdir", self.real, "-o", OUT, "--quiet",
			       *words)

	def nfc(self, *words):
		"""Hold the edited tree against 6.12."""
		return libkern("nfc", "--old", debian(), "--new", self.real, "-o",
			       OUT, "--quiet", *words)

	def again(self, result):
		"""What the commands show that a report tells to give."""
		return [libkern(*shlex.split(line)[1:]) for line in re.findall(
			r"(?m)^again: (.*)$", result.out)]


class States(Ends):
	"""Code under test that does not return."""

	def test_again(self):
		"""A state that costs its process does so again, in words and status"""
		self.edited(START, after=ENDS)
		result = self.exhaust(*BLOCKS, "--timeout", "1")
		self.assertEqual(result.status, 1, result)
		again = self.again(result)
		self.assertEqual(len(again), len(WORDS), result)
		for words in WORDS:
			self.assertIn("violation: " + words, result.out)
			self.assertEqual([one.status for one in again if "violation: " +
					  words in one.out], [1], (words, again))
		# a hang and all the others tell the trees apart
		result = self.nfc(*BLOCKS)
		self.assertEqual(result.status, 1, result)
		self.assertIn("\n8 states differ, of 165059", result.out)
		self.assertIn("\nviolation: ", result.out)

	def test_beside(self):
		"""Size, splats, flags and references: each is seen, and a difference"""
		# of 14 page caches two hold no folio, and in five one is not uptodate
		self.edited(START, after=BESIDE)
		result = self.exhaust(*BLOCKS)
		self.assertEqual(result.status, 1, result)
		for words in ("i_size has changed\n2 states", "warn: WARNING at .*\n2 states",
			      "a folio has other flags than before\n5 states",
			      "a folio has another reference count than before\n19 states"):
			self.assertRegex(result.out, "violation: " + words)
		result = self.nfc(*BLOCKS)
		self.assertEqual(result.status, 1, result)
		self.assertIn("\n28 states differ, of 165059", result.out)

	def test_given_up(self):
		"""A tree on which nothing returns differs, and nobody says in how many"""
		for how, words in (("*(volatile int *)0 = 0", "crashed: SIGSEGV"),
				   ("for (;;) barrier()", "does not end")):
			self.edited(START, after="; " + how)
			result = self.nfc("--blocks", "1")
			self.assertEqual(result.status, 1, result)
			self.assertIn("violation: " + words, result.out)
			self.assertRegex(result.out, r"tells them apart is x1-1b6p-4k-\d+\n")
			self.assertRegex(result.out, r"\nat least \d+ states differ, of 3170")
		# twice nothing is nothing to compare
		self.ends(libkern("nfc", "--old", self.real, "--new", self.real, "-o",
				  OUT, "--quiet", "--blocks", "1"), 125,
			  "neither tree could be gone through")

	def test_memory(self):
		"""Code that never stops allocating takes no more than a suite may"""
		self.edited(START, after="; while (i_size_read(inode) == 3072 && "
			    "!inode->i_mapping->nrpages && start_byte == 2048 && "
			    "end_byte == 4096) memset(kmalloc(1 << 20, GFP_KERNEL), 1, "
			    "1 << 20)")
		result = self.exhaust(*BLOCKS)
		self.assertEqual(result.status, 1, result)
		self.assertRegex(result.out, r"violation: (no memory|crashed: SIGSEGV)\n"
				 "2 states")

	def test_behind_all_rows(self):
		"""What is seen behind the last release of a page cache is a difference"""
		self.edited(START, after=
			    "; if (start_byte == 8192 && end_byte == 8192 && "
			    "i_size_read(inode) == LLONG_MAX) { struct folio *folio = "
			    "filemap_get_folio(inode->i_mapping, 0); "
			    "if (!IS_ERR(folio)) { if (folio->private) "
			    "ifs_set_range_dirty(folio, folio->private, 0, 1); "
			    "folio_put(folio); } }")
		result = self.nfc(*BLOCKS)
		self.assertEqual(result.status, 1, result)
		self.assertIn("violation: a block has become dirty", result.out)
		self.assertIn("\n3 states differ, of 165059", result.out)

	def test_unfolded_again(self):
		"""What only an unfolded run sees its command shows as well"""
		self.edited(TAIL, replace="{ if ((flags & IOMAP_ZERO) && "
			    "i_size_read(inode) == end_byte - 1) %s %s }" % (TAIL, TAIL))
		result = self.exhaust("--blocks", "1", "--unfolded")
		self.assertEqual(result.status, 1, result)
		again = self.again(result)
		self.assertEqual([one.status for one in again], [1] * len(again), again)
		self.assertIn("violation: a state makes other calls than the one it is "
			      "folded into", "".join(one.out for one in again))

	def test_mixed_again(self):
		"""A finding that shows in a part of its states takes more than one of them"""
		self.edited("if (punch_start_byte < end_byte)", before=
			    "if (end_byte == 4096) punch_start_byte = "
			    "round_up(punch_start_byte, i_blocksize(inode));")
		result = self.exhaust(*BLOCKS)
		self.assertEqual(result.status, 1, result)
		again, = self.again(result)
		self.assertEqual(again.status, 1, again)
		self.assertIn("shows elsewhere and not here", again.out)


class Workers(Ends):
	"""Processes of ours that others end."""

	def popen(self, *words, **kwargs):
		"""libkern exhaust, in the background."""
		return subprocess.Popen(
			[sys.executable, LIBKERN, "exhaust", "--kdir", debian(), "-o",
			 OUT, *words], env=environment(), **kwargs)

	def binary(self, child):
		"""The pid of the binary that libkern has started as @child."""
		end = time.monotonic() + 120
		while time.monotonic() < end and child.poll() is None:
			for pid in children(child.pid):
				with contextlib.suppress(OSError):
					if children(pid) and "libkern-exhaust" in \
					   os.path.basename(os.readlink("/proc/%d/exe" % pid)):
						return pid
			time.sleep(0.01)
		self.fail("it does not begin")
		return 0

	@staticmethod
	def used(pid):
		"""Seconds of processor time that @pid has used."""
		with open("/proc/%d/stat" % pid, encoding="ascii") as stream:
			return int(stream.read().rpartition(")")[2].split()[11]) / \
				os.sysconf("SC_CLK_TCK")

	def test_killed(self):
		"""A worker that somebody kills is no violation, and nothing counts twice"""
		words = ("--blocks", "5", "--quiet", "--digest")
		with self.popen(*words, self.path("killed"), stdout=subprocess.PIPE,
				stderr=subprocess.STDOUT) as child:
			pid = children(self.binary(child))[0]
			# in the middle of a slice
			while self.used(pid) < 0.2:
				time.sleep(0.01)
			os.kill(pid, signal.SIGKILL)
			out = child.communicate(timeout=300)[0].decode()
		self.assertEqual(child.returncode, 0, out)
		result = libkern("exhaust", "--kdir", debian(), "-o", OUT, *words,
				 self.path("whole"))
		self.assertEqual(result.status, 0, result)
		with open(self.path("killed"), "rb") as one, \
		     open(self.path("whole"), "rb") as two:
			self.assertEqual(one.read(), two.read())

	def test_orphans(self):
		"""libkern is killed: nobody goes on enumerating"""
		words = ("--blocks", "9", "--pages", "8", "--force", "--quiet",
			 "--timeout", "77")
		with self.popen(*words, stdout=subprocess.DEVNULL) as child:
			self.binary(child)
			child.kill()
		end = time.monotonic() + 20
		while time.monotonic() < end and processes("--state-timeout=77"):
			time.sleep(0.05)
		left = processes("--state-timeout=77")
		for pid in left:
			os.kill(pid, signal.SIGKILL)
		self.assertEqual(left, [])

	def test_terminal(self):
		"""On a terminal: how far it is and how long it takes; ^C: what was found"""
		for target in ("plain", "xfs"):
			main, other = pty.openpty()
			with self.popen("--target", target, "--blocks", "6", "--force",
					"-j", "1", stdout=subprocess.PIPE, stderr=other) as child:
				os.close(other)
				text, done = b"", False
				while not done and select.select([main], [], [], 120)[0]:
					with contextlib.suppress(OSError):
						text += os.read(main, 4096)
					done = b"s left" in text or child.poll() is not None
				child.send_signal(signal.SIGINT)
				out = child.communicate(timeout=60)[0].decode()
			os.close(main)
			self.assertRegex(text.decode(), r"\r *\d+\.\d %  [\d,]+ states  "
					 r"\d+\.\d million/s  \d+ s left")
			self.assertEqual(child.returncode, 130, out)
			self.assertIn("not gone through to the end: interrupted", out)
			self.assertRegex(out, r"no violation in [\d,]+ states so far, of ")

	def test_nobody_reads(self):
		"""A reader that goes, a disk that is full: 125, and no bug in libkern"""
		with self.popen("--blocks", "3", "--quiet", stdout=subprocess.PIPE,
				stderr=subprocess.PIPE) as child:
			child.stdout.close()
			err = child.stderr.read().decode()
		self.assertEqual(child.returncode, 125, err)
		self.assertIn("whoever read the output has gone", err)
		for words in (BLOCKS, ("--replay", "x1-2b6p-4k-1"),
			      ("--emit-kunit", "x1-2b6p-4k-1")):
			with open("/dev/full", "wb") as full:
				with self.popen("--quiet", *words, stdout=full,
						stderr=subprocess.PIPE) as child:
					err = child.stderr.read().decode()
			self.assertEqual(child.returncode, 125, err)
