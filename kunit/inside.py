# SPDX-License-Identifier: GPL-2.0-only
"""libkern kunit: build a kernel, boot it, and lay its verdicts beside those of
userspace."""

import argparse
import os
import shlex
import subprocess
import sys
import time

from iomap import stage as staging
from kunit import arch as arches, kernel as kernels, ktap, lockcases, \
	run as running, worlds
from tools.files import locked
from tools.stop import BAD, GOOD, Stop, UNTESTABLE, USAGE, say

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def again(args, real):
	"""The front of the command that runs one case again.

	It is compiled in, so it does not depend on the working directory.
	"""
	words = [os.path.join(ROOT, "libkern"), "kunit", "--kdir", real]
	if args.out_given:
		words += ["-o", os.path.abspath(args.out)]
	if args.arch != "um":
		words += ["--arch", args.arch]
	# kunit.py takes a filter behind its own arguments
	return shlex.join(words + (["--"] + args.rest if args.rest else []))


def _userspace(args, build):
	"""The same suites in userspace: (as worlds.table() takes them, its lock
	cases), or None twice."""
	plain = argparse.Namespace(**vars(args))
	for name, value in (("page_size", arches.PAGE), ("sanitize", []),
			    ("m32", arches.ALL[args.arch].m32),
			    ("cc", "gcc"), ("warnings", ""), ("mutant", None),
			    ("seek", "tree"), ("timeout", None), ("list", False),
			    ("json", None), ("junit", None), ("quiet", True)):
		setattr(plain, name, value)
	try:
		done, binary = build(plain)
	except Stop as stop:
		say("no userspace to compare with: " + str(stop))
		return None, None
	_, results, _ = running.execute(binary, plain, done.staged.real,
					stdout=subprocess.DEVNULL)
	plain.glob = None
	return worlds.of_userspace(results.cases), \
		lockcases.Shim(binary, plain, done.staged.real)


def _failures(suites):
	for suite in suites:
		for (case, param), (status, why) in suite.results.items():
			if status == ktap.FAIL:
				yield suite.name + "." + case, param, why


def _summary(args, kernel, suites, seconds):
	"""Say how it went in the kernel; the counts of all cases."""
	shown = {}
	for name, param, why in _failures(suites):
		shown.setdefault(name, []).append((param, why))
	for name, cases in list(shown.items())[:running.SHOWN]:
		param, why = cases[0]
		say("FAILED %s%s%s" % (name, " [%s]" % param if param else "",
				       ": " + why if why else ""))
		say("again: %s '%s'" % (kernel.command, name))
	for suite in suites:
		for note in suite.notes:
			say("note: " + note)
		if not suite.complete:
			say("FAILED %s: the kernel did not come to its end: %s" %
			    (suite.name, suite.crash))
	reasons = [why for suite in suites for status, why in
		   suite.results.values() if status == ktap.SKIP]
	known = sum(why.startswith(worlds.FINDING) for why in reasons)
	say("%d passed, %d failed, %d skipped%s in %.1f s (%s, %s)" % (
		sum(s.count(ktap.PASS) for s in suites),
		sum(s.count(ktap.FAIL) for s in suites), len(reasons) - known,
		", %d known findings" % known if known else "", seconds,
		kernel.staged.real, kernel.label))


def _locks(glob, shim, kernel, suites, again):
	"""The lock cases of @glob in both worlds; those that do not agree."""
	if glob is None or shim is None:
		return []
	if any(suite.failed() for suite in suites):
		say("the lock cases wait until all suites pass")
		return []
	cases = lockcases.listed(shim.binary, glob)
	if not cases:
		raise Stop(USAGE, "the filter %s.%s matches no lock case" %
			   (lockcases.SUITE, glob))
	return lockcases.compare(cases, shim, lockcases.Kernel(kernel), again)


def main(args, real, out, build):
	"""The subcommand. @build: builds the userspace binary of its argument."""
	arch = arches.ALL[args.arch]
	arches.check_tree(arch, real)
	arches.check_tools(arch)
	base = staging.base_dir(real, out)
	with locked(os.path.join(base, "lock"), base):
		staged = staging.stage(real, out)
	begin = time.monotonic()
	locks, args.glob = lockcases.wanted(args.glob)
	kernel = kernels.Kernel(staged, args, again(args, real))
	with locked(kernel.dir + ".lock", kernel.dir):
		kernel.prepare()
		log = kernel.run(args.glob)
		if not log.planned and not log.suites:
			raise Stop(USAGE, "the filter %s matches no suite" % args.glob
				   if args.glob else "no suite is configured")
		suites = kernel.suites_from(log, args.glob)
	sys.stdout.write(ktap.document(suites))
	sys.stdout.flush()
	seconds = time.monotonic() - begin
	for line in log.stray:
		say("the kernel complained outside of any suite: " + line)
	user, shim = _userspace(args, build)
	# a .config may leave suites out of userspace
	whole = not args.glob and not args.rest and \
		not os.path.exists(os.path.join(out, ".config"))
	different = worlds.table(user, suites, arch.label, whole)
	with locked(kernel.dir + ".lock", kernel.dir):
		unlike = _locks(locks, shim, kernel, suites, kernel.command)
	_summary(args, kernel, suites, seconds)
	if any(suite.failed() for suite in suites) or log.stray:
		return BAD
	if different:
		say("shim and kernel disagree: one of the two is wrong")
		say("again: %s '%s'" % (kernel.command,
					different[0].split(" ")[0].rstrip(":")))
		return BAD
	if unlike:
		return BAD
	if user is None:
		say("the worlds have not been compared")
		return UNTESTABLE
	if not any(suite.count(ktap.PASS) or suite.count(ktap.SKIP)
		   for suite in suites):
		return UNTESTABLE
	return GOOD
