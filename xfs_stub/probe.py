# SPDX-License-Identifier: GPL-2.0-only
"""What a tree's fs/xfs looks like: facts for xfs_stub, never versions.

Each is read on its own out of a header's text. They become XS_ macros.
"""

import os
import re

from iomap.csource import Source
from tools.stop import Stop, UNTESTABLE

DIR = "fs/xfs"
# whole files, unmodified, in the order of the link
SOURCES = ("xfs_iomap.c", "xfs_bmap_util.c", "libxfs/xfs_bmap.c",
	   "libxfs/xfs_iext_tree.c", "libxfs/xfs_inode_fork.c",
	   "libxfs/xfs_types.c", "xfs_aops.c", "xfs_reflink.c")
# of files too big for that the functions with these names, where one has them
CUT = {
	"xfs_inode.c": ("xfs_get_extsz_hint", "xfs_get_cowextsz_hint",
			"xfs_is_always_cow_inode", "xfs_ilock_data_map_shared",
			"xfs_inode_alloc_unitsize",
			"xfs_itruncate_clear_reflink_flags",
			"xfs_itruncate_extents_flags"),
	"xfs_bmap_item.c": ("xfs_bmap_update_get_group", "xfs_bmap_defer_add"),
	# only looked at
	"xfs_iops.c": (),
}
# what xfs_stub/platform.h and xfs_stub/tree.h include, where the tree has it
WANTED = ("kmem.h", "mrlock.h", "xfs_ag.h", "xfs_alloc.h", "xfs_aops.h",
	  "xfs_bit.h", "xfs_bmap.h", "xfs_bmap_btree.h", "xfs_bmap_item.h",
	  "xfs_bmap_util.h", "xfs_ag_resv.h", "xfs_rmap.h", "xfs_trace.h",
	  "xfs_btree.h", "xfs_buf.h", "xfs_cksum.h", "xfs_defer.h",
	  "xfs_drain.h", "xfs_error.h", "xfs_errortag.h", "xfs_format.h",
	  "xfs_fs.h", "xfs_hooks.h", "xfs_icache.h", "xfs_inode.h",
	  "xfs_inode_item.h",
	  "xfs_iomap.h", "xfs_iops.h", "xfs_log_format.h", "xfs_message.h",
	  "xfs_mount.h", "xfs_quota.h", "xfs_refcount.h", "xfs_reflink.h", "xfs_shared.h",
	  "xfs_stats.h", "xfs_super.h", "xfs_sysctl.h", "xfs_trans.h",
	  "xfs_trans_resv.h", "xfs_types.h")
# For who wants the files before they can be probed, as in iomap/probe.py: these,
# and the headers right in those directories.
POSSIBLE = tuple(DIR + "/" + n for n in (*SOURCES, *CUT))
POSSIBLE_DIRS = (DIR + "/", DIR + "/libxfs/")
# the kernel as XFS sees it: exchanged for xfs_stub's own
PLATFORM = ("xfs_linux.h", "xfs_platform.h")


class Tree:
	"""The files of fs/xfs that the sources need, by their names below it."""

	def __init__(self, real, read):
		self.real = real
		self._read = read	# of kdir: (tree, name) to text
		self._places = {}
		self.sources = {}	# name below fs/xfs: Source
		self._collect()
		# name below fs/xfs: (Source, names of the functions it has)
		self.cut = {name: self._cut(name) for name in CUT}

	@property
	def files(self):
		"""All that was read, by names below the tree."""
		return sorted("%s/%s" % (DIR, name)
			      for name in {*self.sources, *self.cut})

	def find(self, name):
		"""Place of the header @name below fs/xfs, or None."""
		if name not in self._places:
			self._places[name] = next(
				(sub + name for sub in ("", "libxfs/")
				 if os.path.isfile(os.path.join(self.real, DIR,
								sub + name))),
				None)
		return self._places[name]

	def _collect(self):
		todo = list(SOURCES) + [self.find(n) for n in WANTED if self.find(n)]
		while todo:
			name = todo.pop()
			if name in self.sources or \
			   os.path.basename(name) in PLATFORM:
				continue
			source = Source(self._read(self.real, DIR + "/" + name),
					name)
			self.sources[name] = source
			for quoted, _ in source.includes():
				found = quoted[0] == '"' and self.find(quoted[1:-1])
				if found:
					todo.append(found)

	def _cut(self, name):
		source = Source(self._read(self.real, DIR + "/" + name), name)
		return source, [f for f in CUT[name] if source.definition(f)]

	def source(self, name):
		"""The Source of header @name; a Stop where the tree lacks it."""
		place = self.find(name)
		if place is None or place not in self.sources:
			raise Stop(UNTESTABLE, "the tree %s lacks %s/%s, which is "
				   "needed" % (self.real, DIR, name))
		return self.sources[place]


def is_there(real):
	"""Has the tree XFS at all? A partial one may lack all of it, not a part."""
	return any(os.path.isfile(os.path.join(real, name)) for name in POSSIBLE)


def _argument(source, function, nr, pattern):
	args = source.args(function)
	return args is not None and len(args) > nr and \
		re.search(pattern, args[nr]) is not None


def _counters(tree):
	mount = tree.source("xfs_mount.h")
	old = bool(mount.functions("xfs_mod_freecounter"))
	new = bool(mount.functions("xfs_dec_freecounter"))
	if old == new:
		raise Stop(UNTESTABLE, "cannot decide XS_MOD_FREECOUNTER in this "
			   "tree: looked for either xfs_mod_freecounter() or "
			   "xfs_dec_freecounter() in %s/xfs_mount.h" % DIR)
	counter = "xfs_mod_freecounter" if old else "xfs_dec_freecounter"
	return {
		"MOD_FREECOUNTER": old,
		"FREECOUNTER_ENUM": _argument(mount, counter, 1, r"\benum\b"),
		"MOD_DELALLOC_INODE": _argument(mount, "xfs_mod_delalloc", 0,
						r"\bstruct xfs_inode\b"),
	}


def _punch(tree):
	header = tree.source("xfs_bmap_util.h")
	name = "xfs_bmap_punch_delalloc_range"
	args = header.args(name)
	forms = {3: (False, False), 4: (True, False), 5: (True, True)}
	if not args or len(args) not in forms or \
	   not any("end_byte" in a for a in args):
		raise Stop(UNTESTABLE, "cannot decide XS_PUNCH_FORK in this tree: "
			   "looked for %s(ip, [whichfork,] start_byte, end_byte"
			   "[, ac]) in %s/xfs_bmap_util.h" % (name, DIR))
	fork, context = forms[len(args)]
	return {"PUNCH_FORK": fork, "PUNCH_AC": context,
		"PUNCH_RETURNS_INT": header.returns(name).split()[-1] == "int"}


def _transactions(tree):
	trans = tree.source("xfs_trans.h").struct("xfs_trans") or ""
	old, new = "t_firstblock", "t_highest_agno"
	if (old in trans) == (new in trans):
		raise Stop(UNTESTABLE, "cannot decide XS_TRANS_FIRSTBLOCK in this "
			   "tree: looked for either %s or %s in struct xfs_trans "
			   "of %s/xfs_trans.h" % (old, new, DIR))
	alloc = tree.source("xfs_alloc.h")
	refcount = tree.source("xfs_refcount.h")
	return {
		"TRANS_FIRSTBLOCK": old in trans,
		"DEFER_TYPE": _argument(tree.source("xfs_defer.h"),
					"xfs_defer_add", 1, r"\benum\b"),
		"ALLOC_VEXTENT": bool(alloc.functions("xfs_alloc_vextent")),
		"FREE_LATER_FLAG": not alloc.functions("__xfs_free_extent_later"),
		"REFCOUNT_RT": _argument(refcount, "xfs_refcount_decrease_extent",
					 1, r"\bbool\b"),
		"PAG_MOUNT": re.search(r"\bpag_mount\b",
				       tree.source("xfs_ag.h").struct("xfs_perag")
				       or "") is not None,
		"PERAG_GRAB": bool(tree.source("xfs_ag.h").functions(
			"xfs_perag_grab")) and not tree.find("xfs_group.h"),
	}


def _begin(tree):
	name = "xfs_buffered_write_iomap_begin"
	body = tree.source("xfs_iomap.c").body(name)
	if body is None:
		raise Stop(UNTESTABLE, "cannot decide XS_UNSHARE_HOLE in this "
			   "tree: looked for %s() in %s/xfs_iomap.c" % (name, DIR))

	def has(word):
		return re.search(r"\b%s\b" % word, body) is not None
	return {"UNSHARE_HOLE": has("IOMAP_UNSHARE"),
		"ZERO_COW_HOLE": has("HOLESTARTBLOCK"),
		"ZERO_CONVERTS": has("xfs_bmapi_convert_delalloc"),
		"PREALLOC_CCUR": re.search(r"\bxfs_iomap_prealloc_size\s*\("
					   r"[^;]*\bccur\b", body) is not None}


def _truncates(tree):
	"""How the size of a file is set: xfs_stub does that in words of its own."""
	# the older first: where both are, the newer only calls it
	names = ("xfs_setattr_size", "xfs_vn_setattr_size")
	bodies = filter(None, map(tree.cut["xfs_iops.c"][0].body, names))
	writes = len(re.findall(r"\bfilemap_write_and_wait_range\s*\(",
				next(bodies, "")))
	if not writes:
		raise Stop(UNTESTABLE, "cannot decide XS_TRUNCATE_FLUSHES in this "
			   "tree: looked for filemap_write_and_wait_range() in "
			   "%s() of %s/xfs_iops.c" % ("() or ".join(names), DIR))
	# once for what becomes part of the file on disk, in all trees
	return {"TRUNCATE_FLUSHES": writes > 1}


def facts(tree):
	"""All facts as a dict of name to bool."""
	inode, iomap = tree.source("xfs_inode.h"), tree.source("xfs_iomap.h")
	found = {
		"PLATFORM_H": tree.find("xfs_platform.h") is not None,
		"MRLOCK": tree.find("mrlock.h") is not None,
		"KMEM_ALLOC": "kmem.h" in tree.sources and
			      bool(tree.source("kmem.h").functions("kmem_alloc")),
		"GROUP": tree.find("xfs_group.h") is not None,
		"ISILOCKED": bool(inode.functions("xfs_isilocked")),
		"ASSERT_ILOCKED": bool(inode.functions("xfs_assert_ilocked")),
		"MKWRITE_OPS": iomap.has("xfs_page_mkwrite_iomap_ops"),
		"WRITE_OPS": iomap.has("xfs_iomap_write_ops"),
		# only mutants ask for this one
		"IEXT_INSERT_RAW": bool(tree.source("xfs_inode_fork.h").functions(
			"xfs_iext_insert_raw")),
	}
	found.update(_counters(tree))
	found.update(_punch(tree))
	found.update(_begin(tree))
	found.update(_transactions(tree))
	found.update(_truncates(tree))
	return found


def named(found):
	"""The facts under the names that they have among those of fs/iomap."""
	return {"XS_" + name: value for name, value in found.items()}


def header(found):
	"""Text of xfs-facts.h."""
	out = ["/* Written by libkern from the tree's own text: do not edit. */",
	       "#ifndef XFS_FACTS_H", "#define XFS_FACTS_H", ""]
	out += ["#define %s %d" % item for item in named(found).items()]
	return "\n".join(out + ["", "#endif /* XFS_FACTS_H */", ""])
