# SPDX-License-Identifier: GPL-2.0-only
"""What the scripts behind make targets share: flags, and how they end."""

import argparse
import os
import sys

from tools import proc
from tools.stop import Stop, USAGE, say

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def arguments(name, doc, argv):
	"""Parse the flags that the Makefile passes to every script."""
	parser = argparse.ArgumentParser(prog=name, description=doc)
	parser.add_argument("--kdir", help="the kernel tree")
	parser.add_argument("-o", dest="out", default=os.path.join(ROOT, "build"))
	parser.add_argument("-j", help=argparse.SUPPRESS)
	parser.add_argument("-v", action="store_true", help=argparse.SUPPRESS)
	return parser.parse_args(argv)


def run(main):
	"""Run @main on the command line and leave with libkern's exit status."""
	try:
		proc.setup()
		sys.exit(main(sys.argv[1:]))
	except Stop as stop:
		say(str(stop))
		sys.exit(stop.status)
	except SystemExit as leaving:
		sys.exit(USAGE if leaving.code == 2 else leaving.code)
