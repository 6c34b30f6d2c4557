# SPDX-License-Identifier: GPL-2.0-only
"""Patches that mean harm: what they reach, and what the report says of them.

Each attack is a commit of code of the test's own. One that succeeds ends the
test binary with status 99, so that the report shows it; each is also tried
without walls, where that does no harm, as an attack that cannot work proves
nothing.
"""

import os
import shutil
import socket
import stat
import subprocess
import tempfile
import time
import unittest

from tests import trees
from tests.history import BUFFERED, History
from tests.support import Case, ROOT, inside, libkern, processes
from tools.series import outcome, path as paths, sandbox

WALLS = sandbox.refusal()
EVIL = """
int open(const char *name, int flags, ...);
int socket(int domain, int type, int protocol);
int connect(int fd, const void *address, unsigned int size);
int kill(int pid, int signal);
int fork(void);
unsigned int getuid(void);
void _exit(int status);
void *malloc(__SIZE_TYPE__ size);
void *memset(void *to, int c, __SIZE_TYPE__ n);
extern void libkern_evil(void);
__attribute__((constructor)) void libkern_evil(void)
{
	%s
}
"""
FILTER = ("--filter", "iomap_delalloc_zero")


class Attack(Case):
	"""One git tree for all; each attack is a commit on its base."""

	@classmethod
	def setUpClass(cls):
		cls.place = tempfile.mkdtemp(prefix="libkern-evil-")
		cls.addClassCleanup(shutil.rmtree, cls.place, ignore_errors=True)
		cls.history = History(os.path.join(cls.place, "linux"))
		cls.base = cls.history.commit("base")
		cls.shared = os.path.join(cls.place, "out")

	def commit(self, code, name=BUFFERED):
		"""A commit that adds @code to a file; its hash."""
		self.history.git("checkout", "-q", "-f", self.base)
		self.history.edit(lambda text: text + "\n" + code + "\n", name)
		return self.history.commit("iomap: harmless")

	def series(self, commit, *words, **kwargs):
		"""Judge @commit."""
		return libkern("series", commit + "^!", "--kdir",
			       self.history.path, "-o", self.shared, *FILTER,
			       *words, **kwargs)

	def constructor(self, text, alone=True):
		"""Run @text before main(): stopped by walls, not without them."""
		commit = self.commit(EVIL % text)
		result = self.series(commit)
		self.ends(result, 0)
		self.assertIn("sandbox bubblewrap", result.out)
		if alone:
			result = self.series(commit, "--no-sandbox", "--fresh")
			self.ends(result, 125)
			self.assertIn("status 99", result.out)
			self.assertIn("sandbox none", result.out)


@unittest.skipIf(WALLS, WALLS)
class Reach(Attack):
	"""Files, network, processes."""

	def test_write(self):
		"""Nothing can be written: not outside, not what was built"""
		work = os.path.join(self.shared, "series")
		mark = os.path.join(self.place, "mark")
		created = "if (open(\"%s\", 0101, 0600) >= 0) _exit(99);"
		# inside, /tmp is a place of its own, gone with it
		commit = self.commit(EVIL % created % mark)
		self.series(commit)
		self.assertFalse(os.path.exists(mark))
		self.ends(self.series(commit, "--no-sandbox", "--fresh"), 125)
		self.assertTrue(os.path.exists(mark))
		os.unlink(mark)
		self.constructor(created % (os.path.join(
			work, os.listdir(work)[0], "work", "mark")))
		self.constructor(created % (os.path.join(
			work, os.listdir(work)[0], "results", "mark.json")))
		self.constructor("if (open(\"/program\", 2) >= 0) _exit(99);",
				 alone=False)
		self.constructor(created % os.path.join(ROOT, "mark"),
				 alone=False)

	def test_home(self):
		"""Neither the home folder nor anything else of the user's"""
		secret = os.path.join(self.place, "home", ".ssh", "id")
		os.makedirs(os.path.dirname(secret))
		with open(secret, "w", encoding="ascii") as stream:
			stream.write("0x5ec7e7\n")
		opened = "if (open(\"%s\", 0) >= 0) _exit(99);"
		self.constructor(opened % secret)
		self.constructor("".join(opened % name for name in (
			"/root", "/home", "/etc/passwd", "/var", "/sys")),
			alone=False)
		# not at compile time either
		for code in ("static const int id =\n#include \"%s\"\n;",
			     "asm(\".pushsection .rodata; .incbin \\\"%s\\\";"
			     " .popsection\");"):
			commit = self.commit(code % secret)
			result = self.series(commit)
			self.ends(result, 125)
			self.assertIn("no build", result.out)
			self.ends(self.series(commit, "--no-sandbox", "--fresh"), 0)

	def test_network(self):
		"""Not even this machine's own ports"""
		with socket.create_server(("127.0.0.1", 0)) as server:
			port = server.getsockname()[1]
			self.constructor(
				"unsigned char a[16] = { 2, 0, %d, %d, 127, 0, 0, 1 };"
				"if (!connect(socket(2, 1, 0), a, 16)) _exit(99);" %
				(port >> 8, port & 255))

	def test_processes(self):
		"""No other process can be seen or signalled"""
		self.constructor("if (!kill(%d, 0)) _exit(99);" % os.getpid())

	def test_root(self):
		"""Root's files are not its own, even without a capability"""
		if os.geteuid() or not sandbox.holds_processes():
			self.skipTest("not root, or no way to drop it")
		self.constructor("if (!getuid()) _exit(99);")

	def test_users(self):
		"""Two at once do not count each other's processes as their own"""
		if os.geteuid() or not sandbox.holds_processes():
			self.skipTest("not root, or no way to drop it")
		ask = "from tools.series import sandbox; from tools import proc; " \
			"box = sandbox.Sandbox(); child = box.run(" \
			"['/usr/bin/id', '-u'], sandbox.Limits(), stdout=proc.PIPE);" \
			"print(child.child.stdout.read().decode()); child.wait()"
		users = {subprocess.run([sandbox.python(), "-c", ask], check=True,
					cwd=ROOT, stdout=subprocess.PIPE,
					timeout=60).stdout for _ in range(2)}
		self.assertEqual(len(users), 2, users)
		self.assertNotIn(b"0\n\n", users)

	def test_makefile(self):
		"""What the tree's Makefile says reaches no shell"""
		mark = os.path.join(self.place, "ran")
		self.history.git("checkout", "-q", "-f", self.base)
		for evil in ("`touch${IFS}%s`", "$(file>%s)"):
			self.history.edit(lambda text, e=evil: text.replace(
				"-std=gnu11", "-std=gnu11" + e % mark), "Makefile")
			commit = self.history.commit("kbuild: harmless")
			self.history.git("checkout", "-q", "-f", self.base)
			for more in ((), ("--no-sandbox", "--fresh")):
				result = self.series(commit, *more)
				self.ends(result, 125)
				self.assertIn("cannot decide STD", result.out)
			self.assertFalse(os.path.exists(mark))

	def test_link(self):
		"""A file of the path that becomes a symbolic link"""
		self.history.git("checkout", "-q", "-f", self.base)
		path = os.path.join(self.history.path, BUFFERED)
		os.unlink(path)
		os.symlink("/etc/passwd", path)
		commit = self.history.commit("iomap: elsewhere")
		result = self.series(commit)
		self.ends(result, 125)
		self.assertIn("lacks " + BUFFERED, result.out)
		self.assertNotIn("root:", result.out + result.err)


@unittest.skipIf(WALLS, WALLS)
class Hunger(Attack):
	"""Processes, memory, time; nothing of these is tried without limits."""

	def ended(self, text, words):
		"""The constructor @text is ended, and nothing is left of it."""
		begin = time.monotonic()
		result = self.series(self.commit(EVIL % text))
		self.ends(result, 125)
		self.assertIn(words, result.out)
		self.assertIn("untested", result.out)
		self.assertEqual(processes(self.place), [])
		return time.monotonic() - begin

	@unittest.skipUnless(sandbox.holds_processes(), "only the watch holds "
			     "processes here: too rough for a test")
	def test_fork(self):
		"""A fork bomb"""
		self.ended("for (;;) fork();", "more than 128 processes")

	def test_memory(self):
		"""Memory without end, private and shared by children"""
		grow = "for (;;) { void *p = malloc(1 << 26); " \
			"if (p) memset(p, 1, 1 << 26); }"
		self.ended(grow, "MB of memory")
		self.ended("fork(); fork(); " + grow, "MB of memory")

	def test_compiler(self):
		"""An assembler that would write for ever"""
		result = self.series(self.commit(
			"asm(\".pushsection .rodata; .fill 1 << 36; "
			".popsection\");"))
		self.ends(result, 125)
		self.assertEqual(processes(self.place), [])
		# one that reads for ever, and one that grows without end
		for code in ("#include \"/dev/zero\"", "\n".join(
				"#define LK_%d LK_%d LK_%d" % (n, n + 1, n + 1)
				for n in range(60)) + "\nLK_0"):
			result = self.series(self.commit(code))
			self.ends(result, 125)
			self.assertIn("the build was ended: it took more than",
				      result.out)
			self.assertEqual(processes(self.place), [])

	def test_time(self):
		"""A case that loops is a hang; what is no case has a limit too"""
		self.history.git("checkout", "-q", "-f", self.base)
		self.history.edit(inside(trees.RELEASE,
					 "punch_start_byte < end_byte",
					 replace="({ for (;;) ; 1; })"))
		result = libkern("series", self.history.commit("iomap: loops") +
				 "^!", "--kdir", self.history.path, "-o",
				 self.shared, "--timeout", "1", "--filter",
				 "iomap_delalloc_smoke")
		self.ends(result, 1)
		self.assertIn("FAIL*", result.out)
		box = sandbox.Sandbox()
		begin = time.monotonic()
		with box.build(["/bin/sh", "-c", "while :; do :; done"],
			       sandbox.Limits(seconds=1), (), ()) as watched:
			watched.wait()
		self.assertIn("longer than 1 s", watched.broken)
		self.assertLess(time.monotonic() - begin, 10)


class Mails(Attack):
	"""What a mail can name, and that its code has to be behind walls."""

	def mail(self, diff, subject="[PATCH] iomap: harmless"):
		"""A file with one mail."""
		path = self.path("mail")
		with open(path, "w", encoding="ascii") as stream:
			stream.write("From 0 Mon Sep 17 00:00:00 2001\n"
				     "From: A <a@example.com>\nSubject: %s\n\n"
				     "words\n---\n%s-- \n2.0\n" % (subject, diff))
		return path

	def judged(self, path, *words, **kwargs):
		"""libkern series --mbox."""
		return libkern("series", "--mbox", path, "--kdir",
			       self.history.path, "-o", self.out, *words,
			       *FILTER, **kwargs)

	NEW = "diff --git a/%s b/%s\nnew file mode %s\n--- /dev/null\n" \
		"+++ b/%s\n@@ -0,0 +1 @@\n+%s\n"

	@unittest.skipIf(WALLS, WALLS)
	def test_names(self):
		"""Names that lead out of the tree, and into the repository"""
		self.history.git("checkout", "-q", "-f", self.base)
		for name in ("../../../../mark", "/mark", ".git/hooks/mark",
			     "fs/../../mark", "fs/.GIT/mark"):
			path = self.mail(self.NEW % (name, name, "100755", name,
						     "text"))
			result = self.judged(path)
			self.ends(result, 125)
			self.assertIn("does not apply", result.out)
		found = [os.path.join(d, f) for d, _, fs in os.walk(self.scratch)
			 for f in fs if f == "mark"]
		self.assertEqual(found, [])

	@unittest.skipIf(WALLS, WALLS)
	def test_links(self):
		"""A symbolic link, and a file behind it"""
		diff = self.NEW % ("fs/link", "fs/link", "120000", "fs/link",
				   self.scratch) + \
			self.NEW % ("fs/link/mark", "fs/link/mark", "100644",
				    "fs/link/mark", "text")
		result = self.judged(self.mail(diff))
		self.ends(result, 125)
		self.assertFalse(os.path.exists(self.path("mark")))

	def test_escapes(self):
		"""A subject that would steer the terminal"""
		path = self.mail(self.NEW % ("x", "x", "100644", "x", "text"),
				 "[PATCH] \x1b]0;title\x07\x1b[2J evil")
		result = self.judged(path, "--no-sandbox")
		self.ends(result, 125)
		self.assertNotIn("\x1b", result.out + result.err)
		self.assertNotIn("\x07", result.out + result.err)

	def test_insists(self):
		"""Without bubblewrap mails are refused and commits are warned of"""
		os.mkdir(self.path("bin"))
		fake = self.path("bin", "bwrap")
		with open(fake, "w", encoding="ascii") as stream:
			stream.write("#!/bin/sh\necho no namespaces >&2\nexit 1\n")
		os.chmod(fake, stat.S_IRWXU)
		env = {"PATH": self.path("bin") + ":" + os.environ["PATH"]}
		self.history.git("checkout", "-q", "-f", self.base)
		path = self.mail(self.NEW % ("x", "x", "100644", "x", "text"))
		result = self.judged(path, env=env)
		self.ends(result, 125, "no namespaces", "other people's code",
			  "--no-sandbox")
		self.assertEqual(result.out, "")
		result = self.judged(path, "--no-sandbox", env=env)
		self.ends(result, 125)
		self.assertIn("sandbox none", result.out)
		self.history.write("README", "1")
		commit = self.history.commit("README: 1")
		result = self.series(commit, env=env)
		self.ends(result, 125, "warning: no sandbox", "no namespaces")
		self.assertIn("1 touch nothing", result.out)


class Words(unittest.TestCase):
	"""What a binary says is data of any shape."""

	def test_results(self):
		"""Garbage among the results is left out, and nothing raises"""
		good = b'{"suite": "s", "case": "c", "param": null, "status": ' \
			b'"fail", "reason": "a\\u001b[2J", "splats": [], ' \
			b'"death": null}\n'
		bad = (b"\xff\xfe\n", b"[" * 100000 + b"\n", b"3\n", b"null\n",
		       b'{"suite": 3}\n', b'{"summary": 7}\n',
		       b'{"suite": "s", "status": "won"}\n',
		       b'{"note": 3, "text": []}\n',
		       b'{"summary": {"exit": "zero"}}\n')
		cases, notes, status = outcome.results(good.join(bad))
		self.assertEqual(len(cases), len(bad) - 1)
		self.assertEqual(cases[0]["reason"], "a?[2J")
		self.assertEqual((notes, status), ({}, None))
		self.assertEqual(outcome.results(
			b'{"summary": {"exit": 1}}\n')[2], 1)

	def test_names(self):
		"""Only names that libkern knows come out of a commit"""
		oid = "0" * 40
		text = "".join("100644 blob %s\t%s\0" % (oid, name) for name in (
			"fs/iomap/iter.c", "fs/iomap/..", "fs/iomap/a/b",
			"fs/iomap/.x", "../x", "/x", "Makefile", "fs/iomap/-x"))
		self.assertEqual(set(paths.of_lines(text)),
				 {"fs/iomap/iter.c", "Makefile"})
