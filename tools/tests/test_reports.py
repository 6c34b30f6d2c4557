# SPDX-License-Identifier: GPL-2.0-only
"""libkern series: what a Series looks like as page, mail, JUnit, JSON, table."""

import argparse
import contextlib
import dataclasses
import html.parser
import io
import json
import re
import shlex
import subprocess
import unicodedata
import xml.etree.ElementTree as ElementTree

from tests.support import Case
from tools.series import (build, columns, junit, markup, page, reply, report,
			  table, words)
from tools.series.model import (BROKEN, FAIL, JUDGED, KNOWN, MISSING, NOT_APPLIED,
				NOT_BUILT, NO_PATH, PASS, SAME, UNTOUCHED, Covered,
				Failure, Patch, Series, Verdict, clean)

SUITES = ["iomap_delalloc_smoke", "iomap_delalloc_races"]
HOSTILE = "</pre></title></style><script>alert(1)</script><a href='javascript:x' " \
	"onclick=\"x\">&amp;\x1b[31m\x07\x00\x9b2J\u202e\u2028\ufffe]]>--><!--"
PICTURE = ["# a: EXPECTATION FAILED at /kunit/release.c:1", "# a: bytes    +0",
	   "# a: got      LEAKED", "# a: a reservation is left"]
# what the page may be made of
TAGS = {"html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3",
	"h4", "div", "p", "strong", "bdi", "a", "code", "table", "caption",
	"thead", "tbody", "tr", "th", "td", "span", "small", "ul", "li", "b", "dl",
	"dt", "dd", "section", "details", "summary", "pre"}
ATTRIBUTES = {"charset", "http-equiv", "content", "name", "lang", "class", "href",
	      "id", "scope", "title", "aria-hidden", "aria-label", "role",
	      "tabindex", "open"}


def failure(suite, case, new=True, param=None):
	"""A case that failed and drew a picture."""
	return Failure(suite, case, param, "EXPECTATION FAILED", "\n".join(PICTURE),
		       new=new, again="./libkern series 'a b^!' --filter %s.%s" %
		       (suite, case))


def patch(position, subject, state=JUDGED, failures=(), **more):
	"""A row; the suites of @failures fail, the others pass."""
	made = Patch(position, "%d/9" % position if position else "base", subject,
		     "%040d" % position, name="[PATCH %d/9] %s" %
		     (position, subject), state=state, failures=list(failures),
		     **more)
	for item in failures:
		verdict = made.verdicts.setdefault(item.suite, Verdict(FAIL))
		verdict.failed += 1
	if state in (JUDGED, SAME):
		for suite in SUITES:
			made.verdicts.setdefault(suite, Verdict(PASS, 3))
	return made


def series(*rows, **more):
	"""The Series of rows after a base, judged as command.py does it."""
	patches = [patch(0, "the base")] + list(rows)
	build.complete(patches, SUITES)
	made = Series("/tree", "a..b", patches, SUITES, build.first_bad(patches),
		      bound="4k pages", untested=["anything else"],
		      command="./libkern series a..b", **more)
	made.status = build.status_of(patches)
	return made


def story():
	"""All that can become of a patch."""
	return series(
		patch(1, "good"), patch(2, "words", SAME),
		patch(3, "bad", failures=[failure(SUITES[0], "a"),
					  failure(SUITES[0], "b", param="x=1")]),
		patch(4, "docs", UNTOUCHED),
		patch(5, "still bad", failures=[failure(SUITES[0], "a")]),
		patch(6, "broken", NOT_BUILT, why="x.c does not compile\n"
		      "x.c:1: error: no such thing"),
		patch(7, "lost", MISSING, why="its mail is not there"),
		patch(8, "odd", NOT_APPLIED, why="no"), patch(9, "mended"))


def soiled(thing):
	"""A copy of @thing with hostile text wherever other people's can be."""
	if dataclasses.is_dataclass(thing):
		fixed = ("state", "verdict", "was", "number")
		return type(thing)(**{
			f.name: getattr(thing, f.name) if f.name in fixed else
			soiled(getattr(thing, f.name))
			for f in dataclasses.fields(thing)})
	if isinstance(thing, str):
		return HOSTILE + thing
	if isinstance(thing, list):
		return [soiled(item) for item in thing]
	if isinstance(thing, dict):
		return {soiled(key): soiled(value)
			for key, value in thing.items()}
	return thing


def hostile():
	"""A Series of nothing but hostile text."""
	made = story()
	made.notes, made.sandbox = ["a note"], "none: why"
	made.patches[1].note, made.patches[1].touched = "in part", ["fs/x"]
	made.patches[3].why = "first\nsecond"
	made.patches[3].merge = 2
	made.patches[3].covered = [Covered("fs/x", 3, [1], [[2, "x = 1;"]])]
	made.patches[5].facts_changed = {"STD": ["gnu11", "gnu17"]}
	made.patches[9].verdicts[SUITES[1]] = Verdict(KNOWN, known={"hole": 1})
	made.patches[2].failures = []
	return soiled(made)


class Page(html.parser.HTMLParser):
	"""What a browser would make of a page; complains of what is not strict."""

	def __init__(self, text):
		super().__init__(convert_charrefs=True)
		self.open, self.tags, self.data, self.ids = [], [], [], set()
		self.links = set()
		self.feed(text)
		self.close()
		assert not self.open, self.open

	def handle_starttag(self, tag, attrs):
		assert tag in TAGS, tag
		names = [name for name, _ in attrs]
		assert set(names) <= ATTRIBUTES, names
		assert len(set(names)) == len(names), names
		values = dict(attrs)
		if "href" in values:
			assert re.fullmatch(r"#p\d+(-\d+)?", values["href"]), values
			self.links.add(values["href"][1:])
		if "id" in values:
			assert values["id"] not in self.ids, values
			self.ids.add(values["id"])
		self.tags.append((tag, values))
		if tag != "meta":
			self.open.append(tag)

	def handle_endtag(self, tag):
		assert self.open and self.open.pop() == tag, tag

	def handle_data(self, data):
		self.data.append((self.open[-1] if self.open else "", data))

	def handle_comment(self, data):
		raise AssertionError("a comment: " + data)

	def within(self, *tags):
		"""All text directly inside of @tags."""
		return [text for tag, text in self.data if tag in tags]


def controls(text):
	"""The characters in @text that do anything but be seen."""
	return {c for c in text if unicodedata.category(c) in
		("Cc", "Cs", "Zl", "Zp", "Cn") and c not in "\n" or
		c in "\u202e\u2066"}


class Quoting(Case):
	"""Other people's text stays text, in every report."""

	def test_page(self):
		"""No tag, attribute or link that page.py did not write"""
		text = page.page(hostile())
		found = Page(text)
		self.assertNotIn("<script", text)
		self.assertEqual(controls(text), {"\t"})	# the style's
		self.assertIn({"http-equiv": "Content-Security-Policy",
			       "content": page.POLICY},
			      [values for tag, values in found.tags
			       if tag == "meta"])
		self.assertLessEqual(found.links, found.ids)
		# and it is all still there
		for subject in ("bad", "broken", "lost"):
			self.assertIn(clean(HOSTILE + subject),
				      found.within("bdi"))
		self.assertIn(clean(HOSTILE + PICTURE[0]),
			      "\n".join(found.within("pre")))

	def test_markup(self):
		"""What is not Html is quoted, in elements and in attributes"""
		self.assertEqual(
			markup.element("p", "<i>", markup.Html("<b>"),
				       title="\"'<>&\x1b"),
			"<p title=\"&quot;&#x27;&lt;&gt;&amp;?\">&lt;i&gt;<b></p>")

	def test_terminal(self):
		"""Nothing in the table or the reply steers a terminal"""
		for words_ in ((), ("reply",)):
			args = argparse.Namespace(
				json=None, junit=None, html=None, verbose=True,
				reply="reply" in words_)
			said = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
			with contextlib.redirect_stdout(said):
				report.show(args, hostile())
			text = said.buffer.getvalue().decode()
			self.assertEqual(controls(text), set())
			self.assertIn("alert(1)", text)

	def test_lost_file(self):
		"""A report that could not be written is no pass, but bad is bad"""
		for made, wanted in ((series(patch(1, "x")), 125), (story(), 1)):
			args = argparse.Namespace(json=None, junit=None,
						  html="/dev/full", reply=False,
						  verbose=False)
			said = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
			with contextlib.redirect_stdout(said), \
			     contextlib.redirect_stderr(io.StringIO()):
				self.assertEqual(report.show(args, made), wanted)
				args.html = None
				self.assertEqual(report.show(args, made),
						 made.status)

	def test_xml(self):
		"""Any text is well-formed XML"""
		root = ElementTree.fromstring(junit.data(hostile()))
		text = "".join(root.itertext()) + "".join(
			value for item in root.iter()
			for value in item.attrib.values())
		self.assertIn("<script>alert(1)</script>", text)
		self.assertNotIn("\x1b", text)

	def test_json(self):
		"""JSON holds the Series, whatever is in it"""
		made = hostile()
		again = json.loads(json.dumps(made.record()))
		self.assertEqual(again, made.record())
		self.assertEqual(again["patches"][3]["subject"],
				 made.patches[3].subject)


class Told(Case):
	"""Each report says what the table says."""

	def test_grid(self):
		"""Every row and column has its header, every cell its words"""
		made = story()
		grid = page._grid(made)	# pylint: disable=protected-access
		rows = re.findall(r"<tr[^>]*>(.*?)</tr>", grid)
		self.assertEqual(len(rows), 1 + len(made.patches))
		self.assertEqual(rows[0].count('scope="col"'), 4 + len(SUITES))
		for row, item in zip(rows[1:], made.patches):
			self.assertEqual(row.count('scope="row"'), 1)
			said = re.findall(r'class="hidden">([^<]*)', row)
			self.assertEqual([s.split(",")[0] for s in said],
					 [item.verdicts[s].verdict
					  for s in SUITES])
			self.assertEqual([", changed" in s for s in said],
					 [item.verdicts[s].changed
					  for s in SUITES])
			# not by colour alone
			signs = re.findall(r'aria-hidden="true">([^<]+)', row)
			self.assertEqual(
				[s.rstrip("*") for s in signs],
				[page.SIGN[item.verdicts[s].verdict][0]
				 for s in SUITES])
		self.assertIn("fail, 2 cases, changed", grid)
		signs = [sign for sign, _, _ in page.SIGN.values()]
		self.assertEqual(len(set(signs)), len(signs))

	def test_page(self):
		"""The first bad patch, its pictures, the bound, what did not build"""
		made = story()
		text = "\n".join(t for _, t in Page(page.page(made)).data)
		for wanted in ("first bad:", "[PATCH 3/9] bad", "LEAKED",
			       "again: ", made.first_bad.fixes, "b [x=1]",
			       "error: no such thing", "4k pages",
			       "anything else", words.summary(made),
			       "Fails as the row above it"):
			self.assertIn(wanted, text)
		# for the browser, should any text ever come out unquoted
		policy = [v["content"] for t, v in Page(page.page(made)).tags
			  if "http-equiv" in v]
		self.assertEqual(policy, ["default-src 'none'; "
					  "style-src 'unsafe-inline'"])

	def test_covered(self):
		"""Which changed lines ran, in page, table and reply alike"""
		made = story()
		made.patches[3].covered = [
			Covered("fs/x.c", 9, [1, 2], [[4, "a < b;"], [7, "c"]]),
			Covered("fs/y.h", 2)]
		made.patches[1].covered = [Covered("fs/y.h", 1)]
		found = Page(page.page(made))
		self.assertIn("Coverage: 2 of 4 changed lines run",
			      found.within("h4"))
		self.assertIn(" EXPECTATION FAILED", found.within("summary"))
		self.assertIn("     4  a < b;\n     7  c", found.within("pre"))
		cells = found.within("td")
		at = cells.index("9")
		self.assertEqual(cells[at:at + 6], ["9", "4", "2", "2", "0", "0"])
		said = table.text(made)
		self.assertIn("  2 of 4 changed lines run\n"
			      "    not run: fs/x.c: 4, 7\n", said)
		self.assertIn("changes no line of code that was counted", said)
		self.assertEqual(said.count("not run: "), 1)
		self.assertIn("  3/9 does not run in the suites: fs/x.c: 4, 7",
			      reply.text(made).split("\n"))

	def test_base_did_not_run(self):
		"""A failure is not laid to a base that nobody has run"""
		bad = patch(1, "x", failures=[failure(SUITES[0], "a")])
		made = series(bad)
		made.patches[0].state = NOT_BUILT
		for verdict in made.patches[0].verdicts.values():
			verdict.verdict = "does not build"
		bad.verdicts[SUITES[0]].broke = []
		made.first_bad = None
		for text in (table.text(made), reply.text(made)):
			self.assertIn("did any run to compare",
				      " ".join(text.split()))
			self.assertNotIn("fails already", text)
			self.assertIn("again", text)

	def test_cannot_be_tested(self):
		"""Cases that met what libkern lacks: nobody reads a pass, all why"""
		dead = failure(SUITES[0], "a")
		dead.reason = "libkern lacks do_it"
		row = patch(1, "x", failures=[dead])
		row.verdicts[SUITES[0]] = build._verdict([	# pylint: disable=protected-access
			{"status": "fail", "reason": "", "death": "stub"}])
		made = series(row)
		self.assertEqual(made.status, 125)
		self.assertEqual(words.counts(made), {"cannot be tested": 1})
		self.assertIn("  untested: libkern lacks do_it (1 case)",
			      table.text(made).split("\n"))
		said = reply.text(made)
		self.assertIn("  1/9 cannot be tested: libkern lacks do_it (1 case)",
			      said.split("\n"))
		self.assertNotIn("that passed before", said)
		text = page.page(made)
		self.assertEqual(re.findall('class="result">([^<]*)', text),
				 [PASS, BROKEN])
		self.assertIn("Cannot be tested: libkern lacks do_it", text)
		self.assertNotIn("that did not in the row", text)
		error = ElementTree.fromstring(junit.data(made)).find(".//error")
		self.assertIn("do_it", error.text)

	def test_part_does_not_build(self):
		"""Where XFS alone does not build, the row is no pass on the page"""
		row = patch(1, "x", note="XFS could not be tested: why")
		row.verdicts[SUITES[1]] = Verdict("does not build")
		text = page.page(series(row))
		self.assertEqual(re.findall('class="result">([^<]*)', text),
				 [PASS, NOT_BUILT])

	def test_mended_for_good(self):
		"""Mended is what does not break again"""
		bad = [failure(SUITES[0], "a")]
		made = series(patch(1, "x", failures=bad), patch(2, "y"),
			      patch(3, "z", failures=bad), patch(4, "last"))
		self.assertEqual(made.first_bad.mended_by, 4)

	def test_lacks(self):
		"""What libkern lacks is not laid to the patch"""
		said = reply.text(series(patch(
			1, "x", NOT_BUILT, why="the shim lacks do_it, which x.c:1 "
			"wants\nx.c:1: error: implicit declaration")))
		self.assertNotIn("error: ", said)
		self.assertIn("1/9 does not build in libkern, and may well in a "
			      "kernel: the shim lacks do_it", " ".join(said.split()))
		row = patch(1, "x")
		build.fill(row, {"state": JUDGED, "why": "", "facts": {},
				 "cached": True, "note": "the shim lacks do_it",
				 "log": ["x.c:1: error: implicit"]}, [], None)
		self.assertEqual(row.note, "XFS could not be tested: the shim lacks "
				 "do_it")
		# which is not what is said of code that a compiler refuses
		why = "x.c:1 of the tree does not compile (see below): it is " \
			"broken there, or wants what the shim lacks"
		said = reply.text(series(patch(
			1, "x", NOT_BUILT, why=why + "\nx.c:1: error: no such")))
		self.assertIn("  1/9 does not build: x.c:1: error: no such",
			      said.split("\n"))
		build.fill(row, {"state": JUDGED, "why": "", "facts": {},
				 "cached": True, "note": why,
				 "log": ["x.c:1: error: no such"]}, [], None)
		self.assertIn("error: no such", row.note)

	def test_fixes(self):
		"""A tag is one line, whole, however long"""
		row = patch(1, "long " * 30 + "end", failures=[failure(SUITES[0], "a")])
		self.assertIn("Fixes: " + row.name, reply.text(series(row)))

	def test_first_of_its_suite(self):
		"""A suite that did not build on the base: its failures are named"""
		rows = [patch(1, "x", failures=[failure(SUITES[1], "a")]),
			patch(2, "y", failures=[failure(SUITES[0], "b")])]
		base = patch(0, "the base")
		base.verdicts[SUITES[1]] = Verdict("does not build")
		build.complete([base, *rows], SUITES)
		made = Series("/tree", "a..b", [base, *rows], SUITES,
			      build.first_bad([base, *rows]))
		self.assertEqual(made.first_bad.position, 2)
		self.assertIn("  fails before that, and nothing ran above it to "
			      "compare with: 1/9\n", table.text(made))
		self.assertIn("1/9 fails, and nothing ran before it to compare "
			      "with", " ".join(reply.text(made).split()))
		self.assertIn("nothing ran above it", page.page(made))

	def test_reply(self):
		"""What a list wants to know, in 72 columns"""
		made = story()
		lines = reply.text(made).split("\n")
		for wanted in ("> [PATCH 3/9] bad", "Fixes: [PATCH 3/9] bad",
			       "  smoke            2  a",
			       "    got      LEAKED",
			       "  ./libkern series 'a b^!' --filter "
			       "iomap_delalloc_smoke.a",
			       "  5/9 fails as the patch before it",
			       "  6/9 does not build: x.c:1: error: no such thing",
			       "  7/9 missing: its mail is not there",
			       "Not tested: anything else", "Tree: /tree",
			       "Base: [PATCH 0/9] the base"):
			self.assertIn(wanted, lines)
		self.assertIn("2 suites, up to 6 cases; 4k pages", "\n".join(lines))

	def test_reply_is_narrow(self):
		"""Whatever the subject, the paths and the picture are like"""
		wide = "\u6f22" * 60
		self.assertEqual(columns.width("\u6f22a\u0301"), 3)
		made = story()
		for row in made.patches:
			row.subject += " " + "long " * 30 + wide
			row.name += " " + "word" * 40
			for item in row.failures:
				item.again += " --kdir '/%s/%s b'" % ("c'd" * 70,
								      wide)
				item.text += "\nbytes " + "+0 " * 40
		made.tree, made.command = "/" + "d" * 200, "x " * 200
		made.first_bad = build.first_bad(made.patches)
		for line in reply.text(made).split("\n"):
			if not line.startswith("Fixes: "):
				self.assertLessEqual(columns.width(line), 72, line)
		self.assertNotIn("+0 +0", reply.text(made))

	def test_command_is_the_same(self):
		"""A shell reads the folded command as the one in one line"""
		for text in ("./libkern series 'a b^!' --kdir /x/" + "y" * 100,
			     "a " * 90, shlex.join(["it's", "'" * 90, " " * 80,
						    "e" * 68 + "$HOME \\ `id`"]),
			     "\u6f22" * 80):
			folded = "\n".join(columns.command(text, 72))
			self.assertLessEqual(max(
				columns.width(line) for line in
				folded.split("\n")), 72)
			done = subprocess.run(
				["sh", "-c", "printf '%s\\n' " + folded],
				check=True, capture_output=True, text=True)
			self.assertEqual(done.stdout.split("\n")[:-1],
					 shlex.split(text))

	def test_no_bad(self):
		"""A pass is not said where nothing was tested"""
		for rows, wanted, not_wanted in (
			([patch(1, "x")], "No case fails that passed", "not every"),
			([patch(1, "x", UNTOUCHED)], "nothing was tested",
			 "No case fails"),
			([patch(1, "x"), patch(2, "y", BROKEN, why="z")],
			 "not every patch could be tested", "that passed"),
			([patch(1, "x", note="in part")],
			 "not every patch could be tested", "that passed")):
			text = " ".join(reply.text(series(*rows)).split())
			self.assertIn(wanted, text)
			self.assertNotIn(not_wanted, text)

	def test_junit(self):
		"""Failures exactly with status 1, errors or nothing run with 125"""
		bad = failure(SUITES[1], "c")
		for rows in ([patch(1, "x")], [patch(1, "x", failures=[bad])],
			     [patch(1, "x", BROKEN, why="z")],
			     [patch(1, "x", NO_PATH), patch(2, "y")],
			     [patch(1, "x", UNTOUCHED)],
			     [patch(1, "x", note="in part")],
			     [patch(1, "x", NOT_BUILT),
			      patch(2, "y", failures=[bad])]):
			made = series(*rows)
			root = ElementTree.fromstring(junit.data(made))
			self.assertEqual(len(root), len(rows))
			failures = len(list(root.iter("failure")))
			errors = len(list(root.iter("error")))
			passed = [c for c in root.iter("testcase") if not len(c)]
			self.assertEqual(failures > 0, made.status == 1, rows)
			if not failures:
				self.assertEqual(bool(errors) or not passed,
						 made.status == 125, rows)
		root = ElementTree.fromstring(junit.data(story()))
		names = [c.get("name") for c in root.iter("testcase")
			 if c.find("failure") is not None]
		self.assertEqual(names, ["smoke.a", "smoke.b [x=1]", "smoke.a"])
		self.assertIn("LEAKED", root.find(".//failure").text)
		self.assertIn("again: ./libkern", root.find(".//failure").text)
