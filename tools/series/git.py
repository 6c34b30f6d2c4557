# SPDX-License-Identifier: GPL-2.0-only
"""The user's git tree, which is only read, and repositories of our own.

Two commands run in the user's repository, both of which only look up names.
Everything else happens in bare repositories in the build directory. One
borrows the user's objects and reads them; nothing is ever written in it, as git
would renew the time stamps of objects that are there already, the user's. What
applying mails writes goes into another, which borrows nothing. No
configuration, hook, filter, attribute or index of the user's is read. So git's
check of who owns the repository can be off as well: nothing in it is obeyed.
"""

import os
import shutil
import subprocess

from iomap import kdir
from tools import proc
from tools.stop import Stop, UNTESTABLE, USAGE

LACKS = " (a partial or damaged one: git fetch --refetch --no-filter brings all)"
MOST = 16 << 20		# bytes of one file: the longest in use has 0.3 MB


def environment(**extra):
	"""An environment in which git does as its arguments say, and no more."""
	env = {name: value for name, value in os.environ.items()
	       if not name.startswith("GIT_")}
	env.update(GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_GLOBAL=os.devnull,
		   GIT_ATTR_NOSYSTEM="1", GIT_OPTIONAL_LOCKS="0",
		   GIT_TERMINAL_PROMPT="0", GIT_NO_LAZY_FETCH="1",
		   GIT_LITERAL_PATHSPECS="1",
		   # a partial clone would fetch, by programs that it names
		   GIT_ALLOW_PROTOCOL="none", GIT_PAGER="cat",
		   HOME="/nonexistent", XDG_CONFIG_HOME="/nonexistent",
		   LC_ALL="C", **extra)
	return env


def _run(words, **kwargs):
	try:
		return proc.output(["git", *words], **kwargs)
	except FileNotFoundError:
		raise Stop(UNTESTABLE, "git is missing: run make deps") from None


class Users:
	"""The user's repository at @path: names are looked up, no more."""

	def __init__(self, path):
		try:
			self.real, refused = kdir.check(path), None
		except Stop as stop:
			self.real, refused = os.path.realpath(
				os.path.expanduser(path)), stop
		if refused and not os.path.isdir(self.real):
			raise refused
		status, out, _ = self._git(
			"rev-parse", "--path-format=absolute",
			"--is-bare-repository", "--git-path", "objects",
			"--git-path", "shallow", "--show-object-format")
		words = out.split("\n")
		if status or len(words) < 4:
			raise refused or Stop(
				USAGE, "%s is not a git tree: series takes "
				"commits, so it wants a clone (--kdir)" % path)
		self.bare = words[0] == "true"
		if refused and not self.bare:
			raise refused
		self.objects, self.shallow, self.format = words[1:4]
		if not os.path.isdir(self.objects):
			raise Stop(USAGE, "%s is not a git tree: it has no %s" %
				   (path, self.objects))

	def _git(self, *words):
		# or a tarball's tree inside some other repository would do
		above = os.path.dirname(self.real)
		return _run(["-c", "safe.directory=*", "-c", "core.fsmonitor=",
			     "-c", "core.hooksPath=/dev/null", *words],
			    cwd=self.real,
			    env=environment(GIT_CEILING_DIRECTORIES=above))

	def is_shallow(self):
		"""Has the clone been cut off?"""
		return os.path.exists(self.shallow)

	def commit(self, name):
		"""Full hash of the commit @name, or None."""
		if name.startswith("-") or not name:
			return None
		status, out, _ = self._git("rev-parse", "--verify", "--quiet",
					   "--end-of-options",
					   name + "^{commit}")
		return None if status else out.strip()


class Repository:
	"""A bare repository of our own in @path, made anew.

	@kind: of the hashes, sha1 or sha256
	@borrowed: directories of objects to read as if they were in here
	"""

	def __init__(self, path, kind, borrowed=()):
		self.path = path
		self.kind = kind
		self._batch = None
		shutil.rmtree(path, ignore_errors=True)
		os.makedirs(os.path.dirname(path), exist_ok=True)
		status, _, err = _run(
			["init", "--quiet", "--bare", "--template=",
			 "--object-format=" + kind, path], env=environment())
		if status:
			raise Stop(UNTESTABLE, "git init failed: " + err.strip())
		for name in borrowed:
			self.borrow(name)

	def borrow(self, directory):
		"""Read the objects in @directory too, from now on."""
		self.close()
		with open(os.path.join(self.path, "objects/info/alternates"), "a",
			  encoding="utf-8", errors="surrogateescape") as stream:
			stream.write(directory + "\n")

	@classmethod
	def reader(cls, path, users):
		"""The one that reads the repository of @users."""
		found = cls(path, users.format, [users.objects])
		if users.is_shallow():
			shutil.copyfile(users.shallow,
					os.path.join(path, "shallow"))
		return found

	def run(self, *words, **kwargs):
		"""git @words in here; (exit status, stdout, stderr)."""
		return _run(["--git-dir=" + self.path, "-c", "gc.auto=0", *words],
			    env=environment(**kwargs.pop("more", {})), **kwargs)

	def out(self, *words, **kwargs):
		"""Like run(), but only what it printed; a failure is a Stop."""
		status, out, err = self.run(*words, **kwargs)
		if status:
			raise Stop(UNTESTABLE, "git %s failed: %s%s" % (
				words[0], err.strip(), LACKS if
				"not a tree object" in err or
				"Could not access" in err else ""))
		return out

	def feed(self, data, *words, **kwargs):
		"""git @words with @data (bytes) as its input, as run()."""
		with proc.running(
			["git", "--git-dir=" + self.path, *words],
			env=environment(**kwargs.pop("more", {})),
			stdin=proc.PIPE, stdout=proc.PIPE, stderr=proc.PIPE,
			**kwargs) as child:
			out, err = child.communicate(data)
		return (child.returncode, os.fsdecode(out), os.fsdecode(err))

	def has(self, commit):
		"""Is this commit among the objects?"""
		return self.run("cat-file", "-e", commit + "^{commit}")[0] == 0

	def message(self, commit):
		"""The whole changelog of @commit."""
		return self.out("rev-list", "--max-count=1", "--no-commit-header",
				"--format=%B", commit)

	def blob(self, oid):
		"""Content of the blob @oid; raises Stop when it is not there."""
		if self._batch is None:
			self._batch = proc.start(
				["git", "--git-dir=" + self.path, "cat-file",
				 "--batch"], env=environment(),
				stdin=proc.PIPE, stdout=proc.PIPE,
				stderr=subprocess.DEVNULL)
		self._batch.stdin.write(oid.encode() + b"\n")
		self._batch.stdin.flush()
		head = self._batch.stdout.readline().split()
		if len(head) != 3 or head[1] != b"blob":
			raise Stop(UNTESTABLE, "the object %s is not in this clone%s"
				   % (oid, LACKS))
		size = int(head[2])
		if size > MOST:
			self.close()
			raise Stop(UNTESTABLE, "the object %s has %d bytes: no "
				   "kernel source file" % (oid, size))
		data = self._batch.stdout.read(size + 1)
		if len(data) != size + 1:
			raise Stop(UNTESTABLE, "git ended while it was read")
		return data[:-1]

	def close(self):
		"""End the process that reads objects."""
		if self._batch:
			self._batch.stdin.close()
			self._batch.stdout.close()
			self._batch.kill()
			self._batch.wait()
			self._batch = None
