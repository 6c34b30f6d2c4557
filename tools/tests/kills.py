# SPDX-License-Identifier: GPL-2.0-only
"""Groups of make check: each mutant is found by what its rule names."""

import os
import re

from tests.binaries import Count, build_of, execute, options
from tools import mutants, proc
from tools.stop import BAD, GOOD, Stop, say

# to be seen beside the known finding writeback_errno, where that may apply
BESIDE_ERRNO = re.compile("xfs-(discard-.*|map-shut-down)$")

# Seconds. Of some mutants each case hangs that is to fail; the others take
# milliseconds.
HANG = 5

# of fs/xfs, what an exhaustive run with XFS comes through
XFS_CALLED = ("xfs_buffered_write_iomap_end", "xfs_buffered_write_delalloc_punch",
	      "xfs_bmap_punch_delalloc_range", "xfs_bmap_del_extent_delay")


def kill(build, name, rules, opts):
	"""None when the mutant @name dies as its rule says, else the reason."""
	rule = mutants.pick(rules, name, mutants.all_facts(build))
	binary = mutants.build_xfs(build, name) if build.xfs else \
		mutants.build(build, name, rules)
	for glob_ in rule.killed_by or ["*"]:
		opts.glob = glob_
		_, status, _, printed, _ = execute(build, binary, opts)
		if status != BAD:
			return "%s does not fail (status %d)" % (glob_, status)
		wrong = rule.says_else(printed)
		if wrong:
			return "%s: %s" % (glob_, wrong)
	return None


def killed(args, trees):
	"""Every mutant is killed by the suites that its rule names."""
	return each_mutant(args, trees, mutants.load(), "iomap", kill)


def xfs_killed(args, trees):
	"""The same for those of fs/xfs, some of them on 32 bits too."""
	rules = mutants.load(mutants.XFS_RULES)
	total = each_mutant(args, trees, rules, "xfs", kill)
	rules = [rule for rule in rules if BESIDE_ERRNO.match(rule.name)]
	reach = [real for real in trees if build_of(
		real, options(args, m32=True)).staged.facts["WRITEBACK_RANGE"]]
	total.add(each_mutant(args, reach, rules, "xfs", kill, m32=True))
	return total


def each_mutant(args, trees, rules, target, judge, **flags):
	"""@judge each of @rules on each tree: None, or what is wrong."""
	total = Count()
	for real in trees:
		opts = options(args, quiet=True, timeout=HANG, **flags)
		build = build_of(real, opts, xfs=target in ("xfs", "exhaust-xfs"))
		build.make(target)
		for name in mutants.names(rules):
			try:
				wrong = judge(build, name, rules, opts)
			except mutants.NotForThisTree:
				total.add(Count(skipped=1))
				continue
			except Stop as stop:
				wrong = str(stop)
			if wrong:
				say("  %s %s, mutant %s: %s" % (
					os.path.basename(real), target, name, wrong))
			total.add(Count(failed=1) if wrong else Count(passed=1))
	return total


def finder(target, blocks, all_of=None):
	"""A judge: libkern exhaust up to @blocks finds a mutant, or is to miss it.

	@all_of: how far to go for one that is to be missed, as all of it is gone
	through then (default: as far)
	"""
	def found(build, name, rules, opts):
		rule = mutants.pick(rules, name, mutants.all_facts(build))
		binary = mutants.build(build, name, binary=target)
		words = [binary, "--jobs=%d" % opts.jobs, "--quiet=1",
			 "--blocks=%d" % (all_of or blocks if rule.exhaust_misses
					  else blocks)]
		if not rule.exhaust_misses:
			words.append("--first=1")
		status, out, _ = proc.output(words)
		if status != (GOOD if rule.exhaust_misses else BAD):
			return "status %d: %s" % (status, out.strip().split("\n")[-1])
		return None
	return found


def exhausted(args, trees):
	"""libkern exhaust finds each mutant of the release, but those said to be missed."""
	return each_mutant(args, trees, mutants.load(mutants.RULES[0]),
			   "exhaust", finder("exhaust", 4))


def exhausted_xfs(args, trees):
	"""libkern exhaust --target xfs finds each mutant of what it calls of fs/xfs."""
	rules = [rule for rule in mutants.load(mutants.XFS_RULES)
		 if set(rule.functions) & set(XFS_CALLED)]
	return each_mutant(args, trees, rules, "exhaust-xfs",
			   finder("exhaust-xfs", 3, 2))
