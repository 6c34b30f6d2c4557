# SPDX-License-Identifier: GPL-2.0-only
"""A Series as JUnit's XML: a testsuite a patch.

A suite of libkern's is one testcase of its patch, but for one that fails, which
is a testcase for every case that fails. What could not be tested is an error,
so that failures are there with exit status 1, and errors alone with 125.
"""

from tools import resultfile
from tools.series import words
from tools.series.model import (FAIL, HAS_RUN, KNOWN, PASS, UNTESTABLE,
				UNTOUCHED)


def _case(junit, name, patch, result=None, text=""):
	case = junit.TestCase(resultfile.xml(name),
			      classname=resultfile.xml("patch " + patch.number))
	if result:
		result.text = resultfile.xml(text)
		case.result = [result]
	return case


def _failed(junit, patch, suite):
	"""A testcase for each case of @suite that fails."""
	for failure in patch.failures:
		if failure.suite != suite:
			continue
		reason = failure.reason if failure.new else \
			"fails as in the row above: " + failure.reason
		lines = words.body(failure) + ["again: " + failure.again]
		yield _case(junit, "%s.%s" % (words.short(suite), failure.name),
			    patch, junit.Failure(resultfile.xml(reason)),
			    "\n".join(lines) if failure.new else lines[-1])


def _behaviour(junit, patch):
	"""The testcases of --nfc: one fails where the changelog denies a change."""
	for found, said in zip(patch.behaviour, words.behaviour(patch)):
		said = resultfile.xml(said)
		result = junit.Error(said) if found.why else \
			junit.Failure(said) if found.broken() else None
		yield _case(junit, "behaviour of " + found.of, patch, result,
			    "\n".join([*found.pictures, "again: " + found.again]))


def _cases(junit, series, patch):
	"""The testcases of one patch."""
	if patch.state not in HAS_RUN:
		yield _case(junit, "(patch)", patch, junit.Error(resultfile.xml(
			patch.state)), patch.why)
	if patch.note:
		yield _case(junit, "(note)", patch, junit.Error(resultfile.xml(
			patch.note)))
	yield from _behaviour(junit, patch)
	for suite in series.suites:
		verdict = patch.verdicts[suite]
		name = words.short(suite)
		if verdict.verdict == FAIL:
			yield from _failed(junit, patch, suite)
		elif verdict.verdict == UNTESTABLE and patch.state in HAS_RUN:
			yield _case(junit, name, patch,
				    junit.Error(verdict.verdict),
				    "\n".join(words.lacking(patch, suite)))
		elif verdict.verdict == PASS:
			yield _case(junit, name, patch)
		else:
			word = verdict.verdict
			if word == KNOWN:
				word = "known finding: " + ", ".join(
					sorted(verdict.known))
			elif patch.state == UNTOUCHED:
				word = words.ending(patch)
			yield _case(junit, name, patch,
				    junit.Skipped(resultfile.xml(word)))


def data(series):
	"""The file, as bytes."""
	junit = resultfile.junitparser()
	xml = junit.JUnitXml(resultfile.xml("libkern series " + series.source))
	for patch in series.patches[1:]:
		suite = junit.TestSuite(resultfile.xml(
			"%s %s" % (patch.number, patch.subject)))
		for case in _cases(junit, series, patch):
			suite.add_testcase(case)
		xml.add_testsuite(suite)
	return resultfile.xml_bytes(xml)
