# SPDX-License-Identifier: GPL-2.0-only
"""What was reached of each function of the release path, as a table."""

import os


class Row:
	"""One function: what there is to reach and what was not."""

	def __init__(self, place, found):
		self.place = place
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
	"""A Row for each of @places; None where nothing was counted there."""
	out = []
	for place in places:
		found = files.get(os.path.join(real, place.file))
		row = Row(place, found) if found else None
		out.append(row if row and row.lines else None)
	return out


def percent(reached, total):
	"""Reached of total, in percent; what is not there was all reached."""
	return 100.0 * reached / total if total else 100.0


def _cell(missed, total):
	if not total:
		return "%16s" % "-"
	return "%16s" % ("%d/%d %5.1f%%" % (total - missed, total,
					   percent(total - missed, total)))


def reached(found):
	"""(lines reached, lines, branches reached, branches) of Rows."""
	found = [row for row in found if row]
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


def text(places, found, files):
	"""The lines of the table."""
	out = ["%-41s %-30s %16s %16s" % ("function", "where", "lines",
					  "branches")]
	for place, row in zip(places, found):
		where = "%s:%d" % (place.file, place.first)
		out.append("%-41s %-30s %s %s" % (
			place.name, where,
			_cell(len(row.missed_lines), len(row.lines)) if row
			else "%16s" % "not counted",
			_cell(len(row.missed_branches), len(row.branches))
			if row else ""))
	out.append(_totals("release path", *reached(found)))
	out.append(_totals("all that was compiled of the tree", *of_all(files)))
	return [line.rstrip() for line in out]


def missed(found):
	"""Lines on what was not reached and why, function by function."""
	out = []
	for row in found:
		if not row:
			continue
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
