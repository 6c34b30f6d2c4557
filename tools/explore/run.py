# SPDX-License-Identifier: GPL-2.0-only
"""Runs libkern-exhaust: its words straight to stdout.

The binary enumerates, judges and reports; what is here only hands the command
line on and says how to see a violation again.
"""

import hashlib
import os
import re
import shlex
import signal

from tools import again, mutants, proc, resultfile
from tools.files import read_bytes
from tools.stop import BAD, GOOD, INTERRUPTED, Stop, UNTESTABLE, USAGE, say

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
	os.path.abspath(__file__))))
SHARD = re.compile(r"([1-9][0-9]{0,8})/([1-9][0-9]{0,8})")
ID = re.compile(r"(x|xfs)\d+-\d+b\d+p\w*-\d+k-\d+")
TARGETS = {"x": "plain", "xfs": "xfs"}		# by the front of their IDs
BINARIES = {"plain": "exhaust", "xfs": "exhaust-xfs"}


def _one(args, flag, value):
	"""Is @value of @flag the ID of a state of the target of @args?"""
	m = ID.fullmatch(value)
	if not m:
		raise Stop(USAGE, "%s %s: no ID: one looks like x1-8b6p-4k-123" %
			   (flag, value))
	if TARGETS[m.group(1)] != args.target:
		raise Stop(USAGE, "%s %s: is the ID of another target: say --target %s" %
			   (flag, value, TARGETS[m.group(1)]))


def check(args):
	"""Complain of what makes no sense before anything is built."""
	for flag, value in (("--replay", args.replay),
			    ("--emit-kunit", args.emit_kunit)):
		if value is not None:
			_one(args, flag, value)
	one = next((flag for flag in ("replay", "emit_kunit") if getattr(args, flag)), None)
	for name in ("emit_kunit", "digest", "shard", "first", "unfolded", "afresh"):
		if one and name != one and getattr(args, name):
			raise Stop(USAGE, "--%s does not go with --%s" % (
				name.replace("_", "-"), one.replace("_", "-")))
	resultfile.check({"--digest": args.digest}, "stdout")
	if args.shard is not None:
		m = SHARD.fullmatch(args.shard)
		if not m or int(m.group(1)) > int(m.group(2)):
			raise Stop(USAGE, "--shard %s: no shard: of four they are "
				   "1/4, 2/4, 3/4 and 4/4" % args.shard)
	if args.target != "xfs" and args.mutant and mutants.of_xfs(args.mutant):
		raise Stop(USAGE, "--mutant %s is of fs/xfs, and this enumerates "
			   "fs/iomap: say --target xfs" % args.mutant)


def content(build, mutant=None):
	"""A name for what a run rests on: the tree's files and libkern's own."""
	total = hashlib.sha256(("%s %s\n" % (build.variant.name, mutant)).encode())
	files = [(os.path.join(build.staged.base, "facts.txt"), "facts")]
	tops = [(build.staged.stage, None),
		(ROOT, ("shim", "kunit", "iomap", "tools/explore", "tools/mutants"))]
	if build.xfs:
		tops += [(os.path.join(build.staged.base, "xfs/stage"), None),
			 (os.path.join(build.staged.base, "xfs/gen"), None),
			 (ROOT, ("xfs_stub",))]
	for top, names in tops:
		for room in names or ("",):
			for parent, _, found in os.walk(os.path.join(top, room)):
				files += [(os.path.join(parent, name), os.path.relpath(
					os.path.join(parent, name), top))
					for name in found
					if name.endswith((".c", ".h", ".rules"))]
	for path, name in sorted(files, key=lambda item: item[1]):
		data = read_bytes(path) or b""
		# where the tree lies does not matter
		data = re.sub(rb'(?m)^#line .*$', b"", data)
		total.update(b"%s %d\n%s" % (name.encode(), len(data), data))
	return total.hexdigest()[:16]


def options(args, build):
	"""The flags of the binary."""
	words = ["--jobs=%d" % args.jobs]
	for name in ("blocks", "pages", "shard", "replay"):
		value = getattr(args, name)
		if value is not None:
			words.append("--%s=%s" % (name, value))
	if args.emit_kunit is not None:
		words.append("--emit-kunit=" + args.emit_kunit)
	if args.seek != "tree":
		words.append("--seek=" + args.seek)
	if args.timeout is not None:
		words.append("--state-timeout=%d" % args.timeout)
	if args.digest is not None:
		# to the binary "&1" is no file
		words += ["--digest-file=" + os.path.abspath(args.digest),
			  "--tree=" + content(build, args.mutant)]
	for name in ("first", "force", "quiet", "unfolded", "afresh"):
		if getattr(args, name):
			words.append("--%s=1" % name)
	return words


def command(args, real, *more):
	"""The command line that runs @more on the same build again."""
	return shlex.join([*again.words(args, "exhaust", real, flags=(
		*again.VARIANT, "seek", "target")), *more])


def to_end(name, words, env=None, others=()):
	"""Run the binary @name, @words; returns libkern's exit status.

	@others: exit statuses that the caller knows what to do with
	"""
	with proc.running(words, env=env) as child:
		status = child.wait()
	if status in others:
		return status
	if status == -signal.SIGPIPE:
		raise BrokenPipeError
	if status < 0 or status not in (GOOD, BAD, UNTESTABLE, USAGE, INTERRUPTED):
		raise Stop(UNTESTABLE, "%s itself ended with %s: a bug in libkern" %
			   (name, "signal %d" % -status if status < 0
			    else "exit status %d" % status))
	if status == INTERRUPTED:
		say("interrupted")
	return status


def main(args, build, binary):
	"""Run @binary as @args say; returns libkern's exit status."""
	resultfile.check({"--digest": args.digest}, "stdout", (build.staged.real,))
	return to_end("libkern-exhaust",
		      [binary, *options(args, build),
		       "--command=" + command(args, build.staged.real)])
