# SPDX-License-Identifier: GPL-2.0-only
"""libkern fidelity without a kernel: userspace against itself, with and without
seeded faults of the shim. The group uml holds it against a kernel."""

import os
import re
import shlex
import subprocess

from tests.support import Case, CC, ROOT, debian, environment, libkern
from kunit import fidelity
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
					"model"), 0, "equal")

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
			      ("--keep", "1"), ("--fault", "no-such-fault")):
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

	def test_stuck(self):
		"""A world that says nothing of a chunk differs there"""
		texts = ["sample: chunk 0+1000 digest %016x\n" % 1,
			 "sample: one 5 digest %016x\n" % 2]
		self.assertEqual(fidelity.digests(texts[0]), {0: "%016x" % 1})
		self.assertEqual(fidelity.digests(texts[1]), {})


