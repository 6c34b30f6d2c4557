# SPDX-License-Identifier: GPL-2.0-only
"""libkern race --stress: real threads are clean, and races of theirs are found.

Rounds are counted, not seconds: how many a machine makes in one is its affair.
"""

import re
import signal
import subprocess
import sys
import unittest
from types import SimpleNamespace
from unittest import mock

from tests.support import LIBKERN, OUT, ROOT, Case, debian, environment, libkern
from tools import mutants
from tools.explore.race.stress import run as stress
from tools.stop import Stop

TOTAL = re.compile(r"in ([\d,]+) rounds of (\d+) scenarios?, [\d.]+ s on real threads"
		   r"( under the thread sanitizer)?, page 4k, seed (\d+)")
TRIES = 20	# of what threads meet by chance only
# where each suppression is met
MET = {"race_top:xas_delete_node": ("reclaim-b1-o1", "6.12"),
       "race_top:xa_marked": ("fault-direct-b1-o0", "6.12"),
       "race_top:xas_find_chunk": ("writeback-truncate-b2-o1", "6.12"),
       "race_top:xfs_inode_has_cow_data": ("xfs-part-flush-b2-o0", "6.1"),
       "race_top:xfs_ioend_is_append": ("xfs-writeback-truncate-b1-o0", "6.1")}
# a report and a verdict on XFS; one tree, as fs/xfs takes long to build
XFS_TREE = "6.1"


def run(*words, tree="6.12", **kwargs):
	"""Run it on an unmodified tree."""
	return libkern("race", "--stress", "--kdir", debian(tree), "-o", OUT, "--quiet",
		       *words, **kwargs)


def tried(*words, wanted, tree="6.12"):
	"""Run it with one seed after the other until @wanted(its Result)."""
	for seed in range(1, TRIES + 1):
		result = run("--seed", str(seed), *words, tree=tree)
		if wanted(result):
			break
	return result


class Clean(Case):
	"""Unmodified trees."""

	def test_clean(self):
		"""No violation and no report; rounds, time and seed are said"""
		for tree in ("6.12", "6.1"):
			result = run("--runs", "5", "--target", "plain", tree=tree)
			self.assertEqual(result.status, 0, result)
			self.assertIn("no violation and 0 reports in ", result.out)
			rounds, scenes, tsan, seed = TOTAL.search(result.out).groups()
			self.assertEqual(int(rounds.replace(",", "")), 5 * int(scenes))
			self.assertTrue(tsan)
			self.assertEqual(seed, "1")
			names = libkern("race", "--list", "--target", "plain", "--kdir",
					debian(tree), "-o", OUT).out.splitlines()
			self.assertEqual(re.findall(r"(?m)^(\S+) +5 rounds$", result.out),
					 [line.split()[0] for line in names])


	def test_xfs(self):
		"""The same of XFS, in each of its layouts"""
		result = run("--runs", "2", "--target", "xfs", tree=XFS_TREE)
		self.assertEqual(result.status, 0, result)
		self.assertIn("no violation and 0 reports in ", result.out)
		names = re.findall(r"(?m)^(\S+) +2 rounds$", result.out)
		self.assertEqual(len(names), int(TOTAL.search(result.out).group(2)))
		self.assertEqual({re.match("(xfs-(?:shared-|part-)?)", name).group(1)
				  for name in names}, {"xfs-", "xfs-shared-", "xfs-part-"})


class Found(Case):
	"""Broken locking, and races of C."""

	def again(self, result):
		"""The command under a finding is one that runs."""
		line = re.search(r"(?m)^again: (.*)$", result.out).group(1)
		done = subprocess.run(line + " --runs 1", shell=True, check=False, cwd=ROOT,
				      capture_output=True, text=True, env=environment())
		self.assertIn(done.returncode, (0, 1), done)
		self.assertRegex(done.stdout, r"in 1 rounds of 1 scenario")

	def test_mutants(self):
		"""The judge finds what the locks do not protect any more"""
		for name, scene, tree in (
			("lock-gap", "fault-inside-b1-o0", "6.12"),
			("dirty-unlocked", "invalidate-b2-o1", "6.12"),
			("race-xfs-reserve-gap", "xfs-fault-inside-b1-o0", XFS_TREE)):
			result = tried("--mutant", name, "--scenario", scene, "--runs",
				       "3000", tree=tree, wanted=lambda r: r.status)
			self.assertEqual(result.status, 1, result)
			# an assert of XFS ends the scenario, another verdict does not
			self.assertRegex(result.out, r"VIOLATION( in [\d,]+)?\n")
			self.assertRegex(result.out, r"in (\d+ of 3,000 rounds|the round "
					 r"behind|\d+ of \d+ rounds)")
			self.assertIn("threads are not replayed", result.out)
			self.again(result)

	def test_without_lock(self):
		"""A caller that leaves invalidate_lock out loses a reservation"""
		result = tried("--locking", "none", "--scenario", "fault-inside-b1-o0",
			       "--runs", "3000", wanted=lambda r: r.status)
		self.assertEqual(result.status, 1, result)
		self.assertIn("violation: a dirty block has neither a reservation nor "
			      "an extent", result.out)
		self.assertIn("--locking none --stress", result.out)
		self.ends(run("--locking", "none", tree="6.1"), 125,
			  "the release itself takes invalidate_lock here")

	def test_reports(self):
		"""Each race of C is reported: the sanitizer is on, and sees the tree"""
		rules = [rule for rule in mutants.load(mutants.STRESS_RULES)
			 if rule.says[0] != "deadlock"]
		for rule in rules:
			for tree in (XFS_TREE,) if rule.file.startswith("fs/xfs/") else \
			    ("6.12", "6.1"):
				result = tried("--mutant", rule.name, "--scenario",
					       rule.killed_by[0], "--runs", "1000",
					       tree=tree, wanted=lambda r: r.status)
				self.assertEqual(result.status, 1, (rule.name, result))
				self.assertRegex(result.out, "report: data race .*%s" %
						 rule.says[0])
				self.assertIn("WARNING: ThreadSanitizer", result.out)
				self.assertIn("no violation and ", result.out)
		self.again(result)

	def test_suppressions(self):
		"""One that is taken out is a report again; one that is not met is named"""
		with open(stress.SUPPRESSIONS, encoding="ascii") as stream:
			rules = [line.strip() for line in stream
				 if line.strip() and line[0] != "#"]
		self.assertEqual(sorted(rules), sorted(MET))
		for rule, (scene, tree) in MET.items():
			with open(self.path("one"), "w", encoding="ascii") as stream:
				stream.write("".join(r + "\n" for r in rules if r != rule) +
					     "race_top:nobody\n")
			words = ("--scenario", scene, "--runs", "1000")
			result = tried(*words, "--suppressions", self.path("one"),
				       tree=tree, wanted=lambda r: r.status)
			self.assertEqual(result.status, 1, (rule, result))
			self.assertIn(rule.split(":")[1], result.out)
			self.assertIn("suppressed: race_top:nobody, which nothing met",
				      result.out)
			result = tried(*words, tree=tree, wanted=lambda r, rule=rule:
				       re.search(r"suppressed: %s [\d,]+ times" % rule,
						 r.out))
			self.assertEqual(result.status, 0, result)
			self.assertIn("suppressed: %s " % rule, result.out)


class Usage(Case):
	"""Bad input, hangs and ^C."""

	def test_bad_values(self):
		"""What makes no sense: 129"""
		self.ends(run("--replay", "r1:x"), 129, "--replay is not for --stress")
		self.ends(run("--preemptions", "1"), 129, "not for --stress")
		self.ends(run("--m32"), 129, "64 bits")
		for locking in ("late", "shared"):
			self.ends(run("--locking", locking), 129, "search only")
		self.ends(run("--scenario", "fault-nowhere"), 129, "fault-nowhere")
		self.ends(run("--suppressions", "/nonexistent"), 129, "no such file")
		for value in ("0", "-1", "nan", "soon"):
			self.ends(libkern("race", "--kdir", debian(), "-o", OUT,
					  "--stress", value), 129)
		self.ends(libkern("race", "--kdir", debian(), "-o", OUT, "--no-tsan"), 129,
			  "goes with --stress")

	def test_hang(self):
		"""A wait that nobody can end is told"""
		words = ("--mutant", "write-keeps-lock", "--runs", "1", "--scenario",
			 "fault-before-b1-o0")
		result = tried(*words, wanted=lambda r: "violation: deadlock:" in r.out)
		self.assertEqual(result.status, 1, result)
		self.assertRegex(result.out, r"violation: deadlock: .*fault waits for the "
				 r"lock of folio at page \d")
		self.assertIn(", VIOLATION", result.out)

	def test_no_start(self):
		"""Where the sanitizer itself does not start nothing was tested: 125"""
		result = run("--runs", "1", env={
			"TSAN_OPTIONS": "suppressions=/nonexistent"})
		self.ends(result, 125, "the thread sanitizer does not run here")

	def test_refused(self):
		"""Where personality(2) is refused it is said what to do, before a crash: 125"""
		for value, bits, words in ((-1, 32, "32 bits.*personality.*--no-tsan"),
					   (-1, 28, None), (-1, "none", None), (0, 32, None)):
			with open(self.path("bits"), "w", encoding="ascii") as stream:
				stream.write("%s\n" % bits)
			with mock.patch.object(stress, "RANDOM_BITS", self.path("bits")), \
			     mock.patch.object(stress, "personality", return_value=value) as call:
				if words:
					with self.assertRaisesRegex(Stop, words) as caught:
						stress.no_randomization()
					self.assertEqual(caught.exception.status, 125)
				else:
					stress.no_randomization()
			if value >= 0:
				call.assert_called_with(stress.ADDR_NO_RANDOMIZE)

	def test_ways(self):
		"""Which binary: without the thread sanitizer where that cannot be had"""
		for no_tsan, sanitizers, name in ((False, [], "stress-tsan"),
						  (False, ["undefined"], "stress-tsan"),
						  (True, [], "stress"),
						  (False, ["address"], "stress"),
						  (True, ["address", "undefined"], "stress")):
			self.assertEqual(stress.binary(
				SimpleNamespace(no_tsan=no_tsan),
				SimpleNamespace(sanitizers=sanitizers)), name)

	def test_interrupted(self):
		"""^C: what was done so far, and 130"""
		run("--runs", "1")
		with subprocess.Popen(
			[sys.executable, LIBKERN, "race", "--stress", "100000", "--kdir",
			 debian(), "-o", OUT, "--quiet"], stdout=subprocess.PIPE,
			stderr=subprocess.PIPE, text=True, env=environment()) as child:
			child.stdout.readline()
			child.send_signal(signal.SIGINT)
			try:
				out, _ = child.communicate(timeout=60)
			except subprocess.TimeoutExpired:
				child.kill()
				raise
		self.assertEqual(child.returncode, 130, out)
		self.assertIn("not run to the end: interrupted", out)
		self.assertRegex(out, r"in [\d,]+ rounds so far of ")


if __name__ == "__main__":
	unittest.main()
