# SPDX-License-Identifier: GPL-2.0-only
"""libkern series --nfc: each patch's behaviour against that of the one before it."""

import argparse
import glob
import json
import os
import shlex
import shutil
import unittest
import xml.etree.ElementTree as ElementTree

from tests.history import BUFFERED, History
from tests.support import LIBKERN, ROOT, Case, Together, debian, inside, libkern
from tests.test_xfs import IOMAP as XFS_IOMAP, WHERE as XFS_WHERE
from tests.trees import RELEASE
from tools.series import behaviour

TEST = "if (punch_start_byte < end_byte)"
XFS_UTIL = "fs/xfs/xfs_bmap_util.c"
XFS_PUNCH = ("xfs_bmap_punch_delalloc_range", "XFS_B_TO_FSB(mp, end_byte)")
TURNED = "if (end_byte > punch_start_byte)"
ROUND = "punch_start_byte = round_up(punch_start_byte, i_blocksize(inode));"
# what the mend of a known finding does: the suites mind it not, or not as a failure
SAID = "iomap: start at a block\n\nThere is no functional change."


class Series(Together):
	"""One history for all: what it is judged to be is kept."""

	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		cls.history = History(os.path.join(cls.base, "tree"))
		cls.git = cls.history.git
		cls.history.commit("base")
		cls.names = {}
		for name, subject, change in (
			("turned", "iomap: the other way round, no functional change",
			 lambda h: h.edit(inside(RELEASE, TEST, replace=TURNED))),
			("words", "iomap: explain", lambda h: h.comment("words")),
			("said", SAID, lambda h: h.edit(inside(
				RELEASE, TURNED, before=ROUND))),
			("outside", "README: outside",
			 lambda h: h.write("README", "1\n")),
			("broken", "iomap: broken", lambda h: h.break_build()),
			("unsaid", "iomap: start at a byte", lambda h: (
				h.mend_build(), h.edit(inside(RELEASE, ROUND,
							      replace="")))),
		):
			change(cls.history)
			cls.names[name] = cls.history.commit(subject)

	def series(self, *words, first="", last="unsaid"):
		"""Judge part of the history, with one suite that is quick."""
		revisions = "%s..%s" % (
			self.names[first] if first else self.names["turned"] + "^",
			self.names[last])
		return libkern("series", revisions, "--kdir", self.history.path,
			       "-o", self.shared, "--quiet", "--nfc", "--blocks",
			       "3", "--filter", "iomap_delalloc_smoke", *words)

	def test_column(self):
		"""Same, changes, says that it does not, not compared"""
		path = self.path("series.json")
		result = self.series("--json", path)
		self.assertEqual(result.status, 1, result)
		table = result.out.split("\n\n")[0].split("\n")
		self.assertTrue(table[0].endswith("  nfc"), table)
		self.assertEqual([line.split()[-1] for line in table[2:]], [
			"same", "same", "CHANGES", "-", "-", "changes"], result)
		self.assertIn("no functional change in 180,174 states, up to 3 "
			      "blocks", result.out)
		self.assertIn('says "no functional change", and changes behaviour: '
			      "%s" % self.names["said"][:12], result.out)
		self.assertIn("1 not as it says", result.out)
		with open(path, encoding="utf-8") as stream:
			rows = json.load(stream)["patches"]
		[found] = rows[3]["behaviour"]
		self.assertEqual(found["of"], "fs/iomap")
		self.assertTrue(found["claimed"])
		self.assertGreater(found["differ"], 1000)
		self.assertRegex(found["smallest"], r"^x1-[12]b6p-4k-\d+$")
		self.assertEqual(len(found["pictures"]), 2)
		self.assertNotEqual(*found["pictures"])
		# back again, and compared across the one that does not build
		[last] = rows[6]["behaviour"]
		self.assertEqual(last["differ"], found["differ"])
		self.assertEqual(last["against"], 3)
		self.assertFalse(last["claimed"])
		# the command shows it again
		again = libkern(*shlex.split(found["again"])[1:])
		self.assertEqual(again.status, 1, again)
		self.assertIn(found["smallest"], again.out)

	def test_unsaid(self):
		"""A change that nobody denies is said, and is no failure"""
		words = ("--blocks", "2")
		result = self.series(*words, first="broken")
		# nothing to compare with: the base does not build
		self.assertNotIn("CHANGES", result.out)
		self.git("checkout", "-q", "-b", "side",
			 self.names["outside"])
		self.history.edit(inside(RELEASE, ROUND, replace=""))
		commit = self.history.commit("iomap: start at a byte")
		result = libkern("series", commit + "^!", "--kdir",
				 self.history.path, "-o", self.shared, "--quiet",
				 "--nfc", *words)
		self.assertEqual(result.status, 0, result)
		self.assertIn("  changes behaviour: ", result.out)
		self.assertIn("before:\n", result.out)

	def test_once(self):
		"""What was compared is not again; each state is gone through once"""
		self.series(last="said")
		kept = os.path.join(self.shared, "series", "*", "behaviour", "*")
		before = {path: os.stat(path).st_mtime_ns for path in glob.glob(kept)}
		# base, turned and said; those of other tests
		self.assertIn(sum(path.endswith(".exhaust") for path in before),
			      (3, 4, 5), before)
		self.series(last="said")
		self.assertEqual({path: os.stat(path).st_mtime_ns
				  for path in glob.glob(kept)}, before)

	def test_reports(self):
		"""Page, reply and JUnit say it, too"""
		page, junit = self.path("page.html"), self.path("junit.xml")
		result = self.series("--html", page, "--junit", junit, "--reply",
				     last="said")
		self.assertEqual(result.status, 1, result)
		self.assertIn("Behaviour, each patch against the one before it:\n\n"
			      "  1/3 no functional change in 180,174 states",
			      result.out)
		self.assertIn('3/3 says "no functional change", and changes',
			      result.out)
		self.assertIn("3/3, with it:\n\n", result.out)
		self.assertLessEqual(max(map(len, result.out.split("\n"))), 72)
		with open(page, encoding="utf-8") as stream:
			text = stream.read()
		for words in (">behaviour<", ">same<", ">changes<", "With it:"):
			self.assertIn(words, text)
		suites = ElementTree.parse(junit).getroot().findall("testsuite")
		cases = [suite.find("testcase[@name='behaviour of fs/iomap']")
			 for suite in suites]
		self.assertEqual([len(case.findall("failure")) for case in cases],
				 [0, 0, 1])

	def test_forged(self):
		"""A patch that writes what it likes costs its own comparison alone"""
		self.git("checkout", "-q", "-b", "forged",
			 self.names["turned"])
		self.history.edit(inside(
			RELEASE, "loff_t punch_start_byte = start_byte", after=
			"; extern void _exit(int); if (start_byte == 2048) _exit(0)"),
			BUFFERED)
		commit = self.history.commit("iomap: leaves")
		result = libkern("series", commit + "^!", "--kdir",
				 self.history.path, "-o", self.shared, "--quiet",
				 "--nfc", "--blocks", "3", "--filter",
				 "iomap_delalloc_smoke")
		self.assertNotIn("Traceback", result.err)
		self.assertEqual(result.out.split("\n")[2].split()[-1], "changes",
				 result)
		self.assertIn("of 180,174 states", result.out)


class Xfs(Case):
	"""Patches to fs/xfs."""

	def setUp(self):
		super().setUp()
		self.history = History(self.path("linux"))
		shutil.copytree(os.path.join(debian(), "fs/xfs"),
				self.path("linux/fs/xfs"))
		self.base = self.history.commit("base")

	def xfs(self, subject, *how, name=XFS_IOMAP, **operator):
		"""A commit that edits one file of fs/xfs."""
		self.history.edit(inside(*how, **operator), name)
		return self.history.commit(subject)

	def series(self, *words):
		"""All of it, with a suite that knows nothing of XFS."""
		path = self.path("series.json")
		result = libkern("series", self.base + "..HEAD", "--kdir",
				 self.history.path, "-o", self.out, "--quiet",
				 "--nfc", "--blocks", "2", "--filter",
				 "iomap_delalloc_smoke", "--json", path, *words)
		self.assertTrue(os.path.exists(path), result)
		with open(path, encoding="utf-8") as stream:
			return result, json.load(stream)["patches"]

	def test_column(self):
		"""XFS's own code is gone through where a patch touches it, and only there"""
		self.history.comment("words")
		self.history.commit("iomap: explain")
		self.xfs("xfs: other way round (NFC)", *XFS_WHERE,
			 replace="end_byte <= start_byte")
		wrong = self.xfs("xfs: tidy up (NFC)", *XFS_PUNCH, name=XFS_UTIL,
				 replace="XFS_B_TO_FSBT(mp, end_byte - 1)")
		self.xfs("xfs: not built", XFS_WHERE[0], "end_byte <= start_byte",
			 replace="end_byte <= no_such")
		self.history.edit(inside(XFS_WHERE[0], "end_byte <= no_such",
					 replace="start_byte >= end_byte"), XFS_IOMAP)
		self.history.edit(inside(RELEASE, TEST, replace=TURNED))
		self.history.commit("xfs, iomap: both")
		self.history.write("fs/xfs/xfs_file.c", "\n")
		self.history.commit("xfs: outside")
		result, rows = self.series()
		self.assertEqual(result.status, 1, result)
		table = result.out.split("\n\n")[0].split("\n")
		self.assertEqual([line.split()[-1] for line in table[2:]], [
			"same", "same", "CHANGES", "untested", "same", "-"], result)
		self.assertEqual([[(one["of"], one["against"]) for one in
				   row["behaviour"]] for row in rows], [
			[], [("fs/iomap", 0)], [("fs/xfs", 1)], [("fs/xfs", 2)],
			[("fs/xfs", 3)], [("fs/iomap", 4), ("fs/xfs", 3)], []])
		for words in ("no functional change in 165,059 states, up to 2 blocks",
			      "no functional change in 1,188,888 states of fs/xfs, up "
			      "to 2 blocks and 3 pages of 4k",
			      "behaviour of fs/xfs not compared: libkern exhaust "
			      "--target xfs does not build with it",
			      'says "no functional change", and changes behaviour: ' +
			      wrong[:12],
			      "6 patches: 3 pass, 1 not as it says, 1 cannot be "
			      "tested, 1 touch nothing of the path"):
			self.assertIn(words, result.out)
		[found] = rows[3]["behaviour"]
		self.assertRegex(found["smallest"], r"^xfs1-1b3p-4k-\d+$")
		self.assertIn("data fork", found["pictures"][0])
		self.assertNotEqual(*found["pictures"])
		again = libkern(*shlex.split(found["again"])[1:])
		self.assertEqual(again.status, 1, again)
		self.assertIn(found["smallest"], again.out)


class Targets(Case):
	"""How far each target goes."""

	def test_bounds(self):
		"""What the command line names, and what it does not"""
		def bounds(**given):
			args = argparse.Namespace(**{"blocks": None, "pages": None,
						     **given})
			return [(t.blocks, t.pages) for t in (
				behaviour.Target(of, args) for of in
				(behaviour.IOMAP, behaviour.XFS))]
		self.assertEqual(bounds(), [(4, None), (3, None)])
		self.assertEqual(bounds(blocks=2, pages=2), [(2, 2), (2, 2)])
		self.assertEqual(bounds(blocks=8, pages=6), [(8, 6), (4, 3)])


class Words(Case):
	"""What changelogs say."""

	def test_claims(self):
		"""The usual wordings, and what only looks like one"""
		for text in ("No functional change.", "no functional\nchanges intended",
			     "without functional changes", "tidy up (NFC)",
			     "There is no intended functional change here.",
			     "No behavioural change.", "no change in behavior"):
			self.assertTrue(behaviour.claims(text), text)
		for text in ("functional change", "no function changes",
			     "a functional change that no one wants", "nfc",
			     "No, functional changes are needed"):
			self.assertFalse(behaviour.claims(text), text)

	def test_usage(self):
		"""A bound without --nfc: 129"""
		self.ends(libkern("series", "HEAD^!", "--kdir", ROOT, "--blocks",
				  "2", "-o", self.out), 129, "--nfc")
		self.assertTrue(os.path.exists(LIBKERN))


if __name__ == "__main__":
	unittest.main()
