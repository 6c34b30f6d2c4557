# SPDX-License-Identifier: GPL-2.0-only
"""What Documentation/answers.rst answers, asked again: the verdicts and their bounds, so
that it cannot go stale in silence. Counts are not compared."""

import os
import re

from tests.support import Case, CC, OUT, ROOT, debian, libkern
from tools import mutants

TREES = ("6.12", "6.1")


def answers():
	"""The answers at length."""
	with open(os.path.join(ROOT, "Documentation/answers.rst"),
		  encoding="ascii") as stream:
		return stream.read()


class Base(Case):
	"""What all of them run."""

	def libkern(self, name, *words, release="6.12"):
		"""./libkern @name on one of Debian's trees"""
		return libkern(name, "--kdir", debian(release), "-o", OUT, "--cc",
			       CC, *words)


class Reservation(Base):
	"""(a) Can a failing write take the reservation under a page just dirtied?"""

	LOST = "a dirty block has neither a reservation nor an extent"

	def race(self, status, *words, release="6.12"):
		"""One scenario; what is wanted of it stands at the call."""
		result = self.libkern("race", "--scenario", "fault-inside-b1-o0",
				      *words, release=release)
		self.assertEqual(result.status, status, result)
		return result.out

	def test_as_the_locks_are(self):
		"""No, up to two preemptions, on both trees"""
		for release in TREES:
			self.assertIn("up to 2 preemptions",
				      self.race(0, release=release))

	def test_without_the_lock(self):
		"""Yes: with one preemption, or none, and not otherwise"""
		for locking in ("none", "late"):
			out = self.race(1, "--locking", locking)
			self.assertIn(self.LOST, out)
			self.assertIn("again: ", out)

	def test_lock_let_go_of(self):
		"""Yes, on both trees"""
		for release in TREES:
			self.assertIn(self.LOST, self.race(
				1, "--mutant", "lock-gap", release=release))


class LargeCheck(Base):
	"""(c) Is the check for large folios in front of the look-up still needed?"""

	def differ(self, rule, release):
		"""The cases of iomap_delalloc_order that the edit @rule changes."""
		result = self.libkern("fidelity", "--self", "--mutant", rule,
				      "iomap_delalloc_order", release=release)
		self.ends(result, 1, " steps equal in the tree and the tree with "
			  "mutant " + rule)
		return set(re.findall(r"(?:DIFFERS|and yet) iomap_delalloc_order\."
				      r"(\w+)", result.err))

	def test_folios_are_the_same(self):
		"""Without it only what ->get_folio is told changes, on 6.1 truncation"""
		self.assertEqual(self.differ("large-check", "6.12"), {"order_asked"})
		self.assertEqual(self.differ("large-check", "6.1"),
				 {"order_asked", "order_stale"})

	def test_look_up_is_seen(self):
		"""And where the look-up itself forgets its limit, that is seen"""
		self.assertIn("order_lookup", self.differ("get-folio-order", "6.12"))


class Promises(Base):
	"""(b) and (d), as far as suites answer them."""

	def test_suites(self):
		"""Each case that the section names passes; on one tree it may be skipped"""
		named = set(re.findall(r"``(iomap_delalloc_\w+\.\w+)``", answers()))
		self.assertGreater(len(named), 15)
		for name in sorted(named):
			passed = 0
			for release in TREES:
				result = self.libkern("run", name, release=release)
				self.ends(result, 0, " 0 failed")
				passed += int(re.search(r"(\d+) passed", result.err)[1])
			self.assertTrue(passed, name)

	def test_mutants(self):
		"""Each mutant that the section names is there"""
		there = mutants.names(mutants.load(*mutants.RULES, mutants.RACE_RULES,
						   mutants.XFS_RULES))
		named = set(re.findall(r"\b[Mm]utants? ((?:[a-z]+-[a-z-]+(?: and )?)+)",
				       " ".join(answers().split())))
		self.assertGreater(len(named), 5)
		for words in named:
			for name in words.split(" and "):
				self.assertIn(name, there)
