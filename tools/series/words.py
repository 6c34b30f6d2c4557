# SPDX-License-Identifier: GPL-2.0-only
"""What every report says of a Series, in the same words: table, page, reply."""

from tools.series.model import (BROKEN, FAIL, HAS_RUN, JUDGED, MISSING, NO_BUILD,
				NO_PATH, NOT_APPLIED, NOT_BUILT, PASS, SAME,
				UNTESTABLE, UNTOUCHED)

PREFIX = "iomap_delalloc_"
# of a patch that denies what it does
CLAIM = "not as it says"
COUNTED = {NOT_BUILT: "do not build", NO_PATH: "have nothing to test",
	   BROKEN: "cannot be tested", NOT_APPLIED: "do not apply",
	   MISSING: "are missing", UNTOUCHED: "touch nothing of the path"}


def short(suite):
	"""A suite's name without what all have in common."""
	return suite[len(PREFIX):] if suite.startswith(PREFIX) else suite


def called(patch):
	"""What to call a row in a sentence."""
	return patch.name if patch.position else "base " + patch.name


def counted(number, word, plural=None):
	"""'1 case', '2 cases'."""
	return "%d %s" % (number, word if number == 1 else plural or word + "s")


def facts(patch):
	"""The facts that @patch changes, on one line."""
	def word(value):
		return str(int(value)) if isinstance(value, bool) else str(value)
	return ", ".join("%s %s -> %s" % (name, word(was), word(now))
			 for name, (was, now) in patch.facts_changed.items())


def body(failure):
	"""What the case printed, as lines that do not each begin with its name."""
	# in a kernel it is called SUITE.CASE
	case = (failure.case or "").rpartition(".")[2]
	return [line.strip().removeprefix("# %s: " % case)
		for line in failure.text.split("\n") if line.strip()]


def by_suite(failures):
	"""{suite: [Failure, ...]}, in order."""
	found = {}
	for failure in failures:
		found.setdefault(failure.suite, []).append(failure)
	return found


def state(patch):
	"""How it came to its verdicts as lines; [] where they say it all."""
	if patch.state == SAME:
		return ["comments only, or code that libkern does not build: as "
			"the row above, and not run again"]
	if patch.state in (JUDGED, UNTOUCHED):
		return []
	why = patch.why.split("\n")
	return ["%s%s" % (patch.state, why[0] and ": " + why[0])] + why[1:]


def lacking(patch, suite=None):
	"""Why suites that ran, or @suite, have no verdict: a line a reason."""
	found = {}
	for failure in patch.failures:
		if patch.verdicts[failure.suite].verdict == UNTESTABLE and \
				suite in (None, failure.suite):
			found[failure.reason] = found.get(failure.reason, 0) + 1
	return ["%s (%s)" % (reason, counted(number, "case"))
		for reason, number in found.items()]


def compared(series):
	"""Was any patch held against the one before it?"""
	return any(p.behaviour for p in series.patches)


def behaviour(patch):
	"""Whether it changes what the release does: a line for each comparison."""
	return [_behaviour(patch, found) for found in patch.behaviour]


def _behaviour(patch, found):
	xfs = found.of == "fs/xfs"
	if found.why:
		return "behaviour%s not compared: %s" % (
			" of " + found.of if xfs else "", found.why)
	states = "{:,} states{}, {}".format(found.states, " of " + found.of if xfs
					    else "", found.bound)
	row = "" if found.against == patch.position - 1 else \
		", against %s" % ("patch %d" % found.against
				  if found.against else "the base")
	if not found.differ:
		return "no functional change in %s%s" % (states, row)
	return "%s: %s of %s%s; the smallest is %s" % (
		'says "no functional change", and changes behaviour'
		if found.claimed else "changes behaviour",
		"{:,}".format(found.differ), states, row, found.smallest)


def mended(patch):
	"""How many cases failed in the row above and do not now."""
	return sum(len(v.mended) for v in patch.verdicts.values())


def known(series):
	"""Names of the known findings that were met, sorted."""
	return sorted({name for p in series.patches
		       for v in p.verdicts.values() for name in v.known})


def result(patch):
	"""What became of a row as a whole: FAIL, PASS, or one of STATES."""
	if patch.failed():
		return FAIL
	# XFS alone may be what does not build
	if any(v.verdict == NO_BUILD for v in patch.verdicts.values()):
		return NOT_BUILT
	if patch.state not in HAS_RUN:
		return patch.state
	if patch.failed_claim():
		return CLAIM
	if any(v.verdict == UNTESTABLE for v in patch.verdicts.values()) or \
			any(found.why for found in patch.behaviour):
		return BROKEN
	# a kernel may have run what userspace does not read, and --nfc what no suite does
	return UNTOUCHED if patch.state == UNTOUCHED and not patch.ran() and \
		not patch.behaviour else PASS


def ending(patch):
	"""How a row ended, as patches are counted by."""
	word = result(patch)
	return COUNTED.get(word, word)


def counts(series):
	"""{ending: how many patches}."""
	found = {}
	for patch in series.patches[1:]:
		word = ending(patch)
		found[word] = found.get(word, 0) + 1
	return found


def verdict(series):
	"""What to know first: [(what, text), ...]."""
	return _cases(series) + [
		('says "no functional change", and changes behaviour', p.name)
		for p in series.patches[1:] if p.failed_claim()]


def _cases(series):
	"""The first bad patch and what is known of it."""
	bad = series.first_bad
	if not bad:
		if not any(p.failed() for p in series.patches[1:]):
			return []
		return [("", "no patch breaks what worked before it: the base "
			 "fails already" if series.patches[0].failed() else
			 "cases fail, and on no patch before them did any run to "
			 "compare with")]
	by_position = {p.position: p for p in series.patches}
	lines = [("first bad", bad.name)]
	if bad.doubt:
		lines.append(("or one before it that could not be tested",
			      ", ".join(by_position[n].number
					for n in bad.doubt)))
	if bad.mended_by is not None:
		lines.append(("mended by", by_position[bad.mended_by].name))
	open_ = [p.number for p in series.patches[1:bad.position] if alone(p)]
	if open_:
		lines.append(("fails before that, and nothing ran above it to "
			      "compare with", ", ".join(open_)))
	return lines


def alone(patch):
	"""Does @patch fail in a suite that has not run on any row above it?"""
	return any(v.verdict == FAIL and v.was is None
		   for v in patch.verdicts.values())


def summary(series):
	"""How many patches ended how, on one line."""
	return "%s: %s" % (counted(len(series.patches) - 1, "patch", "patches"),
			   ", ".join("%d %s" % (n, word) for word, n in
				     counts(series).items()))


def covered(patch):
	"""How many of its changed lines were run, on one line; None if unknown."""
	if patch.covered is None:
		return None
	run = sum(len(c.run) for c in patch.covered)
	total = run + sum(len(c.missed) for c in patch.covered)
	if not total:
		return "changes no line of code that was counted"
	return "%d of %s run" % (run, counted(total, "changed line"))


def missed(patch):
	"""'FILE: 1, 2' for each file with changed lines that were not run."""
	return ["%s: %s" % (c.file, ", ".join(str(n) for n, _ in c.missed))
		for c in patch.covered or () if c.missed]
