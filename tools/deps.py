# SPDX-License-Identifier: GPL-2.0-only
"""What must be installed, and the kernel sources that Debian ships.

Needs nothing but python3 and dpkg, as it runs before anything is installed,
and no network when nothing is missing.
"""

import contextlib
import glob
import os
import shutil
import subprocess
import sys

from tools import proc
from tools.files import locked, read_bytes, write_changed
from tools.stop import Stop, UNTESTABLE, say

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DEFAULT = "6.12"
TARBALL = "/usr/src/linux-source-%s.tar.xz"
PATIENCE = 300			# seconds, while another holds dpkg's lock
LISTS = "/var/lib/apt/lists/*_Packages*"


def packages(cluster=False):
	"""The names in packages.txt, with @cluster those of make deps-cluster too."""
	with open(os.path.join(ROOT, "packages.txt"), encoding="ascii") as stream:
		lines = [line.partition("#") for line in stream]
	return [name.strip() for name, _, what in lines if name.strip() and
		(cluster or not what.startswith(" make deps-cluster:"))]


def missing(names):
	"""Those of the packages @names that are not installed."""
	try:
		_, out, _ = proc.output(["dpkg-query", "-W", "-f",
					 "${db:Status-Status} ${Package}\n", *names])
	except FileNotFoundError:
		raise Stop(UNTESTABLE, "there is no dpkg here: libkern installs its "
			   "packages on Debian 12; elsewhere install what these "
			   "hold: " + " ".join(names)) from None
	there = {line.split()[1] for line in out.splitlines()
		 if line.startswith("installed ")}
	return [name for name in names if name not in there]


def _become_root():
	"""The words that go before apt-get, or None when there is no way."""
	if os.geteuid() == 0:
		return []
	if not shutil.which("sudo"):
		return None
	status = subprocess.run(["sudo", "-n", "true"], check=False,
				stdin=subprocess.DEVNULL,
				stderr=subprocess.DEVNULL).returncode
	if status == 0 or sys.stdin.isatty():
		return ["sudo"]
	return None


def _apt(prefix, *words):
	env = [] if not prefix else ["env", "DEBIAN_FRONTEND=noninteractive"]
	# somebody else's installing ends
	argv = prefix + env + ["apt-get", "-o", "DPkg::Lock::Timeout=%d" % PATIENCE,
			       *words]
	say("+ " + " ".join(argv))
	# in our session: sudo may ask for a password; stdout belongs to KTAP
	return subprocess.run(argv, check=False, stdout=sys.stderr,
			      env=dict(os.environ,
				       DEBIAN_FRONTEND="noninteractive")).returncode


def install(cluster=False):
	"""Install what is missing, or say what would."""
	wanted = packages(cluster)
	names = missing(wanted)
	if not names:
		return
	words = ["install", "-y", "--no-install-recommends", *names]
	prefix = _become_root()
	if prefix is None:
		raise Stop(UNTESTABLE, "packages are missing, and this is neither "
			   "root nor may it use sudo; as root run:\n"
			   "apt-get " + " ".join(words))
	say("installing the Debian packages " + " ".join(names))
	status = _apt(prefix, "update") if not glob.glob(LISTS) else 0
	if status == 0 and _apt(prefix, *words):
		# the lists may be older than the archive
		status = _apt(prefix, "update") or _apt(prefix, *words)
	if status or missing(wanted):
		raise Stop(UNTESTABLE, "apt-get did not install %s" %
			   " ".join(missing(wanted)))


def _version(release):
	"""Which tarball it is: package version where dpkg knows, and its size."""
	tarball = TARBALL % release
	try:
		stat = os.stat(tarball)
	except OSError:
		raise Stop(UNTESTABLE, "%s is missing: run make deps, or name a "
			   "tree with --kdir (KDIR= for make)" % tarball) from None
	return "%d %d\n" % (stat.st_size, int(stat.st_mtime))


def source(release, outdir):
	"""Path of Debian's unpacked source @release under @outdir.

	Unpacks it the first time and when the package changed. It appears by
	one rename after a whole unpack, so half a tree is never taken for one.
	"""
	name = "linux-source-" + release
	parent = os.path.join(outdir, "src")
	tree = os.path.join(parent, name)
	marker = os.path.join(tree, ".libkern-unpacked")
	wanted = _version(release).encode()
	if read_bytes(marker) == wanted:
		return tree
	with locked(os.path.join(parent, ".lock"), parent):
		if read_bytes(marker) == wanted:
			return tree
		for left in glob.glob(os.path.join(parent, ".unpack-*")):
			shutil.rmtree(left, ignore_errors=True)
		fresh = os.path.join(parent, ".unpack-" + release)
		say("unpacking %s into %s (once, 1.5 GB)" %
		    (TARBALL % release, parent))
		try:
			_unpack(TARBALL % release, fresh)
			unpacked = os.path.join(fresh, name)
			write_changed(os.path.join(unpacked,
						   ".libkern-unpacked"), wanted)
			if os.path.isdir(tree):
				os.rename(tree, os.path.join(fresh, "old"))
			os.rename(unpacked, tree)
		finally:
			with contextlib.suppress(OSError):
				shutil.rmtree(fresh)
	return tree


def _unpack(tarball, into):
	os.makedirs(into)
	status, _, err = proc.output(["tar", "-C", into, "-xf", tarball])
	if status:
		if "No space left" in err:
			raise Stop(UNTESTABLE, "no space left to unpack %s into %s" %
				   (tarball, into))
		raise Stop(UNTESTABLE, "cannot unpack %s: %s" %
			   (tarball, err.strip().splitlines()[-1]
			    if err.strip() else "tar was killed"))


def main(outdir, cluster=False):
	"""The subcommand: install, then unpack."""
	install(cluster)
	source(DEFAULT, outdir)
	return 0
