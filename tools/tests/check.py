# SPDX-License-Identifier: GPL-2.0-only
"""make check: libkern's own tests, in groups, each timed.

A group that fails does not stop the next. Each test_*.py here is a group; so
is each kind of run of the suites. With -j2 and more two groups run at once. The
last line counts everything.
"""

import argparse
import glob
import importlib
import os
import subprocess
import sys
import time
import traceback
import unittest

LANES = 2			# groups at once
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
for directory in (ROOT, os.path.join(ROOT, "tools")):
	sys.path.insert(0, directory)

# pylint: disable=wrong-import-position
from iomap import kdir, probe
from tests import lanes
from tests.binaries import Count
from tests.kills import exhausted, exhausted_xfs, killed, xfs_killed
from tests.variants import debug, matrix, runner, shimtest, threads, xfs_matrix
from tools import commands, deps, drift, proc
from tools.stop import BAD, GOOD, INTERRUPTED, Stop, USAGE, say


def drifted(_args, trees):
	"""What shim/dup repeats agrees with every tree."""
	total = Count()
	paths = sorted(glob.glob(os.path.join(ROOT, "shim/dup/**/*.h"),
				 recursive=True))
	for real in trees:
		facts = probe.facts(probe.Tree(real))
		bad, checked, skipped, _ = drift.drift(real, facts, paths)
		for text in bad:
			say("  %s: %s" % (os.path.basename(real), text))
		total.add(Count(max(checked - len(bad), 0), len(bad), skipped))
	return total


def checkpatch(_args, trees):
	"""The tree's own checkpatch.pl --strict over every C file of ours."""
	script = os.path.join(trees[0], "scripts/checkpatch.pl")
	if not os.path.exists(script):
		say("  %s has no scripts/checkpatch.pl" % trees[0])
		return Count(skipped=1)
	total = Count()
	names = [os.path.relpath(os.path.join(d, f), ROOT)
		 for top in ("shim", "kunit", "iomap", "tools", "xfs_stub")
		 for d, _, fs in os.walk(os.path.join(ROOT, top)) for f in fs
		 if f.endswith((".c", ".h"))]
	# in slices: one perl for all is one processor, one for each is slow
	for first in range(0, len(names), 12):
		part = sorted(names)[first:first + 12]
		done = subprocess.run(
			["perl", script, "--no-tree", "--strict", "--terse",
			 "--no-summary", "-f", *part], cwd=ROOT, check=False,
			capture_output=True, text=True, errors="replace")
		lines = [line for line in done.stdout.splitlines() if line.strip()]
		for line in lines:
			say("  " + line)
		failed = {line.split(":")[0] for line in lines}
		total.add(Count(len(part) - len(failed & set(part)),
				len(failed)))
	return total


def unit(module):
	"""A group out of one test_*.py."""
	def group(_args, _trees):
		suite = unittest.defaultTestLoader.loadTestsFromName(
			"tests." + module)
		result = unittest.TextTestRunner(stream=sys.stderr,
						 verbosity=1).run(suite)
		failed = len(result.failures) + len(result.errors) + \
			len(result.unexpectedSuccesses)
		return Count(result.testsRun - failed - len(result.skipped),
			     failed, len(result.skipped))
	group.__doc__ = group.module = module
	return group


def groups():
	"""{name: function}, in order: quick ones first."""
	found = {"drift": drifted}
	for path in sorted(glob.glob(os.path.join(HERE, "test_*.py"))):
		module = os.path.basename(path)[:-3]
		# a group of its own builds what this one needs
		found[module[len("test_"):]] = unit(module) \
			if module != "test_runner" else runner
	found.update({"matrix": matrix, "debug": debug, "shimtest": shimtest,
		      "threads": threads, "mutants": killed,
		      "exhaust-mutants": exhausted,
		      "exhaust-xfs-mutants": exhausted_xfs,
		      "xfs-matrix": xfs_matrix, "xfs-mutants": xfs_killed,
		      "checkpatch": checkpatch})
	return found


def room(function):
	"""Where a group builds, if others build there, too; else None."""
	if function in (drifted, checkpatch):
		return None
	if not hasattr(function, "module"):
		return "check"
	module = importlib.import_module("tests." + function.module)
	return "out" if hasattr(module, "OUT") else None


def arguments(argv):
	"""The flags that the Makefile passes, and names of groups."""
	parser = argparse.ArgumentParser(prog="make check", description=__doc__)
	parser.add_argument("--kdir", help="this tree instead of Debian's two")
	parser.add_argument("-o", dest="out", default=os.path.join(ROOT, "build"))
	parser.add_argument("-j", dest="jobs", type=int,
			    default=os.cpu_count() or 1)
	parser.add_argument("-v", dest="verbose", action="store_true")
	parser.add_argument("--cc", default="gcc")
	parser.add_argument("--warnings", default="")
	parser.add_argument("groups", nargs="*", metavar="GROUP",
			    help="of: " + ", ".join(groups()))
	args = parser.parse_args(argv)
	unknown = set(args.groups) - set(groups())
	if unknown:
		parser.error("no group " + ", ".join(sorted(unknown)))
	args.out = kdir.check_output("/nonexistent", os.path.abspath(args.out))
	return args


def trees_of(args):
	"""Real paths of the trees that the suites run on."""
	name = commands.named(args)
	if name is not None:
		real = kdir.check(name)
		kdir.check_output(real, args.out)
		return [real]
	return [kdir.check(deps.source(release, args.out))
		for release in ("6.12", "6.1")]


def alone(args, trees, name):
	"""The Count of the group @name, run in here."""
	say("group %s" % name)
	begin = time.monotonic()
	try:
		count = groups()[name](args, trees)
	except Exception as err:	# pylint: disable=broad-except
		# a group that cannot run has failed, and the next runs
		say(str(err))
		if not isinstance(err, Stop):
			traceback.print_exc()
		count = Count(failed=1)
	say("group %s: %s in %.1f s" % (name, count, time.monotonic() - begin))
	return count


def own_process(args, name):
	"""The command that runs the group @name by itself."""
	return [sys.executable, os.path.abspath(__file__), "-o", args.out,
		"-j%d" % args.jobs, "--cc=" + args.cc, "--warnings=" + args.warnings,
		*["-v"] * args.verbose,
		*["--kdir=" + (args.kdir or "")] * (args.kdir is not None), name]


def each(args, trees):
	"""Run the groups that @args name, or all; yields (name, Count)."""
	found = groups()
	names = [name for name in found if name in (args.groups or found)]
	if args.jobs < 2 or len(names) < 2:
		for name in names:
			yield name, alone(args, trees, name)
		return
	rooms = {name: room(found[name]) for name in names}
	# what takes long begins early: a kernel, and the chain of the suites
	names.sort(key=lambda name: name != "uml" and rooms[name] != "check")
	yield from lanes.side_by_side(names, lambda name: own_process(args, name),
				      rooms, LANES)


def main(argv):
	"""Run the groups; the exit status is 1 when anything failed."""
	args = arguments(argv)
	os.environ.update(LIBKERN_OUT=args.out, LIBKERN_CC=args.cc)
	trees, total, bad = trees_of(args), Count(), []
	for name, count in each(args, trees):
		if count.failed:
			bad.append(name)
		total.add(count)
	if bad:
		say("groups that failed: %s; again: make check GROUPS=\"%s\"" %
		    (", ".join(bad), " ".join(bad)))
	sys.stdout.flush()
	print(total)
	if total.passed + total.failed == 0:
		return USAGE
	return BAD if total.failed else GOOD


if __name__ == "__main__":
	try:
		proc.setup()
		sys.exit(main(sys.argv[1:]))
	except Stop as stop_:
		say(str(stop_))
		sys.exit(stop_.status)
	except (KeyboardInterrupt, proc.Interrupted):
		say("interrupted")
		sys.exit(INTERRUPTED)
	except SystemExit as leaving:
		sys.exit(USAGE if leaving.code == 2 else leaving.code)
	finally:
		proc.kill_all()
