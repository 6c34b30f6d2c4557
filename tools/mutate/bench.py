# SPDX-License-Identifier: GPL-2.0-only
"""Builds a mutant and lets the suites try to kill it.

A mutant is an edited copy of one staged file, compiled and linked with the
objects that its variant has already. The suites of iomap come first, those of
XFS next; the first case that fails ends it. What they let live meets the
exhaustive run up to a small bound, that of XFS where the file is one of fs/xfs. A case that only met what the shim does not
have has killed nothing.
"""

import dataclasses
import json
import math
import os
import re
import shutil
import time

from iomap import extract
from iomap.csource import Source
from shim.build import NotBuilt
from tools import proc
from tools.files import read_bytes, write_changed
from tools.mutate import operators
from tools.stop import GOOD, Stop, UNTESTABLE, say

HANG = 2			# seconds without progress of one case, at least
# the bounds of the exhaustive runs
BLOCKS = {"libkern-exhaust": 4, "libkern-exhaust-xfs": 2}
SAID = 20			# lines of a build that should not have failed
# Build.diagnose() on what is wrong with the code, if only where a macro of ours is
# expanded: without the edit it builds. The rest is nobody's verdict
BROKEN = re.compile(r"does not compile|the shim lacks|, which is nowhere|"
		    r"does not build against this tree")
KILLED, SURVIVES, STILLBORN = "killed", "survives", "does not compile"


@dataclasses.dataclass
class Verdict:
	"""What became of a mutant; @by: the case that killed it."""
	mutant: operators.Mutant
	state: str
	by: str = ""


class Staged:
	"""A staged file, whose functions stand in the tree at other lines."""

	def __init__(self, directory, name):
		self.path = os.path.join(directory, name)
		data = read_bytes(self.path)
		if data is None:
			raise Stop(UNTESTABLE, "%s is not staged" % name)
		self.name = name
		self.source = Source(data.decode("utf-8", "surrogateescape"), name)

	def mutants(self, place):
		"""The Mutants of the function at @place, a path.Place."""
		found = operators.mutants(self.source, place.name)
		here = self.source.line(
			self.source.definition(place.name).start)
		for mutant in found:
			mutant.file = place.file
			mutant.line += place.first - here
		return found


class Bench:
	"""The binaries of one tree and variant; build() and judge() a mutant."""

	def __init__(self, build, binaries):
		self.build = build
		self.binaries = binaries	# {"iomap": path, "xfs": ..., "exhaust"}
		self.top = os.path.join(build.dir, "mutate")
		self._staged = {}
		self.hang = HANG
		self._stopped = False
		shutil.rmtree(self.top, ignore_errors=True)

	def staged(self, file):
		"""The Staged that holds the tree's @file."""
		if file not in self._staged:
			directory = self.build.staged.stage
			if file.startswith("fs/xfs/"):
				directory = os.path.join(self.build.staged.base,
							 "xfs/stage")
			self._staged[file] = Staged(
				directory, extract.staged_name(file, ()))
		return self._staged[file]

	def _goals(self, mutant, staged, directory):
		"""[(what make is told, binary)], to be tried in this order."""
		binary = os.path.join(directory, "libkern-")
		if mutant.file.startswith("fs/xfs/"):
			return [([target, "MUTANT=" + directory,
				  "XFS_MUTANT_C=" + staged.name], binary + part)
				for part, target in (
					("xfs", "xfs-mutant"),
					("exhaust-xfs", "exhaust-xfs-mutant"))
				if self.binaries.get(part)]
		if staged.name.endswith(".h"):
			# whoever includes it is compiled again
			more = ["OBJ=%s/obj" % directory, "OUT=%s/" % directory,
				"FIRST=%s/stage" % directory, "OPT=-O0",
				"EDITED_OPT=-O0"]
			targets = {"iomap": "iomap", "xfs": "xfs",
				   "exhaust": "exhaust"}
		else:
			more = ["MUTANT=" + directory, "MUTANT_C=" + staged.name]
			targets = {"iomap": "mutant", "xfs": "mutant-xfs",
				   "exhaust": "exhaust-mutant"}
		return [([target, *more], binary + part)
			for part, target in targets.items()
			if self.binaries.get(part)]

	def stop(self):
		"""Judge no more; what runs is ended."""
		self._stopped = True
		proc.kill_all()

	def judge(self, mutant, number):
		"""The Verdict on @mutant, built in the directory @number."""
		staged = self.staged(mutant.file)
		directory = os.path.join(self.top, str(number))
		try:
			write_changed(os.path.join(directory, "stage", staged.name),
				      mutant.apply(staged.source.text).encode(
					      "utf-8", "surrogateescape"))
			for words, binary in self._goals(mutant, staged, directory):
				if self._stopped:
					break
				try:
					self.build.make(*words, show=False)
				except NotBuilt as stop:
					if BROKEN.search(str(stop)):
						return Verdict(mutant, STILLBORN)
					say("in %s:" % mutant.name)
					for line in stop.said[-SAID:]:
						say("  " + line)
					raise
				if self._stopped:
					break
				by = self.killer(binary)
				if by:
					return Verdict(mutant, KILLED, by)
			return Verdict(mutant, SURVIVES)
		finally:
			shutil.rmtree(directory, ignore_errors=True)

	def unbroken(self):
		"""What fails in a binary without any mutant, or "".

		As a mutant may run twice as long as that, it also sets the patience.
		"""
		for part in filter(self.binaries.get, ("iomap", "xfs", "exhaust",
						       "exhaust-xfs")):
			begin = time.monotonic()
			by = self.killer(self.binaries[part])
			if by:
				return by
			self.hang = max(self.hang, math.ceil(
				2 * (time.monotonic() - begin)))
		return ""

	def killer(self, binary):
		"""What notices the fault in @binary: SUITE.CASE; "" for nothing."""
		blocks = BLOCKS.get(os.path.basename(binary))
		if blocks:
			return _violation(binary, blocks)
		return _case(binary, self.hang)


def _violation(binary, blocks):
	"""Is there a state up to the bound that the oracle does not want?"""
	child = proc.start([binary, "--jobs=1", "--first=1", "--quiet=1",
			    "--blocks=%d" % blocks, "--state-timeout=1"],
			   stdout=proc.DEVNULL, stderr=proc.DEVNULL)
	try:
		child.wait()
	finally:
		status = proc.end(child)
	return os.path.basename(binary).removeprefix("libkern-") \
		if status not in (GOOD, UNTESTABLE) else ""


def _case(binary, hang):
	"""SUITE.CASE that fails in @binary, or "" when all is well."""
	reader, writer = os.pipe()
	words = [binary, "--seek", "tree", "--timeout", str(hang),
		 "--result-fd", str(writer)]
	ended = False
	with os.fdopen(reader, encoding="utf-8", errors="replace") as stream:
		try:
			child = proc.start(words, pass_fds=(writer,),
					   stdout=proc.DEVNULL,
					   stderr=proc.DEVNULL)
		finally:
			os.close(writer)
		try:
			for line in stream:
				record = json.loads(line)
				ended = ended or "summary" in record
				if record.get("status") == "fail" and \
						record.get("death") != "stub":
					return "%s.%s" % (record["suite"],
							  record["case"])
		finally:
			proc.end(child)
	return "" if ended else "the runner itself"
