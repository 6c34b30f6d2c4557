# SPDX-License-Identifier: GPL-2.0-only
"""Which files of a commit can matter, and a directory that holds just them.

A state is {file: (mode, object)} over every file that libkern might read; it is
all that is kept of a commit. The directory has regular files only, under names
that libkern chose: what a patch makes a symbolic link is not there at all.
"""

import os
import re

from iomap import probe
from tools.files import write_changed
from xfs_stub import probe as xfs

_NAME = re.compile(r"[A-Za-z0-9_][\w.+-]*")
REGULAR = ("100644", "100755")


def ours(name):
	"""May @name be a file that libkern reads?"""
	if name in probe.POSSIBLE or name in xfs.POSSIBLE:
		return True
	top, _, last = name.rpartition("/")
	return _NAME.fullmatch(last) is not None and (
		top + "/" in probe.POSSIBLE_DIRS or
		top + "/" in xfs.POSSIBLE_DIRS and last.endswith(".h"))


def pathspecs():
	"""All of them, as git takes them: directories end in a slash."""
	return [*probe.POSSIBLE, *probe.POSSIBLE_DIRS, *xfs.POSSIBLE_DIRS]


def of_lines(text):
	"""The state in NUL separated "mode [type] object[ stage]<tab>name"."""
	state = {}
	for line in text.split("\0"):
		head, tab, name = line.partition("\t")
		if not tab or not ours(name):
			continue
		words = head.split()
		oid = words[2] if words[1] in ("blob", "commit", "tree") else \
			words[1]
		state[name] = (words[0], oid)
	return state


def of_commit(repository, commit):
	"""The state of @commit."""
	return of_lines(repository.out("ls-tree", "-z", "--", commit,
				       *pathspecs()))


def differ(old, new):
	"""Names of the files in which two states differ, sorted."""
	return sorted(name for name in set(old) | set(new)
		      if old.get(name) != new.get(name))


def export(repository, state, into):
	"""Make the directory @into hold @state and nothing else."""
	wanted = {name: oid for name, (mode, oid) in state.items()
		  if mode in REGULAR}
	for parent, _, names in os.walk(into):
		for name in names:
			path = os.path.join(parent, name)
			if os.path.relpath(path, into) not in wanted:
				os.unlink(path)
	# a kernel tree has these, whatever is in them
	for name in ("fs", "include/linux"):
		os.makedirs(os.path.join(into, name), exist_ok=True)
	for name, oid in sorted(wanted.items()):
		write_changed(os.path.join(into, name), repository.blob(oid))
