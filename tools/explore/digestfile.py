# SPDX-License-Identifier: GPL-2.0-only
"""Result files of libkern-exhaust: read them, and add shards up."""

from tools.stop import BAD, GOOD, Stop, UNTESTABLE, USAGE, put, say

HEAD = "libkern-exhaust 1"
COUNTS = ("caches", "states", "violations")
SHOWN = 20			# missing shards that are named
MIXED = "shows elsewhere and not here"		# XP_MIXED: of all shards, not of one


def checksum(data):
	"""The sum that the last line has, of the bytes @data of all others."""
	total = 0xcbf29ce484222325
	for byte in data:
		total = (total ^ byte) * 0x100000001b3 & 0xffffffffffffffff
	return total


def _read(path):
	"""Content of the file @path, of which at least the first line is ours."""
	magic = HEAD.split()[0].encode() + b" "
	try:
		with open(path, "rb") as stream:
			data = stream.read(len(magic))
			# what has no end is no such file either
			return data + stream.read() if data == magic else data
	except FileNotFoundError:
		raise Stop(USAGE, "there is no file " + path) from None
	except OSError as err:
		raise Stop(USAGE, "cannot read %s: %s" % (path, err.strerror)) from None


class Digest:
	"""One result file."""

	def __init__(self, path):
		self.path = path
		data = _read(path)
		body, _, last = data.rstrip(b"\n").rpartition(b"\n")
		if not data.startswith(HEAD.split()[0].encode() + b" "):
			raise Stop(USAGE, "%s is no digest file of libkern exhaust" %
				   path)
		if last != b"sum %016x" % checksum(body + b"\n"):
			raise Stop(USAGE, "%s is corrupt or cut off: its sum is not "
				   "that of its lines" % path)
		lines = body.decode("utf-8", "backslashreplace").split("\n")
		if lines[0] != HEAD:
			raise Stop(USAGE, "%s comes from another version of the "
				   "enumeration (%s)" % (path, lines[0]))
		self.one, self.groups, self.slices = {}, [], []
		# name: (states that show it, that do not, one of those)
		self.findings = {}
		try:
			self._parse(lines[1:])
		except (KeyError, ValueError, IndexError):
			raise Stop(USAGE, "%s is corrupt: its lines are not what "
				   "libkern exhaust writes" % path) from None

	def _parse(self, lines):
		for line in lines:
			name, _, value = line.partition(" ")
			if name == "violation":
				count, state, words = value.split(" ", 2)
				self.groups.append((words, int(count), state))
			elif name == "finding":
				finding, known, free, state = value.split(" ")
				self.findings[finding] = (int(known), int(free), state)
			elif name == "slice":
				self.slices.append(value.split()[1])
			else:
				self.one[name] = value
		self.shard, self.shards = (int(n) for n in
					   self.one["shard"].split())
		self.digest = int(self.one["digest"], 16)
		self.counts = {name: int(self.one[name]) for name in COUNTS}
		self.whole = int(self.one["whole"].split()[1])
		self.bound()
		if not 0 < self.shard <= self.shards or \
		   {"target", "tree", "behaviour"} - set(self.one):
			raise ValueError
		# of a known finding that is mixed merge() judges anew
		self.counts["violations"] -= sum(
			count for words, count, _ in self.groups if MIXED in words)
		self.groups = [g for g in self.groups if MIXED not in g[0]]

	def unfinished(self):
		"""Why its run was given up, or None; merge() takes no such file."""
		return self.one.get("unfinished")

	def bound(self):
		"""Up to where it went, in words."""
		blocks, _, pages, _, size, *more = self.one["bound"].split()
		return "up to %s blocks and %s pages of %dk%s" % (
			blocks, pages, int(size) >> 10, "".join(", " + w for w in more))

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
	"""Words on the shards that are not among @parts; none if all are."""
	there, of = {part.shard for part in parts}, parts[0].shards
	more = of - len(there) - SHOWN
	names = ["%d/%d" % (n, of) for n in range(1, min(of, len(there) + SHOWN) + 1)
		 if n not in there][:SHOWN]
	return ", ".join(names) + (" and %d more" % more if more > 0 else "")


def _mixed(parts):
	"""Violations of known findings that show in some of their states only."""
	for name in parts[0].findings:
		known, free = (sum(part.findings[name][i] for part in parts)
			       for i in (0, 1))
		if known and free:
			yield ("the known finding %s %s" % (name, MIXED), free,
			       next(part.findings[name][2] for part in parts
				    if part.findings[name][1]))


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


def again(paths):
	"""Words of a command line that shows a violation in the files @paths again."""
	parts = [Digest(path) for path in paths]
	for part in parts:
		for group in part.groups:
			return ["--replay", group[2]]
	# alone no state shows that it is mixed
	blocks, _, pages, *_ = parts[0].one["bound"].split()
	return ["--blocks", blocks, "--pages", pages]


def merge(paths):
	"""Add up the shards in the files @paths; the exit status."""
	parts = [Digest(path) for path in paths]
	first, seen = parts[0], {}
	for part in parts:
		first.same(part)
		if part.unfinished():
			raise Stop(USAGE, "%s is of a run that was given up: %s" %
				   (part.path, part.unfinished()))
		if part.shard in seen:
			raise Stop(USAGE, "%s and %s are both shard %d/%d" %
				   (seen[part.shard].path, part.path, part.shard,
				    part.shards))
		seen[part.shard] = part
	counts = {name: sum(p.counts[name] for p in parts) for name in COUNTS}
	groups = {}
	mixed = list(_mixed(parts))
	counts["violations"] += sum(count for _, count, _ in mixed)
	for found in [part.groups for part in parts] + [mixed]:
		for words, count, state in found:
			groups.setdefault(words, []).append((count, state))
	for words, found in groups.items():
		put("violation: %s\n%d states; one of the smallest is %s" % (
			words, sum(count for count, _ in found), found[0][1]))
	put("%s in %d of %s states, %s" % (
		"%d violations" % counts["violations"] if counts["violations"]
		else "no violation", counts["states"], first.whole, first.bound()))
	put("%s, %d new violation%s" % (_known(parts), len(groups),
					"s"[len(groups) == 1:]))
	put("digest %016x" % (sum(p.digest for p in parts) & 0xffffffffffffffff))
	missing = _missing(parts)
	if counts["violations"]:
		return BAD
	if missing:
		say("shards are missing: " + missing)
		return UNTESTABLE
	if counts["states"] != first.whole:
		say("all shards are there, and not all states")
		return UNTESTABLE
	return GOOD
