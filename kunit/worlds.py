# SPDX-License-Identifier: GPL-2.0-only
"""The suites in two worlds, side by side: who is right, shim or kernel?

A case that passes in one and fails in the other is a failure of its own, for
one of the two lies.
"""

from kunit import arch
from kunit.ktap import FAIL, PASS, SKIP
from shim import config
from tools.stop import say

FINDING = "known finding: "	# how the suites begin the reason of such a skip
SHOWN = 20


def not_judged(page_shift=None):
	"""Lines on the page sizes that no kernel has, or on @page_shift alone."""
	return ["page size %s: not judged by any kernel" % name
		for name, shift in config.PAGE.items()
		if name != arch.PAGE and page_shift in (None, shift)]


def of_kernel(suites):
	"""{suite: {(case, parameter): (status, reason)}} of ktap.Suites."""
	return {suite.name: suite.results for suite in suites}


def of_userspace(cases):
	"""The same from what the test binary said."""
	found = {}
	for case in cases:
		key = (case["case"] or "(suite)", case["param"] or "")
		found.setdefault(case["suite"], {})[key] = (case["status"],
							    case["reason"] or "")
	return found


def _counts(results):
	"""passed, failed, skipped, known of one suite as words."""
	if results is None:
		return "  not run"
	known = sum(1 for s, why in results.values()
		    if s == SKIP and why.startswith(FINDING))
	of = {status: sum(1 for s, _ in results.values() if s == status)
	      for status in (PASS, FAIL, SKIP)}
	return "%5d %6d %7d %6d" % (of[PASS], of[FAIL], of[SKIP] - known, known)


def _all(world):
	return {(suite,) + key: result for suite, results in world.items()
		for key, result in results.items()}


def verdict(result):
	"""What counts in a comparison; None where the world cannot run it."""
	status, reason = result
	if status != SKIP:
		return status
	return reason if reason.startswith(FINDING) else None


def _reasons(mine, theirs):
	"""{reason: [cases]} of what is skipped in @mine and not in @theirs."""
	found = {}
	for key, (status, reason) in mine.items():
		if verdict((status, reason)) is None and \
		   key in theirs and verdict(theirs[key]) is not None:
			name = "%s.%s" % key[:2]
			cases = found.setdefault(reason or "no reason", [])
			if name not in cases:
				cases.append(name)
	return found


def differences(user, kernel):
	"""Lines on the cases whose verdict is not the same in both worlds."""
	user, kernel = _all(user), _all(kernel)
	words = {PASS: "passes", FAIL: "fails"}
	out = []
	for key in sorted(set(user) & set(kernel)):
		mine, theirs = verdict(user[key]), verdict(kernel[key])
		if None in (mine, theirs) or mine == theirs:
			continue
		out.append("%s.%s%s: %s in userspace, %s in the kernel" % (
			key[0], key[1], " [%s]" % key[2] if key[2] else "",
			words.get(mine, mine), words.get(theirs, theirs)))
	return out


def absent(user, kernel, whole):
	"""Lines on what is in one world only, which no skip explains.

	@kernel: ktap.Suites; @whole: no filter has left anything out
	"""
	inside = {suite.name: suite for suite in kernel}
	out = []
	for name in sorted(set(user) | set(inside)):
		if name not in user or name not in inside:
			if whole:
				out.append("%s: runs in %s only" % (
					name, "userspace" if name in user else
					"the kernel"))
			continue
		if not inside[name].complete:
			continue
		mine = {case for case, _ in user[name]}
		theirs = {case for case, _ in inside[name].results}
		out += ["%s.%s: runs in %s only" % (name, case, "userspace"
			if case in mine else "the kernel")
			for case in sorted(mine ^ theirs) if case != "(suite)"]
		for case in sorted(mine & theirs):
			first = {p for c, p in user[name] if c == case}
			second = {p for c, p in inside[name].results
				  if c == case}
			for param in sorted(first ^ second):
				out.append("%s.%s [%s]: runs in %s only" % (
					name, case, param, "userspace"
					if param in first else "the kernel"))
	return out


def table(user, suites, label, whole):
	"""Say the table on stderr; @user may be None. Returns differences."""
	kernel = of_kernel(suites)
	say("%-28s %-28s %s" % ("", "userspace", label))
	head = " pass   fail    skip  known"
	say("%-28s %-28s %s" % ("suite", head, head))
	for name in sorted(set(user or {}) | set(kernel)):
		say("%-28s %-28s %s" % (name, _counts((user or {}).get(name)),
					_counts(kernel.get(name))))
	for line in not_judged():
		say(line)
	if user is None:
		return []
	for title, first, second in (("only in userspace", kernel, user),
				     ("only in the kernel", user, kernel)):
		for why, cases in sorted(_reasons(_all(first), _all(second)).items()):
			say("run %s: %s: %s" % (title, ", ".join(cases), why))
	found = differences(user, kernel) + absent(user, suites, whole)
	for line in found[:SHOWN]:
		say("DIFFERS " + line)
	if len(found) > SHOWN:
		say("DIFFERS in %d more" % (len(found) - SHOWN))
	return found
