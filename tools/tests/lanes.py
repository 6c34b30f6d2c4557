# SPDX-License-Identifier: GPL-2.0-only
"""Groups of make check side by side, each in a process of its own.

Much of a group is one process after the other: a link, a kernel that boots, a
search that ends where the fault is. Two groups at once fill two processors. What a
group says is kept until it ends and printed whole.
"""

import re
import select
import sys
import tempfile

from tests.binaries import Count
from tools import proc
from tools.stop import BAD, GOOD, USAGE, say

COUNTED = re.compile(r"(?m)^(\d+) passed, (\d+) failed, (\d+) skipped\n\Z")


class _Lane:
	"""A group that runs, and the file that keeps what it says."""

	def __init__(self, name, argv):
		self.name = name
		self.kept = tempfile.TemporaryFile()	# pylint: disable=consider-using-with
		self.child = proc.start(argv, stdout=proc.PIPE, stderr=self.kept,
					text=True, errors="replace")
		say("group %s begins" % name)

	def fileno(self):
		"""For select(): there is something to read when the group ends."""
		return self.child.stdout.fileno()

	def show(self):
		"""Print what it has said so far."""
		with self.kept:
			self.kept.seek(0)
			sys.stderr.write(self.kept.read().decode(errors="replace"))
			sys.stderr.flush()

	def end(self):
		"""Its Count, when it has come to its end."""
		out = self.child.stdout.read()
		self.child.stdout.close()
		status = self.child.wait()
		self.show()
		counted = COUNTED.search(out)
		sys.stdout.write(out[:counted.start()] if counted else out)
		if counted and status in (GOOD, BAD, USAGE):
			return Count(*map(int, counted.groups()))
		say("group %s: exit status %d, and no count" % (self.name, status))
		return Count(failed=1)


def side_by_side(names, command, rooms, lanes):
	"""Run the groups @names, @lanes at a time; yields (name, Count) as they end.

	@command: a function from a name to the argv that ends with a line of counts
	@rooms: {name: where it builds}: of those with the same room one at a time
	"""
	left, running = list(names), []
	try:
		while left or running:
			taken = {rooms.get(lane.name) for lane in running} - {None}
			free = [name for name in left if rooms.get(name) not in taken]
			if free and len(running) < lanes:
				left.remove(free[0])
				running.append(_Lane(free[0], command(free[0])))
				continue
			for lane in select.select(running, [], [])[0]:
				running.remove(lane)
				yield lane.name, lane.end()
	finally:
		# only an interruption leaves some, for whoever calls to end
		for lane in running:
			lane.show()
