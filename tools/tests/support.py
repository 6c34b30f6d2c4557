# SPDX-License-Identifier: GPL-2.0-only
"""What the tests share: trees to point at, a way to call the command.

Kernel text never enters the repository: trees other than Debian's are made at
test time, by edits of a copy of the few files that libkern reads.
"""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
	os.path.abspath(__file__))))
if ROOT not in sys.path:
	sys.path.insert(0, ROOT)

# pylint: disable=wrong-import-position
from iomap import probe
from iomap.csource import spans, tokens
from tools import deps
from tools.mutants import Rule

# A shell's background job ignores ^C, and so does all that it starts, as libkern
# does then: but some tests send one.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
	signal.signal(signal.SIGINT, signal.default_int_handler)

LIBKERN = os.path.join(ROOT, "libkern")
# check.py says which; by hand the usual place serves
OUT = os.environ.get("LIBKERN_OUT", os.path.join(ROOT, "build"))
CC = os.environ.get("LIBKERN_CC", "gcc")


def debian(release="6.12"):
	"""Path of Debian's unpacked source @release."""
	return deps.source(release, OUT)


def environment(**extra):
	"""The environment without what would steer libkern."""
	env = {k: v for k, v in os.environ.items()
	       if k not in ("KDIR", "MAKEFLAGS", "O", "CC")}
	env.update(extra)
	return env


class Result:
	"""What a finished command left."""

	def __init__(self, done):
		self.status = done.returncode
		self.out = done.stdout
		self.err = done.stderr

	def __repr__(self):
		return "status %s\nstdout:\n%s\nstderr:\n%s" % (
			self.status, self.out[-3000:], self.err[-6000:])


def libkern(*words, env=None, cwd=None, before=None, timeout=600):
	"""Run ./libkern with @words; @before runs in the child first."""
	return Result(subprocess.run(
		[sys.executable, LIBKERN, *words], check=False, timeout=timeout,
		stdin=subprocess.DEVNULL, capture_output=True, text=True,
		errors="surrogateescape", preexec_fn=before, cwd=cwd,
		env=environment(**(env or {}))))


def partial(tree, into):
	"""Copy the files of @tree that libkern says it needs; returns @into."""
	for name in probe.Tree(tree).files:
		target = os.path.join(into, name)
		os.makedirs(os.path.dirname(target), exist_ok=True)
		shutil.copyfile(os.path.join(tree, name), target)
	return into


def checksum(tree):
	"""Hash over names, types, modes, times and contents of a small tree."""
	total = hashlib.sha256()
	for parent, dirs, files in os.walk(tree):
		dirs.sort()
		for name in sorted(dirs + files):
			path = os.path.join(parent, name)
			stat = os.lstat(path)
			total.update(("%s %o %d %d\n" % (path, stat.st_mode,
				      stat.st_size, stat.st_mtime_ns)).encode())
			if os.path.isfile(path):
				with open(path, "rb") as stream:
					total.update(stream.read())
	return total.hexdigest()


def edit(tree, name, change):
	"""Replace the text of file @name in @tree by change(text)."""
	path = os.path.join(tree, name)
	with open(path, encoding="utf-8") as stream:
		text = stream.read()
	changed = change(text)
	assert changed != text, "the edit of %s changed nothing" % name
	with open(path, "w", encoding="utf-8") as stream:
		stream.write(changed)


def swap(find, replace, count=None):
	"""An edit: the tokens @find, wherever they are, become @replace."""
	wanted = tokens(find)

	def change(text):
		here = spans(text)
		words = [t for t, _, _ in here]
		hits = [i for i in range(len(words) - len(wanted) + 1)
			if words[i:i + len(wanted)] == wanted]
		assert hits, "'%s' is not there" % find
		assert count in (None, len(hits)), "%d times" % len(hits)
		for i in reversed(hits):
			text = text[:here[i][1]] + replace + \
				text[here[i + len(wanted) - 1][2]:]
		return text
	return change


def inside(function, find, occurrence=0, **operator):
	"""An edit inside one function, as the mutants make them."""
	fields = {"name": "test", "file": "-", "function": function,
		  "find": find, "occurrence": str(occurrence), **operator}
	return Rule(fields, "test").apply


def processes(word):
	"""The processes that have @word in their environment or arguments."""
	found = []
	for pid in filter(str.isdigit, os.listdir("/proc")):
		try:
			text = b""
			for name in ("cmdline", "environ"):
				with open("/proc/%s/%s" % (pid, name), "rb") as s:
					text += s.read()
		except OSError:
			continue
		if word.encode() in text and int(pid) != os.getpid():
			found.append(int(pid))
	return found


class Case(unittest.TestCase):
	"""A test with a scratch directory and readable failures."""

	def setUp(self):
		self.scratch = tempfile.mkdtemp(prefix="libkern-test-")
		self.addCleanup(shutil.rmtree, self.scratch, ignore_errors=True)
		self.out = os.path.join(self.scratch, "out")

	def path(self, *names):
		"""A path below the scratch directory."""
		return os.path.join(self.scratch, *names)

	def tree(self, name="tree", release="6.12"):
		"""A partial tree of one's own to edit."""
		return partial(debian(release), self.path(name))

	def ends(self, result, status, *texts):
		"""@result has @status and every text in @texts on stderr."""
		self.assertEqual(result.status, status, result)
		for text in texts:
			self.assertIn(text, result.err, result)
		self.assertNotIn("Traceback", result.err)


class Together(Case):
	"""One build directory for the tests of a class: its tree is built once."""

	@classmethod
	def setUpClass(cls):
		cls.base = tempfile.mkdtemp(prefix="libkern-test-")
		cls.shared = os.path.join(cls.base, "out")

	@classmethod
	def tearDownClass(cls):
		shutil.rmtree(cls.base, ignore_errors=True)

	def afresh(self, name="tree", release="6.12"):
		"""A partial tree as tree() makes it, where the last test had its own.

		So what that one has not edited is built already in the shared
		directory.
		"""
		path = os.path.join(self.base, name)
		shutil.rmtree(path, ignore_errors=True)
		return partial(debian(release), path)
