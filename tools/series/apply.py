# SPDX-License-Identifier: GPL-2.0-only
"""Applies mails in an index of our own: no work tree, no index of the user's.

The index holds the files that the patches name and those that libkern reads,
not the 80,000 of a kernel.
"""

import codecs
import os
import re
import tempfile

from tools.series import git, path as paths
from tools.series.model import clean
from tools.stop import Stop, UNTESTABLE


# as diff.noprefix has it: one name, twice
_BARE = re.compile(rb"^diff --git (\S+) \1\r?$", re.M)
_FROM = re.compile(rb"^(?:rename|copy) from (.*?)\r?$", re.M)


def _unquoted(name):
	"""@name (bytes) as git writes it, in quotes when it is an odd one."""
	if name.startswith(b'"'):
		name = codecs.escape_decode(name[1:-1])[0]
	return os.fsdecode(name)


def _strip(mail):
	"""How many parts git apply takes off the names: a/ and b/, or none."""
	return "-p0" if _BARE.search(mail.patch) else "-p1"


class Index:
	"""The files of @commit as far as @mails and libkern care."""

	def __init__(self, repository, commit, mails, scratch):
		# nothing is borrowed here: see git.py
		self.store = git.Repository(scratch, repository.kind)
		self._more = {"more": {"GIT_INDEX_FILE": os.path.join(
			scratch, "series-index")}}
		names = set()
		for mail in mails:
			names |= self._named(mail)
		entries = repository.out("ls-tree", "-z", "--", commit,
					 *paths.pathspecs())
		wanted = sorted(n for n in names if not paths.ours(n))
		for first in range(0, len(wanted), 500):
			entries += repository.out("ls-tree", "-z", "--", commit,
						  *wanted[first:first + 500])
		self._fill(repository, [e for e in entries.split("\0")
					if " blob " in e[:12] and (paths.ours(
						e.partition("\t")[2]) or
					e.partition("\t")[2] in names)])
		repository.borrow(os.path.join(scratch, "objects"))
		self._was = self._entries()

	def _fill(self, repository, entries):
		"""Put @entries into the index, and their content into the store."""
		with tempfile.TemporaryDirectory(prefix="libkern-") as scratch:
			oids = sorted({e.split()[2] for e in entries})
			for oid in oids:
				with open(os.path.join(scratch, oid), "wb") as s:
					s.write(repository.blob(oid))
			status, _, err = self.store.feed(
				os.fsencode("".join(os.path.join(scratch, oid) +
						    "\n" for oid in oids)),
				"hash-object", "-w", "--no-filters",
				"--stdin-paths")
			if status:
				raise Stop(UNTESTABLE, "git hash-object failed: " +
					   err.strip())
		status, _, err = self._feed(
			os.fsencode("".join(e + "\0" for e in entries)),
			"update-index", "-z", "--index-info")
		if status:
			raise Stop(UNTESTABLE, "git update-index failed: " +
				   err.strip())

	def _feed(self, data, *words):
		return self.store.feed(data, *words, cwd=self.store.path,
				       **self._more)

	def _named(self, mail):
		"""Every file that the patch names; nothing when it is no patch."""
		status, out, _ = self._feed(mail.patch, "apply", _strip(mail),
					    "--numstat", "-z")
		names, words = set(), out.split("\0") if not status else []
		for word in words:
			names.add(word.split("\t")[-1])
		# of a renamed file git counts the new name alone
		for line in _FROM.findall(mail.patch):
			names.add(_unquoted(line))
		return {name for name in names if name and
			not name.startswith("/") and
			".." not in name.split("/")}

	def apply(self, mail):
		"""(None or git's words, whether what libkern reads did apply)."""
		words = ("apply", _strip(mail), "--cached", "--whitespace=nowarn")
		status, _, err = self._feed(mail.patch, *words)
		if not status:
			return None, True
		said = clean(err.strip().replace("error: ", ""))
		ours = sorted(filter(paths.ours, self._named(mail)))
		if not ours:
			return said, False
		status, _, _ = self._feed(
			mail.patch, *words,
			*("--include=" + name for name in ours))
		return said, not status

	def changes(self):
		"""What differs from the commit: {file: (mode, object) or None}."""
		now = self._entries()
		return {name: now.get(name) for name in set(now) | set(self._was)
			if now.get(name) != self._was.get(name)}

	def _entries(self):
		found = {}
		for line in self.store.out("ls-files", "-s", "-z",
					   **self._more).split("\0"):
			head, _, name = line.partition("\t")
			if name:
				found[name] = tuple(head.split()[:2])
		return found

	def state(self):
		"""The state, as of_commit() has it."""
		return paths.of_lines(self.store.out(
			"ls-files", "-s", "-z", **self._more))
