# SPDX-License-Identifier: GPL-2.0-only
"""libkern series: from the arguments to a Series, and the command again."""

import os
import shlex
import time

from coverage import lcov
from tools import again, mutants
from tools.files import locked
from tools.series import (ahead, behaviour, build, git, judge, kernel, lines,
			  path as paths, report, sandbox, steps as stepping)
from tools.series.model import JUDGED, SAME, UNTOUCHED, Series, clean
from tools.stop import Stop, UNTESTABLE, USAGE, say

ROOT = judge.ROOT


def front(args, real, step=None, patches=(), more=()):
	"""The front of a command that judges @step and its parent again.

	Without @step: all @patches, by names that stay what they are
	@more: which flags, besides those that choose what is built
	"""
	words = []
	if args.mbox is None:
		words.append(step.commit[:12] + "^!" if step else "%s..%s" % (
			patches[0].commit[:12], patches[-1].commit[:12]))
	else:
		words += ["--mbox", args.mbox]
		if step and step.number != "base":
			words += ["--only", step.number.split("/")[0]]
		if not step and args.only is not None:
			words += ["--only", str(args.only)]
	if not step and args.filter is not None:
		words += ["--filter", args.filter]
	flags = [*again.VARIANT, "base", "seek", "timeout", "no_sandbox"]
	return again.words(args, "series", real, *words,
			   flags=[*flags, *more])


def _box(args):
	"""The Sandbox to use, or Stop where there has to be one."""
	readable = [ROOT]
	if args.no_sandbox:
		return sandbox.Sandbox("--no-sandbox")
	why = sandbox.refusal()
	if why is None:
		return sandbox.Sandbox(readable=readable)
	if args.mbox is not None:
		raise Stop(UNTESTABLE, "%s, and patches out of mails are other "
			   "people's code, which would run as you: mend that, or "
			   "say --no-sandbox" % why)
	say("warning: no sandbox: %s; the commits' code runs as you" % why)
	return sandbox.Sandbox(why)


def _chosen(args, found):
	"""The steps that --only leaves, their parents before them."""
	if args.only is None:
		return found
	if not 0 < args.only < len(found):
		raise Stop(USAGE, "--only %d: there are %d patches" %
			   (args.only, len(found) - 1))
	before = args.only - 1
	while before and found[before].state is None:
		before -= 1
	return [found[before], found[args.only]]


class _Rows:
	"""Steps become rows, each judged, or known why it need not be."""

	def __init__(self, args, real, judging, kernels):
		self.args = args
		self.real = real
		self.judging = judging
		self.kernels = kernels
		self.patches, self.suites = [], []
		self._comparing = None
		self._files = set()	# that matter in these trees
		self._outcomes = []	# of the steps that were judged, in order
		self._state = None
		self._outcome = None

	def judge(self, found):
		"""All of them."""
		# when nothing touches the path, the base need not be built either
		if all(step.state in (None, found[0].state) for step in found):
			self._state = found[0].state
		# lines are counted in what was built last, and git has one reader
		way = ahead.Alone if self.args.coverage or self.kernels or \
			self.args.nfc else ahead.Ahead
		turns = list(self._turns(found))
		if self.args.nfc:
			self._comparing = behaviour.Comparing(self.args, self.judging,
							      turns)
		with way(self.judging, turns) as self._outcome:
			self._judge(found)

	def _turns(self, found):
		"""The states that come to be judged, in their order."""
		before = self._state
		for step in found:
			if step.state is not None and step.state != before:
				before = step.state
				yield step.state

	def _judge(self, found):
		for position, step in enumerate(found):
			patch = build.patch_of(step, position)
			self.patches.append(patch)
			if step.state is not None:
				self._user(patch, step)
			if step.tree is not None and self.kernels:
				build.add_kernel(
					patch, self.kernels.judge(step, lambda names,
						p=patch: p.state in (SAME, UNTOUCHED)
						and all(map(paths.ours, names))),
					self.suites, self._again(step, "--kunit"))
			_progress(self.args, patch)

	def _again(self, step, *more):
		words = front(self.args, self.real, step) + list(more)

		def command(suite, case):
			if more:
				# case is SUITE.CASE here, or the whole kernel
				return shlex.join(words + (["--filter", case]
							   if case else []))
			return shlex.join(words + ["--filter", suite + (
				"." + case if case else "")])
		return command

	def _user(self, patch, step):
		changed = []
		if self._state is not None:
			changed = paths.differ(self._state, step.state)
			if not changed:
				patch.state = UNTOUCHED
				if self._outcomes:
					patch.facts = dict(
						self._outcomes[-1]["facts"])
				return
		before_state, self._state = self._state, step.state
		outcome = self._outcome.judge()
		# of the files that could matter, those that do in this tree
		self._files |= set(outcome.get("files", ()))
		patch.touched = [n for n in changed
				 if n in self._files or not self._files]
		build.fill(patch, outcome, self.suites, self._again(step))
		before = self._outcomes[-1] if self._outcomes else None
		if before and before.get("code") == outcome.get("code") and \
				"code" in outcome and patch.state == JUDGED:
			patch.state = SAME if patch.touched else UNTOUCHED
			if patch.state == UNTOUCHED:
				patch.verdicts, patch.failures = {}, []
		if self._comparing:
			patch.behaviour = self._comparing.row(
				outcome.get("codes", {})
				if outcome["state"] == JUDGED else None,
				patch, changed, self._message(step), shlex.join(
					front(self.args, self.real, step, more=
					      behaviour.FLAGS)))
		if self.args.coverage and before and patch.state == JUDGED:
			patch.covered = lines.covered(
				self.judging, before_state, step.state,
				patch.touched)
		self._outcomes.append(outcome)

	def _message(self, step):
		"""The changelog of @step."""
		return step.message if step.commit is None else \
			self.judging.repository.message(step.commit)


def _progress(args, patch):
	if args.quiet:
		return
	seconds = sum(patch.seconds.values())
	how = patch.state
	if patch.failed():
		how = "FAILS"
	elif patch.state == JUDGED:
		how = "judged"
	say("%-7s %s%s%s" % (patch.number, how,
			     ", from an earlier run" if patch.cached and
			     patch.state == JUDGED else "",
			     ", %.1f s" % seconds if seconds else ""))


def series(args, out):
	"""The Series that @args ask for, judged."""
	begin = time.monotonic()
	if (args.range is None) == (args.mbox is None):
		raise Stop(USAGE, "give a range BASE..HEAD of commits, or --mbox "
			   "FILE")
	if args.mbox is None and args.base is not None:
		raise Stop(USAGE, "--base goes with --mbox: a range has its own")
	report.check(args)
	if args.coverage:
		lcov.check(args.cc)
	if not args.nfc and (args.blocks or args.pages or args.force):
		raise Stop(USAGE, "--blocks, --pages and --force go with --nfc")
	if args.nfc and args.mutant and mutants.of_xfs(args.mutant):
		raise Stop(USAGE, "--nfc compares fs/iomap, too, and --mutant %s is "
			   "of fs/xfs alone" % args.mutant)
	if args.mutant:
		mutants.check(args.mutant)
	users = git.Users(args.kdir)
	report.check(args, [users.real, os.path.realpath(
		os.path.dirname(users.objects))])
	base = judge.home(out, users.real)
	box = _box(args)
	with locked(os.path.join(base, "lock"), base):
		repository = git.Repository.reader(os.path.join(base, "git"),
						   users)
		try:
			if args.mbox is None:
				found, notes = stepping.of_range(
					users, repository, args.range)
			else:
				found, notes = stepping.of_mbox(
					users, repository, args.mbox, args.base,
					base)
			found = _chosen(args, found)
			judging = judge.Judge(args, base, repository, box)
			for note in notes:
				say(note)
			rows = _Rows(args, users.real, judging, kernel.Kernels(
				args, base, repository, box)
				if args.kunit else None)
			rows.judge(found)
		finally:
			repository.close()
	patches, suites = rows.patches, rows.suites
	build.complete(patches, suites)
	done = Series(users.real, args.range or args.mbox, patches, suites,
		      build.first_bad(patches), notes, str(box), judging.bound)
	done.untested = judging.untested
	done.command = clean(shlex.join(front(
		args, users.real, patches=patches,
		more=("coverage", "kunit", *behaviour.FLAGS))))
	done.status = build.status_of(patches)
	done.seconds = round(time.monotonic() - begin, 3)
	return done


def main(args, out):
	"""libkern series"""
	return report.show(args, series(args, out))
