# SPDX-License-Identifier: GPL-2.0-only
"""Mails as lists, people and b4 leave them. Nothing has to be built for these."""

import base64
import os
import quopri
import re
import shutil
import tempfile

from tests.history import History
from tests.support import Case, libkern


class Mails(Case):
	"""Five commits outside of the path, as mails in every state."""

	@classmethod
	def setUpClass(cls):
		cls.place = tempfile.mkdtemp(prefix="libkern-mbox-")
		cls.addClassCleanup(shutil.rmtree, cls.place, ignore_errors=True)
		cls.history = History(os.path.join(cls.place, "linux"))
		cls.base = cls.history.commit("base")
		for number in range(1, 6):
			cls.history.write("doc/%d" % number, "%d\n" % number)
			cls.history.write("README", "%d\n" % number)
			cls.history.commit("docs: change %d" % number)
		cls.history.git("branch", "series")
		cls.history.git("checkout", "-q", "-B", "main", cls.base)
		cls.shared = os.path.join(cls.place, "out")

	def setUp(self):
		super().setUp()
		self.history.git("checkout", "-q", "-f", "-B", "main", self.base)

	def mails(self, *words, name="mails"):
		"""The five, one file each, and perhaps a cover letter."""
		return self.history.mails(self.path(name), "main..series", *words)

	def judged(self, path, status, *texts):
		"""libkern series --mbox; @texts are somewhere in what it says."""
		result = libkern("series", "--mbox", path, "--kdir",
				 self.history.path, "-o", self.shared,
				 "--no-sandbox")
		self.assertEqual(result.status, status, result)
		self.assertNotIn("Traceback", result.err)
		for text in texts:
			self.assertIn(text, result.out + result.err, result)
		return result

	def joined(self, paths, name="box"):
		"""One file of them all."""
		with open(self.path(name), "wb") as out:
			for path in paths:
				with open(path, "rb") as part:
					out.write(part.read())
		return self.path(name)

	def change(self, path, old, new):
		"""Edit a mail."""
		with open(path, encoding="utf-8") as stream:
			text = stream.read()
		self.assertIn(old, text)
		with open(path, "w", encoding="utf-8") as stream:
			stream.write(text.replace(old, new))

	def test_whole(self):
		"""A directory, one file, with a cover letter; nothing is amiss"""
		whole = self.mails("--cover-letter", "-v2", "--rfc",
				   "--base=" + self.base)
		for path in (self.path("mails"), self.joined(whole)):
			result = self.judged(path, 125, "5 touch nothing of the path")
			self.assertEqual(re.findall(r"(?m)^(\d/5) .*change (\d)$",
						    result.out),
					 [("%d/5" % n, str(n))
					  for n in range(1, 6)])
			for word in ("missing", "order", "base-commit"):
				self.assertNotIn(word, result.err)

	def test_base(self):
		"""base-commit is honoured, else HEAD is taken, and said so"""
		late = self.history.git("rev-parse", "series~2")
		whole = self.history.mails(self.path("late"), "series~2..series",
					   "--base=" + late)
		result = self.judged(self.path("late"), 125, "2 touch nothing")
		self.assertIn(late[:12], result.err + self.history.git(
			"rev-parse", late))
		for path in whole:
			with open(path, encoding="utf-8") as stream:
				if "base-commit" not in stream.read():
					continue
			self.change(path, "base-commit: " + late,
				    "base-commit: " + "e" * 40)
		result = self.judged(self.path("late"), 125, "e" * 12,
				     "is not in", "on HEAD, " + self.base[:12],
				     "2 do not apply")
		# without any
		self.mails()
		self.judged(self.path("mails"), 125, "name no base-commit",
			    "5 touch nothing")
		result = libkern("series", "--mbox", self.path("mails"), "--kdir",
				 self.history.path, "-o", self.shared,
				 "--no-sandbox", "--base", "nowhere")
		self.ends(result, 129, "no commit nowhere")

	def test_missing(self):
		"""A part that is not there: the rest is tried, and never a 0"""
		whole = self.mails()
		os.unlink(whole[2])
		result = self.judged(self.path("mails"), 125,
				     "3 of 5 is missing", "[PATCH 3/5]",
				     "2 touch nothing of the path",
				     "2 do not apply")
		self.assertRegex(result.out, r"(?m)^3/5$")
		os.unlink(whole[4])
		self.judged(self.path("mails"), 125, "3, 5 of 5 are missing")

	def test_order(self):
		"""Out of order: sorted, and said so"""
		whole = self.mails()
		box = self.joined([whole[n] for n in (1, 0, 4, 2, 3)])
		self.judged(box, 125, "out of order (2, 1, 5, 3, 4)",
			    "5 touch nothing of the path")

	def test_twice(self):
		"""The same mail twice is one; two of a number are too many"""
		whole = self.mails()
		self.judged(self.joined(whole + whole[2:3]), 125,
			    "5 touch nothing")
		shutil.copy(whole[3], self.path("other"))
		self.change(self.path("other"), "+4\n", "+44\n")
		self.judged(self.joined(whole + [self.path("other")]), 129,
			    "two different mails are [PATCH 4/5]")

	def test_bare_names(self):
		"""Without a/ and b/ in front of the names, as diff.noprefix has it"""
		self.mails("--no-prefix")
		self.judged(self.path("mails"), 125, "5 touch nothing")
		self.mails("--src-prefix=i/", "--dst-prefix=w/", name="other")
		self.judged(self.path("other"), 125, "5 touch nothing")

	def test_line_ends(self):
		"""All of an mbox with CR LF; trailers that b4 adds"""
		whole = self.mails("-v2")
		for path in whole:
			self.change(path, "\n---\n", "\nReviewed-by: B <b@x>\n"
				    "Link: https://example.com/r/x\n---\n")
		with open(self.joined(whole), "rb") as stream:
			data = stream.read()
		with open(self.path("dos"), "wb") as out:
			out.write(data.replace(b"\n", b"\r\n"))
		self.judged(self.path("dos"), 125, "5 touch nothing")

	def test_versions(self):
		"""An older version in the same thread is left out"""
		older = self.mails(name="old")[:3]
		self.judged(self.joined(older + self.mails("-v4")), 125,
			    "v4 is judged; v1 of the same series was left out",
			    "5 touch nothing")

	def test_mixed(self):
		"""Two series in one file"""
		other = self.history.mails(self.path("other"), "series~2..series",
					   "-n", "--start-number=6")
		self.change(other[0], "6/7", "6/8")
		self.judged(self.joined(self.mails() + other[:1]), 129,
			    "mixes series")

	def test_answers(self):
		"""Answers, also those that quote a patch, are no patches"""
		whole = self.mails()
		with open(self.path("answer"), "w", encoding="ascii") as stream:
			stream.write("From x Mon Sep 17 00:00:00 2001\n"
				     "From: B <b@example.com>\n"
				     "Subject: Re: [PATCH 2/5] docs: change 2\n\n"
				     "> words\n\nReviewed-by: B <b@example.com>\n\n")
		self.judged(self.joined(whole[:2] + [self.path("answer")] +
					whole[2:]), 125, "5 touch nothing")

	def test_encoded(self):
		"""Quoted-printable, base64 and a subject in UTF-8"""
		self.history.git("checkout", "-q", "-b", "utf8", self.base)
		self.history.write("doc/u", "h\u00e9\n")
		# which does not apply with a CR too many
		self.history.write("README", "of another sort\n")
		self.history.commit("docs: h\u00e9 in a subject that is so long that "
				    "it has to be folded by whoever sends it")
		whole = self.history.mails(self.path("utf8"), "main..utf8")
		self.history.git("checkout", "-q", "main")
		result = self.judged(self.path("utf8"), 125, "1 touch nothing")
		self.assertIn("docs: h\u00e9", result.out)
		self.change(whole[0], "Content-Transfer-Encoding: 8bit",
			    "Content-Transfer-Encoding: quoted-printable")
		self.change(whole[0], "+h\u00e9", "+h=C3=A9")
		self.judged(whole[0], 125, "1 touch nothing")
		# as some mailers send it: base64, and CR LF inside
		with open(whole[0], "rb") as stream:
			head, _, body = stream.read().partition(b"\n\n")
		body = quopri.decodestring(body).replace(b"\n", b"\r\n")
		with open(whole[0], "wb") as out:
			out.write(head.replace(b"quoted-printable", b"base64") +
				  b"\n\n" + base64.encodebytes(body))
		self.judged(whole[0], 125, "1 touch nothing")

	def test_broken_subject(self):
		"""A line break in an encoded subject loses none of its words"""
		name = self.mails()[0]
		self.change(name, "Subject: [PATCH 1/5] docs: change 1",
			    "Subject: =?utf-8?q?=5BPATCH_1/5=5D_docs=3A=0D=0A"
			    "Subject=3A_change_=0A1?=")
		result = self.judged(self.path("mails"), 125, "5 touch nothing")
		self.assertRegex(result.out,
				 r"(?m)^1/5 +docs: Subject: change 1$")

	def test_binary(self):
		"""A binary patch applies; without its bytes it does not"""
		self.history.git("checkout", "-q", "-b", "binary", self.base)
		path = os.path.join(self.history.path, "logo")
		with open(path, "wb") as stream:
			stream.write(bytes(range(256)) * 8)
		self.history.commit("docs: a logo")
		self.history.git("checkout", "-q", "main")
		self.history.mails(self.path("binary"), "main..binary")
		self.judged(self.path("binary"), 125, "1 touch nothing")
		self.history.mails(self.path("bytes"), "main..binary",
				   "--no-binary")
		self.judged(self.path("bytes"), 125, "1 do not apply",
			    "binary patch")

	def test_renamed(self):
		"""A file that gets another name, odd ones included"""
		self.history.git("checkout", "-q", "-b", "renamed", "series")
		for old, new in (("doc/1", "doc/one"),
				 ("doc/2", "doc/zw\u00f6lf \"\t\""),
				 ("doc/zw\u00f6lf \"\t\"", "doc/2")):
			self.history.git("mv", old, new)
			self.history.commit("docs: rename")
		self.history.mails(self.path("renamed"), "series..renamed")
		self.history.git("checkout", "-q", "series")
		self.judged(self.path("renamed"), 125, "3 touch nothing")

	def test_nothing(self):
		"""No file, no mail, no patch, a directory of something else"""
		self.judged(self.path("none"), 129, "there is no")
		os.mkdir(self.path("dir"))
		self.judged(self.path("dir"), 129, "holds no patches")
		for text in ("", "hello\n", "\0\1\2\xff" * 100,
			     "From x\nSubject: [PATCH] x\n\nwords only\n"):
			with open(self.path("file"), "w", encoding="latin-1") as s:
				s.write(text)
			self.judged(self.path("file"), 129)
		os.mkfifo(self.path("fifo"))
		self.judged(self.path("fifo"), 129, "into a file")

	def test_pipe(self):
		"""Mails out of a pipe could not be judged again"""
		for name in ("-", "/dev/null"):
			self.judged(name, 129, "put them into a file")

	def test_damaged(self):
		"""A patch that some mailer has wrapped"""
		whole = self.mails()
		self.change(whole[1], "@@ -0,0 +1 @@", "@@ -0,0\n+1 @@")
		self.judged(self.path("mails"), 125, "2/5", "does not apply")

	def test_in_part(self):
		"""What does not apply elsewhere does not hide what does here"""
		self.history.git("checkout", "-q", "-b", "part", "series")
		self.history.comment("no code")
		self.history.write("README", "part\n")
		self.history.commit("iomap: and README")
		self.history.mails(self.path("part"), "series..part")
		self.history.git("checkout", "-q", "main")
		result = self.judged(self.path("part"), 125,
				     "only what libkern reads applies: patch "
				     "failed: README:1")
		self.assertIn("1 pass", result.out)
