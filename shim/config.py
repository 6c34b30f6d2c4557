# SPDX-License-Identifier: GPL-2.0-only
"""The userspace options: .config through kconfiglib, and the variant it makes.

Run as a script it is make's menuconfig and olddefconfig.
"""

import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
if __name__ == "__main__":
	sys.path.insert(0, ROOT)

# pylint: disable=wrong-import-position
from tools.stop import Stop, UNTESTABLE, USAGE, say

PAGE = {"4k": 12, "16k": 14, "64k": 16}
# kconfiglib warns of these and goes on with another value
_GARBAGE = re.compile(r"malformed|is not a valid value|invalid value")
SANITIZERS = {"address": "LIBKERN_ASAN", "undefined": "LIBKERN_UBSAN"}


def _kconfiglib():
	try:
		import kconfiglib	# pylint: disable=import-outside-toplevel
	except ImportError:
		raise Stop(UNTESTABLE, "python3 of %s has no kconfiglib: run make "
			   "deps" % sys.executable) from None
	return kconfiglib


class Variant:
	"""One way to build: page size, word size, sanitizers, compiler."""

	def __init__(self, kconf, compiler):
		def on(name):
			return kconf.syms[name].str_value == "y"
		self.kconf = kconf
		self.compiler = compiler
		self.page_shift = int(kconf.syms["LIBKERN_PAGE_SHIFT"].str_value)
		self.bits = 64 if on("64BIT") else 32
		self.sanitizers = [s for s, n in sorted(SANITIZERS.items()) if on(n)]
		self.coverage = on("LIBKERN_COVERAGE")

	@property
	def name(self):
		"""Name of its directory."""
		name = "p%d-m%d" % (self.page_shift, self.bits)
		if self.sanitizers:
			name += "-" + "+".join(self.sanitizers)
		if self.coverage:
			name += "-coverage"
		compiler = os.path.basename(self.compiler).replace(" ", "_")
		return name if compiler == "gcc" else name + "+" + compiler

	def write(self, gen):
		"""Write autoconf.h and auto.conf into @gen, when they changed."""
		os.makedirs(gen, exist_ok=True)
		self.kconf.write_autoconf(os.path.join(gen, "autoconf.h"))
		self.kconf.write_config(os.path.join(gen, "auto.conf"),
					save_old=False)


def load(outdir):
	"""The Kconfig with @outdir/.config read into it, if there is one."""
	kconfiglib = _kconfiglib()
	os.environ["srctree"] = ROOT
	try:
		kconf = kconfiglib.Kconfig("Kconfig", warn_to_stderr=False)
	except kconfiglib.KconfigError as err:
		raise Stop(UNTESTABLE, "bug in libkern's Kconfig: %s" % err) from None
	path = os.path.join(outdir, ".config")
	if os.path.exists(path):
		try:
			kconf.load_config(path)
		except (OSError, UnicodeDecodeError,
			kconfiglib.KconfigError) as err:
			raise Stop(USAGE, "cannot read %s: %s" % (path, err)) from None
		for warning in kconf.warnings:
			say(warning)
		if any(_GARBAGE.search(w) for w in kconf.warnings):
			raise Stop(USAGE, "%s is no configuration: mend it, or "
				   "remove it for the defaults" % path)
	return kconf


def variant(outdir, args):
	"""The Variant that .config and the command's flags @args ask for."""
	kconf = load(outdir)
	if args.page_size:
		kconf.syms["LIBKERN_PAGE_%s" % args.page_size.upper()].set_value(2)
	if args.m32:
		kconf.syms["LIBKERN_M32"].set_value(2)
	if args.sanitize is not None:
		for sanitizer, name in SANITIZERS.items():
			wanted = sanitizer in args.sanitize
			kconf.syms[name].set_value(2 if wanted else 0)
	if getattr(args, "coverage", False):
		kconf.syms["LIBKERN_COVERAGE"].set_value(2)
	return Variant(kconf, args.cc)


def sanitizers(text):
	"""Parse the list of --sanitize; raises ValueError on an unknown one."""
	names = text.split(",")
	if "" in names:
		raise ValueError("'%s' names no sanitizer: there are %s" %
				 (text, ", ".join(SANITIZERS)))
	unknown = [name for name in names if name not in SANITIZERS]
	if unknown:
		raise ValueError("no sanitizer %s: there are %s" %
				 (", ".join(unknown), ", ".join(SANITIZERS)))
	return names


def main(action, outdir):
	"""menuconfig or olddefconfig on @outdir/.config."""
	outdir = os.path.abspath(outdir)
	os.makedirs(outdir, exist_ok=True)
	kconf = load(outdir)
	path = os.path.join(outdir, ".config")
	if action == "menuconfig":
		os.environ["KCONFIG_CONFIG"] = path
		import menuconfig	# pylint: disable=import-outside-toplevel
		menuconfig.menuconfig(kconf)
	elif action == "olddefconfig":
		print(kconf.write_config(path))
	else:
		raise Stop(USAGE, "no such action: " + action)
	return 0


if __name__ == "__main__":
	try:
		sys.exit(main(*sys.argv[1:]))
	except Stop as stop:
		say(str(stop))
		sys.exit(stop.status)
