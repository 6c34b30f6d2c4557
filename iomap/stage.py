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


def code_digest(*paths):
	"""Hash over the scripts @paths: what they once made dies with them."""
	total = hashlib.sha256()
	for path in paths:
		total.update(read_bytes(path))
	return total.hexdigest()


def _digest(real, files, code):
	"""Hash over @code and the tree's @files; None if one is gone."""
	total = hashlib.sha256(code.encode())
	for name in files:
		try:
			data = kdir.read(real, name)
		except Stop:
			return None
		total.update(_bytes("%s\0%d\0" % (name, len(data))) + _bytes(data))
	return total.hexdigest()


def cached(real, base, name, code):
	"""The record @name of the last run, if nothing that it rests on changed."""
	text = read_bytes(os.path.join(base, name))
	if text is None:
		return None
	try:
		record = json.loads(text)
		if record["digest"] != _digest(real, record["files"], code):
			return None
		for copy, size in record["copies"].items():
			if os.stat(os.path.join(base, copy)).st_size != size:
				return None
	except (ValueError, KeyError, TypeError, OSError):
		return None
	return record


def _remove_stale(base, stage, wanted):
	for parent, _, names in os.walk(os.path.join(base, stage)):
		for name in names:
			path = os.path.join(parent, name)
			if os.path.relpath(path, base) not in wanted:
				os.unlink(path)


def write(real, base, name, code, record, outputs, stage="stage"):
	"""Write @outputs (name to text) below @base and the record of it, @name.

	What else lies in the directory @stage goes.
	"""
	outputs = {copy: _bytes(text) for copy, text in outputs.items()}
	for copy, data in outputs.items():
		write_changed(os.path.join(base, copy), data)
	_remove_stale(base, stage, outputs)
	record = {"digest": _digest(real, record["files"], code), **record,
		  "copies": {copy: len(data) for copy, data in outputs.items()}}
	write_changed(os.path.join(base, name),
		      _bytes(json.dumps(record, indent=1) + "\n"))


def _code():
	here = os.path.dirname(__file__)
	return probe.own_digest() + code_digest(
		*(os.path.join(here, n) for n in ("stage.py", "extract.py")))


def stage(real, outdir):
	"""Probe and stage the tree @real under @outdir; returns a Staged.

	Hold the tree's lock: two at once would remove each other's files.
	"""
	base, code = base_dir(real, outdir), _code()
	done = cached(real, base, "stage.json", code)
	if done:
		return Staged(real, base, done["facts"], done["sources"])
	tree = probe.Tree(real)
	facts = probe.facts(tree)
	copies = {name: extract.line_marker(1, os.path.join(real, name)) +
			tree.source(name).text for name in tree.staged()}
	copies.update(SHADOW)
	copies[extract.TO] = extract.seek(tree)
	copies[extract.GET_TO] = extract.get_folio(tree)
	outputs = {"stage/" + name: text for name, text in copies.items()}
	outputs["gen/libkern-facts.h"] = probe.header(facts)
	outputs["facts.txt"] = "\n".join(probe.lines(facts)) + "\n"
	record = {"files": tree.files, "facts": facts,
		  "sources": sorted(n for n in copies if n.endswith(".c"))}
	write(real, base, "stage.json", code, record, outputs)
	return Staged(real, base, facts, record["sources"])
