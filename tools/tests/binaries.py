# SPDX-License-Identifier: GPL-2.0-only
"""What the groups of make check share: build a binary of suites, run it, count."""

import argparse
import os
import sys

from iomap import stage
from kunit import run as running, worlds
from shim import config
from shim.build import Build
from tools.files import locked
from tools.stop import GOOD, say
from xfs_stub import stage as xfs_stage


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
		  "sanitize": [], "cc": args.cc, "warnings": "1e",
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
