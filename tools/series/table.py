# SPDX-License-Identifier: GPL-2.0-only
"""A Series for the terminal: the table, then what there is to say of it.

Suites that tell the same story share a column, so that what differs is seen;
-v gives each its own. A star marks what differs from the row above it.
"""

import shutil

from tools.series import words
from tools.series.columns import fit, pad
from tools.series.model import (FAIL, KERNEL, KNOWN, NO_BUILD, NOTHING, NO_PATH, PASS,
				SKIPPED, UNTESTABLE, UNTOUCHED)

CELL = {PASS: "pass", FAIL: "FAIL", KNOWN: "known", SKIPPED: "skipped",
	NO_BUILD: "no build", NOTHING: "-", UNTESTABLE: "untested"}
SHOWN = 2			# failed cases of a patch that are shown whole
NARROW, WIDE = 24, 46		# columns of a subject
FOLD = 8			# so many rows of nothing become one line


def columns(series, verbose=False):
	"""[[suite, ...], ...]: suites that share a column, in order."""
	groups = {}
	for suite in series.suites:
		story = suite if verbose or suite == KERNEL else tuple(
			(p.verdicts[suite].verdict, p.verdicts[suite].changed)
			for p in series.patches)
		groups.setdefault(story, []).append(suite)
	# what everything else does comes last
	return sorted(groups.values(), key=len)


def _heads(groups):
	"""The names over each column, as lists of lines."""
	heads = []
	for group in groups:
		names = [words.short(s) for s in group]
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


def _behaviour(patch):
	"""The cell of the last column of --nfc."""
	if patch.failed_claim():
		return "CHANGES"
	if any(found.differ for found in patch.behaviour):
		return "changes"
	if any(found.why for found in patch.behaviour):
		return CELL[UNTESTABLE]
	return "same" if patch.behaviour else "-" if patch.position else ""


def grid(series, verbose=False):
	"""The lines of the table."""
	groups = columns(series, verbose)
	heads = _heads(groups)
	wide = [max(len(n) for n in head + [CELL[NO_BUILD]]) for head in heads]
	extra = words.compared(series)
	rest = sum(w + 2 for w in wide) + 9 * extra
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
		if extra and row == height - 1:
			cells.append("nfc")
		lines.append("  ".join(cells).rstrip())
	for patch in _folded(series.patches):
		if isinstance(patch, str):
			lines.append("        " + patch)
			continue
		cells = [patch.number.ljust(8) +
			 ((patch.commit or "")[:12].ljust(14) if commits else "") +
			 pad(fit(patch.subject, subject), subject)]
		cells += [_cell(patch, g[0]).ljust(w)
			  for g, w in zip(groups, wide)]
		if extra:
			cells.append(_behaviour(patch))
		lines.append("  ".join(cells).rstrip())
	return lines


def _folded(patches):
	"""The rows, a long stretch of untouched ones as one line of text."""
	out, idle = [], []
	for patch in patches + [None]:
		if patch is not None and patch.state == UNTOUCHED and \
				not patch.ran():
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


def _failures(patch):
	"""The new failures of @patch: one of each suite first, then counted."""
	new = [f for f in patch.failures if f.new]
	if not new:
		return ["  fails as the row above it: " +
			words.counted(len(patch.failures), "case")]
	lines, shown = [], set()
	for failures in list(words.by_suite(new).values())[:SHOWN]:
		failure = failures[0]
		shown.add(id(failure))
		lines.append("  %s.%s%s" % (failure.suite, failure.name,
					    failure.reason and
					    ": " + failure.reason))
		lines += ["    " + line for line in words.body(failure)]
		lines.append("  again: " + failure.again)
	more = words.by_suite(f for f in new if id(f) not in shown)
	if more:
		lines.append("  and %d more: %s" % (
			sum(map(len, more.values())), ", ".join(
				"%s %d" % (words.short(s), len(f))
				for s, f in more.items())))
	return lines


def _changed(patch):
	"""What tells a patch from the one before it, as lines."""
	lines = []
	for found, said in zip(patch.behaviour, words.behaviour(patch)):
		lines.append("  " + said)
		for name, picture in zip(("before", "with it"), found.pictures):
			lines += ["    %s:" % name] + [
				"      " + line for line in picture.split("\n")]
	return lines + ["  again: " + found.again for found in patch.behaviour
			if found.differ][:1]


def _said(patch):
	"""What there is to say of one row, as lines."""
	lines = _changed(patch)
	if patch.facts_changed:
		lines.append("  changes what libkern sees: " + words.facts(patch))
	state = words.state(patch)
	lines += ["  " + line for line in state[:1]]
	lines += ["    " + line for line in state[1:]]
	covered = words.covered(patch)
	if covered:
		lines.append("  " + covered)
	lines += ["    not run: " + line for line in words.missed(patch)]
	if patch.note:
		lines.append("  " + patch.note)
	lines += ["  untested: " + line for line in words.lacking(patch)]
	if patch.merge:
		lines.append("  a merge: %d commits at once" % patch.merge)
	if patch.failed():
		lines += ["  fails, and so does what builds on it: " +
			  words.counted(len(patch.failures), "case")] \
			if not patch.position else _failures(patch)
	mended = words.mended(patch)
	if mended:
		lines.append("  mends %s that failed in the row above" %
			     words.counted(mended, "case"))
	return lines


def verdict(series):
	"""The last words, as lines: the first bad patch, and the counts."""
	lines = []
	for what, said in words.verdict(series):
		lines.append(("  " if lines else "") +
			     (what + (" " if what == "mended by" else ": ")
			      if what else "") + said)
	if series.first_bad and series.first_bad.fixes:
		lines.append("  " + series.first_bad.fixes)
	lines.append("%s; %s, %s, sandbox %s, %.1f s" % (
		words.summary(series), words.counted(
			len([s for s in series.suites if s != KERNEL]), "suite"),
		series.bound, series.sandbox, series.seconds))
	return lines


def text(series, verbose=False):
	"""All of it as one text."""
	lines = grid(series, verbose)
	for patch in series.patches:
		said = _said(patch)
		if said:
			lines += ["", words.called(patch)] + said
	known = words.known(series)
	lines.append("")
	if known:
		lines.append("known: findings of the kernel, not of the series (%s):"
			     " Documentation/findings/" % ", ".join(known))
	return "\n".join(lines + verdict(series))
