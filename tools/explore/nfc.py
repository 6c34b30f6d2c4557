# SPDX-License-Identifier: GPL-2.0-only
"""Do two trees behave the same in every state up to a bound?

The binary of each tree writes down a digest of each slice of the space, and the
results are kept. Slices that differ are gone through once more, state by state: one
binary writes the numbers, the other holds its own against them.

Who runs the binaries, and what may see them, is the caller's affair.
"""

import contextlib
import dataclasses
import os
import re
import tempfile

from tools.explore import digestfile, run as exploring
from tools.files import read_bytes
from tools.stop import BAD, GOOD, INTERRUPTED, Stop, UNTESTABLE, say
from tools import proc

LOCKS, CALLS = 1, 2		# enum xp_behaviour
_DIFFER = re.compile(rb"(\d{1,19}) (x\S{1,60})\n")


@dataclasses.dataclass
class Compared:
	"""What became of it.

	@states: how many were compared
	@bound: up to where, in words: "up to 4 blocks ..."
	@count: how many of them differ
	@smallest: the ID of one in the fewest blocks; None where none differs
	"""
	states: int
	bound: str
	count: int = 0
	smallest: str = None


class Side:
	"""One of the two: a binary and a name for all that it rests on."""

	def __init__(self, name, binary, content, jobs=1, strict=False, force=False):
		self.name = name
		self.binary = binary
		self.content = content
		self._suffix = "-strict" if strict else ""
		self._flags = ["--jobs=%d" % jobs, "--quiet=1", "--mute=1",
			       "--behaviour=%d" % (CALLS if strict else LOCKS),
			       *(["--force=1"] if force else [])]

	def start(self, words, **kwargs):
		"""A context whose value has stdin, stdout and wait()."""
		return proc.running([self.binary, *words], **kwargs)

	def digest(self, bound, kept):
		"""The result up to @bound, from before where there is one."""
		path = os.path.join(kept, "%s%s%s.digest" % (
			self.content, "".join(bound), self._suffix))
		if os.path.exists(path):
			try:
				return digestfile.Digest(path)
			except Stop as stop:
				say("%s; made anew" % stop)
		os.makedirs(kept, exist_ok=True)
		with open(path + ".new", "wb") as stream, self.start(
				[*self._flags, *bound, "--slices=1", "--tree=" +
				 self.content, "--digest-file=&1"],
				stdout=stream) as child:
			status = child.wait()
		if status == INTERRUPTED:
			raise proc.Interrupted
		if status not in (GOOD, BAD) or not read_bytes(path + ".new"):
			raise Stop(status if status > 0 else UNTESTABLE,
				   "the %s tree could not be gone through (exit "
				   "status %d)" % (self.name, status))
		os.replace(path + ".new", path)
		return digestfile.Digest(path)

	def states(self, bound, slices, *more, **kwargs):
		"""start() on the states of the @slices, a file of their numbers."""
		return self.start([*self._flags, *bound, "--states-of=&%d" %
				   slices.fileno(), *more],
				  pass_fds=(slices.fileno(),), stdout=proc.PIPE,
				  **kwargs)

	def show(self, state):
		"""What the tree does in @state."""
		with self.start(["--replay=" + state], stdout=proc.PIPE) as child:
			return child.stdout.read(1 << 16).decode("utf-8", "replace")


def _bounds(blocks, pages):
	"""The bounds to go through, as flags: smaller ones first."""
	more = ["--pages=%d" % pages] if pages else []
	return [["--blocks=%d" % n, *more] for n in range(1, blocks + 1)]


def _differ(old, new, bound, slices):
	"""(how many states of @slices differ, the smallest)."""
	with contextlib.ExitStack() as stack:
		lists = [stack.enter_context(tempfile.TemporaryFile())
			 for _ in range(2)]
		for stream in lists:
			stream.write(b"".join(b"%d\n" % n for n in slices))
			stream.seek(0)
		writer = stack.enter_context(old.states(bound, lists[0]))
		reader = stack.enter_context(new.states(
			bound, lists[1], "--against=1", stdin=writer.stdout))
		writer.stdout.close()
		words = _DIFFER.fullmatch(reader.stdout.read(1 << 10))
		if reader.wait() or writer.wait() or not words or \
				not exploring.ID.fullmatch(words[2].decode()):
			raise Stop(UNTESTABLE, "the states could not be held "
				   "against each other")
	return int(words[1]), words[2].decode()


def compare(old, new, blocks, pages, kept):
	"""Compare two Sides up to a bound; a Compared. @kept: where results are."""
	bounds = _bounds(blocks, pages)
	found = None
	# where nothing differs up to the bound, nothing does below it
	for bound in [bounds[-1], *bounds[:-1]]:
		results = [side.digest(bound, kept) for side in (old, new)]
		slices = [n for n, (a, b) in enumerate(
			zip(*(r.slices for r in results))) if a != b]
		if found is None:
			found = Compared(int(results[0].one["whole"].split()[1]),
					 results[0].bound())
			if not slices:
				return found
			found.count, found.smallest = _differ(old, new, bound, slices)
		elif slices:
			found.smallest = _differ(old, new, bound, slices)[1]
			break
	return found
