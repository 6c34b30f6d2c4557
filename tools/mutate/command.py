# SPDX-License-Identifier: GPL-2.0-only
"""libkern mutate: make the mutants, have them judged, say who survives."""

import concurrent.futures
import fnmatch
import shlex
import sys
import time

from iomap import path as release_path, probe
from tools import again, mutants, proc, resultfile
from tools.mutate import bench, equivalents, table
from tools.stop import (BAD, GOOD, INTERRUPTED, Stop, UNTESTABLE, USAGE, put,
			say)
from xfs_stub import path as xfs_path


def chosen(args, real, judging, part):
	"""The Mutants that @args ask for."""
	places = release_path.places(probe.Tree(real))
	if part.binary:
		places += xfs_path.places(real)
	globs = args.functions.split(",") if args.functions else ["*"]
	found = [mutant for place in places
		 if any(fnmatch.fnmatchcase(place.name, g) for g in globs)
		 for mutant in judging.staged(place.file).mutants(place)]
	if args.only is not None:
		found = [m for m in found if m.name == args.only]
	if not found:
		raise Stop(USAGE, "no mutant is called %s in this tree: --list "
			   "names them" % args.only if args.only is not None else
			   "no function of the release path matches %s: there are "
			   "%s" % (args.functions,
				   ", ".join(p.name for p in places)))
	return found


class _Progress:
	"""One line on a terminal, or none."""

	def __init__(self, args, total):
		self.wanted = sys.stderr.isatty() and not args.quiet
		self.total, self.done, self.alive = total, 0, 0
		self.begin = time.monotonic()

	def add(self, survives):
		"""One more was judged."""
		self.done += 1
		self.alive += survives
		if self.wanted:
			left = (time.monotonic() - self.begin) / self.done * (
				self.total - self.done)
			sys.stderr.write("\r\033[K  %d of %d mutants, %d survive, "
					 "about %d s more" % (self.done, self.total,
							      self.alive, left))
			sys.stderr.flush()

	def clear(self):
		"""Make room for a line."""
		if self.wanted:
			sys.stderr.write("\r\033[K")


def _command(args, real, mutant):
	"""The command that judges @mutant alone."""
	return shlex.join(again.words(args, "mutate", real,
				      flags=again.MACHINE) +
			  ["--only", mutant.name])


def _judge_all(args, judging, found, entries):
	"""[(Verdict, Equivalent or None), ...], and whether all were judged."""
	judged, progress = {}, _Progress(args, len(found))
	pool = concurrent.futures.ThreadPoolExecutor(max(args.jobs, 1))
	waiting = {pool.submit(judging.judge, mutant, number): number
		   for number, mutant in enumerate(found)}
	whole = False
	try:
		for done in concurrent.futures.as_completed(waiting):
			verdict = done.result()
			entry = equivalents.find(entries, verdict.mutant)
			judged[waiting[done]] = verdict, entry
			progress.add(verdict.state == bench.SURVIVES and not entry)
		whole = True
	except proc.Interrupted:
		pass
	finally:
		pool.shutdown(wait=False, cancel_futures=True)
		if not whole:
			judging.stop()
		pool.shutdown()
		progress.clear()
	return [judged[number] for number in sorted(judged)], whole


def _report(args, real, judged, whole, total):
	"""Print it all; the exit status."""
	put("\n".join(table.text(judged)))
	wrong = 0
	for verdict, entry in judged:
		state = table.state_of(verdict, entry)
		if state == bench.SURVIVES:
			say("SURVIVES " + table.place(verdict.mutant))
		elif state == table.WRONG:
			say("NOT EQUIVALENT (%s): %s kills %s" % (
				entry.place, verdict.by,
				table.place(verdict.mutant)))
		else:
			continue
		wrong += 1
		say("  again: " + _command(args, real, verdict.mutant))
	if not whole:
		say("interrupted: %d of %d mutants were judged" %
		    (len(judged), total))
		return INTERRUPTED
	return BAD if wrong else GOOD


def main(args, build, part):
	"""libkern mutate; what @build (of @part, with XFS) has built is unbroken."""
	real = build.staged.real
	binaries = {"iomap": build.path("libkern-iomap"), "xfs": part.binary,
		    "exhaust": build.path("libkern-exhaust"),
		    "exhaust-xfs": part.binary and build.path("libkern-exhaust-xfs")}
	judging = bench.Bench(build, binaries)
	found = chosen(args, real, judging, part)
	if args.list:
		put("\n".join(mutant.name for mutant in found))
		return GOOD
	build.make("exhaust", *["exhaust-xfs"] * bool(part.binary))
	by = judging.unbroken()
	if by:
		say("%s fails without any mutant: see ./libkern %s" % (
			by, {"exhaust": by, "exhaust-xfs": "exhaust --target xfs"
			     }.get(by, "run")))
		return BAD
	begin = time.monotonic()
	facts = {**mutants.all_facts(build), "M32": build.variant.bits == 32}
	entries = equivalents.asked(equivalents.load(), facts)
	judged, whole = _judge_all(args, judging, found, entries)
	status = _report(args, real, judged, whole, len(found))
	seconds = time.monotonic() - begin
	unborn = sum(v.state == bench.STILLBORN for v, _ in judged)
	say("%d mutants of %d functions, %d edits more do not compile; %.1f s "
	    "(%s, %s%s)" % (
		len(judged) - unborn, len({v.mutant.function for v, _ in judged}),
		unborn, seconds, real, build.variant.name,
		"" if part.binary else ", without XFS: " + (part.reason or "")))
	if not resultfile.write([(args.json, lambda: table.as_json(
			real, build.variant.name, judged, entries, seconds))]):
		return BAD if status == BAD else UNTESTABLE
	if status == GOOD and part.status != GOOD:
		say(part.words)
		return part.status
	return status
