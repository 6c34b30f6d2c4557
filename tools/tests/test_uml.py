# SPDX-License-Identifier: GPL-2.0-only
"""libkern kunit with a real kernel: Debian's 6.12 for UML, built cold once.

The tree is a farm of links to Debian's, in which one file at a time is replaced
by one with a planted fault, so that each fault costs one object and a link.
"""

import os
import re
import shlex
import shutil
import subprocess
import tempfile
import time
import unittest

from tests.support import (Case, ROOT, checksum, debian, environment, inside,
			   libkern)
from tests.test_install import apply, install
from tests.trees import BUFFERED
from tools.farm import farm

RWSEM = "kernel/locking/rwsem.c"
RELEASE = "iomap_write_delalloc_release"
COUNTS = r"(?m)^libkern: (\d+) passed, (\d+) failed, (\d+) skipped" \
	 r"(?:, (\d+) known findings)? in "


def marks(tree):
	"""What would show that somebody wrote into @tree."""
	found = []
	for parent, dirs, names in os.walk(tree):
		for name in dirs + names:
			path = os.path.join(parent, name)
			status = os.lstat(path)
			found.append((path, status.st_mtime_ns, status.st_size))
	return sorted(found)


def own(tree, name):
	"""File @name of the farm @tree becomes a copy, as old as the original."""
	path = os.path.join(tree, name)
	original = os.path.realpath(path)
	os.unlink(path)
	shutil.copy2(original, path)


def documented(config):
	"""The command with --kunitconfig=@config in Documentation/kunit.rst."""
	with open(os.path.join(ROOT, "Documentation/kunit.rst"),
		  encoding="utf-8") as stream:
		line, = re.findall(r"(?m)^\t(\./tools/\S+ run --kunitconfig=%s"
				   r"(?:[^\n]*\\\n)*[^\n]*)$" % re.escape(config),
				   stream.read())
	return line


class Uml(Case):
	"""One farm and one build directory for all tests here."""

	@classmethod
	def setUpClass(cls):
		cls.base = tempfile.mkdtemp(prefix="libkern-uml-")
		cls.real = os.path.join(cls.base, "linux")
		cls.shared = os.path.join(cls.base, "out")
		cls.original = debian()
		cls.before = marks(cls.original)
		farm(cls.original, cls.real)
		cls.marks = marks(cls.real)
		begin = time.monotonic()
		cls.cold = cls.kunit()
		cls.seconds = time.monotonic() - begin

	@classmethod
	def tearDownClass(cls):
		shutil.rmtree(cls.base, ignore_errors=True)

	@classmethod
	def kunit(cls, *words):
		"""libkern kunit on the farm."""
		return libkern("kunit", "--kdir", cls.real, "-o", cls.shared,
			       "-j2", *words, timeout=3000)

	def plant(self, text):
		"""The release of the farm begins with the statements @text."""
		self.edit(BUFFERED, inside(RELEASE, "lockdep_assert_held_write",
					   before=text))

	def edit(self, name, change):
		"""The text of the farm's file @name becomes @change of it."""
		path = os.path.join(self.real, name)
		with open(path, encoding="utf-8") as stream:
			source = stream.read()
		os.unlink(path)
		with open(path, "w", encoding="utf-8") as stream:
			stream.write(change(source))
		self.addCleanup(self.restore, name)

	def coverage(self, *words):
		"""libkern coverage on the farm: beside the kernel that is there."""
		return libkern("coverage", "--kdir", self.real, "-o", self.shared,
			       "-j2", "--quiet", *words, timeout=3000)

	def restore(self, name):
		"""The link again, younger than what was built from the fault."""
		path = os.path.join(self.real, name)
		os.unlink(path)
		shutil.copyfile(os.path.join(self.original, name), path)

	def test_0_cold(self):
		"""All pass, the worlds agree, the tree is as it was"""
		self.ends(self.cold, 0)
		self.assertNotIn("DIFFERS", self.cold.err)
		passed, failed, _, known = map(int, re.search(
			COUNTS, self.cold.err).groups())
		self.assertGreater(passed, 300)
		self.assertEqual(failed, 0)
		self.assertGreater(known, 0)
		for line in self.cold.out.splitlines():
			self.assertRegex(line, r"^\s*(KTAP version 1|1\.\.\d+|#.*|"
					 r"(not )?ok \d+ .*)$")
		self.assertEqual(marks(self.real), self.marks)
		self.assertEqual(marks(self.original), self.before)

	def test_1_second_run(self):
		"""Nothing is compiled twice; a filter chooses; none is 129"""
		begin, now = time.monotonic(), time.time()
		result = self.kunit("iomap_delalloc_locks.under_i_rwsem")
		self.ends(result, 0, "1 passed, 0 failed")
		self.assertLess(time.monotonic() - begin, self.seconds / 2)
		fresh = [name for parent, _, names in os.walk(self.shared)
			 for name in names if name.endswith(".o") and
			 os.stat(os.path.join(parent, name)).st_mtime > now]
		self.assertEqual([name for name in fresh if name in
				  ("iter.o", "buffered-io.o")], [])
		self.ends(self.kunit("no_such_suite"), 129, "no_such_suite")

	def built(self):
		"""Where the kernel is built."""
		name, = [name for name in os.listdir(self.shared)
			 if name.startswith("linux-")]
		return os.path.join(self.shared, name, "uml")

	def same_result(self, line, **env):
		"""The shell's @line in the farm: kunit.py passes as much."""
		done = subprocess.run(
			["sh", "-c", line], cwd=self.real, capture_output=True,
			text=True, check=False, stdin=subprocess.DEVNULL,
			timeout=3000, env=environment(
				PYTHONDONTWRITEBYTECODE="1", **env))
		said = re.sub(r"\x1b\[[\d;]*m", "", done.stdout)
		self.assertEqual(done.returncode, 0, said[-3000:] + done.stderr)
		passed = re.search(COUNTS, self.cold.err).group(1)
		self.assertRegex(said, r"Testing complete. Ran \d+ tests: passed: %s,"
				 r" skipped: \d+\n" % passed)

	def test_2_plain_kunit_py(self):
		"""The line in Documentation/kunit.rst, as it stands there"""
		self.same_result(documented("$IN/kunitconfig"), LK=ROOT, UML=self.built(),
				 IN=self.built() + "-in")

	def test_3_no_such_option(self):
		"""What the tree cannot be configured to is named: 125"""
		self.ends(self.kunit("--", "--kconfig_add=CONFIG_NONESUCH=y"), 125,
			  "CONFIG_NONESUCH=y")

	def test_4_failure(self):
		"""A fault fails in both worlds; the printed command repeats it"""
		self.plant("end_byte -= 1;")
		result = self.kunit("iomap_delalloc_ranges")
		self.ends(result, 1, "FAILED iomap_delalloc_ranges.")
		again = shlex.split(re.search(r"again: (.*)", result.err).group(1))
		repeat = libkern(*again[1:], timeout=3000)
		self.ends(repeat, 1, "FAILED " + again[-1])
		said = re.search(r"# *\S*: ?again: (.*)|again: (.*)", result.out)
		self.assertIn("kunit --kdir " + self.real, said.group(0))

	def test_5_warning(self):
		"""A WARN fails each case in which it comes, the once-only too"""
		self.plant("WARN_ON_ONCE(1);")
		result = self.kunit("iomap_delalloc_ranges")
		self.ends(result, 1, "WARNING: CPU: ")
		passed = int(re.search(COUNTS, result.err).group(1))
		self.assertEqual(passed, 0, result)

	def test_6_lockdep(self):
		"""After a report of lockdep each suite gets a fresh boot"""
		self.plant("{ static DEFINE_MUTEX(a); static DEFINE_MUTEX(b); "
			   "mutex_lock(&a); mutex_lock(&b); mutex_unlock(&b); "
			   "mutex_unlock(&a); mutex_lock(&b); mutex_lock(&a); "
			   "mutex_unlock(&a); mutex_unlock(&b); }")
		result = self.kunit()
		self.ends(result, 1, "fresh boot",
			  "WARNING: possible circular locking dependency")
		for suite in ("extents", "positions", "ranges", "smoke"):
			self.assertRegex(result.out, "(?m)^not ok \\d+ "
					 "iomap_delalloc_" + suite)
		self.assertRegex(result.out, r"(?m)^ok \d+ iomap_delalloc_oracle")

	def test_7_panic(self):
		"""A kernel that dies fails its suite; the others run all the same"""
		self.plant("BUG();")
		result = self.kunit()
		self.ends(result, 1, "the kernel did not come to its end",
			  "BUG: failure at", BUFFERED)
		self.assertRegex(result.out, r"(?m)^ok \d+ iomap_delalloc_oracle")
		self.assertRegex(result.out, r"(?m)^not ok \d+ iomap_delalloc_smoke")

	def test_8_does_not_compile(self):
		"""125, with the compiler's words and the original's path"""
		self.plant("no such thing;")
		self.ends(self.kunit(), 125, "%s/%s:" % (self.real, BUFFERED),
			  "the tree does not build")

	def test_8_lock_cases(self):
		"""A lockdep that judges otherwise than the shim is a difference"""
		self.assertRegex(self.cold.err, r"\d\d lock cases, each in a boot "
				 "of its own: 0 disagree")
		self.edit(RWSEM, inside("down_write_nested", "subclass", 2,
					replace="0"))
		result = self.kunit("iomap_delalloc_lockdep.second_before_first")
		self.ends(result, 1, "DIFFERS lock case second_before_first")
		again = shlex.split(re.search(r"again: (.*)", result.err).group(1))
		self.ends(libkern(*again[1:], timeout=3000), 1, "1 lock cases",
			  "1 disagree")
		self.ends(self.kunit("iomap_delalloc_lockdep.no_such_case"), 129,
			  "matches no lock case")

	def test_9_fidelity(self):
		"""200,000 scenarios and the suites have the same digests"""
		done = libkern("fidelity", "--kdir", self.real, "-o",
			       self.shared, "-j2", timeout=3000)
		self.ends(done, 0, "equal", "0 cases differ",
			  "not compared, UML skips: ")

	def test_a_patched(self):
		"""The patch of make install-kunit, then kunit.py by itself"""
		before = checksum(os.path.join(self.original, "fs"))
		# git apply refuses to change what is a link, or would write
		# through it
		for name in ("fs/Kconfig", "fs/iomap/Makefile"):
			own(self.real, name)
		done = install(self.real)
		self.assertEqual(done.status, 0, done)
		applied = apply(self.real, done.out)
		self.assertEqual(applied.returncode, 0, applied.stderr)
		# where kunit.py builds; what does not change is built already
		shutil.copytree(self.built(), os.path.join(self.base, "copy"),
				symlinks=True)
		os.symlink("../copy", os.path.join(self.real, ".kunit"))
		self.same_result(documented("fs/iomap/tests"))
		self.assertIn("suite_smoke.o", os.listdir(
			os.path.join(self.base, "copy/fs/iomap/tests")))
		self.assertEqual(checksum(os.path.join(self.original, "fs")),
				 before)
		self.assertEqual(marks(self.original), self.before)

	def test_9_coverage(self):
		"""Counters out of a kernel: each line reached or explained; merged"""
		for flag, without in (("--uml", True), ("--merge", False)):
			result = self.coverage(flag, "--fail-under", "90")
			self.ends(result, 0)
			self.assertNotIn("not explained", result.out)
			self.assertNotIn("explains nothing", result.err)
			self.assertRegex(result.out, r"(?m)^%s +%s:\d+ +(\d+)/\d+"
					 % (RELEASE, BUFFERED))
			self.assertEqual("XFS   " in result.out, without)
			self.assertEqual("xfs_buffered" in result.out, not without)
			self.assertNotIn(self.shared, re.sub(r"(?m)^HTML: .*", "",
							     result.out))
		self.plant("if (flags == 0x12345678) start_byte = 0;")
		result = self.coverage("--uml", "iomap_delalloc_ranges")
		self.ends(result, 0)
		self.assertRegex(result.out, r"(?m)^not reached: %s: .*not explained"
				 % RELEASE)


if __name__ == "__main__":
	unittest.main()
