/* SPDX-License-Identifier: GPL-2.0-only */
/* bios: one vector per run of bytes in a folio; completion is the model's. */
#ifndef _LINUX_BLK_TYPES_H
#define _LINUX_BLK_TYPES_H

#include <linux/list.h>
#include <linux/types.h>
#include <asm/page.h>
#include "../../dup/fs.h"

struct bio;
struct bio_set;
struct folio;
struct page;
struct request_queue;

struct block_device {
	u64 lk_sectors;
	dev_t bd_dev;
	struct request_queue *bd_queue;
	struct super_block *bd_super;
};

struct bio_vec {
	struct folio *lk_folio;
	size_t bv_len;
	size_t bv_offset;		/* in the folio */
};

struct bvec_iter {
	sector_t bi_sector;
	unsigned int bi_size;
	unsigned int bi_idx;
};

typedef void (bio_end_io_t)(struct bio *bio);

struct bio {
	struct bio *bi_next;
	struct block_device *bi_bdev;
	blk_opf_t bi_opf;
	unsigned short bi_flags;
	u8 bi_write_hint;
	blk_status_t bi_status;
	struct bvec_iter bi_iter;
	bio_end_io_t *bi_end_io;
	void *bi_private;
	unsigned short bi_vcnt;
	unsigned short bi_max_vecs;
	int lk_refs;
	int lk_remaining;		/* itself and what is chained to it */
	bool lk_submitted;
	struct bio_vec *bi_io_vec;
	struct bio_set *bi_pool;
	struct list_head lk_list;	/* of deferred completions */
};

struct bio_set {
	unsigned int front_pad;		/* bytes before the bio: the ioend */
};

#define BLK_STS_OK		((blk_status_t)0)
#define BLK_STS_NOSPC		((blk_status_t)3)
#define BLK_STS_RESOURCE	((blk_status_t)9)
#define BLK_STS_IOERR		((blk_status_t)10)
#define BLK_STS_AGAIN		((blk_status_t)12)

enum { REQ_OP_READ, REQ_OP_WRITE, LK_REQ_OP_BITS = 8 };
#define REQ_OP_MASK	((blk_opf_t)((1 << LK_REQ_OP_BITS) - 1))
#define REQ_SYNC	((blk_opf_t)1 << 11)
#define REQ_META	((blk_opf_t)1 << 12)
#define REQ_FUA		((blk_opf_t)1 << 17)
#define REQ_PREFLUSH	((blk_opf_t)1 << 18)
#define REQ_RAHEAD	((blk_opf_t)1 << 19)
#define REQ_BACKGROUND	((blk_opf_t)1 << 20)
#define REQ_SWAP	((blk_opf_t)1 << 25)
#define REQ_ATOMIC	((blk_opf_t)1 << 26)

enum { BIO_QUIET, BIO_CHAIN };

#endif
