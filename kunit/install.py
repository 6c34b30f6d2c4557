# SPDX-License-Identifier: GPL-2.0-only
"""make install-kunit: a patch that puts the suites into a kernel tree.

Prints it on stdout, for git apply; writes nothing. After it,
kunit.py run --kunitconfig=fs/iomap/tests works in that tree by itself.
"""

import difflib
import glob
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
if __name__ == "__main__":
	sys.path.insert(0, ROOT)

# pylint: disable=wrong-import-position
from iomap import kdir, probe
from kunit import arch
from tools import commands, script
from tools.stop import GOOD, Stop, UNTESTABLE, say

HERE = "fs/iomap/tests"
_SYMBOL = "IOMAP_DELALLOC_KUNIT_TEST"


def _own(name):
	with open(os.path.join(ROOT, name), encoding="utf-8") as stream:
		return stream.read()


def _makefile():
	"""kunit/Makefile, its include path spelled so that any kbuild finds it.

	$(src) begins with the source directory since 6.10 and did not before.
	"""
	text = _own("kunit/Makefile")
	here = "$(srctree)/" + HERE
	flags = "ccflags-y += -I %s -include %s/libkern-facts.h" % (here, here)
	text, count = re.subn(r"(?m)^ccflags-y .*$", flags, text)
	if count != 1:
		raise Stop(UNTESTABLE, "bug in libkern: no ccflags-y in "
			   "kunit/Makefile")
	return text


def new_files(real, facts):
	"""{path in the tree @real: text} of everything that is new."""
	names = [os.path.relpath(path, ROOT)
		 for path in glob.glob(os.path.join(ROOT, "kunit/*.[ch]"))
		 if not path.endswith("_user.c")]
	files = {HERE + "/" + os.path.basename(name): _own(name)
		 for name in names}
	files[HERE + "/compat.h"] = _own("iomap/compat.h")
	files[HERE + "/libkern-facts.h"] = probe.header(facts)
	files[HERE + "/Makefile"] = _makefile()
	files[HERE + "/Kconfig"] = _own("kunit/Kconfig")
	files[HERE + "/.kunitconfig"] = arch.kunitconfig(arch.ALL["um"],
							 real).decode()
	return files


def _changed(real, name, change):
	"""(name, old text, new text) of a file of the tree."""
	old = kdir.read(real, name)
	return name, old, change(old)


def _kconfig(text):
	"""fs/Kconfig with a line before the end of its menu."""
	at = text.rfind("\nendmenu")
	if at < 0:
		raise Stop(UNTESTABLE, "fs/Kconfig does not end with endmenu")
	return text[:at + 1] + 'source "%s/Kconfig"\n\n' % HERE + text[at + 1:]


def _kbuild(text):
	return text.rstrip("\n") + "\n\nobj-$(CONFIG_%s) += tests/\n" % _SYMBOL


def _hunks(old, new, before, after):
	lines = difflib.unified_diff(old.splitlines(True), new.splitlines(True),
				     before, after)
	return "".join(line if line.endswith("\n") else
		       line + "\n\\ No newline at end of file\n"
		       for line in lines)


def patch(real, facts):
	"""The patch as text."""
	out = []
	for name, old, new in (_changed(real, "fs/Kconfig", _kconfig),
			       _changed(real, "fs/iomap/Makefile", _kbuild)):
		if _SYMBOL in old or HERE in old:
			raise Stop(UNTESTABLE, "%s of %s has the suites already" %
				   (name, real))
		out.append("diff --git a/%s b/%s\n" % (name, name) +
			   _hunks(old, new, "a/" + name, "b/" + name))
	for name, text in sorted(new_files(real, facts).items()):
		out.append("diff --git a/%s b/%s\nnew file mode 100644\n" %
			   (name, name) +
			   _hunks("", text, "/dev/null", "b/" + name))
	return "".join(out)


def main(argv):
	"""The script."""
	args = script.arguments("make install-kunit", __doc__, argv)
	real, _ = commands.tree(args)
	text = patch(real, probe.facts(probe.Tree(real)))
	sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))
	say("a patch for %s is on stdout: git apply takes it" % real)
	return GOOD


if __name__ == "__main__":
	script.run(main)
