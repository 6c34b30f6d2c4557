# SPDX-License-Identifier: GPL-2.0-only
"""make check-stress: libkern race --stress on both of Debian's trees, for long.

Under the thread sanitizer, then under the address sanitizer, then under none: no
violation and no report. Each suppression is needed on one tree or the other. The
mutants of race.rules that threads can be judged by are found, too, however many rounds
that takes.
"""

import argparse
import fnmatch
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, ROOT)

# pylint: disable=wrong-import-position
from iomap import kdir
from tools import commands, deps, mutants
from tools.stop import BAD, GOOD, Stop, say, worst

TIME = 300		# seconds
ROUNDS = 2000		# with a mutant, of each scenario, at a time
TRIES = 50
MET = re.compile(r"(?m)^suppressed: (\S+) [\d,]+ times$")
NOT_MET = re.compile(r"(?m)^suppressed: (\S+), which nothing met$")
# of race.rules: what is judged at each step of a search alone, or by fairness, or by
# another sanitizer
NOT_HERE = ("livelock", "hang", "size-unlocked", "dirty-bare", "uptodate-bare",
	    "private-bare", "looks-again", "unsteady", "use-after-free")
WAYS = (("--sanitize", "address"), ("--no-tsan",))


def arguments(argv):
	"""The flags that the Makefile passes."""
	parser = argparse.ArgumentParser(prog="make check-stress", description=__doc__)
	parser.add_argument("--kdir", help="this tree instead of Debian's two")
	parser.add_argument("-o", dest="out", default=os.path.join(ROOT, "build"))
	parser.add_argument("-j", dest="jobs", type=int,
			    default=os.cpu_count() or 1)
	parser.add_argument("-v", dest="verbose", action="store_true")
	parser.add_argument("--time", type=float, default=TIME,
			    help="seconds under the thread sanitizer, each tree")
	return parser.parse_args(argv)


def stress(args, real, seconds, *words):
	"""Run it; (exit status, what it said)."""
	done = subprocess.run(
		[sys.executable, os.path.join(ROOT, "libkern"), "race", "--stress",
		 "%g" % seconds, "--kdir", real, "-o", args.out, "-j", str(args.jobs),
		 "--quiet", *words], check=False, stdout=subprocess.PIPE, text=True)
	return done.returncode, done.stdout


def clean(args, real):
	"""The tree as it is, all ways; (exit status, suppressions met, all of them)."""
	status, out = stress(args, real, args.time)
	statuses = [status]
	print(out, end="", flush=True)
	for words in WAYS:
		status, more = stress(args, real, args.time / 5, *words)
		statuses.append(status)
		print(more if status else more.splitlines()[-1], flush=True)
	met = set(MET.findall(out))
	return worst(statuses), met, met | set(NOT_MET.findall(out))


def scene(args, real, rule):
	"""A scenario that the mutant @rule is found by."""
	done = subprocess.run(
		[sys.executable, os.path.join(ROOT, "libkern"), "race", "--list", "--target",
		 "plain", "--kdir", real, "-o", args.out, "--quiet"], check=True,
		stdout=subprocess.PIPE, text=True)
	names = [line.split()[0] for line in done.stdout.splitlines()]
	return fnmatch.filter(names, rule.killed_by[0])[0]


def found(args, real, rule):
	"""Try until threads meet the mutant @rule; the exit status."""
	name, where = rule.name, scene(args, real, rule)
	for seed in range(1, TRIES + 1):
		status, _ = stress(args, real, 1, "--mutant", name, "--seed", str(seed),
				   "--runs", str(ROUNDS), "--scenario", where, "--no-tsan")
		if status != GOOD:
			break
	say("  %s: mutant %s: %s, %d rounds of a scenario" %
	    (os.path.basename(real), name, "found" if status == BAD else
	     "NOT FOUND" if status == GOOD else "exit status %d" % status,
	     seed * ROUNDS))
	return {BAD: GOOD, GOOD: BAD}.get(status, status)


def main(argv):
	"""All of it; the worst exit status."""
	args = arguments(argv)
	tree = commands.named(args)
	trees = [kdir.check(deps.source(release, args.out))
		 for release in ("6.12", "6.1")] if tree is None else [kdir.check(tree)]
	statuses, met, every = [], set(), set()
	for real in trees:
		status, here, rules = clean(args, real)
		statuses.append(status)
		met |= here
		every |= rules
		statuses += [found(args, real, rule)
			     for rule in mutants.load(mutants.RACE_RULES)
			     if rule.name not in NOT_HERE]
	for rule in sorted(every - met):
		# another tree may need what this one does not
		say("suppression %s: nothing met it%s" %
		    (rule, "; it is to go" if tree is None else " in this tree"))
		if tree is None:
			statuses.append(BAD)
	return worst(statuses)


if __name__ == "__main__":
	try:
		sys.exit(main(sys.argv[1:]))
	except Stop as stop:
		say(str(stop))
		sys.exit(stop.status)
	except KeyboardInterrupt:
		sys.exit(130)
