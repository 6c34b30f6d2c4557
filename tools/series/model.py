# SPDX-License-Identifier: GPL-2.0-only
"""What is known of a series once it is judged: plain data, one object a notion.

series() makes a Series, and everything that is shown comes out of that alone:
the table (table.py), and whatever else reports. record() makes it JSON.

A Series has one Patch a row, in order; patches[0] is the base, which is judged
like the rest and is no patch. A Patch has a Verdict for every suite in
Series.suites, so that a grid needs no guessing, and its Failures.

Text out of patches and test runs is made fit for a terminal by clean() when it
enters an object here, so that who prints it need not think of escapes; HTML and
XML still have to be quoted. Times are seconds.
"""

import dataclasses
import re

# How a suite ended on one patch: Verdict.verdict.
PASS = "pass"			# every case, or the others were skipped
FAIL = "fail"
KNOWN = "known"			# nothing failed, known findings were met
SKIPPED = "skipped"		# nothing failed and nothing ran
NO_BUILD = "does not build"
NOTHING = "nothing to test"	# of the path this patch touches nothing, or
				# the tree has no such path
UNTESTABLE = "cannot be tested"	# any other reason why there is no verdict
VERDICTS = (PASS, FAIL, KNOWN, SKIPPED, NO_BUILD, NOTHING, UNTESTABLE)
RAN = (PASS, FAIL, KNOWN, SKIPPED)

# Among the suites, with --kunit: all of them in a kernel. Its cases are called
# SUITE.CASE.
KERNEL = "UML"

# How a patch came to its verdicts: Patch.state.
JUDGED = "judged"		# built and run, now or earlier (Patch.cached)
SAME = "same code"		# for the compiler, as its parent: not run again
UNTOUCHED = "untouched"		# touches no file that libkern reads
NOT_BUILT = "does not build"
NO_PATH = "nothing to test"	# this tree has no release path to test
BROKEN = "cannot be tested"	# lacks a file, a limit was met, ...
NOT_APPLIED = "does not apply"	# --mbox
MISSING = "missing"		# --mbox: its mail is not there
STATES = (JUDGED, SAME, UNTOUCHED, NOT_BUILT, NO_PATH, BROKEN, NOT_APPLIED,
	  MISSING)
HAS_RUN = (JUDGED, SAME, UNTOUCHED)	# as far as its parent has

# how shim/build.py begins where it alone is to blame; not what it says of a
# file that does not compile, which may want what the shim lacks
LACKS = "the shim lacks "

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e"
		      "\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")


def clean(text):
	"""@text without what would steer a terminal."""
	return _CONTROL.sub("?", text.expandtabs())


@dataclasses.dataclass
class Verdict:
	"""One suite on one patch; counts are of cases, each parameter one.

	@known: {name of a known finding: cases}
	@was: the verdict of the parent, None without one that ran
	@changed: differs from the parent, in the verdict or in what fails
	@broke: cases ("CASE" or "CASE [PARAM]") that fail now and did not
	@mended: cases that failed and do not now
	"""
	verdict: str
	passed: int = 0
	failed: int = 0
	skipped: int = 0
	known: dict = dataclasses.field(default_factory=dict)
	was: str = None
	changed: bool = False
	broke: list = dataclasses.field(default_factory=list)
	mended: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Failure:
	"""One case, or one parameter of it, that failed.

	@reason: one line
	@text: what the case printed, up to its first picture, that included
	@death: None, or how it died: bug, stub, hang, ... (shim/host/json.c)
	@new: did not fail in the parent
	@again: the command that shows it again
	"""
	suite: str
	case: str
	param: str = None
	reason: str = ""
	text: str = ""
	death: str = None
	new: bool = True
	again: str = ""

	@property
	def name(self):
		"""CASE or CASE [PARAM]."""
		return (self.case or "(suite)") + \
			(" [%s]" % self.param if self.param else "")


@dataclasses.dataclass
class Covered:
	"""Which of the lines that a patch changes in @file were run (--coverage).

	@changed: how many it adds or changes, comments and the like included
	@run: numbers of those that hold code and were run
	@missed: [number, text] of those that hold code and were not
	"""
	file: str
	changed: int = 0
	run: list = dataclasses.field(default_factory=list)
	missed: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Behaviour:
	"""Whether a patch changes what the release does (--nfc).

	@of: "fs/iomap": over a filesystem that records; "fs/xfs": XFS's own code
	@against: position of the row that it is compared with
	@states: how many were compared
	@bound: up to where, in words
	@differ: how many of them differ
	@smallest: the ID of one in the fewest blocks, or None
	@pictures: [that row's, own] of this one
	@claimed: its changelog says that there is no functional change
	@why: why it could not be compared, else ""
	@again: the command that compares it again
	"""
	of: str
	against: int
	states: int = 0
	bound: str = ""
	differ: int = 0
	smallest: str = None
	pictures: list = dataclasses.field(default_factory=list)
	claimed: bool = False
	why: str = ""
	again: str = ""

	def broken(self):
		"""Is it not as its changelog says?"""
		return self.claimed and self.differ > 0


@dataclasses.dataclass
class Patch:
	"""One row: the base (position 0), a commit of a range, or a mail.

	@position: from 1 in order; 0 is the base
	@number: "3/7" as it is called, "base"
	@subject: without "[PATCH ...]"
	@commit: full hash in the user's history, None for a mail
	@name: 'PATCH 3/7 in brackets and subject', or '12 digits ("subject")'
	@merge: how many commits a merge brings in; 0 for any other commit
	@parent: position of the row that it is compared with, None for the base
	@state: one of STATES
	@why: in words, where state alone does not say it; may be several lines
	@note: what else to say of it, as "only in part"
	@touched: the files of the path that differ from the parent's
	@facts: as ./libkern probe, {} where nothing could be probed
	@facts_changed: {name: [parent's, own]}
	@verdicts: {suite: Verdict}, complete
	@behaviour: a Behaviour for each of fs/iomap and fs/xfs that it touches
	@covered: a Covered for each of the path's files with changed lines; None
	where that was not asked for, or there is nothing that runs
	@cached: the verdict is from an earlier run, or from an equal patch
	@seconds: {"build": s, "run": s}
	"""
	position: int
	number: str
	subject: str
	commit: str = None
	name: str = ""
	merge: int = 0
	parent: int = None
	state: str = JUDGED
	why: str = ""
	note: str = ""
	touched: list = dataclasses.field(default_factory=list)
	facts: dict = dataclasses.field(default_factory=dict)
	facts_changed: dict = dataclasses.field(default_factory=dict)
	verdicts: dict = dataclasses.field(default_factory=dict)
	failures: list = dataclasses.field(default_factory=list)
	covered: list = None
	behaviour: list = dataclasses.field(default_factory=list)
	cached: bool = False
	seconds: dict = dataclasses.field(default_factory=dict)

	def ran(self):
		"""Is there a verdict on the code of this row?"""
		return any(v.verdict in RAN for v in self.verdicts.values())

	def failed(self):
		"""Does any case fail?"""
		return any(v.verdict == FAIL for v in self.verdicts.values())

	def untested(self):
		"""Is any of it without a verdict?"""
		return self.state not in HAS_RUN or bool(self.note) or any(
			v.verdict == UNTESTABLE for v in self.verdicts.values()) \
			or any(found.why for found in self.behaviour)

	def failed_claim(self):
		"""Does its changelog deny a change that there is?"""
		return any(found.broken() for found in self.behaviour)

	def broke(self):
		"""Does a case fail that did not fail in the parent?"""
		return any(v.broke for v in self.verdicts.values())


@dataclasses.dataclass
class FirstBad:
	"""The first patch on which a case fails that did not on its parent.

	@doubt: positions just before it without a verdict: it may be one of them
	@fixes: the line for the patch that mends it, None for a mail
	@mended_by: position of the patch after which none of it fails, or None
	"""
	position: int
	name: str
	doubt: list = dataclasses.field(default_factory=list)
	fixes: str = None
	mended_by: int = None


@dataclasses.dataclass
class Series:
	"""All of it.

	@tree: the user's git tree
	@source: "BASE..HEAD", or the mails' file
	@suites: names in the order in which they run, "iomap_delalloc_" included
	@notes: what to know before the table is read
	@sandbox: "bubblewrap", or "none: why"
	@bound: what was built and run, in words, as a verdict needs it
	@untested: what the verdicts do not say, one thing a line
	@command: the command that judges all of it again
	@status: exit status: 1 beats 125 beats 0
	"""
	tree: str
	source: str
	patches: list
	suites: list
	first_bad: FirstBad = None
	notes: list = dataclasses.field(default_factory=list)
	sandbox: str = ""
	bound: str = ""
	untested: list = dataclasses.field(default_factory=list)
	command: str = ""
	status: int = 0
	seconds: float = 0.0

	def record(self):
		"""The same as dicts and lists, for JSON."""
		return {"format": 1, **dataclasses.asdict(self)}
