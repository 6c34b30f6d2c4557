// SPDX-License-Identifier: GPL-2.0-only
/*
 * The picture of a release: what was cached, what had to go, what went.
 *
 *	bytes     0         4096      8192      16384
 *	folio     [order 1            -         [order 0
 *	cache     D         C         .         D
 *	extent    delalloc  delalloc  delalloc  delalloc
 *	want      keep      go        go        keep
 *	got       keep      go        go        LOST
 *
 * A column stands for a run of blocks that are alike in every row. Where there
 * are more columns than fit, those around the first violation are shown.
 */
#ifdef __KERNEL__
#include <linux/kernel.h>
#include <linux/string.h>
#else
#include <stdio.h>
#include <string.h>
#endif

#include "picture.h"

#define PICTURE_COLUMNS	10
#define PICTURE_WIDTH	11	/* characters a column */
#define PICTURE_PUNCHES	12	/* punches listed one by one */
#define PICTURE_LINE	((PICTURE_COLUMNS + 2) * PICTURE_WIDTH + 16)

struct picture {
	const struct oracle_input	*in;
	picture_line_t			line;
	void				*arg;
	unsigned int			ncolumns;
	unsigned int			first[PICTURE_COLUMNS];
	unsigned int			blocks[PICTURE_COLUMNS];
	int				more_before, more_behind;
	char				text[PICTURE_LINE];
};

static int picture_alike(const struct oracle_input *in, unsigned int a,
			 unsigned int b)
{
	const struct scenario *s = in->s;

	return s->cache[a] == s->cache[b] && s->extent[a] == s->extent[b] &&
	       in->after[a] == in->after[b] && in->want[a] == in->want[b] &&
	       scn_folio_at(s, a) == scn_folio_at(s, b);
}

static unsigned int picture_run(const struct oracle_input *in, unsigned int b)
{
	unsigned int n = 1;

	while (b + n < in->s->nblocks && picture_alike(in, b, b + n))
		n++;
	return n;
}

/* The block that the reader wants to see. */
static unsigned int picture_centre(const struct oracle_input *in,
				   const struct oracle_verdict *v)
{
	unsigned int i;
	scn_pos pos;

	for (i = 0; i < ORACLE_NR; i++)
		if (v->bad[i] && !oracle_of_punch(i))
			return v->where[i];
	pos = in->s->start - in->s->base;
	return (unsigned long long)pos >> in->s->blkbits;
}

/* Choose the columns: a few before the centre, then as many as fit. */
static void picture_columns(struct picture *p, unsigned int centre)
{
	const struct oracle_input *in = p->in;
	unsigned int b, n, index = 0, at = 0;

	for (b = 0; b < in->s->nblocks; b += n, index++) {
		n = picture_run(in, b);
		if (b <= centre)
			at = index;
	}
	p->more_before = index > PICTURE_COLUMNS && at > 4;
	index = 0;
	for (b = 0; b < in->s->nblocks; b += n, index++) {
		n = picture_run(in, b);
		if (p->more_before && index + 4 < at)
			continue;
		if (p->ncolumns == PICTURE_COLUMNS) {
			p->more_behind = 1;
			return;
		}
		p->first[p->ncolumns] = b;
		p->blocks[p->ncolumns++] = n;
	}
}

static const char *picture_bytes(struct picture *p, unsigned int c, char *buf,
				 unsigned int size)
{
	snprintf(buf, size, "+%llu",
		 (unsigned long long)p->first[c] << p->in->s->blkbits);
	return buf;
}

static const char *picture_blocks(struct picture *p, unsigned int c, char *buf,
				  unsigned int size)
{
	if (p->blocks[c] == 1)
		snprintf(buf, size, "%u", p->first[c]);
	else
		snprintf(buf, size, "%u-%u", p->first[c],
			 p->first[c] + p->blocks[c] - 1);
	return buf;
}

static const char *picture_folio(struct picture *p, unsigned int c, char *buf,
				 unsigned int size)
{
	const struct scenario *s = p->in->s;
	const struct scn_folio *f = scn_folio_at(s, p->first[c]);

	if (!f)
		return "hole";
	if (p->first[c] != scn_first_block(s, f))
		return "...";
	snprintf(buf, size, "%s%u%s%s", f->shadow ? "shadow " : "[order ",
		 f->order, f->dirty ? "D" : "", f->state ? "s" : "");
	return buf;
}

static const char *picture_cache(struct picture *p, unsigned int c, char *buf,
				 unsigned int size)
{
	snprintf(buf, size, "%c", ".UCD"[p->in->s->cache[p->first[c]] & 3]);
	return buf;
}

static const char *const picture_extents[] = {
	"hole", "delalloc", "unwritten", "written",
};

static const char *picture_extent(struct picture *p, unsigned int c, char *buf,
				  unsigned int size)
{
	return picture_extents[p->in->s->extent[p->first[c]] & 3];
}

static const char *picture_want(struct picture *p, unsigned int c, char *buf,
				unsigned int size)
{
	switch (p->in->want[p->first[c]]) {
	case ORACLE_KEEP:
		return "keep";
	case ORACLE_GO:
		return "go";
	default:
		return "leave";
	}
}

static const char *picture_got(struct picture *p, unsigned int c, char *buf,
			       unsigned int size)
{
	unsigned int b = p->first[c];
	unsigned char was = p->in->s->extent[b], is = p->in->after[b];

	if (p->in->want[b] == ORACLE_GO)
		return is == SCN_DELALLOC ? "LEAKED" :
		       is == was || was == SCN_DELALLOC ? "go" :
		       picture_extents[is & 3];
	if (is == was)
		return p->in->want[b] == ORACLE_KEEP ? "keep" : "leave";
	return is == SCN_HOLE ? "LOST" : picture_extents[is & 3];
}

static void picture_row(struct picture *p, const char *head,
			const char *(*cell)(struct picture *p, unsigned int c,
					    char *buf, unsigned int size))
{
	char buf[24];
	unsigned int c, len;

	len = snprintf(p->text, sizeof(p->text), "%-9s%s", head,
		       p->more_before ? "~ " : "");
	for (c = 0; c < p->ncolumns; c++) {
		const char *text;

		text = cell(p, c, buf, sizeof(buf));
		len += snprintf(p->text + len, sizeof(p->text) - len, "%-*.*s ",
				PICTURE_WIDTH - 1, PICTURE_WIDTH - 1, text);
	}
	snprintf(p->text + len, sizeof(p->text) - len, "%s",
		 p->more_behind ? "~" : "");
	p->line(p->arg, p->text);
}

static void picture_punches(struct picture *p)
{
	const struct oracle_input *in = p->in;
	unsigned int i;

	for (i = 0; i < in->npunches && i < PICTURE_PUNCHES; i++) {
		scn_pos from = in->punch[i].offset - in->s->base;

		snprintf(p->text, sizeof(p->text),
			 "punch %u  [%+lld, %+lld)", i, from,
			 from + in->punch[i].length);
		p->line(p->arg, p->text);
	}
	if (i < in->npunches) {
		snprintf(p->text, sizeof(p->text), "... %u punches in all",
			 in->npunches);
		p->line(p->arg, p->text);
	}
}

/**
 * picture_draw() - draw a release
 * @in: what the oracle was given; it must have filled in @in->want
 * @v: what it found
 * @line: called for each line of the picture, without newline
 * @arg: first argument of @line
 */
void picture_draw(const struct oracle_input *in,
		  const struct oracle_verdict *v, picture_line_t line,
		  void *arg)
{
	/* Too big for a kernel stack; only one test draws at a time. */
	static struct picture p;
	const struct scenario *s = in->s;
	unsigned int i;

	memset(&p, 0, sizeof(p));
	p.in = in;
	p.line = line;
	p.arg = arg;
	picture_columns(&p, picture_centre(in, v));
	snprintf(p.text, sizeof(p.text),
		 "base=%lld i_size=base%+lld range=[%+lld, %+lld)", s->base,
		 s->isize - s->base, s->start - s->base, s->end - s->base);
	line(arg, p.text);
	picture_row(&p, "bytes", picture_bytes);
	picture_row(&p, "blocks", picture_blocks);
	picture_row(&p, "folio", picture_folio);
	picture_row(&p, "cache", picture_cache);
	picture_row(&p, "extent", picture_extent);
	picture_row(&p, "want", picture_want);
	picture_row(&p, "got", picture_got);
	picture_punches(&p);
	for (i = 0; i < ORACLE_NR; i++) {
		if (!v->bad[i])
			continue;
		snprintf(p.text, sizeof(p.text), "%s (%u, first: %s %u)",
			 oracle_words(i), v->bad[i],
			 oracle_of_punch(i) ? "punch" : "block", v->where[i]);
		line(arg, p.text);
	}
}
