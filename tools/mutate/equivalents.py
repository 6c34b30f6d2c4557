# SPDX-License-Identifier: GPL-2.0-only
"""Mutants that no test can kill, each with its argument: equivalent.rules.

A stanza names function, operator, find and text of a mutant, token by token as
./libkern mutate prints them; without an occurrence it speaks of all that read
alike. "when" knows also M32, a 32-bit kernel. Whatever it names is run like any other: killed, it is wrong.
"""

import os

from iomap.csource import tokens
from tools import mutants
from tools.mutate.operators import OPERATORS
from tools.stop import Stop, UNTESTABLE

RULES = os.path.join(os.path.dirname(os.path.abspath(__file__)),
		     "equivalent.rules")
FIELDS = {"function", "operator", "find", "text", "occurrence", "when",
	  "argument"}


class Equivalent:
	"""One stanza."""

	def __init__(self, fields, place):
		self.place = place
		missing = {"function", "operator", "find", "text", "argument"} - \
			{name for name, value in fields.items() if value}
		if missing or set(fields) - FIELDS or \
		   fields["operator"] not in OPERATORS or \
		   not fields.get("occurrence", "0").isdecimal():
			raise Stop(UNTESTABLE, "%s: an equivalent wants function, "
				   "operator (%s), find, text and argument, and at "
				   "most an occurrence (a number) and a when" %
				   (place, ", ".join(OPERATORS)))
		self.function = fields["function"]
		self.operator = fields["operator"]
		self.find = tokens(fields["find"])
		self.text = tokens(fields["text"])
		self.occurrence = int(fields.get("occurrence", "0"))
		self.when = fields.get("when", "")
		self.argument = fields["argument"]

	def names(self, mutant):
		"""Is it about @mutant?"""
		return (self.function == mutant.function and
			self.operator == mutant.operator and
			self.occurrence in (0, mutant.occurrence) and
			self.find == tokens(mutant.find) and
			self.text == tokens(mutant.text))


def load(path=RULES):
	"""All stanzas of the file @path."""
	return [Equivalent(*stanza) for stanza in mutants.stanzas(path)]


def asked(entries, facts):
	"""Those of @entries that may speak of a tree with @facts.

	None that asks for XFS's, which begin with XS_, where there is no XFS
	"""
	xfs = any(name.startswith("XS_") for name in facts)
	return [entry for entry in entries if (xfs or "XS_" not in entry.when) and
		mutants.holds(entry.when, facts, entry.place)]


def find(entries, mutant):
	"""The first of @entries that speaks of @mutant, or None."""
	return next((entry for entry in entries if entry.names(mutant)), None)
