# SPDX-License-Identifier: GPL-2.0-only
"""The whole command line, a function for each subcommand."""

from tools.explore.race import arguments as racing
from tools.flags import (Parser, architecture, bound, common, machine, masks, natural,
			 result, share, target, variant, whole)


def _deps(subs):
	sub = subs.add_parser("deps", help="install what is missing, unpack the "
			      "default source", description="Installs the Debian "
			      "packages that packages.txt names and unpacks "
			      "Debian's 6.12 source into the build directory. Says "
			      "what it does; does nothing the second time.")
	common(sub)
	sub.add_argument("--cluster", action="store_true",
			 help="also install Slurm, for exhaust --cluster slurm")


def _probe(subs):
	sub = subs.add_parser("probe", help="print what the tree's iomap looks "
			      "like", description="Prints the facts that libkern "
			      "found in the tree's text, one name=value a line, "
			      "then needs=FILE for each file that libkern reads: a "
			      "tree that holds only these will do. Facts of fs/xfs "
			      "begin with XS_; both are left out where the tree "
			      "has no fs/xfs.")
	common(sub)


def _build(subs):
	sub = subs.add_parser("build", help="build the test binaries",
			      description="Builds the test binaries, and does "
			      "nothing when they are up to date.")
	common(sub)
	variant(sub)


def _run(subs):
	sub = subs.add_parser("run", help="build and run the suites",
			      description="Builds and runs the KUnit suites over "
			      "the tree's own iomap code. KTAP on stdout, the rest "
			      "on stderr.")
	common(sub)
	variant(sub)
	sub.add_argument("glob", metavar="GLOB", nargs="?",
			 help="SUITE or SUITE.CASE, with * and ?")
	sub.add_argument("--list", action="store_true",
			 help="list the suites and cases instead")
	sub.add_argument("--seek", choices=("tree", "model"), default="tree",
			 help="whose mapping_seek_hole_data (default: tree)")
	sub.add_argument("--timeout", metavar="SECONDS", type=whole,
			 help="time limit of one case")
	sub.add_argument("--json", metavar="FILE", type=result,
			 help="also write results here")
	sub.add_argument("--junit", metavar="FILE", type=result,
			 help="also write JUnit XML here")


def _kunit(subs):
	sub = subs.add_parser("kunit", help="run the suites inside a kernel",
			      description="Builds a kernel out of the tree with "
			      "the tree's own kunit.py, runs the same suites in "
			      "it, and lays the verdicts beside those of "
			      "userspace. KTAP on stdout, the rest on stderr. "
			      "What follows -- goes to kunit.py.")
	common(sub)
	sub.add_argument("glob", metavar="GLOB", nargs="?",
			 help="SUITE or SUITE.CASE, with * and ?")
	architecture(sub)


def _fidelity(subs):
	sub = subs.add_parser("fidelity", help="is the shim like a kernel?",
			      description="Runs a seeded sample of scenarios and "
			      "the suites in userspace and in a kernel and compares "
			      "digests of punches, page cache, splats and results. "
			      "The first scenario that differs is cut down and "
			      "shown.")
	common(sub)
	sub.add_argument("glob", metavar="GLOB", nargs="?",
			 help="SUITE or SUITE.CASE: compare these and no sample")
	sub.add_argument("--seed", metavar="S", type=natural, default=1,
			 help="of the sample (default: 1)")
	sub.add_argument("--count", metavar="N", type=whole, default=200000,
			 help="scenarios (default: 200000)")
	sub.add_argument("--first", metavar="I", type=natural, default=0,
			 help="number of the first scenario (default: 0)")
	sub.add_argument("--keep", metavar="STEPS:ENTRIES", type=masks,
			 help="with --count 1: which steps and which entries of "
			 "the page cache to keep, as two masks")
	architecture(sub)
	sub.add_argument("--self", action="store_true",
			 help="compare with userspace once more instead of a "
			 "kernel")
	sub.add_argument("--fault", metavar="NAME",
			 help="for developers: with this fault of "
			 "tools/mutants/shim.rules in the shim")
	sub.add_argument("--mutant", dest="edit", metavar="NAME",
			 help="compare a kernel (with --self: userspace) with "
			 "itself after this edit of tools/mutants: what does it "
			 "change?")
	sub.add_argument("--seek", choices=("tree", "model"), default="tree",
			 help="whose mapping_seek_hole_data in userspace "
			 "(default: tree)")
	sub.add_argument("--cc", metavar="CC", default="gcc",
			 help="compiler of the userspace side (default: gcc)")


def _series(subs):
	sub = subs.add_parser("series", help="each patch of a series, alone",
			      description="Builds and runs each patch of a "
			      "series alone and prints a table of patch by suite, "
			      "what changed against the patch before, and the "
			      "first bad one. The git tree is only read.")
	common(sub)
	variant(sub)
	sub.add_argument("range", metavar="BASE..HEAD", nargs="?",
			 help="commits of the tree; COMMIT^! for one alone")
	sub.add_argument("--mbox", metavar="FILE", type=result,
			 help="mails instead: an mbox, a patch, or a directory of "
			 "patches")
	sub.add_argument("--base", metavar="COMMIT",
			 help="what the mails apply to (default: their "
			 "base-commit, else HEAD)")
	sub.add_argument("--only", metavar="N", type=whole,
			 help="only the Nth patch, and the one before it")
	sub.add_argument("--filter", metavar="GLOB",
			 help="SUITE or SUITE.CASE, with * and ?")
	sub.add_argument("--seek", choices=("tree", "model"), default="tree",
			 help="whose mapping_seek_hole_data (default: tree)")
	sub.add_argument("--timeout", metavar="SECONDS", type=whole,
			 help="time limit of one case")
	sub.add_argument("--kunit", action="store_true",
			 help="each patch in a kernel (UML) too; builds one in "
			 "minutes, and then what each patch changes")
	sub.add_argument("--no-sandbox", action="store_true",
			 help="run the patches' code as you, with your files")
	sub.add_argument("--fresh", action="store_true",
			 help="judge again what was judged before")
	sub.add_argument("--nfc", action="store_true",
			 help="also hold each patch against the one before it in "
			 "every state up to a bound, as libkern nfc does")
	bound(sub, "4", "6")
	sub.add_argument("--coverage", action="store_true",
			 help="also build and run each patch a second time to "
			 "count which of the lines that it changes are run")
	group = sub.add_argument_group("reports (a FILE of - is stdout, which has "
				       "the table otherwise)")
	for flag, what in (("--json", "all that is known, as JSON"),
			   ("--junit", "JUnit XML, a testsuite a patch"),
			   ("--html", "one page for a browser, with the failures' "
			    "pictures")):
		group.add_argument(flag, metavar="FILE", type=result,
				   help="also write %s here" % what)
	group.add_argument("--reply", action="store_true",
			   help="print a summary fit for an answer on a list "
			   "instead of the table")


def _coverage(subs):
	sub = subs.add_parser("coverage", help="which lines and branches are run",
			      description="Runs the suites in a build that counts, "
			      "prints what was reached of each function of the "
			      "release path, and writes a report in HTML.")
	common(sub)
	machine(sub)
	sub.add_argument("glob", metavar="GLOB", nargs="?",
			 help="SUITE or SUITE.CASE, with * and ?")
	group = sub.add_mutually_exclusive_group()
	group.add_argument("--uml", action="store_true",
			   help="count inside a kernel (UML) instead")
	group.add_argument("--merge", action="store_true",
			   help="count in both, and add up")
	sub.add_argument("--diff", metavar="RANGE",
			 help="which lines of BASE..HEAD, or of the one commit "
			 "COMMIT, were run; the tree is a git work tree at the "
			 "head of the range")
	sub.add_argument("--fail-under", metavar="N", type=share,
			 help="exit status 1 when less than N percent of the "
			 "lines were run: of the release path, or of --diff")


def _exhaust(subs):
	sub = subs.add_parser("exhaust", help="every state up to a bound",
			      description="Enumerates every page cache, range and "
			      "i_size up to a bound, releases each and asks the "
			      "oracle. Violations are grouped by cause, each with "
			      "the smallest state that shows it.")
	common(sub)
	variant(sub)
	target(sub)
	bound(sub)
	sub.add_argument("--shard", metavar="I/N",
			 help="only this part of N, from 1/N to N/N")
	sub.add_argument("--replay", metavar="ID",
			 help="this one state alone, with its picture")
	sub.add_argument("--emit-kunit", metavar="ID",
			 help="print this one state as a KUnit suite")
	sub.add_argument("--first", action="store_true",
			 help="stop at the first violation")
	sub.add_argument("--unfolded", action="store_true",
			 help="for developers: also the states that symmetry "
			 "makes equal, and whether it does")
	sub.add_argument("--afresh", action="store_true",
			 help="for developers: build each state by itself, and share "
			 "nothing; the digest has to be the same")
	sub.add_argument("--seek", choices=("tree", "model"), default="tree",
			 help="whose mapping_seek_hole_data (default: tree)")
	sub.add_argument("--timeout", metavar="SECONDS", type=whole,
			 help="processor time that one state may take "
			 "(default: 5)")
	sub.add_argument("--digest", metavar="FILE", type=result,
			 help="also write the result here, for libkern merge")
	sub.add_argument("--cluster", choices=("parallel", "slurm"),
			 help="all shards, by GNU parallel or as a job array of "
			 "Slurm; what follows -- goes to parallel or sbatch")
	sub.add_argument("--shards", metavar="N", type=whole,
			 help="with --cluster: how many (default: 64)")


def _merge(subs):
	sub = subs.add_parser("merge", help="add up shards of exhaust",
			      description="Adds up what libkern exhaust --shard "
			      "--digest has written, refuses what does not belong "
			      "together and names the shards that are missing.")
	sub.add_argument("files", metavar="FILE", nargs="+", type=result,
			 help="written by --digest")
	sub.set_defaults(out=None)


def _race(subs):
	sub = subs.add_parser("race", help="every interleaving up to a preemption "
			      "bound", description="Lets a write that comes up "
			      "short race with faults, reclaim, invalidation and "
			      "writeback: every interleaving up to so many "
			      "preemptions, each judged at every step and at the "
			      "end. A violation is shown with the fewest "
			      "preemptions that it needs, a column a task.")
	common(sub)
	variant(sub)
	racing.add(sub, natural, whole, result)


def _nfc(subs):
	sub = subs.add_parser("nfc", help="do two trees behave the same?",
			      description="Holds two trees against each other in "
			      "every state up to a bound: blocks punched, locks "
			      "held at that and on return, what is left of the "
			      "page cache, splats. Exit status 1 when they differ, "
			      "with the smallest state that tells them apart.")
	common(sub, kdir=False)
	variant(sub)
	sub.add_argument("--old", metavar="TREE", required=True,
			 help="kernel tree to compare with")
	sub.add_argument("--new", metavar="TREE", required=True,
			 help="kernel tree that is compared; --mutant goes here")
	target(sub)
	bound(sub)
	sub.add_argument("--strict", action="store_true",
			 help="also compare each call of the punch by itself")


def _mutate(subs):
	sub = subs.add_parser("mutate", help="do the suites notice one-line faults?",
			      description="Breaks the release path of the tree in "
			      "the build directory, one small edit at a time, and "
			      "lets the suites notice. A mutant that survives "
			      "is a missing check, unless it is argued to be "
			      "equivalent (tools/mutate/equivalent.rules).")
	common(sub)
	machine(sub)
	sub.add_argument("--functions", metavar="GLOB,...",
			 help="of these functions only")
	sub.add_argument("--list", action="store_true",
			 help="print the names of the mutants, judge none")
	sub.add_argument("--only", metavar="NAME", help="this one mutant")
	sub.add_argument("--json", metavar="FILE",
			 help="write every mutant and what became of it")


def _bench(subs):
	sub = subs.add_parser("bench", help="figures, as ratios taken in one run",
			      description="Measures the way from one changed line "
			      "to the verdict, build and run apart, as ratios to "
			      "compiling and linking that one file; or "
			      "libkern run or libkern series against kunit.py "
			      "with the same suites.")
	common(sub)
	variant(sub)
	sub.add_argument("figure", metavar="FIGURE", nargs="?",
			 choices=("turnaround", "kunit", "series", "xfs",
				  "exhaust", "race"),
			 default="turnaround",
			 help="turnaround (default), kunit, series (these two "
			 "build a kernel), xfs: one cycle with XFS beside one "
			 "without, exhaust: states a second, judged and not, or "
			 "race: interleavings, what the reduction saves, and how "
			 "soon each mutant is found")


def parser_of_all():
	"""The whole command line."""
	top = Parser(prog="libkern", description="Runs the Linux kernel's delalloc "
		     "release path as unit tests in userspace, out of any kernel "
		     "tree, unmodified.")
	subs = top.add_subparsers(dest="command", metavar="SUBCOMMAND",
				  required=True, parser_class=Parser)
	for add in (_deps, _probe, _build, _run, _kunit, _fidelity, _series, _coverage,
		    _exhaust, _merge, _race, _nfc, _mutate, _bench):
		add(subs)
	return top
