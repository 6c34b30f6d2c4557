# SPDX-License-Identifier: GPL-2.0-only
"""BASE..HEAD: which commits, in which order, and what each is compared with.

The walk follows first parents, so that each commit's parent is the row above
it: a merge is one step, everything that it brings in at once.
"""

import dataclasses

from tools.series.model import clean
from tools.stop import Stop, UNTESTABLE, USAGE


@dataclasses.dataclass
class Commit:
	"""One commit; @merge: how many commits a merge brings in, else 0."""
	commit: str
	subject: str
	merge: int = 0
	parent: str = None

	@property
	def name(self):
		"""As commits are named in changelogs."""
		return '%s ("%s")' % (self.commit[:12], self.subject)


def _split(text):
	"""(name of the base, name of the head) of a range."""
	if "..." in text:
		raise Stop(USAGE, "%s: give BASE..HEAD with two dots; the base is "
			   "then wherever the branches parted" % text)
	if text.endswith("^!"):
		return text[:-2] + "^", text[:-2]
	base, dots, head = text.partition("..")
	if not dots:
		raise Stop(USAGE, "%s is no range of commits: BASE..HEAD, or "
			   "COMMIT^! for one commit alone" % text)
	return base or "HEAD", head or "HEAD"


def _resolve(users, name, text):
	found = users.commit(name)
	if found:
		return found
	if users.is_shallow():
		raise Stop(UNTESTABLE, "%s of %s is not in this clone, which is "
			   "shallow: git fetch --unshallow, or --deepen=N" %
			   (name, text))
	raise Stop(USAGE, "there is no commit %s (of %s) in %s" %
		   (name, text, users.real))


def one(repository, commit):
	"""The Commit of the hash @commit."""
	out = repository.out("rev-list", "--max-count=1", "--no-commit-header",
			     "--format=%H%x00%P%x00%s", commit)
	return _commit(repository, out.rstrip("\n"))


def _commit(repository, line):
	found, parents, subject = line.split("\0", 2)
	parents = parents.split()
	merge = 0
	if len(parents) > 1:
		merge = int(repository.out("rev-list", "--count", found,
					   "^" + parents[0])) - 1
	return Commit(found, clean(subject), merge,
		      parents[0] if parents else None)


def walk(users, repository, text):
	"""(base Commit, [Commit, ...], notes) of the range @text."""
	names = _split(text)
	base, head = (_resolve(users, name, text) for name in names)
	out = repository.out("rev-list", "--first-parent", "--reverse",
			     "--no-commit-header", "--format=%H%x00%P%x00%s",
			     head, "^" + base)
	found = [_commit(repository, line) for line in out.split("\n") if line]
	if not found:
		if base == head:
			raise Stop(USAGE, "the range %s is empty: both ends are "
				   "%s" % (text, base[:12]))
		raise Stop(USAGE, "the range %s is empty, the wrong way round: "
			   "%s comes before %s, so it is %s..%s" %
			   (text, names[1], names[0], names[1], names[0]))
	notes = []
	parent = found[0].parent
	if parent is None or not repository.has(parent):
		if users.is_shallow():
			raise Stop(UNTESTABLE, "this clone is shallow and ends at "
				   "%s, before it reaches %s: git fetch "
				   "--unshallow, or --deepen=N" %
				   (found[0].commit[:12], names[0]))
		raise Stop(UNTESTABLE, "%s has no parent to compare with, and %s "
			   "is not among its ancestors" %
			   (found[0].commit[:12], names[0]))
	if parent != base:
		notes.append("%s is not the parent of the first commit: the base "
			     "is %s, where the branches parted" %
			     (names[0], parent[:12]))
	for commit in found:
		if commit.merge:
			notes.append("%s is a merge of %d commits, taken as one "
				     "step: ./libkern series %s^..%s^2 looks "
				     "inside" % (commit.commit[:12], commit.merge,
						 commit.commit[:12],
						 commit.commit[:12]))
	return one(repository, parent), found, notes
