# SPDX-License-Identifier: GPL-2.0-only
"""libkern coverage: what it counts, what it prints, how it ends."""

import glob
import os
import re
import shutil
import subprocess
import unittest

from tests.support import (CC, Case, Together, checksum, debian, edit, environment, inside,
			   libkern, partial)
from tests.trees import BUFFERED, RELEASE
from coverage import explain, info, lcov, table
from iomap import path as release_path, probe
from tools.stop import Stop, UNTESTABLE
from xfs_stub import path as xfs_path

# what is looked for before anything is built
TOOLS = ("git", "gcov", "lcov", "genhtml", "diff-cover")


def counts(out, tree):
	"""The tracefile of the run on @tree below the build directory @out."""
	path, = glob.glob(os.path.join(
		out, os.path.basename(tree) + "-*", "*-coverage*", "report",
		"userspace", "libkern.info"))
	return info.read(path)


class Shared(Together):
	"""Few suites, counted."""

	def coverage(self, tree, *words, **more):
		"""libkern coverage on @tree, in the shared build directory."""
		return libkern("coverage", "--kdir", tree, "-o", self.shared,
			       "-j2", "--quiet", *words, **more)


class Explained(Case):
	"""Every line and branch of the release path, on both of Debian's trees."""

	def test_unreached(self):
		"""What is not reached is explained, and nothing else is"""
		for release, cc in (("6.12", "gcc"), ("6.1", "gcc"), ("6.12", "clang")):
			result = libkern("coverage", "--kdir", debian(release),
					 "-o", self.out, "-j2", "--quiet", "--cc",
					 cc)
			self.ends(result, 0)
			self.assertNotIn("not explained", result.out)
			self.assertNotIn("not counted", result.out)
			self.assertNotIn("explains nothing", result.err)
			for name in (RELEASE, "mapping_seek_hole_data",
				     "xfs_buffered_write_iomap_end",
				     "xfs_bmap_punch_delalloc_range"):
				self.assertEqual(len(re.findall(
					r"(?m)^%s +\S+:\d+ +[1-9]" % name,
					result.out)), 1, name)


class Rules(Case):
	"""explained.rules: what is wrong in it is said, with its place."""

	GOOD = "function: %s\nfind: data_end < start_byte\nkind: branch\n" \
	       "reason: r\n" % RELEASE

	def load(self, text):
		"""The Entries of a file with @text."""
		path = self.path("x.rules")
		with open(path, "w", encoding="ascii") as stream:
			stream.write(text)
		return explain.load(path)

	def test_broken(self):
		"""Unknown fields and kinds, no numbers, the same twice: 125"""
		for text, words in (
			(self.GOOD + "color: red\n", "there is no field color"),
			(self.GOOD.replace("reason: r\n", ""), "lacks the field reason"),
			(self.GOOD.replace(": branch", ": twig"), "and not twig"),
			(self.GOOD + "most: many\n", "most is a number"),
			(self.GOOD + "occurrence: 0\n", "occurrence is a number"),
			(self.GOOD + "what is this\n", "not 'field: value'"),
			(self.GOOD + "\n" + self.GOOD.replace(": r", ": s"),
			 "explains the same as")):
			with self.assertRaises(Stop) as caught:
				self.load(text)
			self.assertEqual(caught.exception.status, UNTESTABLE)
			self.assertIn(words, str(caught.exception))
			self.assertRegex(str(caught.exception), r"x\.rules:\d+: ")
		self.assertEqual(len(self.load(self.GOOD)), 1)
		self.assertEqual(len(self.load(self.GOOD + "\n" + self.GOOD +
					       "when: UML\n")), 2)

	def idle(self, text, counts):
		"""(why what of @text explains nothing, the Row) on 6.12.

		@counts: of the branches on the line that GOOD explains
		"""
		place = [p for p in release_path.places(probe.Tree(debian()))
			 if p.name == RELEASE][0]
		line = self.load(self.GOOD)[0].lines(place)[0]
		found = info.File()
		found.lines = {line: 1}
		found.branches = {(line, "0", str(n)): count
				  for n, count in enumerate(counts)}
		row = table.Row(place, found)
		idle = explain.sort_out(self.load(text), {"YES": 1, "NO": 0}, [row])
		return [why for _, why in idle], row

	def test_idle(self):
		"""Of what a rule cannot explain it is said why, and it explains nothing"""
		why, row = self.idle(self.GOOD, (1, 0))
		self.assertEqual((why, row.unexplained()), ([], []))
		for text, counts, words in (
			(self.GOOD, (1, 1), "all of it is reached"),
			(self.GOOD.replace(RELEASE, "nonesuch"), (1, 0),
			 "is called nonesuch"),
			(self.GOOD.replace("data_end <", "data_end <<"), (1, 0),
			 "its place is not in " + RELEASE),
			(self.GOOD + "occurrence: 2\n", (1, 0), "its place is not"),
			(self.GOOD + "\n" + self.GOOD + "when: YES\n", (1, 0),
			 "others explain all of it")):
			why, row = self.idle(text, counts)
			self.assertEqual(len(why), 1, text)
			self.assertIn(words, why[0])
		# facts that do not hold; and no more branches than it says
		why, row = self.idle(self.GOOD + "when: NO\n", (1, 0))
		self.assertEqual((why, len(row.unexplained())), ([], 1))
		why, row = self.idle(self.GOOD, (0, 0))
		self.assertEqual((why, len(row.unexplained())), ([], 1))
		with self.assertRaises(Stop):
			self.idle(self.GOOD + "when: NONESUCH\n", (1, 0))

	def test_other_spelling(self):
		"""A place that trees spell in two ways"""
		text = self.GOOD.replace("find: data_end <", "find: nonesuch <") + \
			"or: data_end < start_byte\n"
		self.assertEqual(self.idle(text, (1, 0))[0], [])


class Runs(Shared):
	"""One tree, few suites."""

	def test_report(self):
		"""The tree's own paths, none of the shim's; the tree is only read"""
		tree = self.tree("linux")
		before = checksum(tree)
		result = self.coverage(tree, "iomap_delalloc_ranges")
		self.ends(result, 0, "passed, 0 failed")
		self.assertEqual(checksum(tree), before)
		page = re.search(r"(?m)^HTML: (.*)$", result.out).group(1)
		html = os.path.dirname(page)
		with open(page, encoding="utf-8") as stream:
			self.assertIn("fs/iomap", stream.read())
		self.assertTrue(glob.glob(html + "/**/buffered-io.c.gcov.html",
					  recursive=True))
		files = counts(self.shared, tree)
		self.assertEqual([n for n in files if not n.startswith(tree + "/")],
				 [])
		buffered = files[os.path.join(tree, BUFFERED)]
		line, count = buffered.functions[RELEASE]
		self.assertEqual(line, probe.Tree(tree).source(BUFFERED).text[
			:probe.Tree(tree).source(BUFFERED).definition(RELEASE)
			.start].count("\n") + 1)
		self.assertGreater(count, 100)
		self.assertGreater(len(buffered.branches), 100)
		self.assertRegex(result.out, r"(?m)^%s +%s:%d +\d+/\d+" % (
			RELEASE, BUFFERED, line))

		# what these suites do not reach is named, and counts
		self.assertIn("not explained", result.out)
		for share, status in (("0", 0), ("10", 0), ("99.95", 1), ("100", 1)):
			again = self.coverage(tree, "iomap_delalloc_ranges",
					      "--fail-under", share)
			self.ends(again, status)
			self.assertEqual("less than the %s %%" % share in again.err,
					 bool(status))
		# counts do not add up over runs
		self.assertEqual(counts(self.shared, tree)[os.path.join(
			tree, BUFFERED)].functions[RELEASE][1], count)

		self.ends(self.coverage(tree, "iomap_delalloc_oracle"), 125,
			  "nothing is covered", "iomap_delalloc_oracle")
		self.ends(self.coverage(tree, "no_such_suite"), 129)

	def test_crash(self):
		"""A case that crashes takes nobody else's counters with it"""
		tree = self.tree("crash")
		edit(tree, BUFFERED, inside("iomap_file_unshare",
		     "iomap_iter(&iter, ops)", before="*(volatile int *)0 +"))
		result = self.coverage(tree, "iomap_delalloc_zero")
		self.ends(result, 1, "FAILED iomap_delalloc_zero.unshare",
			  "a run that failed")
		functions = counts(self.shared, tree)[os.path.join(
			tree, BUFFERED)].functions
		self.assertGreater(functions["iomap_zero_iter"][1], 0)
		self.assertGreater(functions["iomap_file_unshare"][1], 0)


class Bad(Shared):
	"""What ends before anything is built."""

	def test_missing_tools(self):
		"""No lcov, gcov or diff-cover; a compiler that nobody knows"""
		tree = self.tree("tools")
		for name, words in (("lcov", ()), ("gcov", ()), ("genhtml", ()),
				    ("diff-cover", ("--diff", "HEAD"))):
			where = self.path("without-" + name)
			os.mkdir(where)
			for tool in TOOLS:
				if tool != name:
					os.symlink(shutil.which(tool),
						   os.path.join(where, tool))
			self.ends(self.coverage(tree, "iomap_delalloc_extents",
						*words, env={"PATH": where}),
				  125, "there is no " + name, "make deps")
		other = self.path("otherc")
		os.symlink(shutil.which("gcc"), other)
		self.ends(self.coverage(tree, "--cc", other), 125,
			  "no gcov is known")
		self.assertFalse(os.path.exists(self.shared))

	def test_arguments(self):
		"""What makes no sense: 129"""
		tree = self.tree("arguments")
		for words in (("--fail-under", "101"), ("--fail-under", "-1"),
			      ("--fail-under", "nan"), ("--fail-under", "much"),
			      ("--fail-under", "100.1"), ("--fail-under", "inf"),
			      ("--uml", "--merge"), ("--merge", "--m32"),
			      ("--uml", "--page-size", "64k"),
			      ("--uml", "--cc", "clang"),
			      ("--sanitize", "address")):
			self.ends(self.coverage(tree, *words), 129)
		self.assertFalse(os.path.exists(self.shared))


class Diff(Shared):
	"""--diff: a small repository with a few commits."""

	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		cls.real = partial(debian(), os.path.join(cls.base, "repo"))
		cls.git("init", "-q", "-b", "main")
		cls.commit("base")
		edit(cls.real, BUFFERED, inside(RELEASE,
		     "lockdep_assert_held_write", before="start_byte += 0;\n"))
		edit(cls.real, BUFFERED, inside("iomap_read_inline_data",
		     "size_t size", before="int more = 0;\n"))
		cls.commit("code that runs, and code that does not")
		edit(cls.real, BUFFERED, lambda text: "/* a comment */" + text)
		cls.commit("a comment")

	@classmethod
	def git(cls, *words):
		"""git in the repository; its output."""
		return subprocess.run(
			["git", "-C", cls.real, "-c", "user.name=n", "-c",
			 "user.email=e", *words], check=True, text=True,
			stdout=subprocess.PIPE,
			env=environment(GIT_CONFIG_GLOBAL="/dev/null")).stdout

	@classmethod
	def commit(cls, subject):
		"""Commit everything."""
		cls.git("add", "-A")
		cls.git("commit", "-q", "-m", subject)

	def diff(self, text, *words):
		"""libkern coverage --diff on the repository."""
		return self.coverage(self.real, "--diff", text,
				     "iomap_delalloc_ranges", *words)

	def test_range(self):
		"""Lines that run, a line that does not; nothing of git is touched"""
		before = checksum(self.real)
		result = self.diff("main~2..main")
		self.ends(result, 0)
		self.assertRegex(result.out, r"lines of main~2\.\.main: 2 of 4 run")
		number = int(re.search(r"not run: %s: line (\d+)," % BUFFERED,
				       result.out).group(1))
		with open(os.path.join(self.real, BUFFERED),
			  encoding="utf-8") as stream:
			self.assertIn("int more", stream.read().split("\n")
				      [number - 1])
		self.assertTrue(os.path.exists(re.search(
			r"(?m)^HTML of the range: (.*)$", result.out).group(1)))
		self.assertEqual(checksum(self.real), before)
		self.ends(self.diff("main~2...", "--fail-under", "51"), 1,
			  "50.0 %")
		self.ends(self.diff("main~2..", "--fail-under", "50"), 0)

	def test_no_code(self):
		"""A commit without code: nothing to say on it, 125"""
		for text in ("HEAD", "HEAD^!"):
			self.ends(self.diff(text), 125, "there is no code")

	def test_bad_ranges(self):
		"""Each has its words, and 129 before anything is built"""
		for text, words in (
			("main..main~1", "the wrong way round"),
			("main..main", "no commit in"),
			("nonesuch..main", "has no commit nonesuch"),
			("", "has no commit"), ("..", "no commit in"),
			("--output=/tmp/x", "has no commit --output"),
			("main~2..main~1", "git worktree add")):
			self.ends(self.diff(text) if not text.startswith("-") else
				  self.coverage(self.real, "--diff=" + text), 129,
				  words)

	def test_dirty(self):
		"""A changed file that is compiled: 129; any other does not matter"""
		path = os.path.join(self.real, "lib/xarray.c")
		with open(path, "a", encoding="ascii") as stream:
			stream.write("/* changed */\n")
		self.addCleanup(self.git, "checkout", "-q", "lib/xarray.c")
		self.ends(self.diff("main~2..main"), 129, "lib/xarray.c differs")
		with open(os.path.join(self.real, "new"), "w", encoding="ascii"):
			pass
		self.addCleanup(os.unlink, os.path.join(self.real, "new"))
		self.git("checkout", "-q", "lib/xarray.c")
		self.ends(self.diff("main~2..main"), 0)

	def test_no_repository(self):
		"""Not a git tree, not even when it lies in somebody's: 129"""
		tree = self.tree("plain")
		self.ends(self.coverage(tree, "--diff", "HEAD"), 129,
			  "not the top of a git work tree")
		subprocess.run(["git", "init", "-q", self.scratch], check=True)
		self.ends(self.coverage(tree, "--diff", "HEAD"), 129,
			  "not the top of a git work tree")

	def test_shallow(self):
		"""A clone that lacks the base: 125, and why"""
		shallow = self.path("shallow")
		subprocess.run(["git", "clone", "-q", "--depth", "1", "file://" +
				self.real, shallow], check=True)
		self.ends(self.coverage(shallow, "--diff", "HEAD"), 125,
			  "shallow clone")


class Xfs(Shared):
	"""XFS's part of the release path."""

	def test_without(self):
		"""A tree without XFS, and suites without it: said by name"""
		tree = self.tree("linux")
		shutil.rmtree(os.path.join(tree, "fs/xfs"), ignore_errors=True)
		result = self.coverage(tree, "iomap_delalloc_xfs_*")
		self.ends(result, 125, "nothing is covered")
		result = self.coverage(tree, "*_ranges")
		self.ends(result, 0)
		self.assertRegex(result.out, r"(?m)^XFS +not counted: none of its")
		result = self.coverage(tree, "iomap_delalloc_[rx]*e*")
		self.ends(result, 0)
		self.assertRegex(result.out, r"(?m)^XFS +not counted: no fs/xfs")

	def test_with(self):
		"""Its lines count, and add up over the two binaries"""
		tree = debian()
		result = self.coverage(tree, "iomap_delalloc_xfs_punch")
		self.ends(result, 0)
		self.assertRegex(result.out, r"(?m)^xfs_bmap_punch_delalloc_range +"
				 r"fs/xfs/xfs_bmap_util.c:\d+ +[1-9]")
		self.assertIn("not explained", result.out)
		files = counts(self.shared, tree)
		self.assertEqual([n for n in files if not n.startswith(tree + "/")],
				 [])
		self.assertGreater(files[os.path.join(tree, BUFFERED)]
				   .functions[RELEASE][1], 0)

	def test_names(self):
		"""Found by who names whom, whatever the functions are called"""
		tree = self.path("linux")
		shutil.copytree(os.path.join(debian(), "fs/xfs"),
				os.path.join(tree, "fs/xfs"))
		for name in ("xfs_iomap.c", "xfs_bmap_util.c"):
			path = os.path.join(tree, "fs/xfs", name)
			with open(path, encoding="utf-8") as stream:
				text = stream.read()
			text = text.replace("xfs_buffered_write_iomap_end", "end_it")
			text = text.replace("xfs_bmap_punch_delalloc_range", "punch_it")
			with open(path, "w", encoding="utf-8") as stream:
				stream.write(text)
		self.assertEqual([p.name for p in xfs_path.places(tree)],
				 ["end_it", "xfs_buffered_write_delalloc_punch",
				  "punch_it"])
		with open(path, "w", encoding="utf-8") as stream:
			stream.write(text.replace("punch_it", "nobody"))
		with self.assertRaises(Stop) as caught:
			xfs_path.places(tree)
		self.assertEqual(caught.exception.status, UNTESTABLE)
		self.assertIn("calls no punch", str(caught.exception))


class Parts(Case):
	"""The glue by itself."""

	def test_share(self):
		"""Only what was reached to the last line says 100 percent"""
		self.assertEqual(table.share(1999, 2000), "99.9 %")
		self.assertEqual(table.share(2000, 2000), "100.0 %")
		self.assertEqual(table.share(0, 0), "100.0 %")

	def test_merge(self):
		"""Lines of both add up; branches of userspace are left alone"""
		user, kernel = info.File(), info.File()
		user.lines = {1: 2, 2: 0}
		user.branches = {(1, "0", "0"): 2, (1, "0", "1"): 0}
		kernel.lines = {1: 3, 2: 4, 9: 1}
		kernel.branches = {(1, "0", "1"): 3, (1, "0", "2"): 3,
				   (9, "0", "0"): 1}
		both = info.merge({"a": user}, {"a": kernel, "b": kernel})
		self.assertEqual(both["a"].lines, {1: 5, 2: 4, 9: 1})
		self.assertEqual(both["a"].branches, {
			(1, "0", "0"): 2, (1, "0", "1"): 0, (9, "0", "0"): 1})
		self.assertEqual(both["b"].lines, kernel.lines)
		path = self.path("x.info")
		info.write(path, both, "test")
		again = info.read(path)
		self.assertEqual(again["a"].lines, both["a"].lines)
		self.assertEqual(again["a"].branches, both["a"].branches)

	def test_other_lcov(self):
		"""An lcov that has the other name for branches: found by trying"""
		os.mkdir(self.path("bin"))
		for old, new in (("lcov_branch_coverage", "branch_coverage"),
				 ("branch_coverage", "lcov_branch_coverage")):
			fake = self.path("bin", "lcov")
			with open(fake, "w", encoding="ascii") as stream:
				stream.write(
					"#!/bin/bash\nwords=()\nfor w; do\n"
					"case $w in\n%s=1) w=lcov_branch_coverage=1;;\n"
					"%s=1) w=lcov_branch_coverage=0;;\nesac\n"
					"words+=(\"$w\")\ndone\nexec %s "
					"\"${words[@]}\"\n" % (new, old,
							       shutil.which("lcov")))
			os.chmod(fake, 0o755)
			path = os.environ["PATH"]
			os.environ["PATH"] = self.path("bin") + ":" + path
			try:
				self.assertIn(new + "=1",
					      lcov.Lcov(self.scratch).flags)
			finally:
				os.environ["PATH"] = path

	def test_it_bites(self):
		"""A line that nobody reached and nobody explains is seen"""
		tree = probe.Tree(debian())
		place = [p for p in release_path.places(tree)
			 if p.name == RELEASE][0]
		found = info.File()
		found.lines = {place.first + 2: 1, place.last - 1: 0}
		row = table.Row(place, found)
		facts = {**probe.facts(tree), "UML": 0, "MERGED": 0, "CLANG": 0}
		explain.sort_out(explain.load(), facts, [row])
		self.assertEqual(row.unexplained(), [("line", place.last - 1)])
		self.assertIn("not explained", table.missed([row])[0])


if __name__ == "__main__":
	unittest.main()
