# SPDX-License-Identifier: GPL-2.0-only
"""libkern exhaust --cluster parallel: all shards, each once, whatever is killed."""

import contextlib
import glob
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest

from tests.support import (LIBKERN, OUT, Case, debian, environment, libkern,
			   processes)

STATES = 7396284		# up to 4 blocks


class Cluster(Case):
	"""Runs that are told to others, and what can happen to their shards."""

	ENGINE = "parallel"
	ENV = {}
	SHARDS = 4

	def setUp(self):
		super().setUp()
		# its builds, but a place of its own for the shards
		self.runs = os.path.join(OUT, "cluster")
		shutil.rmtree(self.runs, ignore_errors=True)
		self.addCleanup(shutil.rmtree, self.runs, ignore_errors=True)

	def words(self, *words, shards=None, blocks="4"):
		"""The arguments of one run."""
		return ["exhaust", "--kdir", debian(), "-o", OUT, "--quiet",
			"--blocks", blocks, "--cluster", self.ENGINE, "--shards",
			str(shards or self.SHARDS), *words]

	def cluster(self, *words, env=None, **kwargs):
		"""Run it to its end."""
		return libkern(*self.words(*words, **kwargs),
			       env={**self.ENV, **(env or {})})

	def one(self, *words, blocks="4"):
		"""What a run that is no shard's comes to, as merge has it."""
		path = self.path("whole")
		libkern("exhaust", "--kdir", debian(), "-o", OUT, "--quiet",
			"--blocks", blocks, "--digest", path, *words)
		return libkern("merge", path).out

	def only(self, name):
		"""The file @name of the one run that there is."""
		found = glob.glob(os.path.join(self.runs, "*", name))
		self.assertEqual(len(found), 1, found)
		return found[0]

	def meanwhile(self, what, *words, **kwargs):
		"""Run it, and @what(process) as soon as a shard runs; a Popen, output."""
		with subprocess.Popen(
			[sys.executable, LIBKERN, *self.words(*words, **kwargs)],
			stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
			env=environment(**self.ENV)) as child:
			what(child)
			out, err = child.communicate(timeout=300)
			return child, out, err

	def judging(self, shard):
		"""Processes that judge @shard of this run now, and of no other."""
		found = []
		for pid in processes(os.path.join(self.runs, "")):
			with contextlib.suppress(OSError), \
			     open("/proc/%d/cmdline" % pid, "rb") as stream:
				words = stream.read().decode().split("\0")
				if words[0].endswith("/libkern-exhaust") and \
				   "--shard=%d/%d" % (shard, self.SHARDS) in words:
					found.append(pid)
		return found

	def working(self, shard):
		"""The same; waits for them."""
		end = time.monotonic() + 60
		while time.monotonic() < end:
			found = self.judging(shard)
			if found:
				return found
			time.sleep(0.02)
		self.fail("shard %d does not begin" % shard)
		return []

	def kill_one(self, _child):
		"""Kill what judges shard 2, all of it."""
		for pid in self.working(2):
			os.kill(pid, signal.SIGKILL)

	def begun(self, shard):
		"""How often @shard has begun."""
		with open(self.only("%d.log" % shard), encoding="ascii") as stream:
			return stream.read().count("shard %d on " % shard)


@unittest.skipUnless(shutil.which("parallel"), "no GNU parallel: make deps")
class Parallel(Cluster):
	"""GNU parallel on one machine."""

	def test_same(self):
		"""The shards are the whole, to the digest; the second time is free"""
		result = self.cluster()
		self.assertEqual(result.status, 0, result)
		self.assertIn("no violation in %d of %d states" % (STATES, STATES),
			      result.out)
		self.assertEqual(result.out, self.one())
		again = self.cluster()
		self.assertEqual(again.out, result.out)
		self.assertEqual([self.begun(n + 1) for n in range(self.SHARDS)],
				 [1] * self.SHARDS)

	def test_violation(self):
		"""A violation is a result, and no reason to run its shard again"""
		mutant = ("--mutant", "ifs-punch-dropped")
		result = self.cluster(*mutant, blocks="3")
		self.assertEqual(result.status, 1, result)
		counts = re.compile(r"violation: .*\n\d+ states|digest.*")
		self.assertEqual(counts.findall(result.out), counts.findall(
			self.one(*mutant, blocks="3")))
		self.assertEqual(self.begun(1), 1)
		again = re.search("(?m)^again: .*(exhaust .*)$", result.out).group(1)
		self.assertEqual(libkern(*again.split()).status, 1)

	def test_killed(self):
		"""A shard that is killed is repeated, and nothing counted twice"""
		child, out, err = self.meanwhile(self.kill_one, blocks="6")
		self.assertEqual(child.returncode, 0, err)
		self.assertEqual(self.begun(2), 2)
		self.assertEqual(self.begun(1), 1)
		self.assertEqual(out, self.one(blocks="6"))

	def test_not_repeated(self):
		"""A shard that stays killed is named, and not left out in silence"""
		child, out, err = self.meanwhile(self.kill_one, "--", "--retries",
						 "1", blocks="6")
		self.assertEqual(child.returncode, 125, err)
		self.assertIn("shards are missing: 2/4", err)
		self.assertIn("exit status 137", err)
		self.assertNotIn(" in 28892120 of ", out)
		# the same command does what is missing, and only that
		result = self.cluster(blocks="6")
		self.assertEqual(result.status, 0, result)
		self.assertEqual(result.out, self.one(blocks="6"))
		self.assertEqual([self.begun(n) for n in (1, 2, 3, 4)],
				 [1, 2, 1, 1])

	def test_engine_killed(self):
		"""So it does where the engine and libkern were killed"""
		def kill(child):
			self.working(2)
			os.kill(child.pid, signal.SIGKILL)
			for pid in processes(os.path.join(self.runs, "")):
				with contextlib.suppress(OSError):
					os.kill(pid, signal.SIGKILL)
		self.meanwhile(kill, blocks="6")
		self.assertFalse(os.path.exists(self.only("id")[:-2] + "2.digest"))
		result = self.cluster(blocks="6")
		self.assertEqual(result.status, 0, result)
		self.assertEqual(result.out, self.one(blocks="6"))

	def test_damaged(self):
		"""A result that is damaged, or that has gone, is made anew"""
		whole = self.cluster().out
		with open(self.only("1.digest"), "ab") as stream:
			stream.write(b"x")
		os.unlink(self.only("3.digest"))
		result = self.cluster()
		self.assertEqual(result.out, whole)
		self.assertIn("made anew", result.err)
		self.assertEqual([self.begun(n) for n in (1, 2, 3)], [2, 1, 2])

	def test_not_shared(self):
		"""A machine that does not see the directory is named"""
		# what parallel takes for ssh, to a machine with another /build
		remote = self.path("remote")
		with open(remote, "w", encoding="ascii") as stream:
			stream.write("#!/bin/sh\nexport SHELL=/bin/sh	# as sshd does\n"
				     "while [ \"$1\" != -- ] && [ $# -gt 1 ]; "
				     "do shift; done\n[ \"$1\" = -- ] && shift\n"
				     "shift\nexec bwrap --dev-bind / / --tmpfs %s "
				     "sh -c \"$*\"\n" % self.runs)
		os.chmod(remote, 0o755)
		result = self.cluster("--", "--ssh", remote, "--sshlogin", "2/far",
				      "--retries", "1", blocks="3")
		self.assertEqual(result.status, 125, result)
		self.assertIn("does not see ", result.err)
		self.assertIn("-o", result.err)


class Usage(Cluster):
	"""What makes no sense, and engines that are not there."""

	def test_usage(self):
		"""Flags that do not go together: 129"""
		for words in (("--shard", "1/4"), ("--first",), ("--digest", "x"),
			      ("--replay", "x1-2b6p-4k-1")):
			self.ends(self.cluster(*words), 129, words[0], "--cluster")
		self.ends(libkern("exhaust", "--shards", "4"), 129, "--cluster")
		# no shard is tried where none can be, or is waited for
		self.ends(self.cluster(blocks="33"), 129, "1 to 32")
		self.ends(self.cluster("--pages", "12", blocks="12"), 129, "hours",
			  "more --shards")
		self.assertFalse(os.path.exists(self.runs))
		self.ends(libkern("exhaust", "--", "--bar"), 129, "--cluster")
		self.ends(libkern("exhaust", "--cluster", "cron"), 129, "cron")

	def test_not_installed(self):
		"""Each engine says what is missing: 125"""
		os.makedirs(self.path("bin"))
		for name in ("gcc", "make", "python3"):
			os.symlink(shutil.which(name), self.path("bin", name))
		for engine, text in (("parallel", "there is no parallel: run make "
				      "deps"), ("slurm", "there is no sbatch")):
			self.ENGINE = engine
			self.ends(self.cluster(env={"PATH": self.path("bin")}),
				  125, text)
		# moreutils has one, too
		with open(self.path("bin", "parallel"), "w", encoding="ascii") as s:
			s.write("#!/bin/sh\n")
		os.chmod(self.path("bin", "parallel"), 0o755)
		self.ENGINE = "parallel"
		self.ends(self.cluster(env={"PATH": self.path("bin") + ":/bin"}),
			  125, "not GNU parallel")


if __name__ == "__main__":
	unittest.main()
