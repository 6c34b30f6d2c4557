# SPDX-License-Identifier: GPL-2.0-only
"""A kernel tree of links to another, in which files can be changed.

For experiments on a tree that must stay as it is. Only names that are copies may
be written: a write through a link would go to the original.
"""

import os
import shutil

KUNIT = "tools/testing/kunit"	# kunit.py finds its tree by its own real path


def farm(of, into, own=()):
	"""Make @into a tree of links to the tree @of, afresh.

	@own: names of files and directories that are copied instead, as old as
	the originals; kunit.py is always one
	"""
	copied = {os.path.join(of, name) for name in (KUNIT, *own)}
	shutil.rmtree(into, ignore_errors=True)
	for parent, dirs, names in os.walk(of):
		here = os.path.join(into, os.path.relpath(parent, of))
		os.makedirs(here, exist_ok=True)
		for name in list(dirs):
			path = os.path.join(parent, name)
			if path in copied:
				shutil.copytree(path, os.path.join(here, name))
			elif os.path.islink(path):
				os.symlink(path, os.path.join(here, name))
			# history is large, and none of a build's affair
			elif name != ".git":
				continue
			dirs.remove(name)
		for name in names:
			path = os.path.join(parent, name)
			if path in copied:
				shutil.copy2(path, os.path.join(here, name))
			else:
				os.symlink(path, os.path.join(here, name))
	return into
