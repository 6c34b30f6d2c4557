# SPDX-License-Identifier: GPL-2.0-only
"""libkern coverage: which lines and branches of the release path are reached."""

import os

from coverage import capture, diff, explain, info, kernel, lcov, table
from iomap import path as release_path, probe
from kunit import inside
from tools.stop import BAD, Stop, UNTESTABLE, USAGE, put, say, worst

WORLDS = ("userspace", "uml", "merged")


def check(args):
	"""Refuse what does not go together, and name what is missing."""
	if (args.uml or args.merge) and (args.page_size not in (None, "4k") or
					 args.m32 or args.cc != "gcc"):
		raise Stop(USAGE, "--uml and --merge go with 4k pages, 64 bits and "
			   "gcc only, which is what a kernel is built with here")
	lcov.check(args.cc)
	if args.diff is not None:
		diff.check_tools()


def worlds(args):
	"""The worlds whose counters @args ask for."""
	if args.merge:
		return WORLDS[:2]
	return WORLDS[1:2] if args.uml else WORLDS[:1]


def report(args, build, captured):
	"""Write and print what was @captured: {world: (status, files)}.

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
	tree = probe.Tree(real)
	places = release_path.places(tree)
	found = table.rows(places, files, real)
	lines, all_lines, _, _ = table.reached(found)
	if not lines:
		raise Stop(UNTESTABLE, "nothing is covered: no line of the release "
			   "path was run%s" % (" by " + args.glob if args.glob
					       else ""))
	explain.sort_out(explain.load(), tree, build.staged.facts,
			 [row for row in found if row])
	page = lcov.Lcov(into).html(tracefile, real, "libkern coverage (%s)" % world,
			       os.path.join(into, "html"))
	out = ["coverage of %s (%s)" % (real, world)]
	out += table.text(places, found, files) + table.missed(found)
	out += ["HTML: " + page]
	share, what = table.percent(lines, all_lines), "the release path"
	if args.diff is not None:
		words, share = diff.report(args.diff, real, tracefile, into)
		out += words
		what = "the lines of " + args.diff
	put("\n".join(out))
	status = worst(status for status, _ in captured.values())
	if share is None:
		say("nothing is covered: among %s there is no code that "
		    "libkern compiles" % what)
		return worst((status, UNTESTABLE))
	if args.fail_under is not None and share < args.fail_under:
		say("%.1f %% of %s were run: less than the %g %% of --fail-under" %
		    (share, what, args.fail_under))
		return BAD
	return status


def _defaults(args):
	"""What other subcommands have flags for and this one decides."""
	for name, value in (("coverage", True), ("sanitize", []), ("mutant", None),
			    ("warnings", ""), ("seek", "tree"), ("list", False),
			    ("arch", "um"), ("rest", []),
			    ("timeout", None), ("json", None), ("junit", None)):
		setattr(args, name, value)


def main(args, real, prepared, build):
	"""The subcommand on the tree @real.

	@prepared: makes a Build and builds nothing; @build: as commands.built()
	"""
	_defaults(args)
	if args.diff is not None:
		diff.check(args.diff, real, probe.Tree(real).files)
	captured = {}

	def user(done, binary):
		captured["userspace"] = capture.userspace(
			done, binary, args, done.path("report/userspace"))
		return done

	done = build(args, user) if "userspace" in worlds(args) else prepared(args)
	if "uml" in worlds(args):
		captured["uml"] = kernel.run(
			done.staged, args, inside.again(args, real),
			done.path("report/uml"))
	return report(args, done, captured)
