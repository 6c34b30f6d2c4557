# SPDX-License-Identifier: GPL-2.0-only
"""Does a patch change what the release does? series --nfc.

As ./libkern nfc, but that the binaries are other people's code, built and run
behind the walls. Results and binaries are kept by the code that they are made of,
so the row below finds its parent's, and so does the next version of a series.
"""

import contextlib
import json
import os
import re
import shutil

from tools import proc
from tools.explore import nfc
from tools.files import read_bytes, write_changed
from tools.series import judge, sandbox
from tools.series.model import Behaviour, clean
from tools.stop import Stop, say

BLOCKS = 4			# where the command line names no bound
SECONDS = 4 * 3600		# for one bound of one patch
FLAGS = ("nfc", "blocks", "pages", "force")
MADE_BY = ("tools/explore", "tools/series/behaviour.py")
# what a changelog says, in any of the usual wordings
_CLAIM = re.compile(r"(?i:\b(?:no|without|zero)(?: \w+)? (?:functional|behaviou?ral|"
		    r"semantic) changes?\b|\bno (?:functional )?change (?:in|of|to)"
		    r"(?: \w+)? (?:functionality|behaviou?r)\b)|\bNFCI?\b")


def claims(message):
	"""Does the changelog @message say that nothing changes?"""
	return bool(_CLAIM.search(" ".join(message.split())))


def _drawn(text):
	"""A picture of a state as it is kept."""
	return "\n".join(line.rstrip() for line in clean(text).split("\n")).rstrip()


class _Side(nfc.Side):
	"""One row's code, in the sandbox."""

	def __init__(self, box, *words, **flags):
		super().__init__(*words, **flags)
		self._box = box

	def start(self, words, **kwargs):
		watched = self._box.run([self.binary, *words],
					sandbox.Limits(seconds=SECONDS),
					stderr=sandbox.DEVNULL, **kwargs)
		return _Child(watched)


class _Child:
	"""A Watched as nfc.Side.start() has it."""

	def __init__(self, watched):
		self._watched = watched
		self.stdout = watched.child.stdout
		self.wait = watched.wait

	def __enter__(self):
		return self

	def __exit__(self, *why):
		self._watched.__exit__(*why)


class Comparing:
	"""Compares the code of one row with that of the row above."""

	def __init__(self, args, judging):
		self._judging = judging
		self._blocks, self._pages = args.blocks or BLOCKS, args.pages
		self._flags = {"jobs": args.jobs, "force": args.force}
		self._kept = os.path.join(judging.base, "behaviour")
		self._own = judge.digest_of(MADE_BY)
		self._before = None		# the Side of the nearest row above
		self._after = None		# and its position

	def _path(self, name):
		return os.path.join(self._kept, name)

	def _side(self, code):
		"""The Side of the row with @code, which was judged last; or None."""
		content = self._judging.made_of("nfc " + self._own + code)
		binary = self._path(content + ".exhaust")
		if not os.path.exists(binary):
			built = self._judging.exhaustive()
			if built is None:
				return None
			os.makedirs(self._kept, exist_ok=True)
			shutil.copyfile(built, binary + ".new")
			os.replace(binary + ".new", binary)
		return _Side(self._judging.box, content[:12], binary, content,
			     **self._flags)

	def _answer(self, old, new):
		"""The comparison as a dict, from before where there is one."""
		path = self._path("%s-%s-%db%s.json" % (
			old.content, new.content, self._blocks,
			"%dp" % self._pages if self._pages else ""))
		with contextlib.suppress(ValueError):
			return json.loads(read_bytes(path) or b"")
		found = nfc.compare(old, new, self._blocks, self._pages, self._kept)
		done = {"states": found.states, "bound": clean(found.bound),
			"differ": found.count, "smallest": found.smallest,
			"pictures": [_drawn(side.show(found.smallest))
				     for side in (old, new)]
			if found.smallest else []}
		write_changed(path, json.dumps(done).encode())
		return done

	def row(self, code, position, message, again):
		"""The Behaviour of a row, or None where there is nothing to compare.

		@code: of fs/iomap, None where it could not be had
		@again: a command that compares it again
		"""
		if code is None:
			return None
		before, against = self._before, self._after
		try:
			side = self._side(code)
			if side is None:
				return Behaviour(against, why="libkern exhaust does "
						 "not build with it")
			self._before, self._after = side, position
			if before is None:
				return None
			return Behaviour(against, claimed=claims(message),
					 again=again, **self._answer(before, side))
		except (Stop, ValueError, KeyError, IndexError) as error:
			# of code that is under test anything may come
			say("behaviour: %s" % clean(str(error)))
			return Behaviour(against, why="it could not be gone through")
