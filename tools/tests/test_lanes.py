# SPDX-License-Identifier: GPL-2.0-only
"""make check with two groups at once: what is said, counted, and left behind."""

import contextlib
import io
import os
import re
import signal
import subprocess
import sys
import time
import unittest

from tests import lanes
from tests.support import OUT, ROOT, Case, debian, environment, processes

# a group that says two things and counts one
GROUP = """
import os, sys, time
print("%(name)s says one thing", file=sys.stderr, flush=True)
%(what)s
print("%(name)s says another", file=sys.stderr, flush=True)
print("1 passed, 0 failed, 2 skipped")
"""
# each waits until the other is there
MEET = """
open(%r, "w").close()
end = time.monotonic() + 60
while not os.path.exists(%r):
	if time.monotonic() > end:
		sys.exit(3)
	time.sleep(0.01)
"""
# nobody else is there meanwhile
ALONE = """
path = %r
os.close(os.open(path, os.O_CREAT | os.O_EXCL))
time.sleep(0.1)
os.unlink(path)
"""


class Lanes(Case):
	"""Groups that are a few lines of Python."""

	def run_all(self, groups, rooms=None):
		"""({name: text of its count}, what was said) of @groups, {name: code}."""
		said = io.StringIO()
		with contextlib.redirect_stderr(said), \
		     contextlib.redirect_stdout(io.StringIO()):
			counts = {name: str(count) for name, count in
				  lanes.side_by_side(
					groups, lambda name: [
						sys.executable, "-c", GROUP % {
							"name": name,
							"what": groups[name]}],
					rooms or {}, 2)}
		return counts, said.getvalue()

	def test_at_once(self):
		"""Two run at once, and what each says is whole"""
		counts, said = self.run_all({
			"a": MEET % (self.path("a"), self.path("b")),
			"b": MEET % (self.path("b"), self.path("a"))})
		self.assertEqual(counts, dict.fromkeys(
			"ab", "1 passed, 0 failed, 2 skipped"))
		for name in "ab":
			self.assertIn("%s says one thing\n%s says another\n" %
				      (name, name), said)

	def test_rooms(self):
		"""Those that build in one place run one at a time"""
		names = "abcd"
		counts, said = self.run_all(dict.fromkeys(
			names, ALONE % self.path("room")), dict.fromkeys(names, "room"))
		self.assertEqual(counts, dict.fromkeys(
			names, "1 passed, 0 failed, 2 skipped"), said)

	def test_no_count(self):
		"""A group that does not come to its count has failed, by name"""
		count = "print('7 passed, 0 failed, 0 skipped', flush=True); "
		counts, said = self.run_all({
			"early": "sys.exit(0)", "late": count + "print('more'); sys.exit(0)",
			"killed": count + "os.kill(os.getpid(), 9)",
			"odd": count + "sys.exit(130)",
			"bad": "print('1 passed, 2 failed, 0 skipped'); sys.exit(1)"})
		self.assertEqual(counts.pop("bad"), "1 passed, 2 failed, 0 skipped")
		for name, text in counts.items():
			self.assertEqual(text, "0 passed, 1 failed, 0 skipped", name)
			self.assertIn("group %s: exit status" % name, said)
			self.assertIn(name + " says one thing", said)


class Check(Case):
	"""make check itself."""

	def words(self, *groups):
		"""The command that runs @groups."""
		return [sys.executable, os.path.join(ROOT, "tools/tests/check.py"),
			"--kdir", debian(), "-o", OUT, "-j2", *groups]

	def test_sum(self):
		"""The last line is the sum of all groups"""
		groups = ("drift", "ahead")
		done = subprocess.run(self.words(*groups), env=environment(), check=False,
				      capture_output=True, text=True)
		self.assertEqual(done.returncode, 0, done.stderr)
		parts = re.findall(r"(?m)^libkern: group (\w+): (\d+) passed, 0 failed, "
				   r"(\d+) skipped in [\d.]+ s$", done.stderr)
		self.assertEqual(sorted(name for name, _, _ in parts), sorted(groups))
		self.assertEqual(done.stdout, "%d passed, 0 failed, %d skipped\n" % (
			sum(int(n) for _, n, _ in parts),
			sum(int(n) for _, _, n in parts)))

	def test_interrupted(self):
		"""^C: what was said so far, 130, and nobody is left"""
		tag = "LIBKERN_TEST=" + self.scratch
		with subprocess.Popen(self.words("bisect", "clones"), text=True,
				      stdout=subprocess.PIPE, stderr=subprocess.PIPE,
				      env=environment(LIBKERN_TEST=self.scratch)) as child:
			for _ in range(2):
				self.assertIn(" begins", child.stderr.readline())
			end = time.monotonic() + 60
			while len(processes(tag)) < 5 and time.monotonic() < end:
				time.sleep(0.05)
			child.send_signal(signal.SIGINT)
			out, err = child.communicate(timeout=60)
		self.assertEqual((child.returncode, out), (130, ""), err)
		self.assertIn("libkern: interrupted\n", err)
		self.assertNotIn("Traceback", err)
		self.assertEqual(processes(tag), [])


if __name__ == "__main__":
	unittest.main()
