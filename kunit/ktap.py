# SPDX-License-Identifier: GPL-2.0-only
"""KTAP out of a kernel's log: which suites ran, how each case ended.

The kernel has judged; nothing here changes a verdict but one: a case during
which the kernel complained and that still ended well, as KUnit itself does not
look, has failed.
"""

import re

_VERSION = re.compile(r"(.*?)((?:KTAP version|TAP version) \d+)\s*$")
_PLAN = re.compile(r"(\s*)1\.\.(\d+)\s*$")
_RESULT = re.compile(r"(\s*)(ok|not ok) (\d+)(?: - | )(.*)$")
_SKIP = re.compile(r"\s*# SKIP ?(.*)$")
_SUBTEST = re.compile(r"\s*# Subtest: (.*)$")
_PLAIN = re.compile(r"\s*(?:KTAP version \d+|1\.\.\d+|#.*|(?:not )?ok \d+ .*)?$")
_STAMP = re.compile(r"(?:\[[^]]*\] *)+")
_SPLAT = re.compile(r"(?:WARNING: |BUG: |UBSAN: |INFO: task |INFO: rcu|Oops: )")
_EXPECTED = re.compile(r"# libkern: (\d+) splats expected")
_SKIPPED = re.compile(r"# libkern: skipped: (.*)$")
_NOTE = re.compile(r"# libkern: note: (.*)$")
_LOCKDEP_OFF = "# libkern: lockdep has switched itself off"

PASS, FAIL, SKIP = "pass", "fail", "skip"


class Suite:
	"""One suite: its lines as KTAP, and how its cases ended.

	@results: {(case, parameter or ""): (status, reason)}
	@complete: its own result line came
	@last: the next suite needs a fresh boot
	"""

	def __init__(self, name):
		self.name = name
		self.lines = []
		self.results = {}
		self.notes = []
		self.complete = False
		self.last = False
		self.crash = ""

	def count(self, status):
		"""How many cases ended with @status, each parameter a case."""
		return sum(1 for s, _ in self.results.values() if s == status)

	def failed(self):
		"""Did anything go wrong in it?"""
		return not self.complete or self.count(FAIL) > 0


class Log:
	"""What one boot said.

	@began: KUnit has spoken
	@planned: how many suites it promised
	@suites: in order; the last one may be cut short
	@stray: splats outside of any suite
	"""

	def __init__(self, text):
		self.began = False
		self.planned = 0
		self.suites = []
		self.stray = []
		self._prefix = 0
		self._suite = None
		self._names = []	# of the subtests that are open
		self._params = []	# (number, status, reason) of the open case
		self._pending = []	# splats since the last result
		self._skipped = None	# why, where KUnit does not say it
		for line in text.splitlines():
			self._line(line.rstrip())
		if self._suite:
			self._suite.crash = (self._pending or ["no end"])[-1]

	def _line(self, line):
		m = _VERSION.match(line)
		if m and not self.began:
			self.began = True
			self._prefix = len(m.group(1))
			return
		bare = _STAMP.sub("", line, count=1) if line.startswith("[") else line
		if _SPLAT.match(bare):
			self._pending.append(bare)
			if self.began and not self._suite:
				self.stray.append(bare)
		if not self.began:
			return
		# a time stamp is as wide as it was before the version line
		if _PLAIN.match(line[self._prefix:]) and \
		   (not self._prefix or line.startswith("[")):
			line = line[self._prefix:]
		elif _PLAIN.match(bare):
			line = bare
		else:
			self._keep("# " + line)
			return
		self._ktap(line)

	def _keep(self, line):
		if self._suite:
			self._suite.lines.append(line)

	def _ktap(self, line):
		expected = _EXPECTED.search(line)
		if expected:
			del self._pending[-int(expected.group(1)):]
		if _LOCKDEP_OFF in line and self._suite:
			self._suite.last = True
		skipped = _SKIPPED.search(line)
		if skipped:
			self._skipped = skipped.group(1)
			return
		note = _NOTE.search(line)
		if note and self._suite:
			self._suite.notes.append(note.group(1))
		plan = _PLAN.match(line)
		if plan and not plan.group(1) and not self.planned:
			self.planned = int(plan.group(2))
			return
		sub = _SUBTEST.match(line)
		if sub:
			self._subtest(sub.group(1))
		result = _RESULT.match(line)
		if result:
			self._result(result)
			return
		self._keep(line)

	def _subtest(self, name):
		if not self._suite:
			self._suite = Suite(name)
			self.suites.append(self._suite)
			self._suite.lines.append("    KTAP version 1")
			self._pending = []
		else:
			self._params = []

	def _result(self, m):
		indent, word, number, text = m.groups()
		status = PASS if word == "ok" else FAIL
		skip = _SKIP.search(text)
		reason = ""
		if skip:
			text, reason = text[:skip.start()], skip.group(1)
			status = SKIP if status == PASS else status
		elif status == PASS and self._skipped is not None:
			status, reason = SKIP, self._skipped
		self._skipped = None
		if self._pending and status != FAIL and self._suite:
			reason = self._pending[0]
			status = FAIL
			self._keep("%s# libkern: %s" % (indent, reason))
		elif self._pending and not reason:
			reason = self._pending[0]
		tail = " # SKIP " + reason if status == SKIP else ""
		line = "%s%s %s %s%s" % (indent, "not ok" if status == FAIL else "ok",
					 number, text, tail)
		self._pending = []
		depth = len(indent) // 4
		if depth == 0:
			self._end(text, status, line)
		elif depth == 1:
			self._case(text, status, reason, line)
		else:
			self._params.append((text, status, reason))
			self._keep(line)

	def _case(self, name, status, reason, line):
		if not self._suite:
			return
		if any(s == FAIL for _, s, _ in self._params) and status != FAIL:
			line = re.sub(r"^(\s*)ok", r"\1not ok", line).split(" # SKIP")[0]
			status = FAIL
		for text, one, why in self._params or [("", status, reason)]:
			self._suite.results[(name, text)] = (one, why)
		self._params = []
		self._keep(line)

	def _end(self, name, status, line):
		if not self._suite:
			# a suite that failed before its first case
			self._suite = Suite(name)
			self.suites.append(self._suite)
		suite, self._suite = self._suite, None
		suite.complete = True
		if status == FAIL and not suite.count(FAIL):
			suite.results[("(suite)", "")] = (FAIL, "the suite itself")
		if suite.count(FAIL):
			line = re.sub(r"^ok", "not ok", line).split(" # SKIP")[0]
		suite.lines.append(line)


def document(suites):
	"""The suites of one or more boots as one KTAP text."""
	out = ["KTAP version 1", "1..%d" % len(suites)]
	for number, suite in enumerate(suites, 1):
		lines = list(suite.lines)
		if not suite.complete:
			lines.append("# libkern: the kernel did not come to the end "
				     "of this suite: " + suite.crash)
			lines.append("not ok 0 " + suite.name)
		lines[-1] = re.sub(r"^((?:not )?ok) \d+", r"\1 %d" % number,
				   lines[-1])
		out += lines
	return "\n".join(out) + "\n"
