# SPDX-License-Identifier: GPL-2.0-only
"""lcov and genhtml: capture what gcov has counted, make the HTML report."""

import os
import re
import shlex
import shutil
import sys
import tempfile

from tools import proc
from tools.stop import Stop, UNTESTABLE

# lcov 1 and lcov 2 have other names for it
BRANCHES = ("lcov_branch_coverage=1", "branch_coverage=1")
# a branch that was reached, to see whether lcov keeps it
TRIAL = "TN:\nSF:%s\nBRDA:1,0,0,1\nBRF:1\nBRH:1\nDA:1,1\nLF:1\nLH:1\n" \
	"end_of_record\n"


def _run(words, what):
	"""Run lcov's program @words; Stop with its words if it fails."""
	status, out, err = proc.output(words)
	if status:
		sys.stderr.write(out + err)
		raise Stop(UNTESTABLE, "%s %s: its words are above" %
			   (words[0], what))
	return out


def gcov_of(compiler):
	"""The words of the gcov that reads what @compiler writes."""
	words = compiler.split()
	name = os.path.basename(words[0]) if words else ""
	if "clang" in name:
		version = re.search(r"-\d+$", name)
		tool = _beside(words[0], ["llvm-cov" + (version.group(0) if
					  version else ""), "llvm-cov"])
		if not tool:
			raise Stop(UNTESTABLE, "there is no llvm-cov, which counts "
				   "for %s: install llvm, or take gcc" % compiler)
		return [tool, "gcov"]
	if "gcc" not in name and name not in ("cc", "c99"):
		raise Stop(UNTESTABLE, "no gcov is known for the compiler %s: "
			   "take gcc or clang" % compiler)
	tool = _beside(words[0], [name.replace("gcc", "gcov"), "gcov"])
	if not tool:
		raise Stop(UNTESTABLE, "there is no gcov for %s: run make deps" %
			   compiler)
	return [tool]


def _named(gcov, scratch):
	"""The words @gcov as one program, which is what lcov takes."""
	if len(gcov) == 1:
		return gcov[0]
	script = os.path.join(scratch, "gcov")
	with open(script, "w", encoding="utf-8") as stream:
		stream.write('#!/bin/sh\nexec %s "$@"\n' % shlex.join(gcov))
	os.chmod(script, 0o755)
	return script


def check(compiler):
	"""Name what is missing before anything is built."""
	for name in ("lcov", "genhtml"):
		if not shutil.which(name):
			raise Stop(UNTESTABLE, "there is no %s: run make deps "
				   "(package lcov)" % name)
	gcov_of(compiler)


def _beside(compiler, names):
	for name in names:
		path = shutil.which(os.path.join(os.path.dirname(compiler), name)) \
			or shutil.which(name)
		if path:
			return path
	# clang itself is often a link into its own directory
	real = os.path.dirname(os.path.realpath(shutil.which(compiler) or ""))
	for name in names:
		path = os.path.join(real, name)
		if os.access(path, os.X_OK):
			return path
	return None


class Lcov:
	"""lcov as it is on this machine."""

	def __init__(self, scratch):
		self.flags = self._branches(scratch)

	@staticmethod
	def _branches(scratch):
		"""The option that switches branches on: found by trying."""
		with tempfile.TemporaryDirectory(dir=scratch) as where:
			def path(name):
				return os.path.join(where, name)
			with open(path("source.c"), "w", encoding="ascii") as s:
				s.write("int x;\n")
			with open(path("in.info"), "w", encoding="utf-8") as s:
				s.write(TRIAL % path("source.c"))
			for option in BRANCHES:
				out = path("out.info")
				_run(["lcov", "--quiet", "--rc", option, "-a",
				      path("in.info"), "-o", out], "does not work")
				with open(out, encoding="utf-8") as stream:
					if "BRDA" in stream.read():
						return ["--quiet", "--rc", option]
		raise Stop(UNTESTABLE, "this lcov does not count branches: it takes "
			   "none of " + ", ".join(BRANCHES))

	def capture(self, directories, gcov, to):
		"""Collect the counters below @directories into the file @to."""
		words = ["lcov", *self.flags, "--capture", "--gcov-tool",
			 _named(gcov, os.path.dirname(to)), "--output-file", to]
		for directory in directories:
			words += ["--directory", directory]
		_run(words, "cannot read the counters in " +
		     ", ".join(directories))

	def html(self, tracefile, real, title, into):
		"""The report on @tracefile as HTML; returns its first page."""
		shutil.rmtree(into, ignore_errors=True)
		_run(["genhtml", *self.flags, "--branch-coverage", "--legend",
		      "--title", title, "--prefix", real, "--output-directory",
		      into, tracefile], "cannot write " + into)
		return os.path.join(into, "index.html")
