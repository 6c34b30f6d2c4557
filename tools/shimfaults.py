# SPDX-License-Identifier: GPL-2.0-only
"""Seeded faults of the shim: a comparison that finds none of them proves nothing.

The rules are those of tools/mutants.py, for our own files: tools/mutants/shim.rules.
The edited copy, its object and its binary live below faults/NAME of the variant.
"""

import os

from tools import mutants
from tools.files import read_bytes, write_changed
from tools.stop import Stop, USAGE

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RULES = os.path.join(ROOT, "tools/mutants/shim.rules")


def names():
	"""The faults, in order."""
	return mutants.names(mutants.load(RULES))


def check(name):
	"""Complain of a name that there is not."""
	if name not in names():
		raise Stop(USAGE, "there is no fault %s: there are %s" %
			   (name, ", ".join(names())))


def build(done, name):
	"""Build the shim with the fault @name beside @done, a Build; the binary."""
	rule = mutants.pick(mutants.load(RULES), name, done.staged.facts)
	text = rule.apply(read_bytes(os.path.join(ROOT, rule.file)).decode())
	directory = os.path.join(done.dir, "faults", name)
	write_changed(os.path.join(directory, rule.file), text.encode())
	done.make("fault", "FAULT=" + directory, "FAULT_C=" + rule.file,
		  "TAG=" + name)
	return os.path.join(directory, "libkern-iomap")
