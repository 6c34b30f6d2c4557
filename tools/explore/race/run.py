# SPDX-License-Identifier: GPL-2.0-only
"""Runs libkern-race: its words straight to stdout.

The binary searches, judges and reports; what is here only hands the command line
on and says how to see a violation again.
"""

import re
import shlex

from tools import again, mutants
from tools.explore.run import to_end
from tools.stop import Stop, USAGE

REPLAY = re.compile(r"r1:[\w-]+:\d+k:[tn]:([a-d]\d+)+:[0-9a-f]{8}")


def check(args):
	"""Complain of what makes no sense before anything is built."""
	if args.replay is not None and not REPLAY.fullmatch(args.replay):
		raise Stop(USAGE, "--replay %s: no schedule: one looks like "
			   "r1:reclaim-b1-o0:4k:t:a17b4a3:89abcdef" % args.replay)
	if args.mutant and mutants.of_xfs(args.mutant):
		raise Stop(USAGE, "--mutant %s is of fs/xfs, and this searches "
			   "fs/iomap" % args.mutant)


def options(args):
	"""The flags of the binary."""
	words = ["--jobs=%d" % args.jobs]
	for name in ("scenario", "preemptions", "schedule", "runs", "seed",
		     "locking", "replay"):
		value = getattr(args, name)
		if value is not None:
			words.append("--%s=%s" % (name, value))
	for name, flag in (("list", "scenes"), ("unreduced", "unreduced"),
			   ("force", "force"), ("quiet", "quiet"),
			   ("verbose", "every-step")):
		if getattr(args, name):
			words.append("--%s=1" % flag)
	return words


def main(args, build, binary):
	"""Run @binary as @args say; returns libkern's exit status."""
	command = shlex.join(again.words(args, "race", build.staged.real,
					 flags=again.VARIANT))
	return to_end("libkern-race",
		      [binary, *options(args), "--command=" + command])
