# SPDX-License-Identifier: GPL-2.0-only
"""make drift: does what shim/dup repeats still agree with the tree?

Every entry in shim/dup names its source in a comment that begins
"dup: FILE:SYMBOL", or "dup: FILE:SYMBOL when FACTS" where only some trees
have it, or FILE|FILE where it moved. SYMBOL may be a pattern like PF_*. The
entry's own tokens are then compared with those of SYMBOL in the tree: macros,
enum constants, structs and their fields, typedefs, prototypes and inline
functions.
"""

import fnmatch
import glob
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, ROOT)

# pylint: disable=wrong-import-position
from iomap import kdir, probe
from iomap.csource import Source, close, mask, squeeze, tokens
from tools import commands, mutants, script
from tools.stop import BAD, GOOD, Stop, UNTESTABLE, say

_TAG = re.compile(r"\bdup:\s*([\w./|-]+):([\w*]+)(?:\s+when\s+([\w\s&|!()]+?))?"
		  r"\s*(?=\*/|\n|$|\bdup:|;|--)")


def macro(source, name):
	"""Tokens of "#define name", with its arguments, or None."""
	plain = mask(source.text, literals=False)
	m = re.search(r"^[ \t]*#[ \t]*define[ \t]+%s\b((?:\\\r?\n|[^\n])*)" %
		      re.escape(name), plain, re.M)
	if not m:
		return None
	words = tokens(m.group(1))
	if m.group(1).startswith("("):
		# what a parameter is called is not part of what it means
		end = words.index(")")
		names = [w for w in words[1:end] if w != ","]
		words = ["$%d" % names.index(w) if w in names else w
			 for w in words]
	return words


def enumerators(source):
	"""Yield (name, tokens of its value) for each enum constant.

	A constant without a value is compared by its place: the last one with
	a value, and how far behind.
	"""
	for m in re.finditer(r"\benum\b\s*\w*\s*(?:__\w+\s*)*\{", source.code):
		end = close(source.code, m.end() - 1)
		base, offset = ["0"], 0
		for item in source.code[m.end():end - 1].split(","):
			words = tokens(re.sub(r"(?m)^\s*#.*$", "", item))
			if not words:
				continue
			if "=" in words:
				base = words[words.index("=") + 1:]
				offset = 0
			yield words[0], base + (["+", str(offset)] if offset else [])
			offset += 1


def _field(body, name):
	"""The declaration of field @name between the braces @body, or None."""
	for item in body.split(";"):
		words = tokens(item)
		if re.search(r"(?<!\w)%s\s*(?:\[[^\]]*\]\s*)?(?::\s*\w+\s*)?$" %
			     re.escape(name), squeeze(item)):
			return words
		if re.search(r"\(\s*\*\s*%s\s*\)" % re.escape(name), item):
			return words
	return None


def _qualified(words):
	"""Drop what does not change meaning: extern, inline spellings."""
	return [w for w in words if w not in
		("extern", "inline", "__always_inline", "__inline", "static",
		 "__must_check", "noinline")]


def lookup(source, symbol, struct=None):
	"""Every meaning of @symbol in @source as {kind: tokens}."""
	found = {}
	words = macro(source, symbol)
	if words is not None:
		found["macro"] = words
	for name, value in enumerators(source):
		if name == symbol:
			found["enum constant"] = value
	for kind in ("struct", "union", "enum"):
		m = re.search(r"\b%s\s+%s\s*(?:__\w+\s*)?\{" %
			      (kind, re.escape(symbol)), source.code)
		if m:
			end = close(source.code, m.end() - 1)
			found[kind] = tokens(source.code[m.end():end - 1])
	m = re.search(r"\btypedef\b([^;{}]*\b%s\b[^;{}]*);" % re.escape(symbol),
		      source.code)
	if m:
		found["typedef"] = tokens(m.group(1))
	functions = source.functions(symbol)
	if functions:
		f = functions[0]
		head = source.code[f.start:f.args[1] + 1]
		found["prototype"] = _qualified(tokens(head))
		body = source.definition(symbol)
		if body:
			found["body"] = tokens(source.text[slice(*body.body)])
	if struct:
		body = source.struct(struct)
		words = _field(body, symbol) if body else None
		if words:
			found["field"] = words
	return found


class Entry:
	"""One fact that shim/dup repeats: where it stands, where it is from."""

	def __init__(self, place, origin, symbol, text):
		self.place = place
		files, _, self.when = origin
		self.files = files.split("|")
		self.file = self.files[0]
		self.symbol = symbol
		self.text = text

	def absent(self, tree):
		"""The files of which none or not all are in a partial @tree."""
		if os.path.exists(os.path.join(tree, "MAINTAINERS")):
			return []	# a whole one: gone is wrong
		return [name for name in self.files
			if not os.path.exists(os.path.join(tree, name))]

	def compare(self, tree, source_of):
		"""None, or what is wrong in words."""
		theirs = {}
		for name in self.files:
			if not theirs and os.path.exists(os.path.join(tree, name)):
				self.file = name
				theirs = lookup(source_of(name), self.symbol)
		ours = lookup(Source(self.text), self.symbol)
		if not ours:
			return "no %s below the tag" % self.symbol
		if not theirs:
			return "%s has no %s" % (self.file, self.symbol)
		common = [kind for kind in ours if kind in theirs]
		if not common:
			return "%s is a %s here and a %s in %s" % (
				self.symbol, "/".join(ours), "/".join(theirs),
				self.file)
		for kind in common:
			if ours[kind] != theirs[kind]:
				return "%s: ours '%s', %s has '%s'" % (
					self.symbol, " ".join(ours[kind]),
					self.file, " ".join(theirs[kind]))
		return None


def entries(path):
	"""(list of Entry, list of complaints) of one file of shim/dup.

	A tag holds until the next one; its symbol may be a pattern like PF_*.
	"""
	with open(path, encoding="utf-8") as stream:
		text = stream.read()
	name = os.path.relpath(path, ROOT)
	marks = list(_TAG.finditer(text))
	found, bad = [], []
	first = marks[0].start() if marks else len(text)
	bad += ["%s: %s has no tag that names its source" % (name, symbol)
		for symbol in _defined(text[:first], path)]
	for m, following in zip(marks, marks[1:] + [None]):
		region = text[m.start():following.start() if following else None]
		region = "/* " + region		# the tag is inside a comment
		place = "%s:%d" % (name, text.count("\n", 0, m.start()) + 1)
		pattern = m.group(2)
		symbols = _defined(region, path)
		if "*" not in pattern:
			found.append(Entry(place, m.groups(), pattern, region))
			if _holds_enum(region, pattern):
				symbols = []
		for symbol in symbols:
			if not fnmatch.fnmatchcase(symbol, pattern):
				bad.append("%s: %s has no tag that names its "
					   "source" % (place, symbol))
			elif symbol != pattern:
				found.append(Entry(place, m.groups(), symbol,
						   region))
	return found, bad


def _defined(text, path):
	"""Macros and enum constants in @text, but for the include guard."""
	guard = re.sub(r"\W", "_", os.path.basename(path)).upper()
	source = Source(text, path)
	plain = mask(text, literals=False)
	names = re.findall(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", plain, re.M)
	names = [n for n in names if guard not in n]
	return list(dict.fromkeys(names + [n for n, _ in enumerators(source)]))


def _holds_enum(text, name):
	"""Is the tag over a whole enum, whose constants it then covers?"""
	return re.search(r"\benum\s+%s\s*\{" % re.escape(name),
			 mask(text)) is not None


def drift(real, facts, paths):
	"""Compare every entry of @paths with the tree.

	Returns complaints, how many were compared, how many are not for this
	tree, and {file that a partial tree does not hold: number of entries}.
	"""
	sources, bad, checked, skipped, absent = {}, [], 0, 0, {}

	def source_of(name):
		if name not in sources:
			sources[name] = Source(kdir.read(real, name), name)
		return sources[name]

	for path in paths:
		found, complaints = entries(path)
		bad += complaints
		for entry in found:
			if entry.when and not mutants.holds(entry.when, facts,
							    entry.place):
				skipped += 1
				continue
			wrong = entry.compare(real, source_of)
			gone = entry.absent(real) if wrong else []
			if gone:
				absent[gone[0]] = absent.get(gone[0], 0) + 1
				continue
			checked += 1
			if wrong:
				bad.append("%s: %s" % (entry.place, wrong))
	return bad, checked, skipped, absent


def main(argv):
	"""make drift"""
	args = script.arguments("make drift", __doc__, argv)
	real, _ = commands.tree(args)
	facts = probe.facts(probe.Tree(real))
	paths = sorted(glob.glob(os.path.join(ROOT, "shim/dup/**/*.h"),
				 recursive=True))
	bad, checked, skipped, absent = drift(real, facts, paths)
	for text in bad:
		print(text)
	for name, number in sorted(absent.items()):
		say("%s is not in this partial tree: %d entries not compared" %
		    (name, number))
	if not checked:
		raise Stop(UNTESTABLE, "nothing of %s could be compared" % real)
	say("drift against %s: %d entries, %d not in this tree, %d wrong" %
	    (real, checked, skipped, len(bad)))
	return BAD if bad else GOOD


if __name__ == "__main__":
	script.run(main)
