/* SPDX-License-Identifier: GPL-2.0-only */
/* Making, submitting and ending bios. */
#ifndef _LINUX_BIO_H
#define _LINUX_BIO_H

#include <linux/blk_types.h>
#include <linux/bug.h>
#include <linux/gfp.h>
#include <linux/mm.h>

#define BIO_MAX_VECS		256U
#define BIO_MAX_SIZE		UINT_MAX
enum { BIOSET_NEED_BVECS = 1, BIOSET_NEED_RESCUER = 2 };

struct folio_iter {
	struct folio *folio;
	size_t offset;
	size_t length;
	unsigned int lk_i;
};

static inline bool lk_bio_folio(struct folio_iter *fi, struct bio *bio)
{
	if (fi->lk_i >= bio->bi_vcnt)
		return false;
	fi->folio = bio->bi_io_vec[fi->lk_i].lk_folio;
	fi->offset = bio->bi_io_vec[fi->lk_i].bv_offset;
	fi->length = bio->bi_io_vec[fi->lk_i].bv_len;
	return true;
}

#define bio_for_each_folio_all(fi, bio) \
	for ((fi).lk_i = 0; lk_bio_folio(&(fi), (bio)); (fi).lk_i++)

static inline unsigned int bio_max_segs(unsigned int n)
{
	return n < BIO_MAX_VECS ? n : BIO_MAX_VECS;
}

static inline sector_t bio_sectors(const struct bio *bio)
{
	return bio->bi_iter.bi_size >> SECTOR_SHIFT;
}

static inline sector_t bio_end_sector(const struct bio *bio)
{
	return bio->bi_iter.bi_sector + bio_sectors(bio);
}

static inline bool bio_flagged(const struct bio *bio, unsigned int bit)
{
	return bio->bi_flags & (1u << bit);
}

static inline void bio_set_flag(struct bio *bio, unsigned int bit) { bio->bi_flags |= 1u << bit; }
static inline unsigned int bio_op(const struct bio *bio) { return bio->bi_opf & REQ_OP_MASK; }
static inline void bio_get(struct bio *bio) { bio->lk_refs++; }

extern struct bio_set fs_bio_set;
int bioset_init(struct bio_set *bs, unsigned int pool, unsigned int front_pad, int flags);
void bioset_exit(struct bio_set *bs);
struct bio *bio_alloc_bioset(struct block_device *bdev, unsigned short nr_vecs, blk_opf_t opf,
			     gfp_t gfp, struct bio_set *bs);
static inline struct bio *bio_alloc(struct block_device *bdev, unsigned short nr_vecs,
				    blk_opf_t opf, gfp_t gfp)
{
	return bio_alloc_bioset(bdev, nr_vecs, opf, gfp, &fs_bio_set);
}

void bio_init(struct bio *bio, struct block_device *bdev, struct bio_vec *table,
	      unsigned short max_vecs, blk_opf_t opf);
void bio_uninit(struct bio *bio);
void bio_put(struct bio *bio);
void bio_chain(struct bio *bio, struct bio *parent);
bool bio_add_folio(struct bio *bio, struct folio *folio, size_t len, size_t off);
void bio_add_folio_nofail(struct bio *bio, struct folio *folio, size_t len, size_t off);
void bio_endio(struct bio *bio);
void submit_bio(struct bio *bio);
int submit_bio_wait(struct bio *bio);
struct bio *bio_split(struct bio *bio, int sectors, gfp_t gfp, struct bio_set *bs);
struct queue_limits;
/* Asked only for mappings with integrity data, which nobody here makes. */
#define max_integrity_io_size(...)	(lk_unimplemented("max_integrity_io_size", LK_HERE), 0u)
int bio_split_rw_at(struct bio *bio, const struct queue_limits *lim, unsigned int *segs,
		    unsigned int max_bytes);

/* Ends a bio as a failed one. */
#define bio_io_error(bio)	lk_bio_end((bio), BLK_STS_IOERR)
static inline void lk_bio_end(struct bio *bio, blk_status_t status)
{
	bio->bi_status = status;
	bio_endio(bio);
}

/* Lists through bi_next. */
struct bio_list {
	struct bio *head, *tail;
};

#define BIO_EMPTY_LIST	{ NULL, NULL }
static inline void bio_list_init(struct bio_list *bl) { bl->head = bl->tail = NULL; }
static inline bool bio_list_empty(const struct bio_list *bl) { return !bl->head; }
void bio_list_add(struct bio_list *bl, struct bio *bio);
struct bio *bio_list_pop(struct bio_list *bl);
void bio_list_merge_init(struct bio_list *to, struct bio_list *from);

#endif
