/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Digests of what happens to a page cache, and the same for people.
 */
#ifndef KUNIT_DIGEST_H
#define KUNIT_DIGEST_H

#include "fixture.h"
#include "mix.h"

#define SHOW_LINE	240

/* digest.c */
u64 digest_state(struct fixture *f, u64 h, bool contents);
u64 digest_punches(struct fixture *f, u64 h);
void digest_begin(struct fixture *f);
void digest_step(struct fixture *f, const char *what, long long a, long long b,
		 long long ret);
void digest_dirty(struct fixture *f);
void digest_end(struct fixture *f);

/* show.c */
void show_punches(struct fixture *f, unsigned int from);
void show_state(struct fixture *f, const char *when, bool contents);

#endif /* KUNIT_DIGEST_H */
