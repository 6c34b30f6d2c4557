// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_snapshot: the look at the page cache on trial.
 *
 * A release leaves the page cache as it was. Each row changes one thing that a
 * release must not change, in a snapshot or in the cache itself, and expects
 * the comparison to name it; without a change it has nothing to say.
 *
 * Kills faults of snapshot.c and release.c. Kernel faults that nothing but
 * this comparison sees are "scan-marks-uptodate" and "release-changes-size".
 */
#include <linux/fs.h>
#include <linux/pagemap.h>

#include <compat.h>

#include "fixture.h"

#define SNAPSHOT_BITS	(PAGE_SHIFT - 2)

/**
 * struct snapshot_row - one change of a snapshot
 * @name: of the row
 * @change: makes it
 * @words: begin what must be said about it
 */
struct snapshot_row {
	const char	*name;
	void (*change)(struct fx_snap *snap);
	const char	*words;
};

static void snapshot_nothing(struct fx_snap *snap)
{
}

static void snapshot_folio_gone(struct fx_snap *snap)
{
	snap->entry[1] = NULL;
}

static void snapshot_shadow_gone(struct fx_snap *snap)
{
	snap->entry[2] = NULL;
}

static void snapshot_folio_came(struct fx_snap *snap)
{
	snap->entry[3] = snap->entry[0];
}

static void snapshot_ref_more(struct fx_snap *snap)
{
	snap->refs[1]++;
}

static void snapshot_ref_less(struct fx_snap *snap)
{
	snap->refs[0]--;
}

static void snapshot_dirty(struct fx_snap *snap)
{
	snap->flags[0] ^= FX_DIRTY;
}

static void snapshot_flag_uptodate(struct fx_snap *snap)
{
	snap->flags[1] ^= FX_UPTODATE;
}

static void snapshot_locked(struct fx_snap *snap)
{
	snap->flags[1] ^= FX_LOCKED;
}

static void snapshot_writeback(struct fx_snap *snap)
{
	snap->flags[0] ^= FX_WRITEBACK;
}

static void snapshot_state(struct fx_snap *snap)
{
	snap->flags[1] ^= FX_STATE;
}

static void snapshot_block_stale(struct fx_snap *snap)
{
	snap->uptodate[7] = 0;
}

static void snapshot_block_uptodate(struct fx_snap *snap)
{
	snap->uptodate[2] = 1;
}

static void snapshot_pages(struct fx_snap *snap)
{
	snap->nrpages++;
}

static void snapshot_isize(struct fx_snap *snap)
{
	snap->isize++;
}

static const struct snapshot_row snapshot_rows[] = {
	{ "nothing", snapshot_nothing },
	{ "folio gone", snapshot_folio_gone, "page 1 of the cache has another folio" },
	{ "shadow gone", snapshot_shadow_gone, "page 2 of the cache has another folio" },
	{ "folio came", snapshot_folio_came, "page 3 of the cache has another folio" },
	{ "reference kept", snapshot_ref_more, "page 1 of the cache has another ref" },
	{ "reference lost", snapshot_ref_less, "page 0 of the cache has another ref" },
	{ "dirty", snapshot_dirty, "page 0 of the cache has other flags" },
	{ "folio uptodate", snapshot_flag_uptodate, "page 1 of the cache has other flags" },
	{ "locked", snapshot_locked, "page 1 of the cache has other flags" },
	{ "writeback", snapshot_writeback, "page 0 of the cache has other flags" },
	{ "state", snapshot_state, "page 1 of the cache has other flags" },
	{ "block stale", snapshot_block_stale, "block 7 of the cache became not" },
	{ "block uptodate", snapshot_block_uptodate, "block 2 of the cache became uptodate" },
	{ "page count", snapshot_pages, "3 pages are cached, were 2" },
	{ "file size", snapshot_isize, "i_size is " },
};

static void snapshot_row_name(const struct snapshot_row *row, char *desc)
{
	snprintf(desc, SCN_NAME_SIZE, "%s", row->name);
}

KUNIT_ARRAY_PARAM(snapshot, snapshot_rows, snapshot_row_name);

static bool snapshot_build(struct fixture *f)
{
	return fx_parsed(f, SNAPSHOT_BITS, 4 * PAGE_SIZE,
			 "[DCUD][CCCC]<....>....", "d");
}

/* Expect each single change of a snapshot to be named, and nothing else. */
static void differences(struct kunit *test)
{
	const struct snapshot_row *row = test->param_value;
	struct fixture *f = fx_of(test);
	char why[160] = "";
	bool same;

	if (!snapshot_build(f))
		return;
	fx_snapshot(f, &f->now);
	row->change(&f->now);
	same = fx_same(f, &f->before, &f->now, why, sizeof(why));
	KUNIT_EXPECT_EQ(test, same, !row->words);
	if (row->words)
		KUNIT_EXPECT_EQ_MSG(test, strncmp(why, row->words,
						  strlen(row->words)), 0,
				    "said: %s", why);
}

/* Does a look at the cache differ from the one before it was changed? */
static bool snapshot_differs(struct fixture *f)
{
	char why[160];

	fx_snapshot(f, &f->now);
	return !fx_same(f, &f->before, &f->now, why, sizeof(why));
}

/* Expect what happens to a folio to be in the next snapshot. */
static void looks(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	struct folio *folio;

	if (!snapshot_build(f))
		return;
	folio = filemap_get_folio(f->w.inode->i_mapping,
				  f->s.base >> PAGE_SHIFT);
	KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(folio));
	KUNIT_EXPECT_TRUE(test, snapshot_differs(f));
	folio_put(folio);
	KUNIT_EXPECT_FALSE(test, snapshot_differs(f));
	folio_get(folio);
	folio_lock(folio);
	f->before.refs[0]++;
	KUNIT_EXPECT_TRUE(test, snapshot_differs(f));
	folio_unlock(folio);
	KUNIT_EXPECT_FALSE(test, snapshot_differs(f));
	folio_put(folio);
	f->before.refs[0]--;
	i_size_write(f->w.inode, f->s.isize - 1);
	KUNIT_EXPECT_TRUE(test, snapshot_differs(f));
	i_size_write(f->w.inode, f->s.isize);
	KUNIT_EXPECT_EQ(test, fx_drop(f, 4), 0);
	KUNIT_EXPECT_TRUE(test, snapshot_differs(f));
}

/*
 * The verdict on a release must come from the comparison, unless the case has
 * said that something else changes the cache meanwhile.
 */
static void verdict(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	const char *words;

	if (!snapshot_build(f))
		return;
	words = fx_judge_rest(f, 0);
	KUNIT_EXPECT_NULL(test, words);
	f->before.refs[1]++;
	words = fx_judge_rest(f, 0);
	KUNIT_EXPECT_NOT_NULL(test, words);
	f->cache_changes = true;
	KUNIT_EXPECT_NULL(test, fx_judge_rest(f, 0));
}

static struct kunit_case snapshot_cases[] = {
	KUNIT_CASE_PARAM(differences, snapshot_gen_params),
	KUNIT_CASE(looks),
	KUNIT_CASE(verdict),
	{}
};

FX_SUITE(iomap_delalloc_snapshot, snapshot_cases);
