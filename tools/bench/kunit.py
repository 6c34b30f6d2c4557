# SPDX-License-Identifier: GPL-2.0-only
"""From one changed line in buffered-io.c to the verdict: libkern run, kunit.py.

The same suites, the same tree, turn about in one run. kunit.py is called as
Documentation/kunit.rst says, by hand; what both have built already is kept.
"""

import os
import statistics
import sys

from iomap import stage
from kunit import arch as arches, kernel as kernels
from tools import commands
from tools.bench.turnaround import FILE, ROUNDS, timed
from tools.farm import farm
from tools.files import locked, room
from tools.stop import GOOD, Stop, UNTESTABLE, say

AIM = 15


def _change(tree, number):
	"""One more line at the end of the file under test."""
	with open(os.path.join(tree, FILE), "a", encoding="utf-8") as stream:
		stream.write("/* round %d */\n" % number)


def timed_verdict(what, words, **kwargs):
	"""Seconds that the command @words takes to a verdict."""
	seconds, _, status = timed(words, **kwargs)
	if status:
		raise Stop(UNTESTABLE, "%s ended with %d: %s" %
			   (what, status, " ".join(words)))
	return seconds


def booted(tree, args):
	"""The kernel of the tree, built and booted once; and in userspace."""
	base = stage.base_dir(tree, args.out)
	with locked(os.path.join(base, "lock"), base):
		staged = stage.stage(tree, args.out)
	args.rest, args.arch = [], "um"
	kernel = kernels.Kernel(staged, args, "libkern kunit --kdir " + tree)
	kernel.prepare()
	if not kernel.run(None).suites:
		raise Stop(UNTESTABLE, "the kernel runs no suite")
	return kernel


def main(args):
	"""libkern bench kunit"""
	real, out = commands.tree(args)
	args.out = out
	um = arches.ALL["um"]
	arches.check_tree(um, real)
	arches.check_tools(um)
	# the last part of the path names the build directory
	tree = farm(real, os.path.join(room(out, "bench-kunit"),
				       os.path.basename(real)), [FILE])
	base = stage.base_dir(tree, out)
	run = [sys.executable, os.path.join(commands.ROOT, "libkern"), "run",
	       "--kdir", tree, "-o", out,
	       # the kernel has no XFS suites
	       "iomap_delalloc_[!x]*"]
	say("building both once; a kernel takes minutes")
	rounds = []
	where = os.path.join(base, um.dir)
	with locked(where + ".lock", where):
		kernel = booted(tree, args)
		timed_verdict("libkern run", run)
		for number in range(ROUNDS):
			_change(tree, number)
			user = timed_verdict("libkern run", run)
			_change(tree, number)
			inside = timed_verdict("kunit.py", kernel.by_hand(),
					       cwd=tree,
					       env=kernel.environment())
			rounds.append((user, inside))
			if not args.quiet:
				say("round %d of %d: %.2f s and %.2f s" %
				    (number + 1, ROUNDS, user, inside))
	user, inside = [statistics.median(column) for column in zip(*rounds)]
	print("# %s; one changed line to the verdict, medians of %d rounds" %
	      (real, ROUNDS))
	print("%-28s %6.2f s" % ("kunit.py run (UML)", inside))
	print("%-28s %6.2f s   ratio %.1f" % ("libkern run", user, inside / user))
	if inside / user < AIM:
		say("the aim is a ratio of %d" % AIM)
	return GOOD
