# SPDX-License-Identifier: GPL-2.0-only
"""The part of a run that XFS has: a second binary, or the reason for none.

Whatever is wrong with XFS, the iomap suites give their verdict first.
"""

import fnmatch
import glob
import os
import re

from tools.stop import GOOD, Stop, UNTESTABLE
from xfs_stub import probe, stage

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_SUITE = re.compile(r"^FX_SUITE\((\w+),", re.M)


def suites(pattern=None):
	"""Names of the XFS suites that @pattern, SUITE or SUITE.CASE, wants."""
	found, wanted = [], (pattern or "*").split(".")[0]
	for path in sorted(glob.glob(os.path.join(ROOT, "kunit/xfs/suite_*.c"))):
		with open(path, encoding="utf-8") as stream:
			found += _SUITE.findall(stream.read())
	return fnmatch.filter(found, wanted)


class Part:
	"""XFS in one tree: @staged, then @binary; else @reason and @status.

	@reason: why its suites are skipped; @status: what that makes of a run
	in which nothing failed
	"""

	def __init__(self, real, base, pattern=None):
		self.staged = self.binary = self.reason = None
		self.status = GOOD
		self.words = ""
		self.wanted = bool(suites(pattern))
		if not self.wanted:
			return
		if not probe.is_there(real):
			self.reason = "no %s in this tree" % probe.DIR
			return
		try:
			self.staged = stage.stage(real, base)
		except Stop as stop:
			self._lost(stop)

	def _lost(self, stop):
		if stop.status != UNTESTABLE:
			raise stop
		self.reason = "XFS of this tree cannot be built"
		self.status = UNTESTABLE
		self.words = str(stop)

	def make(self, build):
		"""Build the iomap suites, which must succeed, and those of XFS."""
		if not self.staged:
			build.make("iomap")
			return
		try:
			build.make("iomap", "xfs")
		except Stop as stop:
			# whose fault was it? iomap's own is nobody else's
			build.make("iomap")
			self._lost(stop)
			return
		self.binary = build.path("libkern-xfs")

	def absent(self):
		"""Options for the binary that has to skip XFS's suites by name."""
		if not self.reason:
			return []
		return ["--absent=%s:%s" % (name, self.reason) for name in suites()]
