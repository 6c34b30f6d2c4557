# SPDX-License-Identifier: GPL-2.0-only
"""Ten patches, each alone to its verdict: libkern series, and kunit.py.

The ten are edits of our own: seven of buffered-io.c, one of a header that the
suites include, one of comments alone and one outside of the path. kunit.py is
called on each in turn, by hand, as Documentation/kunit.rst says. Both have
built the base before, and neither has seen the ten.
"""

import os
import shutil
import statistics
import sys

from iomap import probe, stage
from kunit import arch as arches
from tools import commands, proc
from tools.bench.kunit import booted, timed_verdict
from tools.bench.turnaround import FILE
from tools.farm import farm
from tools.files import locked, room
from tools.series import git
from tools.stop import GOOD, Stop, UNTESTABLE, say

ROUNDS = 3
SECONDS, AIM = 20, 10
HEADER, OUTSIDE = probe.IOMAP_H, "README"


def patches(texts, number):
	"""[(subject, {file: text}), ...] on top of @texts, new every round."""
	texts, out = dict(texts), []
	for patch in range(1, 11):
		name, line = FILE, "extern int libkern_%d_%d;" % (number, patch)
		if patch == 3:
			name = HEADER
		elif patch == 6:
			line = "/* round %d */" % number
		elif patch == 9:
			name, line = OUTSIDE, "round %d" % number
		texts[name] += line + "\n"
		out.append(("bench: patch %d" % patch, {name: texts[name]}))
	return out


class _Clone:
	"""A git tree of the files that libkern reads, as KDIR need not be one."""

	def __init__(self, real, into):
		self.path = into
		shutil.rmtree(into, ignore_errors=True)
		self.texts = {OUTSIDE: "libkern\n"}
		for name in probe.Tree(real).files:
			with open(os.path.join(real, name), encoding="utf-8",
				  errors="surrogateescape") as stream:
				self.texts[name] = stream.read()
		self._git("init", "--quiet", into, cwd=None)
		self.base = self.commit("base", self.texts)

	def _git(self, *words, cwd=""):
		status, out, err = proc.output(
			["git", "-c", "user.name=libkern", "-c",
			 "user.email=libkern@localhost", *words],
			cwd=self.path if cwd == "" else cwd,
			env=git.environment())
		if status:
			raise Stop(UNTESTABLE, "git %s: %s" % (words[0], err))
		return out.strip()

	def commit(self, subject, texts):
		"""Commit the files in @texts; the hash."""
		for name, text in texts.items():
			path = os.path.join(self.path, name)
			os.makedirs(os.path.dirname(path), exist_ok=True)
			with open(path, "w", encoding="utf-8",
				  errors="surrogateescape") as stream:
				stream.write(text)
		self._git("add", "-A")
		self._git("commit", "--quiet", "-m", subject)
		return self._git("rev-parse", "HEAD")

	def reset(self):
		"""Back to the base."""
		self._git("reset", "--quiet", "--hard", self.base)


def _series(clone, args, number):
	"""Seconds of libkern series over one round of the ten."""
	clone.reset()
	for subject, texts in patches(clone.texts, number):
		clone.commit(subject, texts)
	return timed_verdict("libkern series", [
		sys.executable, os.path.join(commands.ROOT, "libkern"), "series",
		clone.base + "..HEAD", "--kdir", clone.path, "-o", args.out,
		"-j", str(args.jobs)])


def _kunit(tree, kernel, texts, number):
	"""Seconds of kunit.py over one round of the ten."""
	total = 0
	for _, changed in patches(texts, number):
		for name, text in changed.items():
			with open(os.path.join(tree, name), "w", encoding="utf-8",
				  errors="surrogateescape") as stream:
				stream.write(text)
		total += timed_verdict("kunit.py", kernel.by_hand(), cwd=tree,
				       env=kernel.environment())
	return total


def main(args):
	"""libkern bench series"""
	real, out = commands.tree(args)
	args.out = out
	um = arches.ALL["um"]
	arches.check_tree(um, real)
	arches.check_tools(um)
	name = os.path.basename(real)
	clone = _Clone(real, os.path.join(room(out, "bench-series"), name + ".git"))
	tree = farm(real, os.path.join(room(out, "bench-kunit"), name),
		    [FILE, HEADER, OUTSIDE])
	with open(os.path.join(tree, OUTSIDE), encoding="utf-8") as stream:
		texts = dict(clone.texts, **{OUTSIDE: stream.read()})
	where = os.path.join(stage.base_dir(tree, out), um.dir)
	say("building both once; a kernel takes minutes")
	with locked(where + ".lock", where):
		kernel = booted(tree, args)
		# the second time nothing is left to build
		_series(clone, args, 0)
		timed_verdict("kunit.py", kernel.by_hand(), cwd=tree,
			      env=kernel.environment())
		inside = _kunit(tree, kernel, texts, 1)
	rounds = [_series(clone, args, number) for number in range(1, ROUNDS + 1)]
	user = statistics.median(rounds)
	print("# %s; ten patches, each alone, -j%d; medians of %d rounds, one of "
	      "kunit.py" % (real, args.jobs, ROUNDS))
	print("%-28s %6.1f s" % ("kunit.py run (UML), ten times", inside))
	print("%-28s %6.1f s   ratio %.1f" % ("libkern series", user,
					     inside / user))
	if user > SECONDS:
		say("the aim is %d s" % SECONDS)
	if inside / user < AIM:
		say("the aim is a ratio of %d" % AIM)
	return GOOD
