# SPDX-License-Identifier: GPL-2.0-only
"""Result files of libkern-exhaust: read them, and add shards up."""

from tools.files import read_bytes
from tools.stop import BAD, GOOD, Stop, UNTESTABLE, USAGE, put, say

HEAD = "libkern-exhaust 1"
COUNTS = ("caches", "states", "violations")
SHOWN = 20			# missing shards that are named


def _sum(data):
	total = 0xcbf29ce484222325
	for byte in data:
		total = (total ^ byte) * 0x100000001b3 & 0xffffffffffffffff
	return total


class Digest:
	"""One result file."""

	def __init__(self, path):
		self.path = path
		data = read_bytes(path)
		if data is None:
			raise Stop(USAGE, "there is no file " + path)
		body, _, last = data.rstrip(b"\n").rpartition(b"\n")
		if not data.startswith(HEAD.split()[0].encode() + b" "):
			raise Stop(USAGE, "%s is no digest file of libkern exhaust" %
				   path)
		if last != b"sum %016x" % _sum(body + b"\n"):
			raise Stop(USAGE, "%s is corrupt or cut off: its sum is not "
				   "that of its lines" % path)
		lines = body.decode("utf-8", "backslashreplace").split("\n")
		if lines[0] != HEAD:
			raise Stop(USAGE, "%s comes from another version of the "
				   "enumeration (%s)" % (path, lines[0]))
		self.one, self.groups, self.slices = {}, [], []
		self.findings = {}	# name: (states that show it, that do not)
		for line in lines[1:]:
			name, _, value = line.partition(" ")
			if name == "violation":
				count, state, words = value.split(" ", 2)
				self.groups.append((words, int(count), state))
			elif name == "finding":
				finding, known, free = value.split(" ")
				self.findings[finding] = (int(known), int(free))
			elif name == "slice":
				self.slices.append(value.split()[1])
			else:
				self.one[name] = value
		self.shard, self.shards = (int(n) for n in
					   self.one["shard"].split())
		self.digest = int(self.one["digest"], 16)

	def bound(self):
		"""Up to where it went, in words."""
		blocks, _, pages, _, size, *more = self.one["bound"].split()
		return "up to %s blocks and %s pages of %dk%s" % (
			blocks, pages, int(size) >> 10, "".join(", " + w for w in more))

	def count(self, name):
		"""One of COUNTS."""
		return int(self.one[name])

	def same(self, other):
		"""Complain unless @other is another part of the same run."""
		for name, words in (("target", "targets"),
				    ("tree", "trees, builds or versions of libkern"),
				    ("bound", "bounds"), ("whole", "bounds"),
				    ("behaviour", "kinds of digest")):
			if self.one[name] != other.one[name]:
				raise Stop(USAGE, "%s and %s are of different %s (%s "
					   "and %s)" % (self.path, other.path, words,
					   self.one[name], other.one[name]))
		if self.shards != other.shards:
			raise Stop(USAGE, "%s is one of %d shards, %s one of %d" %
				   (self.path, self.shards, other.path,
				    other.shards))


def _missing(parts):
	first = parts[0]
	there = {part.shard for part in parts}
	return [n for n in range(1, first.shards + 1) if n not in there]


def _known(parts):
	"""The known findings of all @parts in words, as the run itself has them."""
	sums = {name: [sum(part.findings[name][i] for part in parts) for i in (0, 1)]
		for name in parts[0].findings}
	shown = ["%s: %d states" % (name, known)
		 for name, (known, _) in sums.items() if known]
	words = ["%d known finding%s (%s)" % (
		len(shown), "s"[len(shown) == 1:], ", ".join(shown))] if shown else []
	words += ["%s: not in this tree" % name
		  for name, (known, free) in sums.items() if free and not known]
	return ", ".join(words or ["no known finding"])


def smallest(paths):
	"""A state that violates, as the first of the files @paths that has one says."""
	return next(group[2] for path in paths for group in Digest(path).groups)


def merge(paths):
	"""Add up the shards in the files @paths; the exit status."""
	parts = [Digest(path) for path in paths]
	first, seen = parts[0], {}
	for part in parts:
		first.same(part)
		if part.shard in seen:
			raise Stop(USAGE, "%s and %s are both shard %d/%d" %
				   (seen[part.shard].path, part.path, part.shard,
				    part.shards))
		seen[part.shard] = part
	counts = {name: sum(p.count(name) for p in parts) for name in COUNTS}
	groups = {}
	for part in parts:
		for words, count, state in part.groups:
			groups.setdefault(words, []).append((count, state))
	for words, found in groups.items():
		put("violation: %s\n%d states; one of the smallest is %s" % (
			words, sum(count for count, _ in found), found[0][1]))
	put("%s in %d of %s states, %s" % (
		"%d violations" % counts["violations"] if counts["violations"]
		else "no violation", counts["states"], first.one["whole"].split()[1],
		first.bound()))
	put("%s, %d new violations" % (_known(parts), len(groups)))
	put("digest %016x" % (sum(p.digest for p in parts) & 0xffffffffffffffff))
	missing = _missing(parts)
	if counts["violations"]:
		return BAD
	if missing:
		say("shards are missing: %s%s" % (", ".join(
			"%d/%d" % (n, first.shards) for n in missing[:SHOWN]),
			" and %d more" % (len(missing) - SHOWN)
			if len(missing) > SHOWN else ""))
		return UNTESTABLE
	return GOOD
