# SPDX-License-Identifier: GPL-2.0-only
"""What the verdicts on a series rest on, in words: what ran, and what did not.

A verdict without its bound is worth nothing, so every report prints both.
"""

from shim import config
from tools.series import words
from tools.series.model import KERNEL


def _size(shift):
	return "%dk pages" % (1 << shift - 10)


def tested(variant, args):
	"""How everything was built and run, on one line."""
	words = [_size(variant.page_shift), "%d bits" % variant.bits,
		 variant.compiler]
	words += ["sanitizer " + name for name in variant.sanitizers]
	if args.seek != "tree":
		words.append("seek " + args.seek)
	if args.filter is not None:
		words.append("only " + args.filter)
	if args.mutant:
		words.append("with the mutant " + args.mutant)
	return ", ".join(words)


def untested(variant, args):
	"""What nobody may read into the verdicts, as lines."""
	pages = [_size(shift) for _, shift in sorted(config.PAGE.items(),
						     key=lambda item: item[1])
		 if shift != variant.page_shift]
	lines = [] if args.kunit else [
		"a kernel: libkern's own stand-ins take the place of what lies "
		"below fs/iomap (--kunit runs the suites in a kernel)"]
	lines += ["geometries other than those in the suites, and file systems",
		 " and ".join(pages) + ", %d bits" % (96 - variant.bits) +
		 ("" if variant.sanitizers else ", sanitizers")]
	if args.filter is not None:
		lines.insert(0, "cases other than " + args.filter)
	return lines


def run(series):
	"""How much of what ran on a patch, at most, on one line."""
	suites = [s for s in series.suites if s != KERNEL]
	cases = {sum(v.passed + v.failed + v.skipped + sum(v.known.values())
		     for suite, v in patch.verdicts.items() if suite in suites)
		 for patch in series.patches} - {0} or {0}
	return "%s, %s%s; %s%s" % (
		words.counted(len(suites), "suite"),
		"up to " if len(cases) > 1 else "",
		words.counted(max(cases), "case"),
		series.bound, "; in a kernel too (%s)" % KERNEL
		if KERNEL in series.suites else "")
