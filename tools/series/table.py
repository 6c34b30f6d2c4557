# SPDX-License-Identifier: GPL-2.0-only
"""A Series for the terminal: the table, then what there is to say of it.

Suites that tell the same story share a column, so that what differs is seen;
-v gives each its own. A star marks what differs from the row above it.
"""

import shutil

from tools.series.model import (BROKEN, FAIL, JUDGED, KNOWN, MISSING, NO_BUILD,
				NO_PATH, NOTHING, NOT_APPLIED, NOT_BUILT, PASS,
				SAME, SKIPPED, UNTESTABLE, UNTOUCHED)

PREFIX = "iomap_delalloc_"
CELL = {PASS: "pass", FAIL: "FAIL", KNOWN: "known", SKIPPED: "skipped",
	NO_BUILD: "no build", NOTHING: "-", UNTESTABLE: "untested"}
COUNTED = {NOT_BUILT: "do not build", NO_PATH: "have nothing to test",
	   BROKEN: "cannot be tested", NOT_APPLIED: "do not apply",
	   MISSING: "are missing", UNTOUCHED: "touch nothing of the path"}
SHOWN = 2			# failed cases of a patch that are shown whole
NARROW, WIDE = 24, 46		# columns of a subject
FOLD = 8			# so many rows of nothing become one line


def short(suite):
	"""A suite's name without what all have in common."""
	return suite[len(PREFIX):] if suite.startswith(PREFIX) else suite


def columns(series, verbose=False):
	"""[[suite, ...], ...]: suites that share a column, in order."""
	groups = {}
	for suite in series.suites:
		story = suite if verbose else tuple(
			(p.verdicts[suite].verdict, p.verdicts[suite].changed)
			for p in series.patches)
		groups.setdefault(story, []).append(suite)
	# what everything else does comes last
	return sorted(groups.values(), key=len)


def _heads(groups):
	"""The names over each column, as lists of lines."""
	heads = []
	for group in groups:
		names = [short(s) for s in group]
		if len(names) > 4:
			others = "others" if len(groups) > 1 else "suites"
			names = ["%d %s" % (len(names), others)]
		heads.append(names)
	return heads


def _cell(patch, suite):
	verdict = patch.verdicts[suite]
	if patch.state == NO_PATH:
		return "nothing"
	return CELL[verdict.verdict] + ("*" if verdict.changed else "")


def _fit(text, width):
	return text if len(text) <= width else text[:width - 2] + ".."


def grid(series, verbose=False):
	"""The lines of the table."""
	groups = columns(series, verbose)
	heads = _heads(groups)
	wide = [max(len(n) for n in head + [CELL[NO_BUILD]]) for head in heads]
	rest = sum(w + 2 for w in wide)
	commits = any(p.commit for p in series.patches[1:])
	front = 8 + (14 if commits else 0)
	width = shutil.get_terminal_size((100, 24)).columns
	subject = max(NARROW, min(WIDE, width - front - rest))
	height = max((len(head) for head in heads), default=1)
	lines = []
	for row in range(height):
		cells = ["patch".ljust(front + subject) if row == height - 1
			 else " " * (front + subject)]
		for head, w in zip(heads, wide):
			at = row - (height - len(head))
			cells.append((head[at] if at >= 0 else "").ljust(w))
		lines.append("  ".join(cells).rstrip())
	for patch in _folded(series.patches):
		if isinstance(patch, str):
			lines.append("        " + patch)
			continue
		cells = [patch.number.ljust(8) +
			 ((patch.commit or "")[:12].ljust(14) if commits else "") +
			 _fit(patch.subject, subject).ljust(subject)]
		cells += [_cell(patch, g[0]).ljust(w)
			  for g, w in zip(groups, wide)]
		lines.append("  ".join(cells).rstrip())
	return lines


def _folded(patches):
	"""The rows, a long stretch of untouched ones as one line of text."""
	out, idle = [], []
	for patch in patches + [None]:
		if patch is not None and patch.state == UNTOUCHED:
			idle.append(patch)
			continue
		if len(idle) > FOLD:
			out.append("%s to %s: %d patches that touch nothing of "
				   "the path" % (idle[0].number, idle[-1].number,
						 len(idle)))
		else:
			out += idle
		idle = []
		if patch is not None:
			out.append(patch)
	return out


def _facts(patch):
	def word(value):
		return str(int(value)) if isinstance(value, bool) else str(value)
	return ", ".join("%s %s -> %s" % (name, word(was), word(now))
			 for name, (was, now) in patch.facts_changed.items())


def _failures(patch):
	"""The new failures of @patch: one of each suite first, then counted."""
	new = [f for f in patch.failures if f.new]
	if not new:
		return ["  fails as the row above it: %d cases" %
			len(patch.failures)]
	seen, first = set(), []
	for failure in new:
		if failure.suite not in seen:
			first.append(failure)
			seen.add(failure.suite)
	lines = []
	for failure in first[:SHOWN]:
		lines.append("  %s.%s: %s" % (failure.suite, failure.name,
					      failure.reason))
		lines += ["    " + line.strip().removeprefix(
			"# %s: " % failure.case) for line in
			failure.text.split("\n") if line.strip()]
		lines.append("  again: " + failure.again)
	shown = {id(f) for f in first[:SHOWN]}
	more = {}
	for failure in new:
		if id(failure) not in shown:
			more[failure.suite] = more.get(failure.suite, 0) + 1
	if more:
		lines.append("  and %d more: %s" % (sum(more.values()), ", ".join(
			"%s %d" % (short(s), n) for s, n in more.items())))
	return lines


def _said(patch):
	"""What there is to say of one row, as lines."""
	lines = []
	if patch.facts_changed:
		lines.append("  changes what libkern sees: " + _facts(patch))
	if patch.state == SAME:
		lines.append("  comments only: the code is that of the row above, "
			     "and was not run again")
	elif patch.state not in (JUDGED, UNTOUCHED):
		why = patch.why.split("\n")
		lines.append("  %s%s" % (patch.state, why[0] and ": " + why[0]))
		lines += ["    " + line for line in why[1:]]
	if patch.note:
		lines.append("  " + patch.note)
	if patch.merge:
		lines.append("  a merge: %d commits at once" % patch.merge)
	if patch.failed():
		lines += ["  fails, and so does what builds on it: %d cases" %
			  len(patch.failures)] if not patch.position else \
			_failures(patch)
	mended = sum(len(v.mended) for v in patch.verdicts.values())
	if mended:
		lines.append("  mends %d cases that failed in the row above" %
			     mended)
	return lines


def verdict(series):
	"""The last words, as lines: the first bad patch, and the counts."""
	lines, bad = [], series.first_bad
	by_position = {p.position: p for p in series.patches}
	if bad:
		lines.append("first bad: " + bad.name)
		if bad.doubt:
			lines.append("  or one before it that could not be tested: " +
				     ", ".join(by_position[n].number
					       for n in bad.doubt))
		if bad.mended_by is not None:
			lines.append("  mended by " +
				     by_position[bad.mended_by].name)
		if bad.fixes:
			lines.append("  " + bad.fixes)
	elif any(p.failed() for p in series.patches[1:]):
		lines.append("no patch breaks what worked before it: the base "
			     "fails already")
	counts = {}
	for patch in series.patches[1:]:
		word = "fail" if patch.failed() else \
			COUNTED.get(patch.state, "pass")
		counts[word] = counts.get(word, 0) + 1
	rows = len(series.patches) - 1
	lines.append("%d patch%s: %s; %d suites, %s, sandbox %s, %.1f s" % (
		rows, "" if rows == 1 else "es",
		", ".join("%d %s" % (n, word) for word, n in counts.items()),
		len(series.suites), series.bound, series.sandbox,
		series.seconds))
	return lines


def text(series, verbose=False):
	"""All of it as one text."""
	lines = grid(series, verbose)
	for patch in series.patches:
		said = _said(patch)
		if said:
			lines += ["", patch.name if patch.position else
				  "base " + patch.name] + said
	known = sorted({name for p in series.patches
			for v in p.verdicts.values() for name in v.known})
	lines.append("")
	if known:
		lines.append("known: findings of the kernel, not of the series (%s):"
			     " Documentation/findings/" % ", ".join(known))
	return "\n".join(lines + verdict(series))
