# SPDX-License-Identifier: GPL-2.0-only
"""Building the next state while this one's suites run: nothing gets mixed up."""

import os
import threading
import time

from tests.support import Case
from tools.series.ahead import Ahead, Alone
from tools.series.judge import Judge
from tools.stop import Stop


class _Judging:
	"""Notes what is called; a run lasts until the next build has begun."""

	def __init__(self, count):
		self.count = count
		self.calls = []
		self.begun = [threading.Event() for _ in range(count + 1)]
		self.begun[count].set()
		self.abandoned = False
		self.thread = set()

	def prepare(self, state):
		"""As the Judge's."""
		self.thread.add(threading.get_ident())
		self.calls.append("prepare %d" % state)
		self.begun[state].set()
		return state

	def finish(self, found):
		"""As the Judge's; fails when nothing is built meanwhile."""
		if not self.begun[found + 1].wait(30):
			raise AssertionError("state %d waits for the run of %d" %
					     (found + 1, found))
		self.calls.append("finish %d" % found)
		return found

	def abandon(self):
		"""As the Judge's."""
		self.abandoned = True


class Order(Case):
	"""The order of builds and runs."""

	def test_overlap(self):
		"""A build begins while the run before it goes on, never two before"""
		judging = _Judging(4)
		with Ahead(judging, iter(range(4))) as ahead:
			self.assertEqual([ahead.judge() for _ in range(4)],
					 [0, 1, 2, 3])
		calls = judging.calls
		for state in range(3):
			self.assertLess(calls.index("prepare %d" % (state + 1)),
					calls.index("finish %d" % state))
		for state in range(2):
			self.assertGreater(calls.index("prepare %d" % (state + 2)),
					   calls.index("finish %d" % state))
		self.assertEqual(len(judging.thread), 1)
		self.assertFalse(judging.abandoned)

	def test_alone(self):
		"""Where what is built last is needed, nothing is built meanwhile"""
		judging = _Judging(3)
		for event in judging.begun:
			event.set()
		with Alone(judging, iter(range(3))) as alone:
			self.assertEqual([alone.judge() for _ in range(3)], [0, 1, 2])
		self.assertEqual(judging.calls, [
			"%s %d" % (what, state) for state in range(3)
			for what in ("prepare", "finish")])

	def test_stop(self):
		"""A Stop of the building thread is raised where judge() is called"""
		judging = _Judging(3)

		def prepare(state):
			if state == 1:
				judging.begun[1].set()
				raise Stop(125, "no compiler")
			return state
		judging.prepare = prepare
		with self.assertRaisesRegex(Stop, "no compiler"):
			with Ahead(judging, iter(range(3))) as ahead:
				ahead.judge()
				ahead.judge()
		self.assertTrue(judging.abandoned)

	def test_end(self):
		"""A run that ends everything does not wait for the build for ever"""
		judging, over = _Judging(3), threading.Event()

		def prepare(state):
			if state:
				over.wait(30)
			return state

		def finish(_found):
			raise Stop(129, "the filter matches nothing")
		judging.prepare, judging.finish = prepare, finish
		judging.abandon = over.set
		begin = time.monotonic()
		with self.assertRaisesRegex(Stop, "matches nothing"):
			with Ahead(judging, iter(range(3))) as ahead:
				ahead.judge()
		self.assertLess(time.monotonic() - begin, 20)


class Binaries(Case):
	"""What runs is what was built for it."""

	def test_aside(self):
		"""The binary of a state stays what it is while the next is linked"""
		judge = Judge.__new__(Judge)
		judge.base, judge._slot = self.scratch, 0	# pylint: disable=protected-access
		name = os.path.join(self.scratch, "libkern-iomap")
		found = []
		for number in range(3):
			with open(name + ".new", "w", encoding="ascii") as stream:
				stream.write(str(number))
			os.rename(name + ".new", name)
			found.append({"binaries": {"iomap": name}})
			judge._put_aside(found[-1]) # pylint: disable=protected-access
			for back in (number, number - 1)[:number + 1]:
				with open(found[back]["binaries"]["iomap"],
					  encoding="ascii") as stream:
					self.assertEqual(stream.read(), str(back))

	def test_kept(self):
		"""What a busy machine may have done is not kept as a verdict"""
		again = Judge._again	# pylint: disable=protected-access
		for death, ended, wanted in (("hang", "", True), ("bug", "", False),
					     (None, "the run was ended", True)):
			self.assertEqual(bool(again({"ended": ended, "cases": [
				{"death": death}]})), wanted)
