# SPDX-License-Identifier: GPL-2.0-only
"""libkern series: what each row of the table says, and what is left alone."""

import os
import re
import shutil
import subprocess
import tempfile

from tests.history import BUFFERED, History, story
from tests.support import Case, checksum, debian, libkern
from iomap import probe
from tools.series import path, sandbox

SMOKE = "iomap_delalloc_smoke"
# these patches are the test's own: they do without walls where there are none
FREE = ("--no-sandbox",) if sandbox.refusal() else ()


def rows(result):
	"""{number: [cells]} of the table that @result printed."""
	found = {}
	for line in result.out.splitlines():
		m = re.match(r"(base|\d+/\d+) .*?((?:\s\s+(?:pass|FAIL|known|skipped|"
			     r"no build|nothing|untested|-)\*?)*)$", line)
		if m:
			found[m.group(1)] = re.split(r"\s\s+", m.group(2).strip())
	return found


class Shared(Case):
	"""Tests on one history, so that its binaries are built once."""

	@classmethod
	def setUpClass(cls):
		cls.place = tempfile.mkdtemp(prefix="libkern-series-")
		cls.addClassCleanup(shutil.rmtree, cls.place, ignore_errors=True)
		cls.history = History(os.path.join(cls.place, "linux"))
		cls.names = cls.make(cls.history)
		cls.shared = os.path.join(cls.place, "out")

	@classmethod
	def make(cls, history):
		"""The commits: {name: hash}."""
		return story(history)

	def series(self, *words, **kwargs):
		"""libkern series on the shared tree."""
		return libkern("series", "--kdir", self.history.path, "-o",
			       self.shared, *words, *FREE, **kwargs)


class Story(Shared):
	"""The series that libkern started from, by own rules: a range, mails."""

	WANT = {"base": "known", "1/6": "known", "2/6": "known", "3/6": "FAIL*",
		"4/6": "-", "5/6": "known*", "6/6": "known"}

	def test_range(self):
		"""Every column tells the story, and the tree is as it was"""
		before = checksum(self.history.path)
		result = self.series("%s..HEAD" % self.names["base"])
		self.ends(result, 1)
		self.assertEqual(checksum(self.history.path), before)
		found = rows(result)
		self.assertEqual({n: cells[-1] for n, cells in found.items()},
				 self.WANT, result)
		# the oracle's own suite does not see the kernel
		self.assertIn("pass", found["3/6"], result)
		bug = self.names["bug"][:12]
		for text in (
			"ENTRY_PUNCH_DELALLOC 1 -> 0",
			"RELEASE_ASSERTS_LOCK 0 -> 1, RELEASE_LOCKS 1 -> 0",
			"comments only", "LEAKED",
			"first bad: %s (" % bug,
			"mended by %s (" % self.names["fix"][:12],
			'Fixes: %s ("iomap: simplify the end of the release")' %
			bug, "1 touch nothing of the path"):
			self.assertIn(text, result.out)

	def test_again(self):
		"""The command under a failure shows it again, and only it"""
		result = self.series("%s^!" % self.names["bug"])
		self.ends(result, 1)
		again = re.search(r"again: \S+ (series .*)", result.out).group(1)
		words = re.sub("'", "", again).split()
		result = libkern(*words, env={"COLUMNS": "120"})
		self.ends(result, 1)
		self.assertIn("LEAKED", result.out)
		self.assertIn("; 1 suite, ", result.out)

	def test_once(self):
		"""What was judged is not judged again; --fresh does it anyhow"""
		words = ("%s^!" % self.names["bug"], "--filter", SMOKE)
		self.series(*words)
		result = self.series(*words)
		self.ends(result, 1, "1/1     FAILS, from an earlier run")
		self.assertIn("LEAKED", result.out)
		result = self.series(*words, "--fresh")
		self.assertNotIn("earlier", result.err)
		# what is the same as its parent is not, even so
		result = self.series("%s^!" % self.names["comment"], "--filter",
				     SMOKE, "--fresh")
		self.ends(result, 0)
		self.assertRegex(result.err, "(?m)1/1     same code$")

	def test_mails(self):
		"""The same as mails, from a dirty tree, which stays as it is"""
		history, into = self.history, self.path("mails")
		history.mails(into, self.names["base"] + "..HEAD", "-v3",
			      "--cover-letter", "--base=" + self.names["base"])
		history.write("dirt", "dirty")
		history.write(BUFFERED, "no kernel at all\n")
		history.write("README", "staged")
		history.git("add", "README")
		history.git("stash", "store", self.names["bug"])
		self.addCleanup(history.git, "reset", "-q", "--hard")
		before = checksum(history.path)
		result = self.series("--mbox", into)
		self.assertEqual(checksum(history.path), before)
		self.ends(result, 1)
		self.assertEqual({n: cells[-1] for n, cells in
				  rows(result).items()}, self.WANT, result)
		self.assertIn("first bad: [PATCH v3 3/6] iomap: simplify the end",
			      result.out)
		self.assertNotIn("Fixes:", result.out)
		# one file of them all, as b4 am writes it
		whole = self.path("v3.mbx")
		with open(whole, "wb") as out:
			for name in sorted(os.listdir(into))[1:]:
				with open(os.path.join(into, name), "rb") as part:
					out.write(part.read())
		result = self.series("--mbox", whole, "--base",
				     self.names["base"])
		self.ends(result, 1)
		self.assertEqual(len(rows(result)), 7, result)


class Files(Case):
	"""What is taken out of git before anything can be probed."""

	def test_needed(self):
		"""Holds all that is needed, in every tree there is"""
		for release in ("6.12", "6.1"):
			tree = probe.Tree(debian(release))
			self.assertEqual([name for name in tree.files
					  if not path.ours(name)], [])


class Doubt(Shared):
	"""Rows that cannot be tested, and what is said of those behind them."""

	@classmethod
	def make(cls, history):
		done = {"base": history.commit("base")}
		history.break_build()
		done["broken"] = history.commit("iomap: does not compile")
		history.mend_build()
		history.bug()
		done["bug"] = history.commit("iomap: builds again, and is wrong")
		history.write("Documentation/x", "1")
		done["outside"] = history.commit("docs: x")
		history.git("checkout", "-q", "-b", "side", done["base"])
		history.write("Documentation/y", "1")
		done["side"] = history.commit("docs: y")
		history.comment("on the side")
		done["comment"] = history.commit("iomap: comment")
		history.git("merge", "-q", "--no-ff", "-s", "ours", "-m",
			    "Merge main", "main")
		done["merge"] = history.git("rev-parse", "HEAD")
		history.git("checkout", "-q", "-b", "gone", done["base"])
		shutil.rmtree(os.path.join(history.path, "fs/iomap"))
		done["gone"] = history.commit("iomap: no more")
		history.git("checkout", "-q", "main")
		return done

	def test_no_build(self):
		"""The next is judged all the same, and the blame is open"""
		result = self.series("%s..main" % self.names["base"])
		self.ends(result, 1)
		found = rows(result)
		self.assertEqual(found["1/3"][0], "no build", result)
		self.assertIn("FAIL*", found["2/3"])
		self.assertEqual(set(found["3/3"]), {"-"})
		self.assertIn("no_such_thing", result.out)
		self.assertIn("or one before it that could not be tested: 1/3",
			      result.out)
		result = self.series("%s^!" % self.names["broken"])
		self.ends(result, 125)

	def test_base_fails(self):
		"""A base that fails already: said so, and still no pass"""
		history = self.history
		history.git("checkout", "-q", "-b", "more", self.names["bug"])
		self.addCleanup(history.git, "checkout", "-q", "main")
		history.append("int libkern_more;")
		history.commit("iomap: more")
		result = self.series("%s..more" % self.names["bug"])
		self.ends(result, 1)
		self.assertIn("the base fails already", result.out)
		self.assertIn("fails as the row above it", result.out)
		self.assertNotIn("first bad", result.out)

	def test_outside(self):
		"""Nothing of the path is touched: nothing to test, 125"""
		result = self.series("%s^!" % self.names["outside"])
		self.ends(result, 125)
		self.assertIn("1 touch nothing of the path", result.out)

	def test_comment(self):
		"""Comments alone are not run again, code behind them is"""
		result = self.series("%s..side" % self.names["side"])
		self.ends(result, 0)
		self.assertIn("comments only", result.out)
		history = self.history
		history.git("checkout", "-q", "-b", "trick", self.names["base"])
		self.addCleanup(history.git, "checkout", "-q", "main")
		# a compiler joins the lines first, so the comment ends there
		history.append("/* *\\\n/ int libkern_trick(void)"
			       "{ return no_such; } /* */")
		history.commit("iomap: no comment")
		self.ends(self.series("%s..trick" % self.names["base"]), 125)

	def test_merge(self):
		"""A merge is one step, compared with its first parent"""
		result = self.series("%s..side" % self.names["comment"])
		self.ends(result, 125, "is a merge of 3 commits, taken as one step")
		self.assertIn("a merge: 3 commits at once", result.out)
		self.assertEqual(list(rows(result)), ["base", "1/1"])
		# two branches: the base is where they parted
		result = self.series("main..%s" % self.names["comment"])
		self.ends(result, 0, "where the branches parted")
		self.assertEqual(list(rows(result)), ["base", "1/2", "2/2"])

	def test_gone(self):
		"""A commit without fs/iomap"""
		result = self.series("%s^!" % self.names["gone"])
		self.ends(result, 125)
		self.assertIn("lacks fs/iomap/buffered-io.c", result.out)
		self.assertEqual(set(rows(result)["1/1"]), {"untested"})

	def test_ranges(self):
		"""Empty, the wrong way round, unknown, no range at all: 129"""
		base = self.names["base"]
		for text, words in (
			("main..main", "is empty"),
			("main..%s" % base, "wrong way round"),
			("main..nowhere", "no commit nowhere"),
			("--all..main", "unrecognized"),
			("main", "is no range"), ("main...side", "two dots"),
			("-x..main", "-x..main")):
			result = self.series(text)
			self.ends(result, 129, words)
		self.ends(self.series(), 129, "--mbox")
		self.ends(self.series("a..b", "--mbox", "x"), 129)
		self.ends(self.series("a..b", "--base", "x"), 129)
		self.ends(self.series("%s..main" % base, "--only", "9"), 129,
			  "there are 3 patches")
		self.ends(self.series("%s^!" % self.names["bug"], "--filter",
				      "no_such_suite"), 129, "matches nothing")

	def test_no_git(self):
		"""Not a git tree, also inside of another one; a bare one is fine"""
		tree = self.tree("plain")
		self.ends(libkern("series", "a..b", "--kdir", tree, "-o", self.out),
			  129, "not a git tree")
		subprocess.run(["git", "init", "-q", self.scratch], check=True)
		self.ends(libkern("series", "a..b", "--kdir", tree, "-o", self.out),
			  129, "not a git tree")
		self.ends(libkern("series", "a..b"), 129, "wants a git tree")
		self.ends(libkern("series", "a..b", "--kdir", self.path("none")),
			  129, "does not exist")
		bare = self.path("bare.git")
		self.history.git("clone", "-q", "--bare", self.history.path, bare)
		result = libkern("series", "main^..main", "--kdir", bare, "-o",
				 self.out)
		self.ends(result, 125)
		self.assertIn("1 touch nothing of the path", result.out)

	def test_shallow(self):
		"""A clone that was cut off before the base"""
		clone = self.path("clone")
		self.history.git("clone", "-q", "--depth=2",
				 "file://" + self.history.path, clone)
		for text in ("main~3..main", self.names["base"] + "..main"):
			result = libkern("series", text, "--kdir", clone, "-o",
					 self.out)
			self.ends(result, 125, "shallow", "--unshallow")
		result = libkern("series", "main~1..main", "--kdir", clone, "-o",
				 self.out)
		self.ends(result, 125)
		self.assertIn("1 touch nothing of the path", result.out)

	def test_obeys_nobody(self):
		"""No hook, filter, setting or variable of the user's does a thing"""
		clone, marker = self.path("clone"), self.path("marker")
		self.history.git("clone", "-q", self.history.path, clone)
		script = self.path("script")
		with open(script, "w", encoding="ascii") as stream:
			stream.write("#!/bin/sh\ntouch %s\ncat\n" % marker)
		os.chmod(script, 0o755)
		with open(os.path.join(clone, ".git/config"), "a",
			  encoding="ascii") as stream:
			stream.write("[core]\n\tfsmonitor = {0}\n\thooksPath = {1}\n"
				     "\tpager = {0}\n\tattributesFile = {2}\n"
				     "[diff]\n\texternal = {0}\n"
				     "[diff \"x\"]\n\ttextconv = {0}\n"
				     "[filter \"x\"]\n\tclean = {0}\n\tsmudge = {0}\n"
				     "\trequired = true\n[log]\n"
				     "\tshowSignature = true\n[gpg]\n\tprogram = {0}\n"
				     .format(script, self.scratch,
					     self.path("attributes")))
		for name in ("attributes", "clone/.gitattributes"):
			with open(self.path(name), "w", encoding="ascii") as s:
				s.write("* filter=x diff=x\n")
		for hook in ("post-index-change", "post-checkout",
			     "reference-transaction"):
			shutil.copy(script, self.path(hook))
		before = checksum(clone)
		# as if somebody else had made the clone
		if not os.getuid():
			os.chown(clone, 12345, 12345)
			self.addCleanup(os.chown, clone, 0, os.getgid())
		stat = checksum(os.path.join(clone, ".git"))
		into = self.path("mails")
		self.history.mails(into, "%s^..%s" % (
			self.names["outside"], self.names["outside"]))
		for words in (("%s^!" % self.names["outside"],),
			      ("--mbox", into, "--base", self.names["bug"])):
			result = libkern(
				"series", *words, *FREE, "--kdir", clone, "-o",
				self.out, env={
					"GIT_DIR": self.scratch, "GIT_TRACE":
					self.path("trace"), "GIT_INDEX_FILE":
					marker, "GIT_EXTERNAL_DIFF": script,
					"GIT_CONFIG_COUNT": "1",
					"GIT_CONFIG_KEY_0": "core.fsmonitor",
					"GIT_CONFIG_VALUE_0": script})
			self.ends(result, 125)
			self.assertIn("1 touch nothing", result.out)
		self.assertFalse(os.path.exists(marker))
		self.assertFalse(os.path.exists(self.path("trace")))
		self.assertEqual(stat, checksum(os.path.join(clone, ".git")))
		self.assertEqual(before, checksum(clone))
