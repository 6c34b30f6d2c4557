# SPDX-License-Identifier: GPL-2.0-only
"""libkern series --kunit: the column of a kernel, with a stand-in for kunit.py.

The stand-in is part of the tree, as kunit.py is, so a patch can change what it
says; and what it does, as with every makefile of a patch.
"""

import os
import shutil
import tempfile
import unittest

from tests.history import History
from tests.support import Case, checksum, libkern
from tests.test_series import rows
from tools.series import sandbox

WALLS = sandbox.refusal()
KUNIT_PY = "tools/testing/kunit/kunit.py"
SUITE = "fake_one"
FAKE = r'''
import os, sys
out = sys.argv[sys.argv.index("--build_dir") + 1]
ok = "ok"
#evil
with open(os.path.join(out, "test.log"), "w") as stream:
    stream.write("Linux version 0\nKTAP version 1\n1..1\n    KTAP version 1\n"
                 "    # Subtest: %s\n    1..1\n    # stood_in: words\n"
                 "    %%s 1 stood_in\n%%s 1 %s\n" %% (ok, ok))
sys.exit(ok != "ok")
''' % (SUITE, SUITE)


@unittest.skipIf(WALLS, WALLS)
class InKernel(Case):
	"""A history with a kunit.py of its own."""

	@classmethod
	def setUpClass(cls):
		cls.place = tempfile.mkdtemp(prefix="libkern-kunit-")
		cls.addClassCleanup(shutil.rmtree, cls.place, ignore_errors=True)
		history = cls.history = History(os.path.join(cls.place, "linux"))
		for name in ("arch/um/Kconfig", "init/x", "kernel/x", "drivers/x",
			     "Kconfig", "link/x"):
			history.write(name, "")
		history.write(KUNIT_PY, FAKE)
		cls.base = history.commit("base")
		history.write(KUNIT_PY, FAKE.replace('ok = "ok"', 'ok = "not ok"'))
		cls.bug = history.commit("kunit: worse")
		history.write("Documentation/x", "")
		cls.docs = history.commit("Documentation: x")
		history.write(KUNIT_PY, FAKE)
		history.write("drivers/new", "")
		os.unlink(os.path.join(history.path, "drivers/x"))
		cls.mend = history.commit("kunit: better")
		cls.shared = os.path.join(cls.place, "out")

	def series(self, *words):
		"""libkern series --kunit."""
		return libkern("series", "--kunit", "--kdir", self.history.path,
			       "-o", self.shared, "--filter", "fake*", *words)

	def test_column(self):
		"""As commits and as mails; nothing of the user's is written"""
		before = checksum(self.history.path)
		into = self.path("mails")
		self.history.mails(into, self.base + "..main")
		whole = os.path.join(self.shared, "series")
		for words in ((self.base + "..main",),
			      ("--mbox", into, "--base", self.base)):
			result = self.series(*words)
			self.ends(result, 1)
			found = rows(result)
			self.assertEqual([found[n][0] for n in (
				"base", "1/3", "2/3", "3/3")],
				["pass", "FAIL*", "-", "pass*"], result)
			for text in ("kunit: worse", SUITE + ".stood_in",
				     "--kunit --filter %s.stood_in" % SUITE):
				self.assertIn(text, result.out)
			tree = os.path.join(whole, os.listdir(whole)[0], "whole")
			self.assertEqual(os.listdir(os.path.join(
				tree, "drivers")), ["new"])
		self.assertEqual(checksum(self.history.path), before)

	def test_evil(self):
		"""What a patch makes the build do stays behind the walls"""
		mark = os.path.join(self.place, "mark")
		self.history.git("checkout", "-q", "-b", "evil", self.base)
		self.addCleanup(self.history.git, "checkout", "-q", "-f", "main")
		self.history.write(KUNIT_PY, FAKE.replace("#evil", (
			"try:\n    open(%r, 'w')\nexcept OSError:\n    pass\n"
			"if os.path.exists(%r) or os.path.exists('/root') or "
			"os.path.exists('/home'):\n    ok = 'not ok'") %
			(mark, os.path.join(self.history.path, "fs"))))
		self.history.commit("kbuild: harmless")
		result = self.series(self.base + "..evil")
		self.ends(result, 0)
		self.assertEqual(rows(result)["1/1"][0], "pass", result)
		self.assertFalse(os.path.exists(mark))
		result = self.series(self.base + "..evil", "--no-sandbox",
				     "--fresh")
		self.ends(result, 1)
		self.assertTrue(os.path.exists(mark))
