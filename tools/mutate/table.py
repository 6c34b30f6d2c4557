# SPDX-License-Identifier: GPL-2.0-only
"""What ./libkern mutate prints: by function, by operator, and who survives."""

import json

from tools.mutate.bench import KILLED, STILLBORN, SURVIVES
from tools.mutate.operators import OPERATORS

WRONG = "equivalent, yet killed"
EQUIVALENT = "equivalent"
COLUMNS = (KILLED, EQUIVALENT, SURVIVES)


def state_of(verdict, entry):
	"""The word for @verdict when @entry argues its mutant equivalent, or not."""
	if entry is None or verdict.state == STILLBORN:
		return verdict.state
	return WRONG if verdict.state == KILLED else EQUIVALENT


def _rows(title, names, states):
	"""Lines of a table; @states: [(name, state), ...] of all mutants."""
	out = ["%-41s %7s %7s %10s %8s" % (title, "mutants", "killed",
					   "equivalent", "survive")]
	for name in names:
		mine = [state for n, state in states if n == name]
		alive = [s for s in mine if s != STILLBORN]
		if not alive:
			continue
		out.append("%-41s %7d %7d %10d %8d" % (
			name, len(alive),
			sum(s in (KILLED, WRONG) for s in alive),
			sum(s == EQUIVALENT for s in alive),
			sum(s == SURVIVES for s in alive)))
	return out


def text(judged):
	"""The tables; @judged: [(Verdict, Equivalent or None), ...]."""
	states = [(v.mutant, state_of(v, e)) for v, e in judged]
	functions = list(dict.fromkeys(m.function for m, _ in states))
	out = _rows("function", functions,
		    [(m.function, s) for m, s in states])
	out.append("")
	out += _rows("operator", OPERATORS, [(m.operator, s) for m, s in states])
	out.append(_rows("", [""], [("", s) for _, s in states])[-1].replace(
		" " * 3, "all", 1))
	return out


def place(mutant):
	"""Where @mutant is and what it does, for a terminal only."""
	return "%s:%d %s(): %s: %s  ->  %s" % (
		mutant.file, mutant.line, mutant.function, mutant.operator,
		mutant.find, mutant.text)


def as_json(real, variant, judged, entries, seconds):
	"""All that is known, as one JSON object in bytes.

	@entries: the Equivalents that may speak of this tree
	"""
	return (json.dumps({
		"tree": real, "variant": variant, "seconds": round(seconds, 3),
		"rules": [entry.place for entry in entries],
		"mutants": [{
			"name": v.mutant.name, "file": v.mutant.file,
			"line": v.mutant.line, "function": v.mutant.function,
			"operator": v.mutant.operator,
			"state": state_of(v, e), "killed_by": v.by or None,
			"argument": e.argument if e else None,
			"rule": e.place if e else None}
			for v, e in judged]}, indent=1) + "\n").encode()
