// SPDX-License-Identifier: GPL-2.0-only
/* Kinds of files. See kinds.h. */
#include <linux/fs.h>
#include <linux/pagemap.h>

#include "kinds.h"

static const struct kind kinds[] = {
	{ "plain, empty",	.data = ".",	.cow = "" },
	{ "plain, mixed",	.data = "d.w.u",	.cow = "" },
	{ "plain, unwritten",	.data = "u",	.cow = "" },
	{ "plain, allocsize",	.allocsize = 16,	.data = ".",	.cow = "" },
	{ "plain, extsize",	.extsize = 4,	.data = "...w.u",	.cow = "" },
	{ "reflink, own",	true,	.data = "w.d",	.cow = "." },
	{ "reflink, shared",	true,	.shared = "s",	.data = "w",	.cow = "." },
	{ "reflink, mixed",	true,	.shared = "s",	.data = "w.wwu",	.cow = "..d." },
	{ "reflink, cowextsize", true,	.shared = "s",	.cowextsize = 4, .data = "w",
	  .cow = "." },
	{ "reflink, in part",	true,	.shared = ".s.ss.", .cowextsize = 1,
	  .data = "wwuwwd",	.cow = "d....." },
	{ "always_cow, empty",	true, true,	.data = ".",	.cow = "." },
	{ "always_cow, allocsize", true, true, .allocsize = 16, .data = ".", .cow = "." },
	{ "always_cow, mixed",	true, true,	.data = "w.uw",	.cow = "...d" },
	/* what was reserved before always_cow was switched on is written where it is */
	{ "always_cow, reserved", true, true,	.data = "d",	.cow = "." },
};

#define KINDS_MAX_ROWS	60

static const void *kinds_pick(const struct kind_param *row, unsigned int rows,
			      const struct kind_param *prev, char *desc)
{
	const struct kind_param *p = prev ? prev + 1 : row;

	if (p == row + rows)
		return NULL;
	snprintf(desc, SCN_NAME_SIZE, "bs=%u %s", 1U << p->blkbits, p->kind->name);
	return p;
}

/**
 * kinds_next() - every kind with blocks of a page, of a quarter and the smallest
 * @prev: the row before, or NULL
 * @desc: gets the name of the row
 */
const void *kinds_next(const void *prev, char *desc)
{
	static const unsigned int sizes[] = { PAGE_SHIFT, PAGE_SHIFT - 2, 9 };
	static struct kind_param row[KINDS_MAX_ROWS];
	static unsigned int rows;
	unsigned int i, s;

	for (i = rows ? ARRAY_SIZE(kinds) : 0; i < ARRAY_SIZE(kinds); i++) {
		for (s = 0; s < ARRAY_SIZE(sizes); s++) {
			/* reflink needs checksums, and those blocks of 1k */
			if (kinds[i].reflink && sizes[s] < 10)
				continue;
			row[rows].kind = &kinds[i];
			row[rows++].blkbits = sizes[s];
		}
	}
	return kinds_pick(row, rows, prev, desc);
}

/**
 * kinds_few_next() - one kind of each sort, with small blocks
 * @prev: the row before, or NULL
 * @desc: gets the name of the row
 */
const void *kinds_few_next(const void *prev, char *desc)
{
	static const char *const names[] = {
		"plain, empty", "plain, mixed", "reflink, shared", "reflink, in part",
		"always_cow, mixed",
	};
	static struct kind_param row[ARRAY_SIZE(names)];
	static unsigned int rows;
	unsigned int i, n;

	for (n = rows ? ARRAY_SIZE(names) : 0; n < ARRAY_SIZE(names); n++) {
		for (i = 0; strcmp(kinds[i].name, names[n]); i++)
			;
		row[rows].kind = &kinds[i];
		row[rows++].blkbits = PAGE_SHIFT - 2;
	}
	return kinds_pick(row, rows, prev, desc);
}

/**
 * kinds_setup() - such a file, with an empty page cache
 * @f: the fixture
 * @p: which
 * @base: of the window, in bytes
 * @pages: length of the window
 * @isize: size of the file in bytes
 *
 * Return: false if that failed, and with it the case.
 */
bool kinds_setup(struct fixture *f, const struct kind_param *p, scn_pos base,
		 unsigned int pages, scn_pos isize)
{
	struct xfs_stub_options options = {
		.blkbits	= p->blkbits,
		.reflink	= p->kind->reflink,
		.always_cow	= p->kind->always_cow,
		.allocsize	= p->kind->allocsize,
		.extsize	= p->kind->extsize,
		.cowextsize	= p->kind->cowextsize,
		.free		= 1 << 20,
	};

	scn_init(&f->s, PAGE_SHIFT, p->blkbits, base, pages << (PAGE_SHIFT - p->blkbits));
	f->s.isize = isize;
	recfs_reset(&f->fs);
	return fx_build(f, NULL) &&
		writes_setup(f, &options, p->kind->data, p->kind->cow,
			     p->kind->shared ?: "");
}
