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
from tools.files import read_bytes, write_changed
from tools.stop import BAD, GOOD, INTERRUPTED, Stop, UNTESTABLE, say
from tools import proc

LOCKS, CALLS = 1, 2		# enum xp_behaviour
TIMEOUT = 1			# seconds for a state, which takes less than a millionth
_DIFFER = re.compile(rb"(\d{1,19}) (x\S{1,60})\n")


@dataclasses.dataclass
class Compared:
	"""What became of it.

	@states: how many were compared
	@bound: up to where, in words: "up to 4 blocks ..."
	@count: how many of them differ
	@smallest: the ID of one in the fewest blocks; None where none differs
	@given_up: words where one tree was not gone through: @count is the least then
	"""
	states: int
	bound: str
	count: int = 0
	smallest: str = None
	given_up: str = ""


class Side:
	"""One of the two: a binary and a name for all that it rests on."""

	def __init__(self, name, binary, content, jobs=1, strict=False, force=False):
		self.name = name
		self.binary = binary
		self.content = content
		self._suffix = "-strict" if strict else ""
		self._behaviour = CALLS if strict else LOCKS
		self._flags = ["--jobs=%d" % jobs, "--quiet=1", "--mute=1",
			       "--behaviour=%d" % self._behaviour,
			       "--state-timeout=%d" % TIMEOUT,
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
				return self._checked(path, bound)
			except Stop as stop:
				say("%s; made anew" % stop)
		os.makedirs(kept, exist_ok=True)
		# a name of its own: two may be at the same
		with tempfile.NamedTemporaryFile(dir=kept, prefix=".new-") as stream:
			self._make(stream, bound)
			found = self._checked(stream.name, bound)
			if not found.unfinished():
				write_changed(path, read_bytes(stream.name))
		return found

	def _checked(self, path, bound):
		"""The result in the file @path, which has to be of this up to @bound."""
		found = digestfile.Digest(path)
		blocks = found.one["bound"].split()[0]
		if found.one["tree"] != self.content or \
		   found.one["behaviour"] != str(self._behaviour) or \
		   "--blocks=" + blocks not in bound:
			raise Stop(UNTESTABLE, path + " is of another tree or bound")
		return found

	def _make(self, stream, bound):
		"""Go through the tree, the result to @stream, a file."""
		with self.start([*self._flags, *bound, "--slices=1", "--unfinished=1",
				 "--tree=" + self.content, "--digest-file=&1"],
				stdout=stream) as child:
			status = child.wait()
		if status == INTERRUPTED:
			raise proc.Interrupted
		if status not in (GOOD, BAD) or not os.stat(stream.name).st_size:
			raise Stop(status if status > BAD else UNTESTABLE,
				   "the %s tree could not be gone through (exit "
				   "status %d)" % (self.name, status))

	def states(self, bound, slices, *more, **kwargs):
		"""start() on the states of the @slices, a file of their numbers."""
		return self.start([*self._flags, *bound, "--states-of=&%d" %
				   slices.fileno(), *more],
				  pass_fds=(slices.fileno(),), stdout=proc.PIPE,
				  **kwargs)

	def show(self, state):
		"""What the tree does in @state."""
		with self.start(["--replay=" + state, "--state-timeout=%d" % TIMEOUT],
				stdout=proc.PIPE) as child:
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


def _death(old, new, result):
	"""A state that costs one tree its process, by its @result, and not the other."""
	return next((state for _, _, state in result.groups
		     if old.show(state) != new.show(state)), None)


def _given_up(old, new, bounds, kept, results):
	"""One tree was not gone through, by its @results; a Compared."""
	part, whole = sorted(results, key=lambda r: not r.unfinished())
	if whole.unfinished():
		raise Stop(UNTESTABLE, "neither tree could be gone through: %s" %
			   whole.unfinished())
	found = Compared(part.whole, part.bound(), part.counts["violations"],
			 given_up=part.unfinished())
	for bound in bounds:
		pair = results if bound == bounds[-1] else \
			[side.digest(bound, kept) for side in (old, new)]
		dead = [r for r in pair if r.unfinished()]
		slices = [] if dead else _other_slices(*pair)
		found.smallest = _death(old, new, dead[0]) if dead else \
			_differ(old, new, bound, slices)[1] if slices else None
		if found.smallest:
			return found
	raise Stop(UNTESTABLE, "the trees could not be held against each other: %s" %
		   part.unfinished())


def _other_slices(one, two):
	"""Numbers of the slices in which two results differ."""
	return [n for n, (a, b) in enumerate(zip(one.slices, two.slices)) if a != b]


def compare(old, new, blocks, pages, kept):
	"""Compare two Sides up to a bound; a Compared. @kept: where results are."""
	bounds = _bounds(blocks, pages)
	found = None
	# where nothing differs up to the bound, nothing does below it
	for bound in [bounds[-1], *bounds[:-1]]:
		results = [side.digest(bound, kept) for side in (old, new)]
		if any(result.unfinished() for result in results):
			return _given_up(old, new, bounds, kept, results)
		slices = _other_slices(*results)
		if found is None:
			found = Compared(results[0].whole, results[0].bound())
			if not slices:
				return found
			found.count, found.smallest = _differ(old, new, bound, slices)
		elif slices:
			found.smallest = _differ(old, new, bound, slices)[1]
			break
	return found
