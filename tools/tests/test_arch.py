# SPDX-License-Identifier: GPL-2.0-only
"""libkern kunit --arch without a kernel: what kunit.py is told of the machine,
how KVM is decided on, and which page sizes nobody has judged.

make check-x86_64 and make check-i386 have the kernels.
"""

import os
import types

from kunit import arch, kernel, machine, worlds
from tests.support import Case, debian, libkern
from tests.test_kunit import fake

CONFIGS = "tools/testing/kunit/qemu_configs"


class Told(Case):
	"""The command line, in a tree whose kunit.py is a stand-in."""

	def setUp(self):
		super().setUp()
		self.real = self.tree()
		fake(self.real)
		for name in ("x86_64", "i386"):
			self.touch(self.real, CONFIGS, name + ".py")
		os.makedirs(os.path.join(self.real, "arch/x86"), exist_ok=True)

	def touch(self, *names):
		"""An empty file."""
		path = os.path.join(*names)
		os.makedirs(os.path.dirname(path), exist_ok=True)
		with open(path, "w", encoding="ascii"):
			pass

	def kunit(self, *words, **kwargs):
		"""libkern kunit on the tree of this test."""
		return libkern("kunit", "--kdir", self.real, "-o", self.out,
			       "--quiet", *words, **kwargs)

	def words(self, name):
		"""The command lines that kunit.py got for the kernel @name."""
		base, = [n for n in os.listdir(self.out) if n.startswith("tree-")]
		with open(os.path.join(self.out, base, name, "words"),
			  encoding="utf-8") as stream:
			return stream.read().splitlines()

	def test_each(self):
		"""--arch, two processors and an accelerator, for each boot"""
		for name in ("x86_64", "i386"):
			done = self.kunit("--arch", name, "fake*")
			self.ends(done, 0, "2 passed, 0 failed, 1 skipped", name)
			self.assertRegex(done.err, r"%s, (KVM|TCG)\)" % name)
			for line in self.words(name):
				self.assertIn("--arch %s --qemu_args -smp 2" %
					      name, line)
			self.assertRegex(self.words(name)[-1], "^run .* -smp 2,"
					 "sockets=2 -accel (kvm|tcg) ")
		self.ends(self.kunit("fake*"), 0)
		self.assertNotIn("--arch", self.words("uml")[-1])
		self.assertNotIn("--qemu_args", self.words("uml")[-1])

	def test_again(self):
		"""The command that is printed has the kernel in it"""
		done = self.kunit("--arch", "i386", "fake*",
				  env={"LIBKERN_FAKE": "fail"})
		self.ends(done, 1, "--arch i386 'fake_one.a'")

	def test_fresh_boot(self):
		"""Later boots have the same machine as the first"""
		done = self.kunit("--arch", "x86_64", "fake*",
				  env={"LIBKERN_FAKE": "lockdep"})
		self.ends(done, 1, "fresh boot")
		lines = [line for line in self.words("x86_64")
			 if line.startswith("exec ") and "fake_two" in line]
		self.assertEqual(len(lines), 1)
		self.assertRegex(lines[0], "-smp 2,sockets=2 -accel (kvm|tcg) ")

	def test_own_choice(self):
		"""Who chooses an accelerator behind -- gets it, without a trial"""
		done = self.kunit("--arch", "x86_64", "fake*", "--",
				  "--qemu_args=-accel tcg,thread=single")
		self.ends(done, 0, "QEMU as told")
		line, = self.words("x86_64")
		self.assertIn("--qemu_args -smp 2,sockets=2 ", line)
		self.assertIn("--qemu_args=-accel tcg,thread=single", line)

	def test_refused(self):
		"""Another machine than --arch says: 129; no such one: 129"""
		for word in ("--qemu_config=x.py", "--arch=arm64"):
			self.ends(self.kunit("--arch", "x86_64", "--", word), 129,
				  "--arch")
		for command in ("kunit", "fidelity"):
			self.ends(libkern(command, "--arch", "vax"), 129, "i386")

	def test_missing(self):
		"""A tree without x86, or whose kunit.py has no QEMU: 125"""
		for name in (CONFIGS + "/i386.py", "arch/x86"):
			os.rename(os.path.join(self.real, name),
				  self.path("gone"))
			for command in ("kunit", "fidelity"):
				self.ends(libkern(command, "--arch", "i386",
						  "--kdir", self.real, "-o",
						  self.out), 125, name,
					  "whole tree")
			os.rename(self.path("gone"),
				  os.path.join(self.real, name))

	def test_no_qemu(self):
		"""Without QEMU: 125, its name and make deps"""
		tools = self.path("bin")
		os.mkdir(tools)
		for name in arch.TOOLS:
			os.symlink("/usr/bin/" + name, os.path.join(tools, name))
		for name in ("x86_64", "i386"):
			self.ends(self.kunit("--arch", name, env={"PATH": tools}),
				  125, "qemu-system-" + name, "make deps")

	def test_no_header(self):
		"""Without a header of the tree's own tools: 125 and its name"""
		tools = self.path("bin")
		os.mkdir(tools)
		with open(os.path.join(tools, "gcc"), "w", encoding="ascii") as s:
			s.write("#!/bin/sh\nexec /usr/bin/gcc -nostdinc \"$@\"\n")
		os.chmod(os.path.join(tools, "gcc"), 0o755)
		path = tools + ":" + os.environ["PATH"]
		self.ends(self.kunit("--arch", "x86_64", env={"PATH": path}), 125,
			  "gelf.h", "make deps")


class Trial(Case):
	"""Is KVM taken where a boot with it works, and only there?"""

	def setUp(self):
		super().setUp()
		for name in ("KVM", "BOOT_ID"):
			self.addCleanup(setattr, machine, name,
					getattr(machine, name))
			setattr(machine, name, self.path(name))
			with open(self.path(name), "w", encoding="ascii") as s:
				s.write("one")
		self.tried = []
		self.works = True

	def names(self, _glob, accel, limit):
		"""The trial boot of a stand-in kernel."""
		self.tried.append((accel, limit))
		return ["suite"] if self.works else []

	def choose(self):
		"""What is chosen in one run of the command."""
		return machine.choose(types.SimpleNamespace(
			given=self.path("in"), arch=arch.ALL["x86_64"],
			args=types.SimpleNamespace(quiet=True),
			build=lambda: self.tried.append("build"),
			names=self.names, log=lambda: "\nqemu: no way\n"))

	def test_works(self):
		"""It boots: KVM, and not tried again"""
		self.assertEqual([self.choose(), self.choose()], ["kvm", "kvm"])
		self.assertEqual(self.tried, ["build", ("kvm", machine.TRIAL)])

	def test_silent(self):
		"""/dev/kvm opens and nothing boots: TCG, and not tried again"""
		self.works = False
		self.assertEqual([self.choose(), self.choose()], ["tcg", "tcg"])
		self.assertEqual(len(self.tried), 2)

	def test_why(self):
		"""The reason is kept, and what QEMU said last is in it"""
		self.works = False
		self.choose()
		with open(self.path("in", "accel"), encoding="ascii") as stream:
			self.assertIn("qemu: no way", stream.read())

	def test_another_boot(self):
		"""After a boot of the host it is tried again"""
		self.works = False
		self.choose()
		with open(machine.BOOT_ID, "w", encoding="ascii") as stream:
			stream.write("two")
		self.works = True
		self.assertEqual(self.choose(), "kvm")

	def test_closed(self):
		"""No /dev/kvm: TCG, and nothing is built for a trial"""
		os.unlink(machine.KVM)
		self.assertEqual(self.choose(), "tcg")
		self.assertEqual(self.tried, [])

	def test_processors(self):
		"""How many came up is read off the boot"""
		text = "[    0.4] smp: Brought up 1 node, %d CPUs\n"
		self.assertEqual(machine.described("tcg", text % 2), "TCG, 2 CPUs")
		self.assertEqual(machine.described("kvm", ""), "KVM")

	def test_words_behind(self):
		"""A boot gets what every boot wants of the words behind --"""
		rest = ["--jobs", "3", "--kernel_args=a", "--qemu_args", "-m 2G",
			"--json", "--timeout"]
		self.assertEqual(kernel.only(rest, kernel.EXEC),
				 ["--kernel_args=a", "--qemu_args", "-m 2G",
				  "--timeout", ""])
		self.assertEqual(kernel.only(rest, kernel.BUILD),
				 ["--jobs", "3", "--qemu_args", "-m 2G"])


class Judged(Case):
	"""What no kernel has judged says so."""

	def test_run(self):
		"""The summary of a page size that no kernel has, and of 4k"""
		for size, said in (("64k", True), ("4k", False)):
			done = libkern("run", "--kdir", debian(), "-o", self.out,
				       "--page-size", size, "--quiet",
				       "iomap_delalloc_oracle",
				       "--json", self.path("json"))
			self.assertEqual(done.status, 0, done)
			self.assertEqual("page size %s: not judged by any kernel"
					 % size in done.err, said, done)
			with open(self.path("json"), encoding="utf-8") as stream:
				self.assertIn('"judged": %s' %
					      ("false" if said else "true"),
					      stream.read())

	def test_lines(self):
		"""16k and 64k, and never 4k"""
		self.assertEqual([line.split(":")[0] for line in
				  worlds.not_judged()],
				 ["page size 16k", "page size 64k"])
		self.assertEqual(worlds.not_judged(12), [])

	def test_fidelity(self):
		"""Fidelity says it, too"""
		done = libkern("fidelity", "--self", "--kdir", debian(), "-o",
			       self.out, "--count", "100", "--quiet")
		self.ends(done, 0, "page size 16k: not judged by any kernel")
