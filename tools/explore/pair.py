# SPDX-License-Identifier: GPL-2.0-only
"""libkern nfc: two trees of the user's, compared and shown."""

import argparse

from tools import commands
from tools.explore import nfc, run as exploring
from tools.files import room
from tools.stop import BAD, GOOD, put


BLOCKS = {"plain": 8, "xfs": 4}	# as struct xp_target has it


class Tree(nfc.Side):
	"""One of the two trees, built."""

	def __init__(self, name, args, tree):
		own = argparse.Namespace(**vars(args))
		own.kdir, own.mutant = tree, args.mutant if name == "new" else None
		own.seek = "tree"
		self.args = own
		self.build, binary = commands.built(
			own, name=exploring.BINARIES[own.target])
		super().__init__(name, binary, "%s-%s" % (
			own.target, exploring.content(self.build, own.mutant)),
			args.jobs, args.strict, args.force)

	def called(self):
		"""What to call it in a report."""
		return self.build.staged.real + (
			", mutant " + self.args.mutant if self.args.mutant else "")


def _report(old, new, state):
	put("the smallest state that tells them apart is " + state)
	for side in (old, new):
		put("\n%s: %s" % (side.name, side.called()))
		put(side.show(state).rstrip("\n"))
	for side in (old, new):
		put("again: %s --replay %s" % (exploring.command(
			side.args, side.build.staged.real), state))


def main(args):
	"""libkern nfc"""
	old, new = (Tree(name, args, getattr(args, name)) for name in ("old", "new"))
	found = nfc.compare(old, new, args.blocks or BLOCKS[args.target], args.pages,
			    room(commands.outdir(args), "nfc"))
	whole = "%d states, %s%s" % (
		found.states, found.bound,
		", target %s" % args.target if args.target != "plain" else "")
	if not found.smallest:
		put("no functional change in " + whole)
		put("(%sblocks punched, locks held at that and on return, what is left "
		    "of the page cache, splats)" %
		    ("the calls of the punch, " if args.strict else ""))
		return GOOD
	_report(old, new, found.smallest)
	put("\n%s%d states differ, of %s" % (
		"at least " if found.given_up else "", found.count, whole))
	if found.given_up:
		put("one tree was not gone through to the end: " + found.given_up)
	return BAD
