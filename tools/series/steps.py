# SPDX-License-Identifier: GPL-2.0-only
"""What there is to judge, whether it came as commits or as mails.

A Step is a row of the table before anything is built: what it is called, and
the state of the tree with it, or why there is none.
"""

import dataclasses
import os

from tools.series import apply, commits, mbox, path as paths
from tools.series.model import MISSING, NOT_APPLIED


@dataclasses.dataclass
class Step:
	"""One row; @state: None when @ending (of model.STATES) says why."""
	number: str
	subject: str
	name: str
	commit: str = None
	merge: int = 0
	state: dict = None
	tree: str = None	# the whole tree: a commit, and changes on top
	changes: dict = dataclasses.field(default_factory=dict)
	ending: str = None
	why: str = ""
	note: str = ""
	message: str = ""	# the changelog of a mail; of a commit git has it


def _base(repository, commit):
	return Step("base", commit.subject, commit.name, commit.commit,
		    commit.merge, paths.of_commit(repository, commit.commit),
		    commit.commit)


def of_range(users, repository, text):
	"""([base, Step, ...], notes) of BASE..HEAD."""
	base, found, notes = commits.walk(users, repository, text)
	steps = [_base(repository, base)]
	for number, commit in enumerate(found, 1):
		steps.append(Step("%d/%d" % (number, len(found)),
				  commit.subject, commit.name, commit.commit,
				  commit.merge,
				  paths.of_commit(repository, commit.commit),
				  commit.commit))
	return steps, notes


def of_mbox(users, repository, path, given, scratch):
	"""([base, Step, ...], notes) of --mbox @path."""
	mails, of, wanted, notes = mbox.read(repository, path,
					     os.path.join(scratch, "mails"))
	commit, more = mbox.onto(users, repository, wanted, given)
	notes += more
	steps = [_base(repository, commits.one(repository, commit))]
	index = apply.Index(repository, commit, mails.values(),
			    os.path.join(scratch, "applied"))
	for number in range(1, of + 1):
		label = "%d/%d" % (number, of)
		if number not in mails:
			steps.append(Step(label, "", "[PATCH %s]" % label,
					  ending=MISSING,
					  why="its mail is not there"))
			continue
		mail = mails[number]
		step = Step(label, mail.subject, mail.name, message=mail.message)
		words, judged = index.apply(mail)
		if words and not judged:
			step.ending, step.why = NOT_APPLIED, words
		else:
			step.state = index.state()
			step.tree, step.changes = commit, index.changes()
			step.note = words and \
				"only what libkern reads applies: " + words or ""
		steps.append(step)
	return steps, notes
