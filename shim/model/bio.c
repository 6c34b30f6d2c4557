// SPDX-License-Identifier: GPL-2.0-only
/*
 * Model: bios. Submission completes at once, in the submitter, unless a test
 * keeps bios back; a test may let one end with an error.
 *
 * Kept: front_pad (the ioend lies before its bio), vectors, chains, status,
 * references. Dropped: the device; a read delivers what the folio holds, and a
 * folio starts as zeroes.
 */
#include <libkern/hooks.h>
#include <libkern/tsan.h>
#include <libkern/world.h>
#include <linux/blkdev.h>
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/string.h>

struct bio_set fs_bio_set;

static unsigned int lk_bio_fail_nth;
static int lk_bio_fail_error;
static bool lk_bio_deferred;
static void (*lk_bio_watcher)(const struct bio *bio);
static void (*lk_bio_unsent_watcher)(const struct bio *bio);
static LIST_HEAD(lk_bio_kept);
static int lk_bio_lock;			/* of the list, for a few instructions, no lock rule */

struct block_device *lk_bdev(void)
{
	static struct block_device bdev = { .lk_sectors = ~0ULL };

	return &bdev;
}

void lk_bio_fail(unsigned int nth, int error)
{
	lk_bio_fail_nth = nth;
	lk_bio_fail_error = error;
}

void lk_bio_defer(bool on)
{
	lk_bio_deferred = on;
	if (!on)
		lk_bio_complete();
}

void lk_bio_watch(void (*fn)(const struct bio *bio))
{
	lk_bio_watcher = fn;
}

void lk_bio_watch_unsent(void (*fn)(const struct bio *bio))
{
	lk_bio_unsent_watcher = fn;
}

bool lk_bio_complete_one(void)
{
	struct bio *bio;

	lk_books_enter(&lk_bio_lock);
	bio = list_first_entry_or_null(&lk_bio_kept, struct bio, lk_list);
	if (bio)
		list_del_init(&bio->lk_list);
	lk_books_leave(&lk_bio_lock);
	if (!bio)
		return false;
	lk_behind(bio);
	bio_endio(bio);
	return true;
}

unsigned int lk_bio_complete(void)
{
	unsigned int done = 0;

	while (lk_bio_complete_one())
		done++;
	return done;
}

void lk_bio_reset(void)
{
	lk_bio_fail(0, 0);
	lk_bio_watch(NULL);
	lk_bio_watch_unsent(NULL);
	lk_bio_deferred = false;
	if (!list_empty(&lk_bio_kept))
		lk_splat(LK_SPLAT_LEAK, "leak: bios submitted and never completed");
	INIT_LIST_HEAD(&lk_bio_kept);
}

int bioset_init(struct bio_set *bs, unsigned int pool, unsigned int front_pad, int flags)
{
	bs->front_pad = front_pad;
	return 0;
}

void bioset_exit(struct bio_set *bs)
{
}

void bio_init(struct bio *bio, struct block_device *bdev, struct bio_vec *table,
	      unsigned short max_vecs, blk_opf_t opf)
{
	memset(bio, 0, sizeof(*bio));
	bio->bi_bdev = bdev;
	bio->bi_opf = opf;
	bio->bi_io_vec = table;
	bio->bi_max_vecs = max_vecs;
	bio->lk_refs = 1;
	bio->lk_remaining = 1;
	INIT_LIST_HEAD(&bio->lk_list);
}

void bio_uninit(struct bio *bio)
{
}

struct bio *bio_alloc_bioset(struct block_device *bdev, unsigned short nr_vecs, blk_opf_t opf,
			     gfp_t gfp, struct bio_set *bs)
{
	struct bio_vec *table;
	struct bio *bio;
	char *mem;

	/* a mempool stands behind it: who may sleep gets one */
	if (gfpflags_allow_blocking(gfp) && !(gfp & __GFP_NORETRY))
		gfp |= __GFP_NOFAIL;
	mem = kzalloc(bs->front_pad + sizeof(*bio), gfp);
	if (!mem)
		return NULL;
	table = kcalloc(nr_vecs ? nr_vecs : 1, sizeof(*table), gfp | __GFP_NOFAIL);
	bio = (struct bio *)(mem + bs->front_pad);
	bio_init(bio, bdev, table, nr_vecs, opf);
	bio->bi_pool = bs;
	return bio;
}

void bio_put(struct bio *bio)
{
	if (__atomic_sub_fetch(&bio->lk_refs, 1, __ATOMIC_SEQ_CST) || !bio->bi_pool)
		return;
	kfree(bio->bi_io_vec);
	kfree((char *)bio - bio->bi_pool->front_pad);
}

bool bio_add_folio(struct bio *bio, struct folio *folio, size_t len, size_t off)
{
	struct bio_vec *bv = bio->bi_vcnt ? &bio->bi_io_vec[bio->bi_vcnt - 1] : NULL;

	BUG_ON(off + len > folio_size(folio));
	if (len > BIO_MAX_SIZE - bio->bi_iter.bi_size)
		return false;
	if (bv && bv->lk_folio == folio && bv->bv_offset + bv->bv_len == off) {
		bv->bv_len += len;
	} else {
		if (bio->bi_vcnt == bio->bi_max_vecs)
			return false;
		bio->bi_io_vec[bio->bi_vcnt++] = (struct bio_vec){ folio, len, off };
	}
	bio->bi_iter.bi_size += len;
	return true;
}

void bio_add_folio_nofail(struct bio *bio, struct folio *folio, size_t len, size_t off)
{
	WARN_ON_ONCE(!bio_add_folio(bio, folio, len, off));
}

void bio_chain(struct bio *bio, struct bio *parent)
{
	bio->bi_private = parent;
	bio_set_flag(bio, BIO_CHAIN);
	__atomic_add_fetch(&parent->lk_remaining, 1, __ATOMIC_RELAXED);
}

void bio_endio(struct bio *bio)
{
	while (bio) {
		struct bio *parent = NULL;

		if (__atomic_sub_fetch(&bio->lk_remaining, 1, __ATOMIC_SEQ_CST))
			return;
		if (!bio->lk_submitted && lk_bio_unsent_watcher)
			lk_bio_unsent_watcher(bio);
		if (bio_flagged(bio, BIO_CHAIN)) {
			parent = bio->bi_private;
			if (bio->bi_status && !parent->bi_status)
				parent->bi_status = bio->bi_status;
			bio_put(bio);
		} else if (bio->bi_end_io) {
			bio->bi_end_io(bio);
		}
		bio = parent;
	}
}

/* Is it the one that fails? Each counts as one, however many are submitted at once. */
static bool lk_bio_fails(void)
{
	unsigned int left = __atomic_load_n(&lk_bio_fail_nth, __ATOMIC_RELAXED);

	while (left)
		if (__atomic_compare_exchange_n(&lk_bio_fail_nth, &left, left - 1, false,
						__ATOMIC_RELAXED, __ATOMIC_RELAXED))
			return left == 1;
	return false;
}

void submit_bio(struct bio *bio)
{
	if (lk_bio_fails())
		bio->bi_status = errno_to_blk_status(lk_bio_fail_error);
	if (lk_bio_watcher)
		lk_bio_watcher(bio);
	bio->lk_submitted = true;
	if (!lk_bio_deferred) {
		bio_endio(bio);
		return;
	}
	lk_before(bio);
	lk_books_enter(&lk_bio_lock);
	list_add_tail(&bio->lk_list, &lk_bio_kept);
	lk_books_leave(&lk_bio_lock);
	/* who ends I/O in a task of its own waits for some of the device */
	lk_wake(lk_bdev());
}

int submit_bio_wait(struct bio *bio)
{
	might_sleep();
	if (lk_bio_fails())
		bio->bi_status = errno_to_blk_status(lk_bio_fail_error);
	return blk_status_to_errno(bio->bi_status);
}

static const struct {
	blk_status_t status;
	int error;
} lk_blk_errors[] = {
	{ BLK_STS_OK, 0 },
	{ BLK_STS_IOERR, -EIO },
	{ BLK_STS_NOSPC, -ENOSPC },
	{ BLK_STS_RESOURCE, -ENOMEM },
	{ BLK_STS_AGAIN, -EAGAIN },
};

int blk_status_to_errno(blk_status_t status)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lk_blk_errors); i++)
		if (lk_blk_errors[i].status == status)
			return lk_blk_errors[i].error;
	return -EIO;
}

blk_status_t errno_to_blk_status(int error)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lk_blk_errors); i++)
		if (lk_blk_errors[i].error == error)
			return lk_blk_errors[i].status;
	return BLK_STS_IOERR;
}

void bio_list_add(struct bio_list *bl, struct bio *bio)
{
	struct bio **link = bl->tail ? &bl->tail->bi_next : &bl->head;

	*link = bio;
	bl->tail = bio;
	bio->bi_next = NULL;
}

struct bio *bio_list_pop(struct bio_list *bl)
{
	struct bio *first = bl->head;

	if (!first)
		return NULL;
	if (first == bl->tail)
		bl->tail = NULL;
	bl->head = first->bi_next;
	first->bi_next = NULL;
	return first;
}

void bio_list_merge_init(struct bio_list *to, struct bio_list *from)
{
	while (from->head)
		bio_list_add(to, bio_list_pop(from));
}
