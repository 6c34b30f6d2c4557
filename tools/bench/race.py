# SPDX-License-Identifier: GPL-2.0-only
"""Interleavings a second, what the reduction saves, and how soon a fault is found."""

import copy
import fnmatch
import re

from tools import commands, mutants, proc
from tools.stop import BAD, GOOD, Stop, UNTESTABLE, say

# small enough to be gone through unreduced, and with everything that tasks meet at
FIXED = ("fault-inside-b1-o0", "reclaim-b1-o1", "invalidate-b2-o0", "writeback-b2-o0")
TOTAL = re.compile(r"in ([\d,]+) interleavings of 1 scenario")
SPENT = re.compile(r"(?m); ([\d.]+) s of processor time, ([\d,]+) interleavings/s")
CLASSES = re.compile(r"classes (\w+)")
SHRUNK = re.compile(r"(?m)^shrunk to .*, (\d+) preemptions? and (\d+) switch")
AFTER = re.compile(r"(?m)^after ([\d,]+) interleavings?")


def _whole(text):
	return int(text.replace(",", ""))


def _run(binary, *words, status=GOOD):
	"""What it prints."""
	ended, out, err = proc.output([binary, "--jobs=1", *words])
	if ended != status:
		raise Stop(UNTESTABLE, "libkern-race %s ended with %d: %s" %
			   (" ".join(words), ended, err or out[-500:]))
	return out


def _reduction(binary):
	"""The search beside the unreduced one, on the fixed scenarios."""
	for name in FIXED:
		runs, rates, classes = [], [], []
		for more in ((), ("--unreduced=1",)):
			out = _run(binary, "--scenario=" + name, "--recheck=0",
				   "--every-step=1", *more)
			runs.append(_whole(TOTAL.search(out).group(1)))
			rates.append(_whole(SPENT.search(out).group(2)))
			classes.append(CLASSES.search(out).group(1))
		if classes[0] != classes[1]:
			raise Stop(BAD, "%s: the reduction leaves something out" % name)
		print("%-24s %7s interleavings, unreduced %8s   factor %5.1f   "
		      "%s/s" % (name, format(runs[0], ","), format(runs[1], ","),
				runs[1] / runs[0], format(rates[1], ",")))


def _mutant(args, rule, names, binary="race"):
	"""How soon the first scenario that a rule names finds it.

	What only a sanitizer sees is built with it; of what is not the same when it is run
	again that is what is found.
	"""
	name = next((n for glob in rule.killed_by for n in fnmatch.filter(names, glob)),
		    None)
	if not name:
		return
	own = copy.copy(args)
	own.mutant = rule.name
	if rule.says[:1] == ["a sanitizer's report"]:
		own.sanitize = ["address", "undefined"]
	_, path = commands.built(own, name=binary)
	steady = not rule.says[:1] == ["nondeterminism"]
	out = _run(path, "--scenario=" + name, "--run-timeout=1", "--preemptions=2",
		   status=BAD if steady else UNTESTABLE)
	after = (AFTER if steady else TOTAL).search(out).group(1)
	print("%-24s %-34s after %6s interleavings, %7.1f ms: %s%s" % (
		rule.name, name, after, 1000 * _whole(after) / _whole(
			SPENT.search(out).group(2)),
		"preemptions %s, switches %s" % SHRUNK.search(out).groups() if steady
		else "run again it is another one",
		", with " + ",".join(own.sanitize) if own.sanitize else ""))


def _of_xfs(args):
	"""The same of the mutants of fs/xfs, where the tree has that."""
	try:
		build, binary = commands.built(args, name="race-xfs")
	except Stop as stop:
		if stop.status != UNTESTABLE:
			raise
		say("mutants of fs/xfs: %s" % stop)
		return
	names = [line.split()[0] for line in _run(binary, "--scenes=1").splitlines()]
	facts = mutants.all_facts(build)
	for rule in mutants.load(mutants.RACE_XFS_RULES):
		if rule.applies(facts):
			_mutant(args, rule, names, "race-xfs")


def main(args):
	"""libkern bench race"""
	build, binary = commands.built(args, name="race")
	print("# %s, %s, %s; 2 preemptions, one process" %
	      (build.staged.real, build.variant.name, build.variant.compiler))
	_reduction(binary)
	rates = [_whole(SPENT.search(_run(binary, "--scenario=" + FIXED[1], *more)).group(2))
		 for more in (("--recheck=0",), ())]
	print("%-24s %s/s, each twice %s/s   ratio %.2f" % (
		FIXED[1], format(rates[0], ","), format(rates[1], ","),
		rates[1] / rates[0]))
	names = [line.split()[0] for line in _run(binary, "--scenes=1").splitlines()]
	facts = mutants.all_facts(build)
	for rule in mutants.load(mutants.RACE_RULES, mutants.SCENE_RULES):
		if rule.applies(facts):
			_mutant(args, rule, names)
	_of_xfs(args)
	return GOOD
