// SPDX-License-Identifier: GPL-2.0-only
/* One state of XFS for people, and as a KUnit suite. */
#include <linux/fs.h>
#include <linux/iomap.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "../emit.h"
#include "local.h"

static const char *const suite_forks[XFS_STUB_FORKS] = {
	[XFS_STUB_DATA] = "data fork",
	[XFS_STUB_COW] = "COW fork",
};

/* One of "duw." a block. */
static const char *suite_map(const unsigned char *map, unsigned int n)
{
	static char text[2][XP_MAX_BLOCKS + 1];
	static unsigned int turn;
	char *to = text[turn++ % 2];
	unsigned int b;

	for (b = 0; b < n; b++)
		to[b] = ".duw"[map[b] & 3];
	to[n] = '\0';
	return to;
}

/* The write's own fork first, as few extents as can be, the data fork rather. */
unsigned int target_weight(const struct xp_part *part, xp_u64 map)
{
	unsigned int n = part->pages << part->ratio, b, kind, last = SCN_HOLE, extents = 0;
	unsigned int cow = 0;

	/* two bits a block, and one where there are two forks */
	if (__builtin_ctzll(part->maps) & 1) {
		cow = map & 1;
		map >>= 1;
	}
	for (b = 0; b < n; b++, map >>= 2) {
		kind = (SCN_DELALLOC + map) & 3;
		extents += kind != SCN_HOLE && kind != last;
		last = kind;
	}
	return min(2 * extents + cow, 15U);
}

void target_show(const struct xp_state *x)
{
	unsigned int n = x->f->s.nblocks, fork;
	char text[160];

	for (fork = 0; fork < XFS_STUB_FORKS; fork++) {
		if (fork == XFS_STUB_COW && !forks.options.reflink)
			continue;
		snprintf(text, sizeof(text), "%-10s %s, then %s%s", suite_forks[fork],
			 suite_map(forks.before[fork], n), suite_map(forks.map[fork], n),
			 fork == forks.written ? "   (the write's)" : "");
		xp_line(NULL, text);
	}
}

void target_emit_headers(void)
{
	emit("#include \"forks.h\"");
}

static const char *suite_flags(unsigned int entry)
{
	switch (entry) {
	case XP_ZERO:
		return "IOMAP_ZERO";
	case XP_UNSHARE:
		return "IOMAP_WRITE | IOMAP_UNSHARE";
	case XP_FAULT:
		return "IOMAP_WRITE | IOMAP_FAULT";
	}
	return "IOMAP_WRITE";
}

void target_emit_variables(const struct xp_state *x, const struct xp_row *row)
{
	const struct scenario *s = &x->f->s;

	emit("\tstruct xfs_stub_options options = {");
	emit("\t\t.blkbits\t= %u,", s->blkbits);
	emit("\t\t.reflink\t= %s,", forks.options.reflink ? "true" : "false");
	emit("\t\t.free\t\t= 1 << 20,");
	emit("\t};");
	emit("\tstruct iomap iomap = {");
	emit_iomap(s, row, forks.written == XFS_STUB_COW ? " | IOMAP_F_SHARED" : "");
	emit("\t};");
	emit("\tstruct iomap_iter iter = {");
	emit("\t\t.inode\t= f->w.inode,");
	emit("\t\t.pos\t= base + %u,", row->pos);
	emit("\t\t.len\t= %u,", row->end - row->pos);
	emit("\t\t.flags\t= %s,", suite_flags(row->entry));
	emit("\t\t.iomap\t= iomap,");
	emit("\t};");
}

void target_emit_call(const struct xp_state *x, const struct xp_row *row)
{
	const struct scenario *s = &x->f->s;
	unsigned int fork;

	if (row->entry == XP_FAULT) {
		emit("\tif (!xfs_stub_fault_ops->iomap_end)");
		emit("\t\tkunit_skip(test, \"faults of this tree end without a call\");");
	}
	emit("\tif (!fx_build(f, NULL) || !forks_setup(f, &options, %s))",
	     forks.written == XFS_STUB_COW ? "XFS_STUB_COW" : "XFS_STUB_DATA");
	emit("\t\treturn;");
	for (fork = 0; fork < XFS_STUB_FORKS; fork++)
		emit("\tforks_text(forks.map[%s], %u, \"%s\");",
		     fork == XFS_STUB_COW ? "XFS_STUB_COW" : "XFS_STUB_DATA", s->nblocks,
		     suite_map(forks.before[fork], s->nblocks));
	emit("\tforks_end_judged(f, iter.pos, iter.len, %u, iter.flags, &iter.iomap);",
	     row->written);
}

void target_emit_end(void)
{
	emit("\tif (f->side == FX_FINDING)");
	emit("\t\tfx_finding_done(f);");
	if (forks.written == XFS_STUB_COW)
		emit("\tforks_finding_done(f);");
}
