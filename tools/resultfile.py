# SPDX-License-Identifier: GPL-2.0-only
"""Files of results: complained of before anything is built, written after it."""

import contextlib
import errno
import os
import re
import tempfile

from tools.files import write_changed
from tools.stop import Stop, UNTESTABLE, USAGE, put_bytes, say

STDOUT = "-"
# what XML 1.0 cannot hold, not even quoted
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junitparser():
	"""The module that writes JUnit's XML."""
	try:
		import junitparser as found	# pylint: disable=import-outside-toplevel
	except ImportError:
		raise Stop(UNTESTABLE, "--junit needs python3-junitparser: run make "
			   "deps") from None
	return found


def check(files, stdout, trees=()):
	"""Complain of @files, {flag: name or None}, before anything is built.

	@stdout: who has it, "--reply" or so, or None when one of @files may
	@trees: real paths of what is never written to, once they are known: only
	then anything is tried out
	"""
	files = {flag: name for flag, name in files.items() if name is not None}
	seen = {STDOUT: stdout} if stdout else {}
	for flag, name in files.items():
		real = name if name == STDOUT else os.path.realpath(name)
		if name == STDOUT and stdout:
			raise Stop(USAGE, "%s -: stdout belongs to %s already; a "
				   "file of that name is ./-" % (flag, stdout))
		if real in seen and (name == STDOUT or os.path.isfile(name) or
				     not os.path.exists(name)):
			raise Stop(USAGE, "%s and %s name one file, %s" %
				   (seen[real], flag, name))
		seen[real] = flag
		if name == STDOUT:
			continue
		for tree in trees:
			if real.startswith(tree + "/"):
				raise Stop(USAGE, "%s lies inside the kernel tree "
					   "%s, which is never written to" %
					   (name, tree))
		try:
			_check(name, bool(trees))
		except OSError as err:
			raise Stop(USAGE, "cannot write %s: %s" %
				   (name, err.strerror)) from None
	if "--junit" in files:
		junitparser()


def _check(name, attempt):
	"""Raise OSError unless the file @name can be written, or replaced."""
	def refuse(number):
		raise OSError(number, os.strerror(number))

	parent = os.path.dirname(os.path.abspath(name))
	if os.path.isdir(name) or name.endswith("/"):
		refuse(errno.EISDIR)
	if not os.path.isdir(parent):
		refuse(errno.ENOENT)
	with contextlib.suppress(FileNotFoundError):
		os.stat(name)
		if not os.access(name, os.W_OK):
			refuse(errno.EACCES)
	if os.path.exists(name) and not os.path.isfile(name):
		return		# a device or a pipe is written as it is
	if not os.access(parent, os.W_OK | os.X_OK):
		refuse(errno.EACCES)
	if attempt:
		# root may do everything, and yet not this in /proc
		with tempfile.TemporaryFile(dir=parent):
			pass


def _write(name, data):
	"""Write a result file; a device or pipe is written as it is."""
	if name == STDOUT:
		put_bytes(data)
	elif os.path.exists(name) and not os.path.isfile(name):
		with open(name, "wb") as stream:
			stream.write(data)
	else:
		write_changed(os.path.abspath(name), data)


def write(results):
	"""Write @results, (name or None, function that makes the bytes) each.

	Returns False if one could not be written, which is said.
	"""
	good = True
	for name, make in results:
		try:
			if name:
				_write(name, make())
		except BrokenPipeError:
			raise
		except OSError as err:
			say("cannot write %s: %s" % (name, err.strerror))
			good = False
	return good


def xml(text):
	"""@text without what XML cannot hold."""
	return _NO_XML.sub("", text)


def xml_bytes(junit):
	"""What junitparser's @junit looks like as a file."""
	# it writes to a name only, and beside the result there may be no room
	with tempfile.TemporaryDirectory(prefix="libkern-") as scratch:
		temporary = os.path.join(scratch, "junit.xml")
		junit.write(temporary, pretty=True)
		with open(temporary, "rb") as stream:
			return stream.read()
