# SPDX-License-Identifier: GPL-2.0-only
"""The suites in two worlds, by what each case did and not by its verdict alone.

Each case and parameter prints a digest of all that it built, called and released
and of what that left (kunit/digest.c). Where two digests are not the same, the
first step that differs is looked for and shown.
"""

import re
import subprocess

from kunit import ktap, worlds
from tools import proc
from tools.stop import BAD, GOOD, Stop, USAGE, say

SAMPLE = "iomap_delalloc_sample"	# is compared otherwise: kunit/fidelity.py
PRINTED = 200			# steps of one look, so that a boot has no end to say
TIMEOUT = 5			# seconds for one case in userspace
SHOWN = 20			# differences that are named

_END = re.compile(r"digest: (\w+)\.(\w+)#(\d+) ([0-9a-f]{16}) steps (\d+)( large)?")
_STEP = re.compile(r"digest: step (\d+) ([0-9a-f]{16}) (.*)")
_TEXT = re.compile(r"show: \| (.*)")


class User:
	"""The suites in a test binary."""

	def __init__(self, binary, label, seek="tree", more=()):
		self.binary = binary
		self.label = label
		self.seek = seek
		self.more = more

	def run(self, glob, option):
		"""What one run printed."""
		words = [self.binary, "--digest=" + option, "--seek", self.seek,
			 "--timeout", str(TIMEOUT), *self.more]
		if glob:
			words += ["--filter", glob]
		with proc.running(words, stdout=proc.PIPE, text=True,
				  stderr=subprocess.DEVNULL,
				  errors="replace") as child:
			return child.stdout.read()


class Kernel:
	"""The suites in a kernel that has been built."""

	def __init__(self, kernel, label):
		self.kernel = kernel
		self.label = label

	def run(self, glob, option):
		"""What one boot said."""
		# new memory is zeroes in userspace, and contents are compared
		return self.kernel.boot(glob, "--raw_output=all", "--kernel_args",
					"init_on_alloc=1", "--kernel_args",
					"libkern_digest=" + option)


class Told:
	"""What one world told of the suites.

	@cases: {(suite, case): [(parameter, status, reason)]}
	@digests: {(suite, case, number of the parameter or 0): (digest, steps)}
	@large: these had folios of a size of their own
	"""

	def __init__(self, text):
		self.cases, self.digests, self.large = {}, {}, set()
		for suite in ktap.Log(text).suites:
			for (case, param), (status, why) in suite.results.items():
				self.cases.setdefault((suite.name, case), []).append(
					(param, status, why))
		for m in _END.finditer(text):
			key = m.group(1), m.group(2), int(m.group(3))
			self.digests[key] = m.group(4), int(m.group(5))
			if m.group(6):
				self.large.add(key)

	def of(self, suite, case):
		"""{number of the parameter or 0: (name, verdict, reason)} of a case."""
		found = {}
		for i, (param, status, why) in enumerate(
			self.cases.get((suite, case), [])):
			found[i + 1 if param else 0] = (
				param, worlds.verdict((status, why)), why)
		return found


class Result:
	"""Two worlds laid side by side.

	@equal: cases and parameters; @steps: of these
	@different: [(suite, case, number, name, words)], in order
	@skipped: {words: [case]}: what one world skips and the other does not
	@both: skipped in both
	@failed: that failed in a world though the digests are equal
	"""

	def __init__(self, one, two, labels):
		self.equal = self.steps = self.both = 0
		self.different, self.skipped, self.failed = [], {}, []
		for suite, case in dict.fromkeys([*one.cases, *two.cases]):
			if suite == SAMPLE:
				continue
			first, second = one.of(suite, case), two.of(suite, case)
			for number in sorted(set(first) | set(second)):
				self._one((suite, case, number),
					  first.get(number), second.get(number),
					  one, two, labels)

	def _one(self, key, first, second, one, two, labels):
		name = (first or second)[0]
		if first is None or second is None:
			self._differs(key, name, "runs in %s only" %
				      labels[first is None])
			return
		skips = [label for label, (_, verdict, _) in
			 zip(labels, (first, second)) if verdict is None]
		if len(skips) == 2:
			self.both += 1
			return
		if skips:
			why = (first if first[1] is None else second)[2]
			cases = self.skipped.setdefault("%s skips" % skips[0], {})
			cases.setdefault(why or "no reason", []).append(
				"%s.%s" % key[:2])
			return
		if key in one.large | two.large:
			cases = self.skipped.setdefault("large folios", {})
			cases.setdefault("one world makes them by itself", []) \
				.append("%s.%s" % key[:2])
			return
		left, right = one.digests.get(key), two.digests.get(key)
		if left is None or left != right:
			self._differs(key, name, "%s and %s" % tuple(
				"%s after %d steps" % d if d else "no end"
				for d in (left, right)))
			return
		self.equal += 1
		self.steps += left[1]
		for label, (_, verdict, why) in zip(labels, (first, second)):
			if verdict == ktap.FAIL:
				self.failed.append("%s.%s fails in %s: %s" % (
					*key[:2], label, why))

	def _differs(self, key, name, words):
		self.different.append((*key, name, words))


def _steps(world, glob, number, first, count, stride):
	"""{step: (digest, word)} of a part of one case."""
	text = world.run(glob, "p%df%dn%dc%d" % (number, first, count, stride))
	return {int(m.group(1)): m.groups()[1:] for m in _STEP.finditer(text)}


def first_step(pair, glob, number):
	"""The first step of a case that differs, or None: the end only."""
	first, count = 0, 1 << 30
	told = [Told(world.run(glob, "1")) for world in pair]
	for key in set(told[0].digests) | set(told[1].digests):
		if key[2] == number:
			count = max(t.digests.get(key, (0, 0))[1] for t in told)
	while True:
		stride = max(count // PRINTED, 1)
		one, two = [_steps(world, glob, number, first, count, stride)
			    for world in pair]
		bad = next((at for at in sorted(set(one) | set(two))
			    if one.get(at) != two.get(at)), None)
		if bad is None:
			return None
		if stride == 1:
			return bad
		first, count = max(first, bad - stride + 1), stride


def show(pair, found, again, beside):
	"""Say on stderr what both worlds make of the first difference.

	@beside: lays two lists of lines side by side
	"""
	suite, case, number, name, words = found
	glob = "%s.%s" % (suite, case)
	say("the first case that differs is %s%s: %s" % (
		glob, " [%s]" % name if name else "", words))
	step = first_step(pair, glob, number)
	if step is None:
		say("all of its steps are equal; what is left at the end is not")
	else:
		say("the first step of it that differs is %d" % step)
		texts = [_TEXT.findall(world.run(glob, "p%df%dn%dv1" % (
			number, max(step - 1, 0), 2 if step else 1)))
			for world in pair]
		labels = [world.label for world in pair]
		heads = [[line for line in lines if line.startswith("bs=")][-1:]
			 for lines in texts]
		for label, head in zip(labels if heads[0] != heads[1] else
				       ["scenario"], heads):
			say("%s: %s" % (label, "".join(head)))
		texts = [[line for line in lines if not line.startswith("bs=")]
			 for lines in texts]
		for lines in texts:
			if not any("step %d: " % step in line for line in lines):
				lines.append("(and here it ended)")
		for line in beside(*texts, labels):
			say(line.rstrip())
	say("again: %s '%s'" % (again, glob))


def compare(pair, glob, again, beside):
	"""Run the suites in both worlds and judge; returns the exit status."""
	labels = [world.label for world in pair]
	result = Result(*[Told(world.run(glob, "1")) for world in pair], labels)
	if not result.equal + result.both + len(result.different) + \
	   len(result.skipped):
		raise Stop(USAGE, "the filter %s matches no suite" % glob)
	for title, reasons in result.skipped.items():
		for why, cases in reasons.items():
			say("not compared, %s: %s: %s" % (title, ", ".join(
				dict.fromkeys(cases)), why))
	if result.both:
		say("not compared, skipped in both: %d" % result.both)
	say("suites: %d cases, %d steps equal in %s, %d cases differ" % (
		result.equal, result.steps, " and ".join(labels),
		len(result.different)))
	for suite, case, _, name, words in result.different[:SHOWN]:
		say("DIFFERS %s.%s%s: %s" % (suite, case,
					     " [%s]" % name if name else "", words))
	if len(result.different) > SHOWN:
		say("DIFFERS in %d more" % (len(result.different) - SHOWN))
	for line in result.failed:
		say("and yet " + line)
	if result.different:
		show(pair, result.different[0], again, beside)
	return BAD if result.different or result.failed else GOOD
