# SPDX-License-Identifier: GPL-2.0-only
"""Which lines of a range of commits were run: diff-cover over our tracefile.

The tree's repository is only read: no index is refreshed, nothing checked out.
"""

import json
import os
import shutil
import sys

from coverage import info, table
from tools import proc
from tools.series.git import environment
from tools.stop import Stop, UNTESTABLE, USAGE


def _environment(real):
	"""Of git in the tree @real: nothing in there is obeyed or written.

	diff-cover calls git by itself, so that settings must come this way.
	"""
	settings = (("safe.directory", "*"), ("core.fsmonitor", ""),
		    ("core.hooksPath", os.devnull))
	extra = {"GIT_CONFIG_COUNT": str(len(settings)),
		 # or a tarball's tree inside some other repository would do
		 "GIT_CEILING_DIRECTORIES": os.path.dirname(real)}
	for i, (key, value) in enumerate(settings):
		extra["GIT_CONFIG_KEY_%d" % i] = key
		extra["GIT_CONFIG_VALUE_%d" % i] = value
	return environment(**extra)


def _git(real, *words):
	"""(status, stdout) of git in the tree @real."""
	try:
		return proc.output(["git", "-C", real, *words],
				   env=_environment(real))[:2]
	except FileNotFoundError:
		raise Stop(UNTESTABLE, "git is missing: run make deps") from None


class Range:
	"""A range of commits of the tree @real, as two commits and a notation.

	BASE..HEAD and BASE...HEAD as git has them; COMMIT or COMMIT^! is that
	commit alone.
	"""

	def __init__(self, text, real):
		self.text = text
		self.real = real
		status, top = _git(real, "rev-parse", "--show-toplevel")
		if status or os.path.realpath(top.rstrip("\n")) != real:
			raise Stop(USAGE, "%s is not the top of a git work tree, "
				   "which --diff needs" % real)
		self.dots = "..." if "..." in text else ".."
		base, dots, head = text.partition(self.dots)
		if not dots:
			head = base[:-2] if base.endswith("^!") else base
			base = head + "^"
		self.base = self._commit(base or "HEAD")
		self.head = self._commit(head or "HEAD")
		count = _git(real, "rev-list", "--count", "%s..%s" %
			     (self.base, self.head))[1].strip()
		if count == "0":
			raise Stop(USAGE, "there is no commit in %s: is it the wrong "
				   "way round?" % text)

	def _commit(self, name):
		status, out = _git(self.real, "rev-parse", "--verify", "--quiet",
				   "--end-of-options", name + "^{commit}")
		if not status:
			return out.strip()
		words = "%s has no commit %s, which --diff %s names" % (
			self.real, name, self.text)
		shallow = _git(self.real, "rev-parse", "--is-shallow-repository")
		if shallow[1].strip() == "true":
			raise Stop(UNTESTABLE, words + ": it is a shallow clone: "
				   "git fetch --unshallow, or --deepen=N")
		raise Stop(USAGE, words)

	def check_work_tree(self, files):
		"""Stop unless the work tree is the head of the range in @files."""
		head = self._commit("HEAD")
		changed = _git(self.real, "diff", "--name-only", "--no-ext-diff",
			       self.head, "--", *files)[1].split()
		if head == self.head and not changed:
			return
		what = "%s differs there" % ", ".join(changed) if changed else \
			"HEAD is %.12s" % head
		raise Stop(USAGE, "what is built is the work tree of %s, and that "
			   "is not at %.12s, the head of %s (%s): git worktree add "
			   "DIR %.12s, and --kdir DIR" % (self.real, self.head,
							  self.text, what,
							  self.head))


def check_tools():
	"""Name what is missing before anything is built."""
	if not shutil.which("diff-cover"):
		raise Stop(UNTESTABLE, "there is no diff-cover: run make deps")


def check(text, real, files):
	"""Complain of the range @text before anything is built."""
	Range(text, real).check_work_tree(files)


def report(text, real, tracefile, into):
	"""(words, lines run, lines with code) on the range @text."""
	found = Range(text, real)
	# below the repository's top, as git names them
	local = os.path.join(into, "diff.info")
	info.write(local, {os.path.relpath(name, real): counts for name, counts
			   in info.read(tracefile).items()}, "libkern")
	out = {kind: os.path.join(into, "diff." + kind)
	       for kind in ("json", "html")}
	status, said, err = proc.output(
		["diff-cover", local, "--compare-branch", found.base,
		 "--diff-range-notation", found.dots, "--ignore-staged",
		 "--ignore-unstaged", "--json-report", out["json"],
		 "--html-report", out["html"]], cwd=real, env=_environment(real))
	if status:
		sys.stderr.write(said + err)
		raise Stop(UNTESTABLE, "diff-cover does not work: its words are "
			   "above")
	with open(out["json"], encoding="utf-8") as stream:
		counts = json.load(stream)
	total, bad = counts["total_num_lines"], counts["total_num_violations"]
	if not total:
		return [], 0, 0
	words = ["lines of %s: %d of %d run, %s" % (text, total - bad, total,
						    table.share(total - bad, total))]
	for name, stats in sorted(counts["src_stats"].items()):
		if stats["violation_lines"]:
			words.append("not run: %s: line %s" % (
				name, ", ".join(map(str, stats["violation_lines"]))))
	return words + ["HTML of the range: " + out["html"]], total - bad, total
