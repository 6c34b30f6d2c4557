# SPDX-License-Identifier: GPL-2.0-only
"""Which of the lines that a patch changes were run: series --coverage.

./libkern coverage --diff does this for a work tree by diff-cover. Here there is
no work tree and no commit for a mail: git compares the files, and the counters
are those of coverage/.
"""

import json
import os
import re

from iomap import kdir
from tools import proc
from tools.files import read_bytes, write_changed
from tools.series import outcome, path as paths, sandbox
from tools.series.model import Covered, clean
from tools.stop import say

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
	os.path.abspath(__file__))))
_HUNK = re.compile(r"^@@ -\S+ \+(\d+)(?:,(\d+))? @@", re.M)
EMPTY = ("100644", None)
READERS = ("tools/series/count.py", "coverage/capture.py", "coverage/info.py",
	   "coverage/lcov.py")


def changed(repository, old, new):
	"""Numbers of the lines of the blob @new that the blob @old has not."""
	if old is None:
		return range(1, repository.blob(new).count(b"\n") + 1)
	text = repository.out("diff", "--unified=0", "--no-color", "--text",
			      "--no-ext-diff", "--no-textconv", old, new)
	found = []
	for first, count in _HUNK.findall(text):
		found += range(int(first), int(first) + int(count or 1))
	return found


def _checked(data):
	"""{file: {line: count}} out of what the sandbox said, or None."""
	try:
		said = json.loads(data)
		return {str(name): {int(line): int(count)
				    for line, count in lines.items()}
			for name, lines in said.items()}
	except (ValueError, TypeError, AttributeError, RecursionError):
		return None


def _counted(judging):
	"""The same of the tree as it is exported now, or None."""
	binaries = judging.counting()
	if not binaries:
		return None
	order = {"commands": [judging.words(b) for b in binaries],
		 "tree": kdir.check(judging.tree),
		 "compiler": judging.args.cc}
	with judging.box.build(
			[sandbox.python(),
			 os.path.join(ROOT, "tools/series/count.py"),
			 json.dumps(order)], sandbox.Limits(seconds=600),
			writable=(), readable=[judging.work, judging.tree],
			stdout=proc.PIPE, stderr=sandbox.DEVNULL) as watched:
		data = outcome.read(watched.child.stdout)
		status = watched.wait()
	return None if status or watched.broken else _checked(data)


def counts(judging, state):
	"""{file: {line: count}} of @state, which was judged last, or None.

	By the text itself: what is no code may still move lines.
	"""
	key = judging.key(b"lines " + json.dumps(sorted(state.items())).encode() +
			  b"".join(read_bytes(os.path.join(ROOT, name))
				   for name in READERS))
	kept = None if judging.args.fresh else read_bytes(key)
	found = _checked(kept) if kept else None
	if found is None:
		found = _counted(judging)
		if found is not None:
			write_changed(key, json.dumps(found).encode())
	return found


def covered(judging, old, new, touched):
	"""[Covered, ...] of the change from state @old to @new, or None."""
	found = counts(judging, new)
	if found is None:
		say("the lines of this patch could not be counted")
		return None
	out, repository = [], judging.repository
	for name in touched:
		mode, oid = new.get(name, EMPTY)
		if mode not in paths.REGULAR or oid is None:
			continue
		before = old.get(name, EMPTY)[1] if \
			old.get(name, EMPTY)[0] in paths.REGULAR else None
		if name.endswith(".c") and name not in found:
			# not compiled, as where XFS alone does not build
			continue
		numbers = changed(repository, before, oid)
		code = found.get(name, {})
		text = repository.blob(oid).decode("utf-8", "replace").split("\n")
		out.append(Covered(
			name, len(numbers),
			[n for n in numbers if code.get(n)],
			[[n, clean(text[n - 1])] for n in numbers
			 if code.get(n) == 0 and n <= len(text)]))
	return out or None
