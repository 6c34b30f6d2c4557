# SPDX-License-Identifier: GPL-2.0-only
"""What does an edit of the tree change? The tree against the tree with one rule of
tools/mutants, in the same world: userspace or a kernel.

The tree stays as it is. gcc has a wrapper that gives it the edited copy instead of the
file, for that one object.
"""

import os
import re
import shutil

from iomap import extract, kdir
from kunit import kernel as kernels
from tools import mutants
from tools.files import write_changed
from tools.stop import Stop, USAGE

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# what kunit.py exec wants of a build directory
BOOTS = ("linux", "arch/x86/boot/bzImage", ".config", ".kunitconfig")
WRAPPER = os.path.join(ROOT, "kunit/edit-cc.sh")


def rule(name, facts):
	"""The rule @name as this tree wants it."""
	if mutants.of_xfs(name):
		raise Stop(USAGE, "--mutant %s is of fs/xfs, which is not compared "
			   "here" % name)
	return mutants.pick(mutants.load(*mutants.RULES, mutants.RACE_RULES), name,
			    facts)


def _edited(tree, wanted, into):
	"""Write the edited copy of the tree's file into @into; (file, copy)."""
	def read(name):
		try:
			return kdir.read(tree, name)
		except Stop:
			return None
	file, text = wanted.find_file(read)
	if not file.endswith(".c"):
		raise Stop(USAGE, "mutant %s edits %s, a header: a kernel can have "
			   "an edited .c only" % (wanted.name, file))
	copy = os.path.join(into, file)
	write_changed(copy, (extract.line_marker(1, os.path.join(tree, file)) +
			     wanted.apply(text)).encode("utf-8", "surrogateescape"))
	return file, copy


class Edited(kernels.Kernel):
	"""A kernel of the tree with one edit: built where the one without is built, so
	that all other objects serve both, and moved away before that one is."""

	def __init__(self, plain, name):
		super().__init__(plain.staged, plain.args, plain.command)
		self.name = name

	def prepare(self):
		"""As for any kernel, and the edited copy."""
		super().prepare()
		file, copy = _edited(self.staged.real,
				     rule(self.name, self.staged.facts),
				     os.path.join(self.given, "edited"))
		words = [WRAPPER, file, copy]
		for word in words:
			if re.search(r"[\s,'\"$]", word):
				raise Stop(USAGE, "%s: gcc takes no such name for "
					   "its -wrapper" % word)
		self.options = ("CFLAGS_%s.o=-wrapper %s" % (
			os.path.basename(file)[:-2], ",".join(words)),)

	def keep(self):
		"""Move what boots to a directory of its own, and boot from there."""
		own = "%s-%s" % (self.dir, self.name)
		shutil.rmtree(own, ignore_errors=True)
		for name in BOOTS:
			path = os.path.join(self.dir, name)
			if os.path.exists(path):
				into = os.path.join(own, name)
				os.makedirs(os.path.dirname(into), exist_ok=True)
				shutil.copy2(path, into)
		self.dir = own
