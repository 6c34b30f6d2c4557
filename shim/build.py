# SPDX-License-Identifier: GPL-2.0-only
"""Builds the test binaries of one tree and one variant through build.mk.

Make does the work. This file tells it what to build and, when it fails, says
whose fault it is: the tree's, something that the shim lacks, or libkern's own.
"""

import glob
import os
import re
import shlex
import sys

from tools import proc
from tools.files import write_changed
from tools.stop import Stop, UNTESTABLE

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

_IMPLICIT = re.compile(r"^(.+?):(\d+):\d+: (?:fatal )?error: "
		       r"(?:implicit declaration of|call to undeclared) "
		       r"(?:library )?function '(\w+)'")
_HEADER = re.compile(r"^(.+?):(\d+):\d+: fatal error: "
		     r"(?:'([^']+)' file not found|(\S+): No such file)")
_ERROR = re.compile(r"^(.+?):(\d+):\d+: (?:fatal )?error: (.*)")
_UNRESOLVED = re.compile(r"^(?:\S*ld(?:\.\w+)?: )?(.*?):?(?:(\d+)|\(\.[^)]*\)): "
			 r"undefined reference to [`'](\w+)'")
_NO_SPACE = re.compile(r"No space left on device|Disk quota exceeded|"
		       r"File too large|File size limit exceeded")
_NOTHING = re.compile(r"^make(?:\[\d+\])?: (?:Nothing to be done|.*is up to date)")
_PROGRESS = re.compile(r"^  [A-Z]+ +\S")


class NotBuilt(Stop):
	"""Make has failed; @said: the lines of it, without its progress."""

	def __init__(self, text, said):
		super().__init__(UNTESTABLE, text)
		self.said = said


class Build:
	"""One tree (a Staged) in one variant, and where its binaries are."""

	def __init__(self, staged, variant, options, xfs=None):
		self.staged = staged
		self.xfs = xfs		# fs/xfs staged, or None
		self.variant = variant
		self.options = options
		self.dir = os.path.join(staged.base, variant.name)

	def path(self, name):
		"""Path of the file @name of this variant."""
		return os.path.join(self.dir, name)

	def _flags(self):
		facts, variant = self.staged.facts, self.variant
		compiler = variant.compiler.split()
		try:
			status, out, err = proc.output(
				compiler + ["-print-file-name=include"])
		except (FileNotFoundError, PermissionError, IndexError):
			raise Stop(UNTESTABLE, "there is no compiler %s: run make "
				   "deps, or name one with --cc (CC= for make)" %
				   variant.compiler) from None
		if status:
			raise Stop(UNTESTABLE, "the compiler %s does not work: %s" %
				   (variant.compiler, err.strip()))
		return {
			"ROOT": ROOT, "BASE": self.staged.base,
			"CC": variant.compiler, "CC_INCLUDE": out.strip(),
			"BITS": variant.bits, "STD": facts["STD"],
			"SANITIZE": ",".join(variant.sanitizers),
			"COVERAGE": "y" if variant.coverage else "",
			"TREE_FILES": self._tree_files(),
			"UNSIGNED_CHAR": int(facts["UNSIGNED_CHAR"]),
			"MS_EXTENSIONS": int(facts["MS_EXTENSIONS"]),
			"W": self.options.warnings,
		}

	def _tree_files(self):
		"""What matches the names of the tree's files, for shell and make."""
		if not self.variant.coverage:
			return ""
		pattern = "^" + re.escape(self.staged.real + "/")
		return shlex.quote(pattern).replace("$", "$$").replace("#", "\\#")

	@staticmethod
	def _listed(*patterns):
		names = []
		for pattern in patterns:
			names += glob.glob(os.path.join(ROOT, pattern))
		return " ".join(sorted(os.path.relpath(n, ROOT) for n in names))

	def _xfs_files(self):
		"""For the targets xfs and xfs-mutant; the others ignore it."""
		return {
			"XFS_C": " ".join(self.xfs.sources),
			"XFS_STUB_C": self._listed("xfs_stub/*.c"),
			"XFS_KUNIT_C": self._listed("kunit/xfs/*.c"),
			"EXPLORE_XFS_C": self._listed("tools/explore/xfs/*.c"),
			"RACE_XFS_C": self._listed("tools/explore/race/xfs/*.c"),
		}

	def _files(self):
		listed = self._listed
		kunit = " ".join(name for name in listed("kunit/*.c").split()
				 if not name.endswith("_kernel.c"))
		return {
			"TREE_C": " ".join(self.staged.sources),
			"SHIM_C": listed("shim/model/*.c", "shim/stub/*.c",
					 "shim/kunit/*.c"),
			"HOST_C": listed("shim/host/*.c"),
			"KUNIT_C": kunit,
			"SELFTEST_C": listed("shim/selftest/*.c"),
			"SHIMTEST_C": listed("shim/tests/*.c"),
			"THREADS_C": listed("shim/threads/*.c"),
			"EXPLORE_C": listed("tools/explore/*.c"),
			"EXPLORE_HOST_C": listed("tools/explore/host/*.c"),
			"RACE_C": listed("tools/explore/race/*.c"),
			"RACE_HOST_C": listed("tools/explore/race/host/*.c"),
			"STRESS_C": listed("tools/explore/race/stress/*.c"),
			"STRESS_HOST_C": listed("tools/explore/race/stress/host/*.c"),
		}

	def prepare(self):
		"""Write what the makefile reads; untouched where unchanged."""
		self.variant.write(self.path("gen"))
		written = [("flags.mk", self._flags()),
			   ("files.mk", self._files())]
		if self.xfs:
			written.append(("xfs.mk", self._xfs_files()))
		for name, values in written:
			text = "".join("%s := %s\n" % item
				       for item in values.items())
			write_changed(self.path(name), os.fsencode(text))

	def make(self, *words, show=True):
		"""Run make on targets and settings @words, or raise Stop(125).

		@show: pass on what it says
		"""
		argv = ["make", "-f", os.path.join(ROOT, "shim/build.mk"),
			"-C", self.dir, "-j%d" % self.options.jobs,
			"--output-sync=target", "--no-print-directory",
			"--keep-going", *words]
		if self.options.verbose:
			argv.append("V=1")
		env = {name: value for name, value in os.environ.items()
		       if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "CC",
				       "CFLAGS", "OPT", "EDITED_OPT", "OUT", "OBJ", "W", "V")}
		env["LC_ALL"] = "C"
		said = []
		try:
			with proc.running(argv, env=env, stdout=proc.PIPE,
					  stderr=proc.STDOUT, text=True,
					  errors="surrogateescape") as child:
				for line in child.stdout:
					said.append(line.rstrip("\n"))
					if show:
						self._show(line)
		except FileNotFoundError:
			raise Stop(UNTESTABLE, "make is missing: run apt-get "
				   "install make") from None
		if child.returncode:
			raise NotBuilt(self.diagnose(said), [
				line for line in said if not _PROGRESS.match(line)])

	def _show(self, line):
		"""Pass on a line of make, but for progress under --quiet."""
		if _NOTHING.match(line) or \
		   self.options.quiet and _PROGRESS.match(line):
			return
		sys.stderr.write(line)
		sys.stderr.flush()

	def _original(self, path):
		"""@path as a person knows it: in the tree or in the checkout."""
		real = os.path.normpath(os.path.join(self.dir, path))
		for stage in ("stage/", "xfs/stage/"):
			stage = os.path.join(self.staged.base, stage)
			if real.startswith(stage):
				return os.path.join(self.staged.real,
						    real[len(stage):])
		m = re.search(r"(?:^|/)obj/(?:xfs/)?(tree|own|host)/(.*)\.o(?:\.new)?$",
			      path)
		if m:
			top = self.staged.real if m.group(1) == "tree" else ROOT
			return os.path.join(top, m.group(2) + ".c")
		return real

	def _place(self, path, line):
		"""(is it the tree's?, "FILE:LINE") of a place in the output."""
		path = self._original(path)
		theirs = path.startswith(self.staged.real + "/")
		top = self.staged.real if theirs else ROOT
		if path.startswith(top + "/"):
			path = os.path.relpath(path, top)
		return theirs, "%s:%s" % (path, line) if line else path

	def diagnose(self, said):
		"""What went wrong, from the lines that make and the compiler said."""
		if any(_NO_SPACE.search(line) for line in said):
			return "no space left in %s; nothing half written will " \
				"be used" % self.dir
		lacks, wrong = {}, {}
		for line in said:
			m = _HEADER.match(line)
			name = m and (m.group(3) or m.group(4))
			if not m:
				m = _IMPLICIT.match(line) or _UNRESOLVED.match(line)
				name = m and m.group(3)
			if m:
				theirs, place = self._place(m.group(1), m.group(2))
				kind = lacks if theirs else wrong
				kind.setdefault(name, place)
				continue
			m = _ERROR.match(line)
			if m:
				theirs, place = self._place(m.group(1), m.group(2))
				wrong.setdefault((theirs, ""), place)
		# all headers without a directory that fs/xfs wants are its own
		out = ["the %s lacks %s, which %s wants" %
		       ("tree" if place.startswith("fs/xfs/") and
			re.match(r"[^/]+\.h$", name) else "shim", name, place)
		       for name, place in lacks.items()]
		for key, place in wrong.items():
			if key == (True, ""):
				out.append("%s of the tree %s does not compile "
					   "(see above): it is broken there, or "
					   "wants what the shim lacks" %
					   (place, self.staged.real))
			elif key == (False, ""):
				out.append("%s: libkern's own code does not build "
					   "against this tree: a bug in libkern" %
					   place)
			elif key not in lacks:
				out.append("%s: libkern's own code wants %s, which "
					   "is nowhere: a bug in libkern" %
					   (place, key))
		return "\nlibkern: ".join(out or ["the build failed: make's words "
						  "are above"])
