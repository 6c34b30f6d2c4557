# SPDX-License-Identifier: GPL-2.0-only
"""Does a patch change what the release does? series --nfc.

As ./libkern nfc, but that the binaries are other people's code, built and run
behind the walls. Results and binaries are kept by the code that they are made of,
so the row below finds its parent's, and so does the next version of a series.

A patch is gone through over the filesystem that records (fs/iomap), over XFS's own
code where it touches files of that (fs/xfs), or both.
"""

import contextlib
import json
import os
import re
import shutil

from tools import proc
from tools.explore import nfc
from tools.files import read_bytes, write_changed
from tools.series import judge, path as paths, sandbox
from tools.series.model import Behaviour, clean
from tools.stop import Stop, say

IOMAP, XFS = "fs/iomap", "fs/xfs"
PARTS = {IOMAP: "iomap", XFS: "xfs"}	# of Judge.exhaustive()
BLOCKS = {IOMAP: 4, XFS: 3}	# where the command line names no bound
# XFS's states are sixteen times as many with every two blocks, or with every page
MOST_BLOCKS, MOST_PAGES = 4, 3
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


class Target:
	"""One of the two, with its bound and the nearest row above that it has."""

	def __init__(self, of, args):
		self.of = of
		self.blocks, self.pages = args.blocks or BLOCKS[of], args.pages
		if of == XFS:
			self.blocks = min(self.blocks, MOST_BLOCKS)
			self.pages = self.pages and min(self.pages, MOST_PAGES)
		self.before = None		# a Side
		self.against = None		# and the position of its row

	def touched(self, names):
		"""Is any of the files @names its own? What is not XFS's is iomap's."""
		return any(name.startswith(XFS + "/") == (self.of == XFS)
			   for name in names)


class Comparing:
	"""Compares the code of one row with that of the row above."""

	def __init__(self, args, judging, states):
		self._judging = judging
		self._flags = {"jobs": args.jobs, "force": args.force}
		self._kept = os.path.join(judging.base, "behaviour")
		self._own = judge.digest_of(MADE_BY)
		self._targets = [Target(of, args) for of in (IOMAP, XFS)]
		self._left = self._rows_of_xfs(states)

	def _rows_of_xfs(self, states):
		"""How many rows have XFS to be built: up to the last that touches it."""
		xfs = self._targets[1]
		return max((n for n, (old, new) in enumerate(
			zip(states, states[1:]), 2)
			if xfs.touched(paths.differ(old, new))), default=0)

	def _path(self, name):
		return os.path.join(self._kept, name)

	def _content(self, code):
		return self._judging.made_of("nfc " + self._own + code)

	def _binary(self, code):
		return self._path(self._content(code) + ".exhaust")

	def _sides(self, codes, parts):
		"""({part: Side} of the row with @codes, judged last; why XFS is not there)."""
		why = ""
		if any(part not in codes or not os.path.exists(self._binary(
				codes[part])) for part in parts):
			codes, built, why = self._judging.exhaustive(
				lambda part, code: part in parts and
				not os.path.exists(self._binary(code)))
			os.makedirs(self._kept, exist_ok=True)
			for part, binary in built.items():
				kept = self._binary(codes[part])
				shutil.copyfile(binary, kept + ".new")
				os.replace(kept + ".new", kept)
		return {part: _Side(self._judging.box, self._content(code)[:12],
				    self._binary(code), self._content(code),
				    **self._flags)
			for part, code in codes.items() if part in parts and
			os.path.exists(self._binary(code))}, why

	def _answer(self, target, new):
		"""The comparison as a dict, from before where there is one."""
		old, blocks, pages = target.before, target.blocks, target.pages
		path = self._path("%s-%s-%db%s.json" % (
			old.content, new.content, blocks,
			"%dp" % pages if pages else ""))
		with contextlib.suppress(ValueError):
			return json.loads(read_bytes(path) or b"")
		found = nfc.compare(old, new, blocks, pages, self._kept)
		done = {"states": found.states, "bound": clean(found.bound),
			"differ": found.count, "smallest": found.smallest,
			"pictures": [_drawn(side.show(found.smallest))
				     for side in (old, new)]
			if found.smallest else []}
		write_changed(path, json.dumps(done).encode())
		return done

	def _one(self, target, side, why, **rest):
		"""The Behaviour of @target in a row that touches it, or None."""
		against = target.against
		if side is None:
			return Behaviour(target.of, against, why=why or "libkern "
					 "exhaust%s does not build with it" % (
						 " --target xfs" if target.of == XFS
						 else ""))
		if target.before is None:
			return None
		try:
			return Behaviour(target.of, against, **rest,
					 **self._answer(target, side))
		except (Stop, ValueError, KeyError, IndexError) as error:
			# of code that is under test anything may come
			say("behaviour of %s: %s" % (target.of, clean(str(error))))
			return Behaviour(target.of, against,
					 why="it could not be gone through")

	@staticmethod
	def _changes(target, side, patch, names):
		"""Does @patch, which changes the files @names, touch what @target is of?"""
		if not patch.position or not target.touched(names):
			return False
		# a filter may keep the suites from looking there, and then it is not told
		return target.touched(patch.touched) or None in (
			side, target.before) or side.content != target.before.content

	def row(self, codes, patch, names, message, again):
		"""[Behaviour, ...] of a row, none where there is nothing to compare.

		@codes: by part, as an outcome has them; None where they could not be had
		@names: of files that it changes
		@again: a command that compares it again
		"""
		self._left -= 1
		if codes is None:
			return []
		parts = [PARTS[target.of] for target in self._targets
			 if target.of == IOMAP or self._left >= 0]
		found = []
		try:
			sides, why = self._sides(codes, parts)
		except Stop as stop:
			say("behaviour: %s" % clean(str(stop)))
			sides, why = {}, "it could not be gone through"
			parts = []
		for target in self._targets:
			side = sides.get(PARTS[target.of])
			if self._changes(target, side, patch, names):
				found.append(self._one(
					target, side, why if target.of == XFS or
					not parts else "", claimed=claims(message),
					again=again))
			if side:
				target.before, target.against = side, patch.position
		return [one for one in found if one]
