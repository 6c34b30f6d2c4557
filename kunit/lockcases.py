# SPDX-License-Identifier: GPL-2.0-only
"""Seeded lock mistakes: does the shim complain where PROVE_LOCKING does?

kunit/suite_lockdep.c makes one mistake in one run, for lockdep is off after its
first report. So each case gets a process in userspace, and in the kernel a boot
of its own, in which the right order has been taken once before. What a complaint
is about is read off the first words of it.
"""

import fnmatch
import re
import subprocess

from kunit import ktap, run as running
from tools.stop import Stop, UNTESTABLE, say

SUITE = "iomap_delalloc_lockdep"
CASE = SUITE + ".seeded"
TIMEOUT = 60		# seconds for one boot; what hangs ends itself sooner
SILENCE, ABSENT = "silence", "not in this tree"

_LISTED = re.compile(r"lock case: (\w+) wants (\w+)(?: alone: (.*))?$", re.M)
_NOW = "lock case: %s now"
# what the first of these words is about; another complaint is about nothing here
_SHIM = (("order", r"lock order: "), ("recursion", r"recursion: "),
	 ("assertion", r" wants \S+ (?:not )?held"), ("mode", r" in the wrong mode"),
	 ("unlock", r" is not held by this task"), ("left", r" still held "))
_KERNEL = (("order", r"WARNING: possible circular locking dependency"),
	   ("recursion", r"WARNING: possible recursive locking"),
	   ("mode", r"(?:WARNING: [^\n]*\n)?.*DEBUG_RWSEMS_WARN_ON"),
	   ("unlock", r"WARNING: bad unlock balance"),
	   ("left", r"WARNING: \S+ still has locks held|WARNING: held lock freed"),
	   ("assertion", r"WARNING: (?:CPU: \d+ PID: \d+ at )?\S+:\d+"),
	   ("something else", r"BUG: |Oops: "))


class Case:
	"""One mistake: its name, what it wants, and why the shim is alone, if so."""

	def __init__(self, name, wants, alone):
		self.name = name
		self.wants = wants
		self.alone = alone

	def agree(self, shim, kernel):
		"""Is that what both must say?"""
		if ABSENT in (shim, kernel):
			return shim == kernel
		return shim == self.wants and \
			kernel == (SILENCE if self.alone else self.wants)


def about(text, words):
	"""What the first complaint in @text is about."""
	found = [(m.start(), i, name) for i, (name, pattern) in enumerate(words)
		 for m in [re.search(pattern, text)] if m]
	return min(found)[2] if found else SILENCE


def listed(binary, glob=None):
	"""The cases that a test binary has and whose names match @glob."""
	done = subprocess.run([binary, "--filter", CASE, "--lock_case=list"],
			      stdout=subprocess.PIPE, text=True, check=False,
			      errors="replace")
	return [case for case in (Case(*m.groups()) for m in
				  _LISTED.finditer(done.stdout))
		if fnmatch.fnmatchcase(case.name, glob or "*")]


class Shim:
	"""The cases in a test binary."""

	def __init__(self, binary, args, real):
		self.binary = binary
		self.args = args
		self.real = real

	def verdict(self, name):
		"""What the shim says of one case."""
		_, results, _ = running.execute(
			self.binary, self.args, self.real, "--filter", CASE,
			"--lock_case=" + name, stdout=subprocess.DEVNULL)
		case = results.cases[0] if results.cases else None
		if case is None or results.summary is None:
			return "no result"
		if case["status"] == ktap.SKIP:
			return ABSENT
		if case["status"] == ktap.PASS:
			return SILENCE
		found = about("\n".join([splat["text"] for splat in case["splats"]] +
					[case["reason"] or ""]), _SHIM)
		return "something else" if found == SILENCE else found


class Kernel:
	"""The cases in a kernel that has been built, each in a boot of its own."""

	def __init__(self, kernel):
		self.kernel = kernel

	def verdict(self, name):
		"""What one boot says of one case."""
		text = self.kernel.boot(CASE, "--timeout", str(TIMEOUT),
					"--kernel_args", "libkern_lock_case=" + name)
		return read(text, name)


def read(text, name):
	"""What the words of one boot say of the case @name."""
	before, now, after = text.partition(_NOW % name)
	if now:
		# a complaint about the right order is none about the mistake
		found = about(before, _KERNEL)
		found = about(after, _KERNEL) if found == SILENCE else \
			"something before it"
		if found == SILENCE and not re.search(r"(?m)ok \d+ seeded", after) \
		   and "libkern: the case hangs" not in after:
			return "no result"
		return found
	log = ktap.Log(text)
	status = [s for suite in log.suites for s, _ in suite.results.values()]
	return ABSENT if status == [ktap.SKIP] else "no result"


def compare(cases, shim, kernel, again):
	"""Say the table; returns the names of those that do not agree.

	@kernel: None to hold the shim against what the cases themselves want
	@again: front of the command that runs one case again
	"""
	say("%-31s %-17s %-17s %s" % ("seeded lock case", "shim", "PROVE_LOCKING" if
				      kernel else "wanted", "agree"))
	wrong = []
	for case in cases:
		mine = shim.verdict(case.name)
		theirs = kernel.verdict(case.name) if kernel else \
			ABSENT if mine == ABSENT else \
			SILENCE if case.alone else case.wants
		good = case.agree(mine, theirs)
		if not good:
			wrong.append(case.name)
		say("%-31s %-17s %-17s %s" % (
			case.name, mine, theirs, "NO: wanted is " + case.wants
			if not good else "shim alone: " + case.alone
			if case.alone else "yes"))
	if not cases:
		raise Stop(UNTESTABLE, "no lock cases: see libkern run " + SUITE)
	for name in wrong:
		say("DIFFERS lock case " + name)
		say("again: %s '%s.%s'" % (again, SUITE, name))
	say("%d lock cases, each %s: %d disagree" % (
		len(cases), "in a boot of its own" if kernel else "against itself",
		len(wrong)))
	return wrong


def wanted(glob):
	"""(which lock cases a GLOB of the command line means, the GLOB of KUnit).

	None is none of them. SUITE.NAME is one, for which KUnit has no case.
	"""
	if glob is None:
		return "*", None
	suite, dot, name = glob.partition(".")
	if suite != SUITE:
		return None, glob
	return name if dot else "*", SUITE
