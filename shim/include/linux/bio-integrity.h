/* SPDX-License-Identifier: GPL-2.0-only */
/* No integrity data here: the trees ask only whether there is some. */
#ifndef _LINUX_BIO_INTEGRITY_H
#define _LINUX_BIO_INTEGRITY_H

#include <linux/bio.h>

static inline void *bio_integrity(struct bio *bio) { (void)bio; return NULL; }
#define fs_bio_integrity_alloc(...)	(lk_unimplemented("fs_bio_integrity_alloc", LK_HERE), 0)
#define fs_bio_integrity_free(...)	lk_unimplemented("fs_bio_integrity_free", LK_HERE)
#define fs_bio_integrity_generate(...)	lk_unimplemented("fs_bio_integrity_generate", LK_HERE)
#define fs_bio_integrity_verify(...)	(lk_unimplemented("fs_bio_integrity_verify", LK_HERE), 0)

#endif
