# SPDX-License-Identifier: GPL-2.0-only
"""make check-mutate: libkern mutate, every mutant, on both of Debian's trees.

No mutant survives without an argument, nothing that is argued is killed, and each
argument of tools/mutate/equivalent.rules is about a mutant of one tree or the other,
unless it is for other trees by its "when".
What is argued for 64 bits only is killed on 32.
"""

import argparse
import json
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, ROOT)

# pylint: disable=wrong-import-position
from iomap import kdir
from tools import commands, deps, proc
from tools.stop import BAD, GOOD, INTERRUPTED, Stop, UNTESTABLE, say, worst

# rounding up to arguments in the other order: their widths differ
NARROW = ("mapping_seek_hole_data:swap-args:round_up ( ( u64 ) pos + 1 , seek_size:"
	  "seek_size , ( u64 ) pos + 1:1")


def arguments(argv):
	"""The flags that the Makefile passes."""
	parser = argparse.ArgumentParser(prog="make check-mutate", description=__doc__)
	parser.add_argument("--kdir", help="this tree instead of Debian's two")
	parser.add_argument("-o", dest="out", default=os.path.join(ROOT, "build"))
	parser.add_argument("-j", dest="jobs", type=int,
			    default=os.cpu_count() or 1)
	parser.add_argument("-v", dest="verbose", action="store_true")
	return parser.parse_args(argv)


def mutate(args, real, *words):
	"""Run it; (exit status, places of stanzas that speak of no mutant, and do)."""
	with tempfile.TemporaryDirectory() as directory:
		path = os.path.join(directory, "all.json")
		with proc.running(
			[sys.executable, os.path.join(ROOT, "libkern"), "mutate",
			 "--kdir", real, "-o", args.out, "-j", str(args.jobs),
			 "--quiet", "--json", path, *words]) as child:
			status = child.wait()
		if not os.path.exists(path):
			return status, set(), set()
		with open(path, encoding="utf-8") as stream:
			found = json.load(stream)
		spoken = {m["rule"] for m in found["mutants"]} - {None}
		return status, set(found["rules"]) - spoken, spoken


def main(argv):
	"""All of it; the worst exit status."""
	args = arguments(argv)
	tree = commands.named(args)
	trees = [kdir.check(deps.source(release, args.out))
		 for release in ("6.12", "6.1")] if tree is None else [kdir.check(tree)]
	statuses, idle, spoken = [], set(), set()
	for real in trees:
		status, silent, places = mutate(args, real)
		statuses.append(status)
		idle |= silent
		spoken |= places
		if status == INTERRUPTED:
			return status
	statuses.append(mutate(args, trees[0], "--m32", "--only", NARROW)[0])
	if tree is None and set(statuses) <= {GOOD, BAD}:
		for place in sorted(idle - spoken):
			say("%s: speaks of no mutant of these trees" % place)
			statuses.append(BAD)
	return worst(statuses)


if __name__ == "__main__":
	try:
		proc.setup()
		sys.exit(main(sys.argv[1:]))
	except Stop as stop:
		say(str(stop))
		sys.exit(stop.status or UNTESTABLE)
	except (KeyboardInterrupt, proc.Interrupted):
		say("interrupted")
		sys.exit(INTERRUPTED)
	finally:
		proc.kill_all()
