/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the sample does with one scenario. See sample.h.
 */
#ifndef KUNIT_SAMPLE_RUN_H
#define KUNIT_SAMPLE_RUN_H

#include "fixture.h"
#include "sample.h"

extern bool sample_splitting;
extern unsigned int sample_left_out;
extern unsigned int sample_overrun;
extern bool sample_exact;
extern unsigned int sample_short;

int sample_open(struct fixture *f);
u64 sample_run(struct fixture *f, const struct sample *p, bool show);

#endif /* KUNIT_SAMPLE_RUN_H */
