# SPDX-License-Identifier: GPL-2.0-only
"""The build: nothing twice, nothing half, and whose fault a failure is."""

import fcntl
import os
import resource
import signal
import subprocess
import sys
import time

from tests import trees
from tests.support import (Case, CC, LIBKERN, Result, Together, checksum, debian,
			   edit, environment, inside, libkern, processes, swap)

BUFFERED = trees.BUFFERED


def built(tree, out, *words, **kwargs):
	"""libkern build of @tree into @out."""
	return libkern("build", "--kdir", tree, "-o", out, "--cc", CC, *words,
		       **kwargs)


def stamps(out):
	"""{path: time of change} of every file below @out but the locks."""
	found = {}
	for parent, _, names in os.walk(out):
		for name in names:
			path = os.path.join(parent, name)
			if name != "lock":
				found[path] = os.lstat(path).st_mtime_ns
	return found


class Good(Case):
	"""Builds that work."""

	def test_no_division(self):
		"""Suites for 32 bits ask for no division that a kernel lacks"""
		out = self.path("out")
		self.ends(built(debian(), out, "--m32"), 0)
		objects = [os.path.join(parent, name)
			   for parent, _, names in os.walk(out) for name in names
			   if name.endswith(".o") and
			   parent.endswith("/obj/own/kunit")]
		self.assertTrue(objects)
		said = subprocess.run(["nm", "-A", "-u"] + objects, check=True,
				      capture_output=True, text=True).stdout
		self.assertNotRegex(said, r"__u?(?:div|mod)[a-z]*di[34]")

	def test_nothing_twice(self):
		"""The second build touches no file; two trees keep apart"""
		one, two = self.tree("one"), self.tree("two", "6.1")
		before = checksum(one), checksum(two)
		self.ends(built(one, self.out), 0)
		first = stamps(self.out)
		again = built(one, self.out)
		self.ends(again, 0)
		self.assertEqual(stamps(self.out), first)
		self.assertNotIn("  CC ", again.err)
		# a second tree under the same -o, then the first again
		self.ends(built(two, self.out), 0)
		now = stamps(self.out)
		self.assertEqual({p: now.get(p) for p in first}, first)
		again = built(one, self.out)
		self.assertNotIn("  CC ", again.err)
		self.assertEqual((checksum(one), checksum(two)), before)

		# one changed line costs one object; what was stale is gone
		edit(one, BUFFERED, inside("iomap_write_delalloc_release",
		     "data_end == start_byte", replace="data_end<=start_byte"))
		again = built(one, self.out)
		self.ends(again, 0)
		compiled = [line.split()[1] for line in again.err.splitlines()
			    if line.startswith("  CC ")]
		self.assertEqual(compiled, [BUFFERED])

	def test_two_at_once(self):
		"""A busy build directory: the second waits and says so"""
		tree = self.tree()
		self.ends(built(tree, self.out), 0)
		base = [d for d in os.listdir(self.out) if d.startswith("tree-")]
		lock = os.path.join(self.out, base[0], "lock")
		with open(lock, "a", encoding="ascii") as stream:
			fcntl.flock(stream, fcntl.LOCK_EX)
			with subprocess.Popen([sys.executable, LIBKERN, "build",
					       "--kdir", tree, "-o", self.out,
					       "--cc", CC],
					      stderr=subprocess.PIPE, text=True,
					      env=environment()) as second:
				self.assertIn("waiting for another",
					      second.stderr.readline())
				self.assertIsNone(second.poll())
				fcntl.flock(stream, fcntl.LOCK_UN)
				second.stderr.read()
				self.assertEqual(second.wait(60), 0)

	def test_two_for_real(self):
		"""Two cold builds at once both come out right"""
		tree = self.tree()
		words = [sys.executable, LIBKERN, "build", "--kdir", tree, "-o",
			 self.out, "--cc", CC]
		both = [subprocess.Popen(words, stderr=subprocess.PIPE, text=True,
					 env=environment()) for _ in range(2)]
		said = [child.communicate(timeout=300)[1] for child in both]
		self.assertEqual([child.returncode for child in both], [0, 0],
				 said)
		self.assertEqual(sum("waiting for another" in s for s in said), 1)


class Broken(Together):
	"""Trees that do not build: 125, and whose fault it is."""

	def test_syntax(self):
		"""The compiler's words with the original file and line"""
		tree = self.afresh()
		edit(tree, BUFFERED, inside("iomap_write_delalloc_release",
		     "punch_start_byte < end_byte",
		     replace="punch_start_byte < no_such_variable"))
		path = os.path.join(tree, BUFFERED)
		with open(path, encoding="utf-8") as stream:
			line = 1 + [i for i, text in enumerate(stream)
				    if "no_such_variable" in text][0]
		result = built(tree, self.shared)
		self.ends(result, 125, "%s:%d:" % (path, line), "error:",
			  "%s:%d of the tree" % (BUFFERED, line))

	def test_new_function(self):
		"""A function that the shim lacks: its name and who wants it"""
		tree = self.afresh()
		edit(tree, BUFFERED, inside("iomap_write_delalloc_release",
		     "punch_start_byte < end_byte",
		     replace="folio_brand_new(inode) < end_byte"))
		self.ends(built(tree, self.shared), 125,
			  "libkern: the shim lacks folio_brand_new, which " +
			  BUFFERED + ":")

	def test_unresolved(self):
		"""One that is declared but nowhere defined"""
		tree = self.afresh()
		edit(tree, BUFFERED, inside("iomap_write_delalloc_release",
		     "punch_start_byte < end_byte",
		     replace="folio_brand_new(inode) < end_byte"))
		edit(tree, trees.IOMAP_H, swap("struct iomap_ops {",
		     "loff_t folio_brand_new(struct inode *);"
		     "struct iomap_ops {"))
		self.ends(built(tree, self.shared), 125,
			  "libkern: the shim lacks folio_brand_new, which " +
			  BUFFERED + ":")

	def test_new_header(self):
		"""A header that the shim lacks"""
		tree = self.afresh()
		edit(tree, BUFFERED, lambda text:
		     "#include <linux/brand_new.h>\n" + text)
		self.ends(built(tree, self.shared), 125, "libkern: the shim lacks "
			  "linux/brand_new.h, which %s:1 wants" % BUFFERED)

	def test_then_mended(self):
		"""A failed build leaves nothing behind that a good one trips on"""
		tree = self.afresh()
		edit(tree, BUFFERED, swap("punch_start_byte < end_byte",
					  "punch_start_byte < no_such_thing"))
		self.ends(built(tree, self.shared), 125)
		edit(tree, BUFFERED, swap("punch_start_byte < no_such_thing",
					  "punch_start_byte < end_byte"))
		self.ends(built(tree, self.shared), 0)

	def test_no_compiler(self):
		"""No such compiler: 125, and make deps"""
		self.ends(libkern("build", "--kdir", self.afresh(), "-o", self.shared,
				  "--cc", "no-such-cc"), 125, "no-such-cc",
			  "make deps")


class Space(Case):
	"""A full disk."""

	def test_limit(self):
		"""Nothing half written is used afterwards, wherever it stopped"""
		tree = self.tree()
		for limit in (2 << 10, 40 << 10, 150 << 10, 500 << 10):
			def tight(limit=limit):
				signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
				resource.setrlimit(resource.RLIMIT_FSIZE,
						   (limit, limit))
			result = built(tree, self.out, before=tight)
			self.ends(result, 125, "no space left in")
		self.ends(built(tree, self.out), 0)

	def test_tmpfs(self):
		"""The same on a file system that is really full"""
		where = self.path("small")
		os.mkdir(where)
		if os.geteuid() or subprocess.run(
				["mount", "-t", "tmpfs", "-o", "size=600k", "x",
				 where], check=False, capture_output=True
				).returncode:
			self.skipTest("may not mount a tmpfs")
		try:
			result = built(self.tree(), os.path.join(where, "out"))
			self.ends(result, 125, "no space left in")
		finally:
			subprocess.run(["umount", where], check=True)


class Interrupted(Case):
	"""Ctrl-C and kill: 130, no child left, and the next build works."""

	def interrupt(self, delay, signum, group):
		"""Send @signum @delay seconds into a build."""
		tag = "LIBKERN_TEST_TAG=%s" % self.scratch
		with subprocess.Popen(
				[sys.executable, LIBKERN, "build", "--kdir",
				 self.kernel, "-o", self.out, "--cc", CC],
				stdout=subprocess.PIPE, stderr=subprocess.PIPE,
				text=True, start_new_session=True,
				env=environment(LIBKERN_TEST_TAG=self.scratch)
				) as child:
			time.sleep(delay)
			if group:
				os.killpg(child.pid, signum)
			else:
				child.send_signal(signum)
			try:
				out, err = child.communicate(timeout=20)
			except subprocess.TimeoutExpired:
				child.kill()
				raise
		done = subprocess.CompletedProcess([], child.returncode, out, err)
		self.ends(Result(done), 130, "interrupted")
		self.assertEqual(processes(tag), [], "children left")

	def test_any_time(self):
		"""During probing, compiling and later"""
		self.kernel = self.tree()
		for delay, signum, group in ((0.4, signal.SIGINT, True),
					     (0.8, signal.SIGINT, False),
					     (0.6, signal.SIGTERM, False)):
			self.interrupt(delay, signum, group)
		self.ends(built(self.kernel, self.out), 0)


class Default(Case):
	"""The source that deps unpacks."""

	def test_killed_unpacking(self):
		"""Half a tree is not taken for a whole one"""
		base = os.path.join(self.out, "src")
		os.makedirs(os.path.join(base, ".unpack-6.12", "linux-source-6.12",
					 "fs"))
		with subprocess.Popen([sys.executable, LIBKERN, "deps", "-o",
				       self.out], stderr=subprocess.PIPE,
				      text=True, env=environment()) as child:
			self.assertIn("unpacking", child.stderr.readline())
			time.sleep(1)
			child.kill()
			child.communicate()
		self.assertFalse(os.path.exists(
			os.path.join(base, "linux-source-6.12")))
		# libkern died without a chance to end tar
		for pid in processes(self.out):
			os.kill(pid, signal.SIGKILL)

	def test_second_time(self):
		"""deps does nothing when all is there, and says nothing"""
		out = os.path.dirname(os.path.dirname(debian()))
		result = libkern("deps", "-o", out)
		self.ends(result, 0)
		self.assertEqual(result.err, "")

	def test_not_root(self):
		"""Packages missing, no root, no sudo: the exact line, and 125"""
		fake = self.path("bin")
		os.mkdir(fake)
		script = "#!/bin/sh\necho 'installed gcc'\n"
		with open(os.path.join(fake, "dpkg-query"), "w",
			  encoding="ascii") as stream:
			stream.write(script)
		os.chmod(os.path.join(fake, "dpkg-query"), 0o755)
		code = ("import os, sys; sys.argv[0] = %r; os.geteuid = lambda: 1;"
			"sys.path.insert(0, %r); import runpy;"
			"runpy.run_path(%r, run_name='__main__')" %
			(LIBKERN, os.path.dirname(LIBKERN), LIBKERN))
		done = subprocess.run(
			[sys.executable, "-c", code, "deps", "-o", self.out],
			check=False, capture_output=True, text=True,
			env=environment(PATH=fake + ":/nowhere"))
		self.ends(Result(done), 125, "apt-get install -y "
			  "--no-install-recommends make ", "linux-source-6.12")
