# SPDX-License-Identifier: GPL-2.0-only
"""A Series as the answer to a mail: plain text in 72 columns."""

import os

from tools.series import bound, words
from tools.series.columns import command, fit, fold, width
from tools.series.model import FAIL, HAS_RUN, LACKS, UNTOUCHED

WIDTH = 72
SUITES = 8			# failing suites that are named
OTHERS = 6			# other patches that are named
LINES = 12			# of what a case printed, where it drew nothing
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
	os.path.abspath(__file__))))


def _list(lines, first="  "):
	return [folded for line in lines
		for folded in fold(line, WIDTH, first, " " * (len(first) + 2))]


def _picture(failure):
	"""What the case drew, or else the first it printed, if it is legible."""
	lines = [line.replace(ROOT + "/", "") for line in words.body(failure)]
	begin = next((i for i, line in enumerate(lines)
		      if line.startswith("bytes ")), None)
	if begin is None:
		return [fit(line, WIDTH - 4) for line in lines[:LINES]]
	lines = lines[begin:]
	return lines if max(map(width, lines)) <= WIDTH - 4 else []


def _suites(failures):
	"""A line on each failing suite."""
	found = words.by_suite(failures)
	lines = []
	for suite, failed in list(found.items())[:SUITES]:
		lines.append(fit("  %-12s %5s  %s" % (
			fit(words.short(suite), 12), len(failed), failed[0].name),
			WIDTH))
	if len(found) > SUITES:
		lines.append("  and %s" % words.counted(
			len(found) - SUITES, "more suite"))
	return ["  %-12s %5s  %s" % ("suite", "cases", "the first")] + lines


def _bad(series):
	"""The first bad patch."""
	bad = series.first_bad
	by_position = {p.position: p for p in series.patches}
	patch = by_position[bad.position]
	new = [f for f in patch.failures if f.new]
	before = by_position.get(patch.parent)
	lines = fold(bad.name, WIDTH, "> ")
	lines += ["", *fold(
		"This is the first bad patch of %s: %s that did not on %s." % (
			words.counted(len(series.patches) - 1, "patch", "patches"),
			words.counted(len(new), "case fails", "cases fail"),
			before.number if before and before.position
			else "the base"), WIDTH), "", *_suites(new)]
	drawn = next((f for f in new if _picture(f)), new[0])
	picture = _picture(drawn)
	if picture:
		lines += [""] + fold("%s.%s:" % (words.short(drawn.suite),
						 drawn.name), WIDTH)
		lines += [""] + ["    " + line for line in picture]
	lines += ["", "To see it again:", "", *command(drawn.again, WIDTH)]
	if bad.doubt:
		lines += ["", *fold(
			"Or one before it that could not be tested: %s." %
			", ".join(by_position[n].number for n in bad.doubt),
			WIDTH)]
	if bad.mended_by is not None:
		lines += ["", "Mended by", "",
			  *fold(by_position[bad.mended_by].name, WIDTH, "> ")]
	if bad.fixes:
		# a tag is one line, however long, or no script finds the commit
		lines += ["", bad.fixes]
	return lines


def _no_bad(series):
	"""What to say where there is no first bad patch."""
	rows = series.patches[1:]
	failing = next((p for p in rows if p.failed()), None)
	if failing:
		said = words.verdict(series)[0][1]
		return fold(failing.name, WIDTH, "> ") + ["", *fold(
			said[0].upper() + said[1:] + ".", WIDTH), "",
			*_suites(failing.failures), "", "To see it again:", "",
			*command(failing.failures[0].again, WIDTH)]
	if all(p.state == UNTOUCHED for p in rows):
		return fold("No patch touches anything that libkern runs: nothing "
			    "was tested.", WIDTH)
	if any(p.untested() for p in rows):
		return fold("No case fails, but not every patch could be tested.",
			    WIDTH)
	return fold("No case fails that passed before, on any patch of the "
		    "series.", WIDTH)


def _why(state):
	"""The compiler's words rather than libkern's, where there are any."""
	# nobody's fault but libkern's, so no error to show to an author
	lacks = state[0].partition(": ")[2]
	if lacks.startswith(LACKS):
		return "does not build in libkern, and may well in a kernel: " + lacks
	said = next((line for line in state[1:] if "error: " in line), None)
	return state[0].split(":")[0] + ": " + said if said else state[0]


def _others(series):
	"""The patches that neither pass nor are the first bad one."""
	bad = series.first_bad and series.first_bad.position
	lines = []
	for patch in series.patches[1:]:
		state = words.state(patch)
		if patch.position == bad:
			pass
		elif patch.broke():
			lines.append("%s breaks more: %s" % (
				patch.number, words.counted(
					sum(f.new for f in patch.failures), "case")))
		elif words.alone(patch):
			lines.append("%s fails, and nothing ran before it to "
				     "compare with" % patch.number)
		elif words.ending(patch) == FAIL:
			lines.append("%s fails as the patch before it" %
				     patch.number)
		elif patch.state not in HAS_RUN:
			lines.append("%s %s" % (patch.number, _why(state)))
		if patch.note:
			lines.append("%s %s" % (patch.number, patch.note))
		lines += ["%s cannot be tested: %s" % (patch.number, line)
			  for line in words.lacking(patch)]
		lines += ["%s does not run in the suites: %s" % (patch.number, line)
			  for line in words.missed(patch)]
	if len(lines) > OTHERS:
		lines[OTHERS:] = ["and %d more" % (len(lines) - OTHERS)]
	return lines


def _behaviour(series):
	"""What each patch changes, where that was asked."""
	lines = []
	for patch in series.patches[1:]:
		lines += ["%s %s" % (patch.number, said)
			  for said in words.behaviour(patch)]
	lines = ["", "Behaviour, each patch against the one before it:", "",
		 *_list(lines)] if lines else []
	for patch, found in [(p, b) for p in series.patches[1:]
			     for b in p.behaviour if b.broken()]:
		for name, picture in zip(("before", "with it"), found.pictures):
			drawn = picture.split("\n")
			if max(map(width, drawn)) <= WIDTH - 4:
				lines += ["", "%s, %s:" % (patch.number, name), "",
					  *("    " + line for line in drawn)]
		lines += ["", "To see it again:", "",
			  *command(found.again, WIDTH)]
	return lines


def text(series):
	"""All of it."""
	lines = fold("libkern built and ran each patch of this series alone: the "
		     "kernel's delalloc release path as KUnit suites.", WIDTH)
	lines += [""] + (_bad(series) if series.first_bad else _no_bad(series))
	others = _others(series)
	if others:
		lines += ["", "Other patches:", ""] + _list(others)
	lines += _behaviour(series)
	lines += ["", *fold(words.summary(series) + ".", WIDTH)]
	known = words.known(series)
	if known:
		lines += fold("Findings of the kernel itself, not of the series: "
			      "%s." % ", ".join(known), WIDTH)
	base = series.patches[0]
	lines += ["", *fold("Base: " + base.name, WIDTH, then="  "),
		  *fold("Tree: " + series.tree, WIDTH, then="  "),
		  *fold("Tested, on each patch: " + bound.run(series), WIDTH,
			then="  ")]
	lines += [line for words_ in series.untested
		  for line in fold("Not tested: " + words_, WIDTH, then="  ")]
	lines += [line for note in series.notes
		  for line in fold("Note: " + note, WIDTH, then="  ")]
	if series.command:
		lines += ["", "All of it again:", "",
			  *command(series.command, WIDTH)]
	return "\n".join(line.rstrip() for line in lines)
