# SPDX-License-Identifier: GPL-2.0-only
"""The kernel tree under test: what counts as one, and a name for it.

Whatever the user points at is looked at here and nowhere else, so that every
subcommand answers to bad input in the same words and with the same status.
"""

import hashlib
import os
import re
import stat

from tools.stop import Stop, USAGE, UNTESTABLE

_TARBALL = re.compile(r"\.(?:tar(?:\.\w+)?|tgz|tbz2?|txz|tzst)$")
_MAGIC = (b"\xfd7zXZ\x00", b"\x1f\x8b", b"BZh", b"\x28\xb5\x2f\xfd")


def _is_tarball(path):
	if _TARBALL.search(path):
		return True
	try:
		with open(path, "rb") as stream:
			head = stream.read(262)
	except OSError:
		return False
	return head.startswith(_MAGIC) or head[257:262] == b"ustar"


def check(path):
	"""Return the real path of the kernel tree @path, or raise Stop(129)."""
	def bad(text):
		return Stop(USAGE, "KDIR %s %s" % (path, text))

	if not path:
		raise Stop(USAGE, "KDIR is empty: name a tree, or do without it")
	if re.search(r"[\n\r]", path):
		raise Stop(USAGE, "KDIR %r has a line break in it" % path)
	real = os.path.realpath(os.path.expanduser(path))
	if re.search(r"[\n\r]", real):
		raise bad("leads to %r, which has a line break in it" % real)
	if not os.path.lexists(real):
		raise bad("does not exist")
	if not os.path.isdir(real):
		if not os.path.isfile(real):
			# a FIFO would never end to be read
			raise bad("is not a directory")
		if _is_tarball(real):
			raise bad("is a tarball: unpack it (tar -xf %s) and name "
				  "the directory that comes out" % path)
		raise bad("is a file, not the directory of a kernel tree")
	try:
		entries = os.listdir(real)
	except PermissionError:
		raise bad("cannot be read: permission denied") from None
	if not os.access(real, os.X_OK):
		raise bad("cannot be read: permission denied")
	if not entries:
		raise bad("is empty")
	missing = [d for d in ("fs", "include/linux")
		   if not os.path.isdir(os.path.join(real, d))]
	if missing:
		raise bad("is not a kernel tree: it has no " +
			  " and no ".join(d + "/" for d in missing))
	return real


def tree_id(real):
	"""Name of the tree's own directory under the build directory."""
	base = re.sub(r"[^\w.+-]", "_", os.path.basename(real)) or "tree"
	return base + "-" + hashlib.sha256(os.fsencode(real)).hexdigest()[:8]


def read(real, name):
	"""Text of the tree's file @name; a missing or unreadable one is a Stop."""
	try:
		mode = os.stat(os.path.join(real, name)).st_mode
		if not stat.S_ISREG(mode):
			raise Stop(UNTESTABLE, "cannot read %s: it is not a file" %
				   os.path.join(real, name))
		with open(os.path.join(real, name), encoding="utf-8",
			  errors="surrogateescape", newline="") as stream:
			return stream.read()
	except (FileNotFoundError, NotADirectoryError):
		raise Stop(UNTESTABLE, "the tree %s lacks %s, which is needed" %
			   (real, name)) from None
	except OSError as err:
		raise Stop(UNTESTABLE, "cannot read %s: %s" %
			   (os.path.join(real, name), err.strerror)) from None


def check_output(real, outdir):
	"""Refuse a build directory inside the tree: KDIR is never written to."""
	out = os.path.realpath(outdir)
	if out == real or out.startswith(real.rstrip("/") + "/"):
		raise Stop(USAGE, "the build directory %s lies inside the kernel "
			   "tree %s, which is never written to: give another "
			   "one with -o" % (outdir, real))
	if re.search(r"[\s$#%:]", out):
		raise Stop(USAGE, "make cannot build in %s: blanks and any of "
			   "$#%%: do not work in its path" % outdir)
	if os.path.lexists(outdir) and not os.path.isdir(outdir):
		raise Stop(USAGE, "the build directory %s is not a directory" %
			   outdir)
	return out
