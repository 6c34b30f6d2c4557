# SPDX-License-Identifier: GPL-2.0-only
"""Which functions of a tree make up its release path, and where they stand.

Their names and their number differ between trees, so they are found by who
calls whom, from the functions that filesystems call on downwards.
"""

import re

from iomap import extract, probe

LAST_WRITTEN = "iomap_last_written_block"


class Place:
	"""One function: name, file below the tree, first and last line."""

	def __init__(self, source, name):
		found = source.definition(name)
		self.name = name
		self.source = source
		self.file = source.path
		self.first = source.line(found.start)
		self.last = source.line(found.body[1] - 1)

	def holds(self, line):
		"""Does @line of the file belong to it?"""
		return self.first <= line <= self.last


def reached_from(source, names):
	"""@names and all whom they name, called or not, if @source defines them."""
	todo, found = list(names), []
	while todo:
		name = todo.pop(0)
		body = source.body(name)
		if body is None or name in found:
			continue
		found.append(name)
		todo += dict.fromkeys(re.findall(r"(?<![\w.>])[A-Za-z_]\w*", body))
	return found


def places(tree):
	"""The Places of the release path of a probe.Tree, from the top down."""
	found = []
	header = tree.source(probe.IOMAP_H)
	if header.definition(LAST_WRITTEN):
		found.append(Place(header, LAST_WRITTEN))
	buffered = tree.source(probe.BUFFERED)
	found += [Place(buffered, name) for name in
		  reached_from(buffered, (probe.PUNCH, probe.RELEASE))]
	seek = tree.source(extract.FROM)
	found += [Place(seek, name) for name in reversed(extract.NAMES)]
	return found
