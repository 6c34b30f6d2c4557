# SPDX-License-Identifier: GPL-2.0-only
"""Where a Series is reported: the table, a reply, files in other formats."""

import json
import os

from tools import resultfile
from tools.series import junit, page, reply, table
from tools.series.model import clean
from tools.stop import GOOD, Stop, UNTESTABLE, USAGE, put

FLAGS = ("json", "junit", "html")


def _files(args):
	return {"--" + name: getattr(args, name) for name in FLAGS}


def check(args, trees=()):
	"""Complain before anything is built; @trees: see resultfile.check()."""
	resultfile.check(_files(args), "--reply" if args.reply else None, trees)
	if args.mbox is None:
		return
	mails = os.path.realpath(os.path.expanduser(args.mbox))
	for flag, name in _files(args).items():
		if name not in (None, resultfile.STDOUT) and \
				(os.path.realpath(name) + "/").startswith(
					mails + "/"):
			raise Stop(USAGE, "%s %s would write among the mails of "
				   "--mbox" % (flag, name))


def _json(series):
	return (json.dumps(series.record(), indent=1) + "\n").encode()


def _page(series):
	return page.page(series).encode("utf-8")


def show(args, series):
	"""Report @series as @args say; returns the exit status."""
	names = _files(args)
	makers = ((names["--json"], lambda: _json(series)),
		  (names["--junit"], lambda: junit.data(series)),
		  (names["--html"], lambda: _page(series)))
	# whoever reads stdout may go away: the files come first
	good = resultfile.write(sorted(
		makers, key=lambda item: item[0] == resultfile.STDOUT))
	if args.reply:
		put(clean(reply.text(series)))
	elif resultfile.STDOUT not in names.values():
		put(clean(table.text(series, args.verbose)))
	return series.status if good or series.status != GOOD else UNTESTABLE
