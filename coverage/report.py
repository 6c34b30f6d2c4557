# SPDX-License-Identifier: GPL-2.0-only
"""libkern coverage: which lines and branches of the release path are reached."""

import os

from coverage import capture, diff, explain, info, kernel, lcov, table
from iomap import path as release_path, probe
from kunit import inside
from tools import mutants
from tools.stop import BAD, GOOD, Stop, UNTESTABLE, USAGE, put, say, worst
from xfs_stub import path as xfs_path

WORLDS = ("userspace", "uml", "merged")


def check(args):
	"""Refuse what does not go together, and name what is missing."""
	if (args.uml or args.merge) and (args.page_size not in (None, "4k") or
					 args.m32 or args.cc != "gcc"):
		raise Stop(USAGE, "--uml and --merge go with 4k pages, 64 bits and "
			   "gcc only, which is what a kernel is built with here")
	lcov.check(args.cc)
	explain.load(explain.RULES, explain.XFS_RULES)
	if args.diff is not None:
		diff.check_tools()


def worlds(args):
	"""The worlds whose counters @args ask for."""
	if args.merge:
		return WORLDS[:2]
	return WORLDS[1:2] if args.uml else WORLDS[:1]


def _without_xfs(part):
	"""Why XFS is not in the table; empty if it is."""
	if part is None:
		return "its suites run in userspace"
	return "" if part.binary else \
		part.reason or "none of its suites was asked for"


def facts_of(args, build, world):
	"""What the when of a rule of explained.rules may ask for."""
	return {**mutants.all_facts(build), "UML": world == "uml",
		"MERGED": world == "merged",
		"CLANG": "clang" in os.path.basename(args.cc)}


def _rows(args, build, part, world, files):
	"""(Rows of the release path, what they do not show and why)."""
	real, why = build.staged.real, _without_xfs(part)
	places = release_path.places(probe.Tree(real))
	rules = [explain.RULES]
	if not why:
		places = xfs_path.places(real) + places
		rules.append(explain.XFS_RULES)
	found = table.rows(places, files, real)
	idle = explain.sort_out(explain.load(*rules), facts_of(args, build, world),
				found)
	# of a few suites nobody expects that they reach all the rest
	for entry, words in idle if args.glob is None else ():
		say("%s explains nothing in this tree: %s" % (entry.place, words))
	return found, {"XFS": why} if why else {}


def _enough(args, run, total, what):
	"""Compare the lines that were @run with --fail-under; the exit status."""
	if args.fail_under is None or \
	   table.percent(run, total) >= args.fail_under:
		return GOOD
	say("%d of %d lines of %s were run, %s: less than the %s %% of "
	    "--fail-under" % (run, total, what, table.share(run, total),
			      repr(args.fail_under).removesuffix(".0")))
	return BAD


def report(args, build, part, captured):
	"""Write and print what was @captured: {world: (status, files)}.

	@part: what XFS has to do with it; None if userspace did not run
	Returns libkern's exit status.
	"""
	real = build.staged.real
	world = "merged" if args.merge else worlds(args)[0]
	into = build.path(os.path.join("report", world))
	os.makedirs(into, exist_ok=True)
	files = info.merge(captured["userspace"][1], captured["uml"][1]) \
		if args.merge else captured[world][1]
	tracefile = os.path.join(into, "libkern.info")
	info.write(tracefile, files, "libkern")
	found, without = _rows(args, build, part, world, files)
	run, total, _, _ = table.reached(found)
	if not run:
		raise Stop(UNTESTABLE, "nothing is covered: no line of the release "
			   "path was run%s" % (" by " + args.glob if args.glob
					       else ""))
	page = lcov.Lcov(into).html(tracefile, real, "libkern coverage (%s)" % world,
			       os.path.join(into, "html"))
	out = ["coverage of %s (%s)" % (real, world)]
	out += table.text(found, files, without) + table.missed(found)
	out += ["HTML: " + page]
	what = "the release path"
	if args.diff is not None:
		words, run, total = diff.report(args.diff, real, tracefile, into)
		out += words
		what = args.diff
	put("\n".join(out))
	status = worst(status for status, _ in captured.values())
	if part and part.status != GOOD:
		say(part.words)
		say("XFS could not be tested and is not counted")
		status = worst((status, part.status))
	if not total:
		say("nothing is covered: among the lines of %s there is no code "
		    "that libkern compiles" % what)
		return worst((status, UNTESTABLE))
	return worst((status, _enough(args, run, total, what)))


def _defaults(args):
	"""What other subcommands have flags for and this one decides."""
	for name, value in (("coverage", True), ("sanitize", []), ("mutant", None),
			    ("warnings", ""), ("seek", "tree"), ("list", False),
			    ("arch", "um"), ("rest", []),
			    ("timeout", None), ("json", None), ("junit", None)):
		setattr(args, name, value)


def main(args, real, prepared, build):
	"""The subcommand on the tree @real.

	@prepared: makes a Build and builds nothing
	@build: makes one and calls its second argument, as kunit/run.py has it
	"""
	_defaults(args)
	if args.diff is not None:
		diff.check(args.diff, real, probe.Tree(real).files)
	captured = {}

	def user(done, binary, part):
		captured["userspace"] = capture.userspace(
			done, binary, part, args, done.path("report/userspace"))
		return done, part

	done, part = build(args, user) if "userspace" in worlds(args) else \
		(prepared(args), None)
	if "uml" in worlds(args):
		captured["uml"] = kernel.run(
			done.staged, args, inside.again(args, real),
			done.path("report/uml"))
	return report(args, done, part, captured)
