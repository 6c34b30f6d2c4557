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
	for name in sorted(os.listdir(outdir)) if os.path.isdir(outdir) else ():
		base = os.path.join(outdir, name)
		# stage() writes facts.txt first of all; nobody else does
		if not os.path.isdir(os.path.join(base, "stage")) or \
		   not os.path.exists(os.path.join(base, "lock")):
			continue
		with locked(os.path.join(base, "lock"), base):
			shutil.rmtree(base)
	return 0


if __name__ == "__main__":
	sys.exit(main(sys.argv[1]))
