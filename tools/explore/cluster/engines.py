# SPDX-License-Identifier: GPL-2.0-only
"""The engines: each runs the script of a run over its shards, and repeats."""

import contextlib
import os
import shlex
import sys

from tools import proc
from tools.explore.cluster import shards as sharing
from tools.files import locked
from tools.stop import Stop, UNTESTABLE, say

TRIES = 3			# of a shard that ends without a result


def _not_shared(run):
	raise Stop(UNTESTABLE, "a machine does not see %s: that has to be the same "
		   "directory on all of them; put it on a file system that they "
		   "share with -o" % run.path)


def check_parallel():
	"""Complain where there is no GNU parallel."""
	lacks = sharing.programs("parallel")
	# moreutils has another program of this name
	if not lacks and "GNU parallel" not in proc.output(
			["parallel", "--will-cite", "--version"])[1]:
		lacks = "this parallel is not GNU parallel"
	if lacks:
		raise Stop(UNTESTABLE, lacks + ": run make deps, or install the "
			   "Debian package parallel")


def _old_log(run, log):
	"""Forget a log that knows more than there is: its shards would be left out."""
	with contextlib.suppress(FileNotFoundError):
		with open(log, encoding="ascii", errors="replace") as stream:
			ended = {line.split("\t")[0] for line in stream}
		if ended & set(map(str, run.missing())):
			os.unlink(log)


def parallel(run, args, rest):
	"""GNU parallel: on this machine, or with --sshlogin in @rest on others."""
	log = os.path.join(run.path, "joblog")
	with locked(os.path.join(run.path, "lock"), run.path):
		run.check()
		_old_log(run, log)
		words = ["parallel", "--will-cite", "--jobs", str(args.jobs),
			 "--retries", str(TRIES), "--joblog", log,
			 "--resume-failed"]
		if sys.stderr.isatty() and not args.quiet:
			words.append("--eta")
		script = shlex.quote(run.script)
		with proc.running([
				*words, *rest, "test -x %s || exit %d; exec %s {}" %
				(script, sharing.NOT_SHARED, script), ":::",
				*map(str, range(1, run.number + 1))],
				stdout=sys.stderr) as child:
			status = child.wait()
	if status and not run.missing():
		status = 0
	if status:
		with open(log, encoding="ascii", errors="replace") as stream:
			ends = {line.split("\t")[6] for line in stream
				if line.count("\t") > 6}
		if str(sharing.NOT_SHARED) in ends:
			_not_shared(run)


def check_slurm():
	"""Complain where there is no Slurm."""
	lacks = sharing.programs("sbatch", "scontrol")
	if lacks:
		raise Stop(UNTESTABLE, lacks + ": this is no machine that Slurm's "
			   "jobs are submitted from; make deps-cluster installs it")


def _array(numbers):
	"""1-3,7 for Slurm."""
	spans = []
	for n in numbers:
		if spans and spans[-1][1] == n - 1:
			spans[-1][1] = n
		else:
			spans.append([n, n])
	return ",".join("%d" % a if a == b else "%d-%d" % (a, b) for a, b in spans)


def slurm(run, args, rest):
	"""A job array of what is missing, and once more of what is missing then."""
	run.check()
	for turn in range(TRIES):
		missing = run.missing()
		if not missing:
			return
		# Slurm itself repeats what a node took along. One array of this run
		# at a time: another command's comes first and this one's finds it done.
		with proc.running(["sbatch", "--parsable", "--wait", "--requeue",
				   "--array=" + _array(missing),
				   "--job-name=libkern-" + run.name,
				   "--dependency=singleton", "--ntasks=1",
				   "--cpus-per-task=1", "--chdir=/",
				   "--output=/dev/null", *rest, run.script],
				  stdout=proc.PIPE, text=True) as child:
			job = child.stdout.readline().strip().split(";")[0]
			if job and not args.quiet:
				say("job %s: %d shards%s; scancel %s ends it, the "
				    "same command goes on" % (job, len(missing),
				    " once more" if turn else "", job))
			status = child.wait()
		if not job:
			raise Stop(UNTESTABLE, "sbatch took no job (exit status %d)" %
				   status)
		if status == sharing.NOT_SHARED:
			_not_shared(run)


ENGINES = {"parallel": (check_parallel, parallel), "slurm": (check_slurm, slurm)}
