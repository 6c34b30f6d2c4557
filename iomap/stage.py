# SPDX-License-Identifier: GPL-2.0-only
"""Copies of the tree's files in the build directory, and nothing in the tree.

Quote includes resolve beside a file, so the files cannot be compiled where
they lie. Each copy starts with #line, so that compiler, gcov and sanitizers
name the original. Files are written only when they change and stale ones go,
so that make sees what really happened.
"""

import hashlib
import json
import os

from iomap import extract, kdir, probe
from tools.files import read_bytes, write_changed
from tools.stop import Stop

INTERNAL_H = "fs/internal.h"
# The tree's fs/internal.h drags in all of fs/; iomap wants one prototype.
SHADOW = {INTERNAL_H: "#include <libkern/fs-internal.h>\n"}


class Staged:
	"""A tree made ready to compile: directories, facts, files."""

	def __init__(self, real, base, facts, sources):
		self.real = real
		self.base = base	# DIR/<tree-id>
		self.facts = facts
		self.sources = sources	# .c files, relative to stage/

	@property
	def stage(self):
		"""The directory of the copies."""
		return os.path.join(self.base, "stage")


def base_dir(real, outdir):
	"""The tree's own directory under the build directory."""
	return os.path.join(outdir, kdir.tree_id(real))


def _bytes(text):
	return text.encode("utf-8", "surrogateescape")


def _digest(real, files):
	"""Hash over the files, the probes and the stager; None if one is gone."""
	total = hashlib.sha256(probe.own_digest().encode())
	here = os.path.dirname(__file__)
	for name in ("stage.py", "extract.py"):
		total.update(read_bytes(os.path.join(here, name)))
	for name in files:
		try:
			data = kdir.read(real, name)
		except Stop:
			return None
		total.update(_bytes("%s\0%d\0" % (name, len(data))) + _bytes(data))
	return total.hexdigest()


def _cached(real, base):
	"""The result of the last run, if nothing that it rests on changed."""
	text = read_bytes(os.path.join(base, "stage.json"))
	if text is None:
		return None
	try:
		record = json.loads(text)
		if record["digest"] != _digest(real, record["files"]):
			return None
		for name, size in record["copies"].items():
			path = os.path.join(base, name)
			if os.stat(path).st_size != size:
				return None
	except (ValueError, KeyError, TypeError, OSError):
		return None
	return Staged(real, base, record["facts"], record["sources"])


def _remove_stale(stage, wanted):
	for parent, _, names in os.walk(stage):
		for name in names:
			path = os.path.join(parent, name)
			if os.path.relpath(path, stage) not in wanted:
				os.unlink(path)


def stage(real, outdir):
	"""Probe and stage the tree @real under @outdir; returns a Staged.

	Hold the tree's lock: two at once would remove each other's files.
	"""
	base = base_dir(real, outdir)
	done = _cached(real, base)
	if done:
		return done
	tree = probe.Tree(real)
	facts = probe.facts(tree)
	copies = {name: extract.line_marker(1, os.path.join(real, name)) +
			tree.source(name).text for name in tree.staged()}
	copies.update(SHADOW)
	copies[extract.TO] = extract.seek(tree)
	outputs = {"stage/" + name: _bytes(text) for name, text in copies.items()}
	outputs["gen/libkern-facts.h"] = _bytes(probe.header(facts))
	outputs["facts.txt"] = _bytes("\n".join(probe.lines(facts)) + "\n")
	for name, data in outputs.items():
		write_changed(os.path.join(base, name), data)
	_remove_stale(os.path.join(base, "stage"), copies)
	record = {"digest": _digest(real, tree.files), "files": tree.files,
		  "facts": facts,
		  "sources": sorted(n for n in copies if n.endswith(".c")),
		  "copies": {name: len(data) for name, data in outputs.items()}}
	write_changed(os.path.join(base, "stage.json"),
		      _bytes(json.dumps(record, indent=1) + "\n"))
	return Staged(real, base, facts, record["sources"])
