# SPDX-License-Identifier: GPL-2.0-only
"""What was reached of each function of the release path, as a table."""

import os

from coverage.info import File


class Row:
	"""One function: what there is to reach and what was not.

	@found: the info.File it is in, None if nothing was counted there
	"""

	def __init__(self, place, found):
		self.place = place
		found = found or File()
		self.lines, self.branches = found.range(place.first, place.last)
		self.missed_lines = [n for n in self.lines if not found.lines[n]]
		self.missed_branches = [key for key in self.branches
					if not found.branches[key]]
		self.explained = {}	# ("line" or "branch", which): Entry

	def unexplained(self):
		"""[("line", number)] and [("branch", (line, block, branch))]."""
		return [what for what in
			[("line", n) for n in self.missed_lines] +
			[("branch", key) for key in self.missed_branches]
			if what not in self.explained]


def rows(places, files, real):
	"""A Row for each of @places, without lines where nothing was counted."""
	return [Row(place, files.get(os.path.join(real, place.file)))
		for place in places]


def percent(reached, total):
	"""Reached of total, in percent; what is not there was all reached."""
	return 100.0 * reached / total if total else 100.0


def share(reached, total):
	"""Percent in words: only what was reached to the last one says 100."""
	return "%.1f %%" % (1000 * reached // total / 10 if total else 100)


def _cell(missed, total):
	if not total:
		return "%16s" % "-"
	return "%16s" % ("%d/%d %6s" % (total - missed, total,
					share(total - missed, total)
					.replace(" ", "")))


def reached(found):
	"""(lines reached, lines, branches reached, branches) of Rows."""
	lines = sum(len(row.lines) for row in found)
	branches = sum(len(row.branches) for row in found)
	return (lines - sum(len(row.missed_lines) for row in found), lines,
		branches - sum(len(row.missed_branches) for row in found),
		branches)


def _totals(name, lines, all_lines, branches, all_branches):
	return "%-41s %-30s %s %s" % (name, "", _cell(all_lines - lines, all_lines),
				      _cell(all_branches - branches, all_branches))


def of_all(files):
	"""As reached(), for @files whole."""
	lines = [c for f in files.values() for c in f.lines.values()]
	branches = [c for f in files.values() for c in f.branches.values()]
	return (sum(map(bool, lines)), len(lines), sum(map(bool, branches)),
		len(branches))


def text(found, files, without):
	"""The lines of the table.

	@without: {what the table would have more: why it has not}
	"""
	out = ["%-41s %-30s %16s %16s" % ("function", "where", "lines",
					  "branches")]
	for row in found:
		where = "%s:%d" % (row.place.file, row.place.first)
		out.append("%-41s %-30s %s %s" % (
			row.place.name, where,
			_cell(len(row.missed_lines), len(row.lines)) if row.lines
			else "%16s" % "not counted",
			_cell(len(row.missed_branches), len(row.branches))
			if row.lines else ""))
	out += ["%-41s not counted: %s" % item for item in without.items()]
	out.append(_totals("release path", *reached(found)))
	out.append(_totals("all that was compiled of the tree", *of_all(files)))
	return [line.rstrip() for line in out]


def missed(found):
	"""Lines on what was not reached and why, function by function."""
	out = []
	for row in found:
		reasons = {}
		for what, entry in row.explained.items():
			reasons.setdefault(entry.reason, []).append(what)
		left = row.unexplained()
		if left:
			reasons["not explained"] = left
		for reason, whats in reasons.items():
			out.append("not reached: %s: %s: %s" % (
				row.place.name, _places(row.place, whats), reason))
	return out


def _places(place, whats):
	lines = sorted({which for kind, which in whats if kind == "line"})
	branches = {}
	for kind, which in whats:
		if kind == "branch":
			branches[which[0]] = branches.get(which[0], 0) + 1
	words = ["line %d" % n for n in lines]
	words += ["%d branch%s of line %d" % (n, "" if n == 1 else "es", line)
		  for line, n in sorted(branches.items())]
	return ", ".join(words) + " of " + place.file
