# SPDX-License-Identifier: GPL-2.0-only
"""make check-kernels: libkern kunit and fidelity in the kernels for which CI has
no time, one after the other. A kernel that fails does not stop the next. Then
faults are planted in the release, of each kind that only a kernel reports.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, ROOT)

# pylint: disable=wrong-import-position
from iomap import kdir
from tools import commands, deps
from tools.stop import BAD, GOOD, INTERRUPTED, Stop, UNTESTABLE, say

# {name of the target: [(release of Debian's source, --arch)]}
KERNELS = {
	"x86_64": [("6.12", "x86_64")],
	"i386": [("6.12", "i386")],
	"6.1": [("6.1", "um"), ("6.1", "x86_64")],
}

# What the release does first, instead of asserting that its lock is held, and
# what is said of it. The tree stays as it is: the compiler is told.
HEAD = """#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#undef lockdep_assert_held_write
#define lockdep_assert_held_write(l) do { %s } while (0)
"""
FAULTS = [
	("use after free", ("x86_64",), "BUG: KASAN: ",
	 "char *volatile p = kmalloc(8, GFP_KERNEL); kfree(p); "
	 "(void)*(volatile char *)p;"),
	("lock order", ("x86_64", "i386"), "possible circular locking dependency",
	 "static DEFINE_MUTEX(a); static DEFINE_MUTEX(b); mutex_lock(&a); "
	 "mutex_lock(&b); mutex_unlock(&b); mutex_unlock(&a); mutex_lock(&b); "
	 "mutex_lock(&a); mutex_unlock(&a); mutex_unlock(&b);"),
	("warning", ("x86_64", "i386"), "WARNING: ", "WARN_ON_ONCE(1);"),
]
SUITE = "iomap_delalloc_extents"


def arguments(argv):
	"""The flags that the Makefile passes, and names of targets."""
	parser = argparse.ArgumentParser(prog="make check-kernels",
					 description=__doc__)
	parser.add_argument("--kdir", help="this tree instead of Debian's")
	parser.add_argument("-o", dest="out", default=os.path.join(ROOT, "build"))
	parser.add_argument("-j", dest="jobs", type=int,
			    default=os.cpu_count() or 1)
	parser.add_argument("-v", dest="verbose", action="store_true")
	parser.add_argument("names", nargs="*", metavar="NAME",
			    help="of: " + ", ".join(KERNELS))
	args = parser.parse_args(argv)
	for name in args.names:
		if name not in KERNELS:
			parser.error("no kernel %s: %s" % (name,
							   ", ".join(KERNELS)))
	return args


def command(args, name, release, arch):
	"""The command line of the subcommand @name in one kernel."""
	tree = commands.named(args)
	real = kdir.check(deps.source(release, args.out) if tree is None else tree)
	return [sys.executable, os.path.join(ROOT, "libkern"), name, "--kdir", real,
		"-o", args.out, "-j", str(args.jobs), "--arch", arch] + \
		["-v"] * args.verbose


def faulty(words, text, wanted):
	"""GOOD if the suite with the fault @text fails for the reason @wanted."""
	with tempfile.NamedTemporaryFile("w", suffix=".h") as header:
		header.write(HEAD % text)
		header.flush()
		done = subprocess.run(words + [
			SUITE, "--", "--make_options", "CFLAGS_buffered-io.o="
			"-include " + header.name], check=False, text=True,
			capture_output=True, errors="replace")
	failed = re.search(r"(?m)^libkern: FAILED (.*)$", done.stderr)
	if done.returncode == BAD and failed and wanted in failed.group(1):
		return GOOD
	sys.stderr.write(done.stderr[-4000:])
	return done.returncode if done.returncode not in (GOOD, BAD) else BAD


def trials(args, release, arch):
	"""(what, function that returns an exit status) for one kernel."""
	for name in ("kunit", "fidelity"):
		yield name, lambda words=command(args, name, release, arch): \
			subprocess.run(words, check=False).returncode
	for name, kernels, wanted, text in FAULTS:
		if arch in kernels and release == "6.12":
			yield name, lambda t=text, w=wanted: faulty(
				command(args, "kunit", release, arch), t, w)


def main(argv):
	"""Run them; the exit status is that of the worst."""
	args, done = arguments(argv), []
	args.out = kdir.check_output("/nonexistent", os.path.abspath(args.out))
	for name in args.names or KERNELS:
		for release, arch in KERNELS[name]:
			for what, trial in trials(args, release, arch):
				begin = time.monotonic()
				status = trial()
				if status == INTERRUPTED:
					return status
				done.append((what, release, arch, status,
					     time.monotonic() - begin))
	say("%-15s %-5s %-7s %6s %8s" % ("", "tree", "kernel", "status",
					 "seconds"))
	for line in done:
		say("%-15s %-5s %-7s %6d %8.0f" % line)
	bad = [status for _, _, _, status, _ in done if status != GOOD]
	return GOOD if not bad else BAD if BAD in bad else UNTESTABLE


if __name__ == "__main__":
	try:
		sys.exit(main(sys.argv[1:]))
	except Stop as stop_:
		say(str(stop_))
		sys.exit(stop_.status)
	except KeyboardInterrupt:
		sys.exit(INTERRUPTED)
