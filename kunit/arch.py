# SPDX-License-Identifier: GPL-2.0-only
"""The kernels that libkern kunit and libkern fidelity can build, one by one."""

import dataclasses
import os
import re
import shutil

from tools import proc
from tools.files import read_bytes
from tools.stop import Stop, UNTESTABLE

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
KUNIT_PY = "tools/testing/kunit/kunit.py"
HOSTS = ("x86_64", "i686")
TOOLS = ("make", "gcc", "flex", "bison", "bc")
SHM, SHM_NEEDED = "/dev/shm", 256 << 20	# what UML keeps its memory in
PAGE = "4k"		# of every kernel here


@dataclasses.dataclass(frozen=True)
class Arch:
	"""One kernel.

	@name: as --arch and kunit.py have it; names the build directory too
	@label: for people
	@needs: {file or directory of the tree: what it is}
	@config: the files of kunit/ that go into its configuration
	@qemu: program that runs it, None where it runs by itself
	@headers: of this machine, which the tree's own tools include
	@m32: a 32-bit kernel, to be compared with 32-bit userspace
	@timeout: seconds that one boot may take
	@sample: scenarios of libkern fidelity in one boot
	@splits: it has transparent huge pages, so truncation splits large folios
	@exact: what it copies from user memory ends at the last byte there
	"""
	name: str
	label: str
	needs: dict
	config: tuple
	qemu: str = None
	headers: tuple = ()
	m32: bool = False
	timeout: int = 300
	sample: int = 1 << 20
	splits: bool = False
	exact: bool = True

	@property
	def dir(self):
		"""Name of the build directory; "uml" was there first."""
		return "uml" if self.name == "um" else self.name


_BASE = (".kunitconfig",)
_X86 = {"arch/x86": "that is x86"}
ALL = {arch.name: arch for arch in (
	Arch("um", "UML", {"arch/um": "that is User-Mode Linux"}, _BASE),
	Arch("x86_64", "x86_64", {
		**_X86, "tools/testing/kunit/qemu_configs/x86_64.py":
		"with which kunit.py runs QEMU since Linux 5.15"},
	     _BASE + ("qemu.config", "x86_64.config"), "qemu-system-x86_64",
	     headers=("gelf.h",), timeout=3600, sample=20000, splits=True),
	Arch("i386", "i386", {
		**_X86, "tools/testing/kunit/qemu_configs/i386.py":
		"with which kunit.py runs QEMU since Linux 5.15"},
	     _BASE + ("qemu.config",), "qemu-system-i386", m32=True,
	     timeout=3600, sample=20000, exact=False),
)}
NAMES = tuple(ALL)


def check_tree(arch, real):
	"""Say what is missing for a kernel @arch in the tree @real, if anything is."""
	def stop(what):
		raise Stop(UNTESTABLE, "%s %s\nlibkern: libkern run needs neither "
			   "a kernel nor kunit.py" % (real, what))
	if not os.path.isfile(os.path.join(real, KUNIT_PY)):
		stop("has no %s: it is older than Linux 5.5 or not complete; "
		     "take a whole tree" % KUNIT_PY)
	for name, what in arch.needs.items():
		if not os.path.exists(os.path.join(real, name)):
			stop("has no %s, %s: take a whole tree" % (name, what))
	for name in ("Kconfig", "Makefile", "init", "kernel", "mm", "drivers"):
		if not os.path.exists(os.path.join(real, name)):
			stop("has no %s: to build a kernel takes a whole tree" %
			     name)
	for name in (".config", "include/config", "include/generated"):
		if os.path.exists(os.path.join(real, name)):
			stop("has been built in (%s is there), and kbuild builds "
			     "elsewhere from clean trees only: make mrproper "
			     "there, or take a git worktree of it" % name)
	if re.search(r"[\s:]", real):
		stop("has a blank or a colon in its path, with which kbuild "
		     "cannot work: take a symbolic link's target elsewhere")
	if os.uname().machine not in HOSTS:
		stop("cannot be built for %s on %s: it wants x86" %
		     (arch.label, os.uname().machine))


def check_tools(arch):
	"""Name what a kernel build and its run need and what is missing."""
	missing = [name for name in TOOLS + ((arch.qemu,) if arch.qemu else ())
		   if not shutil.which(name)]
	missing += [name for name in ([] if missing else arch.headers)
		    if proc.output(["gcc", "-E", "-x", "c", "-include", name,
				    os.devnull])[0]]
	if missing:
		raise Stop(UNTESTABLE, "a kernel for %s cannot be built and run "
			   "without %s: run make deps" %
			   (arch.label, ", ".join(missing)))


def kunitconfig(arch, real):
	"""The configuration, and what only some trees have."""
	text = b"".join(read_bytes(os.path.join(ROOT, "kunit", name))
			for name in arch.config)
	own = read_bytes(os.path.join(real, "arch/um/Kconfig"))
	# without a preempt count nobody knows what must not sleep
	if arch.qemu or own is not None and b"ARCH_NO_PREEMPT" not in own:
		text += b"CONFIG_DEBUG_ATOMIC_SLEEP=y\n"
	return text


def shm_trouble():
	"""Why UML cannot keep its memory where it would, or ""."""
	try:
		stat = os.statvfs(SHM)
	except OSError:
		return "there is no " + SHM
	if stat.f_flag & os.ST_NOEXEC:
		return SHM + " is mounted noexec"
	if stat.f_bavail * stat.f_frsize < SHM_NEEDED:
		return "%s has less than %d MiB left" % (SHM, SHM_NEEDED >> 20)
	return ""
