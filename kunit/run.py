# SPDX-License-Identifier: GPL-2.0-only
"""Runs a test binary: KTAP straight to stdout, a summary to stderr.

The binary judges; what is here only repeats its words: a summary for people,
JSON and JUnit for programs, and the command that shows a failure again.
"""

import contextlib
import errno
import json
import os
import shlex
import signal
import tempfile
import time

from kunit import worlds
from tools import proc
from tools.files import write_changed
from tools.stop import (BAD, GOOD, INTERRUPTED, Stop, UNTESTABLE, USAGE, say)

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SHOWN = 20			# failed cases that the summary names


def _junitparser():
	try:
		import junitparser	# pylint: disable=import-outside-toplevel
	except ImportError:
		raise Stop(UNTESTABLE, "--junit needs python3-junitparser: run make "
			   "deps") from None
	return junitparser


def check_outputs(args, real=None):
	"""Complain of --json and --junit before anything is built.

	@real: the tree, once it is known: only then anything is tried out
	"""
	names = [name for name in (args.json, args.junit) if name is not None]
	for name in names:
		if real and os.path.realpath(name).startswith(real + "/"):
			raise Stop(USAGE, "%s lies inside the kernel tree %s, which "
				   "is never written to" % (name, real))
		try:
			_check_output(name, real is not None)
		except OSError as err:
			raise Stop(USAGE, "cannot write %s: %s" %
				   (name, err.strerror)) from None
	if len(set(map(os.path.realpath, names))) < len(names) and \
			(os.path.isfile(names[0]) or
			 not os.path.exists(names[0])):
		raise Stop(USAGE, "--json and --junit name one file, %s" % names[0])
	if args.junit:
		_junitparser()


def _check_output(name, attempt):
	"""Raise OSError unless the file @name can be written, or replaced."""
	def refuse(number):
		raise OSError(number, os.strerror(number))

	parent = os.path.dirname(os.path.abspath(name))
	if os.path.isdir(name) or name.endswith("/"):
		refuse(errno.EISDIR)
	if not os.path.isdir(parent):
		refuse(errno.ENOENT)
	with contextlib.suppress(FileNotFoundError):
		os.stat(name)
		if not os.access(name, os.W_OK):
			refuse(errno.EACCES)
	if os.path.exists(name) and not os.path.isfile(name):
		return		# a device or a pipe is written as it is
	if not os.access(parent, os.W_OK | os.X_OK):
		refuse(errno.EACCES)
	if attempt:
		# root may do everything, and yet not this in /proc
		with tempfile.TemporaryFile(dir=parent):
			pass


def command(args, real, glob=None):
	"""The command line that runs @glob again as it ran now, or its front."""
	if getattr(args, "again", None):
		# a binary that libkern run does not run: make check's own
		return shlex.join([args.again, "--filter"] +
				  ([glob] if glob else []))
	script = "./libkern" if os.getcwd() == ROOT else \
		os.path.join(ROOT, "libkern")
	words = [script, "run", "--kdir", real]
	for flag, value in (("-o", args.out if args.out_given else None),
			    ("--page-size", args.page_size),
			    ("--sanitize", ",".join(args.sanitize or ())),
			    ("--cc", args.cc if args.cc != "gcc" else None),
			    ("--seek", args.seek if args.seek != "tree" else None),
			    ("--timeout", args.timeout),
			    ("--mutant", args.mutant)):
		if value:
			words += [flag, str(value)]
	if args.m32:
		words.append("--m32")
	return shlex.join(words + ([glob] if glob else []))


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


def execute(binary, args, real, *more, stdout=None):
	"""Run @binary; returns (exit status, Results, seconds)."""
	words = [binary, "--seek", args.seek,
		 "--command=" + command(args, real), *more]
	if args.glob is not None:
		words += ["--filter", args.glob]
	if args.list:
		words.append("--list")
	if args.timeout:
		words += ["--timeout", str(args.timeout)]
	if args.verbose:
		words.append("--verbose")
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


def _write(path, data):
	"""Write a result file; a device or pipe is written as it is."""
	if os.path.exists(path) and not os.path.isfile(path):
		with open(path, "wb") as stream:
			stream.write(data)
	else:
		write_changed(os.path.abspath(path), data)


def write_json(path, build, args, results, seconds):
	"""All that is known of the run, as one JSON object."""
	record = {"tree": build.staged.real, "variant": build.variant.name,
		  "compiler": build.variant.compiler, "seek": args.seek,
		  "mutant": args.mutant, "facts": build.staged.facts,
		  "judged": not worlds.not_judged(build.variant.page_shift),
		  "seconds": round(seconds, 3), "summary": results.summary,
		  "known_findings": results.findings(), "notes": results.notes,
		  "cases": results.cases}
	_write(path, (json.dumps(record, indent=1) + "\n").encode())


def _xml(text):
	"""@text without what XML cannot hold."""
	return "".join(c for c in text if c in "\n\t" or ord(c) >= 32)


def write_junit(path, results):
	"""The run as JUnit XML."""
	junit = _junitparser()
	suites = {}
	for case in results.cases:
		name = case["case"] or "(suite)"
		if case["param"]:
			name += " [%s]" % case["param"]
		entry = junit.TestCase(_xml(name), classname=case["suite"],
				       time=case["seconds"])
		reason = _xml(case["reason"] or "")
		if case["status"] == "fail":
			result = junit.Failure(reason)
			result.text = _xml("\n".join(
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
	# beside @path there is no room for more if that is a device
	with tempfile.TemporaryDirectory(prefix="libkern-") as scratch:
		temporary = os.path.join(scratch, "junit.xml")
		xml.write(temporary, pretty=True)
		with open(temporary, "rb") as stream:
			data = stream.read()
	_write(path, data)


def write_results(build, args, results, seconds):
	"""Write what --json and --junit ask for; False if it did not work."""
	good = True
	for path, write in (
		(args.json, lambda: write_json(args.json, build, args, results,
					       seconds)),
		(args.junit, lambda: write_junit(args.junit, results)),
	):
		try:
			if path:
				write()
		except OSError as err:
			say("cannot write %s: %s" % (path, err.strerror))
			good = False
	return good


def run(build, binary, args):
	"""Run @binary as @args say; returns libkern's exit status."""
	status, results, seconds = execute(binary, args, build.staged.real)
	if status == -signal.SIGPIPE:
		raise BrokenPipeError
	if args.list:
		return status
	if status < 0 or results.summary is None and status == GOOD:
		raise Stop(UNTESTABLE, "the test binary itself ended with %s: a bug "
			   "in libkern" % ("signal %d" % -status if status < 0
					   else "no result"))
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
	return status
