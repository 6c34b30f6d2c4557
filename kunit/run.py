# SPDX-License-Identifier: GPL-2.0-only
"""Runs a test binary: KTAP straight to stdout, a summary to stderr.

The binary judges; what is here only repeats its words: a summary for people,
JSON and JUnit for programs, and the command that shows a failure again.
"""

import contextlib
import json
import os
import shlex
import shutil
import signal
import sys
import tempfile
import time

from kunit import worlds
from tools import again, proc, resultfile
from tools.stop import (BAD, GOOD, INTERRUPTED, Stop, UNTESTABLE, say,
			worst)

SHOWN = 20			# failed cases that the summary names


def check_outputs(args, real=None):
	"""Complain of --json and --junit before anything is built.

	@real: the tree, once it is known
	"""
	resultfile.check({"--json": args.json, "--junit": args.junit},
			 "KTAP", (real,) if real else ())


def command(args, real, glob=None):
	"""The command line that runs @glob again as it ran now, or its front."""
	if getattr(args, "again", None):
		# a binary that libkern run does not run: make check's own
		return shlex.join([args.again, "--filter"] +
				  ([glob] if glob else []))
	return shlex.join(again.words(args, "run", real, flags=(
		*again.VARIANT, "seek", "timeout")) + ([glob] if glob else []))


class Results:
	"""What the binary said on its result descriptor."""

	def __init__(self):
		self.cases = []
		self.notes = []
		self.summary = None

	def take(self, line):
		"""One line of JSON."""
		record = json.loads(line)
		if "summary" in record:
			self.summary = record["summary"]
		elif "note" in record:
			self.notes.append(record)
		else:
			self.cases.append(record)

	def add(self, other):
		"""Add what another binary has said."""
		self.cases += other.cases
		self.notes += other.notes
		if self.summary is None or other.summary is None:
			self.summary = self.summary or other.summary
			return
		both = self.summary, other.summary
		self.summary = {key: both[0][key] + both[1][key] for key in both[0]}
		self.summary["exit"] = worst(s["exit"] for s in both)

	def failures(self):
		"""The cases that failed, in order."""
		return [c for c in self.cases if c["status"] == "fail"]

	def findings(self):
		"""{name of a known finding: number of cases}."""
		count = {}
		for case in self.cases:
			reason = case["reason"] or ""
			if case["status"] == "skip" and reason.startswith(worlds.FINDING):
				name = reason[len(worlds.FINDING):].split(":")[0].strip()
				count[name] = count.get(name, 0) + 1
		return count


def name_of(case):
	"""SUITE.CASE, as the filter takes it."""
	return case["suite"] + ("." + case["case"] if case["case"] else "")


def _words(binary, args, real, more):
	"""The command line of @binary for a run as @args say."""
	words = [binary, "--seek", args.seek, "--jobs", str(args.jobs),
		 "--command=" + command(args, real), *more]
	if args.glob is not None:
		words += ["--filter", args.glob]
	if args.list:
		words.append("--list")
	if args.timeout:
		words += ["--timeout", str(args.timeout)]
	if args.verbose:
		words.append("--verbose")
	return words


def execute(binary, args, real, *more, stdout=None):
	"""Run @binary; returns (exit status, Results, seconds)."""
	words = _words(binary, args, real, more)
	results = Results()
	begin = time.monotonic()
	reader, writer = os.pipe()
	with os.fdopen(reader, encoding="utf-8", errors="replace") as stream:
		try:
			with proc.running(words + ["--result-fd", str(writer)],
					  pass_fds=(writer,),
					  stdout=stdout) as child:
				os.close(writer)
				writer = None
				for line in stream:
					results.take(line)
				status = child.wait()
		finally:
			if writer is not None:
				os.close(writer)
	return status, results, time.monotonic() - begin


def summary(build, args, results, seconds):
	"""Say on stderr how it went."""
	counts = results.summary
	known = results.findings()
	where = "%s, %s%s" % (build.staged.real, build.variant.name,
			      ", seek model" if args.seek == "model" else "")
	failed = {}
	for case in results.failures():
		failed.setdefault(name_of(case), []).append(case)
	for name, cases in list(failed.items())[:SHOWN]:
		for case in cases[:3]:
			say("FAILED %s%s: %s" % (name, " [%s]" % case["param"]
						 if case["param"] else "",
						 case["reason"] or "see above"))
		if len(cases) > 3:
			say("  and %d more of its parameters" % (len(cases) - 3))
		say("  again: " + command(args, build.staged.real, name))
	if len(failed) > SHOWN:
		say("FAILED and %d more cases, see above" % (len(failed) - SHOWN))
	for name, number in sorted(known.items()):
		say("known finding %s: %d cases, see Documentation/findings/" %
		    (name, number))
	# a parametrised case says it once a parameter
	for key, text in sorted({(note["note"], note["text"])
				 for note in results.notes}):
		if key.startswith("finding: "):
			say("%s: %s" % (key[len("finding: "):], text))
	skipped = counts["skip"] - sum(known.values())
	say("%d passed, %d failed, %d skipped%s in %.1f s (%s)" %
	    (counts["pass"], counts["fail"], skipped,
	     ", %d known findings" % sum(known.values()) if known else "",
	     seconds, where))
	for line in worlds.not_judged(build.variant.page_shift):
		say(line)


def as_json(build, args, results, seconds):
	"""All that is known of the run, as one JSON object."""
	record = {"tree": build.staged.real, "variant": build.variant.name,
		  "compiler": build.variant.compiler, "seek": args.seek,
		  "mutant": args.mutant, "facts": build.staged.facts,
		  "judged": not worlds.not_judged(build.variant.page_shift),
		  "seconds": round(seconds, 3), "summary": results.summary,
		  "known_findings": results.findings(), "notes": results.notes,
		  "cases": results.cases}
	return (json.dumps(record, indent=1) + "\n").encode()


def as_junit(results):
	"""The run as JUnit XML."""
	junit, fit = resultfile.junitparser(), resultfile.xml
	suites = {}
	for case in results.cases:
		name = case["case"] or "(suite)"
		if case["param"]:
			name += " [%s]" % case["param"]
		entry = junit.TestCase(fit(name), classname=case["suite"],
				       time=case["seconds"])
		reason = fit(case["reason"] or "")
		if case["status"] == "fail":
			result = junit.Failure(reason)
			result.text = fit("\n".join(
				case["messages"] + [s["text"] for s in
						    case["splats"]]))
			entry.result = [result]
		elif case["status"] == "skip":
			entry.result = [junit.Skipped(reason)]
		suite = suites.setdefault(case["suite"],
					  junit.TestSuite(case["suite"]))
		suite.add_testcase(entry)
	xml = junit.JUnitXml("libkern")
	for suite in suites.values():
		xml.add_testsuite(suite)
	return resultfile.xml_bytes(xml)


def write_results(build, args, results, seconds):
	"""Write what --json and --junit ask for; False if it did not work."""
	return resultfile.write([
		(args.json, lambda: as_json(build, args, results, seconds)),
		(args.junit, lambda: as_junit(results))])


def _suites(binary, args):
	"""How many suites of @binary the command line wants."""
	words = [binary, "--list"]
	if args.glob is not None:
		words += ["--filter", args.glob]
	_, out, _ = proc.output(words)
	return len({line.split(".")[0] for line in out.splitlines()})


def steps(binary, args, part):
	"""[(binary, options)]: one plan over the binaries that have a part in it."""
	if part is None or not part.binary:
		return [(binary, part.absent() if part else [])]
	first, second = _suites(binary, args), _suites(part.binary, args)
	if not second:
		return [(binary, [])]
	if not first or args.list:
		return [(b, []) for b, n in ((binary, first),
					     (part.binary, second)) if n]
	return [(binary, ["--after=%d" % second]),
		(part.binary, ["--before=%d" % first])]


@contextlib.contextmanager
def _ahead(binary, args, real, more, stdout):
	"""Start @binary now, into memory; yields what shows it, as execute()."""
	stdout = stdout or sys.stdout
	with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as told:
		# half the lanes: those of the first are busy most of the time
		words = _words(binary, args, real, more) + \
			["--jobs", str((args.jobs + 1) // 2),
			 "--result-fd", str(told.fileno())]
		begin = time.monotonic()

		def show():
			status = child.wait()
			stdout.flush()
			printed.seek(0)
			with open(stdout.fileno(), "wb", closefd=False) as out:
				shutil.copyfileobj(printed, out)
			results = Results()
			told.seek(0)
			for line in told:
				results.take(line.decode("utf-8", "replace"))
			return status, results, time.monotonic() - begin

		with proc.running(words, pass_fds=(told.fileno(),),
				  stdout=printed) as child:
			yield show
			# who does not want to see it does not wait for it either
			child.terminate()


def execute_all(plan, args, real, stdout=None):
	"""Execute @plan of steps(); (status, Results, seconds) of all together.

	They run at once, unless one job at a time is wanted: the suites of one
	seldom come to their end on all processors together. They are seen one
	after the other.
	"""
	statuses, total, begin = [], Results(), time.monotonic()
	with contextlib.ExitStack() as stack:
		shows = [lambda s=step: execute(s[0], args, real, *s[1],
						stdout=stdout) for step in plan]
		if not args.list and args.jobs > 1:
			shows[1:] = [stack.enter_context(
				_ahead(binary, args, real, more, stdout))
				for binary, more in plan[1:]]
		for show in shows:
			status, results, _ = show()
			statuses.append(status)
			if status == -signal.SIGPIPE:
				raise BrokenPipeError
			if status < 0 or results.summary is None and \
					status == GOOD and not args.list:
				raise Stop(UNTESTABLE, "the test binary itself "
					   "ended with %s: a bug in libkern" %
					   ("signal %d" % -status if status < 0
					    else "no result"))
			total.add(results)
			if status == INTERRUPTED:
				break
	return worst(statuses), total, time.monotonic() - begin


def run(build, binary, args, part=None):
	"""Run @binary as @args say; returns libkern's exit status.

	@part: what XFS has to do with it (xfs_stub.part.Part), or None
	"""
	status, results, seconds = execute_all(steps(binary, args, part), args,
					       build.staged.real)
	if args.list:
		return status
	if results.summary is not None:
		summary(build, args, results, seconds)
		lost = not write_results(build, args, results, seconds)
		if lost and status == GOOD:
			return UNTESTABLE
	if status == INTERRUPTED:
		say("interrupted")
	elif status == UNTESTABLE and results.summary and \
			results.summary["stubs"]:
		say("cannot be tested: cases met parts of the kernel that the shim "
		    "does not have, and nothing else failed")
	elif status == BAD and results.summary and results.summary["stubs"]:
		say("%d of the failures met parts of the kernel that the shim does "
		    "not have" % results.summary["stubs"])
	if part is None or status == INTERRUPTED:
		return status
	judged = results.summary and (results.summary["pass"] or
				      results.summary["fail"])
	if part.reason and status == GOOD and not judged:
		say("%s: there is nothing that %s could test" %
		    (part.words or part.reason, args.glob or "run"))
		return UNTESTABLE
	if part.status == GOOD:
		return status
	say(part.words)
	say("XFS could not be tested; the iomap suites " +
	    ("passed" if status == GOOD else "did not all pass"))
	return worst((status, part.status))
