# SPDX-License-Identifier: GPL-2.0-only
"""The next state is built while the suites of this one run.

Compiling one file keeps one processor busy and the suites at times no more than
that. All the building happens in one thread, in the order of the patches.
"""

import queue
import threading

from tools import proc


class Ahead:
	"""Judges @states in their order; for a with statement.

	@judging: a Judge; @states: what its prepare() takes, one after the other
	"""

	def __init__(self, judging, states):
		self._judging = judging
		self._states = iter(states)
		self._orders, self._done = queue.SimpleQueue(), queue.SimpleQueue()
		self._thread = threading.Thread(target=self._work, daemon=True)

	def __enter__(self):
		self._thread.start()
		self._order()
		return self

	def __exit__(self, kind, value, trace):
		self._orders.put(None)
		if kind is not None:
			# nobody wants what it builds, and it may wait for a run
			self._judging.abandon()
			proc.kill_all()
		self._thread.join()

	def _order(self):
		state = next(self._states, None)
		if state is not None:
			self._orders.put(state)

	def _work(self):
		while True:
			state = self._orders.get()
			if state is None:
				return
			try:
				self._done.put((self._judging.prepare(state), None))
			except BaseException as error: # pylint: disable=broad-except
				self._done.put((None, error))

	def judge(self):
		"""The outcome of the next of the states."""
		found, error = self._done.get()
		if error:
			raise error
		self._order()
		return self._judging.finish(found)


class Alone:
	"""The same without a thread, where others need what is built last."""

	def __init__(self, judging, states):
		self._judging = judging
		self._states = iter(states)

	def __enter__(self):
		return self

	def __exit__(self, kind, value, trace):
		pass

	def judge(self):
		"""The outcome of the next of the states."""
		return self._judging.finish(
			self._judging.prepare(next(self._states)))
