# SPDX-License-Identifier: GPL-2.0-only
"""Do two trees behave the same in every state up to a bound?

The binary of each tree writes down a digest of each slice of the space, and the
results are kept. Slices that differ are gone through once more, state by state: one
binary writes the numbers, the other holds its own against them.
"""

import argparse
import os

from tools import commands, proc
from tools.explore import digestfile, run as exploring
from tools.files import write_changed
from tools.stop import BAD, GOOD, INTERRUPTED, Stop, UNTESTABLE, put, say

LOCKS, CALLS = 1, 2		# enum xp_behaviour
BLOCKS = {"plain": 8, "xfs": 4}	# as struct xp_target has it


class Side:
	"""One of the two trees."""

	def __init__(self, name, args, tree):
		self.name = name
		own = argparse.Namespace(**vars(args))
		own.kdir, own.mutant = tree, args.mutant if name == "new" else None
		own.seek = "tree"
		self.args = own
		self.build, self.binary = commands.built(
			own, name=exploring.BINARIES[own.target])
		self.content = exploring.content(self.build, own.mutant)

	def words(self, bound, *more):
		"""The command line of the binary up to @bound."""
		return [self.binary, "--jobs=%d" % self.args.jobs, "--quiet=1",
			"--mute=1", "--behaviour=%d" %
			(CALLS if self.args.strict else LOCKS),
			*(["--force=1"] if self.args.force else []), *bound, *more]

	def digest(self, bound, kept):
		"""The result up to @bound, from before where there is one."""
		path = os.path.join(kept, "%s-%s%s%s.digest" % (
			self.args.target, self.content, "".join(bound), "-strict"
			if self.args.strict else ""))
		if os.path.exists(path):
			try:
				return digestfile.Digest(path)
			except Stop as stop:
				say("%s; made anew" % stop)
		os.makedirs(kept, exist_ok=True)
		words = self.words(bound, "--slices=1", "--tree=" + self.content,
				   "--digest-file=%s.new" % path)
		with proc.running(words) as child:
			status = child.wait()
		if status == INTERRUPTED:
			raise proc.Interrupted
		if status not in (GOOD, BAD) or not os.path.exists(path + ".new"):
			raise Stop(status if status > 0 else UNTESTABLE,
				   "the %s tree could not be gone through (exit "
				   "status %d)" % (self.name, status))
		os.replace(path + ".new", path)
		return digestfile.Digest(path)

	def show(self, state):
		"""What the tree does in @state."""
		_, out, _ = proc.output([self.binary, "--replay=" + state])
		return out


def _bounds(args):
	"""The bounds to go through, as flags: smaller ones first."""
	pages = ["--pages=%d" % args.pages] if args.pages else []
	blocks = args.blocks or BLOCKS[args.target]
	return [["--blocks=%d" % n, *pages] for n in range(1, blocks + 1)]


def _differ(old, new, bound, slices, kept):
	"""(how many states of @slices differ, the smallest)."""
	path = os.path.join(kept, "slices-%d" % os.getpid())
	write_changed(path, "".join("%d\n" % n for n in slices).encode())
	try:
		with proc.running(old.words(bound, "--states-of=" + path),
				  stdout=proc.PIPE) as writer, \
		     proc.running(new.words(bound, "--states-of=" + path,
					    "--against=1"), stdin=writer.stdout,
				  stdout=proc.PIPE, text=True) as reader:
			writer.stdout.close()
			words = reader.stdout.read().split()
			if reader.wait() or writer.wait() or len(words) != 2:
				raise Stop(UNTESTABLE, "the states could not be held "
					   "against each other")
	finally:
		os.unlink(path)
	return int(words[0]), words[1]


def _report(old, new, state):
	put("the smallest state that tells them apart is " + state)
	for side in (old, new):
		put("\n%s: %s%s" % (side.name, side.build.staged.real,
				    ", mutant " + side.args.mutant
				    if side.args.mutant else ""))
		put(side.show(state).rstrip("\n"))
	for side in (old, new):
		put("again: %s --replay %s" % (exploring.command(
			side.args, side.build.staged.real), state))


def main(args):
	"""libkern nfc"""
	old, new = (Side(name, args, getattr(args, name)) for name in ("old", "new"))
	kept = os.path.join(commands.outdir(args), "nfc")
	bounds, smallest = _bounds(args), None
	for bound in bounds:
		if bound is not bounds[-1] and smallest:
			continue
		results = [side.digest(bound, kept) for side in (old, new)]
		slices = [n for n, (a, b) in enumerate(
			zip(*(r.slices for r in results))) if a != b]
		if not slices:
			continue
		count, state = _differ(old, new, bound, slices, kept)
		smallest = smallest or state
	whole = "%s states, up to %s%s" % (
		results[0].one["whole"].split()[1], results[0].one["bound"],
		", target %s" % args.target if args.target != "plain" else "")
	what = "the calls of the punch, " if args.strict else ""
	if not smallest:
		put("no functional change in %s" % whole)
		put("(%sblocks punched, locks held at that and on return, what is left "
		    "of the page cache, splats)" % what)
		return GOOD
	_report(old, new, smallest)
	put("\n%d states differ, of %s" % (count if slices else 0, whole))
	return BAD
