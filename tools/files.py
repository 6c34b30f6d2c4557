# SPDX-License-Identifier: GPL-2.0-only
"""Files that are never half there: atomic writes and the build lock."""

import contextlib
import fcntl
import os
import tempfile

from tools.stop import say

MARK = ".libkern"


def read_bytes(path):
	"""Content of @path, or None when there is no such file."""
	try:
		with open(path, "rb") as stream:
			return stream.read()
	except FileNotFoundError:
		return None


def write_changed(path, data):
	"""Write @data (bytes) to @path in one step, unless it is there already.

	An untouched file keeps its time stamp, so that make has nothing to do.
	Returns whether it wrote.
	"""
	if read_bytes(path) == data:
		return False
	parent = os.path.dirname(path)
	os.makedirs(parent, exist_ok=True)
	handle, temporary = tempfile.mkstemp(dir=parent, prefix=".new-")
	try:
		with os.fdopen(handle, "wb") as stream:
			stream.write(data)
		os.chmod(temporary, 0o644)
		os.replace(temporary, path)
	except BaseException:
		with contextlib.suppress(OSError):
			os.unlink(temporary)
		raise
	return True


def room(out, name):
	"""The directory @name of the build directory @out, marked for make clean."""
	path = os.path.join(out, name)
	os.makedirs(path, exist_ok=True)
	with open(os.path.join(path, MARK), "a", encoding="ascii"):
		return path


@contextlib.contextmanager
def locked(path, what):
	"""Hold the lock file @path; waits for another holder and says so.

	The lock goes with the process, however that ends.
	"""
	os.makedirs(os.path.dirname(path), exist_ok=True)
	with open(path, "a", encoding="ascii") as stream:
		try:
			fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
		except BlockingIOError:
			say("waiting for another libkern that is busy in " + what)
			fcntl.flock(stream, fcntl.LOCK_EX)
		yield stream
