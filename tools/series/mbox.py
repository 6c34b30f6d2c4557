# SPDX-License-Identifier: GPL-2.0-only
"""Mails with patches: which are there, in which order, onto what.

git mailsplit and git mailinfo read them, as git am does; what is here reads
the subject: [PATCH RFC v2 3/7]. A thread may come with its cover letter,
answers and older versions.
"""

import dataclasses
import os
import re

from tools.files import read_bytes
from tools.series.model import clean
from tools.stop import Stop, UNTESTABLE, USAGE

_PREFIX = re.compile(r"\s*\[([^\]]*)\]")
_COUNT = re.compile(r"\b(\d{1,4})/(\d{1,4})$")
_VERSION = re.compile(r"\b[vV](\d{1,3})\b")
_BASE = re.compile(r"^base-commit:\s*([0-9a-f]{40,64})\s*$", re.M)
_NEEDS = re.compile(r"^prerequisite-patch-id:", re.M)
_DIFF = re.compile(rb"^(?:diff --git |--- \S|\+\+\+ \S)", re.M)
ENDS = (".patch", ".mbox", ".mbx", ".eml", ".diff")


@dataclasses.dataclass
class Mail:
	"""One mail with a patch; @number of @of, 1 of 1 when it says nothing."""
	number: int
	of: int
	version: int
	prefix: str		# "PATCH v2 3/7"
	subject: str
	patch: bytes
	text: str		# the whole mail
	message: str = ""	# what would be the changelog

	@property
	def name(self):
		"""As it is called on the list."""
		return "[%s] %s" % (self.prefix, self.subject)


def files(path):
	"""The files that --mbox @path means, in order."""
	real = os.path.expanduser(path)
	if path == "-" or os.path.exists(real) and not (
			os.path.isdir(real) or os.path.isfile(real)):
		raise Stop(USAGE, "--mbox %s: mails are not read from a pipe, as "
			   "every failure names the command that shows it again: "
			   "put them into a file" % path)
	if not os.path.exists(real):
		raise Stop(USAGE, "there is no %s" % path)
	if os.path.isdir(real) and not os.path.isdir(os.path.join(real, "cur")):
		found = sorted(os.path.join(real, name)
			       for name in os.listdir(real)
			       if name.endswith(ENDS))
		if not found:
			raise Stop(USAGE, "%s holds no patches: nothing there ends "
				   "in %s" % (path, ", ".join(ENDS)))
		return found
	return [real]


def _split(repository, paths, scratch):
	"""Paths of the single mails."""
	os.makedirs(scratch, exist_ok=True)
	for name in os.listdir(scratch):
		os.unlink(os.path.join(scratch, name))
	status, _, err = repository.run(
		"mailsplit", "-b", "-d5", "-o" + scratch, "--",
		*(os.path.abspath(p) for p in paths))
	if status:
		raise Stop(USAGE, "cannot read %s as mails: %s" %
			   (", ".join(paths), err.strip()))
	return [os.path.join(scratch, n) for n in sorted(os.listdir(scratch))]


def _parse(repository, path):
	"""(Mail, or None where there is no patch; the subject) of one mail."""
	with open(path, "rb") as stream:
		data = stream.read()
	patch, message = path + ".patch", path + ".msg"
	# some mailers end each line in a base64 body with CR LF
	status, out, _ = repository.feed(data, "mailinfo", "-k", "-u",
					 "--quoted-cr=strip", message, patch)
	if status:
		return None, ""
	with open(patch, "rb") as stream:
		body = stream.read()
	# one with a line break in it, which takes some encoding, has more of these
	subject = clean(" ".join(
		line[len("Subject: "):].strip() for line in
		os.fsencode(out).decode("utf-8", "replace").split("\n")
		if line.startswith("Subject: ")).strip())
	mail = _numbered(subject)
	mail.patch, mail.text = body, data.decode("utf-8", "replace")
	mail.message = (read_bytes(message) or b"").decode("utf-8", "replace")
	return mail, subject


def _numbered(subject):
	"""A Mail with what its @subject says."""
	rest, number, of, version, prefix = subject, 1, 1, 1, "PATCH"
	while True:
		m = _PREFIX.match(rest)
		if not m:
			break
		rest = rest[m.end():]
		count = _COUNT.search(m.group(1))
		if count:
			number, of = int(count.group(1)), int(count.group(2))
		found = _VERSION.search(m.group(1))
		version = int(found.group(1)) if found else version
		if "PATCH" in m.group(1).upper() or count:
			prefix = m.group(1).strip()
	return Mail(number, of, version, prefix, rest.strip(), b"", "")


def read(repository, path, scratch):
	"""({number: Mail}, how many, base-commit or None, notes) of --mbox."""
	notes, mails, base, needs = [], [], None, 0
	order = []
	for part in _split(repository, files(path), scratch):
		mail, subject = _parse(repository, part)
		if mail is None:
			notes.append("%s is no mail and was left out" %
				     os.path.basename(part))
			continue
		trailer = _BASE.search(mail.text)
		mails.append((mail, trailer and trailer.group(1),
			      len(_NEEDS.findall(mail.text)), subject))
	newest = max((m.version for m, *_ in mails if _DIFF.search(m.patch)),
		     default=1)
	older = sorted({m.version for m, *_ in mails if m.version < newest})
	if older:
		notes.append("v%d is judged; %s of the same series %s left out" %
			     (newest, ", ".join("v%d" % v for v in older),
			      "was" if len(older) == 1 else "were"))
	found = {}
	for mail, trailer, wanted, subject in mails:
		if mail.version != newest:
			continue
		base, needs = base or trailer, max(needs, wanted)
		if not _DIFF.search(mail.patch) or \
				re.match(r"(?i)\s*(?:re|aw|fwd?):", subject):
			if mail.number and not re.match(r"(?i)\s*re:", subject):
				notes.append('"%s" has no patch in it' % subject)
			continue
		if mail.of == 1:
			# nobody numbered them: as they come
			mail.number = len(found) + 1
		if mail.number in found:
			if found[mail.number].patch == mail.patch:
				continue	# the list's copy and the one to me
			raise Stop(USAGE, "two different mails are [%s]: %s" %
				   (mail.prefix, path))
		found[mail.number] = mail
		order.append(mail.number)
	if not found:
		raise Stop(USAGE, "%s holds no patch" % path)
	counts = {m.of for m in found.values()}
	of = max(max(counts), max(found))
	if counts == {1}:
		of = len(found)
	elif len(counts) > 1:
		raise Stop(USAGE, "%s mixes series of %s patches: give them one by "
			   "one" % (path, " and ".join(map(str, sorted(counts)))))
	if order != sorted(order):
		notes.append("the mails are out of order (%s): taken by their "
			     "numbers" % ", ".join(map(str, order)))
	lost = [n for n in range(1, of + 1) if n not in found]
	if lost:
		notes.append("%s of %d %s missing: what comes behind is tried "
			     "without" % (", ".join(map(str, lost)), of,
					  "is" if len(lost) == 1 else "are"))
	if needs:
		notes.append("the series wants %d other patches below it "
			     "(prerequisite-patch-id), which are not applied" %
			     needs)
	return found, of, base, notes


def onto(users, repository, wanted, given):
	"""(commit to apply to, notes): base-commit, --base, or HEAD."""
	if given is not None:
		found = users.commit(given)
		if not found:
			raise Stop(USAGE, "there is no commit %s in %s" %
				   (given, users.real))
		if wanted and found != wanted:
			return found, ["on %s, as --base says; the mails name %s" %
				       (found[:12], wanted[:12])]
		return found, []
	if wanted and repository.has(wanted):
		return wanted, []
	head = users.commit("HEAD")
	if not head:
		raise Stop(UNTESTABLE, "%s has no commit yet" % users.real)
	if wanted:
		return head, ["the mails' base-commit %s is not in %s: on HEAD, "
			      "%s, instead; git fetch it, or name another with "
			      "--base" % (wanted[:12], users.real, head[:12])]
	return head, ["the mails name no base-commit: on HEAD, %s" % head[:12]]
