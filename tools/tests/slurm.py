# SPDX-License-Identifier: GPL-2.0-only
"""make check-slurm: libkern exhaust --cluster slurm, on this one machine.

Slurm's daemons run as root on 127.0.0.1, out of a directory that goes away; no
Slurm that is installed here has a part in it. Where the packages are not
(make deps-cluster), or one is not root, nothing is tested: 125.
"""

import argparse
import contextlib
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
for directory in (ROOT, os.path.join(ROOT, "tools")):
	sys.path.insert(0, directory)

# pylint: disable=wrong-import-position
from tools.stop import BAD, GOOD, Stop, UNTESTABLE, say

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "scontrol", "squeue")
CONF = """ClusterName=libkern
SlurmctldHost=%(host)s(127.0.0.1)
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmctldPort=%(controller)d
SlurmdPort=%(node)d
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=%(dir)s/munge/socket
CredType=cred/munge
StateSaveLocation=%(dir)s/state
SlurmdSpoolDir=%(dir)s/spool
SlurmctldPidFile=%(dir)s/slurmctld.pid
SlurmdPidFile=%(dir)s/slurmd.pid
SlurmctldLogFile=%(dir)s/slurmctld.log
SlurmdLogFile=%(dir)s/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
SchedulerParameters=sched_interval=1,batch_sched_delay=1
MaxArraySize=100
NodeName=%(host)s NodeAddr=127.0.0.1 CPUs=%(cpus)d State=UNKNOWN
PartitionName=all Nodes=%(host)s Default=YES MaxTime=INFINITE State=UP
"""


def _port():
	with socket.socket() as s:
		s.bind(("127.0.0.1", 0))
		return s.getsockname()[1]


class Slurm:
	"""munged, slurmctld and slurmd; for a with statement."""

	def __init__(self):
		self.path = tempfile.mkdtemp(prefix="libkern-slurm-")
		self.conf = os.path.join(self.path, "slurm.conf")
		self.children = []

	def _daemon(self, *words):
		with open(os.path.join(self.path, words[0] + ".out"), "wb") as out:
			# not one's own session's ^C
			self.children.append(subprocess.Popen(	# pylint: disable=consider-using-with
				words, stdin=subprocess.DEVNULL, stdout=out,
				stderr=out, start_new_session=True,
				env=dict(os.environ, SLURM_CONF=self.conf)))

	def __enter__(self):
		try:
			self._start()
		except BaseException:
			self.__exit__(None, None, None)
			raise
		return self

	def _start(self):
		munge = os.path.join(self.path, "munge")
		os.mkdir(munge)
		for name in (self.path, munge):
			os.chmod(name, 0o755)
		for name in ("state", "spool"):
			os.mkdir(os.path.join(self.path, name))
		key = os.path.join(munge, "key")
		with open(key, "wb") as stream:
			os.chmod(key, 0o600)
			stream.write(secrets.token_bytes(128))
		host = socket.gethostname().partition(".")[0]
		with open(self.conf, "w", encoding="ascii") as stream:
			stream.write(CONF % {
				"host": host, "dir": self.path, "cpus":
				os.cpu_count() or 1, "controller": _port(),
				"node": _port()})
		self._daemon("munged", "--foreground", "--force", *(
			"--%s=%s" % (name, os.path.join(munge, file)) for name, file in
			(("socket", "socket"), ("key-file", "key"),
			 ("log-file", "log"), ("pid-file", "pid"),
			 ("seed-file", "seed"))))
		self._daemon("slurmctld", "-D", "-f", self.conf)
		self._daemon("slurmd", "-D", "-f", self.conf, "-N", host)
		end = time.monotonic() + 60
		while not re.search("State=IDLE ", self.ask("scontrol", "show", "node")):
			if time.monotonic() > end:
				raise Stop(UNTESTABLE, "Slurm does not come up: " +
					   self._words())
			time.sleep(0.5)

	def _words(self):
		"""What its daemons said last."""
		said = []
		for name in ("munged.out", "slurmctld.log", "slurmd.log"):
			with open(os.path.join(self.path, name),
				  errors="replace") as stream:
				said += [name + ": " + line.strip() for line in
					 stream.readlines()[-3:]]
		return "\n".join(said)

	def ask(self, *words):
		"""What one of Slurm's commands says."""
		return subprocess.run(words, check=False, capture_output=True, text=True,
				      env=dict(os.environ, SLURM_CONF=self.conf)).stdout

	def __exit__(self, kind, value, trace):
		for child in reversed(self.children):
			child.terminate()
		for child in self.children:
			with contextlib.suppress(subprocess.TimeoutExpired):
				child.wait(10)
			if child.poll() is None:
				os.killpg(child.pid, signal.SIGKILL)
				child.wait()
		shutil.rmtree(self.path, ignore_errors=True)


def tests(slurm):
	"""The TestCase, which wants to know where OUT is before it is imported."""
	from tests import test_cluster	# pylint: disable=import-outside-toplevel

	class Arrays(test_cluster.Cluster):
		"""Job arrays."""

		ENGINE = "slurm"
		ENV = {"SLURM_CONF": slurm.conf}

		def test_same(self):
			"""The array is the whole, to the digest; the second time is free"""
			result = self.cluster()
			self.assertEqual(result.status, 0, result)
			self.assertEqual(result.out, self.one())
			self.assertEqual(self.cluster().out, result.out)
			self.assertEqual([self.begun(n) for n in (1, 2, 3, 4)],
					 [1] * 4)

		def test_killed(self):
			"""A shard that is killed is in the next array"""
			child, out, err = self.meanwhile(self.kill_one, blocks="6")
			self.assertEqual(child.returncode, 0, err)
			self.assertEqual([self.begun(n) for n in (1, 2, 3, 4)],
					 [1, 2, 1, 1])
			self.assertEqual(out, self.one(blocks="6"))

		def test_requeued(self):
			"""What a node takes along is repeated by Slurm itself"""
			def requeue(_child):
				self.working(2)
				jobs = slurm.ask("squeue", "-h", "-r", "-t", "R", "-o",
						 "%A %K")
				job = next(line.split()[0] for line in
					   jobs.splitlines() if line.split()[1] == "2")
				slurm.ask("scontrol", "requeue", job)
			child, out, err = self.meanwhile(requeue, blocks="6")
			self.assertEqual(child.returncode, 0, err)
			self.assertEqual(self.begun(2), 2)
			self.assertEqual(out, self.one(blocks="6"))

		def test_not_repeated(self):
			"""A shard that is killed each time is named: 125"""
			def kill(child):
				while child.poll() is None:
					for pid in self.judging(2):
						with contextlib.suppress(OSError):
							os.kill(pid, signal.SIGKILL)
					time.sleep(0.05)
			child, out, err = self.meanwhile(kill, blocks="6")
			self.assertEqual(child.returncode, 125, err)
			self.assertIn("shards are missing: 2/4", err)
			self.assertEqual(self.begun(2), 3)
			self.assertNotIn(" in 28892120 of ", out)

		def test_submitted_twice(self):
			"""The same command beside it waits and does nothing twice"""
			second = []
			def twice(_child):
				self.working(1)
				second.append(self.cluster(blocks="6"))
			child, out, err = self.meanwhile(twice, blocks="6")
			self.assertEqual(child.returncode, 0, err)
			self.assertEqual(second[0].out, out)
			self.assertEqual([self.begun(n) for n in (1, 2, 3, 4)],
					 [1] * 4)

		def test_not_shared(self):
			"""A node that sees another directory is named"""
			def hide(_child):
				# the array waits, so that this comes first
				while not slurm.ask("squeue", "-h"):
					time.sleep(0.1)
				os.rename(self.only("id"), self.only("id") + "-away")
			child, _, err = self.meanwhile(hide, "--",
						       "--begin=now+6", blocks="3")
			self.assertEqual(child.returncode, 125, err)
			self.assertIn("does not see ", err)

		def test_refused(self):
			"""What sbatch refuses is its own affair, and said: 125"""
			self.ends(self.cluster("--", "--partition=none"), 125,
				  "partition", "sbatch took no job")

	return unittest.defaultTestLoader.loadTestsFromTestCase(Arrays)


def main(argv):
	"""The exit status."""
	parser = argparse.ArgumentParser(prog="make check-slurm", description=__doc__)
	parser.add_argument("--kdir", help="not used: it is Debian's 6.12")
	parser.add_argument("-o", dest="out", default=os.path.join(ROOT, "build"))
	parser.add_argument("-j", dest="jobs", type=int, help="not used")
	parser.add_argument("-v", dest="verbose", action="store_true")
	args = parser.parse_args(argv)
	lacks = [name for name in PROGRAMS if not shutil.which(name)]
	if lacks or os.geteuid():
		say("there is no %s here: make deps-cluster" % ", ".join(lacks)
		    if lacks else "Slurm's daemons want root")
		return UNTESTABLE
	os.environ["LIBKERN_OUT"] = os.path.abspath(args.out)
	with Slurm() as slurm:
		done = unittest.TextTestRunner(
			verbosity=2 if args.verbose else 1).run(tests(slurm))
	return GOOD if done.wasSuccessful() else BAD


if __name__ == "__main__":
	try:
		sys.exit(main(sys.argv[1:]))
	except Stop as stop_:
		say(str(stop_))
		sys.exit(stop_.status)
