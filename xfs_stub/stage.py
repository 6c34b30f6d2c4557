# SPDX-License-Identifier: GPL-2.0-only
"""Copies of the tree's fs/xfs, beside those of fs/iomap and apart from them.

A tree whose XFS cannot be staged loses the XFS suites and no others.
"""

import os

from iomap import kdir, stage as staging
from iomap.extract import definitions, line_marker
from xfs_stub import probe

RECORD = "xfs.json"
PLATFORM = "#include <xfs_stub/platform.h>\n"
# what is cut out of big files, beside the whole ones
CUT = probe.DIR + "/libkern_cut.c"
CUT_PROLOGUE = "#include <xfs_stub/cut.h>\n"


class Staged:
	"""fs/xfs made ready to compile."""

	def __init__(self, base, facts, sources):
		self.base = base
		self.facts = facts
		self.sources = sources	# .c files, relative to xfs/stage/


def _code():
	here = os.path.dirname(__file__)
	top = os.path.dirname(here)
	return staging.code_digest(
		*(os.path.join(here, n) for n in ("probe.py", "stage.py")),
		os.path.join(top, "iomap/csource.py"),
		os.path.join(top, "iomap/extract.py"),
		os.path.join(top, "iomap/stage.py"))


def stage(real, base):
	"""Probe and stage fs/xfs of the tree @real; returns a Staged.

	@base: the tree's own build directory, locked by the caller
	"""
	code = _code()
	done = staging.cached(real, base, RECORD, code)
	if done:
		return Staged(base, done["facts"], done["sources"])
	tree = probe.Tree(real, kdir.read)
	facts = probe.facts(tree)
	names = ["%s/%s" % (probe.DIR, name) for name in tree.sources]
	outputs = {"xfs/stage/" + name: line_marker(1, os.path.join(real, name)) +
			tree.sources[name[len(probe.DIR) + 1:]].text
		   for name in names}
	outputs["xfs/stage/" + CUT] = CUT_PROLOGUE + "".join(
		definitions(source, os.path.join(real, probe.DIR, name), found)
		for name, (source, found) in tree.cut.items())
	for name in probe.PLATFORM:
		outputs["xfs/stage/%s/%s" % (probe.DIR, name)] = PLATFORM
	outputs["xfs/gen/xfs-facts.h"] = probe.header(facts)
	record = {"files": tree.files, "facts": facts,
		  "sources": ["%s/%s" % (probe.DIR, n)
			      for n in probe.SOURCES] + [CUT]}
	staging.write(real, base, RECORD, code, record, outputs, "xfs/stage")
	return Staged(base, facts, record["sources"])
