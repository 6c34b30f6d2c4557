# SPDX-License-Identifier: GPL-2.0-only
"""Steps and their outcomes become a Series: verdicts, changes, the first bad."""

from tools.series import model, outcome
from tools.series.model import (BROKEN, FAIL, HAS_RUN, JUDGED, KNOWN, NO_BUILD,
				NO_PATH, NOT_BUILT, NOTHING, PASS, SAME, SKIPPED,
				UNTESTABLE, UNTOUCHED, Failure, FirstBad, Patch,
				Verdict)
from tools.stop import BAD, GOOD, UNTESTABLE as CANNOT

# what a suite that did not run says, by the state of the patch
UNRUN = {NOT_BUILT: NO_BUILD, NO_PATH: NOTHING, UNTOUCHED: NOTHING}


def patch_of(step, position):
	"""A row without verdicts yet."""
	return Patch(position, step.number, step.subject, step.commit, step.name,
		     step.merge, state=step.ending or JUDGED, why=step.why,
		     note=step.note)


def _verdict(cases):
	"""The Verdict of one suite's @cases."""
	count = {"pass": 0, "fail": 0, "skip": 0}
	known, stubs = {}, 0
	for case in cases:
		name = outcome.finding(case)
		if name:
			known[name] = known.get(name, 0) + 1
		else:
			count[case["status"]] += 1
		stubs += case["death"] == "stub"
	if count["fail"]:
		word = UNTESTABLE if stubs == count["fail"] else FAIL
	elif known:
		word = KNOWN
	else:
		word = PASS if count["pass"] else SKIPPED
	return Verdict(word, count["pass"], count["fail"], count["skip"], known)


def add_kernel(patch, found, suites, again):
	"""Put the outcome @found of a kernel into @patch, as one more suite."""
	suite = model.KERNEL
	if suite not in suites:
		suites.append(suite)
	if found["cases"]:
		patch.verdicts[suite] = _verdict(found["cases"])
		patch.failures += _failures(found["cases"], again)
	else:
		patch.verdicts[suite] = Verdict(UNRUN.get(found["state"],
							  UNTESTABLE))
		if found["why"]:
			patch.note = "; ".join(filter(None, (patch.note,
							     found["why"])))
	if "seconds" in found:
		patch.seconds["kernel"] = found["seconds"]


def _failures(cases, again):
	"""The Failures among @cases; @again(suite, case): a command."""
	out = []
	for case in cases:
		if case["status"] != "fail":
			continue
		text = case.get("text") or case["splats"] or []
		if text and text[0].strip().endswith(case["reason"]):
			text = text[1:]
		out.append(Failure(case["suite"], case["case"], case["param"],
				   case["reason"], "\n".join(text),
				   case["death"],
				   again=again(case["suite"], case["case"])))
	return out


def _of_xfs(found):
	"""Why XFS alone was not built, on one line; "" when it was."""
	errors = [line for line in found.get("log") or () if ": error: " in line]
	if (found.get("note") or "").startswith(model.LACKS):
		errors = []	# no fault of the patch's
	return found.get("note") and "XFS could not be tested: " + (
		errors[0] if errors else found["note"])


def fill(patch, found, suites, again):
	"""Put the outcome @found into @patch; @again(suite, case): a command."""
	patch.state, patch.why = found["state"], found["why"]
	patch.facts, patch.cached = found["facts"], found["cached"]
	patch.seconds = found["seconds"] if not patch.cached else {}
	patch.note = "; ".join(filter(None, (patch.note, _of_xfs(found))))
	if patch.state == NOT_BUILT and found.get("log"):
		patch.why += "\n" + "\n".join(found["log"])
	by_suite = {}
	for case in found.get("cases", ()):
		by_suite.setdefault(case["suite"], []).append(case)
	for suite in by_suite:
		if suite not in suites:
			suites.append(suite)
	for suite, cases in by_suite.items():
		patch.verdicts[suite] = _verdict(cases)
		patch.failures += _failures(cases, again)
	for suite in found.get("unbuilt", ()):
		if suite not in suites:
			suites.append(suite)
		patch.verdicts[suite] = Verdict(NO_BUILD)
	if found.get("ended"):
		# what did not come to its turn is not known
		patch.state = BROKEN


def complete(patches, suites):
	"""A verdict for every suite in every row, and what changed."""
	last = {}		# suite: the nearest row above on which it ran
	seen = {}		# of each fact, the nearest value above
	for patch in patches:
		patch.parent = patch.position - 1 if patch.position else None
		for suite in suites:
			if suite not in patch.verdicts:
				patch.verdicts[suite] = Verdict(
					UNRUN.get(patch.state, UNTESTABLE))
			if patch.verdicts[suite].verdict in model.RAN:
				if suite in last:
					_compare(patch, last[suite], suite)
				last[suite] = patch
		if patch.facts and patch.state != UNTOUCHED:
			_compare_facts(patch, seen)
			# XFS's are not there where XFS alone is broken
			seen.update(patch.facts)


def _names(patch, suite):
	return [f.name for f in patch.failures if f.suite == suite]


def _compare(patch, parent, suite):
	verdict, before = patch.verdicts[suite], parent.verdicts[suite]
	verdict.was = before.verdict
	was, now = _names(parent, suite), _names(patch, suite)
	verdict.broke = [n for n in now if n not in set(was)]
	verdict.mended = [n for n in was if n not in set(now)]
	verdict.changed = bool(verdict.verdict != before.verdict or
			       verdict.broke or verdict.mended or
			       verdict.known != before.known)
	for failure in patch.failures:
		if failure.suite == suite:
			failure.new = failure.name in verdict.broke


def _compare_facts(patch, seen):
	patch.facts_changed = {
		name: [seen[name], patch.facts[name]] for name in
		sorted(set(patch.facts) & set(seen))
		if seen[name] != patch.facts[name]}


def first_bad(patches):
	"""The FirstBad, or None."""
	doubt = []
	for patch in patches[1:]:
		if patch.broke():
			found = FirstBad(patch.position, patch.name, doubt)
			if patch.commit:
				found.fixes = "Fixes: " + patch.name
			found.mended_by = _mended(patches, patch)
			return found
		if patch.state in HAS_RUN and not any(
				v.verdict == NO_BUILD
				for v in patch.verdicts.values()):
			doubt = []
		else:
			doubt = doubt + [patch.position]
	return None


def _mended(patches, bad):
	"""Position of the row from which on nothing of @bad's fails."""
	broken = {(suite, name) for suite, verdict in bad.verdicts.items()
		  for name in verdict.broke}
	found = None
	for patch in patches[bad.position + 1:]:
		if patch.state not in (JUDGED, SAME):
			continue
		still = {(f.suite, f.name) for f in patch.failures} & broken
		if still:
			found = None
		elif found is None:
			found = patch.position
	return found


def status_of(patches):
	"""1 when a patch fails or denies what it does, else 125 when one has no verdict, else 0."""
	rows = patches[1:]
	if any(patch.failed() or patch.failed_claim() for patch in rows):
		return BAD
	if any(patch.untested() for patch in rows):
		return CANNOT
	if not any(patch.state != UNTOUCHED or patch.ran() for patch in rows):
		return CANNOT
	return GOOD
