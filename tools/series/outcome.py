# SPDX-License-Identifier: GPL-2.0-only
"""What a test binary in the sandbox said, and whether to believe it.

The binary is other people's code: its words are data of any shape. They are
cut to size, checked, and reduced to what a verdict needs. That is also what is
kept for the next time (results/KEY.json).
"""

import json
import os
import re

from kunit.worlds import FINDING
from tools.series.model import clean

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
	os.path.abspath(__file__))))
MOST = 64 << 20			# bytes of results; the suites write 0.3 MB
TEXT = 60			# lines of one failure
_RESULT = re.compile(r"\s*(?:not )?ok \d+ (.*)$")
_SUBTEST = re.compile(r"\s*# Subtest: (.*)$")
_AGAIN = re.compile(r"\s*# \S+: again: ")


def read(stream, most=MOST):
	"""All of @stream (bytes) up to @most, the rest thrown away."""
	parts, size = [], 0
	while True:
		part = stream.read1(1 << 16)
		if not part:
			return b"".join(parts)
		if size < most:
			parts.append(part)
		size += len(part)


def _plain(text):
	"""@text for people: no escapes, and our own files by their short names."""
	return clean(text).replace(ROOT + "/", "")


def _word(value):
	return _plain(value) if isinstance(value, str) else None


def _leaf(record):
	"""One case out of JSON, or None."""
	suite, status = _word(record.get("suite")), record.get("status")
	if not suite or status not in ("pass", "fail", "skip"):
		return None
	return {"suite": suite, "case": _word(record.get("case")),
		"param": _word(record.get("param")), "status": status,
		"reason": _word(record.get("reason")) or "",
		"death": _word(record.get("death")),
		"splats": [_word(s.get("text")) or "" for s in
			   record.get("splats") or () if isinstance(s, dict)][:4]}


def results(data):
	"""(cases, {name of a finding: text}, exit) of the lines in @data.

	@exit is None when there is no whole result.
	"""
	cases, notes, status = [], {}, None
	for line in data.decode("utf-8", "replace").splitlines():
		try:
			record = json.loads(line)
		except (ValueError, RecursionError):
			continue
		if not isinstance(record, dict):
			continue
		if isinstance(record.get("summary"), dict):
			status = record["summary"].get("exit")
		elif "note" in record:
			name = str(_word(record["note"]))
			if name.startswith("finding: "):
				notes[name[len("finding: "):]] = \
					str(_word(record.get("text")))
		else:
			case = _leaf(record)
			if case:
				cases.append(case)
	return cases, notes, status if status in (0, 1, 125) else None


def pictures(ktap):
	"""{(suite, case, parameter or None): lines} of the cases in KTAP text.

	Up to the end of the first picture: what comes behind is more of the same.
	"""
	found, suite, case, lines = {}, None, None, []
	whole = False
	for line in ktap.decode("utf-8", "replace").splitlines():
		line = _plain(line)
		depth = (len(line) - len(line.lstrip(" "))) // 4
		sub = _SUBTEST.match(line)
		result = _RESULT.match(line)
		if sub:
			if depth == 1:
				suite, case = sub.group(1), None
			else:
				case = sub.group(1)
			lines, whole = [], False
		elif result:
			name = result.group(1).split(" # SKIP")[0]
			key = (suite, case, name) if depth == 2 else \
				(suite, name, None)
			if lines:
				found[key] = lines
			if depth <= 1:
				case = None
			lines, whole = [], False
		elif _AGAIN.match(line):
			whole = True
		elif not whole and len(lines) < TEXT and \
				not re.match(r"\s*(?:KTAP version|1\.\.\d)", line):
			lines.append(line.rstrip())
	return found


def finding(case):
	"""Name of the known finding that @case ended in, or None."""
	reason = case["reason"]
	if case["status"] != "skip" or not reason.startswith(FINDING):
		return None
	return reason[len(FINDING):].split(":")[0].strip()
