# SPDX-License-Identifier: GPL-2.0-only
"""Git histories to judge, made at test time out of the Debian trees.

No patch of anybody's is kept here: a commit is an edit by rule of the few files
that libkern reads, as the mutants and trees.py make them.
"""

import os
import subprocess

from tests import trees
from tests.support import debian, edit, inside, partial

BUFFERED, IOMAP_H = trees.BUFFERED, trees.IOMAP_H
# The bug that is planted: what lies behind the last dirty folio stays.
TAIL = ("punch_start_byte < end_byte", "false")


class History:
	"""A git tree in @path whose first commit is @release as it is."""

	def __init__(self, path, release="6.12"):
		self.path = path
		partial(debian(release), path)
		self.git("init", "-q", "-b", "main")
		self.write("README", "0\n")
		self.plain = {n: self.read(n) for n in (BUFFERED, IOMAP_H)}

	def git(self, *words, check=True, **env):
		"""git @words in the tree; what it printed."""
		done = subprocess.run(
			["git", "-c", "init.templateDir=", "-c", "gc.auto=0",
			 "-c", "protocol.file.allow=always", *words],
			cwd=self.path, check=check, capture_output=True,
			text=True, errors="replace", env=dict(
				PATH=os.environ["PATH"], HOME=self.path,
				GIT_CONFIG_NOSYSTEM="1", GIT_AUTHOR_NAME="A U Thor",
				GIT_AUTHOR_EMAIL="author@example.com",
				GIT_COMMITTER_NAME="C O Mitter",
				GIT_COMMITTER_EMAIL="committer@example.com", **env))
		return done.stdout.strip()

	def read(self, name):
		"""Text of a file."""
		with open(os.path.join(self.path, name), encoding="utf-8") as s:
			return s.read()

	def write(self, name, text):
		"""Replace a file."""
		path = os.path.join(self.path, name)
		os.makedirs(os.path.dirname(path), exist_ok=True)
		with open(path, "w", encoding="utf-8") as stream:
			stream.write(text)

	def commit(self, subject):
		"""Commit everything; the full hash."""
		self.git("add", "-A")
		self.git("commit", "-q", "--allow-empty", "-m", subject)
		return self.git("rev-parse", "HEAD")

	def restore(self):
		"""The two files that the story edits as they were."""
		for name, text in self.plain.items():
			self.write(name, text)

	def edit(self, change, name=BUFFERED):
		"""Apply an edit of support.py."""
		edit(self.path, name, change)

	def bug(self):
		"""Plant the bug."""
		self.edit(inside(trees.RELEASE, TAIL[0], replace=TAIL[1]))

	def mend(self):
		"""Take the bug out again."""
		self.edit(inside(trees.RELEASE, "if (%s)" % TAIL[1],
				 replace="if (%s)" % TAIL[0]))

	def break_build(self):
		"""What a compiler does not take."""
		self.edit(lambda text: text + "\nint nothing = no_such_thing;\n")

	def mend_build(self):
		"""The reverse."""
		self.edit(lambda text: text.replace(
			"\nint nothing = no_such_thing;\n", ""))

	def comment(self, words):
		"""A comment on top of the file."""
		self.edit(lambda text: "/* %s */\n" % words + text)

	def append(self, code):
		"""C at the end of the file."""
		self.edit(lambda text: text + "\n" + code + "\n")

	def mails(self, into, revisions, *words):
		"""git format-patch; the files."""
		out = self.git("format-patch", "-o", into, *words, revisions)
		return out.splitlines()


def story(history):
	"""A series like the one that libkern started from; {name: hash}.

	base: the entry point of old, which takes the lock itself; export: it is
	opened up in its caller, the release exported and locking still; move: the
	lock goes from callee to caller; bug, fix, comment, outside.
	"""
	done = {}
	trees.make_v3(history.path)
	done["base"] = history.commit("iomap: the entry point of old")
	history.restore()
	trees.make_v3a(history.path)
	done["export"] = history.commit("iomap: export the release")
	history.restore()
	done["move"] = history.commit("iomap: the caller takes invalidate_lock")
	history.bug()
	done["bug"] = history.commit("iomap: simplify the end of the release")
	history.write("README", "1\n")
	done["outside"] = history.commit("README: outside of the path")
	history.mend()
	done["fix"] = history.commit("iomap: release the end of the range")
	history.comment("words, no code")
	done["comment"] = history.commit("iomap: explain the release")
	return done
