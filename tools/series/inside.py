# SPDX-License-Identifier: GPL-2.0-only
"""What of judging a patch happens in the sandbox: probe, stage and build.

Run with a JSON object as its argument: "tree", "out", and the flags of
./libkern build as "flags". Says one line of JSON on stdout:

	{"state", "why"}			it ends here, see model.py
	{"code", "facts", "files", "variant"}	asks whether to build: "yes" or
						"no" on stdin

and after a "yes" {"state", "why", "binary"}. "code" is a hash of what the
compiler gets to see of the tree, comments left out by the compiler itself, so
that a patch to comments alone is known for one. What make and the compiler say
goes to stderr.
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
from shim.build import Build
from tools import mutants, proc
from tools.files import read_bytes, write_changed
from tools.series import model
from tools.stop import Stop

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


def code_of(staged, cc, cache):
	"""The hash that "code" is."""
	total = hashlib.sha256(json.dumps(staged.facts, sort_keys=True).encode())
	for parent, dirs, names in os.walk(staged.stage):
		dirs.sort()
		for name in sorted(names):
			path = os.path.join(parent, name)
			total.update(("%s\0%s\0" % (
				os.path.relpath(path, staged.stage),
				_bare(path, cc, cache))).encode())
	return total.hexdigest()


def _say(**record):
	print(json.dumps(record), flush=True)


def _ends(state, stop):
	_say(state=state, why=str(stop))
	return 0


def main(argument):
	"""One tree; the exit status says nothing."""
	order = json.loads(argument)
	opts = argparse.Namespace(**order["flags"])
	tree, out = kdir.check(order["tree"]), order["out"]
	proc.setup()
	try:
		staged = staging.stage(tree, out)
		variant = config.variant(out, opts)
	except probe.NothingToTest as stop:
		return _ends(model.NO_PATH, stop)
	except Stop as stop:
		return _ends(model.BROKEN, stop)
	with open(os.path.join(staged.base, "stage.json"),
		  encoding="utf-8") as stream:
		files = json.load(stream)["files"]
	_say(code=code_of(staged, opts.cc, os.path.join(out, "bare")),
	     facts=staged.facts, files=files, variant=variant.name)
	if sys.stdin.readline().strip() != "yes":
		return 0
	build = Build(staged, variant, opts)
	try:
		build.prepare()
		if opts.mutant:
			binary = mutants.build(build, opts.mutant)
		else:
			build.make("iomap")
			binary = build.path("libkern-iomap")
	except Stop as stop:
		return _ends(model.NOT_BUILT, stop)
	_say(state=model.JUDGED, why="", binary=binary)
	return 0


if __name__ == "__main__":
	sys.exit(main(sys.argv[1]))
