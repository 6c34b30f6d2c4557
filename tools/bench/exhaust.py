# SPDX-License-Identifier: GPL-2.0-only
"""Verified releases a second, beside the bare calls on the same page caches."""

import statistics

from tools import commands, proc
from tools.stop import GOOD, Stop, UNTESTABLE, say

ROUNDS = 5
BOUND = ("--blocks=8", "--pages=3")
AIM = 0.7


def _round(binary):
	"""(bare, judged): nanoseconds of one state."""
	status, out, err = proc.output([binary, "--bench=1", *BOUND])
	if status != GOOD:
		raise Stop(UNTESTABLE, "libkern-exhaust ended with %d: %s" %
			   (status, err))
	lines = [line.split() for line in out.splitlines()]
	return [int(spent) / int(states) for _, states, spent in lines]


def main(args):
	"""libkern bench exhaust"""
	build, binary = commands.built(args, name="exhaust")
	rounds = [_round(binary) for _ in range(ROUNDS)]
	bare, judged = [statistics.median(column) for column in zip(*rounds)]
	ratio = statistics.median(b / j for b, j in rounds)
	print("# %s, %s, %s; medians of %d rounds of %s" %
	      (build.staged.real, build.variant.name, build.variant.compiler, ROUNDS,
	       " ".join(BOUND)))
	print("%-28s %6.1f ns   %6.2f million/s" % ("the call alone", bare,
						    1000 / bare))
	print("%-28s %6.1f ns   %6.2f million/s   ratio %.2f" % (
		"built, called and judged", judged, 1000 / judged, ratio))
	if ratio < AIM:
		say("%.2f of the rate of the bare call, and the aim is %.1f" %
		    (ratio, AIM))
	return GOOD
