# SPDX-License-Identifier: GPL-2.0-only
"""libkern race on real XFS: clean trees are clean, faults of XFS's own are found."""

import fnmatch
import re
import subprocess

from tests.support import OUT, ROOT, Case, debian, environment, libkern, partial
from tests.test_race import AGAIN, CLASSES, LINE, TOTAL, violated, whole
from tools import mutants

# preemptions that a mutant takes, where one is not enough
TWO = ("race-xfs-convert-gap",)


def race(*words, tree="6.12"):
	"""Run it on an unmodified tree."""
	return libkern("race", "--kdir", debian(tree), "-o", OUT, "--quiet", *words)


class Clean(Case):
	"""Unmodified trees."""

	def test_clean(self):
		"""No violation up to two preemptions, and both forks are written"""
		for tree in ("6.12", "6.1"):
			result = race("--target", "xfs", tree=tree)
			self.assertEqual(result.status, 0, result)
			self.assertIn("no violation in ", result.out)
			runs, scenes = TOTAL.search(result.out).groups()
			self.assertGreater(whole(runs), 40000)
			self.assertEqual(int(scenes), result.out.count(" different"))
			# of these, and not of the recording filesystem's as well
			self.assertIn(", %u of the scenarios up to 1\n" %
				      len(re.findall(r"(?m)^ +up to 1 preemption$",
						     result.out)), result.out)
			names = [m.group(1) for m in LINE.finditer(result.out)]
			for glob in ("xfs-fault-*", "xfs-shared-*", "xfs-part-*",
				     "xfs-writeback-unmapped-*",
				     "xfs-shared-writeback-failed-*",
				     "xfs-truncate-*", "xfs-shared-unshare-*",
				     "xfs-zero-*", "xfs-shared-direct-*"):
				self.assertTrue(fnmatch.filter(names, glob), glob)
			# these findings are in the one tree, and told by name
			for finding in ("cow_fork", "cow_hole"):
				self.assertEqual("known finding %s in" % finding
						 in result.out, tree == "6.1")

	def test_reduction(self):
		"""What is left out is like something that is not"""
		for name in ("xfs-fault-inside-b2-o0", "xfs-flush-b2-o0",
			     "xfs-shared-writeback-b1-o1", "xfs-part-flush-b1-o0"):
			words = ("--scenario", name, "--preemptions", "1")
			counts, names = [], []
			for more in ((), ("--unreduced",)):
				result = race("-v", *words, *more)
				self.assertEqual(result.status, 0, result)
				counts.append(whole(TOTAL.search(result.out).group(1)))
				names.append(CLASSES.findall(result.out))
			self.assertEqual(names[0], names[1])
			self.assertTrue(names[0])
			self.assertGreater(counts[1], 2 * counts[0])

	def test_sanitized(self):
		"""Sanitizers see nothing"""
		result = race("--target", "xfs", "--preemptions", "1", "--sanitize",
			      "address,undefined")
		self.assertEqual(result.status, 0, result)

	def test_targets(self):
		"""By default both; a scenario and a schedule say by themselves which"""
		both = race("--list").out.splitlines()
		xfs = [line.split()[0] for line in both if line.startswith("xfs-")]
		self.assertGreater(len(xfs), len(both) // 2)
		self.assertLess(len(xfs), len(both))
		result = race("--preemptions", "0")
		self.assertIn("of %d scenarios" % len(both), result.out)
		result = race("--preemptions", "0", "--target", "plain")
		self.assertIn("of %d scenarios" % (len(both) - len(xfs)), result.out)
		result = race("--preemptions", "0", "--scenario", xfs[0])
		self.assertIn("of 1 scenario,", result.out)
		alone = [line.split()[0] for line in
			 race("--list", "--target", "xfs").out.splitlines()]
		self.assertEqual(alone, xfs)
		self.ends(race("--scenario", "reclaim-b1-o0", "--target", "xfs"), 129,
			  "is not of --target xfs")


class Violations(Case):
	"""Broken locking of XFS."""

	def test_mutants(self):
		"""Each mutant is found in the first scenario that its rule names"""
		names = [line.split()[0] for line in race("--list").out.splitlines()]
		for rule in mutants.load(mutants.RACE_XFS_RULES):
			bound = "2" if rule.name in TWO else "1"
			for glob in rule.killed_by:
				name = fnmatch.filter(names, glob)[0]
				result = race("--scenario", name, "--mutant", rule.name,
					      "--preemptions", bound)
				self.assertEqual(result.status, 1, result)
				self.assertEqual(violated(result), {name}, result)

	def test_iomap(self):
		"""Faults of fs/iomap show through XFS, too"""
		for name in ("xfs-fault-inside-b1-o0", "xfs-shared-fault-inside-b1-o0"):
			result = race("--scenario", name, "--mutant", "lock-gap",
				      "--preemptions", "1")
			self.assertEqual(result.status, 1, result)
			self.assertEqual(violated(result), {name}, result)

	def test_scenes(self):
		"""Who changes the page cache shows in XFS, too"""
		for mutant, name in (("zero-unlocked",
				      "xfs-shared-zero-invalidate-b1-o0"),
				     ("unshare-unlocked",
				      "xfs-shared-unshare-invalidate-b1-o0"),
				     ("drops-dirty-blocks",
				      "xfs-shared-truncate-before-b2-o1")):
			result = race("--scenario", name, "--mutant", mutant,
				      "--preemptions", "1", "--recheck", "0")
			self.assertEqual(result.status, 1, result)
			self.assertEqual(violated(result), {name}, result)

	def test_failed(self):
		"""What could not be written must not stay in the COW fork"""
		name = "xfs-shared-writeback-failed-b1-o0"
		result = race("--scenario", name, "--mutant", "xfs-ioend-cancel",
			      "--preemptions", "0")
		self.assertEqual(result.status, 1, result)
		self.assertIn("could not be written is left in the COW fork", result.out)

	def test_again(self):
		"""The command under a violation shows it again"""
		result = race("--mutant", "race-xfs-cow-stale", "--scenario",
			      "xfs-part-flush-b1-o0")
		self.assertEqual(result.status, 1, result)
		self.assertIn("shared blocks are overwritten on disk", result.out)
		self.assertIn("1 preemption and 2 switches", result.out)
		again = AGAIN.search(result.out).group(1)
		done = subprocess.run(again, shell=True, check=False, cwd=ROOT,
				      capture_output=True, text=True,
				      env=environment())
		self.assertEqual(done.returncode, 1, done)
		self.assertIn("the schedule fits", done.stdout)
		self.assertIn("violation: shared blocks are overwritten", done.stdout)
		# its locks have names in the columns
		self.assertRegex(done.stdout, r"(?m) lock ilock$")
		self.assertIn("look at the extents", done.stdout)


class Usage(Case):
	"""Trees without XFS, and what cannot be asked of it."""

	def test_absent(self):
		"""No fs/xfs: the recording filesystem alone, and it is said"""
		tree = partial(debian(), self.path("tree"))
		result = libkern("race", "--kdir", tree, "-o", OUT, "--quiet",
				 "--preemptions", "0")
		self.assertEqual(result.status, 0, result)
		self.assertIn("no fs/xfs in this tree", result.err)
		self.assertFalse(re.search(r"(?m)^xfs-", result.out))
		self.ends(libkern("race", "--kdir", tree, "-o", OUT, "--quiet",
				  "--target", "xfs"), 125, "fs/xfs")

	def test_locking(self):
		"""XFS takes invalidate_lock by itself: no caller can leave it out"""
		self.ends(race("--target", "xfs", "--locking", "none"), 125,
			  "no caller can leave one out")
		self.ends(race("--replay", "r2:xfs-reclaim-b1-o0:4k:n:a1:0000"), 125,
			  "no caller can leave one out")
		self.ends(race("--target", "plain", "--mutant", "xfs-end-lock"), 129,
			  "fs/xfs")
