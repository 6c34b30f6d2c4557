// SPDX-License-Identifier: GPL-2.0-only
/*
 * Making a scenario real: folios are put into the page cache, and their blocks
 * become uptodate, clean and dirty by reads, writes and writeback.
 */
#include <linux/fs.h>
#include <linux/pagemap.h>
#include <linux/swap.h>
#include <linux/writeback.h>
#include <linux/xarray.h>

#include <compat.h>

#include "digest.h"

/* Of the suite that runs, for the command that shows a failure again. */
const char *fx_suite;

static int fx_setup(struct fixture *f)
{
	int err = world_open(&f->w, &recfs_aops, PAGE_SHIFT);

	if (err)
		return err;
	recfs_attach(&f->fs, f->w.inode);
	digest_begin(f);
	f->limits.pagebits = PAGE_SHIFT;
	f->limits.max_pos = MAX_LFS_FILESIZE;
	f->limits.max_order = 9;
	f->limits.dirty_per_block = LK_DIRTY_PER_BLOCK;
	f->limits.large_writes =
		mapping_large_folio_support(f->w.inode->i_mapping);
	return 0;
}

/**
 * fx_init() - give a case its fixture; the init of every suite
 * @test: the case
 */
int fx_init(struct kunit *test)
{
	struct fixture *f = kvzalloc(sizeof(*f), GFP_KERNEL);
	int err;

	if (!f)
		return -ENOMEM;
	f->test = test;
	err = fx_setup(f);
	if (err) {
		kvfree(f);
		return err;
	}
	f->fs.arg = f;
	test->priv = f;
	return 0;
}

/**
 * fx_exit() - take the fixture away; the exit of every suite
 * @test: the case
 */
void fx_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	if (!f)
		return;
	if (f->twice)
		pr_debug("%s.%s: %u releases, %u blocks punched twice\n",
			 fx_suite, test->name, f->releases, f->twice);
	if (f->bad || test->status == KUNIT_FAILURE)
		world_let_read();
	world_fail_alloc(0);
	world_at_lookup(0, NULL, NULL);
	world_at_folio_lock(0, NULL, NULL);
	world_defer_io(false);
	world_fail_io(0, 0);
	recfs_reset(&f->fs);
	digest_end(f);
	fx_clear(f);
	recfs_detach(&f->fs);
	world_close(&f->w);
	test->priv = NULL;
	kvfree(f);
}

/**
 * fx_clear() - empty the page cache
 * @f: the fixture
 */
void fx_clear(struct fixture *f)
{
	truncate_inode_pages(f->w.inode->i_mapping, 0);
}

/**
 * fx_reachable() - can this scenario be made here?
 * @f: the fixture
 * @s: the scenario
 *
 * For sweeps that generate scenarios: false only for the states that no call
 * leaves behind. A scenario that makes no sense fails the case.
 */
bool fx_reachable(struct fixture *f, const struct scenario *s)
{
	char why[120];

	if (scn_check(s, &f->limits, why, sizeof(why)))
		return true;
	if (strncmp(why, "unreachable: ", 13)) {
		f->bad++;
		KUNIT_FAIL(f->test, "bad scenario: %s", why);
	}
	return false;
}

static int fx_put_shadow(struct address_space *mapping, pgoff_t index,
			 unsigned int order)
{
	XA_STATE_ORDER(xas, &mapping->i_pages, index, order);

	do {
		xas_lock_irq(&xas);
		xas_store(&xas, xa_mk_value(1));
		xas_unlock_irq(&xas);
	} while (xas_nomem(&xas, GFP_KERNEL));
	return xas_error(&xas);
}

static int fx_put_folio(struct address_space *mapping, pgoff_t index,
			unsigned int order)
{
	struct folio *folio = folio_alloc(GFP_KERNEL, order);
	int err;

	if (!folio)
		return -ENOMEM;
	err = filemap_add_folio(mapping, folio, index, GFP_KERNEL);
	if (!err)
		folio_unlock(folio);
	folio_put(folio);
	return err;
}

static int fx_put_entries(struct fixture *f)
{
	struct address_space *mapping = f->w.inode->i_mapping;
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < f->s.nfolios; i++) {
		const struct scn_folio *e = &f->s.folio[i];
		pgoff_t index = (f->s.base >> PAGE_SHIFT) + e->index;

		if (e->shadow)
			err = fx_put_shadow(mapping, index, e->order);
		else
			err = fx_put_folio(mapping, index, e->order);
	}
	return err;
}

/* One entry of the page cache, with a reference and locked. */
static struct folio *fx_lock(struct fixture *f, const struct scn_folio *e)
{
	pgoff_t index = (f->s.base >> PAGE_SHIFT) + e->index;
	struct folio *folio;

	folio = filemap_get_folio(f->w.inode->i_mapping, index);
	if (IS_ERR_OR_NULL(folio))
		return NULL;
	folio_lock(folio);
	return folio;
}

static void fx_unlock(struct folio *folio)
{
	folio_unlock(folio);
	folio_put(folio);
}

static int fx_read_entry(struct fixture *f, const struct scn_folio *e)
{
	struct folio *folio = fx_lock(f, e);
	int err;

	if (!folio)
		return -ENOENT;
	err = compat_read_folio(folio, &recfs_iomap_ops);
	folio_put(folio);
	return err;
}

/* Let a clean folio keep its data and lose its state, as reclaim tries to. */
static int fx_strip_entry(struct fixture *f, const struct scn_folio *e)
{
	struct folio *folio = fx_lock(f, e);
	bool done = true;

	if (!folio)
		return -ENOENT;
	if (folio_test_private(folio))
		done = iomap_release_folio(folio, GFP_KERNEL);
	fx_unlock(folio);
	return done ? 0 : -EBUSY;
}

/* Mark the folio dirty; with @blocks its blocks as well, as a fault does. */
static int fx_dirty_entry(struct fixture *f, const struct scn_folio *e,
			  bool blocks)
{
	struct folio *folio = fx_lock(f, e);

	if (!folio)
		return -ENOENT;
	if (blocks)
		folio_mark_dirty(folio);
	else
		filemap_dirty_folio(folio->mapping, folio);
	fx_unlock(folio);
	return 0;
}

/* Write the blocks of @e that are in state @how, each by a call of its own. */
static int fx_write_blocks(struct fixture *f, const struct scn_folio *e,
			   enum scn_cache how)
{
	unsigned int b = scn_first_block(&f->s, e);
	unsigned int behind = b + scn_folio_blocks(&f->s, e);
	size_t size = 1UL << f->s.blkbits;

	for (; b < behind; b++)
		if (f->s.cache[b] == how &&
		    fx_store(f, scn_block_pos(&f->s, b), size, size, true) !=
		    size)
			return -EIO;
	return 0;
}

static unsigned int fx_count(struct fixture *f, const struct scn_folio *e,
			     enum scn_cache how)
{
	unsigned int b = scn_first_block(&f->s, e);
	unsigned int behind = b + scn_folio_blocks(&f->s, e), n = 0;

	for (; b < behind; b++)
		n += f->s.cache[b] == how;
	return n;
}

/*
 * First round: all that is to be clean in the end. A folio that is uptodate
 * throughout is read; where some blocks stay stale the others are written, and
 * writeback makes them clean.
 */
static int fx_first_round(struct fixture *f, const struct scn_folio *e,
			  bool *writeback)
{
	unsigned int n = scn_folio_blocks(&f->s, e);
	unsigned int clean = fx_count(f, e, SCN_CLEAN);
	unsigned int stale = fx_count(f, e, SCN_STALE);
	int err;

	if (clean == n || (!stale && e->state) ||
	    (!stale && !f->limits.dirty_per_block)) {
		err = fx_read_entry(f, e);
		if (!err && !e->state && n > 1)
			err = fx_strip_entry(f, e);
		return err;
	}
	if (!clean)
		return 0;
	*writeback = true;
	return fx_write_blocks(f, e, SCN_CLEAN);
}

/* Second round: all that is to be dirty. */
static int fx_second_round(struct fixture *f, const struct scn_folio *e)
{
	unsigned int n = scn_folio_blocks(&f->s, e);
	unsigned int dirty = fx_count(f, e, SCN_DIRTY);
	size_t size = 1UL << (PAGE_SHIFT + e->order);

	if (!e->dirty)
		return 0;
	if (!dirty)
		return fx_dirty_entry(f, e, false);
	if (e->state || n == 1)
		return fx_write_blocks(f, e, SCN_DIRTY);
	if (!f->limits.dirty_per_block)
		return fx_dirty_entry(f, e, true);
	if (fx_store(f, scn_block_pos(&f->s, scn_first_block(&f->s, e)), size,
		     size, true) != size)
		return -EIO;
	return 0;
}

static int fx_make(struct fixture *f)
{
	bool writeback = false;
	unsigned int i;
	int err = fx_put_entries(f);

	for (i = 0; !err && i < f->s.nfolios; i++)
		if (!f->s.folio[i].shadow)
			err = fx_first_round(f, &f->s.folio[i], &writeback);
	if (!err && writeback)
		err = fx_writeback(f);
	for (i = 0; !err && i < f->s.nfolios; i++)
		if (!f->s.folio[i].shadow)
			err = fx_second_round(f, &f->s.folio[i]);
	return err;
}

static bool fx_stale(const struct fixture *f, unsigned int block)
{
	return f->s.cache[block] == SCN_STALE;
}

/* Is the cache what the scenario says, as far as one can see? */
static bool fx_made(struct fixture *f)
{
	unsigned int i, b, first;

	for (i = 0; i < f->s.nfolios; i++) {
		const struct scn_folio *e = &f->s.folio[i];
		unsigned char flags = f->before.flags[e->index];

		if (e->shadow) {
			if (!xa_is_value(f->before.entry[e->index]))
				return false;
			continue;
		}
		if (!!(flags & FX_DIRTY) != e->dirty ||
		    !!(flags & FX_STATE) != e->state ||
		    flags & (FX_LOCKED | FX_WRITEBACK))
			return false;
		first = scn_first_block(&f->s, e);
		for (b = first; b < first + scn_folio_blocks(&f->s, e); b++)
			if (fx_stale(f, b) != !f->before.uptodate[b])
				return false;
	}
	return true;
}

/**
 * fx_build() - make a scenario real
 * @f: the fixture; what it held before is gone
 * @s: the scenario, or NULL when @f->s has been filled in
 *
 * Return: false if the scenario makes no sense or does not come out as written,
 * which fails the case.
 */
bool fx_build(struct fixture *f, const struct scenario *s)
{
	struct inode *inode = f->w.inode;
	char why[160];
	unsigned int b;
	int err;

	if (s)
		f->s = *s;
	if (!scn_check(&f->s, &f->limits, why, sizeof(why))) {
		KUNIT_FAIL(f->test, "scenario refused: %s", why);
		f->bad = FX_MAX_BAD;
		return false;
	}
	digest_dirty(f);
	f->fs.building = true;
	fx_clear(f);
	inode->i_blkbits = f->s.blkbits;
	recfs_load(&f->fs, &f->s);
	i_size_write(inode, scn_window_end(&f->s));
	err = fx_make(f);
	f->fs.building = false;
	for (b = 0; b < f->s.nblocks; b++)
		f->dirtied[b] = f->s.cache[b] == SCN_DIRTY;
	i_size_write(inode, f->s.isize);
	fx_snapshot(f, &f->before);
	f->digest.built = true;
	digest_step(f, "build", f->s.nblocks, f->s.blkbits, err);
	if (!err && fx_made(f))
		return true;
	f->bad = FX_MAX_BAD;
	scn_describe(&f->s, why, sizeof(why));
	KUNIT_FAIL(f->test, "scenario does not come out as written (%d): %s",
		   err, why);
	return false;
}
