# SPDX-License-Identifier: GPL-2.0-only
"""A Series as one page of HTML that needs nothing else, no script either.

All that is in it can be other people's text: markup.py quotes it, and the page
forbids the browser to load or run anything, should that ever fail.
"""

import os

from tools.series import bound, words
from tools.series.markup import Html, element, join
from tools.series.model import (FAIL, KNOWN, NO_BUILD, NOTHING, PASS, SKIPPED,
				UNTESTABLE)

STYLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "page.css")
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
SHOWN = 5			# failed cases of a suite that are shown whole
LISTED = 200			# and of those that are named
# verdict: (what is seen, class, what it means)
SIGN = {PASS: ("✓", "pass", "every case passes"),
	FAIL: ("✗", "fail", "cases fail; the number says how many"),
	KNOWN: ("◆", "known", "passes, but for known findings of the kernel"),
	SKIPPED: ("○", "none", "every case was skipped"),
	NO_BUILD: ("⊘", "none", "does not build"),
	NOTHING: ("–", "none", "the patch touches nothing that is tested here"),
	UNTESTABLE: ("?", "none", "cannot be tested")}
CHANGED = "*"


def _id(patch, suite=None, series=None):
	"""Where a row is told of, or one suite of it."""
	place = "p%d" % patch.position
	return place if suite is None else \
		"%s-%d" % (place, series.suites.index(suite))


def _link(patch, *parts):
	return element("a", *parts, href="#" + _id(patch))


def _verdict(series):
	"""What the reader came for."""
	lines = []
	if series.first_bad:
		by_position = {p.position: p for p in series.patches}
		bad = by_position[series.first_bad.position]
	for what, said in words.verdict(series):
		said = element("bdi", said)
		if what == "first bad":
			said = _link(bad, said)
		lines.append(element("p", element("strong", what + ": ")
				     if what else None, said))
	if series.first_bad and series.first_bad.fixes:
		lines.append(element("p", element("code",
						  series.first_bad.fixes)))
	lines.append(element("p", words.summary(series)))
	kind = {0: " good", 1: " bad"}.get(series.status, "")
	return element("div", *lines, class_="verdict" + kind)


def _about(series):
	"""What the verdicts rest on, and what they do not say."""
	base = series.patches[0]
	items = [("tree", series.tree), ("series", series.source),
		 ("base", base.name),
		 ("tested", "on each patch: " + bound.run(series))]
	items += [("not tested", line) for line in series.untested]
	items += [("sandbox", series.sandbox),
		  ("time", "%.1f s" % series.seconds)]
	items += [("note", note) for note in series.notes]
	known = words.known(series)
	if known:
		items.append(("known findings", "%s: of the kernel, not of the "
			      "series; Documentation/findings/" %
			      ", ".join(known)))
	if series.command:
		items.append(("again", element("code", series.command)))
	parts = [element("dt", name) + element("dd", element("bdi", value))
		 for name, value in items]
	return element("dl", *map(Html, parts))


def _cell(series, patch, suite):
	verdict = patch.verdicts[suite]
	sign, kind, _ = SIGN[verdict.verdict]
	meaning = verdict.verdict
	if verdict.failed:
		meaning += ", " + words.counted(verdict.failed, "case")
	if verdict.known:
		meaning += ": " + ", ".join("%s %d" % item for item in
					    sorted(verdict.known.items()))
	if verdict.changed:
		sign += CHANGED
		meaning += ", changed"
	number = element("small", str(verdict.failed)) if verdict.failed else None
	inner = [element("span", sign, number, aria_hidden="true"),
		 element("span", meaning, class_="hidden")]
	if verdict.verdict == FAIL:
		inner = [element("a", *inner, href="#" + _id(patch, suite, series))]
	return element("td", *inner, class_="v " + kind,
		       title="%s: %s" % (words.short(suite), meaning))


def _behaviour(patch):
	"""The cell of --nfc."""
	if any(found.differ for found in patch.behaviour):
		return "changes"
	if any(found.why for found in patch.behaviour):
		return "?"
	return "same" if patch.behaviour else "–"


def _row(series, patch, commits):
	cells = [element("th", _link(patch, patch.number)
			 if _said(series, patch) else patch.number,
			 scope="row", class_="number")]
	if commits:
		cells.append(element("td", element(
			"code", (patch.commit or "")[:12]), class_="commit"))
	cells.append(element("td", element("bdi", patch.subject),
			     class_="subject"))
	cells.append(element("td", words.result(patch), class_="result"))
	if words.compared(series):
		cells.append(element("td", _behaviour(patch), class_="result",
				     title="; ".join(words.behaviour(patch))
				     or None))
	return element("tr", *cells, *(_cell(series, patch, s)
				       for s in series.suites),
		       class_="bad" if patch.failed() else None)


def _grid(series):
	"""Patch by suite."""
	commits = any(p.commit for p in series.patches[1:])
	heads = [element("th", name, scope="col") for name in
		 ["patch"] + ["commit"] * commits + ["subject", "result"] +
		 ["behaviour"] * words.compared(series)]
	heads += [element("th", element("span", words.short(suite)), scope="col",
			  class_="suite", title=suite)
		  for suite in series.suites]
	table = element(
		"table", element("caption", "Every row is built and run alone, "
				 "and compared with the one above it, or with "
				 "the last one that could be run."),
		element("thead", element("tr", *heads)),
		element("tbody", *(_row(series, p, commits)
				   for p in series.patches)), class_="grid")
	used = {v.verdict for p in series.patches for v in p.verdicts.values()}
	legend = [element("li", element("b", sign, class_=kind), meaning)
		  for word, (sign, kind, meaning) in SIGN.items() if word in used]
	legend.append(element("li", element("b", CHANGED),
			      "not as in the row above"))
	# what scrolls must be reached without a mouse
	return join([element("div", table, class_="wide", tabindex="0",
			     role="region", aria_label="patch by suite"),
		     element("ul", *legend, class_="legend")])


def _failure(failure, is_open):
	return element(
		"details", element("summary", element("code", failure.name),
				   failure.reason and " " + failure.reason),
		element("pre", "\n".join(words.body(failure)) or failure.reason),
		element("p", "again: ", element("code", failure.again)),
		open="" if is_open else None)


def _suite(series, patch, suite, failures):
	"""What fails in one suite: the first whole, the others by name."""
	shown, rest = failures[:SHOWN], failures[SHOWN:]
	parts = [element("h4", "%s: %s" % (words.short(suite), words.counted(
		len(failures), "case")), id=_id(patch, suite, series))]
	parts += [_failure(f, not i) for i, f in enumerate(shown)]
	if rest:
		names = "\n".join(f.name for f in rest[:LISTED])
		if len(rest) > LISTED:
			names += "\nand %d more" % (len(rest) - LISTED)
		parts.append(element(
			"details", element("summary", "and %d more" % len(rest)),
			element("pre", names)))
	return parts


def _failures(series, patch):
	failures = [f for f in patch.failures
		    if patch.verdicts[f.suite].verdict == FAIL]
	new = [f for f in failures if f.new]
	old = words.by_suite(f for f in failures if not f.new)
	parts = []
	# without a row above that ran there is nothing to say so by
	if new and any(v.was for v in patch.verdicts.values()):
		parts.append(element("p", "%s that did not in the row above." %
				     (words.counted(len(new), "case fails",
						    "cases fail"))))
	for suite, failures in words.by_suite(new).items():
		parts += _suite(series, patch, suite, failures)
	if old:
		parts.append(element(
			"p", "Fails as the row above it: ", join(
				[element("span", "%s %d" % (words.short(suite),
							    len(failures)),
					 id=_id(patch, suite, series)
					 if not any(f.suite == suite
						    for f in new) else None)
				 for suite, failures in old.items()], ", "), "."))
	return parts


def _covered(patch):
	"""Which of its lines were run: a table, and those that were not."""
	rows, missed = [], []
	for item in patch.covered:
		rows.append(element("tr", element(
			"th", element("code", item.file), scope="row"),
			*(element("td", str(n)) for n in (
				item.changed, len(item.run) + len(item.missed),
				len(item.run)))))
		if item.missed:
			missed += [element("p", "Not run in ", element(
				"code", item.file), ":"), element("pre", "\n".join(
					"%6d  %s" % tuple(line)
					for line in item.missed))]
	heads = [element("th", name, scope="col") for name in
		 ("file", "lines changed", "with code", "of these run")]
	return [element("h4", "Coverage: " + words.covered(patch)),
		element("table", element("thead", element("tr", *heads)),
			element("tbody", *rows))] + missed


def _said(series, patch):
	"""What there is to tell of a row, as parts."""
	parts, state = [], words.state(patch)
	if state:
		parts.append(element("p", state[0]))
	if state[1:]:
		parts.append(element("pre", "\n".join(state[1:])))
	if patch.note:
		parts.append(element("p", patch.note))
	parts += [element("p", "Cannot be tested: " + line)
		  for line in words.lacking(patch)]
	if patch.merge:
		parts.append(element("p", "A merge: %d commits at once." %
				     patch.merge))
	if patch.touched:
		parts.append(element("p", "Touches ", join(
			[element("code", name) for name in patch.touched], ", "),
			"."))
	if patch.facts_changed:
		parts.append(element("p", "Changes what libkern sees: ",
				     element("code", words.facts(patch))))
	for found, said in zip(patch.behaviour, words.behaviour(patch)):
		parts.append(element("p", said))
		for name, picture in zip(("Before:", "With it:"), found.pictures):
			parts += [element("p", name), element("pre", picture)]
		if found.differ:
			parts.append(element("p", "Again: ", element(
				"code", found.again)))
	if patch.covered:
		parts += _covered(patch)
	mended = words.mended(patch)
	if mended:
		parts.append(element("p", "Mends %s that failed in the row above." %
				     words.counted(mended, "case")))
	return parts + _failures(series, patch)


def page(series):
	"""The whole page as text."""
	with open(STYLE, encoding="utf-8") as stream:
		style = Html(stream.read())
	title = "libkern: " + series.source
	told = []
	for patch in series.patches:
		parts = _said(series, patch)
		if parts:
			told.append(element(
				"section", element("h3", element("bdi", "%s  %s" % (
					patch.number, patch.subject))), *parts,
				id=_id(patch)))
	body = element("body", element(
		"main", element("h1", element("bdi", title)), _verdict(series),
		element("h2", "Patch by suite"), _grid(series),
		element("h2", "What this rests on"), _about(series),
		element("h2", "Patch by patch"), *told))
	head = element("head", element("meta", charset="utf-8"), element(
		"meta", http_equiv="Content-Security-Policy", content=POLICY),
		element("meta", name="viewport",
			content="width=device-width, initial-scale=1"),
		element("title", title), element("style", style))
	return "<!doctype html>\n%s\n" % element("html", head, body, lang="en")
