# SPDX-License-Identifier: GPL-2.0-only
"""The suites inside a kernel, through the tree's own, unmodified kunit.py.

The tree is only read. What a kernel wants to be told comes in from outside: a
top Kconfig in the build directory that sources kunit/Kconfig, and one C file
that includes the suites, which the compiler includes into iter.o of fs/iomap.
That object is small and its static names are few, and buffered-io.o, the file
under test, stays what it is.
"""

import contextlib
import os
import re
import signal
import sys
import threading

from kunit import arch as arches, ktap, machine
from kunit.progress import Progress
from tools import proc
from tools.files import read_bytes, write_changed
from tools.stop import Stop, UNTESTABLE, USAGE, say

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CARRIER = "iter"		# the object of fs/iomap that takes the suites in

# flags of kunit.py that would lead past what is read here
REFUSED = {"--build_dir": "give the build directory with -o",
	   "--arch": "give it before the --",
	   "--qemu_config": "the tree's own for --arch is taken",
	   "--run_isolated": "libkern boots afresh where that is needed",
	   "--list_tests": "libkern run --list shows them",
	   "--list_tests_attr": "libkern run --list shows them"}
# those that every boot wants to know, with the number of words behind each
EXEC = {"--timeout": 1, "--kernel_args": 1, "--qemu_args": 1}
BUILD = {"--make_options": 1, "--kconfig_add": 1, "--jobs": 1,
	 "--kunitconfig": 1, "--cross_compile": 1, "--qemu_args": 1}

# settings of make that have it build elsewhere, maybe in the tree
_ELSEWHERE = re.compile(r"(?:O|KBUILD_OUTPUT)\s*:?=")

_ERROR = re.compile(r"(?:ERROR:root:)?(/\S+?|\S+?\.[chS]):(\d+):(?:\d+:)? "
		    r"(?:fatal )?error: (.*)")
_NO_SPACE = re.compile(r"No space left on device|Disk quota exceeded")


def _in_full(flag):
	"""@flag, or which of those that matter here kunit.py may take it for."""
	known = sorted({*REFUSED, *EXEC, *BUILD, "--json"})
	if flag in known or not flag.startswith("--") or flag == "--":
		return flag
	return next((name for name in known if name.startswith(flag)), flag)


def check_rest(rest, real):
	"""What follows "--", made safe: for kunit.py runs inside the tree."""
	out = []
	for word in rest:
		flag, equals, value = word.partition("=")
		before = out[-1] if out else ""
		if _in_full(flag) != flag:
			raise Stop(USAGE, "%s: write %s in full" %
				   (flag, _in_full(flag)))
		if _ELSEWHERE.match(value if flag == "--make_options" else
				    word if before == "--make_options" else ""):
			raise Stop(USAGE, "%s cannot be passed to make here: %s" %
				   (word, REFUSED["--build_dir"]))
		if flag in REFUSED:
			raise Stop(USAGE, "%s cannot be passed to kunit.py here: %s" %
				   (flag, REFUSED[flag]))
		if flag == "--json" and equals and value != "stdout":
			value = os.path.abspath(value)
			if os.path.realpath(value).startswith(real + "/"):
				raise Stop(USAGE, "%s lies inside the kernel tree "
					   "%s, which is never written to" %
					   (value, real))
			word = flag + equals + value
		out.append(word)
	return out


def only(rest, flags):
	"""Those words of @rest that are among @flags, with the words behind them."""
	out, words = [], iter(rest)
	for word in words:
		flag = word.partition("=")[0]
		if flag in flags:
			out.append(word)
			out += [next(words, "") for _ in range(flags[flag])
				if word == flag]
	return out


def sources():
	"""[(file, CONFIG symbol or None)] as kunit/Makefile lists them."""
	with open(os.path.join(ROOT, "kunit/Makefile"), encoding="ascii") as stream:
		text = stream.read().replace("\\\n", " ")
	found = []
	for m in re.finditer(r"(?m)^delalloc-(?:y|\$\((\w+)\))\s*\+?:?=\s*(.*)$",
			     text):
		found += [(name[:-2] + ".c", m.group(1))
			  for name in m.group(2).split()]
	return found


@contextlib.contextmanager
def _limited(child, seconds):
	"""Kill @child and what it started when @seconds are over; None: never."""
	timer = threading.Timer(seconds or 0, os.killpg,
				(child.pid, signal.SIGKILL))
	if seconds:
		timer.daemon = True
		timer.start()
	try:
		yield
	finally:
		timer.cancel()


class Kernel:
	"""One tree's kernel for one architecture, and where it is built.

	@staged: the tree with its facts
	@command: what runs one of the suites again
	@suffix: of the name of its directory
	"""

	carrier_flags = ""	# more flags of the compiler for the suites
	options = ()		# more settings for make

	def __init__(self, staged, args, command, suffix=""):
		self.staged = staged
		self.args = args
		self.arch = arches.ALL[args.arch]
		self.dir = os.path.join(staged.base, self.arch.dir + suffix)
		self.given = self.dir + "-in"
		self.command = command
		self.rest = check_rest(args.rest, staged.real)
		self.accel = None
		self.label = self.arch.label
		self.said = []

	def prepare(self):
		"""Write what comes into the kernel from outside."""
		real, gen = self.staged.real, os.path.join(self.staged.base, "gen")
		top = read_bytes(os.path.join(real, "Kconfig"))
		top += b'\nsource "%s"\n' % os.fsencode(
			os.path.join(ROOT, "kunit/Kconfig"))
		lines = ["/* Written by libkern: the suites for %s.o. */" % CARRIER,
			 '#include "%s/libkern-facts.h"' % gen,
			 '#define WORLD_COMMAND "%s"' %
			 self.command.replace("\\", "\\\\").replace('"', '\\"')]
		for name, symbol in sources():
			include = '#include "%s/kunit/%s"' % (ROOT, name)
			lines += ["#ifdef " + symbol, include, "#endif"] \
				if symbol else [include]
		write_changed(os.path.join(self.given, "Kconfig"), top)
		write_changed(os.path.join(self.given, "suites.c"),
			      os.fsencode("\n".join(lines) + "\n"))
		write_changed(os.path.join(self.given, "kunitconfig"),
			      arches.kunitconfig(self.arch, real))
		os.makedirs(self.dir, exist_ok=True)

	def _words(self, verb):
		words = [sys.executable, arches.KUNIT_PY, verb, "--build_dir",
			 self.dir] + machine.words(self.arch, self.accel)
		if verb != "build":
			words += ["--timeout", str(self.arch.timeout)]
		if verb == "exec":
			return words
		flags = "-I%s/iomap -I%s/kunit -include %s/suites.c%s" % (
			ROOT, ROOT, self.given, self.carrier_flags)
		for option in self.options:
			words += ["--make_options", option]
		return words + [
			"--kunitconfig", os.path.join(self.given, "kunitconfig"),
			"--jobs", str(self.args.jobs), "--make_options",
			"KBUILD_KCONFIG=%s/Kconfig" % self.given,
			"--make_options", "CFLAGS_%s.o=%s" % (CARRIER, flags)]

	def by_hand(self):
		"""What Documentation/kunit.rst has people type, as words."""
		return self._words("run")

	def environment(self):
		"""The environment without what would steer the build."""
		drop = ("ARCH", "SUBARCH", "CROSS_COMPILE", "MAKEFLAGS", "MFLAGS",
			"MAKELEVEL", "CC", "CFLAGS", "KCFLAGS", "KCPPFLAGS", "LLVM",
			"O", "V", "W", "C", "M", "KDIR", "LDFLAGS", "HOSTCFLAGS")
		env = {name: value for name, value in os.environ.items()
		       if name not in drop and not name.startswith(("KBUILD_",
								    "KCONFIG_"))}
		# not even byte code may go into the tree
		env.update(LC_ALL="C", PYTHONDONTWRITEBYTECODE="1",
			   PYTHONUNBUFFERED="1")
		why = "" if self.arch.qemu else arches.shm_trouble()
		if why and not any(name in env for name in ("TMPDIR", "TMP", "TEMP")):
			say("%s: the memory of UML is kept in %s, which is "
			    "slower" % (why, self.dir))
			env["TMPDIR"] = self.dir
		return env

	def _python(self, words, show, limit=None):
		"""Run kunit.py; its words go to stderr as far as @show says.

		@limit: seconds after which it is killed, whatever it does
		"""
		self.said = []
		with proc.running(words, cwd=self.staged.real, env=self.environment(),
				  stdout=proc.PIPE, stderr=proc.STDOUT, text=True,
				  errors="surrogateescape") as child, \
		     Progress(self.dir, show and not self.args.quiet) as progress, \
		     _limited(child, limit):
			for line in child.stdout:
				self.said.append(line.rstrip("\n"))
				if "Starting KUnit Kernel" in line:
					progress.stop()
					if not self.args.verbose and not any(
					   w.startswith(("--raw_output", "--json"))
					   for w in self.rest):
						show = False
				if show and not self.args.quiet:
					progress.clear()
					sys.stderr.write(line)
					sys.stderr.flush()
		return child.returncode

	def log(self):
		"""What the last boot said, None if there was none."""
		data = read_bytes(os.path.join(self.dir, "test.log"))
		return None if data is None else data.decode(errors="replace")

	def build(self):
		"""Configure and build."""
		status = self._python(self._words("build") +
				      only(self.rest, BUILD), True)
		if status:
			raise Stop(*self._diagnose(status))

	def run(self, glob):
		"""Configure, build and boot; what the boot said as a ktap.Log."""
		if self.arch.qemu and not machine.own_choice(self.rest):
			self.accel = machine.choose(self)
		self._forget_log()
		words = self._words("run") + self.rest + ([glob] if glob else [])
		status = self._python(words, True)
		text = self.log()
		if text is None:
			raise Stop(*self._diagnose(status))
		if self.arch.qemu:
			self.label += ", " + machine.described(self.accel, text)
		return self._read(text)

	def boot(self, glob, *more, limit=None):
		"""Boot what is built; its log as text."""
		self._forget_log()
		words = self._words("exec") + list(more) + only(self.rest, EXEC)
		self._python(words + ([glob] if glob else []), False, limit)
		return self.log() or ""

	def _forget_log(self):
		path = os.path.join(self.dir, "test.log")
		if os.path.exists(path):
			os.unlink(path)

	def _read(self, text):
		log = ktap.Log(text)
		if "just ran out of space" in text:
			raise Stop(UNTESTABLE, "UML ran out of memory: the file "
				   "system where it keeps it is full; make room in "
				   "/dev/shm, or set TMPDIR to a roomier directory")
		if not log.began:
			tail = [line for line in text.splitlines() if line.strip()]
			raise Stop(UNTESTABLE, "the kernel did not come as far as "
				   "KUnit; the last that it said:\n  %s\n%s" %
				   ("\n  ".join(tail[-12:]) or "nothing",
				    self._hint(text)))
		return log

	def _hint(self, text):
		if not self.arch.qemu and (not text.strip() or re.search(
		   r"PROT_EXEC|tmpfs|No space|mmap|Cannot allocate|ENOMEM|memory|"
		   r"errno = -12|noexec", text)):
			return "libkern: it wants 1 GiB of address space and a " \
				"directory in which files may be mapped executable: " \
				"lift ulimit -v, or set TMPDIR to such a directory"
		if self.arch.qemu and "annot allocate memory" in text:
			return "libkern: QEMU wants 1 GiB of memory"
		if not self.arch.qemu and "ptrace" in text:
			return "libkern: UML needs ptrace, which this container or " \
				"the kernel's yama settings forbid"
		return "libkern: the whole of it is in %s/test.log" % self.dir

	def suites_from(self, log, glob):
		"""The suites of @log, and those that want a fresh boot, booted."""
		done = []
		for suite in log.suites:
			done.append(suite)
			if suite.last or not suite.complete:
				break
		if len(done) >= log.planned:
			return done
		names = self.names(glob)
		case = "." + glob.split(".", 1)[1] if glob and "." in glob else ""
		left = names[names.index(done[-1].name) + 1:] if done else names
		if done and left:
			say("%s; a fresh boot for each suite that follows" %
			    ("lockdep is off since " + done[-1].name
			     if done[-1].last else "the kernel ended in " +
			     done[-1].name))
		for name in left:
			again = ktap.Log(self.boot(name + case))
			suite = again.suites[0] if again.suites else \
				ktap.Suite(name)
			suite.crash = suite.crash or "it did not boot"
			done.append(suite)
			log.stray += [line for line in again.stray
				      if line not in log.stray]
		return done

	def names(self, glob, accel=None, limit=None):
		"""The suites that @glob matches, by a boot.

		@accel: what QEMU takes for it; @limit: seconds
		"""
		keep, self.accel = self.accel, accel or self.accel
		text = self.boot(glob, "--kernel_args", "kunit.action=list",
				 "--raw_output=all", limit=limit)
		self.accel = keep
		names = []
		for m in re.finditer(r"(?m)^(?:\[[^]]*\] *)?([a-z]\w*)\.\w+\s*$",
				     text):
			if m.group(1) not in names:
				names.append(m.group(1))
		return names

	def _diagnose(self, status):
		"""(exit status, words) when kunit.py did not come to a boot."""
		text = "\n".join(self.said)
		if status == 2 and "usage:" in text:
			return USAGE, "kunit.py does not take these arguments" + \
				("" if not self.args.quiet else ":\n" + text)
		if _NO_SPACE.search(text):
			return UNTESTABLE, "no space left in %s: a kernel needs " \
				"about 100 MB" % self.dir
		if self.args.quiet:
			sys.stderr.write("\n".join(
				line for line in self.said
				if not line.startswith(("$ ", "["))) + "\n")
		missing = re.search(r"(?m)^Missing: (.*)$", text)
		if missing:
			return UNTESTABLE, "this tree cannot be configured as asked;" \
				" it has not: %s" % missing.group(1)
		for m in map(_ERROR.match, self.said):
			if m:
				return UNTESTABLE, self._blame(*m.groups())
		return UNTESTABLE, "kunit.py could not build the kernel (its words " \
			"are above)"

	def _blame(self, path, line, words):
		real = os.path.realpath(os.path.join(self.dir, path))
		if real.startswith((os.path.join(ROOT, "kunit/"),
				    os.path.join(ROOT, "iomap/"))):
			return "%s:%s: %s: libkern's own code does not build " \
				"against this tree: a bug in libkern" % (
				os.path.relpath(real, ROOT), line, words)
		return "%s:%s: %s: the tree does not build" % (
			path if os.path.isabs(path) else real, line, words)
