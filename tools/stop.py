# SPDX-License-Identifier: GPL-2.0-only
"""Exit statuses, and the one exception that carries them.

The statuses are made for "git bisect run": 125 skips a commit, 128 and above
stop the bisection.
"""

import errno
import os
import sys

GOOD = 0
BAD = 1
UNTESTABLE = 125
USAGE = 129
INTERRUPTED = 130

# errnos by which a full or limited disk shows
NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Stop(Exception):
	"""Ends the command: one text for stderr and the exit status."""

	def __init__(self, status, text):
		super().__init__(text)
		self.status = status


def say(text):
	"""Print one line for people: stderr, as stdout belongs to KTAP."""
	print("libkern: " + text, file=sys.stderr, flush=True)


def put(text):
	"""Print what was asked for on stdout, and have it written."""
	# other people's text may hold what stdout's encoding lacks
	put_bytes((text + "\n").encode(sys.stdout.encoding or "utf-8",
				       "backslashreplace"))


def put_bytes(data):
	"""Write @data (bytes) to stdout, and have it written."""
	try:
		sys.stdout.flush()
		sys.stdout.buffer.write(data)
		sys.stdout.buffer.flush()
	except BrokenPipeError:
		raise
	except OSError as err:
		# or Python would try again at its end
		os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
		raise Stop(UNTESTABLE, "cannot write to stdout: %s" %
			   err.strerror) from None


def worst(statuses):
	"""Return the status that beats the others: 1, then 125, then 0."""
	seen = set(statuses)
	for status in (INTERRUPTED, USAGE, BAD, UNTESTABLE):
		if status in seen:
			return status
	return GOOD
