# SPDX-License-Identifier: GPL-2.0-only
"""libkern series: where its reports go, and that they are about what happened."""

import json
import os
import re
import subprocess
import xml.etree.ElementTree as ElementTree

from tests.history import History
from tests.support import Case, LIBKERN, checksum, inside, libkern
from tests.test_reports import Page
from tests.trees import BUFFERED, RELEASE


class Files(Case):
	"""Where the reports go; nothing here builds anything."""

	def setUp(self):
		super().setUp()
		self.history = History(self.path("linux"))
		self.base = self.history.commit("base")
		self.history.write("README", "1\n")
		self.history.commit("README: <script>alert(1)</script> \x1b[31m\x0c"
				    "\u2028x")

	def series(self, *more):
		"""libkern series on what touches nothing."""
		return libkern("series", self.base + "..HEAD", "--kdir",
			       self.history.path, "-o", self.out, *more)

	def test_refused(self):
		"""Inside KDIR, twice the same, nowhere: 129, nothing done"""
		inside, one = self.history.path + "/r", self.path("one")
		link = self.path("link")
		os.symlink(inside, link)
		before = checksum(self.history.path)
		for words_, wanted in (
			(["--html", inside], "never written to"),
			(["--json", link], "never written to"),
			(["--junit", self.history.path + "/.git/r"],
			 "never written to"),
			(["--json", one, "--html", one], "name one file"),
			(["--junit", one, "--html", self.path("linux/../one")],
			 "name one file"),
			(["--json", "-", "--junit", "-"], "name one file"),
			(["--json", "-", "--reply"], "stdout belongs to --reply"),
			(["--html", self.path("no/file")], "cannot write"),
			(["--html", self.scratch], "cannot write"),
			(["--html", "/proc/file"], "cannot write"),
			(["--html", ""], "empty file name")):
			self.ends(self.series(*words_), 129, wanted)
			self.assertFalse(os.path.exists(self.out), words_)
		self.assertEqual(checksum(self.history.path), before)
		self.assertFalse(os.path.exists(one))
		self.ends(libkern("run", "--kdir", self.history.path, "-o",
				  self.out, "--json", "-"), 129, "belongs to KTAP")

	def test_worktree(self):
		"""The repository of a linked work tree is the user's too"""
		other = self.path("other")
		self.history.git("worktree", "add", "-q", "--detach", other)
		result = libkern("series", self.base + "..HEAD", "--kdir", other,
				 "-o", self.out, "--json",
				 self.history.path + "/.git/r")
		self.ends(result, 129, "never written to")

	def test_among_the_mails(self):
		"""Not over the mails that are judged"""
		into = self.path("mails")
		name, = self.history.mails(into, self.base + "..HEAD")
		before = checksum(into)
		for mails, file in ((name, name), (into, into + "/r.json")):
			result = libkern("series", "--mbox", mails, "--kdir",
					 self.history.path, "-o", self.out,
					 "--json", file)
			self.ends(result, 129, "among the mails")
		self.assertEqual(checksum(into), before)

	def test_stdout(self):
		"""- is stdout, with nothing else on it"""
		names = {n: self.path(n) for n in ("json", "junit", "html")}
		result = self.series(*(w for n, p in names.items()
				       for w in ("--" + n, p)))
		self.ends(result, 125)
		self.assertIn("1 touch nothing of the path", result.out)
		self.assertIn("README: <script>alert(1)</script> ?[31m??x",
			      result.out)
		for flag, path in names.items():
			with open(path, encoding="utf-8") as stream:
				text = stream.read()
			self.assertIn("alert(1)", text)
			result = self.series("--" + flag, "-")
			self.ends(result, 125)
			for said in (text, result.out):
				if flag == "json":
					self.assertEqual(len(json.loads(said)
							     ["patches"]), 2)
				elif flag == "html":
					Page(said)
				else:
					ElementTree.fromstring(said)
			self.assertNotIn("touch nothing of the path;", result.out)
		self.assertFalse(os.path.exists("-"))

	def test_lost(self):
		"""A full disk: said; and a reader that goes costs no file"""
		for flag in ("--json", "--junit", "--html"):
			self.ends(self.series(flag, "/dev/full"), 125,
				  "cannot write /dev/full: No space")
		reader, writer = os.pipe()
		os.close(reader)
		name = self.path("r.html")
		with os.fdopen(writer, "w") as gone:
			done = subprocess.run(
				["/usr/bin/python3", LIBKERN, "series",
				 self.base + "..HEAD", "--kdir",
				 self.history.path, "-o", self.out, "--json", "-",
				 "--html", name], stdout=gone, check=False,
				stderr=subprocess.PIPE, text=True)
		self.assertEqual(done.returncode, 125, done.stderr)
		self.assertIn("whoever read", done.stderr)
		self.assertTrue(os.path.exists(name))


class Real(Case):
	"""From mails to all reports, over a bug that is really there."""

	def _covered(self, covered, said, text):
		"""Of the lines changed, those that are run are said to be"""
		item, = covered
		self.assertEqual(item["file"], BUFFERED)
		idle = [n for n, line in enumerate(text, 1) if
			"libkern_idle(int a)" in line or "return a +" in line]
		# the declaration is no code
		self.assertEqual([n for n, _ in item["missed"]], idle[1:])
		self.assertEqual(item["missed"][1][1].strip(),
				 "return a + /* <b> */ 1;")
		loop = [n for n, line in enumerate(text, 1)
			if "(start_byte) < scan_end_byte" in line]
		self.assertEqual(len(loop), 1)
		self.assertIn(loop[0], item["run"])
		self.assertIn("1/1 does not run in the suites: %s: %d, %d" %
			      (BUFFERED, *idle[1:]), " ".join(said.split()))

	def test_bug(self):
		"""The reply's command shows the bug again"""
		history = History(self.path("linux"))
		base = history.commit("base")
		history.bug()
		history.edit(inside(RELEASE, "start_byte < scan_end_byte",
				    replace="(start_byte) < scan_end_byte"))
		history.append("int libkern_idle(int a);\n"
			       "int libkern_idle(int a)\n{\n"
			       "\treturn a + /* <b> */ 1;\n}")
		history.commit("iomap: simplify <b>the</b> end")
		mails = self.path("it's mails")
		history.mails(mails, base + "..HEAD", "--base=" + base, "-v2")
		names = [self.path(n) for n in ("j", "x", "h")]
		result = libkern("series", "--mbox", mails, "--kdir",
				 history.path, "-o", self.out, "--json", names[0],
				 "--junit", names[1], "--html", names[2],
				 "--coverage", "--reply")
		self.ends(result, 1)
		self.assertIn("> [PATCH v2] iomap: simplify <b>the</b> end",
			      result.out)
		self.assertIn("LEAKED", result.out)
		with open(names[0], encoding="utf-8") as stream:
			record = json.load(stream)
		new = sum(f["new"] for f in record["patches"][1]["failures"])
		self.assertIn("%d cases fail that did not on the base" % new,
			      " ".join(result.out.split()))
		self._covered(record["patches"][1]["covered"], result.out,
			      history.read(BUFFERED).split("\n"))
		root = ElementTree.parse(names[1]).getroot()
		self.assertEqual(len(list(root.iter("failure"))), new)
		with open(names[2], encoding="utf-8") as stream:
			found = Page(stream.read())
		self.assertIn("LEAKED", "".join(found.within("pre")))
		self.assertIn("return a + /* <b> */ 1;",
			      "".join(found.within("pre")))
		command = re.search(r"To see it again:\n\n(.*?)\n\n", result.out,
				    re.S).group(1)
		done = subprocess.run(["sh", "-c", command], check=False,
				      capture_output=True, text=True)
		self.assertEqual(done.returncode, 1, done.stderr)
		self.assertIn("LEAKED", done.stdout)
		self.assertIn("; 1 suite, ", done.stdout)
