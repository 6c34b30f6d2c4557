// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_oracle: the judge on trial.
 *
 * No kernel code runs here. Each case hands the oracle a release made up by
 * hand, right or wrong in one thing, and expects to hear of that thing only. The
 * same for known findings: whatever is not exactly the finding is a failure. So
 * this suite kills faults of the judge, where the others kill those of the kernel.
 */
#include <linux/fs.h>
#include <linux/pagemap.h>

#include "fixture.h"

/* Blocks of 1k on pages of 4k, whatever the build has: no page is touched. */
#define ORACLE_PAGE	12
#define ORACLE_BLOCK	10
#define ORACLE_BS	(1LL << ORACLE_BLOCK)

/**
 * struct oracle_row - a release and what is wrong with it
 * @name: of the row
 * @isize: in bytes
 * @from: first block of the range
 * @to: first block behind it
 * @punch: offset and length of up to 3 punches, in bytes; length 0 ends them
 *	unless offset is -1
 * @after: the extents afterwards
 * @bad: the one violation, or ORACLE_NR for none
 * @count: how often
 */
struct oracle_row {
	const char		*name;
	long long		isize;
	unsigned int		from, to;
	long long		punch[3][2];
	const char		*after;
	enum oracle_bad		bad;
	unsigned int		count;
};

/* Before: blocks 0, 2 and 3 of eight are dirty, 7 is written, 6 a hole. */
#define ORACLE_LAYOUT	"[DCDD][UCCC]"
#define ORACLE_EXTENTS	"dddddd.w"
#define K(n)		((n) * ORACLE_BS)

static const struct oracle_row oracle_rows[] = {
	{ "as it should be", K(8), 0, 8, { { K(1), K(1) }, { K(4), K(4) } },
	  "d.dd...w", ORACLE_NR },
	{ "twice", K(8), 0, 8,
	  { { K(1), K(1) }, { K(1), K(1) }, { K(4), K(4) } },
	  "d.dd...w", ORACLE_NR },
	{ "behind i_size", K(3), 2, 8, { { K(3), K(5) } }, "ddd....w",
	  ORACLE_NR },
	{ "i_size one byte into a block", K(3) + 1, 3, 4, { { 0, 0 } },
	  "dddddd.w", ORACLE_NR },
	{ "from i_size inside a clean block on", K(4) + 1, 4, 8,
	  { { K(4) + 1, K(4) - 1 } }, "dddd...w", ORACLE_NR },
	{ "leaked", K(8), 0, 8, { { K(4), K(4) } }, "dddd...w",
	  ORACLE_LEAKED, 1 },
	{ "lost without a punch", K(8), 0, 8,
	  { { K(1), K(1) }, { K(4), K(4) } }, "..dd...w", ORACLE_LOST, 1 },
	{ "outside", K(8), 1, 8, { { K(1), K(1) }, { K(4), K(4) } },
	  "..dd...w", ORACLE_OUTSIDE, 1 },
	{ "takes a written extent", K(8), 0, 8,
	  { { K(1), K(1) }, { K(4), K(4) } }, "d.dd....",
	  ORACLE_OTHER_EXTENT, 1 },
	{ "no length", K(8), 4, 8, { { -1, 0 }, { K(4), K(4) } },
	  "dddd...w", ORACLE_LENGTH, 1 },
	{ "before the range", K(8), 5, 8, { { K(4), K(4) } }, "ddddd..w",
	  ORACLE_RANGE, 1 },
	{ "behind the range", K(8), 4, 6, { { K(4), K(3) } }, "dddd...w",
	  ORACLE_RANGE, 1 },
	{ "one byte before the range", K(8), 5, 8,
	  { { K(5) - 1, K(3) + 1 } }, "ddddd..w", ORACLE_RANGE, 1 },
	{ "one byte behind the range", K(8), 4, 6,
	  { { K(4), K(2) + 1 } }, "dddd...w", ORACLE_RANGE, 1 },
	{ "touches a kept block by a byte", K(8), 0, 8,
	  { { K(1), K(1) + 1 }, { K(4), K(4) } }, "d.dd...w",
	  ORACLE_PUNCHED_KEPT, 1 },
	{ "begins one byte early", K(8), 3, 8, { { K(4) - 1, K(4) + 1 } },
	  "dddd...w", ORACLE_PUNCHED_KEPT, 1 },
	{ "begins inside a clean block", K(8), 4, 8,
	  { { K(4) + 1, K(4) - 1 } }, "dddd...w", ORACLE_EDGE, 1 },
	{ "begins beside i_size", K(4) + 2, 4, 8,
	  { { K(4) + 1, K(4) - 1 } }, "dddd...w", ORACLE_EDGE, 1 },
	{ "from i_size, but not to the end", K(4) + 1, 4, 8,
	  { { K(4) + 1, K(2) - 1 }, { K(6), K(2) } }, "dddd...w",
	  ORACLE_EDGE, 1 },
	{ "ends inside clean blocks", K(8), 0, 8,
	  { { K(1), K(1) - 1 }, { K(4), K(4) - 1 } }, "d.dd...w",
	  ORACLE_EDGE, 2 },
	{ "ends at i_size inside a block", K(8) - 1, 4, 8,
	  { { K(4), K(4) - 1 } }, "dddd...w", ORACLE_EDGE, 1 },
};

static void oracle_row_name(const struct oracle_row *row, char *desc)
{
	snprintf(desc, SCN_NAME_SIZE, "%s", row->name);
}

KUNIT_ARRAY_PARAM(oracle, oracle_rows, oracle_row_name);

/* Lay a row out in @f, without building anything, and let the oracle judge. */
static void oracle_lay(struct fixture *f, const struct oracle_row *row,
		       struct oracle_input *in)
{
	static struct scenario after;
	scn_pos base = row->bad == ORACLE_NR ? 0 : 1LL << 40;
	unsigned int i;

	scn_parse(&f->s, ORACLE_PAGE, ORACLE_BLOCK, base, ORACLE_LAYOUT,
		  ORACLE_EXTENTS);
	scn_parse(&after, ORACLE_PAGE, ORACLE_BLOCK, base, ORACLE_LAYOUT,
		  row->after);
	f->s.isize = base + row->isize;
	f->s.start = scn_block_pos(&f->s, row->from);
	f->s.end = scn_block_pos(&f->s, row->to);
	f->fs.npunches = 0;
	for (i = 0; i < 3; i++) {
		long long off = row->punch[i][0], len = row->punch[i][1];

		if (!len && off != -1)
			break;
		f->fs.punch[f->fs.npunches].offset = base + (len ? off : K(4));
		f->fs.punch[f->fs.npunches++].length = len;
	}
	memcpy(f->fs.extent, after.extent, after.nblocks);
	in->s = &f->s;
	in->dirty_per_block = 1;
	in->dirty = NULL;
	in->punch = f->fs.punch;
	in->npunches = f->fs.npunches;
	in->after = f->fs.extent;
	in->want = f->want;
	oracle_judge(in, &f->v);
}

static void verdicts(struct kunit *test)
{
	const struct oracle_row *row = test->param_value;
	struct fixture *f = fx_of(test);
	struct oracle_verdict looked;
	unsigned char dirty[8];
	struct oracle_input in;
	unsigned int i;

	oracle_lay(f, row, &in);
	looked = f->v;
	oracle_dirty_map(&f->s, 1, dirty);
	in.dirty = dirty;
	oracle_judge(&in, &f->v);
	KUNIT_EXPECT_TRUE_MSG(test, !memcmp(&looked, &f->v, sizeof(looked)),
			      "another verdict with a map of what is dirty");
	KUNIT_EXPECT_EQ(test, f->v.nbad, row->count);
	for (i = 0; i < ORACLE_NR; i++)
		KUNIT_EXPECT_EQ_MSG(test, f->v.bad[i],
				    i == row->bad ? row->count : 0, "%s",
				    oracle_words(i));
}

/* Expect trees without dirty blocks to keep what is clean in a dirty folio. */
static void dirty_by_folio(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	unsigned int b;

	scn_parse(&f->s, ORACLE_PAGE, ORACLE_BLOCK, 0,
		  "[DCUC][CCCC](DDDD)[CCCC]!", "d");
	for (b = 0; b < 16; b++) {
		KUNIT_EXPECT_EQ(test, oracle_block_dirty(&f->s, 1, b),
				b == 0 || (b >= 8 && b < 12));
		KUNIT_EXPECT_EQ(test, oracle_block_dirty(&f->s, 0, b),
				b == 0 || b == 1 || b == 3 || b >= 8);
	}
}

/* Expect no overflow where i_size is the largest there is. */
static void largest_size(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	struct oracle_input in = { .s = &f->s, .dirty_per_block = 1 };
	scn_pos base = (LLONG_MAX >> 16 << 16) - (1 << 16);

	scn_parse(&f->s, ORACLE_PAGE, ORACLE_BLOCK, base, "[DCDC]", "d");
	f->s.isize = LLONG_MAX;
	f->fs.punch[0].offset = base + K(1);
	f->fs.punch[0].length = K(1);
	f->fs.punch[1].offset = base + K(3);
	f->fs.punch[1].length = K(1);
	in.punch = f->fs.punch;
	in.npunches = 2;
	memcpy(f->fs.extent, "\1\0\1\0", 4);
	in.after = f->fs.extent;
	in.want = f->want;
	oracle_judge(&in, &f->v);
	KUNIT_EXPECT_EQ(test, f->v.nbad, 0U);
	KUNIT_EXPECT_EQ(test, f->v.kept, 2U);
}

/* Releases to which the predicate of eof_block applies; only one is the finding. */
struct finding_row {
	struct oracle_row	row;
	int			holds;
};

static const struct finding_row finding_rows[] = {
	{ { "exactly the finding", K(3) + 100, 2, 8,
	    { { K(3) + 100, K(5) - 100 } }, "ddd....w" }, 1 },
	{ { "right: not the finding", K(3) + 100, 2, 8,
	    { { K(4), K(4) } }, "dddd...w" }, 0 },
	{ { "made twice", K(3) + 100, 2, 8,
	    { { K(3) + 100, K(5) - 100 }, { K(3) + 100, K(5) - 100 } },
	    "ddd....w" }, 0 },
	{ { "begins a byte early", K(3) + 100, 2, 8,
	    { { K(3) + 99, K(5) - 99 } }, "ddd....w" }, 0 },
	{ { "ends a byte early", K(3) + 100, 2, 8,
	    { { K(3) + 100, K(5) - 101 } }, "ddd....w" }, 0 },
	{ { "takes another kept block", K(3) + 100, 2, 8,
	    { { K(2), K(1) }, { K(3) + 100, K(5) - 100 } }, "dd.....w" }, 0 },
	{ { "leaks", K(3) + 100, 1, 8,
	    { { K(3) + 100, K(5) - 100 } }, "ddd....w" }, 0 },
	{ { "punched, but not lost", K(3) + 100, 2, 8,
	    { { K(3) + 100, K(5) - 100 } }, "dddd...w" }, 0 },
	{ { "lost, but not punched", K(3) + 100, 2, 8,
	    { { K(4), K(4) } }, "ddd....w" }, 0 },
	{ { "punch without length besides", K(3) + 100, 2, 8,
	    { { K(3) + 100, K(5) - 100 }, { -1, 0 } }, "ddd....w" }, 0 },
};

static void finding_row_name(const struct finding_row *row, char *desc)
{
	snprintf(desc, SCN_NAME_SIZE, "%s", row->row.name);
}

KUNIT_ARRAY_PARAM(finding, finding_rows, finding_row_name);

/* Expect only the one exact outcome to pass for the known finding. */
static void eof_block_is_exact(struct kunit *test)
{
	const struct finding_row *row = test->param_value;
	struct fixture *f = fx_of(test);
	struct oracle_input in;
	unsigned int block = 0;

	oracle_lay(f, &row->row, &in);
	KUNIT_EXPECT_TRUE(test, finding_eof_block(&f->s, 1, &block));
	KUNIT_EXPECT_EQ(test, block, 3U);
	KUNIT_EXPECT_EQ(test, finding_eof_block_holds(&in, &f->v), row->holds);
}

/* Expect the predicate to be no wider than its cause. */
static void eof_block_applies(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	struct scenario *s = &f->s;
	unsigned int block;

	scn_parse(s, ORACLE_PAGE, ORACLE_BLOCK, 0, ORACLE_LAYOUT, "d");
	s->isize = K(3) + 1;
	KUNIT_EXPECT_TRUE(test, finding_eof_block(s, 1, &block));
	s->start = K(3);
	KUNIT_EXPECT_TRUE(test, finding_eof_block(s, 1, &block));
	s->start = K(4);
	KUNIT_EXPECT_FALSE(test, finding_eof_block(s, 1, &block));
	s->start = 0;
	s->end = K(3);
	KUNIT_EXPECT_FALSE(test, finding_eof_block(s, 1, &block));
	s->end = K(4);
	KUNIT_EXPECT_TRUE(test, finding_eof_block(s, 1, &block));
	s->isize = K(3);
	KUNIT_EXPECT_FALSE(test, finding_eof_block(s, 1, &block));
	s->isize = K(4);
	KUNIT_EXPECT_FALSE(test, finding_eof_block(s, 1, &block));
	s->isize = K(1) + 1;
	KUNIT_EXPECT_FALSE(test, finding_eof_block(s, 1, &block));
	KUNIT_EXPECT_TRUE(test, finding_eof_block(s, 0, &block));
}

/* States that no kernel call leaves behind, and mistakes, are told apart. */
static void scenarios_refused(struct kunit *test)
{
	static const struct {
		const char *layout, *why;
	} rows[] = {
		{ "[UUUU]", "unreachable: " },
		{ "(DCUD)", "unreachable: " },
		{ "[UCCC]!", "unreachable: " },
		{ "(CCCC)!", "a dirty folio without state" },
		{ "[CCCC]!", NULL },
		{ "(UUUU)<....>", NULL },
	};
	struct fixture *f = fx_of(test);
	struct scn_limits l = f->limits;
	char why[100];
	unsigned int i;

	l.pagebits = ORACLE_PAGE;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		KUNIT_EXPECT_TRUE(test, scn_parse(&f->s, ORACLE_PAGE,
						  ORACLE_BLOCK, 0,
						  rows[i].layout, "d"));
		if (scn_check(&f->s, &l, why, sizeof(why))) {
			KUNIT_EXPECT_NULL(test, rows[i].why);
			continue;
		}
		KUNIT_EXPECT_NOT_NULL_MSG(test, rows[i].why, "%s: %s",
					  rows[i].layout, why);
		if (rows[i].why)
			KUNIT_EXPECT_EQ(test, strncmp(why, rows[i].why,
						      strlen(rows[i].why)), 0);
	}
}

static struct kunit_case oracle_cases[] = {
	KUNIT_CASE_PARAM(verdicts, oracle_gen_params),
	KUNIT_CASE(dirty_by_folio),
	KUNIT_CASE(largest_size),
	KUNIT_CASE_PARAM(eof_block_is_exact, finding_gen_params),
	KUNIT_CASE(eof_block_applies),
	KUNIT_CASE(scenarios_refused),
	{}
};

FX_SUITE(iomap_delalloc_oracle, oracle_cases);
