# SPDX-License-Identifier: GPL-2.0-only
"""Groups of make check: the suites, in every variant of their binaries."""

import os
import re
import subprocess
import sys

from tests.binaries import Count, build_of, execute, label_of, options, run_one
from tools.files import write_changed
from tools.stop import BAD, Stop, say

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
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
XFS_MATRIX = ({}, {"m32": True}, {"page_size": "16k"}, {"page_size": "64k"},
	      {"sanitize": BOTH}, {"cc": "clang"})


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
