# SPDX-License-Identifier: GPL-2.0-only
"""--kunit: each patch in a kernel too, by libkern kunit, in the sandbox.

It is a column of its own in the table, as if it were one suite. Here a patch
brings makefiles that are obeyed, so building is running other people's code
too: all of it happens behind walls, on a whole tree, and its build directory
is no other's.
"""

import hashlib
import json
import os
import threading
import time

from kunit import ktap
from tools.files import read_bytes, write_changed
from tools.series import outcome, sandbox
from tools.series.judge import ROOT, own_digest
from tools.series.model import (BROKEN, JUDGED, KERNEL, NOT_BUILT, UNTOUCHED,
				clean)
from tools.series.whole import Whole
from tools.stop import say

NOT_BUILDING = ("cannot configure", "cannot build", "does not build",
		"does not compile")


def harmless(name):
	"""Is @name a file that no kernel is built from?"""
	return name.startswith("Documentation/") or "/" not in name and \
		name.isupper() or name == "Documentation"


class Kernels:
	"""Judges steps in kernels built out of one directory."""

	def __init__(self, args, base, repository, box):
		self.args = args
		self.repository = repository
		self.box = box
		self.whole = Whole(repository, base)
		self.work = os.path.join(base, "kernel")
		self.kept = os.path.join(base, "results")
		self._rest = own_digest() + "um" + str(args.filter)
		self._last = None		# (commit, changes) judged last
		self._found = None
		os.makedirs(self.work, exist_ok=True)

	def _changed(self, step):
		"""The files in which @step differs from what was judged last."""
		commit, changes = self._last
		names = [n for n in set(changes) | set(step.changes)
			 if changes.get(n, 0) != step.changes.get(n, 0)]
		if commit != step.tree:
			names += self.repository.out(
				"diff-tree", "-r", "-z", "--name-only",
				"--no-renames", "--no-ext-diff", commit,
				step.tree).split("\0")
		return [n for n in names if n]

	def judge(self, step, same):
		"""The outcome of @step; @same: its code on the path is the last's."""
		if self._last:
			changed = self._changed(step)
			if all(harmless(name) for name in changed):
				return {"state": UNTOUCHED, "why": "", "cases": []}
			if same(changed):
				return self._found
		self._last = (step.tree, step.changes)
		key = os.path.join(self.kept, hashlib.sha256(json.dumps(
			[self._rest, step.tree, sorted(step.changes.items())]
			).encode()).hexdigest() + ".json")
		text = None if self.args.fresh else read_bytes(key)
		if text:
			self._found = json.loads(text)
			return self._found
		begin = time.monotonic()
		if not self.args.quiet:
			say("%-7s in a kernel" % step.number)
		self.whole.put(step.tree, step.changes)
		found = self._run()
		found["seconds"] = round(time.monotonic() - begin, 3)
		if found["state"] in (JUDGED, NOT_BUILT):
			write_changed(key, json.dumps(found).encode())
		self._found = found
		return found

	def _run(self):
		words = [sandbox.python(), os.path.join(ROOT, "libkern"), "kunit",
			 "--kdir", self.whole.path, "-o", self.work, "-j",
			 str(self.args.jobs), "--quiet"]
		if self.args.filter is not None:
			words.append(self.args.filter)
		# UML drops what its reader is too slow for, and kunit.py's parser
		# may not come to an end on what is left
		words += ["--", "--raw_output=all"]
		limits = sandbox.Limits(seconds=3600, processes=512,
					memory=6144 * sandbox.MB,
					size=4096 * sandbox.MB)
		said = {}
		with self.box.build(words, limits, [self.work],
				    [self.whole.path], stdout=sandbox.PIPE,
				    stderr=sandbox.PIPE) as watched:
			threads = [threading.Thread(
				target=lambda n=n, s=s: said.__setitem__(
					n, outcome.read(s)), daemon=True)
				for n, s in (("out", watched.child.stdout),
					     ("err", watched.child.stderr))]
			for thread in threads:
				thread.start()
			status = watched.wait()
			for thread in threads:
				thread.join(5)
		return self._outcome(status, said, watched.broken)

	def _outcome(self, status, said, broken):
		words = [clean(line).replace("libkern: ", "", 1)
			 .replace(self.whole.path + "/", "")
			 .replace(self.whole.path, "the tree") for line in
			 said.get("err", b"").decode("utf-8", "replace")
			 .splitlines() if line.startswith("libkern: ")]
		if broken:
			return {"state": BROKEN, "cases": [],
				"why": "the kernel was ended: " + broken}
		if status not in (0, 1):
			why = "; ".join(words[-2:]) or "status %d" % status
			built = any(w in why for w in NOT_BUILDING)
			return {"state": NOT_BUILT if built else BROKEN,
				"why": "in a kernel: " + why, "cases": []}
		ktap_text = said.get("out", b"")
		texts, cases = outcome.pictures(ktap_text), []
		for suite in ktap.Log(ktap_text.decode("utf-8", "replace")).suites:
			for (case, param), (word, why) in suite.results.items():
				cases.append({
					"suite": KERNEL, "case": clean(
						suite.name + "." + case),
					"param": clean(param) or None,
					"status": word, "reason": clean(why),
					"death": None, "splats": [],
					"text": texts.get((suite.name, case,
							   param or None), [])
					if word == ktap.FAIL else []})
		if status == 1 and not any(c["status"] == ktap.FAIL
					   for c in cases):
			said_ = [w for w in words if w.startswith("DIFFERS")]
			cases.append({"suite": KERNEL, "case": None, "param": None,
				      "status": ktap.FAIL, "reason":
				      "shim and kernel disagree" if said_ else
				      "libkern kunit ended with 1",
				      "death": None, "splats": [],
				      "text": said_ or words[-20:]})
		return {"state": JUDGED, "why": "", "cases": cases}
