# SPDX-License-Identifier: GPL-2.0-only
"""The engines under the tests: C text, edit rules, drift."""

import os
import tempfile
import unittest

from tests.support import debian
from iomap import probe
from iomap.csource import Source, mask, spans, tokens
from tools import drift, mutants
from tools.stop import Stop

TEXT = '''
/* int gone(void) { return 1; } */
#define TWICE(x) ((x) * 2)	/* with a comment */
enum colour { RED, GREEN = 4, BLUE, };
typedef void (*fn_t)(struct inode *inode, loff_t pos);
static inline struct page *
wrapped(struct inode *inode,
	int (*fn)(int a, int b), char c)
	__must_hold(&x)
{
	const char *s = "} /* not */ \\" {";
	if (a == b) { call(s, '}'); }
	return call(a) + call(b);
}
int declared(void);
'''


class Text(unittest.TestCase):
	"""iomap/csource.py"""

	def test_mask_keeps_offsets(self):
		"""Same length, same lines, no comment left"""
		masked = mask(TEXT)
		self.assertEqual(len(masked), len(TEXT))
		self.assertEqual(masked.count("\n"), TEXT.count("\n"))
		self.assertNotIn("gone", masked)
		self.assertNotIn("not", masked)

	def test_functions(self):
		"""Bodies by braces, in spite of strings; types over lines"""
		source = Source(TEXT)
		self.assertIsNone(source.definition("gone"))
		self.assertEqual(source.args("wrapped"), [
			"struct inode *inode", "int (*fn)(int a, int b)", "char c"])
		self.assertEqual(source.returns("wrapped"),
				 "static inline struct page *")
		self.assertTrue(source.body("wrapped").endswith("}"))
		self.assertIn("call(b)", source.body("wrapped"))
		self.assertEqual(source.line(source.definition("wrapped").start),
				 6)
		self.assertIsNone(source.definition("declared"))
		self.assertEqual(source.args("declared"), [])
		self.assertEqual(source.functions("call"), [])

	def test_spans(self):
		"""Offsets lead back to the token"""
		for word, start, end in spans(TEXT):
			self.assertEqual(TEXT[start:end], word)
		self.assertNotIn("gone", tokens(TEXT))


class Rules(unittest.TestCase):
	"""tools/mutants.py"""

	def rule(self, **fields):
		"""A rule on wrapped()."""
		return mutants.Rule({"name": "n", "file": "f",
				     "function": "wrapped", **fields}, "here")

	def test_operators(self):
		"""Each does what it says and no more"""
		for fields, gone, come in (
			({"find": "a==b", "replace": "a"}, "a == b", "if (a) {"),
			({"find": "call(a)", "after": "- 1"}, None,
			 "call(a) - 1 + call(b)"),
			({"find": "return", "before": "stop();"}, None,
			 "stop(); return call")):
			text = self.rule(**fields).apply(TEXT)
			self.assertIn(come, text)
			if gone:
				self.assertNotIn(gone, text)
			self.assertEqual(text.count("\n"), TEXT.count("\n"))
		text = self.rule(find="return", delete="statement").apply(TEXT)
		self.assertNotIn("return call", text)
		self.assertEqual(text.count("\n"), TEXT.count("\n"))

	def test_occurrence(self):
		"""Twice without a number is an error, and so is too few"""
		with self.assertRaisesRegex(Stop, "3 times"):
			self.rule(find="call", replace="x").apply(TEXT)
		text = self.rule(find="call", replace="x",
				 occurrence="2").apply(TEXT)
		self.assertIn("x(a) + call(b)", text)
		with self.assertRaisesRegex(Stop, "only 3 times"):
			self.rule(find="call", replace="x",
				  occurrence="4").apply(TEXT)

	def test_lost(self):
		"""A rule that should apply and finds nothing is an error"""
		with self.assertRaisesRegex(Stop, "is not in wrapped"):
			self.rule(find="b == a", replace="x").apply(TEXT)
		with self.assertRaisesRegex(Stop, "no function"):
			mutants.Rule({"name": "n", "file": "f", "function": "gone",
				      "find": "a", "replace": "b"},
				     "here").apply(TEXT)
		with self.assertRaisesRegex(Stop, "needs name"):
			self.rule(find="x")

	def test_names(self):
		"""Of several names the first that the file has"""
		rule = self.rule(function="gone|wrapped", find="a==b", replace="a")
		self.assertIn("if (a) {", rule.apply(TEXT))
		with self.assertRaisesRegex(Stop, "no function gone or away"):
			self.rule(function="gone|away", find="a",
				  replace="b").apply(TEXT)

	def test_files(self):
		"""Of several files the first that has the function"""
		texts = {"f": "int other(void)\n{\n}\n", "g": TEXT}
		rule = self.rule(file="e|f|g", find="a==b", replace="a")
		self.assertEqual(rule.find_file(texts.get), ("g", TEXT))
		# none has it: what is wrong is said of one that is there
		rule = self.rule(file="e|f", find="a==b", replace="a")
		self.assertEqual(rule.find_file(texts.get), ("f", texts["f"]))
		with self.assertRaisesRegex(Stop, "in e or f there is no function"):
			rule.apply(texts["f"])
		with self.assertRaisesRegex(Stop, "edits e or h, which is not"):
			self.rule(file="e|h", find="a",
				  replace="b").find_file(texts.get)

	def test_says(self):
		"""The first of the words must be there, and no others"""
		rule = self.rule(find="a", replace="b", says="too much|not 0")
		failed = "    # one: EXPECTATION FAILED at f.c:1\n%s\n"
		self.assertIsNone(rule.says_else(failed % "far too much"))
		self.assertIsNone(rule.says_else(
			failed % "that is not 0" + "    # one: leak: too much\n"
			"    # one: leak: and 7 more\n"))
		self.assertIn("nothing says", rule.says_else(failed % "not 0"))
		self.assertIn("nothing says", rule.says_else(""))
		self.assertIn("by 'a lock'", rule.says_else(
			failed % "too much" + "    # one: lock: a lock\n"))
		self.assertIsNone(self.rule(find="a", replace="b").says_else(
			failed % "whatever"))

	def test_when(self):
		"""Facts, and the words for those that are not"""
		facts = {"A": True, "B": False}
		self.assertTrue(mutants.holds("A && !B", facts, "x"))
		self.assertFalse(mutants.holds("B || !(A)", facts, "x"))
		self.assertTrue(mutants.holds("", facts, "x"))
		for bad in ("C", "A &&", "__import__('os')"):
			with self.assertRaises(Stop):
				mutants.holds(bad, facts, "x")

	def test_all_apply(self):
		"""Every rule of the file finds its place, or is not for the tree"""
		rules = mutants.load()
		applied = set()
		for release in ("6.12", "6.1"):
			tree = probe.Tree(debian(release))
			facts = probe.facts(tree)
			for name in mutants.names(rules):
				try:
					rule = mutants.pick(rules, name, facts)
				except mutants.NotForThisTree:
					continue
				text = tree.source(rule.file).text
				self.assertNotEqual(rule.apply(text), text, name)
				applied.add(name)
		# some are for newer trees only
		self.assertTrue(applied)

	def test_law_1(self):
		"""A rule quotes one expression, not a passage"""
		for rule in mutants.load():
			self.assertLessEqual(len(rule.find), 40, rule.place)
			self.assertTrue(rule.killed_by, rule.place)


class Drift(unittest.TestCase):
	"""tools/drift.py"""

	def test_lookup(self):
		"""Macros, enum constants, typedefs, prototypes"""
		source = Source(TEXT)
		found = drift.lookup(source, "TWICE")
		same = drift.lookup(Source("#define TWICE(abc)  ((abc)*2)\n"),
				    "TWICE")
		self.assertEqual(same, found)
		other = drift.lookup(Source("#define TWICE(x) ((x) * 3)\n"),
				     "TWICE")
		self.assertNotEqual(other, found)
		self.assertEqual(drift.lookup(source, "BLUE")["enum constant"],
				 ["4", "+", "1"])
		self.assertIn("typedef", drift.lookup(source, "fn_t"))
		self.assertIn("prototype", drift.lookup(source, "declared"))

	def test_it_bites(self):
		"""A wrong value, a lost source and a missing tag are found"""
		tree = debian()
		errno = "include/uapi/asm-generic/errno-base.h"

		def source_of(name):
			with open(os.path.join(tree, name),
				  encoding="utf-8") as stream:
				return Source(stream.read(), name)

		with tempfile.TemporaryDirectory() as scratch:
			path = os.path.join(scratch, "x.h")

			def check(text):
				with open(path, "w", encoding="utf-8") as stream:
					stream.write(text)
				found, bad = drift.entries(path)
				return bad + [w for w in
					      (e.compare(tree, source_of)
					       for e in found) if w]

			tag = "/* dup: %s:EIO */\n" % errno
			self.assertEqual(check(tag + "#define EIO 5\n"), [])
			self.assertTrue(check(tag + "#define EIO 6\n"))
			self.assertTrue(check("#define EIO 5\n"))
			self.assertTrue(check(tag + "#define EOI 5\n"))
			self.assertTrue(check("/* dup: include/no.h:EIO */\n"
					      "#define EIO 5\n"))
			glob = "/* dup: %s:E* */\n" % errno
			self.assertEqual(check(glob + "#define EIO 5\n"
					       "#define ENXIO 6\n"), [])
			self.assertTrue(check(glob + "#define EIO 5\n"
					      "#define ENXIO 7\n"))
