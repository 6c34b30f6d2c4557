# SPDX-License-Identifier: GPL-2.0-only
"""libkern exhaust --cluster: from the arguments to all shards added up."""

import argparse

from tools.explore import digestfile, run as exploring
from tools.explore.cluster import shards as sharing
from tools.explore.cluster.engines import ENGINES
from tools.stop import BAD, Stop, UNTESTABLE, USAGE, put, say


def check(args):
	"""Complain of what makes no sense before anything is built."""
	if args.cluster is None:
		if args.shards is not None or args.rest:
			raise Stop(USAGE, "--shards and what follows -- go with "
				   "--cluster")
		return
	for name in ("shard", "replay", "emit_kunit", "digest", "first"):
		if getattr(args, name):
			raise Stop(USAGE, "--%s does not go with --cluster" %
				   name.replace("_", "-"))
	args.shards = args.shards or 64
	ENGINES[args.cluster][0]()


def _plan(args, build, binary):
	"""A command line that says of one shard whether it can be, and is waited for."""
	one = argparse.Namespace(**vars(args))
	one.jobs, one.shard = 1, "1/%d" % args.shards
	return [binary, *exploring.options(one, build), "--plan=1",
		*(["--mute=1"] if args.quiet else [])]


def main(args, build, binary, out):
	"""All shards by the engine that @args name; libkern's exit status."""
	status = exploring.to_end("libkern-exhaust", _plan(args, build, binary))
	if status:
		return status
	run = sharing.Shards(args, build, binary, out)
	if not args.quiet:
		say("%d shards in %s" % (run.number, run.path))
	ENGINES[args.cluster][1](run, args, args.rest)
	done = run.done()
	for line in run.last_words():
		say(line)
	if not done:
		raise Stop(UNTESTABLE, "no shard has come to its end; what there is "
			   "of them is in " + run.path)
	status = digestfile.merge(done)
	if status == BAD:
		put("again: " + exploring.command(
			args, build.staged.real, *digestfile.again(done)))
	return status
