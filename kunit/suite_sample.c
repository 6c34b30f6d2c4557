// SPDX-License-Identifier: GPL-2.0-only
/*
 * iomap_delalloc_sample: the same seeded scenarios in every world.
 *
 * The first case prints a digest for each chunk; whoever holds the shim against
 * a kernel (./libkern fidelity) compares them. It has an opinion of its own on
 * three things only: the scenarios can be built, the kernel does not complain,
 * and no punch comes without the lock.
 *
 * The option "sample" says what to run, as letters with numbers: s seed, n
 * count, f first, c scenarios in a chunk; v1 prints each digest, v2 each call;
 * k and m are masks of the steps and of the entries of the page cache to keep;
 * t0 leaves out what splits large folios, w0 writes whose source comes up short, as
 * some kernel to compare with must.
 *
 * Kills: "scan-keeps-lock", and where the release takes invalidate_lock itself
 * "release-no-lock".
 */
#include <linux/fs.h>
#include <linux/pagemap.h>

#include "sample_run.h"

#define SAMPLE_COUNT	4000	/* where nobody says more */
#define SAMPLE_CHUNK	1000
/* Fewer of a class than one in so many is no sample of it. */
#define SAMPLE_LEAST	100

/**
 * struct sample_option - what to run
 * @seed: of the sample
 * @first: scenario
 * @count: scenarios
 * @chunk: scenarios whose digests become one
 * @show: 1: print the digest of each scenario, 2: and all of it
 * @steps: mask of the steps to keep
 * @entries: mask of the entries to keep
 * @exact: let sources of writes come up short, where this world can
 * @split: truncate parts of large folios, where this world can
 */
struct sample_option {
	u64		seed;
	u64		first;
	u64		count;
	u64		chunk;
	u64		show;
	u64		steps;
	u64		entries;
	u64		split;
	u64		exact;
};

static struct sample_option sample_opt;
static struct sample sample_now;

static void sample_option_read(void)
{
	struct sample_option *o = &sample_opt;
	const char *s = world_option("sample");
	u64 ignored, *to = &ignored;

	*o = (struct sample_option){
		.seed = 1, .count = SAMPLE_COUNT, .chunk = SAMPLE_CHUNK,
		.steps = ~0ULL, .entries = ~0ULL, .split = 1,
		.exact = 1,
	};
	for (; s && *s; s++) {
		if (*s >= '0' && *s <= '9') {
			*to = *to * 10 + (*s - '0');
			continue;
		}
		to = *s == 's' ? &o->seed : *s == 'f' ? &o->first :
		     *s == 'n' ? &o->count : *s == 'c' ? &o->chunk :
		     *s == 'v' ? &o->show : *s == 'k' ? &o->steps :
		     *s == 'm' ? &o->entries : *s == 't' ? &o->split :
		     *s == 'w' ? &o->exact : &ignored;
		*to = 0;
	}
	if (!o->chunk)
		o->chunk = 1;
}

/* A chunk is a parameter; its number plus one stands for its address. */
static const void *sample_chunks(const void *prev, char *desc)
{
	unsigned long nr = (unsigned long)prev;
	struct sample_option *o = &sample_opt;

	if (!prev)
		sample_option_read();
	if ((u64)nr * o->chunk >= o->count)
		return NULL;
	snprintf(desc, SCN_NAME_SIZE, "seed=%llu from=%llu", o->seed,
		 o->first + (u64)nr * o->chunk);
	return (const void *)(nr + 1);
}

FX_GENERATOR(sample_chunks)
#define sample_gen_params FX_GEN(sample_chunks)

static void sample_get(struct fixture *f, u64 index)
{
	sample_make(&sample_now, &f->limits, sample_opt.seed, index);
	sample_keep(&sample_now, &f->limits, sample_opt.steps,
		    sample_opt.entries);
}

/* Expect the digest that every other world has. */
static void same_digest(struct kunit *test)
{
	struct fixture *f = fx_of(test);
	struct sample_option *o = &sample_opt;
	u64 nr = (unsigned long)test->param_value - 1;
	u64 i = nr * o->chunk, end = min(i + o->chunk, o->count);
	u64 h = 0, one;

	sample_splitting = o->split && world_splits_folios();
	sample_left_out = 0;
	sample_overrun = 0;
	sample_exact = o->exact && world_exact_source();
	sample_short = 0;
	if (sample_open(f))
		kunit_skip(test, "this world makes large folios by itself");
	for (; i < end; i++) {
		sample_get(f, o->first + i);
		one = sample_run(f, &sample_now, o->show > 1);
		if (!one)
			return;
		KUNIT_EXPECT_EQ(test, f->fs.unlocked, 0U);
		h = mix64(h, one);
		if (o->show)
			kunit_info(test, "sample: one %llu digest %016llx\n",
				   o->first + i, one);
		cond_resched();
	}
	kunit_info(test, "sample: chunk %llu+%llu digest %016llx left-out %u overrun %u short %u\n",
		   o->first + nr * o->chunk, end - nr * o->chunk, h,
		   sample_left_out, sample_overrun, sample_short);
}

/* Expect each class of scenarios to be one in a hundred. */
static void even_spread(struct kunit *test)
{
	struct sample_spread *spread;
	struct fixture *f = fx_of(test);
	const char *kind, *name;
	unsigned int nr, n;
	u64 i;

	sample_option_read();
	spread = kunit_kzalloc(test, sizeof(*spread), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, spread);
	for (i = 0; i < sample_opt.count; i++) {
		sample_get(f, sample_opt.first + i);
		sample_count(spread, &sample_now);
	}
	for (nr = 0; ; nr++) {
		kind = sample_class(spread, nr, PAGE_SHIFT, &name, &n);
		if (!kind)
			break;
		kunit_info(test, "sample: spread %s %s %u\n", kind, name, n);
		if (sample_opt.count >= SAMPLE_CHUNK)
			KUNIT_EXPECT_GE_MSG(test, n, spread->total / SAMPLE_LEAST,
					    "too few of %s %s", kind, name);
	}
}

static struct kunit_case sample_cases[] = {
	KUNIT_CASE_PARAM(same_digest, sample_gen_params),
	KUNIT_CASE(even_spread),
	{}
};

FX_SUITE(iomap_delalloc_sample, sample_cases);
