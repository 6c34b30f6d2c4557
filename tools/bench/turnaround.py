# SPDX-License-Identifier: GPL-2.0-only
"""From one changed line in buffered-io.c to the verdict.

Times alone say more of the machine than of libkern, so each is also given as
a ratio to what cannot be saved: compiling that one file and linking, by the
same commands, in the same run.
"""

import os
import shutil
import statistics
import subprocess
import sys
import time

from iomap import kdir, probe, stage
from shim import config
from shim.build import Build
from tools import commands, proc
from tools.files import locked, room
from tools.stop import GOOD, Stop, UNTESTABLE, say

ROUNDS = 5
FILE = probe.BUFFERED
TARGETS = (("change to verdict", 2.0, "s"), ("suites alone", 1.0, "s"),
	   ("peak memory of the suites", 200.0, "MB"))


def _copy(real, into):
	"""A copy of the files that libkern reads, as KDIR is not ours."""
	shutil.rmtree(into, ignore_errors=True)
	for name in probe.Tree(real).files:
		target = os.path.join(into, name)
		os.makedirs(os.path.dirname(target), exist_ok=True)
		shutil.copyfile(os.path.join(real, name), target)
	return kdir.check(into)


def timed(argv, **kwargs):
	"""(seconds, peak resident MB of it and its children, exit status)."""
	begin = time.monotonic()
	child = proc.start(argv, stdout=subprocess.DEVNULL,
			   stderr=subprocess.DEVNULL, **kwargs)
	_, status, usage = os.wait4(child.pid, 0)
	child.returncode = os.waitstatus_to_exitcode(status)
	return (time.monotonic() - begin, usage.ru_maxrss / 1024,
		child.returncode)


def _commands(build):
	"""The shell commands that compile FILE and link, as make has them."""
	status, out, err = proc.output(
		["make", "-f", os.path.join(commands.ROOT, "shim/build.mk"), "-C",
		 build.dir, "--no-print-directory", "-n", "V=1", "-W",
		 os.path.join(build.staged.stage, FILE), "iomap"])
	if status:
		raise Stop(UNTESTABLE, "make -n failed: " + err)
	return "set -e\n" + out


def _build(real, out, args):
	opts = args
	base = stage.base_dir(real, out)
	with locked(os.path.join(base, "lock"), base):
		build = Build(stage.stage(real, out), config.variant(out, opts),
			      opts)
		build.prepare()
		build.make("iomap")
	return build


def _round(number, build, args, script):
	"""One round: (baseline, build, run, peak MB), in seconds."""
	with open(os.path.join(build.staged.real, FILE), "a",
		  encoding="utf-8") as stream:
		stream.write("/* round %d */\n" % number)
	words = [sys.executable, os.path.join(commands.ROOT, "libkern"), "build",
		 "--kdir", build.staged.real, "-o", args.out, "--quiet", "--cc",
		 args.cc, "-j", str(args.jobs)]
	if args.page_size:
		words += ["--page-size", args.page_size]
	if args.sanitize is not None:
		words += ["--sanitize", ",".join(args.sanitize)]
	if args.m32:
		words.append("--m32")
	built, _, status = timed(words)
	if status:
		raise Stop(UNTESTABLE, "the build failed: " + " ".join(words))
	run, peak, status = timed([build.path("libkern-iomap"), "--jobs",
				   str(args.jobs)])
	if status not in (0, 1):
		raise Stop(UNTESTABLE, "the suites ended with %d" % status)
	base, _, status = timed(["sh", "-c", script], cwd=build.dir)
	if status:
		raise Stop(UNTESTABLE, "the compiler failed on its own")
	return base, built, run, peak


def main(args):
	"""libkern bench"""
	real, out = commands.tree(args)
	args.out = out
	copy = _copy(real, os.path.join(room(out, "bench"), os.path.basename(real)))
	build = _build(copy, out, args)
	script = _commands(build)
	rounds = [_round(n, build, args, script) for n in range(ROUNDS)]
	base, built, run, peak = [statistics.median(column)
				  for column in zip(*rounds)]
	print("# %s, %s, %s; medians of %d rounds" %
	      (real, build.variant.name, build.variant.compiler, ROUNDS))
	print("%-28s %6.2f s" % ("compile and link one file", base))
	print("%-28s %6.2f s   ratio %.2f" % ("build after one line", built,
					     built / base))
	print("%-28s %6.2f s   ratio %.2f" % ("suites alone", run, run / base))
	print("%-28s %6.2f s   ratio %.2f" % ("change to verdict", built + run,
					     (built + run) / base))
	print("%-28s %6.0f MB" % ("peak memory of the suites", peak))
	figures = (built + run, run, peak)
	for (what, limit, unit), figure in zip(TARGETS, figures):
		if figure > limit:
			say("%s: %.1f %s, and the aim is %.0f %s" %
			    (what, figure, unit, limit, unit))
	return GOOD
