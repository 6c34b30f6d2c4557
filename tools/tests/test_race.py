# SPDX-License-Identifier: GPL-2.0-only
"""libkern race: clean trees are clean, faults are found, replayed and named."""

import argparse
import fnmatch
import os
import re
import signal
import subprocess
import sys
import time
import unittest

from tests.support import (CC, LIBKERN, OUT, ROOT, Case, debian, environment, libkern,
			   processes)
from tools import commands, mutants

LINE = re.compile(r"(?m)^(\S+) +([\d,]+) interleavings(.*)$")
CLASSES = re.compile(r"(?m)^ .* cut short, classes (\w+)$")
AGAIN = re.compile(r"(?m)^again: (.*)$")
TOTAL = re.compile(r"in ([\d,]+) interleavings of (\d+) scenarios?")


def race(*words, tree="6.12", **kwargs):
	"""Run it on an unmodified tree; XFS has a group of its own."""
	return libkern("race", "--target", "plain", "--kdir", debian(tree), "-o", OUT,
		       "--quiet", *words,
		       **kwargs)


def built(tree="6.12"):
	"""(Build, libkern-race) of an unmodified tree, for what starts it itself."""
	return commands.built(argparse.Namespace(
		kdir=debian(tree), out=OUT, out_given=True, jobs=2, quiet=True,
		verbose=False, page_size="4k", m32=False, sanitize=[], cc=CC,
		warnings="", mutant=None), name="race")


def output(binary, *words):
	"""(exit status, report) of a libkern-race; each interleaving is run once."""
	done = subprocess.run([binary, "--jobs=1", "--recheck=0", *words], check=False,
			      capture_output=True, text=True)
	return done.returncode, done.stdout


def listed(binary):
	"""The scenarios of a libkern-race."""
	return [line.split()[0] for line in output(binary, "--scenes=1")[1].splitlines()]


def whole(text):
	"""A number out of a report."""
	return int(text.replace(",", ""))


def violated(result):
	"""Names of the scenarios that a report finds violated."""
	return {m.group(1) for m in LINE.finditer(result.out)
		if "VIOLATION" in m.group(3)}


class Clean(Case):
	"""Unmodified trees."""

	def test_clean(self):
		"""No violation up to two preemptions"""
		for tree in ("6.12", "6.1"):
			result = race(tree=tree)
			self.assertEqual(result.status, 0, result)
			self.assertIn("no violation in ", result.out)
			self.assertIn("up to 2 preemptions, page 4k, sequentially "
				      "consistent", result.out)
			runs, scenes = TOTAL.search(result.out).groups()
			self.assertGreater(whole(runs), 5000)
			self.assertEqual(int(scenes), len(violated(result)) +
					 result.out.count(" different"))

	def test_variants(self):
		"""32 bits, larger pages and sanitizers see the same"""
		one = ("--preemptions", "1")
		plain = re.sub(r", [\d.]+ s\b", "", race(*one).out)
		for words in (("--m32",), ("--page-size", "64k"),
			      ("--sanitize", "address,undefined")):
			result = race(*one, *words)
			self.assertEqual(result.status, 0, result)
			lines = re.sub(r", [\d.]+ s\b", "", result.out)
			self.assertEqual(LINE.findall(lines), LINE.findall(plain))

	def test_reduction(self):
		"""What is left out is like something that is not"""
		for words, factor in ((("--preemptions", "1"), 2),
				      (("--scenario", "reclaim-b1-o1"), 20),
				      (("--scenario", "fault-inside-b2-o0"), 10)):
			counts, names = [], []
			for more in ((), ("--unreduced", "--recheck", "0")):
				result = race("-v", *words, *more)
				self.assertEqual(result.status, 0, result)
				counts.append(whole(TOTAL.search(result.out).group(1)))
				names.append(CLASSES.findall(result.out))
			self.assertEqual(names[0], names[1])
			self.assertTrue(names[0])
			self.assertGreater(counts[1], factor * counts[0])

	def test_chance(self):
		"""Schedules by chance name their seed, and repeat"""
		for how in ("random", "pct"):
			words = ("--schedule", how, "--runs", "200", "--seed", "7",
				 "--scenario", "fault-inside-b1-o0")
			one, two = race(*words), race(*words)
			self.assertEqual(one.status, 0, one)
			self.assertIn("seed 7", one.out)
			self.assertEqual(*(re.search(r"[\d,]+ different", r.out).group(0)
					   for r in (one, two)))


class Violations(Case):
	"""Broken locking."""

	def found(self, *words, tree="6.12"):
		"""Run it; there must be a violation. Returns the report."""
		result = race(*words, tree=tree)
		self.assertEqual(result.status, 1, result)
		return result

	def test_mutants(self):
		"""Those of locking are found in the scenarios that their rules name"""
		for tree in ("6.12", "6.1"):
			for rule in mutants.load(mutants.RACE_RULES):
				if rule.name not in ("lock-gap", "dirty-unlocked"):
					continue
				result = self.found("--mutant", rule.name, tree=tree)
				names = violated(result)
				for glob in rule.killed_by:
					self.assertTrue(fnmatch.filter(names, glob),
							(rule.name, glob, names))
				self.assertIn(rule.bound + ", the fewest", result.out)

	def test_vanish_guard(self):
		"""The warning that once stood for data that vanishes is met"""
		result = self.found("--mutant", "vanish-guard")
		self.assertIn("data_end == start_byte", result.out)
		self.assertIn("reclaim-b1-o0", violated(result))

	def test_without_lock(self):
		"""A caller that leaves invalidate_lock out loses a reservation"""
		result = self.found("--locking", "none", "--preemptions", "1")
		self.assertIn("violation: a dirty block has neither a reservation nor "
			      "an extent", result.out)
		self.assertIn("without invalidate_lock", result.out)
		self.ends(race("--locking", "none", tree="6.1"), 125,
			  "the release itself takes invalidate_lock here")

	def test_again(self):
		"""The command under a violation shows it again, elsewhere it does not fit"""
		result = self.found("--mutant", "lock-gap", "--scenario",
				    "fault-inside-b1-o0")
		again = AGAIN.search(result.out).group(1)
		done = subprocess.run(again, shell=True, check=False, cwd=ROOT,
				      capture_output=True, text=True,
				      env=environment())
		self.assertEqual(done.returncode, 1, done)
		self.assertIn("the schedule fits", done.stdout)
		self.assertIn("violation: a dirty block has neither", done.stdout)
		self.assertRegex(done.stdout, r"(?m)^ *0  begin$")
		text = again.split()[-1]
		clean = race("--replay", text)
		self.assertEqual(clean.status, 125, clean)
		self.assertIn("no violation in this interleaving", clean.out)
		self.assertIn("the schedule does not fit", clean.out)
		self.ends(race("--replay", text, "--page-size", "64k"), 129,
			  "another page size")

	def test_pct(self):
		"""By chance the same is found"""
		result = self.found("--mutant", "lock-gap", "--schedule", "pct",
				    "--scenario", "fault-inside-cached-b1-o0")
		self.assertIn("PCT, seed 1", result.out)


class Usage(Case):
	"""Bad input, and too much of it."""

	def test_bad_values(self):
		"""What makes no sense: 129"""
		self.ends(race("--scenario", "fault-nowhere"), 129, "fault-nowhere")
		self.ends(race("--replay", "r2:x"), 129, "no schedule")
		self.ends(race("--replay", "r2:fault-nowhere:4k:t:a1:0000"), 129,
			  "fault-nowhere")
		for number in ("16", "4294967297", "99999999999999999"):
			self.ends(race("--preemptions", number), 129, "at most 15")
		self.ends(race("--scenario", "reclaim-b1-o0", "--recheck", "4294967296"),
			  129, "too large")
		self.ends(race("--replay", "r2:reclaim-b1-o0:4k:t:c1:0000"), 129,
			  "a task that its scenario has not")
		self.ends(race("--replay", "r2:reclaim-b1-o0:4294967300k:t:a1:0000"), 129)
		for words in (("--scenario", "xfs-reclaim-b1-o0"),
			      ("--replay", "r2:xfs-reclaim-b1-o0:4k:t:a1:0000")):
			self.ends(race(*words), 129, "is not of --target plain")

	def test_list(self):
		"""The scenarios are listed, and each name is taken"""
		result = race("--list")
		names = [line.split()[0] for line in result.out.splitlines()]
		self.assertGreater(len(names), 20)
		self.assertEqual(len(set(names)), len(names))
		one = race("--scenario", names[-1], "--preemptions", "0")
		self.assertEqual(one.status, 0, one)
		self.assertIn("of 1 scenario, up to 0 preemptions", one.out)

	def test_too_long(self):
		"""A search that takes hours is refused, with what was done until then"""
		result = race("--scenario", "reclaim-b2-o0", "--preemptions", "6",
			      "--unreduced")
		self.ends(result, 129)
		self.assertRegex(result.out, r"only up to 2: 6 preemptions take about "
				 r"[\d.]+ hours; --force")
		# scenarios that each take less may take hours together
		result = race("--preemptions", "5", "--recheck", "0")
		self.ends(result, 129, "all of them take about ", " hours; --force")
		self.assertNotIn(" interleavings", result.out)

	def test_interrupted(self):
		"""^C: what was found so far, and 130"""
		race("--list")
		with subprocess.Popen(
			[sys.executable, LIBKERN, "race", "--target", "plain", "--kdir",
			 debian(), "-o",
			 OUT, "--quiet", "--force", "--unreduced", "--preemptions",
			 "6"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
			text=True, env=environment()) as child:
			# the binary says what it is about to do, and does it
			child.stdout.readline()
			time.sleep(1)
			# who ends the whole group may be seen by a worker first
			first, *workers = sorted(
				set(processes(OUT)) & set(processes("/libkern-race\0")))
			os.kill(first, signal.SIGSTOP)
			for pid in workers:
				os.kill(pid, signal.SIGTERM)
			time.sleep(0.3)
			os.kill(first, signal.SIGCONT)
			child.send_signal(signal.SIGINT)
			try:
				out, _ = child.communicate(timeout=30)
			except subprocess.TimeoutExpired:
				child.kill()
				raise
		self.assertEqual(child.returncode, 130, out)
		self.assertIn("not gone through to the end", out)
		self.assertRegex(out, r"no violation in [\d,]+ interleavings so far")


if __name__ == "__main__":
	unittest.main()
