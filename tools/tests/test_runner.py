# SPDX-License-Identifier: GPL-2.0-only
"""The runner tells apart all the ways in which a case can end.

shim/selftest/ does each of them on purpose; here stands what must come out.
LIBKERN_SELFTEST is the path of the built libkern-selftest, LIBKERN_KUNIT_PY
that of one or more trees' kunit.py, separated by colons.
"""

import collections
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
if HERE not in sys.path:
	sys.path.insert(0, HERE)

# pylint: disable=wrong-import-position
from runner_run import SELFTEST, Run, check_plan, children
from runner_tables import (BASIC, CRASH, DEATH, PARAM, PASS, SPLAT, WORDS, fail)

ROOT = os.path.dirname(os.path.dirname(HERE))
KUNIT_PY = list(filter(None, os.environ.get("LIBKERN_KUNIT_PY", "").split(":")))

class Runner(unittest.TestCase):
	"""Everything below runs the one binary."""

	maxDiff = None

	@classmethod
	def setUpClass(cls):
		if not SELFTEST:
			raise RuntimeError("LIBKERN_SELFTEST must name the built "
					   "libkern-selftest")
		probe = Run("--filter", "selftest_sanitizer")
		got = probe.named()
		cls.asan = got["heap_overflow"]["status"] != "skip"
		cls.ubsan = got["undefined"]["status"] != "skip"
		cls.no_lsan = probe.no_lsan

	def judge(self, run, want):
		"""Compare one suite's results with a table."""
		got = run.named()
		self.assertEqual(list(got), list(want))
		for name, (status, reason, deaths) in want.items():
			with self.subTest(case=name):
				r = got[name]
				self.assertEqual(r["status"], status, r)
				self.assertIn(r["death"], deaths, r)
				if reason is None:
					self.assertIsNone(r["reason"])
				else:
					self.assertTrue((r["reason"] or "")
							.startswith(reason), r)
				self.assertGreaterEqual(r["seconds"], 0)
		count = collections.Counter(w[0] for w in want.values())
		for status in ("pass", "fail", "skip"):
			self.assertEqual(run.summary[status], count[status])
		self.assertEqual(run.summary["total"], len(want))
		self.assertEqual(check_plan(run.out), [])
		self.assertEqual(run.err, "")

	def test_basic(self):
		"""Pass, fail, skip; a failure is no skip any more"""
		run = Run("--filter", "selftest_basic")
		self.judge(run, BASIC)
		self.assertEqual(run.status, 1)
		self.assertEqual(run.notes, {"finding: NAME": "not in this tree"})
		self.assertIn("    ok 3 skips # SKIP known finding: NAME-1\n", run.out)
		self.assertIn("    ok 4 skips_and_goes_on # SKIP marked _ twice\n",
			      run.out)
		self.assertIn("    # skips_and_goes_on: still here\n", run.out)
		self.assertIn("in so many words: 7\n", run.out)
		self.assertNotIn("a skip must leave", run.out)
		self.assertIn("basic.c:", "".join(run.block("current_test_fails")))

	def test_good(self):
		"""All good: 0, and the exact text that a kernel prints"""
		run = Run("--filter", "selftest_good")
		self.assertEqual((run.status, run.err), (0, ""))
		self.assertEqual(run.out, """\
KTAP version 1
1..1
    KTAP version 1
    # Subtest: selftest_good
    1..1
    ok 1 passes
ok 1 selftest_good
""")

	def test_logs(self):
		"""Diagnostics, and nothing in them is taken for a result"""
		run = Run("--filter", "selftest_basic.logs")
		self.assertEqual(run.block("logs"), [
			"    # logs: information", "    # logs: warning",
			"    # logs: error", "bare", "    # from printk",
			"    # | ok 1 pretended", "    # logs: lines",
			"    # | not ok 2 pretended", "    # | 1..7",
			"    # | KTAP_version 1"])
		run = Run("--filter", "selftest_basic.logs", "--verbose")
		self.assertIn("    # logs: debug", run.block("logs"))

	def test_order(self):
		"""init, case, exit, clean-up; also after an assertion"""
		run = Run("--filter", "selftest_order")
		self.judge(run, {"order_case": PASS,
				 "order_assert": fail("ASSERTION FAILED at"),
				 "order_again": PASS})
		self.assertEqual(run.notes, {"order": "as it should be"})

	def test_checks(self):
		"""The words and the place of every kind of check"""
		run = Run("--filter", "selftest_check")
		self.assertEqual(check_plan(run.out), [])
		self.assertEqual(run.summary["pass"], 1)
		with open(os.path.join(ROOT, "shim/selftest/check.c"),
			  encoding="utf-8") as stream:
			source = stream.read().splitlines()
		for name, r in run.named().items():
			if name in ("all_hold", "goes_on"):
				continue
			manner, kind = name.split("_", 1)
			with self.subTest(case=name):
				self.assertEqual(r["status"], "fail")
				text = r["messages"][0].splitlines()
				m = re.fullmatch(
					r"    # %s: (\w+) FAILED at \S*check\.c:(\d+)"
					% name, text[0])
				self.assertTrue(m, text[0])
				self.assertEqual(m[1], "EXPECTATION" if
						 manner == "says" else "ASSERTION")
				self.assertIn("KUNIT_", source[int(m[2]) - 1])
				if manner == "leaves":
					self.assertEqual(len(r["messages"]), 1)
					continue
				words = [re.sub(r"== 0{8}(\w{8})$", r"== \1",
						line.strip())
					 for line in text[1:]]
				self.assertEqual(words, WORDS[kind])
				self.assertTrue(text[1].startswith("    Expected"))
		self.assertNotIn("came back", run.out)
		self.assertEqual(len(run.named()["goes_on"]["messages"]), 2)
		self.assertEqual(run.block("leaves_failure")[1:],
				 ["for 5 reasons"])
		self.assertEqual(run.named()["says_not_err"]["messages"][1]
				 .splitlines()[1:],
				 ["    Expected nothing is not null, but is",
				  "nor NULL"])

	def test_death(self):
		"""Crash, BUG, hang, runaway, exit, stub: each by its name"""
		begin = time.monotonic()
		# one of them is no hang, but writes much, under ASan on a busy machine
		run = Run("--filter", "selftest_death", "--timeout", "3")
		self.assertLess(time.monotonic() - begin, 30)
		self.judge(run, DEATH)
		self.assertEqual(run.status, 1)
		self.assertEqual(run.summary["stubs"], 1)
		crash = "\n".join(run.block("null_deref"))
		self.assertIn("# null_deref: said before the crash", crash)
		self.assertIn("in null_deref", crash)
		self.assertIn("in hang+", "\n".join(run.block("hang")))
		self.assertRegex("\n".join(run.block("stack_overflow")),
				 "[Ss]tack[ -]overflow")
		# what was recorded before the death is not lost
		bug = run.named()["bug"]
		self.assertEqual([s["text"] for s in bug["splats"]],
				 ["seen before the BUG"])
		self.assertIn("by bug+", "\n".join(run.block("bug")))

	def test_hangs(self):
		"""Three hangs cost the suite, six the run; the plan adds up"""
		run = Run("--hang=1", "--filter", "selftest_hang")
		self.assertEqual(run.status, 1)
		self.assertEqual([(r["case"], r["status"], r["death"])
				  for r in run.results], [
			("hangs_1", "fail", "hang"), ("before", "pass", None),
			("hangs_2", "fail", "hang"), ("hangs_3", "fail", "hang"),
			("after_hang", "fail", None), ("last", "fail", None)])
		self.assertEqual(run.results[-1]["reason"],
				 "not run: the suite was given up after 3 hangs")
		self.assertEqual(check_plan(run.out), [])
		run = Run("--hang=1", "--filter", "selftest_[hps]*")
		self.assertEqual(check_plan(run.out), [])
		self.assertEqual([r["death"] for r in run.results].count("hang"),
				 6)
		left = [r for r in run.results if r["case"] is None]
		self.assertTrue(left)
		self.assertEqual({r["reason"] for r in left},
				 {"not run: the run was given up after 6 hangs"})
		self.assertEqual(run.summary["fail"], sum(
			r["status"] == "fail" for r in run.results))

	def test_flood(self):
		"""A flood of output is cut, but no failure in it"""
		run = Run("--filter", "selftest_death.output_flood",
			  "--timeout", "10")	# ASan on a busy machine
		block = run.block("output_flood")
		self.assertLess(len(run.out), 200000)
		self.assertEqual(block[0], "    # output_flood: line 0 of very many")
		self.assertIn("told after the flood", block[-2])
		m = re.fullmatch(r"    # output_flood: (\d+) more lines left out",
				 block[-1])
		self.assertEqual(int(m[1]) + len(block) - 3, 300000)

	def test_splat(self):
		"""WARN, leak and lock rules fail the case that broke them"""
		run = Run("--filter", "selftest_splat")
		self.judge(run, SPLAT)
		got = run.named()
		for name, kind in (("warns", "warn"), ("leaks", "leak"),
				   ("recursive_lock", "lock"),
				   ("wrong_mode", "lock"),
				   ("lock_left_held", "lock")):
			self.assertIn(kind, {s["kind"] for s in
					     got[name]["splats"]})
		self.assertEqual(len(got["warns_very_often"]["splats"]), 17)
		self.assertEqual(got["warns_very_often"]["splats"][-1]["text"],
				 "and 984 more")
		# both places are named
		self.assertEqual(got["recursive_lock"]["splats"][0]["text"]
				 .count("splat.c:"), 2)
		self.assertNotIn("came back", run.out)

	def test_param(self):
		"""Parameters: a death costs one of them"""
		run = Run("--filter", "selftest_param")
		self.judge(run, PARAM)
		self.assertIn("    # one_of_each: pass:2 fail:3 skip:1 total:6\n"
			      "    not ok 1 one_of_each\n", run.out)
		self.assertIn("        # Subtest: all_skip\n", run.out)
		self.assertIn("    ok 3 all_skip # SKIP \n", run.out)
		self.assertIn("# Totals: pass:15 fail:10 skip:8 total:33\n",
			      run.out)

	def test_many(self):
		"""20,000 parameters in well under a second"""
		begin = time.monotonic()
		run = Run("--filter", "selftest_many")
		seconds = time.monotonic() - begin
		self.assertEqual((run.status, run.summary["pass"]), (0, 20000))
		self.assertEqual(check_plan(run.out), [])
		self.assertLess(seconds, 5 if self.asan else 1)

	def test_suites(self):
		"""suite_init, suite_exit, init and exit that go wrong"""
		out = {}
		for name in ("init_error", "init_dies", "init_hangs",
			     "init_warns", "exit_dies", "exit_warns",
			     "exit_once", "case_init", "case_throw",
			     "case_exit"):
			suite = "selftest_%s_suite" % name
			run = out[name] = Run("--filter", suite)
			with self.subTest(suite=suite):
				self.assertEqual(run.status, 1)
				self.assertEqual(check_plan(run.out), [])
				self.assertIn("\nnot ok 1 %s\n" % suite, run.out)
		self.assertIn("    # selftest_init_error_suite: failed to "
			      "initialize (-19)\n", out["init_error"].out)
		self.assertEqual(out["init_hangs"].results[0]["death"], "hang")
		for name in ("init_error", "init_dies", "init_hangs"):
			self.assertNotIn("# Subtest", out[name].out)
			self.assertEqual(out[name].summary["fail"], 1)
			self.assertEqual(out[name].results[0]["case"], None)
		for name in ("init_warns", "exit_dies", "exit_warns"):
			self.assertEqual(out[name].summary["pass"], 2)
			self.assertEqual(out[name].summary["suites_failed"], 1)
		self.assertIn(out["exit_dies"].results[-1]["death"], CRASH)
		self.assertIn("suite_exit: ", out["exit_dies"].out)
		self.assertEqual(out["exit_once"].notes,
				 {"suite_exit": "selftest_exit_once_suite"})
		for name, words in (("case_init", "failed to initialize: -22"),
				    ("case_throw", "ASSERTION FAILED"),
				    ("case_exit", "left its exit early")):
			self.assertEqual(out[name].summary["fail"], 2)
			self.assertEqual(out[name].out.count(words), 2)

	def test_init_again(self):
		"""A suite_init that fails in the second child: plan adds up"""
		with tempfile.TemporaryDirectory() as where:
			run = Run("--filter", "selftest_init_once_suite",
				  "--scratch=%s/once" % where)
		self.assertEqual([(r["case"], r["param"], r["status"])
				  for r in run.results], [
			("passes", None, "pass"), ("dies_at_1", "param-0", "pass"),
			("dies_at_1", "param-1", "fail"),
			("dies_at_1", "remaining parameters", "fail"),
			("passes", None, "fail")])
		self.assertEqual(run.results[-1]["reason"],
				 "not run: failed to initialize (-17)")
		self.assertEqual(check_plan(run.out), [])

	def test_resource(self):
		"""Resources (their assertions are in the suite)"""
		run = Run("--filter", "selftest_resource")
		self.assertEqual([n for n, r in run.named().items()
				  if r["status"] != "pass"],
				 ["memory_of_another"])

	def test_sanitizer(self):
		"""A sanitizer's report fails the case that it is about"""
		got = Run("--filter", "selftest_sanitizer").named()
		for name, on, word in (
				("heap_overflow", self.asan, "heap-buffer-overflow"),
				("use_after_free", self.asan, "heap-use-after-free"),
				("host_leak", self.asan, "LeakSanitizer"),
				("undefined", self.ubsan, "runtime error")):
			with self.subTest(case=name):
				r = got[name]
				if name == "host_leak" and self.no_lsan:
					self.skipTest("LeakSanitizer does not "
						      "work here")
				self.assertEqual(r["status"],
						 "fail" if on else "skip")
				if on:
					self.assertEqual(r["death"], "sanitizer")
					self.assertIn(word, r["reason"])
					self.assertNotIn("==", r["reason"])
		self.assertEqual(got["after_leak"]["status"], "pass")
		self.assertEqual(got["last"]["status"], "pass")

	def test_status(self):
		"""1 beats 125 beats 0; 129 for what makes no sense"""
		self.assertEqual(Run("--filter", "selftest_stub").status, 125)
		self.assertEqual(Run("--filter", "selftest_stub",
				     "--filter", "selftest_good").status, 125)
		self.assertEqual(Run("--filter", "selftest_stub", "--filter",
				     "selftest_basic.fails").status, 1)
		for words in (("--filter", "nothing*"), ("--filter",),
			      ("--filter", "selftest_good.nothing"),
			      ("--filter", ""), ("--bogus",), ("bogus",),
			      ("--seek", "neither"), ("--timeout", "-1"),
			      ("--timeout", "x"), ("--mem-limit", "1e9"),
			      ("--result-fd", "999"), ("--timeout", "nan")):
			with self.subTest(words=words):
				run = Run(*words)
				self.assertEqual(run.status, 129)
				self.assertEqual(run.out, "")
				self.assertTrue(run.err.startswith("libkern: "))

	def test_filter(self):
		"""--list and --filter agree"""
		everything = Run("--list").out.split()
		self.assertIn("selftest_good.passes", everything)
		self.assertEqual(Run("--list", "--filter=selftest_st*").out.split(),
				 ["selftest_stub.before", "selftest_stub.stub",
				  "selftest_stub.last"])
		self.assertEqual(Run("--list", "--filter",
				     "selftest_[rs]*.[ln]*").out.split(),
				 [n for n in everything if re.match(
					 r"selftest_[rs]\w*\.[ln]", n)])
		run = Run("--filter", "*.passes", "--filter=*.last")
		self.assertEqual({r["case"] for r in run.results if r["case"]},
				 {"passes", "last"})
		self.assertEqual(check_plan(run.out), [])

	def test_memory(self):
		"""--mem-limit is kept to"""
		run = Run("--filter", "selftest_death.memory_runaway",
			  "--mem-limit", "100")
		self.assertEqual(run.named()["memory_runaway"]["death"], "memory")

	def test_kunit_py(self):
		"""kunit.py parse counts what we count, and sees no error"""
		if not KUNIT_PY:
			self.skipTest("LIBKERN_KUNIT_PY names no kunit.py")
		run = Run()
		want = {"passed": run.summary["pass"],
			"failed": run.summary["fail"],
			"skipped": run.summary["skip"]}
		good = Run("--filter", "selftest_good")
		with tempfile.TemporaryDirectory() as where:
			for name, text in (("all", run.out), ("good", good.out)):
				with open(os.path.join(where, name), "w",
					  encoding="utf-8") as stream:
					stream.write(text)
			for tool in KUNIT_PY:
				with self.subTest(tool=tool):
					self.assertEqual(self.parse(
						tool, where, "all"), (1, want))
					self.assertEqual(self.parse(
						tool, where, "good"),
						(0, {"passed": 1}))

	def parse(self, tool, where, name):
		"""(exit status, counts) of kunit.py parse."""
		done = subprocess.run(
			[sys.executable, "-B", tool, "parse",
			 os.path.join(where, name)],
			stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
			text=True, check=False)
		self.assertNotIn("[ERROR]", done.stdout)
		m = re.search(r"Ran (\d+) tests: (.*)", done.stdout)
		self.assertTrue(m, done.stdout[-500:])
		return done.returncode, {k: int(v) for k, v in
					 re.findall(r"(\w+): (\d+)", m[2])}

	def hanging(self, jobs=1):
		"""A run that is in the middle of a case which hangs."""
		child = subprocess.Popen(
			[SELFTEST, "--filter", "selftest_death.*h*",
			 "--filter", "selftest_stub", "--timeout", "0",
			 "--jobs", str(jobs)],
			stdout=subprocess.PIPE, stderr=subprocess.PIPE,
			text=True, start_new_session=True)
		self.addCleanup(child.stdout.close)
		self.addCleanup(child.stderr.close)
		self.addCleanup(child.kill)
		# its child is there once it spins
		for _ in range(200):
			# with lanes: the one that hangs and its child are left
			if len(children(child.pid)) == 2 + (jobs > 1):
				break
			time.sleep(0.02)
		time.sleep(0.2)
		return child

	def gone(self, child):
		"""Wait for the last process of a run."""
		for _ in range(100):
			if not children(child.pid):
				return True
			time.sleep(0.02)
		return False

	def test_interrupt(self):
		"""SIGINT, alone or to the group as Ctrl-C does: 130, none left"""
		for send in (lambda p: p.send_signal(signal.SIGINT),
			     lambda p: os.killpg(p.pid, signal.SIGINT),
			     lambda p: p.send_signal(signal.SIGTERM)):
			child = self.hanging()
			send(child)
			_, err = child.communicate(timeout=10)
			self.assertEqual(child.returncode, 130)
			self.assertIn("not run: selftest_death.hang\n", err)
			self.assertIn("not run: selftest_stub.before\n", err)
			self.assertNotIn("selftest_death.before", err)
			self.assertTrue(self.gone(child))

	def test_interrupt_lanes(self):
		"""The same with two suites at once: what is done is printed"""
		child = self.hanging(2)
		child.send_signal(signal.SIGINT)
		out, err = child.communicate(timeout=10)
		self.assertEqual(child.returncode, 130)
		self.assertIn("not run: selftest_death.hang\n", err)
		self.assertNotIn("not run: selftest_stub", err)
		self.assertIn("selftest_stub", out)
		self.assertTrue(self.gone(child))

	def test_killed(self):
		"""A runner that is killed takes its child along"""
		for jobs in (1, 2):
			child = self.hanging(jobs)
			child.kill()
			child.wait()
			self.assertTrue(self.gone(child))

	def test_jobs(self):
		"""Nobody sees in how many lanes the suites ran"""
		words = [w for name in ("basic", "stub", "param*",
					"death.before", "check") for w in
			 ("--filter", "selftest_" + name)]
		one, two = Run(*words), Run(*words, "--jobs", "3")
		self.assertGreater(len({r["suite"] for r in one.results}), 3)
		texts = []
		for run in one, two:
			for result in run.results:
				result["seconds"] = 0
			# but where things lie in memory, where a hang was
			# met, and who of the host has called: a sanitizer says
			text = "\n".join(map(
				str, (run.status, run.out, run.err, run.notes,
				      run.summary, *run.results)))
			text = re.sub(r"#\d+ 0x[0-9a-f]+ in .*", "frame", text)
			text = re.sub(r"(?m)^.*\bframe\n", "", text)
			texts.append(re.sub(
				r"\b(?:0x)?[0-9a-f]{8,}\b|\+0x[0-9a-f]+", "-",
				text))
		self.assertEqual(*texts)


if __name__ == "__main__":
	unittest.main()
