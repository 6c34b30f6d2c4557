# SPDX-License-Identifier: GPL-2.0-only
"""The seeded lock mistakes in userspace, and what is read off a kernel's words.

The group uml has them in a kernel, each in a boot of its own.
"""

import argparse
import contextlib
import io
import os
import re

from kunit import lockcases
from tests.support import Case, CC, debian, libkern
from tools import shimfaults

REPORT = {"order": "WARNING: possible circular locking dependency detected\n",
	  "recursion": "WARNING: possible recursive locking detected\n",
	  "assertion": "WARNING: CPU: 0 PID: 9 at fs/iomap/x.c:1 f+0x1/0x2\n",
	  "mode": "WARNING: CPU: 0 PID: 9 at kernel/x.c:1 f+0x1/0x2\n"
		  "DEBUG_RWSEMS_WARN_ON(x): count = 0x1\n",
	  "unlock": "WARNING: bad unlock balance detected!\n",
	  "left": "WARNING: kunit_try_catch/9 still has locks held!\n",
	  "silence": "\n"}


class Says:
	"""A world that says what it is told to say."""

	def __init__(self, **verdicts):
		self.verdicts = verdicts

	def verdict(self, name):
		"""Of one case."""
		return self.verdicts[name]


class Seeded(Case):
	"""The shim's verdicts."""

	@classmethod
	def setUpClass(cls):
		cls.shared = os.path.join(os.path.dirname(os.path.dirname(
			debian())), "check")

	def binary(self, release, *words):
		"""The test binary that libkern fidelity --self runs with @words."""
		result = libkern("fidelity", "--self", "--kdir", debian(release),
				 "-o", self.shared, "--cc", CC, "--count", "1",
				 "--quiet", *words)
		self.assertIn(result.status, (0, 1), result)
		name, = [n for n in os.listdir(self.shared)
			 if n.startswith("linux-source-%s-" % release)]
		fault = words[1:2] and "faults/" + words[1] or ""
		return os.path.join(self.shared, name, "p12-m64", fault,
				    "libkern-iomap")

	def differ(self, binary, glob=None):
		"""Names of the cases in which the shim is not as wanted."""
		args = argparse.Namespace(
			seek="tree", glob=None, list=False, timeout=None,
			verbose=False, again=binary, jobs=1)
		said = io.StringIO()
		with contextlib.redirect_stderr(said):
			found = lockcases.compare(
				lockcases.listed(binary, glob),
				lockcases.Shim(binary, args, "/"), None, "again")
		return found, said.getvalue()

	def test_as_wanted(self):
		"""The shim says of each case what the case wants, on both trees"""
		for release in ("6.12", "6.1"):
			found, said = self.differ(self.binary(release))
			self.assertEqual(found, [], said)
			self.assertGreater(said.count(" yes\n"), 25)
			self.assertEqual(said.count("shim alone: lockdep does not "
						    "track the folio lock"), 5)
			self.assertIs("not in this tree" in said,
				      release == "6.1", said)

	def test_faults(self):
		"""Each seeded fault of the model of locks is found by its cases"""
		self.assertGreaterEqual(len(shimfaults.lock_names()), 5)
		for fault, cases in shimfaults.lock_names().items():
			binary = self.binary("6.12", "--fault", fault)
			found, said = self.differ(binary)
			with self.subTest(fault=fault):
				self.assertTrue(set(cases) & set(found), said)
				self.assertIn("DIFFERS lock case " + found[0], said)
				self.assertIn("again: again '%s.%s'" % (
					lockcases.SUITE, found[0]), said)

	def test_skipped(self):
		"""Whoever runs the suites sees the suite, and why it is skipped"""
		result = libkern("run", "--kdir", debian(), "-o", self.shared,
				 "--cc", CC, lockcases.SUITE)
		self.ends(result, 0, "0 passed, 0 failed, 1 skipped")
		self.assertIn("boots for each", result.out)


class Read(Case):
	"""A kernel's words."""

	def test_kinds(self):
		"""Each kind of report is told from the others, also from the left"""
		self.assertEqual({kind: lockcases.read(
			"x lock case: a now\n%s    ok 1 seeded\n" % text, "a")
			for kind, text in REPORT.items()},
			{kind: kind for kind in REPORT})

	def test_no_verdict(self):
		"""No end, a skip, and a complaint before the mistake are no verdict"""
		now = "x lock case: a now\n"
		for text, want in (
		   (now, "no result"),
		   (now + "Kernel panic - not syncing: libkern: the case hangs, and",
		    "silence"),
		   (REPORT["order"] + now + "    ok 1 seeded\n",
		    "something before it"),
		   ("", "no result"),
		   ("KTAP version 1\n1..1\n    # Subtest: s\n    1..1\n"
		    "    ok 1 seeded # SKIP not here\nok 1 s\n",
		    "not in this tree")):
			self.assertEqual(lockcases.read(text, "a"), want, text)

	def test_table(self):
		"""Who does not agree is named, with the command; alone is said"""
		cases = [lockcases.Case("a", "order", None),
			 lockcases.Case("b", "order", "why"),
			 lockcases.Case("c", "silence", None),
			 lockcases.Case("d", "mode", None)]
		for kernel, wrong in (
		   ({}, []), ({"a": "silence"}, ["a"]), ({"a": "recursion"}, ["a"]),
		   # a kernel that sees what it is not to see makes the table a lie
		   ({"b": "order"}, ["b"]), ({"c": "left"}, ["c"]),
		   ({"d": "not in this tree"}, ["d"])):
			said = io.StringIO()
			shim = {"a": "order", "b": "order", "c": "silence",
				"d": "mode"}
			with contextlib.redirect_stderr(said):
				found = lockcases.compare(
					cases, Says(**shim), Says(**dict(
						shim, b="silence") | kernel), "X")
			self.assertEqual(found, wrong, said.getvalue())
			self.assertIn("shim alone: why", said.getvalue()) \
				if "b" not in wrong else None
			self.assertEqual(re.findall("again: X '(.*)'",
						    said.getvalue()),
					 [lockcases.SUITE + "." + name
					  for name in wrong])
