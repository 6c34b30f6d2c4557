# SPDX-License-Identifier: GPL-2.0-only
"""Counters of the suites inside a kernel for UML, with gcov.

A kernel of its own beside that of libkern kunit, and begun with a copy of it
where there is one: only the objects under test count, and the link needs two things that UML does not do by itself. libgcov and
the kernel both have a mangle_path(), so a copy of libgcov takes another name;
and nobody would write the counters, since the destructor that does it is in a
section that UML's linker script does not collect.
"""

import os
import shutil

from coverage import capture
from kunit import arch as arches, kernel as kernels, ktap
from tools import proc
from tools.files import locked
from tools.stop import BAD, GOOD, Stop, UNTESTABLE, say

# of the tree's directories, what is under test there
COUNTED = {"fs/iomap": ("buffered-io", "ioend"), "mm": ("filemap",)}
# what is inlined early is counted with whoever calls it, if at all
FLAGS = "--coverage -fno-early-inlining"
CLASH = "mangle_path"
WANTED = ("__gcov_init", "__gcov_exit", "__gcov_merge_add")


def _libgcov(into):
	"""A copy of libgcov below @into that can be linked with a kernel."""
	status, out, _ = proc.output(["gcc", "-print-file-name=libgcov.a"])
	original = out.strip()
	if status or not os.path.isabs(original):
		raise Stop(UNTESTABLE, "gcc has no libgcov.a, without which no "
			   "kernel can count")
	if not shutil.which("objcopy"):
		raise Stop(UNTESTABLE, "there is no objcopy: run make deps")
	copy = os.path.join(into, "libgcov.a")
	if not os.path.exists(copy) or \
	   os.stat(copy).st_mtime < os.stat(original).st_mtime:
		status, _, err = proc.output(
			["objcopy", "--redefine-sym", "%s=libkern_%s" %
			 (CLASH, CLASH), original, copy])
		if status:
			raise Stop(UNTESTABLE, "objcopy cannot copy %s: %s" %
				   (original, err.strip()))
	return copy


class Counting(kernels.Kernel):
	"""A kernel whose objects under test count."""

	carrier_flags = " " + FLAGS

	def __init__(self, staged, args, command):
		super().__init__(staged, args, command, "-coverage")
		self.plain = kernels.Kernel(staged, args, command).dir

	def _begin_with_plain(self):
		"""Take over what libkern kunit has built: few objects differ."""
		if os.path.exists(os.path.join(self.dir, ".config")) or \
		   not os.path.exists(os.path.join(self.plain, "vmlinux")):
			return
		new = self.dir + ".new"
		shutil.rmtree(new, ignore_errors=True)
		with locked(self.plain + ".lock", self.plain):
			shutil.copytree(self.plain, new, symlinks=True)
		shutil.rmtree(self.dir, ignore_errors=True)
		os.rename(new, self.dir)

	def prepare(self):
		self._begin_with_plain()
		super().prepare()
		os.makedirs(self.given, exist_ok=True)
		# what UML has there, and then ours
		link = "LD_FLAGS_CMDLINE=$(foreach opt,$(KBUILD_LDFLAGS) " \
			"$(LDFLAGS_EXECSTACK),-Wl,$(opt)) -Wl,-fini=__gcov_exit %s %s" % (
			" ".join("-Wl,-u," + name for name in WANTED),
			_libgcov(self.given))
		self.options = [link] + ["CFLAGS_%s.o=%s" % (name, FLAGS)
					 for names in COUNTED.values()
					 for name in names]

	def directories(self):
		"""Where the counters lie."""
		return [os.path.join(self.dir, name) for name in COUNTED]


def run(staged, args, command, into):
	"""Run the suites in a kernel that counts; (exit status, files)."""
	arches.check_tree(arches.ALL[args.arch], staged.real)
	arches.check_tools(arches.ALL[args.arch])
	kernel = Counting(staged, args, command)
	with locked(kernel.dir + ".lock", kernel.dir):
		kernel.prepare()
		capture.forget(kernel.dir)
		suites = kernel.suites_from(kernel.run(args.glob), args.glob)
		failed = [suite.name for suite in suites if suite.failed()]
		say("%d passed, %d failed, %d skipped (%s, UML)" % (
			*(sum(suite.count(what) for suite in suites)
			  for what in (ktap.PASS, ktap.FAIL, ktap.SKIP)),
			staged.real))
		for name in failed:
			say("FAILED %s: a run that failed covers what it covers; "
			    "again: %s '%s'" % (name, command, name))
		files = capture.collect(kernel.directories(), "gcc", staged.real,
					into, kernel.dir)
	return BAD if failed else GOOD, files
