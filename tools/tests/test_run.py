# SPDX-License-Identifier: GPL-2.0-only
"""libkern run from outside: what it prints, writes and returns."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys

from tests import trees
from tests.support import (Case, CC, LIBKERN, ROOT, checksum, debian,
			   environment, libkern, processes)

MUTANT = "release-forgets-tail"
COUNTS = r"(?m)^libkern: (\d+) passed, (\d+) failed, (\d+) skipped" \
	 r"(?:, (\d+) known findings)?"


class Run(Case):
	"""On a partial tree, built once for all tests here."""

	@classmethod
	def setUpClass(cls):
		"""One build directory for the class, beside the usual one."""
		cls.shared = os.path.join(os.path.dirname(os.path.dirname(
			debian())), "check")

	def run_it(self, *words, tree=None):
		"""libkern run on Debian's 6.12."""
		return libkern("run", "--kdir", tree or debian(), "-o",
			       self.shared, "--cc", CC, "--quiet",
			       "--warnings", "e", *words)

	def counts(self, result):
		"""(passed, failed, skipped, findings) of the summary."""
		m = re.search(COUNTS, result.err)
		self.assertIsNotNone(m, result)
		return [int(number or 0) for number in m.groups()]

	def test_list_and_filter(self):
		"""--list prints SUITE.CASE; a glob chooses; none at all is 129"""
		listed = self.run_it("--list")
		self.ends(listed, 0)
		names = listed.out.split()
		self.assertTrue(names)
		for name in names:
			self.assertRegex(name, r"^iomap_delalloc_\w+\.\w+$")
		one = self.run_it("--list", names[0])
		self.assertEqual(one.out.split(), names[:1])
		self.ends(self.run_it("no_such_suite*"), 129, "matches no")
		self.ends(self.run_it("--list", "no_such_suite*"), 129)

	def test_stdout_is_ktap_only(self):
		"""KTAP 1 and nothing else, with or without --quiet"""
		result = self.run_it()
		self.assertTrue(result.out.startswith("KTAP version 1\n1.."),
				result)
		for line in result.out.splitlines():
			self.assertRegex(line, r"^\s*(KTAP version 1|\d+\.\.\d+|"
					 r"#.*|(not )?ok \d+ .*)$|^$")

	def test_verbose_counts_double_punches(self):
		"""-v says how many blocks were punched twice; else nobody hears"""
		glob = "iomap_delalloc_smoke.states"
		counted = r"\d+ releases, [1-9]\d* blocks punched twice"
		self.assertRegex(self.run_it("-v", glob).out, counted)
		self.assertNotRegex(self.run_it(glob).out, "punched twice")

	def test_kunit_py_counts_the_same(self):
		"""The tree's own kunit.py parse reads the same numbers"""
		for tree in (debian(), debian("6.1")):
			result = self.run_it(tree=tree)
			passed, failed, skipped, known = self.counts(result)
			log = self.path("ktap")
			with open(log, "w", encoding="utf-8") as stream:
				stream.write(result.out)
			done = subprocess.run(
				[sys.executable, "tools/testing/kunit/kunit.py",
				 "parse", log], cwd=tree, capture_output=True,
				text=True, check=False,
				env=dict(os.environ, PYTHONDONTWRITEBYTECODE="1"))
			said = re.sub(r"\x1b\[[\d;]*m", "", done.stdout)
			m = re.search(r"Ran (\d+) tests: (.*)", said)
			self.assertIsNotNone(m, said[-2000:])
			theirs = dict((k, int(v)) for k, v in re.findall(
				r"(\w+): (\d+)", m.group(2)))
			self.assertEqual(
				(theirs.get("passed", 0), theirs.get("failed", 0),
				 theirs.get("skipped", 0), theirs.get("crashed", 0),
				 theirs.get("errors", 0)),
				(passed, failed, skipped + known, 0, 0), said[-2000:])

	def test_json_and_junit(self):
		"""Both hold what the summary says"""
		files = self.path("r.json"), self.path("r.xml")
		result = self.run_it("--json", files[0], "--junit", files[1])
		passed, failed, skipped, known = self.counts(result)
		with open(files[0], encoding="utf-8") as stream:
			record = json.load(stream)
		status = [case["status"] for case in record["cases"]
			  if case["case"]]
		self.assertEqual([status.count(s) for s in ("pass", "fail", "skip")],
				 [passed, failed, skipped + known])
		self.assertEqual(record["tree"], os.path.realpath(debian()))
		with open(files[1], encoding="utf-8") as stream:
			text = stream.read()
		self.assertEqual(text.count("<testcase "), len(record["cases"]))
		self.assertEqual(len(re.findall(r"<skipped\b", text)),
				 skipped + known)

	def test_junit_not_in_kdir(self):
		"""A result file inside the tree: refused, and nothing written"""
		tree = self.tree()
		before = checksum(tree)
		self.ends(self.run_it("--json", os.path.join(tree, "r.json"),
				      tree=tree), 129, "never written to")
		self.assertEqual(checksum(tree), before)

	def test_result_is_lost(self):
		"""A full disk under --json: named, and after the summary"""
		for flag in ("--json", "--junit"):
			result = self.run_it(flag, "/dev/full",
					     "iomap_delalloc_locks")
			self.ends(result, 125, "cannot write /dev/full: No space")
			self.assertRegex(result.err, COUNTS)
		self.assertFalse([n for n in os.listdir("/dev") if "full." in n])

	def test_failure_shows_how_to_repeat(self):
		"""A mutant fails, and the printed command fails the same way"""
		result = self.run_it("--mutant", MUTANT)
		self.ends(result, 1, "FAILED iomap_delalloc_", "again: ")
		again = re.search(r"again: (.*)", result.err).group(1)
		words = shlex.split(again)
		self.assertEqual(os.path.realpath(os.path.join(ROOT, words[0])),
				 os.path.join(ROOT, "libkern"))
		repeat = libkern(*words[1:], "--warnings", "e", cwd=ROOT)
		self.assertEqual(repeat.status, 1, repeat)
		self.assertIn(words[-1].split(".")[1], repeat.out)

	def test_stdout_is_lost(self):
		"""A reader that goes, a full disk: said as such, not as a bug"""
		self.run_it("--list")	# built before
		words = [sys.executable, LIBKERN, "run", "--kdir", debian(), "-o",
			 self.shared, "--cc", CC, "--quiet", "--warnings", "e",
			 "iomap_delalloc_locks"]
		reader, writer = os.pipe()
		os.close(reader)
		with os.fdopen(writer, "w") as gone, \
		     open("/dev/full", "w", encoding="ascii") as full:
			for stream, text in ((gone, "whoever read"),
					     (full, "cannot write to stdout")):
				done = subprocess.run(
					words, stdout=stream, text=True,
					stderr=subprocess.PIPE, check=False,
					env=environment())
				self.assertEqual(done.returncode, 125)
				self.assertIn(text, done.stderr)
				self.assertNotIn("bug", done.stderr)
				self.assertNotIn("the shim", done.stderr)

	def test_made_up_variants(self):
		"""V3 and V3a run and pass: exported is not "the caller locks" """
		for make in (trees.make_v3, trees.make_v3a):
			tree = make(self.tree(make.__name__))
			before = checksum(tree)
			result = libkern("run", "--kdir", tree, "-o", self.out,
					 "--cc", CC, "--quiet")
			self.ends(result, 0)
			self.assertEqual(self.counts(result)[1], 0)
			self.assertEqual(checksum(tree), before)

	def test_lost_lock(self):
		"""A release that lost its lock is bad, not untestable"""
		for release, lose, case in (
			("6.1", trees.lose_lock, "held_at_punch"),
			("6.1", trees.share_lock, "held_at_punch"),
			("6.12", trees.lose_assertion, "asserts_lock"),
			("6.12", trees.weaken_assertion, "shared_is_not_enough"),
		):
			# one path, so that only what differs is built again
			tree = lose(self.tree("tree-" + release, release))
			result = libkern("run", "--kdir", tree, "-o", self.out,
					 "--cc", CC, "--quiet",
					 "iomap_delalloc_locks")
			self.ends(result, 1,
				  "FAILED iomap_delalloc_locks." + case)

	def test_interrupted(self):
		"""Ctrl-C while the suites run: 130, and nobody is left"""
		self.run_it("--list", "--page-size", "64k")	# built before
		words = [sys.executable, LIBKERN, "run", "--kdir", debian(), "-o",
			 self.shared, "--cc", CC, "--quiet", "--warnings", "e",
			 "--page-size", "64k"]
		for signum, group in ((signal.SIGINT, True),
				      (signal.SIGTERM, False)):
			with subprocess.Popen(
				words, stdout=subprocess.PIPE, text=True,
				stderr=subprocess.PIPE, start_new_session=True,
				env=environment(LIBKERN_TEST_TAG=self.scratch)
				) as child:
				self.assertEqual(child.stdout.readline(),
						 "KTAP version 1\n")
				if group:
					os.killpg(child.pid, signum)
				else:
					child.send_signal(signum)
				try:
					_, err = child.communicate(timeout=20)
				except subprocess.TimeoutExpired:
					child.kill()
					raise
			self.assertEqual(child.returncode, 130, err)
			self.assertEqual(processes("LIBKERN_TEST_TAG=" +
						   self.scratch), [])

	def test_mutants_of_other_trees(self):
		"""Unknown mutants are usage; those of other trees say why"""
		self.ends(self.run_it("--mutant", "nonesuch"), 129, "nonesuch",
			  MUTANT)
