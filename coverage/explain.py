# SPDX-License-Identifier: GPL-2.0-only
"""What of the release path cannot be reached, and why: explained.rules.

A stanza names a function and one expression in it, as the mutants do; what lies
on the lines of that expression and was not reached is explained by its reason.
"""

import os

from iomap.csource import spans, tokens
from tools import mutants
from tools.stop import Stop, UNTESTABLE

HERE = os.path.dirname(os.path.abspath(__file__))
RULES = os.path.join(HERE, "explained.rules")
XFS_RULES = os.path.join(HERE, "explained-xfs.rules")
NEEDED = {"function", "find", "kind", "reason"}
FIELDS = NEEDED | {"or", "occurrence", "most", "when"}
KINDS = ("line", "branch")


class Entry:
	"""One reason. @most: of the branches there, so many are explained."""

	def __init__(self, fields, place):
		self.place = place
		self._check(fields)
		self.function = fields["function"]
		self.finds = [tokens(fields[name]) for name in ("find", "or")
			      if name in fields]
		self.occurrence = self._number(fields, "occurrence")
		self.kind = fields["kind"]
		self.most = self._number(fields, "most")
		self.when = fields.get("when", "")
		self.reason = fields["reason"]

	def _check(self, fields):
		unknown = sorted(set(fields) - FIELDS)
		lacks = sorted(NEEDED - set(fields))
		if unknown:
			raise Stop(UNTESTABLE, "%s: there is no field %s" %
				   (self.place, ", ".join(unknown)))
		if lacks:
			raise Stop(UNTESTABLE, "%s: lacks the field %s" %
				   (self.place, ", ".join(lacks)))
		if fields["kind"] not in KINDS:
			raise Stop(UNTESTABLE, "%s: kind is %s, and not %s" %
				   (self.place, " or ".join(KINDS), fields["kind"]))

	def _number(self, fields, name):
		text = fields.get(name, "1")
		if not text.isdecimal() or not int(text):
			raise Stop(UNTESTABLE, "%s: %s is a number from 1, and not "
				   "%s" % (self.place, name, text))
		return int(text)

	def key(self):
		"""What no two entries may have in common."""
		return (self.function, tuple(map(tuple, self.finds)),
			self.occurrence, self.kind, self.when)

	def lines(self, place):
		"""The line numbers of its expression in the function @place."""
		source = place.source
		found = source.definition(place.name)
		here = spans(source.text[found.start:found.body[1]])
		words = [word for word, _, _ in here]
		for find in self.finds:
			size = len(find)
			hits = [i for i in range(len(words) - size + 1)
				if words[i:i + size] == find]
			if len(hits) >= self.occurrence:
				first = hits[self.occurrence - 1]
				return list(range(
					source.line(found.start + here[first][1]),
					source.line(found.start +
						    here[first + size - 1][2]) + 1))
		return []


def load(*paths):
	"""The Entries of the files @paths; by default those of fs/iomap and mm."""
	entries = {}
	for path in paths or (RULES,):
		for stanza in mutants.stanzas(path):
			entry = Entry(*stanza)
			first = entries.setdefault(entry.key(), entry)
			if first is not entry:
				raise Stop(UNTESTABLE, "%s: explains the same as %s" %
					   (entry.place, first.place))
	return list(entries.values())


def sort_out(entries, facts, rows):
	"""Fill in row.explained of each of @rows.

	Returns the Entries that @facts hold for and that explain nothing, each
	with the reason. @rows: all functions, those without a counter too
	"""
	idle = []
	by_name = {row.place.name: row for row in rows}
	for entry in entries:
		if not mutants.holds(entry.when, facts, entry.place):
			continue
		row = by_name.get(entry.function)
		if row and not row.lines:
			continue
		why = _explain(entry, row) if row else \
			"no function of the release path is called " + entry.function
		if why:
			idle.append((entry, why))
	return idle


def _explain(entry, row):
	"""Move what @entry explains of @row; why there is nothing, if so."""
	lines = entry.lines(row.place)
	if not lines:
		return "its place is not in %s()" % entry.function
	if entry.kind == "line":
		found = [("line", n) for n in row.missed_lines if n in lines]
	else:
		found = [("branch", key) for key in row.missed_branches
			 if key[0] in lines]
	if not found:
		return "all of it is reached"
	found = [what for what in found if what not in row.explained]
	if entry.kind == "branch":
		found = found[:entry.most]
	row.explained.update({what: entry for what in found})
	return "" if found else "others explain all of it"
