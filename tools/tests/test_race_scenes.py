# SPDX-License-Identifier: GPL-2.0-only
"""libkern race: each class of scenarios finds what it is there for."""

import fnmatch
import re
import unittest

from tests.support import OUT, Case, debian, libkern
from tests.test_race import built, listed, output
from tools import mutants

# of a tree that knows dirty folios and no dirty blocks: these have no place, or break nothing
ABSENT = {"clean-late", "drops-dirty-blocks", "stale-ignored"}
SHRUNK = re.compile(r"(?m)^shrunk to \d+ steps, (\d+) preemption")


def race(*words):
	"""Run it, each interleaving once."""
	return libkern("race", "--kdir", debian(), "-o", OUT, "--quiet", *words)


class Scenes(Case):
	"""Broken trees, broken callers."""

	def found(self, says, bound, *words):
		"""The run violates something with so few preemptions."""
		result = race("--recheck", "0", *words)
		self.assertEqual(result.status, 1, result)
		self.assertIn("violation: " + says, result.out)
		self.assertIn(bound, SHRUNK.findall(result.out), result)

	def test_mutants(self):
		"""One scenario of each class sees its mutant, where the tree has its place"""
		rules = mutants.load(mutants.SCENE_RULES)
		for tree, absent in (("6.12", set()), ("6.1", ABSENT)):
			build, clean = built(tree)
			facts, names = mutants.all_facts(build), listed(clean)
			for name in mutants.names(rules):
				if name in absent:
					with self.assertRaises(mutants.NotForThisTree):
						mutants.pick(rules, name, facts)
					continue
				self.dies(mutants.pick(rules, name, facts), names, clean,
					  mutants.build(build, name, rules, "race"))

	def dies(self, rule, names, clean, binary):
		"""The mutant @binary is found as its @rule says, and the @clean one is not."""
		for glob in rule.killed_by:
			scenario = "--scenario=" + fnmatch.filter(names, glob)[0]
			status, out = output(binary, scenario)
			self.assertEqual(status, 1, (rule.name, out))
			self.assertIn("violation: " + rule.says[0], out, rule.name)
			if glob == rule.killed_by[0]:
				self.assertEqual(SHRUNK.findall(out), [rule.bound], rule.name)
			status, out = output(clean, scenario)
			self.assertEqual(status, 0, out)

	def test_late(self):
		"""invalidate_lock taken in the punch: a reservation goes, or a deadlock"""
		self.found("a dirty block has neither", "1", "--locking", "late",
			   "--scenario", "fault-inside-cached-b1-o0")
		self.found("deadlock", "1", "--locking", "late", "--scenario",
			   "fault-inside-cached-b2-o0")

	def test_shared(self):
		"""Two writers, and truncation, that do not wait for each other"""
		self.found("a dirty block has neither", "1", "--locking", "shared",
			   "--scenario", "write-b1-o0")
		self.found("writeback finds a dirty block", "1", "--locking", "shared",
			   "--scenario", "truncate-before-b1-o0")

	def test_made(self):
		"""With nothing cached a write as far as the last page makes the large folio"""
		self.found("a dirty block has neither", "1", "--mutant", "lock-gap",
			   "--scenario", "fault-past-b1-o1")
		for prefix in ("", "xfs-part-"):	# the longest lines there are
			self.assertRegex(race("--list").out, r"(?m)^%sfault-past-b1-o1 .*order"
					 r" 1, the last one made by the write$" % prefix)

	def test_known(self):
		"""eof_block is told apart from what is new"""
		result = race("--scenario", "fault-truncate-block-b1-o0")
		self.assertEqual(result.status, 0, result)
		self.assertRegex(result.out, r"known finding eof_block in \d+ interleavings")

	def test_bounds(self):
		"""A bound of its own is said"""
		result = race("--scenario", "fault-truncate-b1-o0")
		self.assertIn("up to 1 preemption,", result.out)


if __name__ == "__main__":
	unittest.main()
