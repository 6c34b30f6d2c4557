# SPDX-License-Identifier: GPL-2.0-only
"""The command line's common part: its parser, kinds of arguments, flags that
several subcommands have."""

import argparse
import os
import sys

from kunit import arch
from shim import config
from tools.stop import USAGE, say

MOST = 100000	# jobs, seconds

EXITS = """\
exit status, made for git bisect run:
  0    good
  1    bad: a test failed
  125  cannot be tested: the tree lacks a file, does not build, has nothing to
       test, or a case met a part of the kernel that the shim does not have
  129  usage
  130  interrupted
"""


class Parser(argparse.ArgumentParser):
	"""An ArgumentParser whose errors end with 129, not 2."""

	def __init__(self, *args, **kwargs):
		kwargs.setdefault("allow_abbrev", False)
		kwargs.setdefault("epilog", EXITS)
		kwargs.setdefault("formatter_class",
				  argparse.RawDescriptionHelpFormatter)
		super().__init__(*args, **kwargs)

	def error(self, message):
		self.print_usage(sys.stderr)
		say(message)
		sys.exit(USAGE)


def whole(text):
	"""An argument that is a whole number above zero."""
	number = int(text)
	if number < 1:
		raise argparse.ArgumentTypeError("%s is not above zero" % text)
	if number > MOST:
		raise argparse.ArgumentTypeError("%s is above %d" % (text, MOST))
	return number


def warnings(text):
	"""The argument of --warnings."""
	if set(text) - set("1e"):
		raise argparse.ArgumentTypeError("%r is none of 1, e and 1e" %
						 text)
	return text


def result(text):
	"""The argument of --json and the like."""
	if not text:
		raise argparse.ArgumentTypeError("an empty file name")
	return text


def natural(text):
	"""An argument that is a whole number, which may be zero."""
	number = int(text)
	if number < 0 or number >> 64:
		raise argparse.ArgumentTypeError("%s is no 64-bit number" % text)
	return number


def masks(text):
	"""The argument of --keep."""
	words = text.split(":")
	if len(words) != 2:
		raise argparse.ArgumentTypeError("%s is not STEPS:ENTRIES" % text)
	return natural(words[0]), natural(words[1])


def sanitizers(text):
	"""The argument of --sanitize."""
	try:
		return config.sanitizers(text)
	except ValueError as err:
		raise argparse.ArgumentTypeError(str(err)) from None


def common(parser, kdir=True):
	"""Flags that every subcommand has."""
	if kdir:
		parser.add_argument("--kdir", metavar="TREE",
				    help="kernel tree under test, never written to "
				    "(default: $KDIR, else Debian's 6.12 source)")
	parser.add_argument("-o", dest="out", metavar="DIR",
			    help="build directory (default: build/ beside this "
			    "script)")
	parser.add_argument("-j", dest="jobs", metavar="N", type=whole,
			    default=os.cpu_count() or 1,
			    help="jobs at once (default: one per processor)")
	parser.add_argument("--quiet", action="store_true",
			    help="no progress on stderr")
	parser.add_argument("-v", dest="verbose", action="store_true",
			    help="whole command lines, and more about each case")


def share(text):
	"""The argument of --fail-under: percent."""
	number = float(text)
	if not 0 <= number <= 100:
		raise argparse.ArgumentTypeError("%s is no share in percent" % text)
	return number


def machine(parser):
	"""Flags that choose the machine and the compiler; they beat .config."""
	group = parser.add_argument_group("variant (beats .config)")
	group.add_argument("--page-size", choices=sorted(config.PAGE),
			   help="page size of the kernel played")
	group.add_argument("--m32", action="store_true",
			   help="a 32-bit kernel")
	group.add_argument("--cc", metavar="CC", default="gcc",
			   help="compiler (default: gcc)")
	return group


def variant(parser):
	"""All flags that choose what is built."""
	group = machine(parser)
	group.add_argument("--sanitize", metavar="LIST", type=sanitizers,
			   help="address, undefined or address,undefined")
	group.add_argument("--warnings", metavar="W", default="",
			   type=warnings,
			   help="as W= of the kernel: 1 for more warnings in "
			   "libkern's own files, e to make them errors")
	group.add_argument("--mutant", metavar="NAME",
			   help="for developers: with this edit of "
			   "tools/mutants applied to the copy of the tree's file")


def target(parser):
	"""What is enumerated."""
	parser.add_argument("--target", choices=("plain", "xfs"), default="plain",
			    help="the release alone, over a filesystem that records "
			    "its calls (plain, the default), or XFS's ->iomap_end "
			    "with both of its forks (xfs)")


def bound(parser, blocks="8, xfs: 4", pages="6, xfs: 3"):
	"""How far an enumeration goes."""
	parser.add_argument("--blocks", metavar="N", type=whole,
			    help="longest window in blocks (default: %s)" % blocks)
	parser.add_argument("--pages", metavar="N", type=whole,
			    help="and in pages (default: %s)" % pages)
	parser.add_argument("--force", action="store_true",
			    help="also if it takes longer than an hour")


def architecture(parser):
	"""The flag of those who build a kernel."""
	parser.add_argument("--arch", choices=arch.NAMES, default="um",
			    help="which kernel: um is User-Mode Linux (default), "
			    "the others run under QEMU")
