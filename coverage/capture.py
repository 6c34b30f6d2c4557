# SPDX-License-Identifier: GPL-2.0-only
"""Counters of one run of the suites, as {file of the tree: info.File}."""

import os

from coverage import info
from coverage.lcov import Lcov, gcov_of
from kunit import run as running
from tools.stop import GOOD, Stop, UNTESTABLE, say

KTAP = "coverage.ktap"
# the tree's files, and the suites for what the tree's headers put into them
COUNTED = ("tree", "own/kunit", "xfs/tree", "xfs/own/kunit")


def counters(directory, suffix=".gcda"):
	"""The files of gcov below @directory."""
	return [os.path.join(parent, name)
		for parent, _, names in os.walk(directory)
		for name in names if name.endswith(suffix)]


def forget(directory):
	"""Remove the counters of runs before: gcov adds up."""
	for path in counters(directory):
		os.unlink(path)


def _of_tree(files, real, built):
	"""What of @files is of the tree @real, under its name there.

	Some kernels call their files by their names below the tree, which gcov
	then takes for names below @built.
	"""
	found = {}
	for name, counts in files.items():
		if built and name.startswith(built + "/") and \
		   not os.path.exists(name):
			name = os.path.join(real, os.path.relpath(name, built))
		if name.startswith(real + "/"):
			found.setdefault(name, info.File()).add(counts)
	return found


def collect(directories, compiler, real, into, built=None):
	"""Read the counters below @directories; what is of the tree @real.

	@built: the directory in which the compiler ran
	"""
	if not any(counters(directory) for directory in directories):
		raise Stop(UNTESTABLE, "nothing was counted: no program that was "
			   "built for coverage has written its counters below " +
			   ", ".join(directories))
	os.makedirs(into, exist_ok=True)
	raw = os.path.join(into, "raw.info")
	Lcov(into).capture(directories, gcov_of(compiler), raw)
	return _of_tree(info.read(raw), real, built)


def userspace(build, binary, part, args, into):
	"""Run the suites in userspace; (exit status, files).

	@part: what XFS has to do with it, as kunit/run.py has it
	"""
	forget(build.dir)
	log = build.path(KTAP)
	with open(log, "w", encoding="utf-8", errors="replace") as stream:
		status, results, seconds = running.execute_all(
			running.steps(binary, args, part), args,
			build.staged.real, stdout=stream)
	if results.summary is None:
		raise Stop(status if status > 0 else UNTESTABLE,
			   "the suites did not run to their end: see " + log)
	running.summary(build, args, results, seconds)
	if status != GOOD:
		say("a run that failed covers what it covers; KTAP in " + log)
	places = [build.path(os.path.join("obj", name)) for name in COUNTED]
	return status, collect([d for d in places if counters(d)] or places[:1],
			       build.variant.compiler, build.staged.real, into)
