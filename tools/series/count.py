# SPDX-License-Identifier: GPL-2.0-only
"""What of counting lines happens in the sandbox: run, and read the counters.

Run with a JSON object as its argument: "commands", the binaries and their
arguments; "tree"; "compiler". Says one JSON object on stdout, {file: {line: count}}.

The counters are written where the binary may write, the sandbox's own /tmp, and
are gone with it. They are other people's data as the binary is their code, so
the programs that read them run in here too.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
	os.path.abspath(__file__))))
sys.path.insert(0, ROOT)

# pylint: disable=wrong-import-position
from coverage import capture
from tools import proc


def main(argument):
	"""One binary; the exit status says whether it could be counted."""
	order = json.loads(argument)
	proc.setup()
	with tempfile.TemporaryDirectory(prefix="libkern-") as scratch:
		counted = os.path.join(scratch, "counted")
		for words in order["commands"]:
			subprocess.run(words, check=False,
				       env=dict(os.environ, GCOV_PREFIX=counted),
				       stdin=subprocess.DEVNULL,
				       stdout=subprocess.DEVNULL,
				       stderr=subprocess.DEVNULL)
		for path in capture.counters(counted):
			# the compiler's notes, which go with them
			note = path[len(counted):-len("gcda")] + "gcno"
			if os.path.exists(note):
				shutil.copy(note, path[:-len("gcda")] + "gcno")
		files = capture.collect([counted], order["compiler"],
					order["tree"],
					os.path.join(scratch, "report"))
	print(json.dumps({os.path.relpath(name, order["tree"]): found.lines
			  for name, found in files.items()}))
	return 0


if __name__ == "__main__":
	sys.exit(main(sys.argv[1]))
