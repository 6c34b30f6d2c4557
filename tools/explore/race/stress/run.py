# SPDX-License-Identifier: GPL-2.0-only
"""Runs libkern-stress: the scenarios of libkern race on real threads.

The binary runs, judges and reports; what is here sees to it that the thread
sanitizer starts and has its suppressions.
"""

import ctypes
import os

from tools.explore.run import to_end
from tools.stop import Stop, UNTESTABLE, USAGE

SUPPRESSIONS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tsan.supp")
ADDR_NO_RANDOMIZE = 0x0040000	# include/uapi/linux/personality.h
RANDOM_BITS = "/proc/sys/vm/mmap_rnd_bits"
MOST_BITS = 28			# of these that the sanitizer of gcc 12 bears
DIED = 66			# what the sanitizer itself ends with
WAYS_OUT = "sysctl vm.mmap_rnd_bits=28, or let the container use personality(2); " \
	"--no-tsan does without it"
OTHERS = ("list", "preemptions", "replay", "dot", "schedule", "rcu", "recheck",
	  "timeout", "unreduced", "force")


def check_none(args):
	"""Complain of what goes with --stress alone."""
	for name in ("no_tsan", "suppressions"):
		if getattr(args, name):
			raise Stop(USAGE, "--%s goes with --stress" %
				   name.replace("_", "-"))


def check(args):
	"""Complain of what makes no sense before anything is built."""
	for name in OTHERS:
		if getattr(args, name) not in (None, False):
			raise Stop(USAGE, "--%s is not for --stress, where real threads "
				   "run as they like" % name)
	if args.m32:
		raise Stop(USAGE, "--m32 is not for --stress: real threads are there in "
			   "64 bits only")
	if args.locking not in (None, "tree", "none"):
		raise Stop(USAGE, "--locking %s is for the search only: --stress knows the "
			   "tree's locking and none" % args.locking)
	if args.suppressions and not os.path.isfile(args.suppressions):
		raise Stop(USAGE, "--suppressions %s: no such file" % args.suppressions)


def binary(args, variant):
	"""The name of the binary that @args want of @variant."""
	# the thread sanitizer cannot be had beside address
	return "stress" if args.no_tsan or "address" in variant.sanitizers \
		else "stress-tsan"


def personality(value):
	"""personality(2): what it was, or -1 where a container forbids that."""
	call = ctypes.CDLL(None, use_errno=True).personality
	call.argtypes, call.restype = [ctypes.c_ulong], ctypes.c_int
	return call(value)


def _random_bits():
	"""By how many bits the kernel randomizes; 0 where it does not say."""
	try:
		with open(RANDOM_BITS, encoding="ascii") as stream:
			return int(stream.read())
	except (OSError, ValueError):
		return 0


def no_randomization():
	"""Have what is started from now on laid out alike.

	The sanitizer of gcc 12 wants the program in few places of its memory, which
	kernels that randomize by more than 28 bits give it by luck only.
	"""
	now = personality(0xffffffff)
	if now >= 0 and personality(now | ADDR_NO_RANDOMIZE) >= 0:
		return
	bits = _random_bits()
	if bits > MOST_BITS:
		raise Stop(UNTESTABLE, "the thread sanitizer wants its memory where this "
			   "kernel, which randomizes by %d bits, puts it by luck only, and "
			   "personality(2) is not allowed here: %s" % (bits, WAYS_OUT))


def _environment(suppressions):
	"""The environment of a binary with the sanitizer; what the user says counts."""
	own = 'suppressions="%s"' % suppressions
	users = os.environ.get("TSAN_OPTIONS")
	return dict(os.environ, TSAN_OPTIONS=":".join(filter(None, (own, users))))


def main(args, build, path, command):
	"""Run the binary @path as @args say; returns libkern's exit status.

	@command: what runs it again, without the flags of --stress
	"""
	program = binary(args, build.variant)
	words = [path, "--jobs=%d" % args.jobs, "--seconds=%r" % args.stress]
	for name in ("scenario", "target", "runs", "seed", "locking"):
		value = getattr(args, name)
		if value is not None:
			words.append("--%s=%s" % (name, value))
	if args.quiet:
		words.append("--quiet=1")
	env = None
	if program.startswith("stress-tsan"):
		suppressions = os.path.abspath(args.suppressions or SUPPRESSIONS)
		words.append("--suppressions=" + suppressions)
		env = _environment(suppressions)
		no_randomization()
	elif args.no_tsan:
		command += " --no-tsan"
	if args.locking:
		command += " --locking " + args.locking
	status = to_end("libkern-" + program, [*words, "--command=" + command],
			env, (DIED,))
	if status == DIED:
		raise Stop(UNTESTABLE, "the thread sanitizer does not run here, see above. "
			   "Where it does not like the memory's layout: " + WAYS_OUT)
	return status
