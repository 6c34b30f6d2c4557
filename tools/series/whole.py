# SPDX-License-Identifier: GPL-2.0-only
"""A directory with all of a tree, which follows from one step to the next.

A kernel takes every file. The index that says what lies there is our own, and
only what differs between two steps is written, so that make builds only that.
"""

import contextlib
import json
import os

from tools.files import read_bytes, write_changed
from tools.stop import Stop, UNTESTABLE


class Whole:
	"""The directory @base/whole; steps are (commit, changes on top of it).

	The changes are {file: (mode, object), or None where it goes}.
	"""

	def __init__(self, repository, base):
		self.repository = repository
		self.path = os.path.join(base, "whole")
		self._record = os.path.join(base, "whole.json")
		self._index = os.path.join(base, "whole-index")
		os.makedirs(self.path, exist_ok=True)

	def _git(self, data, *words):
		status, out, err = self.repository.feed(
			data, "--work-tree=" + self.path, *words, cwd=self.path,
			more={"GIT_INDEX_FILE": self._index})
		if status:
			raise Stop(UNTESTABLE, "git %s failed: %s" %
				   (words[0], err.strip()))
		return out

	def _there(self):
		"""(commit, changes) that lie there, (None, {}) when unknown."""
		try:
			commit, changes = json.loads(
				read_bytes(self._record) or b"")
			return commit, {name: entry and tuple(entry)
					for name, entry in changes.items()}
		except (ValueError, TypeError):
			return None, {}

	def put(self, commit, changes):
		"""Make the directory hold this step."""
		before, old = self._there()
		with contextlib.suppress(FileNotFoundError):
			os.unlink(self._record)		# until it is done
		if before != commit:
			self._git(b"", "read-tree", "--reset", "-u", commit)
			old = {}
		names = [n for n in set(old) | set(changes)
			 if old.get(n, 0) != changes.get(n, 0)]
		entries = {n: changes[n] if n in changes else
			   self._of(commit, n) for n in names}
		lines = ["%s %s\t%s\0" % (*(entry or ("0", "0" * 40)), name)
			 for name, entry in sorted(entries.items())]
		gone = [n for n, entry in entries.items() if not entry]
		if lines:
			self._git(os.fsencode("".join(lines)), "update-index",
				  "-z", "--index-info")
			self._git(b"".join(os.fsencode(n) + b"\0" for n in names
					   if n not in gone),
				  "checkout-index", "-f", "-z", "--stdin")
		for name in gone:
			self._remove(name)
		write_changed(self._record,
			      json.dumps([commit, changes]).encode())

	def _of(self, commit, name):
		"""What @commit has under @name."""
		head = self.repository.out("ls-tree", "-z", "--", commit,
					   name).split("\t")[0].split()
		return (head[0], head[2]) if head else None

	def _remove(self, name):
		"""Remove a file, but not through a symbolic link."""
		parent = os.path.realpath(os.path.join(
			self.path, os.path.dirname(name)))
		if parent == os.path.normpath(os.path.join(
				os.path.realpath(self.path),
				os.path.dirname(name))):
			with contextlib.suppress(OSError):
				os.unlink(os.path.join(self.path, name))
