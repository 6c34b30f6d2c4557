# SPDX-License-Identifier: GPL-2.0-only
"""How far a kernel build is, for people before a terminal."""

import os
import sys
import threading


class Progress:
	"""On a terminal, how many objects there are so far: make is silent."""

	def __init__(self, where, wanted):
		self.where = where
		self._ended = threading.Event()
		self._thread = None
		if wanted and sys.stderr.isatty():
			self._thread = threading.Thread(target=self._watch,
							daemon=True)

	def __enter__(self):
		if self._thread:
			self._thread.start()
		return self

	def __exit__(self, *_):
		self.stop()

	def _watch(self):
		while not self._ended.wait(1):
			objects = sum(name.endswith(".o") for _, _, names in
				      os.walk(self.where) for name in names)
			if not self._ended.is_set():
				sys.stderr.write("\r\033[K  %d objects" % objects)
				sys.stderr.flush()

	def clear(self):
		"""Make room for a line."""
		if self._thread:
			sys.stderr.write("\r\033[K")

	def stop(self):
		"""The build is over."""
		if self._thread and not self._ended.is_set():
			self._ended.set()
			self._thread.join()
			self.clear()
