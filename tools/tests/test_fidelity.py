# SPDX-License-Identifier: GPL-2.0-only
"""libkern fidelity without a kernel: userspace against itself, with and without
seeded faults of the shim. The group uml holds it against a kernel."""

import os
import re
import shlex
import subprocess

from tests.support import Case, CC, ROOT, debian, environment, libkern
from kunit import digests, fidelity
from tools import mutants, shimfaults

# enough for every seeded fault, and for each class to be one in a hundred
COUNT = "20000"
# what must be among the faults
KINDS = {"seek-hole-late", "truncate-loses-dirty", "readahead-keeps-reference",
	 "uptodate-at-birth", "writeback-mark-stays", "truncate-zeroes-nothing",
	 "truncate-drops-nothing", "order-forgotten", "invalidate-drops-dirty"}


class Base(Case):
	"""One build directory for all, beside the usual one."""

	@classmethod
	def setUpClass(cls):
		cls.shared = os.path.join(os.path.dirname(os.path.dirname(
			debian())), "check")

	def fidelity(self, *words, release="6.12"):
		"""libkern fidelity --self"""
		return libkern("fidelity", "--self", "--kdir", debian(release),
			       "-o", self.shared, "--cc", CC, *words)


class Fidelity(Base):
	"""Userspace against itself."""

	def test_equal_to_itself(self):
		"""Twice the same, on both trees; the spread is printed"""
		for release in ("6.12", "6.1"):
			result = self.fidelity("--count", COUNT, release=release)
			self.ends(result, 0, COUNT + " scenarios of seed 1 from 0: "
				  "equal", "mid-block", "dirty/clean/stale")
			self.assertEqual(result.out, "")

	def test_seed(self):
		"""Another seed is another sample; any part of it is the same"""
		found = {}
		for seed, first in ((1, 0), (2, 0), (1, 0), (1, 500)):
			result = self.fidelity("--count", "500", "--quiet",
					       "--seed", str(seed),
					       "--first", str(first))
			self.ends(result, 0, "seed %d from %d" % (seed, first))
			digest = re.search(r"digest (\w{16})", result.err)[1]
			self.assertEqual(found.setdefault((seed, first), digest),
					 digest)
		self.assertEqual(len(set(found.values())), 3)

	def test_models_seek(self):
		"""The model of the seek is as good as the tree's own"""
		self.ends(self.fidelity("--count", COUNT, "--quiet", "--seek",
					"model"), 0, "equal",
			  "the suites are not compared")

	def test_spread(self):
		"""Each named class is one scenario in a hundred at least"""
		result = self.fidelity("--count", COUNT)
		classes = re.findall(r"([\w./+-]+) (\d+\.\d)%", result.err)
		self.assertGreater(len(classes), 45)
		for name, share in classes:
			self.assertGreaterEqual(float(share), 1.0, name)

	def test_bad_input(self):
		"""Numbers and names that there are not"""
		for words in (("--count", "0"), ("--seed", "-1"),
			      ("--keep", "1"), ("--fault", "no-such-fault"),
			      ("--mutant", "no-such-mutant"),
			      ("--mutant", "xfs-end-lock"),
			      ("--mutant", "large-check", "--fault",
			       "seek-hole-late")):
			self.ends(self.fidelity(*words), 129)


class Faults(Base):
	"""What is seeded is found, shown, and shown again by the command named."""

	def test_kinds(self):
		"""At least eight, and those that must be among them"""
		names = set(shimfaults.names())
		self.assertGreaterEqual(len(names), 8)
		self.assertFalse(KINDS - names)
		for rule in mutants.load(shimfaults.RULES):
			self.assertTrue(rule.file.startswith("shim/model/"),
					rule.name)

	def test_each_is_found(self):
		"""Exit status 1, the scenario, both sides, and the command"""
		for name in shimfaults.names():
			with self.subTest(fault=name):
				result = self.fidelity("--fault", name, "--quiet",
						       "--count", COUNT)
				self.ends(result, 1, "the first scenario that "
					  "differs is", "userspace, clean",
					  "with fault " + name, "again: ")

	def test_again(self):
		"""The command that is printed shows the same difference"""
		first = self.fidelity("--fault", "invalidate-drops-dirty",
				      "--quiet", "--count", "2000")
		command = re.search(r"again: (.*)", first.err)[1]
		self.assertIn("--keep", command)
		again = subprocess.run(shlex.split(command), cwd=ROOT, text=True,
				       capture_output=True, check=False,
				       env=environment())
		self.assertEqual(again.returncode, 1, again.stderr)
		shown = [[line for line in text.splitlines() if "drop block" in
			  line or "invalidate block" in line]
			 for text in (first.err, again.stderr)]
		self.assertTrue(shown[0])
		self.assertEqual(*shown)

	def test_cut_down(self):
		"""What is shown has one step and one entry left"""
		result = self.fidelity("--fault", "invalidate-drops-half",
				       "--quiet", "--count", "2000")
		scenario = re.search(r"scenario: (.*)", result.err)[1]
		self.assertEqual(len(re.findall(r"\[[UCD]+\]|\([UCD]+\)",
						scenario)), 1, result)
		self.assertEqual(len(re.findall(r"> invalidate block",
						result.err)), 1, result)

	def test_parts(self):
		"""Slow kernels get a sample in parts, none left out or twice"""
		self.assertEqual(fidelity.parts("s1f500n2500c1000v0", 1000),
				 ["s1f500n1000c1000v0", "s1f1500n1000c1000v0",
				  "s1f2500n500c1000v0"])
		self.assertEqual(fidelity.parts("s1f0n1c1000v2k3m4", 1000),
				 ["s1f0n1c1000v2k3m4"])

	def test_splats(self):
		"""A shim that only warns where the kernel does not is found by that"""
		result = self.fidelity("--fault", "truncate-complains", "--quiet",
				       "--count", "2000")
		self.ends(result, 1, "the first scenario that differs is")
		calls = [line for line in result.err.splitlines()
			 if line.startswith("libkern: >")]
		self.assertEqual([line for line in calls if "page " in line or
				  "punch" in line], [], result)

	def test_stuck(self):
		"""A world that says nothing of a chunk differs there"""
		texts = ["sample: chunk 0+1000 digest %016x\n" % 1,
			 "sample: one 5 digest %016x\n" % 2]
		self.assertEqual(fidelity.digests(texts[0]), {0: "%016x" % 1})
		self.assertEqual(fidelity.digests(texts[1]), {})


class Suites(Base):
	"""The suites' own scenarios, compared by what each case did."""

	def test_equal_to_itself(self):
		"""Twice the same, on both trees, over half a million steps"""
		for release in ("6.12", "6.1"):
			result = self.fidelity("*", release=release)
			self.ends(result, 0, "0 cases differ",
				  "not compared, skipped in both")
			cases, steps = map(int, re.search(
				r"suites: (\d+) cases, (\d+) steps equal",
				result.err).groups())
			self.assertGreater(cases, 450)
			self.assertGreater(steps, 500000)

	def test_with_the_sample(self):
		"""Without a GLOB both; a part of the sample comes alone"""
		result = self.fidelity("--count", "1000")
		self.ends(result, 0, "1000 scenarios of seed 1", "0 cases differ")
		result = self.fidelity("--count", "1", "--first", "7")
		self.ends(result, 0, "1 scenarios of seed 1 from 7")
		self.assertNotIn("suites:", result.err)

	def test_faults(self):
		"""Seeded faults are found by the suites alone, and shown"""
		for fault, case, words in (
		   ("readahead-keeps-reference", "write.short_write", "refs 3"),
		   ("truncate-loses-dirty", "truncate.truncate_folio", "dirty"),
		   ("truncate-complains", "seek.found_and_split", "1 splats"),
		   ("drop-one-too-far", "races.drop_at_each_look", "drop 0")):
			with self.subTest(fault=fault):
				result = self.fidelity("--fault", fault, "*")
				self.ends(result, 1, "DIFFERS iomap_delalloc_" + case,
					  "the first case that differs is "
					  "iomap_delalloc_" + case,
					  "the first step of it that differs is",
					  "with fault " + fault)
				marked = [line for line in result.err.splitlines()
					  if line.startswith("libkern: >")]
				self.assertTrue(any(words in line for line in
						    marked), result)

	def test_again(self):
		"""The command that is printed shows the same step again"""
		first = self.fidelity("--fault", "drop-one-too-far",
				      "iomap_delalloc_races")
		self.ends(first, 1)
		again = subprocess.run(
			shlex.split(re.search(r"again: (.*)", first.err)[1]),
			cwd=ROOT, text=True, capture_output=True, check=False,
			env=environment())
		self.assertEqual(again.returncode, 1, again.stderr)
		shown = [text[text.index("the first step"):] for text in
			 (first.err, again.stderr)]
		self.assertEqual(*shown)

	def test_no_such_suite(self):
		"""A filter that matches nothing: 129"""
		self.ends(self.fidelity("no_such_suite"), 129, "matches no suite")

	def told(self, *cases):
		"""What a world says in which these cases ran."""
		results, lines = [], []
		for i, (name, ending, digest) in enumerate(cases, 1):
			if digest:
				lines.append("    # %s: digest: s.%s#0 %016x steps 2"
					     % (name, name, digest))
			lines.append("    %s" % ending.replace("N", "%d %s" %
							       (i, name), 1))
			results.append(name)
		return digests.Told("KTAP version 1\n1..1\n    KTAP version 1\n"
				    "    # Subtest: s\n    1..%d\n%s\nok 1 s\n" %
				    (len(results), "\n".join(lines)))

	def test_judged(self):
		"""What differs, what one world skips, what neither has"""
		skip = "ok N # SKIP cannot"
		one = self.told(("equal", "ok N", 1), ("other", "ok N", 1),
				("skips", "ok N", 1), ("both", skip, 1),
				("dies", "not ok N", 0), ("alone", "ok N", 1),
				("known", "ok N # SKIP known finding: x", 3),
				("fails", "not ok N", 4))
		two = self.told(("equal", "ok N", 1), ("other", "ok N", 2),
				("skips", skip, 2), ("both", skip, 2),
				("dies", "ok N", 1),
				("known", "ok N # SKIP known finding: x", 3),
				("fails", "not ok N", 4))
		result = digests.Result(one, two, ("shim", "UML"))
		self.assertEqual((result.equal, result.steps, result.both), (3, 6, 1))
		self.assertEqual([(case, words.split(" ")[0]) for _, case, _, _, words
				  in result.different],
				 [("other", "%016x" % 1), ("dies", "no"),
				  ("alone", "runs")])
		self.assertEqual(result.skipped,
				 {"UML skips": {"cannot": ["s.skips"]}})
		self.assertEqual(len(result.failed), 2, result.failed)
