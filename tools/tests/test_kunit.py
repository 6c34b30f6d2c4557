# SPDX-License-Identifier: GPL-2.0-only
"""libkern kunit without a kernel: bad input, and what is made of a boot's words.

A kunit.py of the test's own stands in for the tree's. It says and leaves what the
real one does in each case; the group uml has the real one.
"""

import glob
import os
import re
import signal
import subprocess
import sys
import time

from kunit import ktap, worlds
from tests.support import (Case, LIBKERN, ROOT, checksum, debian, edit,
			   environment, libkern, processes)

FAKE = r'''
import os, sys
mode = os.environ.get("LIBKERN_FAKE", "good")
out = sys.argv[sys.argv.index("--build_dir") + 1]
with open(os.path.join(out, "words"), "a") as stream:
    print(*sys.argv[1:], file=stream)
def case(n, name, status="ok", said=""):
    return "%s    %s %d %s\n" % (said, status, n, name)
def suite(n, name, cases, status="ok"):
    return "    KTAP version 1\n    # Subtest: %s\n    1..%d\n%s%s %d %s\n" % (
        name, len(cases), "".join(cases), status, n, name)
SPLAT = "WARNING: CPU: 0 PID: 9 at fs/iomap/buffered-io.c:1 x+0x1/0x2\n"
OFF = "# libkern: lockdep has switched itself off\n"
def boot(*suites, planned=None):
    return "Linux version 0\nKTAP version 1\n1..%d\n%s" % (
        planned or len(suites), "".join(suites))
two = suite(2, "fake_two", [case(1, "b")])
log = {
    "good": boot(suite(1, "fake_one", [case(1, "a"),
                 case(2, "s # SKIP not here")]), two),
    "fail": boot(suite(1, "fake_one", [case(1, "a", "not ok")], "not ok"), two),
    "splat": boot(suite(1, "fake_one", [case(1, "a", said=SPLAT)]), two),
    "lockdep": boot(suite(1, "fake_one", [case(1, "a", "not ok", OFF)],
                    "not ok"), suite(2, "fake_two", [case(1, "b", "not ok")],
                    "not ok")),
    "panic": boot("    KTAP version 1\n    # Subtest: fake_one\n    1..1\n"
                  "BUG: failure at fs/x.c:1/f()!\nKernel panic - not syncing\n",
                  planned=2),
    "none": "KTAP version 1\n1..0\n",
    "silent": "Checking PROT_EXEC mmap in /dev/shm...Operation not permitted\n",
}
if sys.argv[1] == "build" and mode in log:
    sys.exit(0)
if sys.argv[1] == "exec":
    text = "fake_one.a\nfake_two.b\n" if "kunit.action=list" in sys.argv else \
        boot(suite(1, sys.argv[-1].split(".")[0], [case(1, "b")]))
elif mode == "hang":
    import subprocess
    subprocess.run(["sleep", "600"], start_new_session=True)
elif mode == "usage":
    print("usage: kunit.py run")
    sys.exit(2)
elif mode == "config":
    print("Not all Kconfig options selected in kunitconfig were in the "
          "generated .config.\nMissing: CONFIG_NONESUCH=y")
    sys.exit(1)
elif mode == "broken":
    print("ERROR:root:%s/fs/iomap/iter.c:7:1: error: expected ';'" % os.getcwd())
    sys.exit(1)
elif mode == "full":
    print("fatal error: /x/y.o: No space left on device")
    sys.exit(1)
else:
    text = log[mode]
    print("[00:00:00] Starting KUnit Kernel (1/1)...")
with open(os.path.join(out, "test.log"), "w") as stream:
    stream.write(text)
sys.exit(mode in ("fail", "lockdep", "panic", "silent"))
'''


class Bad(Case):
	"""Trees and arguments with which it cannot work."""

	def setUp(self):
		super().setUp()
		self.real = self.tree()
		fake(self.real)

	def kunit(self, *words, **kwargs):
		"""libkern kunit on the tree of this test."""
		return libkern("kunit", "--kdir", self.real, "-o", self.out, *words,
			       **kwargs)

	def gone(self, name):
		"""Move @name of the tree away."""
		os.rename(os.path.join(self.real, name), self.path("gone"))

	def test_no_kunit_py(self):
		"""A tree without kunit.py: 125 and the way out"""
		self.gone("tools/testing/kunit/kunit.py")
		self.ends(self.kunit(), 125, "tools/testing/kunit/kunit.py",
			  "whole tree", "libkern run")

	def test_no_uml(self):
		"""A tree without arch/um: 125 and the way out"""
		self.gone("arch/um")
		self.ends(self.kunit(), 125, "arch/um", "whole tree")

	def test_built_in(self):
		"""A tree that was built in: 125, make mrproper"""
		with open(os.path.join(self.real, ".config"), "w",
			  encoding="ascii"):
			pass
		self.ends(self.kunit(), 125, ".config", "make mrproper")

	def test_refused(self):
		"""What would lead kunit.py astray: 129, and nothing is written"""
		before = checksum(self.real)
		for word, say in (("--build_dir=/tmp/x", "-o"), ("--arch=um", "--"),
				  ("--run_isolated=suite", "boots afresh"),
				  ("--build=/tmp/x", "--build_dir in full"),
				  ("--jso=r.json", "--json in full"),
				  ("--make_options=O=/tmp/x", "-o"),
				  ("--make_options=KBUILD_OUTPUT=/tmp/x", "-o"),
				  ("--json=%s/r.json" % self.real,
				   "never written to")):
			self.ends(self.kunit("--", word), 129, say)
		self.ends(self.kunit("--", "--make_options", "O=x"), 129, "-o")
		self.ends(libkern("kunit", "--kdir", self.real, "-o",
				  os.path.join(self.real, "out")), 129,
			  "never written to")
		self.ends(self.kunit("--arch", "vax"), 129, "um")
		self.assertEqual(checksum(self.real), before)

	def test_tools_missing(self):
		"""Without flex: 125, its name and make deps"""
		tools = self.path("bin")
		os.mkdir(tools)
		for name in ("make", "gcc", "bison", "bc"):
			os.symlink("/usr/bin/" + name, os.path.join(tools, name))
		self.ends(self.kunit(env={"PATH": tools}), 125, "flex", "make deps")


def fake(tree):
	"""Give the partial @tree what a whole one has, and the stand-in."""
	for name in ("tools/testing/kunit", "arch/um", "init", "kernel",
		     "drivers"):
		os.makedirs(os.path.join(tree, name), exist_ok=True)
	for name, text in (("Kconfig", ""), ("tools/testing/kunit/kunit.py", FAKE)):
		with open(os.path.join(tree, name), "w", encoding="ascii") as stream:
			stream.write(text)


class Suites(Case):
	"""What kernels newer than Debian's want of the suites' text."""

	def test_generators(self):
		"""Generators written by hand go through FX_GEN()"""
		found = 0
		for name in glob.glob(os.path.join(ROOT, "kunit/**/suite_*.c"),
				      recursive=True):
			with open(name, encoding="ascii") as stream:
				for word in re.findall(
				   r"\bKUNIT_CASE_PARAM\(\w+,\s*(\w+)\)",
				   stream.read()):
					found += 1
					self.assertRegex(word, "_gen_params$", name)
		self.assertTrue(found)


class Translated(Case):
	"""Every way in which kunit.py can end, and libkern's status for it."""

	def test_statuses(self):
		"""kunit.py has 1 for everything; libkern tells them apart"""
		real = self.tree()
		fake(real)
		before = checksum(real)
		for mode, status, words in (
		   ("good", 0, ("fake_one", "2 passed, 0 failed, 1 skipped")),
		   ("fail", 1, ("FAILED fake_one.a", "again: ")),
		   ("splat", 1, ("FAILED fake_one.a: WARNING: CPU: 0",)),
		   ("lockdep", 1, ("fresh boot", "1 passed, 1 failed")),
		   ("panic", 1, ("fresh boot", "BUG: failure at fs/x.c:1/f()!",
				 "1 passed")),
		   ("none", 129, ("fake*", "no suite")),
		   ("silent", 125, ("PROT_EXEC", "TMPDIR")),
		   ("usage", 129, ("does not take",)),
		   ("config", 125, ("CONFIG_NONESUCH=y",)),
		   ("broken", 125, ("%s/fs/iomap/iter.c:7: expected ';'" % real,
				    "the tree does not build")),
		   ("full", 125, ("no space left",))):
			with self.subTest(mode=mode):
				result = libkern("kunit", "--kdir", real, "-o",
						 self.out, "--quiet", "fake*",
						 env={"LIBKERN_FAKE": mode})
				self.ends(result, status, *words)
				for line in result.out.splitlines():
					self.assertRegex(line, r"^\s*(KTAP version 1|"
						r"1\.\.\d+|#.*|(not )?ok \d+ .*)$")
				if mode == "lockdep":
					self.assertIn("\nok 2 fake_two", result.out)
		self.assertEqual(checksum(real), before)

	def test_nothing_to_compare(self):
		"""Where userspace does not build nothing is compared: 125"""
		real = self.tree()
		fake(real)
		edit(real, "fs/iomap/iter.c", lambda text: text + "\n#error x\n")
		result = libkern("kunit", "--kdir", real, "-o", self.out,
				 "--quiet", "fake*")
		self.ends(result, 125, "2 passed, 0 failed",
			  "have not been compared")

	def test_interrupted(self):
		"""Ctrl-C while kunit.py works: 130, and nobody is left"""
		real = self.tree()
		fake(real)
		tag = "LIBKERN_TEST_TAG=" + self.scratch
		with subprocess.Popen(
			[sys.executable, LIBKERN, "kunit", "--kdir", real, "-o",
			 self.out], stderr=subprocess.PIPE, text=True,
			start_new_session=True, env=environment(
				LIBKERN_FAKE="hang",
				LIBKERN_TEST_TAG=self.scratch)) as child:
			end = time.monotonic() + 30
			while len(processes(tag)) < 3 and time.monotonic() < end:
				time.sleep(0.1)
			child.send_signal(signal.SIGINT)
			_, err = child.communicate(timeout=20)
		self.assertEqual(child.returncode, 130, err)
		self.assertEqual(processes(tag), [])

	def test_no_shm(self):
		"""Where /dev/shm will not do, UML's memory goes elsewhere"""
		# pylint: disable=import-outside-toplevel
		from kunit import arch
		keep = arch.SHM
		self.addCleanup(setattr, arch, "SHM", keep)
		arch.SHM = self.path("nowhere")
		self.assertIn("there is no", arch.shm_trouble())
		arch.SHM = "/proc"
		self.assertIn("/proc", arch.shm_trouble())


class Parsed(Case):
	"""KTAP out of logs."""

	def count(self, text):
		"""kunit.py's own words on @text."""
		log = self.path("ktap")
		with open(log, "w", encoding="ascii") as stream:
			stream.write(text)
		done = subprocess.run(
			[sys.executable, "tools/testing/kunit/kunit.py", "parse",
			 log], cwd=debian(), capture_output=True, text=True,
			check=False, env=dict(os.environ,
					      PYTHONDONTWRITEBYTECODE="1"))
		return re.sub(r"\x1b\[[\d;]*m", "", done.stdout).strip() \
			.splitlines()[-1]

	def test_parameters(self):
		"""Parameters count as cases; a failing one fails its case"""
		log = ktap.Log(
			"boot\n[    0.1] KTAP version 1\n[    0.1] 1..1\n"
			"[    0.1]     KTAP version 1\n"
			"[    0.1]     # Subtest: s\n[    0.1]     1..1\n"
			"[    0.2]         KTAP version 1\n"
			"[    0.2]         # Subtest: c\n"
			"[    0.2]         ok 1 p=1\n"
			"[    0.2] BUG: sleeping function called\n"
			"[    0.2]  <ffff> ? f+0x1\n"
			"[    0.2]         ok 2 p=2 # SKIP known finding: x\n"
			"[    0.2]     ok 1 c\n[    0.2] ok 1 s\nhalted\n")
		self.assertEqual(log.suites[0].results,
				 {("c", "p=1"): ("pass", ""),
				  ("c", "p=2"): ("fail",
						 "BUG: sleeping function called")})
		text = ktap.document(log.suites)
		self.assertIn("        not ok 2 p=2\n", text)
		self.assertIn("    not ok 1 c\nnot ok 1 s\n", text)
		self.assertIn("passed: 1, failed: 1", self.count(text))

	def test_expected(self):
		"""Splats that the case has taken back fail nothing"""
		log = ktap.Log("KTAP version 1\n1..1\n    # Subtest: s\n    1..1\n"
			       "WARNING: CPU: 0\n# libkern: 1 splats expected\n"
			       "    ok 1 c\nok 1 s\nWARNING: late\n")
		self.assertEqual(log.suites[0].count("pass"), 1)
		self.assertEqual(log.stray, ["WARNING: late"])

	def test_between_cases(self):
		"""A splat behind the last case fails the suite"""
		log = ktap.Log("KTAP version 1\n1..1\n    # Subtest: s\n    1..1\n"
			       "    ok 1 c\nBUG: late\nok 1 s\n")
		self.assertEqual(log.suites[0].results,
				 {("c", ""): ("pass", ""),
				  ("(suite)", ""): ("fail", "the suite itself")})
		self.assertIn("\nnot ok 1 s\n", ktap.document(log.suites))

	def test_old_skips(self):
		"""6.1 skips a parameter without a word; the suites say it"""
		log = ktap.Log("KTAP version 1\n1..1\n    # Subtest: s\n    1..1\n"
			       "        # Subtest: c\n# libkern: skipped: no way\n"
			       "        ok 1 p\n        ok 2 q\n    ok 1 c\n"
			       "ok 1 s\n")
		self.assertEqual(log.suites[0].results,
				 {("c", "p"): ("skip", "no way"),
				  ("c", "q"): ("pass", "")})
		self.assertIn("passed: 1, skipped: 1",
			      self.count(ktap.document(log.suites)))

	def test_differences(self):
		"""Two verdicts on one case differ; a skip is no verdict"""
		def world(**cases):
			return {"s": {(name, ""): tuple(value)
				      for name, value in cases.items()}}
		known = ("skip", worlds.FINDING + "x")
		user = world(a=("pass", ""), b=("pass", ""), c=known, d=known,
			     e=("pass", ""), f=("fail", ""))
		kernel = world(a=("pass", ""), b=("fail", "w"), c=known,
			       d=("pass", ""), e=("skip", "cannot"),
			       f=("fail", ""))
		found = worlds.differences(user, kernel)
		self.assertEqual([line.split(":")[0] for line in found],
				 ["s.b", "s.d"])

	def test_absent(self):
		"""What is in one world only, and no skip says why, is named"""
		def suite(name, *cases):
			made = ktap.Suite(name)
			made.results = {(case, ""): ("pass", "") for case in cases}
			made.complete = True
			return made
		user = {"s": {("a", ""): ("pass", ""), ("b", "p"): ("pass", "")},
			"t": {("a", ""): ("pass", "")}}
		kernel = [suite("s", "a", "c")]
		self.assertEqual(worlds.absent(user, kernel, True),
				 ["s.b: runs in userspace only",
				  "s.c: runs in the kernel only",
				  "t: runs in userspace only"])
		self.assertEqual(len(worlds.absent(user, kernel, False)), 2)
		kernel = [suite("s", "a", "b")]
		self.assertEqual(worlds.absent(user, kernel, False),
				 ["s.b []: runs in the kernel only",
				  "s.b [p]: runs in userspace only"])
