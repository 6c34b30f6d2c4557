# SPDX-License-Identifier: GPL-2.0-only
"""libkern series on patches to fs/xfs: its suites are columns like any other."""

import os
import re
import shutil

from tests.history import History
from tests.support import Case, debian, inside, libkern
from tests.test_series import FREE, rows
from tests.test_xfs import END, IOMAP, WHERE
from iomap import kdir
from tools.series import path
from xfs_stub import probe

HEADER = "fs/xfs/xfs_dquot.h"
RUN = "1 of 1 changed line run"


class Xfs(Case):
	"""A series that leaves fs/iomap alone."""

	def setUp(self):
		super().setUp()
		self.history = History(self.path("linux"))
		shutil.copytree(os.path.join(debian(), "fs/xfs"),
				self.path("linux/fs/xfs"))
		self.base = self.history.commit("base")

	def change(self, subject, text, name=IOMAP):
		"""A commit in which @name has a condition of @text."""
		self.history.git("checkout", "-q", self.base, "--", name)
		self.history.edit(inside(*WHERE, replace=text) if text else
				  lambda old: "/* words */\n" + old, name)
		return self.history.commit(subject)

	def test_series(self):
		"""Comments, no build, a bug, its end, and what is not compiled"""
		self.change("xfs: comment", None)
		self.change("xfs: does not build", "start_byte >= no_such")
		bug = self.change("xfs: wrong", "start_byte < end_byte")
		fix = self.change("xfs: right", "end_byte <= start_byte")
		self.change("xfs: a header", None, HEADER)
		self.history.write("fs/xfs/xfs_file.c", "\n")
		self.history.commit("xfs: not compiled here")
		words = ("series", self.base + "..HEAD", *FREE, "--kdir",
			 self.history.path, "-o", self.out, "--filter",
			 END + ".data_fork")
		result = libkern(*words)
		self.ends(result, 1)
		self.assertEqual(
			rows(result),
			{"base": ["pass"], "1/6": ["pass"], "2/6": ["no build"],
			 "3/6": ["FAIL*"], "4/6": ["pass*"], "5/6": ["pass"],
			 "6/6": ["-"]}, result)
		for text in ("first bad: %s (" % bug[:12], "2/6",
			     "mended by %s (" % fix[:12], "LEAKED",
			     "3 pass, 1 do not build, 1 fail, 1 touch nothing of",
			     "XFS could not be tested: " + IOMAP, "no_such"):
			self.assertIn(text, result.out)
		# which of their lines were run: none of the patch that fails to build
		result = libkern(*words, "--coverage")
		self.ends(result, 1)
		self.assertEqual(re.findall(r"(?m)^  (\d of \d .*|changes no .*)$",
					    result.out),
				 [RUN, RUN], result)
		# what was judged stays judged
		result = libkern(*words)
		self.assertIn("3/6     FAILS, from an earlier run", result.err)


	def test_facts(self):
		"""A fact of XFS that changes is told"""
		self.history.edit(lambda text: text.replace(
			"xfs_page_mkwrite_iomap_ops", "libkern_no_such_ops"),
			"fs/xfs/xfs_iomap.h")
		self.history.commit("xfs: operations of another name")
		result = libkern("series", "HEAD^!", *FREE, "--kdir",
				 self.history.path, "-o", self.out, "--filter",
				 END + ".data_fork")
		self.ends(result, 0)
		self.assertIn("changes what libkern sees: XS_MKWRITE_OPS 1 -> 0\n",
			      result.out)

	def test_mutant(self):
		"""With an edit of XFS, and with one that there is not"""
		words = ("series", "HEAD^!", *FREE, "--kdir", self.history.path,
			 "-o", self.out, "--filter", END + ".data_fork")
		self.change("xfs: right", "end_byte <= start_byte")
		result = libkern(*words, "--mutant", "xfs-punch-end-short")
		self.ends(result, 1)
		self.assertEqual(rows(result)["1/1"], ["FAIL"], result)
		self.assertIn("the base fails already", result.out)
		self.ends(libkern(*words, "--mutant", "xfs-no-such"), 129,
			  "there is no mutant xfs-no-such", "xfs-punch-end-short")


class Files(Case):
	"""What is taken out of git of fs/xfs."""

	def test_needed(self):
		"""All that is staged, in every tree there is"""
		for release in ("6.12", "6.1"):
			tree = probe.Tree(debian(release), kdir.read)
			self.assertEqual([name for name in tree.sources if not
					  path.ours("fs/xfs/" + name)], [])
			for name in ("fs/xfs/xfs_file.c", "fs/xfs/scrub/scrub.h",
				     "fs/xfs/../x.h", "fs/xfs/.h", "fs/xfs/ x.h"):
				self.assertFalse(path.ours(name))
