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
RACE_RULES = os.path.join(ROOT, "tools/mutants/race-own.rules")


def rules():
	"""All of them, in order."""
	return mutants.load(RULES)


def names():
	"""The faults that a comparison of scenarios finds."""
	return mutants.names([rule for rule in rules() if not rule.killed_by])


def lock_names():
	"""{fault: the lock cases that find it}."""
	return {rule.name: rule.killed_by for rule in rules() if rule.killed_by}


def check(name):
	"""Complain of a name that there is not."""
	known = mutants.names(rules())
	if name not in known:
		raise Stop(USAGE, "there is no fault %s: there are %s" %
			   (name, ", ".join(known)))


def build(done, name, path=RULES, target="fault", binary="iomap"):
	"""Build what of ours has the fault @name beside @done, a Build; the binary.

	@path: the rules that it is one of
	@target: of make
	@binary: which is linked
	"""
	rule = mutants.pick(mutants.load(path), name, done.staged.facts)
	text = rule.apply(read_bytes(os.path.join(ROOT, rule.file)).decode())
	directory = os.path.join(done.dir, "faults", name)
	write_changed(os.path.join(directory, rule.file), text.encode())
	done.make(target, "FAULT=" + directory, "FAULT_C=" + rule.file,
		  "TAG=" + name)
	return os.path.join(directory, "libkern-" + binary)
