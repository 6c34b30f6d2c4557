# SPDX-License-Identifier: GPL-2.0-only
"""One state of the tree in, its outcome out: built and run in the sandbox.

All states of a series pass through one directory, so that make compiles again
only what a patch changes. An outcome is kept under a hash of everything that it
rests on: the code that the compiler gets to see, libkern's own sources, the
compiler and the flags. The build may write its directory; the binary, which is
the patch's own code, may write nothing.

An outcome is a dict: state, why, note, facts, files, code, log, cached, seconds,
and for a state that ran cases, notes, unbuilt. There are two binaries, parts of
one outcome: what the patch leaves alone of the one is not run again when it
changes the other.
"""

import contextlib
import hashlib
import json
import os
import threading
import time

from iomap import kdir
from shim import config
from tools import proc
from tools.files import read_bytes, write_changed
from tools.series import bound, outcome, path as paths, sandbox
from tools.series.model import BROKEN, JUDGED, NOT_BUILT, STATES, clean
from tools.stop import Stop, UNTESTABLE
from xfs_stub import part as xfs

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
	os.path.abspath(__file__))))
FLAGS = ("page_size", "m32", "sanitize", "cc", "warnings", "mutant", "jobs")
LOG = 40			# lines of the compiler to keep


def digest_of(tops):
	"""Hash over files and directories of libkern."""
	total = hashlib.sha256()
	for top in tops:
		if os.path.isfile(os.path.join(ROOT, top)):
			total.update(read_bytes(os.path.join(ROOT, top)))
		for parent, dirs, names in os.walk(os.path.join(ROOT, top)):
			dirs[:] = sorted(d for d in dirs if d != "__pycache__")
			for name in sorted(names):
				where = os.path.join(parent, name)
				total.update(os.fsencode(where) + b"\0" +
					     (read_bytes(where) or b""))
	return total.hexdigest()


def own_digest():
	"""Hash over all of libkern that a verdict can come from."""
	return digest_of(("iomap", "kunit", "shim", "tools/mutants", "xfs_stub",
			  "Kconfig", "tools/series/inside.py",
			  "tools/series/judge.py", "tools/series/outcome.py"))


def home(out, real):
	"""Where everything about the git tree @real is, below @out."""
	return os.path.join(out, "series", kdir.tree_id(real))


class Judge:
	"""Judges states, one after the other, for the git tree in @base."""

	def __init__(self, args, base, repository, box):
		self.args = args
		self.repository = repository
		self.box = box
		self.base = base
		self.tree = os.path.join(base, "tree")
		self.work = os.path.join(base, "work")
		self.kept = os.path.join(base, "results")
		os.makedirs(self.work, exist_ok=True)
		config_ = read_bytes(os.path.join(args.out, ".config"))
		if config_ is not None:
			write_changed(os.path.join(self.work, ".config"), config_)
		elif os.path.exists(os.path.join(self.work, ".config")):
			os.unlink(os.path.join(self.work, ".config"))
		self._slot = 0			# of the binaries that run
		self._own = set()		# files of outcomes of this command
		self._unfinished = []		# [(codes, Event), ...], in order
		variant = config.variant(self.work, args)
		self.bound = bound.tested(variant, args)
		self.untested = bound.untested(variant, args)
		self._made = json.dumps([
			own_digest(), self._compiler(), variant.name,
			config_ and config_.decode("utf-8", "replace"),
			[getattr(args, f) for f in FLAGS if f != "jobs"]])
		self._rest = self._made + json.dumps([
			args.filter, args.seek, args.timeout])

	def _compiler(self):
		try:
			status, out, _ = proc.output(
				self.args.cc.split() + ["--version"])
		except (OSError, IndexError):
			status, out = 1, ""
		if status:
			raise Stop(UNTESTABLE, "there is no compiler %s: run make "
				   "deps, or name one with --cc" % self.args.cc)
		return out

	def prepare(self, state):
		"""Build @state, or find why not; finish() makes an outcome of it.

		Called in turn, but for the next state while this one's suites run
		"""
		try:
			paths.export(self.repository, state, self.tree)
		except Stop as stop:
			self._unfinished.append((set(), threading.Event()))
			return {"state": BROKEN, "why": clean(str(stop)),
				"cached": False, "facts": {}, "seconds": {}}
		begin = time.monotonic()
		with self._builder(stderr=proc.PIPE) as watched:
			found = self._converse(watched)
		found.setdefault("seconds", {})
		if not found["cached"]:
			found["seconds"]["build"] = round(
				time.monotonic() - begin, 3)
			self._put_aside(found)
		self._unfinished.append((set(self._parts(found, "codes").values()),
					 threading.Event()))
		return found

	def finish(self, found):
		"""The outcome of what prepare() has @found."""
		line = "XFS: " + (found.get("absent") or "")
		if found.get("absent") and line not in self.untested:
			self.untested.append(line)
		if "cases" not in found and found["state"] == JUDGED:
			self._run(found)
		if not found["cached"]:
			self._keep(found)
		self._unfinished.pop(0)[1].set()
		return found

	def abandon(self):
		"""No run will be finished any more."""
		for _, finished in self._unfinished:
			finished.set()

	def _put_aside(self, found):
		"""Let the binaries stay what they are while the next are built.

		Where no build can write
		"""
		self._slot ^= 1
		for name, binary in self._parts(found, "binaries").items():
			aside = os.path.join(self.base, "%s.%d" % (name, self._slot))
			with contextlib.suppress(FileNotFoundError):
				os.unlink(aside)
			os.link(binary, aside)
			found["binaries"][name] = aside

	def _builder(self, stderr, what="suites", **flags):
		"""inside.py on the tree as it is exported now; a Watched."""
		order = {"tree": self.tree, "out": self.work, "what": what,
			 "filter": self.args.filter, "flags": dict(
			{f: getattr(self.args, f) for f in FLAGS},
			verbose=False, quiet=True, **flags)}
		return self.box.build(
			[sandbox.python(),
			 os.path.join(ROOT, "tools/series/inside.py"),
			 json.dumps(order)], sandbox.Limits(seconds=600),
			writable=[self.work], readable=[self.tree],
			stdin=proc.PIPE, stdout=proc.PIPE, stderr=stderr)

	def counting(self):
		"""The binaries that count lines, of what was judged last; or none."""
		with self._builder(sandbox.DEVNULL, coverage=True) as watched:
			asked = self._line(watched.child)
			self._answer(watched.child, self._parts(asked))
			found = self._line(watched.child)
			watched.wait()
		return list(self._parts(found, "binaries").values())

	def exhaustive(self, wanted):
		"""libkern exhaust of what was judged last: (codes, binaries, why not).

		@wanted: (part, code): is its binary to be built? The two are
		dicts by part
		"""
		with self._builder(sandbox.DEVNULL, "exhaust") as watched:
			asked = self._line(watched.child)
			codes = self._parts(asked)
			self._answer(watched.child, [part for part in codes if
						     wanted(part, codes[part])])
			found = self._line(watched.child)
			watched.wait()
		return codes, self._parts(found, "binaries"), \
			asked.get("note") or asked.get("absent") or ""

	@staticmethod
	def _parts(record, name="code"):
		"""{part: text} of what inside.py said, or of nothing sensible."""
		found = record.get(name)
		return {part: str(found[part]) for part in ("iomap", "xfs")
			if part in found} if isinstance(found, dict) else {}

	def words(self, binary):
		"""The command line of @binary, without where its results go."""
		words = [binary, "--seek", self.args.seek]
		if self.args.filter is not None:
			words += ["--filter", self.args.filter]
		if self.args.timeout:
			words += ["--timeout", str(self.args.timeout)]
		return words

	def key(self, what):
		"""The file that keeps what comes of @what (bytes) and of all else."""
		return os.path.join(self.kept, hashlib.sha256(
			self._rest.encode() + what).hexdigest() + ".json")

	def made_of(self, what):
		"""A name for a binary of @what (text), whatever it is then run for."""
		return hashlib.sha256((self._made + what).encode()).hexdigest()[:32]

	def _converse(self, watched):
		"""What inside.py has to say, up to the binary."""
		child, said = watched.child, []

		def drain():
			said.append(outcome.read(child.stderr, 1 << 20))

		reader = threading.Thread(target=drain, daemon=True)
		reader.start()
		found = self._line(child)
		if "code" in found:
			codes = self._parts(found)
			found.update(codes=codes, code=" ".join(codes.values()))
			for others, finished in list(self._unfinished):
				if others & set(codes.values()):
					# its outcome is this one's
					finished.wait()
			kept = self._kept(found["code"])
			if kept:
				self._answer(child, ())
				found = kept
			else:
				found["parts"] = {name: self._kept("part " + code)
						  for name, code in codes.items()}
				self._answer(child, [name for name, done in
						     found["parts"].items()
						     if not done])
				if all(found["parts"].values()):
					found.update(state=JUDGED, why="")
				found.update(self._line(child))
		status = watched.wait()
		reader.join()
		found.setdefault("cached", False)
		found.setdefault("facts", {})
		found["log"] = found.get("log") or self._log(said)
		if watched.broken:
			found.update(state=BROKEN, why="the build was ended: " +
				     watched.broken, cached=False)
		elif found.get("state") not in STATES:
			raise Stop(UNTESTABLE, "the build in the sandbox ended "
				   "with status %d and no verdict: a bug in "
				   "libkern\n%s" % (status, "\n".join(
					found["log"])))
		return found

	@staticmethod
	def _answer(child, words):
		try:
			child.stdin.write(" ".join(words).encode() + b"\n")
			child.stdin.flush()
		except BrokenPipeError:
			pass

	def _line(self, child):
		try:
			record = json.loads(child.stdout.readline(1 << 20))
		except ValueError:
			return {}
		if not isinstance(record, dict):
			return {}
		for name in {"why", "note", "absent"} & set(record):
			record[name] = self._words(str(record[name] or ""))
		return record

	def _words(self, text):
		"""@text as the user knows things: the tree is a commit here."""
		for word, known in ((self.tree + "/", ""),
				    ("the tree " + self.tree, "the tree"),
				    ("(see above)", "(see below)"),
				    (" in " + self.tree, " here"),
				    (self.tree, "the tree")):
			text = text.replace(word, known)
		return clean(text)

	def _log(self, said):
		lines = b"".join(said).decode("utf-8", "replace").splitlines()
		return [clean(line.replace(self.tree + "/", ""))
			for line in lines if line.strip()][:LOG]

	def _run(self, found):
		"""Run the binaries; adds cases, notes and unbuilt to @found."""
		begin = time.monotonic()
		parts, binaries = found.pop("parts"), self._parts(found, "binaries")
		for name, code in self._parts(found, "codes").items():
			if name in binaries:
				parts[name] = self._run_one(binaries[name])
				if not self._again(parts[name]):
					self._keep_as("part " + code, parts[name])
		found["seconds"]["run"] = round(time.monotonic() - begin, 3)
		done = [part for part in parts.values() if part]
		if all(part["none"] for part in done) and not found.get("note"):
			raise Stop(129, "the filter %s matches nothing%s" %
				   (self.args.filter, ": " + found["absent"]
				    if found.get("absent") else ""))
		found.update(
			cases=[case for part in done for case in part["cases"]],
			notes={n: text for part in done
			       for n, text in part["notes"].items()},
			unbuilt=xfs.suites(self.args.filter) if found.get("note") else [],
			ended="; ".join(part["ended"] for part in done
					if part["ended"]))
		found["why"] = found["ended"]

	def _run_one(self, binary):
		"""What came out of one binary: cases, notes, ended, none."""
		reader, writer = os.pipe()
		words = self.words(binary) + ["--jobs", str(self.args.jobs),
					      "--result-fd", str(writer)]
		said = {}
		with os.fdopen(reader, "rb") as stream:
			try:
				watched = self.box.run(
					words, sandbox.Limits(seconds=300),
					pass_fds=(writer,),
					stdout=proc.PIPE,
					stderr=sandbox.DEVNULL)
			finally:
				os.close(writer)
			with watched:
				threads = [threading.Thread(
					target=lambda n=n, s=s: said.__setitem__(
						n, outcome.read(s)), daemon=True)
					for n, s in (("ktap", watched.child.stdout),
						     ("json", stream))]
				for thread in threads:
					thread.start()
				status = watched.wait()
				for thread in threads:
					# a child left behind may hold the pipe
					thread.join(5)
		here = os.fsencode(self.tree + "/")
		said = {name: data.replace(here, b"") for name, data in said.items()}
		cases, notes, ending = outcome.results(said.get("json", b""))
		none = not cases and self.args.filter is not None and status == 129
		ended = ""
		if watched.broken:
			ended = "the run was ended: " + watched.broken
		elif ending is None and not none:
			ended = "the suites did not come to their end " \
				"(%s)" % ("signal %d" % -status if status < 0
					  else "status %d" % status)
		texts = outcome.pictures(said.get("ktap", b""))
		for case in cases:
			key = (case["suite"], case["case"], case["param"])
			if case["status"] == "fail":
				case["text"] = texts.get(key, [])
		return {"cases": cases, "notes": notes, "ended": ended,
			"none": none}

	def _kept(self, code):
		"""The outcome of an earlier run on the same code, or None.

		With --fresh an earlier row's of this very command will do
		"""
		name = self.key(code.encode())
		text = read_bytes(name) if name in self._own or \
			not self.args.fresh else None
		try:
			found = json.loads(text) if text else None
		except ValueError:
			return None
		if found:
			found["cached"] = True
		return found

	@staticmethod
	def _again(found):
		"""May @found come out differently the next time?"""
		return found.get("ended") or any(case["death"] == "hang" for case in
						 found.get("cases", ()))

	def _keep(self, found):
		"""Keep what would come out the same again."""
		words = found["why"] + (found.get("note") or "")
		if found["state"] in (JUDGED, NOT_BUILT) and "code" in found and \
				"no space left" not in words and \
				not self._again(found):
			self._keep_as(found["code"], found)

	def _keep_as(self, code, found):
		name = self.key(code.encode())
		write_changed(name, json.dumps(found).encode())
		self._own.add(name)
