# SPDX-License-Identifier: GPL-2.0-only
"""One function per subcommand of libkern: arguments in, exit status out."""

import errno
import os

from iomap import kdir, probe as probing, stage as staging
from kunit import arch, run as running
from shim import config
from shim.build import Build
from tools import deps as depending, mutants, resultfile
from tools.files import locked
from tools.stop import GOOD, Stop, UNTESTABLE, USAGE, put, say
from xfs_stub import probe as xfs
from xfs_stub.part import Part


ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def outdir(args):
	"""The build directory, absolute and checked against nothing yet."""
	return os.path.abspath(os.path.expanduser(args.out))


def named(args):
	"""The tree that the user names; None if none, which is not an empty one."""
	return os.environ.get("KDIR") if args.kdir is None else args.kdir


def tree(args):
	"""(real path of the tree under test, the build directory)."""
	out = outdir(args)
	name = named(args)
	if name is not None:
		real = kdir.check(name)
		return real, kdir.check_output(real, out)
	# the default source lies under the build directory, not above it
	out = kdir.check_output("/nonexistent", out)
	return kdir.check(depending.source(depending.DEFAULT, out)), out


def is_unwritable(args, err):
	"""Is @err, an OSError, about a build directory that cannot be written?"""
	return err.errno in (errno.EACCES, errno.EPERM, errno.EROFS,
			     errno.ENOTDIR, errno.ENOENT) and \
		isinstance(err.filename, str) and \
		(err.filename + "/").startswith(outdir(args) + "/")


def deps(args):
	"""libkern deps"""
	out = kdir.check_output("/nonexistent", outdir(args))
	return depending.main(out, args.cluster)


def probe(args):
	"""libkern probe: touches nothing, not even the build directory."""
	real, _ = tree(args)
	found = probing.Tree(real)
	facts, files = probing.facts(found), list(found.files)
	lost = None
	if xfs.is_there(real):
		try:
			part = xfs.Tree(real, kdir.read)
			facts.update(xfs.named(xfs.facts(part)))
			files += part.files
		except Stop as stop:
			# whatever is wrong with XFS, iomap comes first
			lost = stop
	put("\n".join(probing.lines(facts) +
		      ["needs=" + name for name in files]))
	if lost:
		raise lost
	return GOOD


def prepared(args):
	"""Probe, stage and configure: the Build that @args ask for."""
	real, out = tree(args)
	variant = config.variant(out, args)
	base = staging.base_dir(real, out)
	lock = locked(os.path.join(base, "lock"), base)
	return real, out, variant, lock


def prepared_build(args):
	"""The Build of @args, of which nothing is built."""
	real, out, variant, lock = prepared(args)
	with lock:
		done = Build(staging.stage(real, out), variant, args)
		done.prepare()
	return done


def _xfs_of(real, staged):
	"""fs/xfs of the tree @real, without which there is nothing to be done."""
	part = Part(real, staged.base)
	if not part.staged:
		raise Stop(UNTESTABLE, part.words or part.reason)
	return part.staged


def built(args, lock_held=None, name="iomap"):
	"""Bring the binary @name of @args up to date; returns (Build, binary).

	@lock_held: called with the lock still held, for what must not see
	another build begin.
	"""
	real, out, variant, lock = prepared(args)
	with lock:
		staged = staging.stage(real, out)
		build = Build(staged, variant, args,
			      _xfs_of(real, staged) if name.endswith("-xfs") else None)
		build.prepare()
		if args.mutant:
			binary = mutants.build(build, args.mutant, binary=name)
		else:
			build.make(name)
			binary = build.path("libkern-" + name)
		if lock_held:
			return lock_held(build, binary)
	return build, binary


def _with_xfs(args, glob, done):
	"""Build what @glob wants, XFS too, and return @done(build, binary, part).

	@done: called with the lock still held
	"""
	real, out, variant, lock = prepared(args)
	with lock:
		staged = staging.stage(real, out)
		part = Part(real, staged.base, glob)
		build_ = Build(staged, variant, args, part.staged)
		build_.prepare()
		part.make(build_)
		return done(build_, build_.path("libkern-iomap"), part)


def _mutant_of_xfs(args):
	"""Build the mutant of fs/xfs that @args name, run the XFS suites on it."""
	real, out, variant, lock = prepared(args)
	with lock:
		staged = staging.stage(real, out)
		build_ = Build(staged, variant, args, _xfs_of(real, staged))
		build_.prepare()
		return running.run(build_, mutants.build_xfs(build_, args.mutant),
				   args)


def build(args):
	"""libkern build"""
	def done(build_, binary, part):
		if not args.quiet:
			say("built %s for %s" % (binary, build_.staged.real))
		if part.status != GOOD:
			say(part.words)
		return part.status
	if args.mutant:
		done(*built(args), Part("", "", "none"))
		return GOOD
	return _with_xfs(args, None, done)


def run(args):
	"""libkern run"""
	running.check_outputs(args)
	running.check_outputs(args, tree(args)[0])
	if args.mutant and mutants.of_xfs(args.mutant):
		return _mutant_of_xfs(args)
	if args.mutant:
		return built(args, lambda done, binary:
			     running.run(done, binary, args))
	return _with_xfs(args, args.glob, lambda done, binary, part:
			 running.run(done, binary, args, part))


def kunit(args):
	"""libkern kunit"""
	from kunit import inside	# pylint: disable=import-outside-toplevel
	real, out = tree(args)
	return inside.main(args, real, out, built)


def fidelity(args):
	"""libkern fidelity"""
	from kunit import fidelity as trial	# pylint: disable=import-outside-toplevel
	for name, value in (("page_size", arch.PAGE), ("sanitize", []),
			    ("m32", arch.ALL[args.arch].m32),
			    ("warnings", ""), ("mutant", None)):
		setattr(args, name, value)
	real, out = tree(args)
	return trial.main(args, real, out, built)


def series(args):
	"""libkern series"""
	from tools.series import command	# pylint: disable=import-outside-toplevel
	name = named(args)
	if name is None:
		raise Stop(USAGE, "series wants a git tree: name a clone with "
			   "--kdir")
	if not name:
		kdir.check(name)
	args.kdir = name
	out = kdir.check_output(os.path.realpath(os.path.expanduser(name)),
				outdir(args))
	args.out = out
	return command.main(args, out)


def coverage(args):
	"""libkern coverage"""
	from coverage import report	# pylint: disable=import-outside-toplevel
	report.check(args)
	real, _ = tree(args)
	return report.main(args, real, prepared_build,
			   lambda args, done: _with_xfs(args, args.glob, done))


def exhaust(args):
	"""libkern exhaust"""
	from tools.explore import run as exploring	# pylint: disable=import-outside-toplevel
	from tools.explore.cluster import command as many	# pylint: disable=import-outside-toplevel
	exploring.check(args)
	many.check(args)
	build_, binary = built(args, name=exploring.BINARIES[args.target])
	if args.cluster:
		return many.main(args, build_, binary, tree(args)[1])
	return exploring.main(args, build_, binary)


def race(args):
	"""libkern race"""
	from tools.explore.race import run as racing	# pylint: disable=import-outside-toplevel
	racing.check(args)
	return racing.main(args, xfs.is_there(tree(args)[0]),
			   config.variant(outdir(args), args),
			   lambda name: built(args, name=name))


def merge(args):
	"""libkern merge"""
	from tools.explore import digestfile	# pylint: disable=import-outside-toplevel
	return digestfile.merge(args.files)


def nfc(args):
	"""libkern nfc"""
	from tools.explore import pair	# pylint: disable=import-outside-toplevel
	return pair.main(args)


def mutate(args):
	"""libkern mutate"""
	from tools.mutate import command	# pylint: disable=import-outside-toplevel
	resultfile.check({"--json": args.json}, "the table")
	resultfile.check({"--json": args.json}, "the table", (tree(args)[0],))
	args.sanitize, args.warnings, args.mutant = [], "", None
	return _with_xfs(args, None, lambda build_, _, part:
			 command.main(args, build_, part))


def bench(args):
	"""libkern bench"""
	# pylint: disable=import-outside-toplevel
	from tools.bench import (exhaust as states, kunit as against,
				 race as interleavings, series as ten, turnaround,
				 xfs)
	return {"turnaround": turnaround, "kunit": against,
		"series": ten, "xfs": xfs, "exhaust": states,
		"race": interleavings}[args.figure].main(args)
