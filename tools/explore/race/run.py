# SPDX-License-Identifier: GPL-2.0-only
"""Runs libkern-race: its words straight to stdout.

The binary searches, judges and reports; what is here only hands the command line
on and says how to see a violation again.
"""

import os
import re
import shlex
import tempfile

from tools import again, mutants, resultfile
from tools.explore.race.stress import run as stressing
from tools.explore.run import to_end
from tools.files import read_bytes
from tools.stop import BAD, GOOD, Stop, UNTESTABLE, USAGE, say

REPLAY = re.compile(r"r2:[\w-]+:\d+k:[tnls]l?:([a-d]\d+)+:([0-9a-f]{4})+")


def _together(args):
	"""Flags that say nothing beside each other."""
	chance = args.schedule in ("random", "pct")
	alone = "--list" if args.list else "--replay" if args.replay is not None else None
	given = [flag for flag in ("scenario", "preemptions", "schedule", "runs", "seed",
				   "locking", "rcu", "recheck", "dot")
		 if getattr(args, flag) is not None]
	given += [flag for flag in ("unreduced", "force") if getattr(args, flag)]
	if args.list and args.replay is not None:
		given.append("replay")
	if alone and given:
		raise Stop(USAGE, "%s says all: --%s does not go with it" %
			   (alone, given[0]))
	for flag in ("runs", "seed"):
		if not chance and getattr(args, flag) is not None:
			raise Stop(USAGE, "--%s is for --schedule random or pct" % flag)
	if args.schedule == "random" and args.preemptions is not None:
		raise Stop(USAGE, "--preemptions is no bound of --schedule random")
	if chance and args.unreduced:
		raise Stop(USAGE, "--unreduced is for a search: by chance nothing is "
			   "left out")


def check(args):
	"""Complain of what makes no sense before anything is built."""
	if args.stress:
		stressing.check(args)
	else:
		stressing.check_none(args)
		_together(args)
	resultfile.check({"--dot": args.dot}, "the report")
	if args.replay is not None and not REPLAY.fullmatch(args.replay):
		raise Stop(USAGE, "--replay %s: no schedule: one looks like "
			   "r2:reclaim-b1-o0:4k:t:a17b4a3:89abcdef0123" % args.replay)
	scene = scene_of(args)
	if args.target is not None and scene is not None and args.target != target_of(scene):
		raise Stop(USAGE, "scenario %s is not of --target %s" % (scene, args.target))
	if args.target == "plain" and args.mutant and mutants.of_xfs(args.mutant):
		raise Stop(USAGE, "--mutant %s is of fs/xfs, and --target plain is "
			   "without it" % args.mutant)


def scene_of(args):
	"""The one scenario that @args name, or None."""
	return args.scenario if args.replay is None else args.replay.split(":")[1]


def target_of(scene):
	"""The target that the scenario @scene is one of, by its name."""
	return "xfs" if scene.startswith("xfs-") else "plain"


def wanted(args, there):
	"""The targets that @args ask for in a tree that has fs/xfs or not.

	By name where one is named, else by the scenario; None: all of them.
	"""
	scene = scene_of(args)
	if args.target is None and scene is not None:
		return target_of(scene)
	if args.target is None and not there:
		say("no fs/xfs in this tree: the recording filesystem alone")
		return "plain"
	if args.target is None and args.locking in ("none", "late", "shared"):
		return "plain"
	return args.target


def options(args):
	"""The flags of the binary."""
	words = ["--jobs=%d" % args.jobs]
	for name in ("scenario", "target", "preemptions", "schedule", "runs",
		     "seed", "locking", "rcu", "recheck", "replay"):
		value = getattr(args, name)
		if value is not None:
			words.append("--%s=%s" % (name, value))
	if args.timeout is not None:
		words.append("--run-timeout=%d" % args.timeout)
	for name, flag in (("list", "scenes"), ("unreduced", "unreduced"),
			   ("force", "force"), ("quiet", "quiet"),
			   ("verbose", "every-step")):
		if getattr(args, name):
			words.append("--%s=1" % flag)
	return words


def main(args, there, variant, built):
	"""Build and run as @args say; returns libkern's exit status.

	@there: has the tree fs/xfs? @variant: that is built; @built: of the name of a binary, builds it and
	returns its Build and its path
	"""
	name = stressing.binary(args, variant) if args.stress else "race"
	target, lost = wanted(args, there), None
	try:
		build, binary = built(name if target == "plain" else name + "-xfs")
	except Stop as stop:
		if target is not None or stop.status != UNTESTABLE:
			raise
		# whatever is wrong with XFS, the release is judged
		lost = stop
		build, binary = built(name)
	status = _run(args, build, binary)
	if not lost:
		return status
	say("XFS of this tree cannot be built: %s" % lost)
	return BAD if status == BAD else UNTESTABLE


def _run(args, build, path):
	command = shlex.join(again.words(args, "race", build.staged.real,
					 flags=again.VARIANT))
	if args.stress:
		return stressing.main(args, build, path, command)
	words = [path, *options(args), "--command=" + command]
	if args.dot is None:
		return to_end("libkern-race", words)
	resultfile.check({"--dot": args.dot}, "the report", (build.staged.real,))
	with tempfile.TemporaryDirectory(prefix="libkern-") as scratch:
		drawn = os.path.join(scratch, "dot")
		status = to_end("libkern-race", [*words, "--dot=" + drawn])
		data = read_bytes(drawn)
	if data is None or resultfile.write([(args.dot, lambda: data)]):
		return status
	return UNTESTABLE if status == GOOD else status
