# SPDX-License-Identifier: GPL-2.0-only
"""make clean: removes what libkern built, and only what it knows it built."""

import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# pylint: disable=wrong-import-position
from tools.files import locked


def main(outdir):
	"""Remove the directory of every tree; .config and src/ stay."""
	# stage() makes the one of a tree, git.py the one of a git tree
	for top, mark in ((outdir, "stage"),
			  (os.path.join(outdir, "series"), "git")):
		for name in sorted(os.listdir(top)) if os.path.isdir(top) else ():
			base = os.path.join(top, name)
			if not os.path.isdir(os.path.join(base, mark)) or \
			   not os.path.exists(os.path.join(base, "lock")):
				continue
			with locked(os.path.join(base, "lock"), base):
				shutil.rmtree(base)
	return 0


if __name__ == "__main__":
	sys.exit(main(sys.argv[1]))
