# SPDX-License-Identifier: GPL-2.0-only
"""One cycle with XFS beside the same without: build a state, write short,
release, tear down."""

import argparse
import os
import statistics
import subprocess

from iomap import stage
from kunit import run as running
from shim import config
from shim.build import Build
from tools import commands
from tools.files import locked
from tools.stop import GOOD, Stop, UNTESTABLE
from xfs_stub import stage as xfs_stage

ROUNDS = 5
CYCLES = 20000
SUITE = "iomap_delalloc_xfs_cycle"


def _seconds(binary, real):
	"""{case: seconds of one cycle} of one run of the suite."""
	args = argparse.Namespace(again=binary, seek="tree", glob=SUITE,
				  list=False, timeout=120, verbose=False, jobs=1)
	status, results, _ = running.execute(
		binary, args, real, "--cycles=%d" % CYCLES,
		stdout=subprocess.DEVNULL)
	if status != GOOD:
		raise Stop(UNTESTABLE, "%s ended with %d" % (SUITE, status))
	return {case["case"]: case["seconds"] / CYCLES
		for case in results.cases}


def main(args):
	"""libkern bench xfs"""
	real, out = commands.tree(args)
	base = stage.base_dir(real, out)
	with locked(os.path.join(base, "lock"), base):
		build = Build(stage.stage(real, out), config.variant(out, args),
			      args, xfs_stage.stage(real, base))
		build.prepare()
		build.make("xfs")
		binary = build.path("libkern-xfs")
		rounds = [_seconds(binary, real) for _ in range(ROUNDS)]
	plain, xfs = [statistics.median(r[case] for r in rounds)
		      for case in ("recording", "xfs")]
	print("# %s, %s, %s; medians of %d rounds of %d cycles" %
	      (real, build.variant.name, build.variant.compiler, ROUNDS, CYCLES))
	print("%-28s %6.2f us" % ("cycle, recording filesystem", plain * 1e6))
	print("%-28s %6.2f us   ratio %.2f" % ("cycle, XFS", xfs * 1e6,
					      xfs / plain))
	return GOOD
