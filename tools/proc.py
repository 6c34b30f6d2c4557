# SPDX-License-Identifier: GPL-2.0-only
"""Child processes that do not outlive the command, whatever ends it.

Every child gets a session of its own, so that an interruption reaches all of
it; and libkern is the reaper of whatever a child leaves behind, so that not
even a grandchild in a session of its own gets away.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import tempfile
import time

PR_SET_CHILD_SUBREAPER = 36	# include/uapi/linux/prctl.h
GRACE = 2.0			# seconds between SIGTERM and SIGKILL
PIPE, STDOUT, DEVNULL = subprocess.PIPE, subprocess.STDOUT, subprocess.DEVNULL


class Interrupted(KeyboardInterrupt):
	"""A signal that ends the command, as ^C does: unittest, too, lets it through."""


def _raise(_signum, _frame):
	# once is enough: what follows is the clean-up
	for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
		signal.signal(signum, signal.SIG_IGN)
	raise Interrupted


def setup():
	"""Turn signals into Interrupted and become the reaper of orphans."""
	for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
		# nohup ignores SIGHUP, a background job of sh SIGINT: leave those
		if signal.getsignal(signum) != signal.SIG_IGN:
			signal.signal(signum, _raise)
	with contextlib.suppress(OSError, AttributeError):
		ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
	# a User-Mode Linux kernel dies while it boots where there is none
	home = os.path.expanduser("~")
	os.environ.setdefault("HOME", home if os.path.isabs(home) else
			      tempfile.gettempdir())


def children(pid):
	"""The children of @pid, whichever of its threads has them."""
	found = []
	with contextlib.suppress(OSError):
		for task in os.listdir("/proc/%d/task" % pid):
			with open("/proc/%d/task/%s/children" % (pid, task),
				  encoding="ascii") as stream:
				found += [int(n) for n in stream.read().split()]
	return found


def kill_all():
	"""End every descendant: ask first, insist after %GRACE seconds."""
	for signum, wait in ((signal.SIGTERM, GRACE), (signal.SIGKILL, GRACE)):
		end = time.monotonic() + wait
		asked = set()
		while time.monotonic() < end:
			pids = children(os.getpid())
			if not pids:
				return
			for pid in pids:
				if pid not in asked:
					_signal(pid, signum)
					asked.add(pid)
				with contextlib.suppress(OSError):
					os.waitpid(pid, os.WNOHANG)
			time.sleep(0.01)


def _signal(pid, signum):
	with contextlib.suppress(OSError):
		if os.getpgid(pid) != os.getpgid(0):
			os.killpg(os.getpgid(pid), signum)
	with contextlib.suppress(OSError):
		os.kill(pid, signum)


@contextlib.contextmanager
def running(argv, **kwargs):
	"""start() for a with statement that an interruption leaves at once.

	Popen's own would first wait for the child to end by itself.
	"""
	child = start(argv, **kwargs)
	try:
		yield child
	except BaseException:
		kill_all()
		raise
	finally:
		for stream in (child.stdout, child.stderr):
			if stream:
				stream.close()
	child.wait()


def start(argv, **kwargs):
	"""Popen in a session of its own, its input from /dev/null."""
	kwargs.setdefault("stdin", subprocess.DEVNULL)
	return subprocess.Popen(argv, start_new_session=True, **kwargs)


def end(child):
	"""End @child and what it has started, at once; its exit status."""
	if child.poll() is None:
		_signal(child.pid, signal.SIGKILL)
	return child.wait()


def output(argv, **kwargs):
	"""Run @argv; (exit status, stdout text, stderr text)."""
	with running(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
		     text=True, errors="surrogateescape", **kwargs) as child:
		out, err = child.communicate()
		return child.returncode, out, err
