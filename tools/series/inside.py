# SPDX-License-Identifier: GPL-2.0-only
"""What of judging a patch happens in the sandbox: probe, stage and build.

Run with a JSON object as its argument: "tree", "out", the flags of ./libkern build
as "flags", and "what": "suites", or "exhaust" for these binaries instead, whatever
the filter wants.
Says one line of JSON on stdout:

	{"state", "why"}			it ends here, see model.py
	{"code", "facts", "files", "absent",
	 "note"}				asks what to build: the names
						of parts on stdin, or none

and after some {"state", "why", "note", "binaries"}. The parts are binaries:
"iomap", and "xfs" if the tree has it and the filter wants it; "absent" says why
not. "code" has for each part a hash of what the compiler gets to see of the
tree, comments left out by the compiler itself, so that a patch to comments
alone is known for one. "note" says why XFS, and it alone, has no binary. What
make and the compiler say goes to stderr.
"""

import argparse
import hashlib
import json
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
	os.path.abspath(__file__))))
sys.path.insert(0, ROOT)

# pylint: disable=wrong-import-position
from iomap import kdir, probe, stage as staging
from shim import config
from shim.build import Build, NotBuilt
from tools import mutants, proc
from tools.files import read_bytes, write_changed
from tools.series import model
from tools.stop import NO_SPACE, Stop
from xfs_stub import probe as probe_xfs, stage as xfs
from xfs_stub.part import Part

# With these in it a comment may matter: a line's number, or a comment whose end
# only a compiler sees that joins lines first, which -fpreprocessed does not.
_DOUBT = re.compile(rb"__LINE__|__COUNTER__|[*/]\\[ \t]*\r?\n|\?\?/")


def _bare(path, cc, cache):
	"""Content of @path as a hash, comments left out where that is safe."""
	data = read_bytes(path)
	whole = hashlib.sha256(data).hexdigest()
	if _DOUBT.search(data):
		return whole
	kept = os.path.join(cache, whole)
	known = read_bytes(kept)
	if known:
		return known.decode()
	status, out, _ = proc.output(
		cc.split() + ["-x", "c", "-fpreprocessed", "-dD", "-E", "-P",
			      path])
	bare = "c" + hashlib.sha256(os.fsencode(out)).hexdigest() \
		if status == 0 else whole
	write_changed(kept, bare.encode())
	return bare


def code_of(facts, stage, cc, cache):
	"""The hash that "code" has for what is staged in the directory @stage."""
	total = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
	for parent, dirs, names in os.walk(stage):
		dirs.sort()
		for name in sorted(names):
			path = os.path.join(parent, name)
			total.update(("%s\0%s\0" % (
				os.path.relpath(path, stage),
				_bare(path, cc, cache))).encode())
	return total.hexdigest()


def _say(**record):
	print(json.dumps(record), flush=True)


def _ends(state, stop):
	_say(state=state, why=str(stop))
	return 0


def _files(base, record):
	"""The tree's files that the record of staging names."""
	with open(os.path.join(base, record), encoding="utf-8") as stream:
		return json.load(stream)["files"]


def _exhaustive(build, mutant, wanted):
	"""{part: binary} of libkern exhaust, of those that build."""
	found = {}
	for part in wanted:
		name = {"iomap": "exhaust", "xfs": "exhaust-xfs"}[part]
		try:
			if mutant:
				found[part] = mutants.build(build, mutant,
							    binary=name)
				continue
			build.make(name)
			found[part] = build.path("libkern-" + name)
		except NotBuilt:
			pass
	return found


def _built(build, part, wanted):
	"""{part: binary} of what is @wanted; what of XFS fails is in @part."""
	if "xfs" not in wanted:
		build.make("iomap")
		return {"iomap": build.path("libkern-iomap")}
	part.make(build)
	found = {"iomap": build.path("libkern-iomap"), "xfs": part.binary}
	return {name: found[name] for name in wanted if found[name]}


def main(argument):
	"""One tree; the exit status says nothing."""
	order = json.loads(argument)
	opts = argparse.Namespace(**order["flags"])
	tree, out = kdir.check(order["tree"]), order["out"]
	exhausting = order["what"] == "exhaust"
	proc.setup()
	try:
		staged = staging.stage(tree, out)
		part = Part(tree, staged.base,
			    None if exhausting else order["filter"])
		variant = config.variant(out, opts)
	except probe.NothingToTest as stop:
		return _ends(model.NO_PATH, stop)
	except Stop as stop:
		return _ends(model.BROKEN, stop)
	bare, files = os.path.join(out, "bare"), _files(staged.base, "stage.json")
	code = {"iomap": code_of(staged.facts, staged.stage, opts.cc, bare)}
	facts, of_xfs = staged.facts, opts.mutant and mutants.of_xfs(opts.mutant)
	if part.staged and (of_xfs or exhausting or not opts.mutant):
		facts = {**facts, **probe_xfs.named(part.staged.facts)}
		files += _files(staged.base, xfs.RECORD)
		code["xfs"] = code["iomap"] + code_of(
			part.staged.facts, os.path.join(staged.base, "xfs/stage"),
			opts.cc, bare)
	if of_xfs:
		del code["iomap"]
		if not code:
			return _ends(model.BROKEN, part.words or part.reason or
				     "no suite of XFS is wanted")
	_say(code=code, facts=facts, files=files, absent=part.reason,
	     note=part.words)
	wanted = sys.stdin.readline().split()
	if not wanted:
		return 0
	build = Build(staged, variant, opts, part.staged)
	try:
		build.prepare()
		if exhausting:
			binaries = _exhaustive(build, opts.mutant, wanted)
		elif of_xfs:
			binaries = {"xfs": mutants.build_xfs(build, opts.mutant)}
		elif opts.mutant:
			binaries = {"iomap": mutants.build(build, opts.mutant)}
		else:
			binaries = _built(build, part, wanted)
	except mutants.NotForThisTree as stop:
		return _ends(model.BROKEN, stop)
	except Stop as stop:
		# of a full disk no patch is guilty
		return _ends(model.BROKEN if "no space left" in str(stop)
			     else model.NOT_BUILT, stop)
	_say(state=model.JUDGED, why="", note=part.words, binaries=binaries)
	return 0


def _roomy(argument):
	"""main(), and a full disk is no bug of libkern's."""
	try:
		return main(argument)
	except OSError as error:
		if error.errno not in NO_SPACE:
			raise
		return _ends(model.BROKEN, "no space left in %s" %
			     json.loads(argument)["out"])


if __name__ == "__main__":
	sys.exit(_roomy(sys.argv[1]))
