# SPDX-License-Identifier: GPL-2.0-only
"""Other people's code is compiled and run in here: bubblewrap, and limits.

What is inside sees /usr read-only, the directories it is given, an empty /tmp,
and nothing else: no home, no network, no other process. It cannot gain a
capability. Processes, memory and time are limited: by the kernel as far as it
can, and by a watch over all together, as no rlimit bounds the memory of several
processes. The watch ends the whole sandbox.

RLIMIT_NPROC does not bind root, not even in a user namespace, where root is
still that root. So what root runs in here becomes a user of its own.
"""

import contextlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time

from tools import proc

MB = 1 << 20
INTERVAL = 0.05			# seconds between two looks
# of a directory, what programs find each other by; never what is secret
ETC = ("/etc/alternatives", "/etc/ld.so.cache", "/etc/ld.so.conf",
       "/etc/ld.so.conf.d")
# Users that nobody is, one for each libkern that runs: the kernel counts the
# processes of a user wherever they are, so another's would count as ours.
NOBODY = 0x70000000
PROGRAM = "/program"
LINKS = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")


class Limits:
	"""How much one command in the sandbox may take, children included.

	@seconds: of wall time
	@processes: alive at once, threads counted
	@memory: bytes resident, of all together
	@size: bytes of one file, and of all of /tmp and /dev/shm
	"""

	def __init__(self, seconds=120, processes=128, memory=2048 * MB,
		     size=512 * MB):
		self.seconds = seconds
		self.processes = processes
		self.memory = memory
		self.size = size

	def apply(self):
		"""Called in the child: what the kernel itself can hold it to."""
		for what, value in ((resource.RLIMIT_FSIZE, self.size),
				    (resource.RLIMIT_CORE, 0)):
			hard = resource.getrlimit(what)[1]
			if hard != resource.RLIM_INFINITY:
				value = min(value, hard)
			resource.setrlimit(what, (value, value))


def _held(processes):
	"""The end of the walls: no more processes than the watch would kill."""
	return ["prlimit", "--nproc=%d" % (processes + 64)]


def _as_user(processes):
	"""In a user namespace of its own."""
	words = ["--unshare-user", "--disable-userns", "--cap-drop", "ALL"]
	# elsewhere than in its own namespace root is not counted
	return words, _held(processes) if os.geteuid() else []


def _as_root(processes):
	"""Root's way: to drop to a user that there is not, inside."""
	words = ["--cap-drop", "ALL"]
	for name in ("SETUID", "SETGID", "SETPCAP"):
		words += ["--cap-add", "CAP_" + name]
	user = str(NOBODY + os.getpid())
	return words, ["setpriv", "--reuid", user, "--regid", user,
		       "--clear-groups", "--inh-caps=-all",
		       "--bounding-set=-all", *_held(processes)]


def bubblewrap(writable, readable, limits, way=_as_user, program=None):
	"""The command line that puts what follows it into a sandbox."""
	more, before = way(limits.processes)
	words = ["bwrap", "--unshare-ipc", "--unshare-pid",
		 "--unshare-net", "--unshare-uts", "--unshare-cgroup-try",
		 *more, "--die-with-parent", "--new-session",
		 "--hostname", "libkern", "--clearenv",
		 "--setenv", "PATH", "/usr/bin:/bin", "--setenv", "LC_ALL", "C",
		 # UML dies where it cannot make a directory at home
		 "--setenv", "HOME", "/tmp", "--setenv", "TMPDIR", "/tmp",
		 "--setenv", "PYTHONDONTWRITEBYTECODE", "1",
		 "--proc", "/proc", "--dev", "/dev", "--size", str(limits.size),
		 "--tmpfs", "/dev/shm", "--remount-ro", "/dev",
		 "--size", str(limits.size), "--tmpfs", "/tmp",
		 "--ro-bind", "/usr", "/usr"]
	for path in LINKS:
		if os.path.islink(path):
			words += ["--symlink", os.readlink(path), path]
		elif os.path.isdir(path):
			words += ["--ro-bind", path, path]
	for path in ETC:
		words += ["--ro-bind-try", path, path]
	for path in readable:
		words += ["--ro-bind", path, path]
	for path in writable:
		words += ["--bind", path, path]
	if program:
		# right at the root, as directories above it are root's alone
		words += ["--ro-bind", program, PROGRAM]
	return words + ["--remount-ro", "/", "--chdir", "/tmp", "--", *before]


def _starts(way):
	"""None when bubblewrap works @way, else the reason in words."""
	if not shutil.which("bwrap"):
		return "bubblewrap is not installed (make deps)"
	try:
		status, _, err = proc.output(
			bubblewrap((), (), Limits(), way) + ["/usr/bin/true"])
	except OSError as error:
		return "bubblewrap does not start (%s)" % error.strerror
	if status:
		return "bubblewrap does not start here (%s)" % (
			err.strip().split("\n")[-1] or "status %d" % status)
	return None


def refusal():
	"""None when there can be a sandbox here, else the reason in words."""
	return _starts(_as_user)


def holds_processes():
	"""Does the kernel hold what runs in the sandbox to so many processes?"""
	return os.geteuid() != 0 or _starts(_as_root) is None


class Sandbox:
	"""How to start what is not trusted. @why: None, or why without walls."""

	def __init__(self, why=None, readable=()):
		self.why = why
		self.readable = tuple(readable)
		self._root = why is None and os.geteuid() == 0 and \
			_starts(_as_root) is None

	def __str__(self):
		return "none: " + self.why if self.why else "bubblewrap"

	def build(self, argv, limits, writable, readable, **kwargs):
		"""A Watched that runs our own @argv on what is not trusted.

		Directories are bound under their own names.
		"""
		if self.why is None:
			argv = bubblewrap(writable, (*self.readable, *readable),
					  limits) + argv
		return Watched(argv, limits, **kwargs)

	def run(self, argv, limits, **kwargs):
		"""A Watched that runs the program argv[0], which is not trusted.

		It sees nothing else, and can write nothing.
		"""
		if self.why is None:
			way = _as_root if self._root else _as_user
			# whoever it becomes
			os.chmod(argv[0], 0o755)
			walls = bubblewrap((), (), limits, way, argv[0])
			argv = walls + [PROGRAM, *argv[1:]]
		return Watched(argv, limits, nice=5, **kwargs)


def census(top, most=100000):
	"""(tasks, bytes resident) of @top and all below it, up to @most tasks."""
	tasks = pages = 0
	queue = [top]
	while queue and tasks <= most:
		pid = queue.pop()
		with contextlib.suppress(OSError, ValueError, IndexError):
			with open("/proc/%d/statm" % pid, encoding="ascii") as s:
				words = s.read().split()
			pages += int(words[1])	# or shared memory is free
			tasks += len(os.listdir("/proc/%d/task" % pid))
		queue += proc.children(pid)
	return tasks, pages * resource.getpagesize()


def scarce():
	"""Is less than a sixteenth of the machine's memory to be had?"""
	found = {}
	with contextlib.suppress(OSError, ValueError):
		with open("/proc/meminfo", encoding="ascii") as stream:
			for line in stream:
				words = line.split()
				found[words[0]] = int(words[1])
				if words[0] == "MemAvailable:":
					break
	return found.get("MemAvailable:", 1) * 16 < found.get("MemTotal:", 1)


def end(top):
	"""Kill @top and all below it; a sandbox dies with its first process."""
	seen, queue = set(), [top]
	while queue:
		pid = queue.pop(0)
		if pid in seen:
			continue
		seen.add(pid)
		below = proc.children(pid)
		with contextlib.suppress(OSError):
			os.kill(pid, signal.SIGKILL)
		if len(seen) < 4096:
			queue += below


def _reap():
	"""Take leave of the first processes of sandboxes that have ended.

	bubblewrap does not wait for them, and whoever has set up proc inherits them.
	"""
	for pid in proc.children(os.getpid()):
		with contextlib.suppress(OSError, IndexError):
			with open("/proc/%d/stat" % pid, encoding="ascii") as stream:
				name, state = stream.read().split()[1:3]
			if name == "(bwrap)" and state == "Z":
				os.waitpid(pid, os.WNOHANG)


class Watched:
	"""A child under @limits. @broken: None, or which limit it met."""

	def __init__(self, argv, limits, nice=0, **kwargs):
		def before():
			os.nice(nice)	# the watch comes first
			limits.apply()

		self.limits = limits
		self.broken = None
		self._over = threading.Event()
		self._begin = time.monotonic()
		self.child = proc.start(argv, preexec_fn=before, **kwargs)
		self._thread = threading.Thread(target=self._watch, daemon=True)
		self._thread.start()

	def _look(self):
		"""Which limit is broken now, in words, or None."""
		if time.monotonic() - self._begin > self.limits.seconds:
			return "it took longer than %d s" % self.limits.seconds
		tasks, memory = census(self.child.pid, self.limits.processes)
		if tasks > self.limits.processes:
			return "it started more than %d processes" % \
				self.limits.processes
		if memory > self.limits.memory:
			return "it took more than %d MB of memory" % \
				(self.limits.memory // MB)
		# what no process has mapped: memory files, pipes
		if scarce():
			return "it took nearly all memory of this machine"
		return None

	def _watch(self):
		while not self._over.wait(INTERVAL):
			broken = self._look()
			if broken and not self._over.is_set():
				self.broken = broken
				end(self.child.pid)
				return

	def wait(self):
		"""Its exit status; the watch is over then."""
		try:
			status = self.child.wait()
		finally:
			self._over.set()
		self._thread.join()
		_reap()
		return status

	def __enter__(self):
		return self

	def __exit__(self, kind, value, trace):
		self._over.set()
		if self.child.poll() is None:
			end(self.child.pid)
		for stream in (self.child.stdin, self.child.stdout,
			       self.child.stderr):
			if stream:
				with contextlib.suppress(OSError):
					stream.close()
		self.child.wait()


def python():
	"""An interpreter that the sandbox can see."""
	return sys.executable if sys.executable.startswith("/usr/") \
		else "/usr/bin/python3"


DEVNULL, PIPE = subprocess.DEVNULL, subprocess.PIPE
