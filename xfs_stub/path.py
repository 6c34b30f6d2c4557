# SPDX-License-Identifier: GPL-2.0-only
"""XFS's part of the release path: its ->iomap_end and the punch, found in the tree
by who names whom."""

import re

from iomap import kdir
from iomap.csource import Source, close
from iomap.path import Place, reached_from
from tools.stop import Stop, UNTESTABLE
from xfs_stub.probe import DIR

OPS = "xfs_buffered_write_iomap_ops"
END = DIR + "/xfs_iomap.c"
PUNCH = DIR + "/xfs_bmap_util.c"


def _end(source):
	"""Name of the function that is ->iomap_end of buffered writes."""
	m = re.search(r"\b%s\s*=\s*\{" % OPS, source.code)
	body = source.code[m.end():close(source.code, m.end() - 1)] if m else ""
	found = re.search(r"\.iomap_end\s*=\s*&?\s*(\w+)", body)
	if not found:
		raise Stop(UNTESTABLE, "%s: no ->iomap_end in %s" % (source.path, OPS))
	return found.group(1)


def places(real):
	"""The Places of the release path in fs/xfs of the tree @real, top down."""
	end, punch = (Source(kdir.read(real, name), name) for name in (END, PUNCH))
	above = reached_from(end, (_end(end),))
	words = [word for name in above
		 for word in re.findall(r"(?<![\w.>])\w+", end.body(name))]
	below = reached_from(punch, dict.fromkeys(
		word for word in words if punch.body(word) is not None))
	if not below:
		raise Stop(UNTESTABLE, "%s: %s calls no punch in %s" %
			   (END, above[0], PUNCH))
	return [Place(end, name) for name in above] + \
		[Place(punch, name) for name in below]
