# SPDX-License-Identifier: GPL-2.0-only
"""Functions taken by name out of a file too big to be built whole.

The seek over the page cache, and what finds or makes a folio for a write, are the
tree's own text: cut out of mm/filemap.c when the tree is staged, under #line, and
never kept anywhere else.
"""

import json
import os
import signal
import tempfile

from tools import proc
from tools.stop import Stop, UNTESTABLE

FROM = "mm/filemap.c"
TO = "mm/seek.c"
NAMES = ("find_get_entry", "folio_seek_hole_data", "seek_folio_size",
	 "mapping_seek_hole_data")
PROLOGUE = "#include <libkern/seek-tree.h>\n"

GET_TO = "mm/get-folio.c"
GET_NAMES = ("__filemap_get_folio_mpol", "__filemap_get_folio")	# the newer first
GET_PROLOGUE = "#include <libkern/get-folio-tree.h>\n"
GET_WRAPPER = """struct folio *lk_tree_get_folio(struct address_space *mapping, pgoff_t index,
				fgf_t fgp, gfp_t gfp)
{
	return %s(mapping, index, fgp, gfp%s);
}
"""


def line_marker(number, path):
	"""A #line directive for the original at @path."""
	quoted = path.replace("\\", "\\\\").replace('"', '\\"')
	return '#line %d "%s"\n' % (number, quoted)


def _tags(path):
	"""{function name: (line, end)} of the definitions in @path."""
	try:
		status, out, err = proc.output(
			["ctags", "--quiet", "--options=NONE", "--sort=no",
			 "--languages=C", "--language-force=C", "--kinds-C=f", "--fields=+ne",
			 "--output-format=json", "-f", "-", path])
	except FileNotFoundError:
		raise Stop(UNTESTABLE, "ctags is missing: run make deps") from None
	if status == -signal.SIGXFSZ or "No space left" in err or \
	   "File too large" in err:
		raise Stop(UNTESTABLE, "no space left in %s, where ctags works" %
			   tempfile.gettempdir())
	if status:
		raise Stop(UNTESTABLE, "universal-ctags cannot read %s (%s): run "
			   "make deps" % (path, err.strip()))
	tags = {}
	for line in out.splitlines():
		tag = json.loads(line)
		if "end" in tag:
			tags[tag["name"]] = (tag["line"], tag["end"])
	return tags


def definitions(source, path, names):
	"""Text of the functions @names of @source, each under its #line.

	@source: the Source of the file
	@path: where it lies
	@names: all of them are there, else a Stop
	"""
	tags = _tags(path)
	missing = [name for name in names if name not in tags]
	if missing:
		raise Stop(UNTESTABLE, "%s lacks the function %s, which is "
			   "needed" % (path, ", ".join(missing)))
	lines = source.text.splitlines(keepends=True)
	parts = []
	for name in sorted(names, key=lambda n: tags[n]):
		first, last = tags[name]
		# ctags names the line of the name: the return type may be above
		found = source.definition(name)
		if found is None or not source.line(found.start) <= first:
			raise Stop(UNTESTABLE, "cannot find the start of %s() in "
				   "%s" % (name, path))
		first = source.line(found.start)
		parts.append(line_marker(first, path))
		parts.extend(lines[first - 1:last])
	return "".join(parts)


def seek(tree):
	"""Text of the staged mm/seek.c for the Tree @tree."""
	return PROLOGUE + definitions(tree.source(FROM),
				      os.path.join(tree.real, FROM), NAMES)


def get_folio(tree):
	"""Text of the staged mm/get-folio.c for the Tree @tree.

	The function behind one name for all trees, or the word that there is none.
	"""
	source = tree.source(FROM)
	name = next(filter(source.definition, GET_NAMES), None)
	text = GET_PROLOGUE + "const bool lk_tree_has_get_folio = %d;\n" % bool(name)
	if not name:
		return text
	more = "".join(", NULL" for _ in source.args(name)[4:])
	return text + definitions(source, os.path.join(tree.real, FROM), [name]) + \
		GET_WRAPPER % (name, more)


def staged_name(file, functions):
	"""Where @functions of the tree's @file are in the directory of copies."""
	if file != FROM:
		return file
	return GET_TO if set(functions) & set(GET_NAMES) else TO
