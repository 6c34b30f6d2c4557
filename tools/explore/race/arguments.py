# SPDX-License-Identifier: GPL-2.0-only
"""The flags of libkern race."""

import argparse

STRESS = 5.0	# seconds


def _seconds(text):
	"""The argument of --stress."""
	number = float(text)
	if not 0 < number <= 1e6:
		raise argparse.ArgumentTypeError("%s are no seconds to run" % text)
	return number


def add(sub, natural, whole, result):
	"""Give the parser @sub its flags; the others turn text into values."""
	sub.add_argument("--list", action="store_true",
			 help="list the scenarios instead")
	sub.add_argument("--scenario", metavar="NAME", type=result,
			 help="only this one")
	sub.add_argument("--target", choices=("plain", "xfs"),
			 help="a filesystem that records its calls (plain), or real "
			 "XFS (xfs); default: both, where the tree has fs/xfs")
	sub.add_argument("--preemptions", metavar="N", type=natural,
			 help="bound of the search (default: 2, of most "
			 "scenarios of three tasks 1)")
	sub.add_argument("--replay", metavar="STRING", type=result,
			 help="this one interleaving again")
	sub.add_argument("--dot", metavar="FILE", type=result,
			 help="also draw the lock order that was seen, for Graphviz")
	sub.add_argument("--locking", choices=("tree", "none", "late", "shared"),
			 help="how the caller of the release treats "
			 "invalidate_lock: as the tree wants it (default), not "
			 "at all, or late, when what goes is decided; shared: "
			 "all who take i_rwsem take it for reading")
	sub.add_argument("--schedule", choices=("dfs", "random", "pct"),
			 help="search (default), or so many runs by chance")
	sub.add_argument("--runs", metavar="N", type=whole,
			 help="by chance, of each scenario (default: 1000); with "
			 "--stress: so many rounds of each, however long")
	sub.add_argument("--seed", metavar="S", type=whole,
			 help="of these, or of the delays of --stress "
			 "(default: 1)")
	sub.add_argument("--rcu", choices=("early", "late"),
			 help="when RCU callbacks run: as early as a grace period "
			 "can end (default), or when all tasks have ended")
	sub.add_argument("--recheck", metavar="N", type=natural,
			 help="run each Nth interleaving a second time, which has to "
			 "be the same (default: 1, every one; 0: none)")
	sub.add_argument("--timeout", metavar="SECONDS", type=whole,
			 help="processor time that one interleaving may take "
			 "(default: 5)")
	sub.add_argument("--unreduced", action="store_true",
			 help="for developers: also the interleavings that "
			 "differ only in the order of steps which do not meet")
	sub.add_argument("--stress", metavar="SECONDS", type=_seconds,
			 nargs="?", const=STRESS,
			 help="on real threads instead, round after round for "
			 "so long (default: %g), under the thread sanitizer; "
			 "threads are not replayed" % STRESS)
	sub.add_argument("--no-tsan", action="store_true",
			 help="with --stress: without that sanitizer")
	sub.add_argument("--suppressions", metavar="FILE", type=result,
			 help="for developers: of that sanitizer (default: "
			 "tools/explore/race/stress/tsan.supp)")
	sub.add_argument("--force", action="store_true",
			 help="also if it takes longer than an hour")
