# SPDX-License-Identifier: GPL-2.0-only
"""Law 1: no kernel text in the repository.

Looks for runs of lines that stand in a kernel tree word for word. Lines of a
few characters and includes prove nothing and do not count; comments and white
space do not tell two texts apart.
"""

import glob
import os
import re
import subprocess
import unittest

from tests.support import ROOT, debian

RUN = 5
SHORT = 12
# what libkern lies beside: bodies and comments of these are the tempting ones
PLACES = ("fs/iomap/*", "fs/xfs/*.[ch]", "fs/xfs/libxfs/*.[ch]", "mm/*.c",
	  "lib/*.[ch]", "lib/kunit/*", "kernel/locking/*.[ch]",
	  "include/linux/*.h", "include/kunit/*.h", "include/uapi/linux/*.h",
	  "tools/testing/shared/*", "tools/testing/vma/*",
	  "tools/testing/radix-tree/*", "tools/testing/kunit/*.py",
	  "Documentation/filesystems/iomap/*.rst",
	  "Documentation/dev-tools/kunit/*.rst")


def lines(path):
	"""(number, text without comment and spare white space) of a file."""
	with open(path, encoding="utf-8", errors="replace") as stream:
		for number, line in enumerate(stream, 1):
			text = re.sub(r"/\*.*?\*/|//.*", "", line)
			text = " ".join(text.split())
			if len(text) > SHORT and \
			   not text.startswith(("#include", "import ", "from ")):
				yield number, text


def runs(path):
	"""(first line, the text of RUN lines), for each run in a file."""
	kept = list(lines(path))
	for i in range(len(kept) - RUN + 1):
		yield kept[i][0], "\n".join(t for _, t in kept[i:i + RUN])


class Laws(unittest.TestCase):
	"""What may never be in the repository."""

	def test_no_kernel_text(self):
		"""No file of ours shares five lines in a row with the kernel."""
		ours = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True,
				      capture_output=True, text=True).stdout
		mine = {}
		for name in ours.split():
			if name.endswith((".c", ".h", ".py", ".rst", ".mk")):
				for number, text in runs(os.path.join(ROOT, name)):
					mine.setdefault(text, "%s:%d" %
							(name, number))
		self.assertGreater(len(mine), 5000)
		shared, read = {}, 0
		for release in ("6.12", "6.1"):
			tree = debian(release)
			for place in PLACES:
				for path in glob.glob(os.path.join(tree, place)):
					if not os.path.isfile(path):
						continue
					read += 1
					for number, text in runs(path):
						if text in mine:
							shared[mine[text]] = "%s:%d" % (
								path, number)
		self.assertGreater(read, 1000)
		self.assertEqual(shared, {})


if __name__ == "__main__":
	unittest.main()
