# SPDX-License-Identifier: GPL-2.0-only
"""Verified releases a second, beside the bare calls on the same page caches."""

import statistics

from tools import commands, proc
from tools.explore import run as exploring
from tools.stop import GOOD, Stop, UNTESTABLE, say
from xfs_stub import probe as xfs

ROUNDS = 5
BOUND = {"plain": ("--blocks=8", "--pages=3"), "xfs": ("--blocks=3", "--pages=3")}
AIM = 0.7


def _round(binary, bound):
	"""(bare, judged): nanoseconds of one state."""
	status, out, err = proc.output([binary, "--bench=1", *bound])
	if status != GOOD:
		raise Stop(UNTESTABLE, "libkern-exhaust ended with %d: %s" %
			   (status, err))
	lines = [line.split() for line in out.splitlines()]
	return [int(spent) / int(states) for _, states, spent in lines]


def _target(args, target):
	"""The figures of one target."""
	bound = BOUND[target]
	build, binary = commands.built(args, name=exploring.BINARIES[target])
	rounds = [_round(binary, bound) for _ in range(ROUNDS)]
	bare, judged = [statistics.median(column) for column in zip(*rounds)]
	ratio = statistics.median(b / j for b, j in rounds)
	print("# %s, %s, %s; medians of %d rounds of --target %s %s" %
	      (build.staged.real, build.variant.name, build.variant.compiler, ROUNDS,
	       target, " ".join(bound)))
	print("%-28s %6.1f ns   %6.2f million/s" % ("the call alone", bare,
						    1000 / bare))
	print("%-28s %6.1f ns   %6.2f million/s   ratio %.2f" % (
		"built, called and judged", judged, 1000 / judged, ratio))
	return ratio


def main(args):
	"""libkern bench exhaust"""
	ratio = _target(args, "plain")
	if ratio < AIM:
		say("%.2f of the rate of the bare call, and the aim is %.1f" %
		    (ratio, AIM))
	if xfs.is_there(commands.tree(args)[0]):
		_target(args, "xfs")
	return GOOD
