# SPDX-License-Identifier: GPL-2.0-only
"""libkern mutate: the edits are what they say, and what notices them is counted."""

import io
import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
import types
import unittest
from unittest import mock

from iomap.csource import Source
from shim.build import NotBuilt
from tests.support import (Case, LIBKERN, ROOT, Together, checksum, edit,
			   environment, inside, libkern)
from tests.trees import BUFFERED, RELEASE
from tools.mutate import bench, command, equivalents, operators, table
from tools.stop import Stop

# nothing of a kernel: one of each thing that the operators know
TEXT = """
#define WARN_ON(x) (x)
#define max(a, b) ((a) > (b) ? (a) : (b))
#define round_up(a, b) (((a) + (b) - 1) / (b) * (b))
#define round_down(a, b) ((a) / (b) * (b))
int pond_lock(int *pond), pond_unlock(int *pond), fish(int *pond, int n, int weight);
int blocks_seen(int n);

static int helper(int n)
{
	return n;
}

int angle(int *pond, int want, int size)
{
	int most = max(want, size), got = 0;

	WARN_ON(want + size < 1);
	if (want < size && most != 3)
		return -1;
	pond_lock(pond);
	while (got < want) {
		got += fish(pond, want, size);
#if 1
		blocks_seen(got << 2);
#endif
	}
	if (got == want)
		goto out;
	got = round_up(got, size);
out:
	pond_unlock(pond);
	return got;
}
"""
WANT = {
	"relational": {"want <= size", "most == 3", "got <= want"},
	"logical": {"size || most"},
	"arithmetic": {"got -= fish", "got >> 2"},
	"off-by-one": {"= (0 + 1) ;", "!= (3 + 1) )", "!= (3 - 1) )",
		       "- (1 + 1) ;", "- (1 - 1) ;",
		       "<< (2 + 1) )", "<< (2 - 1) )",
		       *(text + sign for sign in (" + 1", " - 1") for text in (
			       "want", "size", "got", "( got << 2 )",
			       "max ( want , size )",
			       "fish ( pond , want , size )",
			       "round_up ( got , size )"))},
	"helper": {"= min (", "= round_down ("},
	"drop-call": {";"},
	"drop-lock": {";"},
	"swap-args": {"want , pond", "size , want", "size , got"},
	"negate": {"if ( ! ( ... ) )", "while ( ! ( ... ) )"},
	"early-return": {"return 0;"},
}


def made(text=TEXT, name="angle"):
	"""The mutants of a function of ours."""
	return operators.mutants(Source(text, "pond.c"), name)


class Operators(Case):
	"""Edits of a text that no kernel has."""

	def test_each(self):
		"""Every operator makes what it is to make, and nothing else"""
		found = {}
		for mutant in made():
			found.setdefault(mutant.operator, set()).add(mutant.text)
		self.assertEqual(set(found), set(operators.OPERATORS))
		for operator, texts in WANT.items():
			self.assertEqual(found[operator], texts, operator)
		dropped = {o: [m.find for m in made() if m.operator == o]
			   for o in ("drop-call", "drop-lock")}
		self.assertEqual(dropped, {
			"drop-call": ["blocks_seen ( got << 2 )"],
			"drop-lock": ["pond_lock ( pond )", "pond_unlock ( pond )"]})

	def test_edits(self):
		"""Each changes the text elsewhere, and none a check of the code"""
		seen = {}
		for mutant in made():
			text = mutant.apply(TEXT)
			self.assertNotEqual(text, TEXT, mutant.name)
			self.assertNotIn(text, seen, mutant.name)
			seen[text] = mutant.name
			self.assertIn("WARN_ON(want + size < 1);", text)
			self.assertEqual(text.count("\n"), TEXT.count("\n"))
		early = [m for m in made() if m.operator == "early-return"]
		# nine statements, and in front of a block is before its first
		self.assertEqual([m.find for m in early], [
			"WARN_ON ( want + size < 1 ) ;",
			"if ( want < size && most != 3 ) return - 1 ;",
			"return - 1 ;", "pond_lock ( pond ) ;",
			"while ( got < want ) {", "while ( got < want ) {",
			"blocks_seen ( got << 2 ) ;",
			"if ( got == want ) goto out ;", "goto out ;",
			"got = round_up ( got , size ) ;", "pond_unlock ( pond ) ;",
			"return got ;"])

	def test_compile(self):
		"""What is left of the text is C"""
		text = TEXT + "#define min(a, b) ((a) < (b) ? (a) : (b))\n"
		with open(self.path("pond.c"), "w", encoding="ascii") as stream:
			for number, mutant in enumerate(made(text)):
				if mutant.text != "want , pond":
					stream.write(re.sub(
						r"(?<=int )(angle|helper)(?=\()",
						r"\g<1>%d" % number,
						mutant.apply(text)))
		done = subprocess.run(
			["gcc", "-fsyntax-only", "-w", self.path("pond.c")],
			check=False, capture_output=True, text=True)
		self.assertEqual(done.returncode, 0, done.stderr)

	def test_names(self):
		"""One mutant a name, and white space or another function change none"""
		names = [m.name for m in made()]
		self.assertEqual(len(set(names)), len(names))
		for find, text in (("want < size", "want\n\t\t/* less */ <size"),
				   ("return n;", "return n < 7 ? n : 8;")):
			self.assertIn(find, TEXT)
			self.assertEqual([m.name for m in made(
				TEXT.replace(find, text))], names)

	def test_void(self):
		"""A function that returns nothing returns nothing early"""
		text = "void f(int *p)\n{\n\t*p = 3;\n\tg(p);\n}\n"
		early = [m for m in made(text, "f") if m.operator == "early-return"]
		self.assertEqual([m.apply(text).split("{")[1] for m in early], [
			"\n\treturn; *p = 3;\n\tg(p);\n}\n",
			"\n\t*p = 3;\n\treturn; g(p);\n}\n"])


class Equivalents(Case):
	"""equivalent.rules: what it may hold and whom it is about."""

	GOOD = {"function": "angle", "operator": "relational",
		"find": "got<want", "text": "got <= want", "argument": "Fish wait."}

	def load(self, **fields):
		"""The entries of a file of one stanza."""
		path = self.path("rules")
		with open(path, "w", encoding="ascii") as stream:
			for item in {**self.GOOD, **fields}.items():
				if item[1] is not None:
					stream.write("%s: %s\n" % item)
		return equivalents.load(path)

	def test_names(self):
		"""It finds its mutant, not its neighbours, and only where it applies"""
		def named(**fields):
			entries = equivalents.asked(self.load(**fields),
						    {"POND": 1})
			return [m.text for m in made()
				if equivalents.find(entries, m)]
		self.assertEqual(named(), ["got <= want"])
		self.assertEqual(named(occurrence="1", when="POND"), ["got <= want"])
		self.assertEqual(named(occurrence="2"), [])
		self.assertEqual(named(when="!POND"), [])
		self.assertEqual(named(function="helper"), [])
		self.assertEqual(named(operator="arithmetic"), [])

	def test_refused(self):
		"""Without an argument, of no operator, with fields of its own"""
		for fields in ({"argument": None}, {"argument": ""}, {"find": None},
			       {"operator": "magic"}, {"killed-by": "x"},
			       {"occurrence": "first"}):
			with self.assertRaises(Stop, msg=fields) as caught:
				self.load(**fields)
			self.assertIn("rules:1", str(caught.exception))
		with self.assertRaises(Stop):
			equivalents.asked(self.load(when="LAKE"), {})
		with self.assertRaises(Stop):
			equivalents.asked(self.load(when="XS_LAKE"), {"XS_POND": 0})
		self.assertEqual(equivalents.asked(self.load(when="XS_LAKE"), {}), [])

	def test_ours(self):
		"""Those of the repository can be read; none is there twice"""
		entries = equivalents.load()
		keys = [(e.function, e.operator, tuple(e.find), tuple(e.text),
			 e.occurrence, e.when) for e in entries]
		self.assertEqual(len(set(keys)), len(keys))

	def test_yet_killed(self):
		"""One that is killed is wrong, and says by whom: 1"""
		mutant = made()[0]
		entry = self.load()[0]
		args = types.SimpleNamespace(out="o", out_given=False, cc="gcc",
					     page_size=None, m32=False)
		for state, want in ((bench.KILLED, 1), (bench.SURVIVES, 0),
				    (bench.STILLBORN, 0)):
			judged = [(bench.Verdict(mutant, state, "suite.case"), entry)]
			err = io.StringIO()
			with mock.patch.object(command, "put"), \
					mock.patch("sys.stderr", err):
				status = command._report(	# pylint: disable=protected-access
					args, "/tree", judged, True, 1)
			self.assertEqual(status, want, state)
			self.assertEqual("suite.case kills" in err.getvalue(),
					 bool(want))
		self.assertEqual(table.state_of(bench.Verdict(
			mutant, bench.KILLED, "x"), entry), "equivalent, yet killed")


class Build(Case):
	"""What becomes of a mutant whose build fails."""

	def judge(self, text):
		"""The verdict, when make fails with @text for its cause; (it, stderr)."""
		def make(*_words, **_flags):
			raise NotBuilt(text, ["cc1: killed by the operator"])
		os.makedirs(self.path("stage"), exist_ok=True)
		with open(self.path("stage/pond.c"), "w", encoding="ascii") as stream:
			stream.write(TEXT)
		build = types.SimpleNamespace(
			dir=self.scratch, make=make, staged=types.SimpleNamespace(
				stage=self.path("stage")))
		mutant = made()[0]
		err = io.StringIO()
		with mock.patch("sys.stderr", err):
			try:
				return bench.Bench(build, {"iomap": "x"}).judge(
					mutant, 1), err.getvalue()
			except Stop as stop:
				return stop, err.getvalue()

	def test_stillborn(self):
		"""The compiler refuses it: no mutant, and no word"""
		os.makedirs(self.path("stage"))
		for words in ("pond.c:3 does not compile", "shim/a.h:10: libkern's "
			      "own code does not build against this tree: a bug"):
			verdict, said = self.judge(words)
			self.assertEqual((verdict.state, said),
					 (bench.STILLBORN, ""), words)

	def test_unexpected(self):
		"""Anything else ends it, and make's words are shown"""
		stop, said = self.judge("the build failed")
		self.assertEqual(stop.status, 125)
		self.assertIn("cc1: killed by the operator", said)
		self.assertIn("angle:", said)


class Killer(Case):
	"""What a run of the suites says about a mutant."""

	def killer(self, *records, end="exit 1"):
		"""Of a runner that writes @records and ends."""
		path = self.path("libkern-iomap")
		with open(path, "w", encoding="ascii") as stream:
			stream.write("#!/bin/sh\nwhile [ $1 != --result-fd ]; do "
				     "shift; done\nexec 3>/proc/self/fd/$2\n")
			for record in records:
				stream.write("echo '%s' >&3\n" % json.dumps(record))
			stream.write(end + "\n")
		os.chmod(path, stat.S_IRWXU)
		judging = bench.Bench(types.SimpleNamespace(dir=self.scratch), {})
		return judging.killer(path)

	def test_words(self):
		"""A case, the first; a crash of the runner; never an abort stub"""
		ok = {"suite": "s", "case": "fine", "status": "ok"}
		stub = {"suite": "s", "case": "far", "status": "fail",
			"death": "stub"}
		bad = {"suite": "s", "case": "bad", "status": "fail", "death": ""}
		hung = {**bad, "case": "hung", "death": "timeout"}
		end = {"summary": {}}
		self.assertEqual(self.killer(ok, stub, end), "")
		self.assertEqual(self.killer(ok, stub, bad, hung, end), "s.bad")
		self.assertEqual(self.killer(hung, end), "s.hung")
		self.assertEqual(self.killer(ok, end="kill -9 $$"),
				 "the runner itself")

	def test_first(self):
		"""Nobody waits for a runner that has told enough"""
		begin = time.monotonic()
		self.assertEqual(self.killer({"suite": "s", "case": "bad",
					      "status": "fail"},
					     end="sleep 30"), "s.bad")
		self.assertLess(time.monotonic() - begin, 10)


class Run(Together):
	"""The command, on small trees without XFS."""

	def mutate(self, tree, *words, **kwargs):
		"""Run it on @tree."""
		return libkern("mutate", "--kdir", tree, "-o", self.shared,
			       "--quiet", *words, **kwargs)

	def spare(self):
		"""A tree with a number that nobody uses."""
		tree = self.tree()
		edit(tree, BUFFERED, inside(
			RELEASE, "loff_t punch_start_byte = start_byte",
			after="; int lk_spare = 7"))
		return tree

	def test_both(self):
		"""One is killed, one survives and is shown again; KDIR is left alone"""
		tree = self.spare()
		before = checksum(tree)
		result = self.mutate(tree, "--list", "--functions", RELEASE)
		self.assertEqual(result.status, 0, result)
		names = result.out.splitlines()
		self.assertTrue(all(n.startswith(RELEASE + ":") for n in names))
		alive = next(n for n in names if "(7 + 1)" in n)
		dead = next(n for n in names if ":drop-call:" in n)
		result = self.mutate(tree, "--only", dead)
		self.ends(result, 0, "1 mutants of 1 functions", "without XFS")
		self.assertRegex(result.out, r"(?m)^drop-call +1 +1 +0 +0$")
		path = self.path("all.json")
		result = self.mutate(tree, "--only", alive, "--json", path)
		self.ends(result, 1, "SURVIVES " + BUFFERED)
		self.assertRegex(result.out, r"(?m)^all +1 +0 +0 +1$")
		with open(path, encoding="utf-8") as stream:
			one, = json.load(stream)["mutants"]
		self.assertEqual((one["name"], one["state"], one["killed_by"]),
				 (alive, "survives", None))
		again = re.search(r"(?m)^libkern:   again: (.*)$",
				  result.err).group(1)
		done = subprocess.run(again, shell=True, check=False, cwd=ROOT,
				      capture_output=True, text=True,
				      env=environment())
		self.assertEqual(done.returncode, 1, done)
		self.assertIn("SURVIVES " + BUFFERED, done.stderr)
		self.assertEqual(checksum(tree), before)
		self.interrupted(tree)

	def interrupted(self, tree):
		"""SIGTERM in the middle: what there is so far, 130, nobody left"""
		with subprocess.Popen(
			[sys.executable, LIBKERN, "mutate", "--kdir", tree, "-o",
			 self.shared, "--quiet", "-j1"], stdout=subprocess.PIPE,
			stderr=subprocess.PIPE, text=True,
			env=environment(LIBKERN_TEST=self.scratch)) as child:
			end = time.monotonic() + 60
			while time.monotonic() < end and not self.started():
				time.sleep(0.05)
			child.send_signal(signal.SIGTERM)
			out, err = child.communicate(timeout=30)
		self.assertEqual(child.returncode, 130, err)
		self.assertRegex(err, r"interrupted: \d+ of \d{3} mutants")
		self.assertRegex(out, r"(?m)^all ")
		self.assertNotIn("Traceback", err)
		self.assertEqual(self.started(), [])

	def started(self):
		"""Directories of mutants that are being judged, behind the first."""
		return [name for parent, names, _ in os.walk(self.shared)
			if os.path.basename(parent) == "mutate"
			for name in names if name != "0"]

	def test_bad_tree(self):
		"""Suites that fail anyhow: 1; a tree that does not build: 125"""
		tree = self.tree()
		edit(tree, BUFFERED, inside(
			RELEASE, "punch_start_byte < end_byte", replace="0"))
		self.ends(self.mutate(tree), 1, "fails without any mutant",
			  "./libkern run")
		tree = self.tree("broken")
		edit(tree, BUFFERED, lambda text: text + "\nint broken(\n")
		self.ends(self.mutate(tree), 125, "does not compile")

	def test_usage(self):
		"""Names of nothing: 129"""
		tree = self.tree()
		self.ends(self.mutate(tree, "--only", "nonsense"), 129,
			  "nonsense", "--list")
		self.ends(self.mutate(tree, "--functions", "nonsense"), 129,
			  "nonsense", RELEASE)
		self.ends(self.mutate(tree, "--json", tree + "/a.json"), 129)


if __name__ == "__main__":
	unittest.main()
