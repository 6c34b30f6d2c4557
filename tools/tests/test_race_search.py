# SPDX-License-Identifier: GPL-2.0-only
"""The search of libkern race itself: what is planted is found and named.

One mutant for each verdict, faults of the reduction that only the comparison notices,
what is shrunk, what is replayed in a tree that has changed, the lock order graph.
"""

import fnmatch
import os
import re
import shutil
import subprocess
import unittest

from tests.support import Case, OUT, debian, edit, inside, libkern
from tests.test_race import AGAIN, CLASSES, built, listed, output, race, violated
from tools import mutants, shimfaults

SMALLER = re.compile(r"in one of (\d+) preemptions? and (\d+) switch")
FEWEST = re.compile(r"(?m)^shrunk to .*, (\d+) preemptions? and (\d+) switch.*, the fewest$")
BUFFERED = "fs/iomap/buffered-io.c"


def rules(name, path=mutants.RACE_RULES):
	"""The rule @name, as of 6.12."""
	return next(rule for rule in mutants.load(path) if rule.name == name)


def faulty(name):
	"""A libkern-race with the fault @name of its own."""
	return shimfaults.build(built()[0], name, shimfaults.RACE_RULES, "race-fault", "race")


class Verdicts(Case):
	"""Each is shown by a mutant of the tree that it is there for."""

	def planted(self, name, scenario, *words, status=1):
		"""Search the mutant @name in @scenario; the report."""
		rule = rules(name)
		self.assertTrue(any(fnmatch.fnmatch(scenario, glob)
				    for glob in rule.killed_by))
		result = race("--mutant", name, "--scenario", scenario, *words)
		self.assertEqual(result.status, status, result)
		said = "violation: " if status == 1 else ""
		self.assertIn(said + rule.says[0], result.out)
		self.assertIn(rule.bound, result.out)
		return result

	def test_deadlock(self):
		"""Everybody waits, and each wait is named"""
		result = self.planted("deadlock", "writeback-b1-o1")
		self.assertIn("deadlock: wait for writeback of folio at page 0, lock folio "
			      "at page 0", result.out)

	def test_rules(self):
		"""Each mutant is found as its rule says, with so many preemptions and switches"""
		for tree in ("6.12", "6.1"):
			build, binary = built(tree)
			facts, names = mutants.all_facts(build), listed(binary)
			every = mutants.load(mutants.RACE_RULES)
			for name in mutants.names(every):
				rule = mutants.pick(every, name, facts)
				mutants.prepare(build, name, every)
				# seen by a sanitizer alone; or the same place once more
				if not rule.bound or name == "use-after-free" or \
				   (tree == "6.1" and not rule.when):
					continue
				scenario = fnmatch.filter(names, rule.killed_by[0])[0]
				status, out = output(mutants.build(build, name, every, "race"),
						     "--run-timeout=1",
						     "--scenario=" + scenario)
				self.assertEqual(status, 1, (tree, name, out))
				self.assertIn("violation: " + rule.says[0], out, name)
				self.assertIn(", %s" % rule.bound, out, name)

	def test_own(self):
		"""Faults of libkern's own are found, each by the verdict that is named for it"""
		for rule in mutants.load(shimfaults.RACE_RULES):
			if not rule.says:
				continue
			binary = faulty(rule.name)
			for at, scenario in enumerate(rule.killed_by):
				status, out = output(binary, "--scenario=" + scenario)
				self.assertEqual(status, 1, (rule.name, scenario, out))
				self.assertIn("violation: " + rule.says[at], out, rule.name)

	def test_use_after_free(self):
		"""Seen by the sanitizer, and by nobody else"""
		found = self.planted("use-after-free", "invalidate-b1-o0", "--sanitize",
				     "address,undefined")
		self.assertEqual(found.err.count("ERROR: AddressSanitizer"), 2,
				 "once when it was found, once when it was shown")
		clean = race("--mutant", "use-after-free", "--scenario",
			     "invalidate-b1-o0")
		self.assertEqual(clean.status, 0, clean)

	def test_same_run(self):
		"""A run that differs when it is run again is no verdict"""
		for words in ((), ("--schedule", "random"), ("--schedule", "pct"),
			      ("--recheck", "0")):
			result = self.planted("unsteady", "reclaim-b1-o0", *words,
					      status=125)
			self.assertIn("what is found there proves nothing", result.out)
		# by chance nothing but the second run looks after it
		blind = race("--mutant", "unsteady", "--scenario", "reclaim-b1-o0",
			     "--schedule", "random", "--recheck", "0")
		self.assertEqual(blind.status, 0, blind)


class Shrunk(Case):
	"""The fewest preemptions, and of these the fewest switches."""

	def shrunk(self, *words):
		"""(as found, as shrown) of the first violation: preemptions, switches."""
		result = race(*words)
		self.assertEqual(result.status, 1, result)
		return (tuple(map(int, SMALLER.search(result.out).groups())),
			tuple(map(int, FEWEST.search(result.out).groups())))

	def test_by_chance(self):
		"""What is found by chance comes down to what the search finds"""
		larger = False
		for name, scenario in (("two-looks", "reclaim-b1-o0"),
				       ("lock-gap", "fault-inside-cached-b1-o0")):
			words = ("--mutant", name, "--scenario", scenario)
			_, least = self.shrunk(*words)
			self.assertIn("%u preemption" % least[0], rules(name).bound)
			self.assertIn("%u switches" % least[1], rules(name).bound)
			found, small = self.shrunk(*words, "--schedule", "pct",
						   "--preemptions", "6")
			self.assertEqual(small, least)
			larger |= found > small
		self.assertTrue(larger, "or nothing was shrunk at all")

	def test_switches(self):
		"""A switch that costs no preemption goes, too"""
		found, small = self.shrunk("--mutant", "lock-order", "--scenario",
					   "fault-before-b1-o0")
		self.assertEqual((found, small), ((0, 1), (0, 0)))


class Reduction(Case):
	"""The comparison with the unreduced search notices what is wrong with the reduction."""

	def differs(self, binary, glob):
		"""Do both searches name the same classes in all scenarios of @glob?"""
		differ = False
		names = [line.split()[0] for line in
			 output(binary, "--scenes=1")[1].splitlines()]
		for name in fnmatch.filter(names, glob):
			sums = [CLASSES.findall(output(
				binary, "--every-step=1", "--scenario=" + name, "--recheck=0",
				*more)[1]) for more in ((), ("--unreduced=1",))]
			self.assertTrue(sums[0])
			differ |= sums[0] != sums[1]
		return differ

	def test_faults(self):
		"""Each fault of the reduction is noticed, where there is none nothing is"""
		whole = None
		for name in ("blind", "fast-asleep", "readers"):
			rule = rules(name, shimfaults.RACE_RULES)
			binary = faulty(name)
			whole = whole or os.path.join(binary.split("/faults/")[0],
						      "libkern-race")
			self.assertTrue(self.differs(binary, rule.killed_by[0]), name)
			self.assertFalse(self.differs(whole, rule.killed_by[0]), name)


class Again(Case):
	"""A schedule in a tree that has changed."""

	def test_changed(self):
		"""What has no step fits; what has one is said with its place"""
		tree = self.tree()
		shutil.copy2(os.path.join(tree, BUFFERED), self.path("before"))

		def run(*words):
			return libkern("race", "--kdir", tree, "-o", OUT, "--quiet",
				       "--mutant", "lock-gap", *words)

		found = run("--scenario", "fault-inside-b1-o0")
		self.assertEqual(found.status, 1, found)
		text = AGAIN.search(found.out).group(1).split()[-1]
		for function, find, status, said in (
			("iomap_page_mkwrite", "iter.pos = ", 1, "the schedule fits"),
			("iomap_write_delalloc_release", "while (start_byte", 125,
			 r"does not fit: from step 0 to \d+ \(write\) other steps")):
			shutil.copy2(self.path("before"), os.path.join(tree, BUFFERED))
			step = "barrier();" if "fits" in said else "cond_resched();"
			edit(tree, BUFFERED, inside(function, find, before=step))
			result = run("--replay", text)
			self.assertEqual(result.status, status, result)
			self.assertRegex(result.out, said)
			if status == 125:
				self.assertIn("search the scenario, with --scenario "
					      "fault-inside-b1-o0", result.out)
		shutil.copy2(self.path("before"), os.path.join(tree, BUFFERED))
		result = run("--replay", re.sub(r":t:(a\d+)b\d+", r":t:\1b90", text))
		self.assertRegex(result.out, r"does not fit: fault cannot run at step \d+")


class Dot(Case):
	"""The lock order graph."""

	NODE = re.compile(r'\tn(\d+) \[label="([^"]+)", shape=\w+(, style=\w+)?(, color=red)?\];')
	EDGE = re.compile(r'\tn(\d+) -> n(\d+) \[style=(\w+)(, color=red, penwidth=2)?, '
			  r'label="([^"]+)"\];')

	def drawn(self, *words, status=0):
		"""({name: red}, {(from, to): [(style, red, label)]}, the report)."""
		name = self.path("graph.dot")
		result = race("--dot", name, *words)
		self.assertEqual(result.status, status, result)
		with open(name, encoding="ascii") as stream:
			lines = stream.read().splitlines()
		self.assertEqual((lines[0], lines[-1]), ("digraph locks {", "}"))
		self.assertRegex(lines[1], r'^\tlabel="[\d,]+ interleavings of \d+ scenario')
		nodes, edges = {}, {}
		for line in lines[4:-1]:
			node, edge = self.NODE.fullmatch(line), self.EDGE.fullmatch(line)
			self.assertTrue(node or edge, line)
			if node:
				nodes[node.group(1)] = (node.group(2), node.group(4))
			else:
				ends = tuple(nodes[n][0] for n in edge.groups()[:2])
				edges.setdefault(ends, []).append(edge.groups()[2:])
		if shutil.which("dot"):
			subprocess.run(["dot", "-Tsvg", name], check=True,
				       stdout=subprocess.DEVNULL)
		return dict(nodes.values()), edges, result

	def test_clean(self):
		"""The order of the rules, waits and read sections; the same whatever -j"""
		nodes, edges, result = self.drawn("--preemptions", "0", "-j", "2")
		self.assertIn("no cycle", result.out)
		self.assertFalse(any(nodes.values()))
		for ends, style in ((("i_rwsem", "invalidate_lock"), "solid"),
				    (("invalidate_lock", "the folio lock"), "solid"),
				    (("the folio lock", "&xa->xa_lock"), "solid"),
				    (("the folio lock", "writeback"), "dashed"),
				    (("invalidate_lock", "RCU read section"), "dotted")):
			self.assertIn(style, [how for how, _, _ in edges[ends]], ends)
		label = edges["i_rwsem", "invalidate_lock"][0][2]
		self.assertRegex(label, r"^write[a-z, ]*: [\d,]+ times\\nheld since \S+:\d+\\n"
				 r"taken at \S+:\d+\\nfirst in fault-before-b1-o0$")
		with open(self.path("graph.dot"), "rb") as stream:
			before = stream.read()
		self.drawn("--preemptions", "0", "-j", "1")
		with open(self.path("graph.dot"), "rb") as stream:
			self.assertEqual(stream.read(), before)

	def test_cycle(self):
		"""What lies on a cycle is red, and nothing else is"""
		nodes, edges, result = self.drawn("--mutant", "lock-order", "--scenario",
						  "fault-before-b1-o0", status=1)
		self.assertIn("in a CYCLE", result.out)
		self.assertEqual({name for name, red in nodes.items() if red},
				 {"i_rwsem", "invalidate_lock", "the folio lock"})
		for ends, arrows in edges.items():
			inside_it = nodes[ends[0]] and nodes[ends[1]]
			for _, red, label in arrows:
				self.assertEqual(bool(red), bool(inside_it), ends)
				self.assertEqual("CYCLE " in label, bool(inside_it))

	def test_refused(self):
		"""Where it cannot be written that is said before anything is built"""
		os.mkdir(self.path("dir"))
		for name, why in ((self.path("dir"), "Is a directory"),
				  (self.path("none/graph.dot"), "No such file"),
				  ("-", "stdout belongs to the report")):
			result = libkern("race", "--kdir", debian(), "-o", self.out,
					 "--dot", name)
			self.ends(result, 129, why)
			self.assertFalse(os.path.exists(self.out))


class Ways(Case):
	"""RCU, and flags that say nothing beside each other."""

	def test_late(self):
		"""Callbacks at the end: no violation either, and it is said"""
		result = race("--rcu", "late", "--scenario", "reclaim-b1-o1")
		self.assertEqual(result.status, 0, result)
		self.assertIn("sequentially consistent, RCU late", result.out)
		found = race("--rcu", "late", "--mutant", "lock-gap", "--scenario",
			     "fault-inside-b1-o0")
		self.assertRegex(AGAIN.search(found.out).group(1), r":4k:tl:")
		self.assertEqual(violated(found), {"fault-inside-b1-o0"})

	def test_points(self):
		"""Every kind of thing that tasks may meet at is a step of its own"""
		# one task after the other, with every step in words
		out = race("-v", "--replay", "r2:writeback-b2-o0:4k:t:a1:0000").out
		steps = re.findall(r"(?m)^ +\d+  +(\S.*)$", out)
		for words in ("lock i_rwsem", "lock invalidate_lock", "lock the extents",
			      "lock i_pages", "lock folio", "lock blocks of folio",
			      "wait for writeback", "look-up", "folio found",
			      "reference taken or not", "about to drop a reference",
			      "rcu_read_lock", "rcu_read_unlock", "cond_resched",
			      "copy from user", "look at slot", "look at marks",
			      "change marks", "take references", "drop or count references",
			      "look at i_size", "look at locked", "look at dirty",
			      "change dirty", "look at uptodate", "change uptodate",
			      "look at writeback", "change writeback"):
			self.assertTrue(any(step.startswith(words) for step in steps), words)
		# folios' locks and all others: each is let go of by a step
		self.assertEqual(steps.count("unlocked"),
				 sum(step.startswith("lock ") for step in steps))

	def test_together(self):
		"""129, and which do not go together"""
		text = "r2:reclaim-b1-o0:4k:t:a1:0000"
		for words, why in (
			(("--replay", text, "--preemptions", "1"), "--preemptions"),
			(("--replay", text, "--list"), "--replay does not go"),
			(("--list", "--scenario", "x"), "--scenario"),
			(("--seed", "2"), "--seed is for"),
			(("--schedule", "random", "--preemptions", "1"), "no bound"),
			(("--schedule", "pct", "--unreduced"), "--unreduced")):
			self.ends(race(*words), 129, why)

	def test_bad_schedules(self):
		"""Garbage, and what is too long"""
		for text in ("r1:reclaim-b1-o0:4k:t:a1:00000000", "r2:reclaim-b1-o0",
			     "r2:reclaim-b1-o0:4k:x:a1:0000", "r2:reclaim-b1-o0:4k:t:a1:000",
			     "r2:reclaim-b1-o0:4k:t:a1b1:0000",
			     "r2:reclaim-b1-o0:4k:t:a0:0000",
			     "r2:reclaim-b1-o0:4k:t:a8193:0000",
			     "r2:reclaim-b1-o0:4k:t:a99999999999999999999:0000",
			     "r2:" + "x" * 5000 + ":4k:t:a1:0000"):
			self.ends(race("--replay", text), 129, "no schedule")


if __name__ == "__main__":
	unittest.main()
