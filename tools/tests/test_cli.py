# SPDX-License-Identifier: GPL-2.0-only
"""Bad input: each kind has its words and its exit status."""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
import unittest

from tests.support import Case, LIBKERN, ROOT, environment, libkern, Result

COMMANDS = ("deps", "probe", "build", "run", "fidelity", "series", "coverage", "exhaust",
	    "race", "mutate", "bench")
# these want something besides flags
WANTING = ("merge", "nfc")


class Usage(Case):
	"""Flags and subcommands."""

	def test_unknown(self):
		"""Unknown flags and subcommands: 129"""
		self.ends(libkern(), 129, "usage:")
		self.ends(libkern("frobnicate"), 129, "frobnicate")
		self.ends(libkern("--frobnicate", "run"), 129)
		for command in COMMANDS:
			self.ends(libkern(command, "--frobnicate"), 129,
				  "--frobnicate")
		# not by guessing what an abbreviation means either
		self.ends(libkern("run", "--saniti", "address"), 129)

	def test_bad_values(self):
		"""Values that make no sense: 129"""
		self.ends(libkern("run", "--page-size", "8k"), 129, "8k")
		self.ends(libkern("run", "--sanitize", "thread"), 129, "thread")
		self.ends(libkern("run", "--seek", "both"), 129, "both")
		self.ends(libkern("run", "-j", "0"), 129)
		self.ends(libkern("run", "-j", "many"), 129)
		self.ends(libkern("run", "-j", "9" * 30), 129)
		self.ends(libkern("run", "--warnings", "7"), 129, "7")
		self.ends(libkern("run", "--sanitize", ""), 129)
		self.ends(libkern("run", "--sanitize", ","), 129)
		self.ends(libkern("run", "--json", ""), 129, "--json")
		self.ends(libkern("run", "--timeout", "-1"), 129)

	def test_help(self):
		"""Each --help explains the exit status, on stdout, with 0"""
		for words in ((), *((c,) for c in COMMANDS + WANTING)):
			result = libkern(*words, "--help")
			self.assertEqual(result.status, 0, result)
			self.assertIn("usage", result.out)
			self.assertIn("125", result.out)


class Kdir(Case):
	"""What is no kernel tree: 129 each, so that a bisection stops."""

	def refused(self, kdir, *texts):
		"""Both subcommands and both ways to name a tree refuse @kdir."""
		for command in ("probe", "run"):
			out = () if command == "probe" else ("-o", self.out)
			self.ends(libkern(command, "--kdir", kdir, *out), 129,
				  kdir, *texts)
		self.ends(libkern("probe", env={"KDIR": kdir}), 129, kdir, *texts)
		self.assertFalse(os.path.exists(self.out), "it wrote something")

	def test_missing(self):
		"""No such directory"""
		self.refused(self.path("nowhere"), "does not exist")

	def test_file(self):
		"""A file"""
		with open(self.path("file"), "w", encoding="ascii") as stream:
			stream.write("text")
		self.refused(self.path("file"), "is a file")

	def test_tarball(self):
		"""A tarball: says what to do with it, by name or by content"""
		os.mkdir(self.path("linux"))
		for name, flags in (("linux.tar.xz", "-cJf"),
				    ("linux.tar", "-cf"), ("plain", "-czf")):
			subprocess.run(["tar", "-C", self.scratch, flags,
					self.path(name), "linux"], check=True)
			self.refused(self.path(name), "is a tarball",
				     "tar -xf")

	def test_empty(self):
		"""An empty directory"""
		os.mkdir(self.path("empty"))
		self.refused(self.path("empty"), "is empty")

	def test_no_kernel(self):
		"""Any directory; one with half of what makes a tree"""
		os.makedirs(self.path("dir", "src"))
		self.refused(self.path("dir"), "not a kernel tree", "fs/",
			     "include/linux/")
		os.makedirs(self.path("dir", "fs"))
		self.refused(self.path("dir"), "not a kernel tree",
			     "include/linux/")

	def test_empty_name(self):
		"""Set but empty is not the default tree"""
		for result in (libkern("run", "--kdir", "", "-o", self.out),
			       libkern("probe", env={"KDIR": ""})):
			self.ends(result, 129, "KDIR is empty")

	def test_line_break(self):
		"""A path that make and #line cannot hold"""
		path = self.tree("a\nb")
		self.ends(libkern("probe", "--kdir", path), 129, "line break")

	def test_fifo(self):
		"""A FIFO for a tree or for one of its files: nobody waits"""
		os.mkfifo(self.path("fifo"))
		self.refused(self.path("fifo"), "not a directory")
		tree = self.tree()
		os.unlink(os.path.join(tree, "lib/xarray.c"))
		os.mkfifo(os.path.join(tree, "lib/xarray.c"))
		self.ends(libkern("probe", "--kdir", tree, timeout=20), 125,
			  "lib/xarray.c: it is not a file")

	def test_dangling_link(self):
		"""A link to nowhere"""
		os.symlink(self.path("nowhere"), self.path("link"))
		self.refused(self.path("link"), "does not exist")

	def test_unreadable(self):
		"""A directory that may not be read"""
		os.makedirs(self.path("closed", "fs"))
		words = ["/usr/bin/python3", LIBKERN, "probe", "--kdir",
			 self.path("closed")]
		if os.geteuid() == 0:
			# root reads everything: be somebody else
			for path in (ROOT, self.scratch):
				if not _others_may(path):
					self.skipTest(path + " is closed to others")
			words = ["setpriv", "--reuid=65534", "--clear-groups",
				 *words]
		os.chmod(self.scratch, 0o755)
		os.chmod(self.path("closed"), 0)
		done = subprocess.run(words, check=False, capture_output=True,
				      text=True, env=environment())
		os.chmod(self.path("closed"), 0o755)
		self.ends(Result(done), 129, self.path("closed"),
			  "permission denied")

	def test_before_iomap(self):
		"""A kernel tree without the file: 125, and its name"""
		os.makedirs(self.path("old", "fs"))
		os.makedirs(self.path("old", "include/linux"))
		self.ends(libkern("run", "--kdir", self.path("old"), "-o",
				  self.out), 125, "fs/iomap/buffered-io.c")


def _catches(child, signum):
	"""Wait until @child has a handler for @signum; False if it has ended."""
	while child.poll() is None:
		with open("/proc/%d/status" % child.pid,
			  encoding="ascii") as stream:
			mask = re.search(r"SigCgt:\s*(\w+)", stream.read())
		if mask and int(mask.group(1), 16) >> (signum - 1) & 1:
			return True
	return False


def _others_may(path):
	"""May anyone reach @path? The scratch directory is opened later."""
	parent = os.path.dirname(path)
	while parent != "/":
		if not os.stat(parent).st_mode & 0o001:
			return False
		parent = os.path.dirname(parent)
	return True


class Output(Case):
	"""The build directory."""

	def test_inside_kdir(self):
		"""Inside the tree: refused, also through a link"""
		tree = self.tree()
		for out in (os.path.join(tree, "build"), tree):
			self.ends(libkern("run", "--kdir", tree, "-o", out), 129,
				  "inside the kernel tree")
		os.symlink(tree, self.path("link"))
		self.ends(libkern("run", "--kdir", tree, "-o",
				  self.path("link", "build")), 129, "inside")
		self.assertFalse(os.path.exists(os.path.join(tree, "build")))

	def test_default_is_beside_the_script(self):
		"""Whatever the working directory: --help names the place"""
		os.mkdir(self.path("cwd"))
		result = libkern("run", "--help", cwd=self.path("cwd"))
		self.assertIn("beside this", " ".join(result.out.split()))
		libkern("probe", "--kdir", self.tree(), cwd=self.path("cwd"))
		self.assertEqual(os.listdir(self.path("cwd")), [])

	def test_a_file(self):
		"""A file for a build directory: 129"""
		with open(self.path("file"), "w", encoding="ascii") as stream:
			stream.write("text")
		self.ends(libkern("build", "--kdir", self.tree(), "-o",
				  self.path("file")), 129, "not a directory")

	def test_unwritable(self):
		"""Nothing can be made there: 125, and the way out"""
		self.ends(libkern("run", "--kdir", self.tree(), "-o",
				  "/proc/build"), 125, "/proc/build",
			  "give another with -o")

	def test_garbage_config(self):
		"""A .config that is none: 129, not the defaults in silence"""
		os.mkdir(self.out)
		for text in (b"garbage\n", b"\xff\xfe\n",
			     b"CONFIG_LIBKERN_PAGE_4K=maybe\n"):
			with open(os.path.join(self.out, ".config"), "wb") as s:
				s.write(text)
			self.ends(libkern("run", "--kdir", self.tree(), "-o",
					  self.out), 129, ".config")

	def test_interrupted_at_once(self):
		"""^C while python still imports: 130 and no traceback"""
		for after in (0.03, 0.04, 0.05, 0.06):
			with subprocess.Popen(
				["/usr/bin/python3", LIBKERN, "probe", "--kdir",
				 self.tree("tree%g" % after)], text=True,
				stdout=subprocess.DEVNULL,
				stderr=subprocess.PIPE,
				env=environment()) as child:
				# as soon as the script itself runs
				if not _catches(child, signal.SIGTERM):
					continue
				time.sleep(after - 0.03)
				child.send_signal(signal.SIGINT)
				_, err = child.communicate(timeout=20)
			self.assertIn(child.returncode, (0, 130), err)
			self.assertNotIn("Traceback", err)

	def test_blanks(self):
		"""A path that make cannot digest: 129, not half a build"""
		self.ends(libkern("build", "--kdir", self.tree(), "-o",
				  self.path("a b")), 129, "blanks")

	def test_unwritable_result(self):
		"""--json into nowhere: 129, before anything is built"""
		self.ends(libkern("run", "--kdir", self.tree(), "-o", self.out,
				  "--json", self.path("no", "file")), 129,
			  self.path("no", "file"))
		for flag in ("--json", "--junit"):
			self.ends(libkern("run", "--kdir", self.tree(), "-o",
					  self.out, flag, "/proc/file"), 129,
				  "cannot write /proc/file")
		self.ends(libkern("run", "--kdir", self.tree(), "-o", self.out,
				  "--json", self.path("one"), "--junit",
				  self.path("one")), 129, "one file")
		self.assertFalse(os.path.exists(self.out))


class Make(Case):
	"""The front door."""

	def make(self, *words, **env):
		"""Run make with @words in the checkout."""
		return Result(subprocess.run(
			["make", "-C", ROOT, "--no-print-directory", *words],
			check=False, capture_output=True, text=True,
			stdin=subprocess.DEVNULL, env=environment(**env)))

	def test_help(self):
		"""make help lists every target"""
		result = self.make("help")
		for target in ("build", "run", "check", "deps", "probe", "drift",
			       "bench", "menuconfig", "olddefconfig", "clean",
			       "mrproper", "distclean"):
			self.assertRegex(result.out, r"(?m)^  %s " % target)

	def test_settings_go_through(self):
		"""KDIR= and O= reach libkern"""
		tree = self.tree()
		result = self.make("probe", "KDIR=" + tree)
		self.assertEqual(result.status, 0, result)
		self.assertIn("needs=mm/filemap.c", result.out)
		result = self.make("KDIR=" + tree, "O=" + tree + "/out")
		self.assertIn("inside the kernel tree", result.err)
		result = self.make("run", "KDIR=" + self.path("nowhere"))
		self.assertIn("does not exist", result.err)

	def test_reports_of_series(self):
		"""JSON=, HTML= and the like become the flags of series"""
		result = self.make("-n", "series", "RANGE=a..b", "HTML=it's a.html",
				   "JSON=-", "REPLY=1", "COVERAGE=0")
		self.assertEqual(result.status, 0, result)
		words = shlex.split(re.sub(r"\\\n", "", result.out[
			result.out.index("series "):]))
		self.assertEqual([w for w in words if w.startswith("--") and
				  w != "--cc"], ["--json", "--html", "--reply"])
		self.assertIn("it's a.html", words)

	def test_quotes(self):
		"""Quotes in KDIR reach libkern as they are"""
		tree = self.tree("it's a \"tree\" `x`")
		result = self.make("probe", "KDIR=" + tree)
		self.assertEqual(result.status, 0, result)
		self.assertNotEqual(self.make("probe", "KDIR=").status, 0)

	def test_drift_of_a_part(self):
		"""What a partial tree lacks has not drifted"""
		tree = self.tree()
		result = self.make("drift", "KDIR=" + tree)
		self.assertIn("Error 125", result.err)
		self.assertIn("nothing of", result.err)
		self.assertIn("blk_types.h is not in this partial tree",
			      result.err)

	def test_olddefconfig(self):
		"""Writes .config; flags beat it, a bad one is complained about"""
		self.assertEqual(self.make("olddefconfig",
					   "O=" + self.out).status, 0)
		path = os.path.join(self.out, ".config")
		with open(path, encoding="ascii") as stream:
			self.assertIn("CONFIG_LIBKERN_PAGE_4K=y", stream.read())

	def test_no_python(self):
		"""No python3 at all is said in words"""
		result = self.make("probe", "PYTHON=/nowhere/python3")
		self.assertNotEqual(result.status, 0)
		self.assertIn("apt-get install python3", result.err)

	def test_no_home(self):
		"""Children have a $HOME where the command has none"""
		code = "from tools import proc; proc.setup(); " \
		       "import os; print(os.environ['HOME'])"
		env = environment()
		env.pop("HOME", None)
		done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env,
				      stdout=subprocess.PIPE, text=True, check=True)
		self.assertTrue(os.path.isdir(done.stdout.strip()), done.stdout)


if __name__ == "__main__":
	unittest.main()
