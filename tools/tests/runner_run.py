# SPDX-License-Identifier: GPL-2.0-only
"""Runs libkern-selftest and takes its output apart, for test_runner.py."""

import json
import os
import re
import subprocess
import tempfile

from runner_tables import TIMEOUT

SELFTEST = os.environ.get("LIBKERN_SELFTEST")
NO_LSAN = "libkern: LeakSanitizer does not work here, and is not asked\n"


class Run:
	"""One run of the selftest binary, and what it said."""

	def __init__(self, *words):
		with tempfile.TemporaryFile("w+") as results:
			done = subprocess.run(
				[SELFTEST, "--result-fd", str(results.fileno()),
				 "--timeout", str(TIMEOUT), "--mem-limit", "200",
				 *words],
				stdout=subprocess.PIPE, stderr=subprocess.PIPE,
				pass_fds=(results.fileno(),), text=True,
				check=False, timeout=120)
			results.seek(0)
			lines = [json.loads(line) for line in results]
		self.status, self.out = done.returncode, done.stdout
		self.no_lsan = NO_LSAN in done.stderr
		self.err = done.stderr.replace(NO_LSAN, "")
		self.notes = {r["note"]: r["text"] for r in lines if "note" in r}
		self.summary = lines[-1].get("summary") if lines else None
		self.results = [r for r in lines if "case" in r]

	def named(self):
		"""{case or case[param]: result} of a run of one suite."""
		return {r["case"] + ("[%s]" % r["param"] if r["param"] else ""): r
			for r in self.results if r["case"]}

	def block(self, case):
		"""The lines between @case's result and the one before it."""
		lines = []
		for line in self.out.splitlines():
			if re.match(r"\s*(not )?ok \d+ " + re.escape(case) + "($| #)",
				    line):
				return lines
			lines.append(line)
			if re.match(r"\s*(not )?ok \d+ |\s*1\.\.", line):
				lines = []
		return None


def children(session):
	"""Processes of a session that run the selftest binary."""
	found = []
	for pid in filter(str.isdigit, os.listdir("/proc")):
		try:
			if os.getsid(int(pid)) == session and os.path.samefile(
					"/proc/%s/exe" % pid, SELFTEST):
				found.append(int(pid))
		except OSError:
			pass
	return found


def check_plan(out):
	"""Problems of the KTAP text @out: its plans, numbers and sums."""
	problems = []
	level = {}		# indent: [plan, statuses]

	def close(indent):
		plan, seen = level.pop(indent)
		if plan is not None and plan != len(seen):
			problems.append("plan 1..%s, but %d results" %
					(plan, len(seen)))
		return seen

	below = []
	for line in out.splitlines():
		m = re.match(r"( *)KTAP version 1$", line)
		if m:
			level[len(m[1])] = [None, []]
		m = re.match(r"( *)1\.\.(\d+)$", line)
		if m:
			level[len(m[1])][0] = int(m[2])
		m = re.match(r"( *)# (\S+): pass:(\d+) fail:(\d+) skip:(\d+) "
			     r"total:(\d+)$", line)
		if m and m[2] != "Totals":
			seen = level[len(m[1]) + 4][1]
			want = [seen.count(s) for s in ("pass", "fail", "skip")]
			if [int(m[i]) for i in (3, 4, 5)] != want or \
			   int(m[6]) != sum(want):
				problems.append("wrong sum: " + line)
		m = re.match(r"( *)(not ok|ok) (\d+) ([^#]*?)( # SKIP.*)?$", line)
		if m:
			indent = len(m[1])
			below = close(indent + 4) if indent + 4 in level else []
			if "fail" in below and m[2] == "ok":
				problems.append("fails below, but: " + line)
			seen = level[indent][1]
			seen.append("fail" if m[2] != "ok" else
				    "skip" if m[5] else "pass")
			if int(m[3]) != len(seen):
				problems.append("number %d is %s" %
						(len(seen), line))
	close(0)
	return problems + ["never closed: %d" % i for i in level]
