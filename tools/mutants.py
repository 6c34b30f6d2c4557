# SPDX-License-Identifier: GPL-2.0-only
"""Mutants: edit rules that break the tree's code in the build directory.

A suite that kills no mutant proves nothing. A rule quotes one expression to
find its place, token by token, so that white space and line breaks do not
matter; it holds no more of the kernel's text than that. The edited copy, its
object and its binary live below mutants/NAME of the variant.
"""

import os
import re

from iomap import extract
from iomap.csource import Source, spans, tokens
from tools.files import read_bytes, write_changed
from tools.stop import Stop, UNTESTABLE, USAGE
from xfs_stub import probe as xfs

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RULES = tuple(os.path.join(ROOT, "tools/mutants", name)
	      for name in ("release.rules", "buffered.rules"))
RACE_RULES = os.path.join(ROOT, "tools/mutants/race.rules")
STRESS_RULES = os.path.join(ROOT, "tools/mutants/stress.rules")
RACE_XFS_RULES = os.path.join(ROOT, "tools/mutants/race-xfs.rules")
SCENE_RULES = os.path.join(ROOT, "tools/mutants/scenes.rules")
XFS_RULES = os.path.join(ROOT, "tools/mutants/xfs.rules")
FIELDS = {"name", "file", "function", "find", "replace", "delete",
	  "before", "after", "occurrence", "when", "killed-by", "note",
	  "exhaust-misses", "says", "bound"}
OPERATORS = ("replace", "delete", "before", "after")


class NotForThisTree(Stop):
	"""A rule whose facts this tree does not have: not an error."""


class Rule:
	"""One way to carry out a mutant; several may share a name."""

	def __init__(self, fields, place):
		unknown = set(fields) - FIELDS
		self.place = place
		self.operator = [o for o in OPERATORS if o in fields]
		if unknown or len(self.operator) != 1 or \
		   not {"name", "file", "function", "find"} <= set(fields):
			raise Stop(UNTESTABLE, "%s: a rule needs name, file, "
				   "function, find and one of %s%s" %
				   (place, ", ".join(OPERATORS),
				    "; unknown: " + ", ".join(sorted(unknown))
				    if unknown else ""))
		self.operator = self.operator[0]
		self.text = fields[self.operator]
		self.name = fields["name"]
		self.files = fields["file"].split("|")
		self.file = self.files[0]
		self.functions = fields["function"].split("|")
		self.find = tokens(fields["find"])
		self.occurrence = int(fields.get("occurrence", "0"))
		self.when = fields.get("when", "")
		self.killed_by = fields.get("killed-by", "").split()
		self.note = fields.get("note", "")
		self.says = [w for w in fields.get("says", "").split("|") if w]
		self.exhaust_misses = fields.get("exhaust-misses", "")
		self.bound = fields.get("bound", "")

	def applies(self, facts):
		"""Do the tree's @facts fulfil the rule's when?"""
		return holds(self.when, facts, self.place)

	def function_in(self, source):
		"""Which of the rule's functions the Source has, or None."""
		return next(filter(source.definition, self.functions), None)

	def find_file(self, read):
		"""(The first of the files that has the function, its text).

		@read: of a name, to its text or None; the first there is where none has it
		"""
		there = [(name, text) for name in self.files
			 for text in [read(name)] if text is not None]
		if not there:
			raise Stop(UNTESTABLE, "mutant %s edits %s, which is not "
				   "staged" % (self.name, " or ".join(self.files)))
		return next(((name, text) for name, text in there
			     if self.function_in(Source(text, name))), there[0])

	def apply(self, text):
		"""The edited @text; raises Stop when the place is not found."""
		source = Source(text, self.file)
		function = self.function_in(source)
		if not function:
			raise self._lost("there is no function " +
					 " or ".join(self.functions))
		found = source.definition(function)
		start, end = found.start, found.body[1]
		here = [(t, start + a, start + b)
			for t, a, b in spans(text[start:end])]
		words = [t for t, _, _ in here]
		size = len(self.find)
		hits = [i for i in range(len(words) - size + 1)
			if words[i:i + size] == self.find]
		if not hits:
			raise self._lost("'%s' is not in %s()" %
					 (" ".join(self.find), function))
		if len(hits) > 1 and not self.occurrence:
			raise self._lost("'%s' is in %s() %d times: say which "
					 "with occurrence" % (" ".join(self.find),
					 function, len(hits)))
		if self.occurrence > len(hits):
			raise self._lost("'%s' is in %s() only %d times" %
					 (" ".join(self.find), function,
					  len(hits)))
		first = hits[max(self.occurrence, 1) - 1]
		return self._edit(text, here, first, first + size - 1)

	def says_else(self, printed):
		"""None when the cases of the KTAP @printed failed as says has it."""
		if not self.says:
			return None
		reasons = _reasons(printed)
		if not any(self.says[0] in reason for reason in reasons):
			return "nothing says '%s'" % self.says[0]
		return next(("it also fails by '%s'" % reason
			     for reason in sorted(reasons)
			     if not any(w in reason for w in self.says)), None)

	def _edit(self, text, here, first, last):
		begin, end = here[first][1], here[last][2]
		if self.operator == "replace":
			return text[:begin] + self.text + text[end:]
		if self.operator == "before":
			return text[:begin] + self.text + " " + text[begin:]
		if self.operator == "after":
			return text[:end] + " " + self.text + text[end:]
		# the whole statement that starts with what was found
		depth = 0
		for word, _, stop in here[first:]:
			depth += (word in "([{") - (word in ")]}")
			if word == ";" and not depth:
				gone = text[begin:stop]
				return text[:begin] + ";" + \
					"\n" * gone.count("\n") + text[stop:]
		raise self._lost("the statement to delete does not end")

	def _lost(self, why):
		return Stop(UNTESTABLE, "mutant %s should apply to this tree (%s), "
			    "but in %s %s" % (self.name, self.when or "always",
					      " or ".join(self.files), why))


def _reasons(printed):
	"""Every reason for which cases have failed, out of their KTAP."""
	return set(re.findall(r"EXPECTATION FAILED at .*\n(.*)", printed)) | \
		set(re.findall(r"(?m)^    # \w+: (?:warn|lock|leak|model): "
			       r"(?!and \d+ more)(.*)$", printed))


def holds(when, facts, place):
	"""Evaluate "A && !B || (C)" over the fact names."""
	words = re.findall(r"\w+|&&|\|\||[!()]|\S", when)
	python = {"&&": "and", "||": "or", "!": "not", "(": "(", ")": ")"}
	out = []
	for word in words:
		if word in python:
			out.append(python[word])
		elif word in facts:
			out.append(str(bool(facts[word])))
		else:
			raise Stop(UNTESTABLE, "%s: %s in when is no fact" %
				   (place, word))
	try:
		# only True, False, and, or, not and parentheses can be in it
		return not out or eval(" ".join(out))	# pylint: disable=eval-used
	except SyntaxError:
		raise Stop(UNTESTABLE, "%s: cannot read when: %s" %
			   (place, when)) from None


def stanzas(path):
	"""Yield (fields, place) of each stanza of "field: value" lines."""
	fields, start = {}, 0
	with open(path, encoding="ascii") as stream:
		lines = stream.read().split("\n") + [""]
	for number, line in enumerate(lines, 1):
		if line.startswith("#"):
			continue
		place = "%s:%d" % (os.path.relpath(path, ROOT), start or number)
		if not line.strip():
			if fields:
				yield fields, place
			fields, start = {}, 0
			continue
		m = re.match(r"([a-z-]+):\s*(.*?)\s*$", line)
		if not m:
			raise Stop(UNTESTABLE, "%s: not 'field: value'" % place)
		fields[m.group(1)] = m.group(2)
		start = start or number


def load(*paths):
	"""The rules in @paths, in order; by default those of fs/iomap."""
	return [Rule(fields, place) for path in paths or RULES
		for fields, place in stanzas(path)]


def names(rules):
	"""Every name once, in order."""
	return list(dict.fromkeys(rule.name for rule in rules))


def check(name):
	"""Is @name a mutant at all, be it of fs/iomap or of fs/xfs? Else a Stop."""
	_same(load(*RULES, RACE_RULES, SCENE_RULES, STRESS_RULES, XFS_RULES, RACE_XFS_RULES), name)


def _same(rules, name):
	same = [rule for rule in rules if rule.name == name]
	if not same:
		raise Stop(USAGE, "there is no mutant %s: there are %s" %
			   (name, ", ".join(names(rules))))
	return same


def pick(rules, name, facts):
	"""The rule that carries out the mutant @name in a tree with @facts."""
	same = _same(rules, name)
	for rule in same:
		if rule.applies(facts):
			return rule
	raise NotForThisTree(UNTESTABLE, "mutant %s is not for this tree: it "
			     "wants %s" % (name, " or ".join(r.when for r in same)))


def of_xfs(name):
	"""Is @name a mutant of fs/xfs?"""
	return any(rule.name == name and rule.file.startswith("fs/xfs/")
		   for rule in load(XFS_RULES, RACE_XFS_RULES, STRESS_RULES))


def all_facts(build):
	"""What a rule's when may ask for: XFS's own begin with XS_."""
	return {**build.staged.facts,
		**xfs.named(build.xfs.facts if build.xfs else {})}


def prepare(build, name, rules=None):
	"""Write the edited copy of the mutant; returns (its file, directory)."""
	if rules is None:
		rules = load(*RULES, RACE_RULES, SCENE_RULES, STRESS_RULES)
	rule = pick(rules, name, all_facts(build))
	stage = build.staged.stage
	if rule.file.startswith("fs/xfs/"):
		stage = os.path.join(build.staged.base, "xfs/stage")
	# of a file too big to be built only some functions are staged
	def there(name):
		return extract.staged_name(name, rule.functions)

	def read(name):
		data = read_bytes(os.path.join(stage, there(name)))
		return data and data.decode("utf-8", "surrogateescape")

	name_there, text = rule.find_file(read)
	name_there, text = there(name_there), rule.apply(text)
	directory = os.path.join(build.dir, "mutants", name)
	write_changed(os.path.join(directory, "stage", name_there),
		      text.encode("utf-8", "surrogateescape"))
	return name_there, directory


def build(build, name, rules=None, binary="iomap"):
	"""Build the mutant @name beside its variant; returns the binary.

	@binary: which: iomap, with the suites, or race, stress, exhaust, and these with
	-xfs, which have fs/xfs in them: by default @rules are then those of both
	"""
	if rules is None and binary.endswith("-xfs"):
		rules = load(*RULES, RACE_RULES, SCENE_RULES, STRESS_RULES, XFS_RULES,
			     RACE_XFS_RULES)
	edited, directory = prepare(build, name, rules)
	if edited.startswith("fs/xfs/"):
		build.make(binary + "-mutant", "MUTANT=" + directory,
			   "XFS_MUTANT_C=" + edited, "TAG=" + name)
	elif edited.endswith(".c"):
		build.make("mutant" if binary == "iomap" else binary + "-mutant",
			   "MUTANT=" + directory, "MUTANT_C=" + edited,
			   "TAG=" + name)
	else:
		# a header: whoever includes it is compiled again
		build.make(binary, "OBJ=%s/obj" % directory,
			   "OUT=%s/" % directory, "FIRST=%s/stage" % directory,
			   "TAG=" + name)
	return os.path.join(directory, "libkern-" + binary)


def build_xfs(build, name):
	"""Build the mutant @name of fs/xfs; returns the binary with XFS in it."""
	edited, directory = prepare(build, name, load(XFS_RULES, RACE_XFS_RULES))
	build.make("xfs-mutant", "MUTANT=" + directory,
		   "XFS_MUTANT_C=" + edited, "TAG=" + name)
	return os.path.join(directory, "libkern-xfs")
