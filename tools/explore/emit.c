// SPDX-License-Identifier: GPL-2.0-only
/*
 * One state as a KUnit suite, ready to be put into kunit/. It is the kernel's own
 * case from there on: a wrong release fails it in every world, a known finding
 * skips it by name.
 */
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "emit.h"
#include "target.h"

#define EMIT_LINE	400

/**
 * emit() - print one line
 * @format: as for printf
 */
void emit(const char *format, ...)
{
	static char text[EMIT_LINE];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	xp_line(NULL, text);
}

/* Extents as scn_parse() takes them: the last letter stands for the rest. */
static void emit_parse(const struct scenario *s)
{
	char layout[160], extents[XP_MAX_BLOCKS + 1];
	unsigned int b;

	scn_layout(s, layout, sizeof(layout));
	for (b = 0; b < s->nblocks; b++)
		extents[b] = ".duw"[s->extent[b] & 3];
	while (b > 1 && extents[b - 1] == extents[b - 2])
		b--;
	extents[b] = '\0';
	emit("\tKUNIT_ASSERT_TRUE(test, scn_parse(&f->s, PAGE_SHIFT, %u, base,",
	     s->blkbits);
	emit("\t\t\t\t\t  \"%s\", \"%s\"));", layout, extents);
}

static void emit_size(const struct scenario *s)
{
	if (s->isize == MAX_LFS_FILESIZE)
		emit("\tf->s.isize = MAX_LFS_FILESIZE;");
	else if (s->isize < s->base)
		emit("\tf->s.isize = %lldLL;", s->isize);
	else
		emit("\tf->s.isize = base + %lld;", s->isize - s->base);
}

/**
 * emit_iomap() - the members of the mapping of a write
 * @s: the state
 * @row: the write
 * @flags: more of its flags than the row says, each behind " | "
 */
void emit_iomap(const struct scenario *s, const struct xp_row *row, const char *flags)
{
	emit("\t\t.type	= %s,", row->entry == XP_MAPPED ? "IOMAP_MAPPED" :
	     "IOMAP_DELALLOC");
	emit("\t\t.flags	= %s%s,", row->entry == XP_OLD ? "0" : "IOMAP_F_NEW", flags);
	emit("\t\t.addr	= %s,", row->entry == XP_MAPPED ? "0" : "IOMAP_NULL_ADDR");
	emit("\t\t.offset	= base,");
	emit("\t\t.length	= %u,", s->nblocks << s->blkbits);
}

static void emit_suite(const struct xp_state *x, const struct xp_row *row,
		       const char *id)
{
	const struct scenario *s = &x->f->s;
	char text[EMIT_LINE], name[XP_ID_SIZE];
	unsigned int i;

	/* a kernel takes all suites as one file: each has names of its own */
	for (i = 0; id[i] && i < sizeof(name) - 1; i++)
		name[i] = id[i] == '-' ? '_' : id[i];
	name[i] = '\0';
	scn_describe(s, text, sizeof(text));
	emit("// %s: GPL-2.0-only", "SPDX-License-Identifier");
	emit("/*");
	emit(" * iomap_delalloc_%s: state %s of libkern exhaust.", name, id);
	emit(" *");
	emit(" * %s", text);
	emit(" */");
	emit("#include <linux/fs.h>");
	emit("#include <linux/iomap.h>");
	emit("#include <linux/pagemap.h>");
	emit("%s", "");
	target_emit_headers();
	emit("%s", "");
	emit("static void state_%s(struct kunit *test)", name);
	emit("{");
	emit("\tstruct fixture *f = fx_of(test);");
	emit("\tconst scn_pos base = %lldLL;", s->base);
	target_emit_variables(x, row);
	emit("%s", "");
	emit("\tif (PAGE_SHIFT != %u)", s->pagebits);
	emit("\t\tkunit_skip(test, \"the state is one of another page size\");");
	emit_parse(s);
	emit_size(s);
	emit("\tif (!fx_reachable(f, &f->s))");
	emit("\t\tkunit_skip(test, \"this world cannot make the state\");");
	target_emit_call(x, row);
	target_emit_end();
	emit("}");
	emit("%s", "");
	emit("static struct kunit_case cases_%s[] = {", name);
	emit("\tKUNIT_CASE(state_%s),", name);
	emit("\t{}");
	emit("};");
	emit("%s", "");
	emit("FX_SUITE(iomap_delalloc_%s, cases_%s);", name, name);
}

/**
 * xp_emit() - print a state as a KUnit suite
 * @space: the space
 * @state: its number
 * @id: its name, of which the suite takes its own
 *
 * Return: 1, or 0 if the page cache does not come out as it was to be.
 */
int xp_emit(const struct xp_space *space, xp_u64 state, const char *id)
{
	static struct xp_state x;
	const struct xp_row *row;
	unsigned int n;
	xp_u64 cache;

	if (xp_state_open(&x, space))
		return 0;
	xp_locate(space, state, &cache, &n);
	if (!xp_state_build(&x, cache))
		return 0;
	row = &x.part->row[n];
	xp_state_row(&x, row);
	emit_suite(&x, row, id);
	return 1;
}
