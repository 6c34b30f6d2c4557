# SPDX-License-Identifier: GPL-2.0-only
"""libkern series --nfc: each patch's behaviour against that of the one before it."""

import glob
import json
import os
import shlex
import unittest
import xml.etree.ElementTree as ElementTree

from tests.history import BUFFERED, History
from tests.support import LIBKERN, ROOT, Case, Together, inside, libkern
from tests.trees import RELEASE
from tools.series import behaviour

TEST = "if (punch_start_byte < end_byte)"
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
		found = rows[3]["behaviour"]
		self.assertTrue(found["claimed"])
		self.assertGreater(found["differ"], 1000)
		self.assertRegex(found["smallest"], r"^x1-[12]b6p-4k-\d+$")
		self.assertEqual(len(found["pictures"]), 2)
		self.assertNotEqual(*found["pictures"])
		# back again, and compared across the one that does not build
		self.assertEqual(rows[6]["behaviour"]["differ"], found["differ"])
		self.assertEqual(rows[6]["behaviour"]["against"], 3)
		self.assertFalse(rows[6]["behaviour"]["claimed"])
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
		# base, turned and said; another test's
		self.assertIn(sum(path.endswith(".exhaust") for path in before),
			      (3, 4), before)
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
		cases = [suite.find("testcase[@name='behaviour']")
			 for suite in suites]
		self.assertEqual([len(case.findall("failure")) for case in cases],
				 [0, 0, 1])

	def test_forged(self):
		"""A patch that writes what it likes costs its own comparison alone"""
		self.git("checkout", "-q", "-b", "forged",
			 self.names["turned"])
		self.history.edit(inside(
			RELEASE, "loff_t punch_start_byte = start_byte", after=
			"; extern void _exit(int); if (start_byte == 512) _exit(0)"),
			BUFFERED)
		commit = self.history.commit("iomap: leaves")
		result = libkern("series", commit + "^!", "--kdir",
				 self.history.path, "-o", self.shared, "--quiet",
				 "--nfc", "--blocks", "3", "--filter",
				 "iomap_delalloc_smoke.zero*")
		self.assertNotIn("Traceback", result.err)
		self.assertNotIn("  same", result.out)


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
