# SPDX-License-Identifier: GPL-2.0-only
"""Tracefiles of lcov: what was counted of each file, read and written.

Only what all versions of lcov have in common: SF, FN, FNDA, DA and BRDA.
"""

from tools.files import write_changed


class File:
	"""One source file: {line: count}, {(line, block, branch): count or None}.

	None: the line of the branch was never reached.
	"""

	def __init__(self):
		self.lines = {}
		self.branches = {}
		self.functions = {}	# name: [line, count]

	def add(self, other, branches=True):
		"""Add the counts of @other; @branches: those too."""
		for line, count in other.lines.items():
			self.lines[line] = self.lines.get(line, 0) + count
		for name, (line, count) in other.functions.items():
			mine = self.functions.setdefault(name, [line, 0])
			mine[1] += count
		if not branches:
			return
		for key, count in other.branches.items():
			mine = self.branches.get(key)
			self.branches[key] = mine if count is None else \
				count + (mine or 0)

	def range(self, first, last):
		"""([lines], [branches]) from line @first to line @last."""
		return ([line for line in sorted(self.lines)
			 if first <= line <= last],
			[key for key in sorted(self.branches)
			 if first <= key[0] <= last])


def read(path):
	"""{file name: File} of the tracefile @path."""
	files, here = {}, None
	with open(path, encoding="utf-8", errors="surrogateescape") as stream:
		for line in stream:
			key, _, value = line.rstrip("\n").partition(":")
			if key == "SF":
				here, part = files.setdefault(value, File()), File()
			elif key == "end_of_record" and here:
				here.add(part)
				here = None
			elif here:
				_take(part, key, value.split(","))
	return files


def _take(part, key, words):
	if key == "DA":
		part.lines[int(words[0])] = int(words[1])
	elif key == "FN":
		# some name the last line of the function as well
		part.functions.setdefault(words[-1], [int(words[0]), 0])
	elif key == "FNDA":
		part.functions.setdefault(words[1], [0, 0])[1] = int(words[0])
	elif key == "BRDA":
		# newer ones mark a block, and call a branch by an expression
		part.branches[int(words[0]), words[1], ",".join(words[2:-1])] = \
			None if words[-1] == "-" else int(words[-1])


def write(path, files, test):
	"""Write @files as a tracefile under the name of test @test."""
	out = []
	for name, found in sorted(files.items()):
		out += ["TN:" + test, "SF:" + name]
		for function, (line, count) in sorted(found.functions.items()):
			out += ["FN:%d,%s" % (line, function),
				"FNDA:%d,%s" % (count, function)]
		out += ["FNF:%d" % len(found.functions),
			"FNH:%d" % sum(c > 0 for _, c in found.functions.values())]
		out += ["BRDA:%d,%s,%s,%s" % (*key, "-" if count is None else count)
			for key, count in sorted(found.branches.items())]
		out += ["BRF:%d" % len(found.branches),
			"BRH:%d" % sum(bool(c) for c in found.branches.values())]
		out += ["DA:%d,%d" % item for item in sorted(found.lines.items())]
		out += ["LF:%d" % len(found.lines),
			"LH:%d" % sum(c > 0 for c in found.lines.values()),
			"end_of_record"]
	write_changed(path, "\n".join(out + [""]).encode("utf-8",
							 "surrogateescape"))


def merge(user, kernel):
	"""What ran in either world.

	Each compiler run numbers the branches of a line as it likes, and kernels
	are compiled with optimisation: where userspace has the line, its branches
	are those of userspace alone.
	"""
	merged = {}
	for name in set(user) | set(kernel):
		both = merged[name] = File()
		if name in user:
			both.add(user[name])
		if name in kernel:
			mine = {key[0] for key in both.branches} | set(both.lines)
			both.add(kernel[name], branches=False)
			both.branches.update(
				(key, count) for key, count in
				kernel[name].branches.items()
				if key[0] not in mine)
	return merged
