# SPDX-License-Identifier: GPL-2.0-only
"""libkern fidelity: the suites and a seeded sample in userspace and in a kernel.

The suites are compared by kunit/digests.py. Of the sample both worlds run the suite iomap_delalloc_sample and print a digest of what
came of each chunk of scenarios. Where two digests are not the same, the first scenario
that differs is looked for, cut down while it still differs, and shown.
"""

import difflib
import hashlib
import os
import re
import shlex
import time

from iomap import stage as staging
from kunit import arch as arches, digests as suites, edited, kernel as kernels, worlds
from tools import again, mutants, proc, shimfaults
from tools.files import locked
from tools.stop import BAD, GOOD, Stop, UNTESTABLE, USAGE, say

SUITE = "iomap_delalloc_sample"
CHUNK = 1000
DIGEST, SPREAD = "same_digest", "even_spread"	# its cases
WIDTH = 62			# of one side, in columns
STEPS, ENTRIES = 4, 64		# most of each that a scenario has
STUCK = 15			# seconds for one chunk in userspace
# the tree's own text wherever libkern has a model beside it
OWN = ["--get-folio=tree"]

_CHUNK = re.compile(r"sample: chunk (\d+)\+(\d+) digest ([0-9a-f]{16})")
_LEFT_OUT = re.compile(r"digest [0-9a-f]{16} left-out (\d+) overrun (\d+) "
		       r"short (\d+)")
_ONE = re.compile(r"sample: one (\d+) digest ([0-9a-f]{16})")
_SPREAD = re.compile(r"sample: spread (\S+) (\S+) (\d+)")
_TEXT = re.compile(r"show: \| (.*)")
_RESULT = re.compile(r"        (?:not )?ok \d+ ")
_BAD = re.compile(r"^\s*not ok \d+ |Kernel panic|^Bail out", re.M)


def option(seed, first, count, chunk=CHUNK, show=0, steps=None, entries=None,
	   split=True, exact=True):
	"""What the suite is told, as the head of kunit/suite_sample.c has it."""
	text = "s%df%dn%dc%dv%dt%dw%d" % (seed, first, count, chunk, show, split,
					  exact)
	if steps is not None:
		text += "k%dm%d" % (steps, entries)
	return text


class User:
	"""The sample in a test binary."""

	splits = True	# large folios of which a part is truncated
	exact = True	# sources of writes end at any byte

	def __init__(self, binary, label, seek="tree", own=False):
		self.binary = binary
		self.label = label
		self.seek = seek
		self.more = OWN if own else []

	def run(self, sample, case=DIGEST):
		"""What the binary printed, up to a chunk without a digest."""
		lines, told = [], False
		with proc.running([
			self.binary, "--filter", "%s.%s" % (SUITE, case),
			"--sample=" + sample, "--seek", self.seek,
			"--timeout", str(STUCK), *self.more], stdout=proc.PIPE, text=True,
			errors="replace") as child:
			for line in child.stdout:
				lines.append(line)
				told = told or bool(_CHUNK.search(line))
				if not _RESULT.match(line):
					continue
				if case == DIGEST and not told:
					# crashed or stuck: so would be all the rest
					child.terminate()
					break
				told = False
		return "".join(lines)

	def suites(self):
		"""The suites there."""
		return suites.User(self.binary, self.label, self.seek, self.more)


class Kernel:
	"""The sample in a kernel that has been built."""

	def __init__(self, kernel):
		self.kernel = kernel
		self.label = kernel.arch.label
		self.splits = kernel.arch.splits
		self.exact = kernel.arch.exact

	def run(self, sample, case=DIGEST):
		"""What as many boots said as it takes."""
		if case != DIGEST:
			return self._boot(sample, case)
		return "".join(self._boot(part, case) for part in
			       parts(sample, self.kernel.arch.sample))

	def _boot(self, sample, case):
		# New memory is zeroes in userspace, and contents are compared.
		return self.kernel.boot(
			"%s.%s" % (SUITE, case), "--raw_output=all",
			"--kernel_args", "init_on_alloc=1", "--kernel_args",
			"libkern_sample=" + sample)

	def suites(self):
		"""The suites there."""
		return suites.Kernel(self.kernel, self.label)


def parts(sample, most):
	"""@sample in parts of @most scenarios: KUnit ends a case after 5 minutes."""
	seed, first, count, rest = re.match(r"(s\d+)f(\d+)n(\d+)(.*)",
					    sample).groups()
	first, behind = int(first), int(first) + int(count)
	return ["%sf%dn%d%s" % (seed, at, min(most, behind - at), rest)
		for at in range(first, behind, most)]


def digests(text, pattern=_CHUNK):
	"""{first scenario: digest} of what a world printed."""
	return {int(m.group(1)): m.groups()[-1] for m in pattern.finditer(text)}


class Trial:
	"""Two worlds and one seed."""

	def __init__(self, worlds, seed):
		self.worlds = worlds
		self.seed = seed
		self.split = all(world.splits for world in worlds)
		self.exact = all(world.exact for world in worlds)

	def option(self, *words, **flags):
		"""option() as every world here can do it."""
		return option(self.seed, *words, split=self.split,
			      exact=self.exact, **flags)

	def both(self, *words, pattern=_CHUNK, **flags):
		"""The digests of both worlds."""
		sample = self.option(*words, **flags)
		return [digests(world.run(sample), pattern)
			for world in self.worlds]

	def differs(self, index, steps, entries):
		"""Does scenario @index, cut down, still differ?"""
		one, two = self.both(index, 1, steps=steps, entries=entries)
		return one != two

	def first(self, chunk, count):
		"""The first scenario of a chunk that differs, or None."""
		one, two = self.both(chunk, count, pattern=_ONE, show=1)
		for index in range(chunk, chunk + count):
			if one.get(index) != two.get(index):
				return index
		return None

	def alone(self, index, chunk):
		"""How many scenarios before @index are needed to make it differ."""
		if self.differs(index, *ALL):
			return 0
		before = 1
		while index - before > chunk:
			one, two = self.both(index - before, before + 1,
					     pattern=_ONE, show=1)
			if one.get(index) != two.get(index):
				return before
			before *= 4
		return index - chunk

	def shrink(self, index):
		"""Masks (steps, entries) of as little as still differs."""
		def tidy(mask, bits, keep):
			for bit in reversed(range(bits)):
				less = mask & ~(1 << bit)
				if less != mask and keep(less):
					mask = less
			return mask
		steps, entries = self._used(index)
		steps = tidy(steps, STEPS,
			     lambda less: self.differs(index, less, entries))
		# halves first: there may be many entries
		width = ENTRIES
		while width > 1:
			width //= 2
			for at in range(0, ENTRIES, width):
				less = entries & ~(((1 << width) - 1) << at)
				if less != entries and \
				   self.differs(index, steps, less):
					entries = less
		return steps, entries

	def _used(self, index):
		"""Masks without the bits beyond what the scenario has."""
		text = self.worlds[0].run(self.option(index, 1, show=2))
		head = (_TEXT.findall(text) or [""])[0]
		entries = len(re.findall(r"[\[(<]", head.split(") ", 1)[-1]))
		found = (1 << STEPS) - 1, (1 << max(entries, 1)) - 1
		return found if self.differs(index, *found) else ALL


ALL = ((1 << STEPS) - 1, (1 << ENTRIES) - 1)
WITH = "the tree with mutant "


def side_by_side(left, right, labels):
	"""Lines of two texts beside each other, what differs marked."""
	def row(mark, one, two):
		return "%s %-*s | %s" % (mark, WIDTH, one[:WIDTH], two[:WIDTH])
	out = [row(" ", *labels)]
	match = difflib.SequenceMatcher(None, left, right, autojunk=False)
	for kind, a, b, c, d in match.get_opcodes():
		for i in range(max(b - a, d - c)):
			one = left[a + i] if a + i < b else ""
			two = right[c + i] if c + i < d else ""
			out.append(row(" " if kind == "equal" else ">", one, two))
	return out


def _command(args, real, *words):
	"""The command line that runs this comparison again."""
	return shlex.join(again.words(args, "fidelity", real, flags=(
		"cc", "arch", "seek", "fault", "self")) +
			  (["--mutant", args.edit] if args.edit else []) +
			  [str(word) for word in words])


def show(trial, args, real, index, masks, before):
	"""Say on stderr what the two worlds make of one scenario."""
	seed, worlds = trial.seed, trial.worlds
	words = ["--seed", seed, "--first", index - before, "--count", before + 1]
	if before:
		masks = (None, None)
		say("it differs only behind the %d scenarios before it: something "
		    "is left over" % before)
	elif masks != ALL:
		words += ["--keep", "%d:%d" % masks]
	texts = []
	for world in worlds:
		text = world.run(trial.option(index, 1, show=2, steps=masks[0],
					      entries=masks[1]))
		lines = _TEXT.findall(text)
		if not _CHUNK.search(text):
			lines.append("(and here it ended)")
			lines += [line.strip() for line in text.splitlines()
				  if "splat" in line or "WARN" in line or
				  "BUG" in line or "panic" in line][:4]
		texts.append(lines)
	if texts[0] and texts[1] and texts[0][0] == texts[1][0]:
		say("scenario: " + texts[0][0])
		texts = [lines[1:] for lines in texts]
	for line in side_by_side(*texts, [world.label for world in worlds]):
		say(line.rstrip())
	say("again: " + _command(args, real, *words))


def spread(world, args):
	"""Say how the sample is spread; returns the classes that are too small."""
	found, few = {}, []
	text = world.run(option(args.seed, args.first, args.count), SPREAD)
	for kind, name, number in _SPREAD.findall(text):
		found.setdefault(kind, []).append("%s %.1f%%" % (
			name, 100.0 * int(number) / args.count))
		if int(number) * 100 < args.count and args.count >= CHUNK:
			few.append("%s %s" % (kind, name))
	if not args.quiet:
		for kind, classes in found.items():
			say("  %-6s %s" % (kind, ", ".join(classes)))
	if not found:
		raise Stop(UNTESTABLE, "the sample does not run: see libkern run %s" %
			   SUITE)
	return few


def compare(trial, args, real):
	"""Run both worlds and judge; returns the exit status."""
	masks = args.keep or (None, None)
	sample = trial.option(args.first, args.count, steps=masks[0],
			      entries=masks[1])
	texts, rates = [], []
	for world in trial.worlds:
		begin = time.monotonic()
		texts.append(world.run(sample))
		rates.append(args.count / (time.monotonic() - begin))
	one, two = [digests(text) for text in texts]
	starts = range(args.first, args.first + args.count, CHUNK)
	bad = [at for at in starts if one.get(at) != two.get(at)]
	missing = [at for at in starts if at not in one and at not in two]
	labels = " and ".join("%s (%.0f a second)" % (w.label, rate)
			      for w, rate in zip(trial.worlds, rates))
	if not bad and missing:
		raise Stop(UNTESTABLE, "the sample runs in neither world: see "
			   "libkern run " + SUITE)
	if bad:
		left = min(CHUNK, args.first + args.count - bad[0])
		say("%d of %d chunks differ between %s" % (len(bad), len(starts),
							   labels))
		if args.keep:
			show(trial, args, real, args.first, args.keep, 0)
			return BAD
		index = trial.first(bad[0], left)
		if index is None:
			say("not the same twice: the chunk from %d differs, and run "
			    "again it does not" % bad[0])
			say("again: " + _command(args, real, "--seed", args.seed,
						 "--first", bad[0], "--count",
						 left))
			return BAD
		before = trial.alone(index, bad[0])
		reduced = ALL if before else trial.shrink(index)
		say("the first scenario that differs is %d of seed %d" %
		    (index, args.seed))
		show(trial, args, real, index, reduced, before)
		return BAD
	total = hashlib.sha256("".join(one[at] for at in starts).encode())
	say("%d scenarios of seed %d from %d: equal in %s, digest %s" % (
		args.count, args.seed, args.first, labels,
		total.hexdigest()[:16]))
	left = [tuple(map(int, found)) for found in _LEFT_OUT.findall(texts[0])]
	for out, why in zip(map(sum, zip(*left)), (
			"truncate a part of a large folio: a kernel without "
			"transparent huge pages cannot judge that",
			"copy nothing and destroy memory: known finding zero_copy",
			"write from a source that ends early: this kernel's copy "
			"may end before the source does")):
		if out:
			say("%d calls left out, which would %s" % (out, why))
	for world, text in zip(trial.worlds, texts):
		if _BAD.search(text):
			say("and yet a case failed in %s: see %s" %
			    (world.label, SUITE))
			return BAD
	for line in worlds.not_judged():
		say(line)
	return GOOD


def _kernel(args, real, base):
	"""The kernel of @args, to be built."""
	with locked(os.path.join(base, "lock"), base):
		staged = staging.stage(real, args.out)
	return kernels.Kernel(staged, args, _command(args, real))


def _up(kernel):
	"""@kernel built and booted once, as a world."""
	kernel.prepare()
	log = kernel.run(SUITE + "." + SPREAD)
	if not log.suites:
		raise Stop(UNTESTABLE, "the kernel does not run " + SUITE)
	return Kernel(kernel)


def _judge(pair, args, real):
	"""Compare two worlds as @args say; the exit status."""
	if not args.glob:
		few = spread(pair[0], args)
		status = compare(Trial(pair, args.seed), args, real)
		if few and status == GOOD:
			say("less than 1 % of the sample: " + ", ".join(few))
			status = BAD
		# a part of the sample is what somebody wants to see again
		if status != GOOD or args.first or args.keep:
			return status
		if args.seek != "tree":
			say("the suites are not compared: the model of the seek "
			    "looks and locks otherwise on purpose")
			return status
	return suites.compare([world.suites() for world in pair], args.glob,
			      _command(args, real), side_by_side)


def _edited_kernel(args, real, base):
	"""The kernel with the edit of @args."""
	kernel = edited.Edited(_kernel(args, real, base), args.edit)
	world = _up(kernel)
	world.label = WITH + args.edit
	kernel.keep()
	return world


def _edited_user(args, build, binary):
	"""Userspace without and with the edit of @args, on the tree's own text."""
	with locked(os.path.join(build.staged.base, "lock"), build.staged.base):
		other = mutants.build(build, args.edit)
	return [User(path, label, args.seek, True) for path, label in
		((binary, "the tree"), (other, WITH + args.edit))]


def main(args, real, out, built):
	"""The subcommand. @built: builds the userspace binary of its argument."""
	args.out, args.rest = out, []
	arch = arches.ALL[args.arch]
	if not args.self:
		arches.check_tree(arch, real)
		arches.check_tools(arch)
	if args.fault:
		shimfaults.check(args.fault)
	if args.edit and args.fault:
		raise Stop(USAGE, "--mutant is an edit of the tree, --fault one of "
			   "the shim: one of the two")
	build, binary = built(args)
	if args.edit:
		edited.rule(args.edit, build.staged.facts)
	user = User(binary, "userspace", args.seek)
	base = staging.base_dir(real, out)
	if args.fault:
		with locked(os.path.join(base, "lock"), base):
			user = User(shimfaults.build(build, args.fault),
				    "with fault " + args.fault, args.seek)
	if args.edit and args.self:
		return _judge(_edited_user(args, build, binary), args, real)
	if args.self:
		return _judge([user, User(binary, "userspace, clean" if args.fault
					  else "userspace again")], args, real)
	where = os.path.join(base, arch.dir)
	with locked(where + ".lock", where):
		first = _edited_kernel(args, real, base) if args.edit else user
		second = _up(_kernel(args, real, base))
		return _judge([second, first] if args.edit else [first, second],
			      args, real)
