# SPDX-License-Identifier: GPL-2.0-only
"""The machine that QEMU makes: two processors, and KVM where that works.

Whether it works is found out by a short boot of the very kernel, as /dev/kvm can
be there and open, and the guest stay silent all the same.
"""

import os
import re
import shutil

from tools.files import read_bytes, write_changed
from tools.stop import say

CPUS = 2
KVM = "/dev/kvm"
TRIAL = 30		# seconds for a boot that lists the suites
BOOT_ID = "/proc/sys/kernel/random/boot_id"

_BANNER = "Linux version"
_UP = re.compile(r"Brought up \d+ nodes?, (\d+) CPU")
_OWN = re.compile(r"-accel|-enable-kvm|accel=")


def own_choice(rest):
	"""Does what follows "--" choose an accelerator?"""
	return any(_OWN.search(word) for word in rest)


def words(arch, accel):
	"""What kunit.py is told of the machine, @accel being kvm, tcg or None."""
	if not arch.qemu:
		return []
	# firmware names one processor of each socket in its tables
	told = "-smp %d,sockets=%d" % (CPUS, CPUS)
	if accel:
		told += " -accel " + accel
	return ["--arch", arch.name, "--qemu_args", told]


def described(accel, text):
	"""The machine of a boot that said @text, in words."""
	found = _UP.search(text)
	number = int(found.group(1)) if found else 0
	if found and number < CPUS:
		say("only %d of %d processors came up" % (number, CPUS))
	name = {"kvm": "KVM", "tcg": "TCG"}.get(accel, "QEMU as told")
	return name + (", %d CPUs" % number if number else "")


def _key(arch):
	"""What a trial is good for: this boot of this host, and this QEMU."""
	path = shutil.which(arch.qemu) or arch.qemu
	stat = os.stat(path) if os.path.exists(path) else None
	boot = (read_bytes(BOOT_ID) or b"?").decode().strip()
	return "%s %s %d" % (boot, path, stat.st_mtime_ns if stat else 0)


def _closed():
	"""Why KVM cannot even be opened, or ""."""
	try:
		os.close(os.open(KVM, os.O_RDWR | os.O_CLOEXEC))
	except OSError as err:
		return "%s: %s" % (KVM, err.strerror)
	return ""


def _silent(text, seconds):
	"""Why a trial that said @text was none."""
	lines = [line.strip() for line in text.splitlines() if line.strip()]
	return "a trial boot did not come as far as KUnit in %d s; it said: %s" % (
		seconds, lines[-1] if lines else "nothing")


def choose(kernel):
	"""kvm or tcg for @kernel, by trying; says which and why.

	@kernel: its build() and names() are called where a trial is due
	"""
	keep = os.path.join(kernel.given, "accel")
	why = _closed()
	if not why:
		key, _, kept = (read_bytes(keep) or b"").decode().partition("\n")
		if key != _key(kernel.arch):
			kernel.build()
			say("trying KVM, for %d s at most" % TRIAL)
			good = kernel.names(None, "kvm", TRIAL)
			kept = "" if good else _silent(kernel.log(), TRIAL)
			# a kernel that speaks and dies is no verdict on KVM
			if good or _BANNER not in kernel.log():
				write_changed(keep, (_key(kernel.arch) + "\n" +
						     kept)
					      .encode(errors="replace"))
		why = kept
	if why:
		say("no KVM, so QEMU translates, which is slower: " + why)
	elif not kernel.args.quiet:
		say("KVM works here")
	return "tcg" if why else "kvm"
