# SPDX-License-Identifier: GPL-2.0-only
"""make clean, mrproper, distclean: each removes more of what libkern has made.

A build directory may hold what is somebody else's. Removed is only what libkern
knows that it made: directories of trees, which have a lock, and rooms that carry
its mark.

clean		all but .config and unpacked sources
mrproper	.config, too
distclean	the sources as well: make deps unpacks them again
"""

import contextlib
import os
import re
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# pylint: disable=wrong-import-position
from tools.files import MARK, locked

LEVELS = ("clean", "mrproper", "distclean")
# directories of trees are there again: of a series, of libkern's own tests
WITH_TREES = ("series", "check", "check-debug")
_TREE = re.compile(r".+-[0-9a-f]{8}")


def _entries(top):
	"""[(name, path), ...] of the directories in @top; no links."""
	return [(entry.name, entry.path) for entry in sorted(
		os.scandir(top), key=lambda entry: entry.name)
		if entry.is_dir(follow_symlinks=False)]


def _rmdir(path):
	"""Remove the directory @path if nothing is left in it."""
	with contextlib.suppress(OSError):
		os.rmdir(path)


def _locks(base):
	"""What there is to hold of the directory of a tree: its locks."""
	return [os.path.join(base, name) for name in sorted(os.listdir(base))
		if name == "lock" or name.endswith(".lock")]


def clean(top):
	"""All that was built below @top, or kept of it."""
	for name, base in _entries(top):
		if os.path.exists(os.path.join(base, MARK)):
			shutil.rmtree(base)
			continue
		if name in WITH_TREES:
			clean(base)
			if name == "check-debug":
				# not the user's, but of the test
				configured(base)
			_rmdir(base)
			continue
		locks = _locks(base) if _TREE.fullmatch(name) else []
		if locks:
			with contextlib.ExitStack() as held:
				for lock in locks:
					held.enter_context(locked(lock, base))
				shutil.rmtree(base)


def configured(top):
	"""What the user has configured."""
	with contextlib.suppress(FileNotFoundError):
		os.unlink(os.path.join(top, ".config"))


def _unpacked(top):
	"""The sources that deps has unpacked."""
	parent = os.path.join(top, "src")
	if os.path.islink(parent) or not os.path.isdir(parent):
		return
	lock = os.path.join(parent, ".lock")
	with locked(lock, parent):
		for name, path in _entries(parent):
			if name.startswith(".unpack-") or os.path.exists(
					os.path.join(path, ".libkern-unpacked")):
				shutil.rmtree(path)
		os.unlink(lock)
	_rmdir(parent)


def main(level, outdir):
	"""Remove what @level of LEVELS removes of @outdir."""
	if not os.path.isdir(outdir):
		return 0
	for step in (clean, configured, _unpacked)[:LEVELS.index(level) + 1]:
		step(outdir)
	_rmdir(outdir)
	return 0


if __name__ == "__main__":
	sys.exit(main(*sys.argv[1:]))
