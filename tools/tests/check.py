# SPDX-License-Identifier: GPL-2.0-only
"""make check: libkern's own tests, in groups, each timed.

A group that fails does not stop the next. Each test_*.py here is a group; so
is each kind of run of the suites. The last line counts everything.
"""

import argparse
import glob
import os
import re
import subprocess
import sys
import time
import traceback
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
for directory in (ROOT, os.path.join(ROOT, "tools")):
	sys.path.insert(0, directory)

# pylint: disable=wrong-import-position
from iomap import kdir, probe, stage
from kunit import run as running, worlds
from shim import config
from shim.build import Build
from tools import commands, deps, drift, mutants, proc
from tools.files import locked, write_changed
from tools.stop import BAD, GOOD, INTERRUPTED, Stop, USAGE, say
from xfs_stub import stage as xfs_stage

PAGES = ("4k", "16k", "64k")
BOTH = "address,undefined"

# How the suites are built and run, on every tree. Each line: flags, seeks.
MATRIX = [({"page_size": page, "m32": m32}, ("tree", "model"))
	  for page in PAGES for m32 in (False, True)]
MATRIX += [
	({"sanitize": BOTH}, ("tree", "model")),
	({"sanitize": BOTH, "page_size": "64k"}, ("tree",)),
	({"sanitize": BOTH, "m32": True}, ("tree",)),
	({"cc": "clang"}, ("tree",)),
	({"cc": "clang", "sanitize": BOTH}, ("tree",)),
]
# to be seen beside the known finding writeback_errno, where that may apply
BESIDE_ERRNO = re.compile("xfs-(discard-.*|map-shut-down)$")
XFS_MATRIX = ({}, {"m32": True}, {"page_size": "16k"}, {"page_size": "64k"},
	      {"sanitize": BOTH}, {"cc": "clang"})

# of fs/xfs, what an exhaustive run with XFS comes through
XFS_CALLED = ("xfs_buffered_write_iomap_end", "xfs_buffered_write_delalloc_punch",
	      "xfs_bmap_punch_delalloc_range", "xfs_bmap_del_extent_delay")


class Count:
	"""Passed, failed, skipped; and how to add them up."""

	def __init__(self, passed=0, failed=0, skipped=0):
		self.passed, self.failed, self.skipped = passed, failed, skipped

	def add(self, other):
		"""Add @other to this one."""
		self.passed += other.passed
		self.failed += other.failed
		self.skipped += other.skipped

	def __str__(self):
		return "%d passed, %d failed, %d skipped" % (
			self.passed, self.failed, self.skipped)


def options(args, **flags):
	"""The arguments of ./libkern run with @flags, for calls in here."""
	values = {"out": os.path.join(args.out, "check"), "out_given": True,
		  "jobs": args.jobs, "quiet": not args.verbose,
		  "verbose": False, "page_size": "4k", "m32": False,
		  "sanitize": [], "cc": args.cc, "warnings": "e",
		  "mutant": None, "glob": None, "list": False, "seek": "tree",
		  "timeout": 15, "json": None, "junit": None}
	values.update(flags)
	if isinstance(values["sanitize"], str):
		values["sanitize"] = values["sanitize"].split(",")
	return argparse.Namespace(**values)


def build_of(real, opts, xfs=False):
	"""A staged and prepared Build of the tree @real, with @xfs that too."""
	variant = config.variant(opts.out, opts)
	base = stage.base_dir(real, opts.out)
	with locked(os.path.join(base, "lock"), base):
		build = Build(stage.stage(real, opts.out), variant, opts,
			      xfs_stage.stage(real, base) if xfs else None)
		build.prepare()
	return build


def execute(build, binary, opts, *more):
	"""Run @binary; (Count, status, Results, what it printed, seconds)."""
	log = build.path("check.log")
	with open(log, "w+", encoding="utf-8", errors="replace") as stream:
		status, results, seconds = running.execute(
			binary, opts, build.staged.real, *more, stdout=stream)
		stream.seek(0)
		printed = stream.read()
	done = results.summary or {"pass": 0, "fail": 0, "skip": 0}
	return (Count(done["pass"], done["fail"] or int(status != GOOD),
		      done["skip"]), status, results, printed, seconds)


def run_one(build, target, opts, label):
	"""Build and run one binary; what failed is printed whole."""
	build.make(target)
	binary = build.path("libkern-" + target)
	if not os.path.exists(binary):
		return Count()
	opts.again = binary if target != "iomap" else None
	count, status, results, printed, seconds = execute(build, binary, opts)
	say("  %-50s %s, %.1f s%s" % (
		label, count, seconds, ", not judged by any kernel"
		if worlds.not_judged(build.variant.page_shift) else ""))
	if status != GOOD:
		if results.summary:
			running.summary(build, opts, results, seconds)
		else:
			sys.stderr.write(printed[-2000:])
		say("  exit status %d; KTAP in %s" % (status,
						      build.path("check.log")))
	return count


def label_of(real, build, what):
	"""Name of one run."""
	return " ".join([os.path.basename(real), build.variant.name, what])


def matrix(args, trees):
	"""Every suite in every variant on every tree, warnings are errors."""
	total = Count()
	for real in trees:
		for flags, seeks in MATRIX:
			opts = options(args, **flags)
			build = None
			for seek in seeks:
				opts.seek = seek
				try:
					build = build or build_of(real, opts)
					total.add(run_one(build, "iomap", opts,
						label_of(real, build,
							 "seek " + seek)))
				except Stop as stop:
					say(str(stop))
					total.add(Count(failed=1))
					break
	return total


def xfs_matrix(args, trees):
	"""XFS's suites: word and page sizes, sanitizers, compilers."""
	total = Count()
	for real in trees:
		for flags in XFS_MATRIX:
			opts = options(args, **flags)
			try:
				build = build_of(real, opts, xfs=True)
				total.add(run_one(build, "xfs", opts,
						  label_of(real, build, "xfs")))
			except Stop as stop:
				say(str(stop))
				total.add(Count(failed=1))
	return total


def debug(args, trees):
	"""Suites and models with the costly checks, which only .config knows."""
	total = Count()
	for real in trees:
		opts = options(args, out=os.path.join(args.out, "check-debug"))
		write_changed(os.path.join(opts.out, ".config"),
			      b"CONFIG_LIBKERN_DEBUG_CHECKS=y\n")
		try:
			build = build_of(real, opts)
			for target in ("iomap", "shimtest"):
				total.add(run_one(build, target, opts,
						  label_of(real, build,
							   target + " debug")))
		except Stop as stop:
			say(str(stop))
			total.add(Count(failed=1))
	return total


def shimtest(args, trees):
	"""The conformance suites of the models, on every variant."""
	total = Count()
	for real in trees:
		for flags, _ in MATRIX:
			opts = options(args, **flags)
			try:
				build = build_of(real, opts)
				total.add(run_one(build, "shimtest", opts,
						  label_of(real, build, "models")))
			except Stop as stop:
				say(str(stop))
				total.add(Count(failed=1))
	return total


def threads(args, trees):
	"""Look-ups against removal, on real threads with liburcu, under ASan.

	Without RCU the same suite must fail: else it proves nothing.
	"""
	total = Count()
	for real in trees:
		opts = options(args, sanitize="address")
		build = build_of(real, opts)
		total.add(run_one(build, "threads", opts,
				  label_of(real, build, "threads")))
		binary = build.path("libkern-threads")
		if os.path.exists(binary):
			# a race must be met by chance: now and then it is not
			for _ in range(20):
				status = execute(build, binary, opts,
						 "--rcu=none")[1]
				if status == BAD:
					break
			say("  %-50s exit status %d, wanted 1" %
			    (label_of(real, build, "without RCU"), status))
			total.add(Count(int(status == BAD), int(status != BAD)))
	return total


def runner(args, trees):
	"""The runner tells all ways to end apart: shim/selftest says which."""
	total = Count()
	parsers = [os.path.join(real, "tools/testing/kunit/kunit.py")
		   for real in trees]
	for flags in ({}, {"m32": True}, {"sanitize": BOTH}):
		opts = options(args, **flags)
		build = build_of(trees[0], opts)
		build.make("selftest")
		done = subprocess.run(
			[sys.executable, "-m", "unittest", "tests.test_runner"],
			cwd=os.path.join(ROOT, "tools"), check=False,
			stderr=subprocess.PIPE, text=True,
			env=dict(os.environ, PYTHONDONTWRITEBYTECODE="1",
				 LIBKERN_SELFTEST=build.path("libkern-selftest"),
				 LIBKERN_KUNIT_PY=":".join(
					 p for p in parsers if os.path.exists(p))))
		if done.returncode:
			sys.stderr.write(done.stderr[-8000:])
		ran = re.search(r"Ran (\d+) test", done.stderr)
		numbers = dict((k, int(v)) for k, v in re.findall(
			r"(failures|errors|skipped)=(\d+)", done.stderr))
		skipped = numbers.get("skipped", 0)
		failed = numbers.get("failures", 0) + numbers.get("errors", 0)
		failed = failed or int(done.returncode != 0)
		count = Count(max(int(ran.group(1) if ran else 0) - failed -
				  skipped, 0), failed, skipped)
		say("  %-50s %s" % (label_of(trees[0], build, "runner"), count))
		total.add(count)
	return total


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
		opts = options(args, quiet=True, **flags)
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


def finder(target, blocks):
	"""A judge: libkern exhaust up to @blocks finds a mutant, or is to miss it."""
	def found(build, name, rules, opts):
		rule = mutants.pick(rules, name, mutants.all_facts(build))
		binary = mutants.build(build, name, binary=target)
		words = [binary, "--jobs=%d" % opts.jobs, "--quiet=1",
			 "--blocks=%d" % blocks]
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
			   finder("exhaust-xfs", 2))


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
	group.__doc__ = module
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


def main(argv):
	"""Run the groups; the exit status is 1 when anything failed."""
	args = arguments(argv)
	os.environ.update(LIBKERN_OUT=args.out, LIBKERN_CC=args.cc)
	trees, total, bad = trees_of(args), Count(), []
	for name, function in groups().items():
		if args.groups and name not in args.groups:
			continue
		say("group %s" % name)
		begin = time.monotonic()
		try:
			count = function(args, trees)
		except Exception as err:	# pylint: disable=broad-except
			# a group that cannot run has failed, and the next runs
			say(str(err))
			if not isinstance(err, Stop):
				traceback.print_exc()
			count = Count(failed=1)
		if count.failed:
			bad.append(name)
		say("group %s: %s in %.1f s" % (name, count,
						time.monotonic() - begin))
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
