# SPDX-License-Identifier: GPL-2.0-only
"""What of the release path cannot be reached, and why: explained.rules.

A stanza names a function and one expression in it, as the mutants do; what lies
on the lines of that expression and was not reached is explained by its reason.
"""

import os

from iomap.csource import Source, spans, tokens
from tools import mutants
from tools.stop import Stop, UNTESTABLE

RULES = os.path.join(os.path.dirname(os.path.abspath(__file__)),
		     "explained.rules")
FIELDS = {"function", "find", "occurrence", "kind", "most", "when", "reason"}
KINDS = ("line", "branch")


class Entry:
	"""One reason. @most: of the branches there, so many are explained."""

	def __init__(self, fields, place):
		self.place = place
		if set(fields) - FIELDS or fields.get("kind") not in KINDS or \
		   not {"function", "find", "reason"} <= set(fields):
			raise Stop(UNTESTABLE, "%s: wants function, find, kind "
				   "(%s) and reason" % (place, " or ".join(KINDS)))
		self.function = fields["function"]
		self.find = tokens(fields["find"])
		self.occurrence = int(fields.get("occurrence", "1"))
		self.kind = fields["kind"]
		self.most = int(fields.get("most", "1"))
		self.when = fields.get("when", "")
		self.reason = fields["reason"]

	def lines(self, source, place):
		"""The line numbers of its expression in the function @place."""
		found = source.definition(place.name)
		here = spans(source.text[found.start:found.body[1]])
		words = [word for word, _, _ in here]
		size = len(self.find)
		hits = [i for i in range(len(words) - size + 1)
			if words[i:i + size] == self.find]
		if len(hits) < self.occurrence:
			return []
		first = hits[self.occurrence - 1]
		return list(range(source.line(found.start + here[first][1]),
				  source.line(found.start +
					      here[first + size - 1][2]) + 1))


def load(path=RULES):
	"""The Entries of the file @path."""
	return [Entry(*stanza) for stanza in mutants.stanzas(path)]


def sort_out(entries, tree, facts, rows):
	"""Fill in row.explained of each of @rows; returns the Entries not needed.

	Only those count as not needed whose facts this tree has.
	"""
	idle = []
	by_name = {row.place.name: row for row in rows}
	for entry in entries:
		if not mutants.holds(entry.when, facts, entry.place):
			continue
		row = by_name.get(entry.function)
		if not row or not _explain(entry, row,
					   tree.source(row.place.file)):
			idle.append(entry)
	return idle


def _explain(entry, row, source):
	"""Move what @entry explains of @row; False if there is nothing."""
	assert isinstance(source, Source)
	lines = entry.lines(source, row.place)
	if entry.kind == "line":
		found = [("line", n) for n in row.missed_lines if n in lines]
	else:
		found = [("branch", key) for key in row.missed_branches
			 if key[0] in lines][:entry.most]
	found = [what for what in found if what not in row.explained]
	row.explained.update({what: entry for what in found})
	return bool(found)
