# SPDX-License-Identifier: GPL-2.0-only
"""git bisect run /path/to/libkern run --kdir . from inside of a kernel tree."""

import os
import subprocess
import sys

from tests.history import History
from tests.support import Case, LIBKERN, environment

COMMITS = 20
BUG = 13
NO_BUILD = (5, 10, 11, 17)	# the first step lands on one of them


class Bisect(Case):
	"""A bug among commits of which some do not build."""

	def test_bisect(self):
		"""The bug is found among 20, of which some are skipped"""
		history = History(self.path("linux"))
		commits = [history.commit("base")]
		for number in range(1, COMMITS + 1):
			history.append("int libkern_step_%d;" % number)
			if number == BUG:
				history.bug()
			if number in NO_BUILD:
				history.break_build()
			commits.append(history.commit("iomap: step %d" % number))
			if number in NO_BUILD:
				history.mend_build()
		history.git("bisect", "start", "HEAD", commits[0])
		done = subprocess.run(
			["git", "bisect", "run", sys.executable, LIBKERN, "run",
			 "--kdir", ".", "-o", self.out, "--quiet"],
			cwd=history.path, check=False, capture_output=True,
			text=True, env=environment(HOME=self.scratch))
		log = history.git("bisect", "log")
		said = done.stdout + done.stderr
		self.assertIn(commits[BUG] + " is the first bad commit", said)
		self.assertIn("git bisect skip", log)
		# nothing but what git itself did
		self.assertEqual(history.git("status", "--porcelain"), "")
		self.assertFalse(os.path.exists(history.path + "/build"))
