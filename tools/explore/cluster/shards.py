# SPDX-License-Identifier: GPL-2.0-only
"""The directory of one run in shards, which all of its machines share.

A shard is done when its file is there, under its number, whole: it appears by one
rename, whoever makes it and however often. So no shard is counted twice, and what
is missing can be told at any time. The directory is named by all that the run
rests on, so that the same command finds it again and no other does.
"""

import argparse
import hashlib
import os
import shlex
import shutil
import stat

from tools.explore import digestfile, run as exploring
from tools.files import read_bytes, room, write_changed
from tools.stop import Stop, say

NOT_SHARED = 254		# exit status of the script where it sees no directory
WORDS = 5			# lines of a shard's log that are shown

# A violation is a result. All else, a signal too, is a shard that is not done.
SCRIPT = """#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Written by libkern: one shard, for an engine that says which.
dir=%(dir)s
shard=${1:-$SLURM_ARRAY_TASK_ID}
if [ "$(cat "$dir/id" 2>/dev/null)" != %(id)s ]; then
	echo "libkern: $(uname -n) does not see $dir" >&2
	exit %(not_shared)d
fi
out=$dir/$shard.digest
[ ! -e "$out" ] || exit 0
exec >>"$dir/$shard.log" 2>&1
echo "shard $shard on $(uname -n)"
new=$out.$(uname -n).$$
"$dir/libkern-exhaust" %(words)s --shard="$shard/%(shards)d" --digest-file="$new"
status=$?
if [ "$status" -le 1 ] && [ -e "$new" ]; then
	mv "$new" "$out"
	exit
fi
rm -f "$new"
echo "ended with exit status $status"
[ "$status" -gt 1 ] || status=125
exit "$status"
"""


class Shards:
	"""All shards of what @args ask for, each a job of one processor."""

	def __init__(self, args, build, binary, out):
		self.number = args.shards
		one = argparse.Namespace(**vars(args))
		one.jobs, one.quiet = 1, True
		words = exploring.options(one, build) + [
			"--mute=1", "--tree=" + exploring.content(build, args.mutant)]
		data = read_bytes(binary)
		self.name = hashlib.sha256(data + repr(
			(words, self.number)).encode()).hexdigest()[:16]
		self.path = os.path.join(room(out, "cluster"), self.name)
		self.script = os.path.join(self.path, "shard")
		os.makedirs(self.path, exist_ok=True)
		self._put("libkern-exhaust", data)
		self._put("shard", (SCRIPT % {
			"dir": shlex.quote(self.path), "id": self.name,
			"words": shlex.join(words), "shards": self.number,
			"not_shared": NOT_SHARED}).encode())
		# last: where this is seen, the others are, too
		write_changed(os.path.join(self.path, "id"),
			      self.name.encode() + b"\n")

	def _put(self, name, data):
		"""A program; one that is there may be running."""
		path = os.path.join(self.path, name)
		write_changed(path, data)
		os.chmod(path, stat.S_IRWXU | stat.S_IRGRP | stat.S_IXGRP |
			 stat.S_IROTH | stat.S_IXOTH)

	def file(self, shard, kind="digest"):
		"""The result of @shard, or its log."""
		return os.path.join(self.path, "%d.%s" % (shard, kind))

	def done(self):
		"""The results that are there."""
		return [path for path in map(self.file, range(1, self.number + 1))
			if os.path.exists(path)]

	def missing(self):
		"""The shards without a result."""
		return [n for n in range(1, self.number + 1)
			if not os.path.exists(self.file(n))]

	def check(self):
		"""Take away what is damaged, so that it is made anew."""
		for path in self.done():
			try:
				digestfile.Digest(path)
			except Stop as stop:
				say("%s; it is made anew" % stop)
				os.unlink(path)

	def last_words(self):
		"""What the first shard that is missing left behind, as lines."""
		for shard in self.missing():
			log = read_bytes(self.file(shard, "log"))
			if log:
				lines = log.decode("utf-8", "replace").splitlines()
				return ["the last of %s:" % self.file(shard, "log"),
					*("  " + line for line in lines[-WORDS:])]
		return []


def programs(*names):
	"""Complaint of the first of @names that is not installed, or None."""
	return next(("there is no %s" % name for name in names
		     if not shutil.which(name)), None)
