/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fixture: makes scenarios real, lets the release loose and looks at what
 * is left. It touches the page cache through kernel calls only, so that it is
 * the same in every world.
 */
#ifndef KUNIT_FIXTURE_H
#define KUNIT_FIXTURE_H

#include <kunit/test.h>

#include "finding.h"
#include "oracle.h"
#include "recfs.h"
#include "scenario.h"
#include "world.h"

/* Failures after which a case gives up. */
#define FX_MAX_BAD	4

#define FX_PAGES	1024	/* largest window, in pages */

/**
 * struct fx_snap - what can be seen of a page cache from outside
 * @nrpages: pages cached
 * @npages: pages looked at
 * @isize: size of the file
 * @entry: folio or shadow entry at each page of the window
 * @refs: references to the folio there
 * @flags: its flags, as FX_* below
 * @uptodate: one byte a block
 */
struct fx_snap {
	unsigned long	nrpages;
	unsigned int	npages;
	scn_pos		isize;
	void		*entry[FX_PAGES];
	int		refs[FX_PAGES];
	unsigned char	flags[FX_PAGES];
	unsigned char	uptodate[SCN_MAX_BLOCKS];
};

#define FX_DIRTY	1
#define FX_UPTODATE	2
#define FX_LOCKED	4
#define FX_WRITEBACK	8
#define FX_STATE	16

/* Which side of a known finding a case judges. */
enum fx_side {
	FX_PLAIN,		/* everything that no known finding covers */
	FX_FINDING,		/* only what the known finding covers */
};

/**
 * struct digest - the running digest of a case, see digest.c
 * @on: wanted
 * @built: there is a page cache of which nobody knows what is dirty
 * @large: this world makes large folios by itself, which others may not
 * @h: so far
 * @steps: so far
 * @param: the parameter of which steps are printed
 * @first: step to print
 * @count: of these
 * @stride: print each how many-th
 * @show: print all of it
 */
struct digest {
	bool		on;
	bool		built;
	bool		large;
	u64		h;
	unsigned int	steps;
	long long	param;
	long long	first;
	long long	count;
	long long	stride;
	long long	show;
};

/**
 * struct fixture - all that a case works with
 * @test: the case
 * @w: inode and file
 * @fs: the filesystem of @w
 * @limits: what can be made here
 * @s: the state before the release, as the oracle sees it
 * @before: the page cache as it was built
 * @now: scratch
 * @v: what the oracle said last
 * @want: what each block wanted
 * @src: sources of writes, of which two can be under way
 * @writes: so far
 * @dirtied: blocks that stores have dirtied since the build, one byte each
 * @side: what the case judges; see fx_side_wants()
 * @splats: world_splats() before the release
 * @releases: judged so far
 * @right: of these as the oracle wants
 * @known: of these exactly as the known finding says
 * @bad: anything else
 * @twice: blocks punched more than once, in all releases
 * @ends: calls of ->iomap_end seen by fx_end_judged()
 * @cache_changes: something else changes the page cache during the release
 * @dry: leave it to the case what the oracle has found
 * @passed_over: of these not judged, being for the case of the other side
 * @shared_rwsem: writers take i_rwsem for reading only, to see what comes of that
 * @knows_size: no fault brings in a folio behind i_size, and what one dirties is
 *		remembered in @dirtied up to i_size only; else to the end of its folio
 * @digest: of the case
 * @release: makes the release in place of the recording filesystem, from @s into
 *	     @fs; NULL: none does
 * @mkwrite: makes a folio writable in place of the recording filesystem; NULL: none does
 */
struct fixture {
	struct kunit		*test;
	enum fx_side		side;
	struct world		w;
	struct recfs		fs;
	struct scn_limits	limits;
	struct scenario		s;
	struct fx_snap		before;
	struct fx_snap		now;
	struct oracle_verdict	v;
	struct world_source	src[2];
	atomic_t		writes;
	unsigned char		want[SCN_MAX_BLOCKS];
	unsigned char		dirtied[SCN_MAX_BLOCKS];
	unsigned int		releases;
	unsigned int		right;
	unsigned int		known;
	unsigned int		bad;
	unsigned int		splats;
	unsigned int		twice;
	unsigned int		ends;
	unsigned int		passed_over;
	bool			cache_changes;
	bool			dry;
	bool			shared_rwsem;
	bool			knows_size;
	struct digest		digest;
	int (*release)(struct fixture *f);
	vm_fault_t (*mkwrite)(struct vm_fault *vmf);
};

/* fixture.c */
extern const char *fx_suite;
int fx_init(struct kunit *test);
void fx_exit(struct kunit *test);
bool fx_reachable(struct fixture *f, const struct scenario *s);
bool fx_build(struct fixture *f, const struct scenario *s);
void fx_clear(struct fixture *f);

/* snapshot.c */
void fx_snapshot(struct fixture *f, struct fx_snap *snap);
bool fx_same(const struct fixture *f, const struct fx_snap *a,
	     const struct fx_snap *b, char *why, unsigned int size);
void fx_observe(struct fixture *f, struct scenario *s);

/* release.c */
bool fx_side_wants(struct fixture *f, enum fx_side side);
void fx_oracle_input(struct fixture *f, struct oracle_input *in);
int fx_release_call(struct fixture *f);
bool fx_release(struct fixture *f);
bool fx_parsed(struct fixture *f, unsigned int blkbits, scn_pos base,
	       const char *layout, const char *extents);
const char *fx_judge_calls(struct fixture *f, int err);
const char *fx_judge_rest(struct fixture *f, int err);
void fx_judge(struct fixture *f, int err);
void fx_writeback_holds(struct fixture *f);
void fx_finding_done(struct fixture *f);
void fx_bad(struct fixture *f, const char *words);

/* ops.c */
ssize_t fx_store(struct fixture *f, loff_t pos, size_t len, size_t fault_at,
		 bool seen);
void fx_rwsem(struct fixture *f, bool take);
ssize_t fx_store_nothing(struct fixture *f, unsigned int off);
bool fx_store_nothing_right(struct fixture *f);
int fx_read_fault(struct fixture *f, unsigned int block);
int fx_readahead(struct fixture *f, unsigned int block);
int fx_write_fault(struct fixture *f, unsigned int block);
int fx_drop(struct fixture *f, unsigned int block);
void fx_truncate(struct fixture *f, loff_t size);
int fx_writeback(struct fixture *f);
void fx_lock_writers(struct fixture *f);
void fx_unlock_writers(struct fixture *f);
int fx_writeback_quietly(struct fixture *f);
void fx_mark(struct fixture *f, loff_t pos, loff_t length, bool dirty);
void fx_short_range(struct fixture *f, loff_t pos, loff_t length,
		    ssize_t written);
int fx_short_call(struct fixture *f, loff_t pos, loff_t length, ssize_t written,
		  unsigned int flags, struct iomap *iomap);
int fx_end_judged(struct fixture *f, loff_t pos, loff_t length,
		  ssize_t written, unsigned int flags, struct iomap *iomap);
int fx_end_plain(struct recfs *fs, loff_t pos, loff_t length, ssize_t written,
		 unsigned int flags, struct iomap *iomap);
int fx_end_short_write(struct recfs *fs, loff_t pos, loff_t length,
		       ssize_t written, unsigned int flags,
		       struct iomap *iomap);

/* A source for the next write. */
static inline struct world_source *fx_source(struct fixture *f)
{
	return &f->src[(unsigned int)atomic_inc_return(&f->writes) % 2];
}

static inline struct fixture *fx_of(struct kunit *test)
{
	return test->priv;
}

/**
 * fx_fresh() - the mapping of a reservation that a write has just made
 * @start: first byte
 * @end: byte behind the last
 */
static inline struct iomap fx_fresh(loff_t start, loff_t end)
{
	return (struct iomap) {
		.type	= IOMAP_DELALLOC,
		.flags	= IOMAP_F_NEW,
		.addr	= IOMAP_NULL_ADDR,
		.offset	= start,
		.length	= end - start,
	};
}

/**
 * FX_GENERATOR() - let a hand-written generator of parameters serve every KUnit
 * @next: the generator, as KUnit has it up to 6.17; later the case comes first
 */
#define FX_GENERATOR(next)						\
	static __maybe_unused const void *				\
	next##_of(struct kunit *test, const void *prev, char *desc)	\
	{								\
		return next(prev, desc);				\
	}

/* The form of it that this KUnit wants, for KUNIT_CASE_PARAM(). */
#define FX_GEN(next)							\
	__builtin_choose_expr(__builtin_types_compatible_p(		\
		typeof(((struct kunit_case *)NULL)->generate_params),	\
		const void *(*)(const void *, char *)), next, next##_of)

/**
 * FX_SUITE() - define and register a suite
 * @ident: C name of the suite, which is also its name in the KTAP
 * @cases: its cases
 *
 * Each case finds a fixture in test->priv.
 */
#define FX_SUITE(ident, cases)						\
	static int ident##_init(struct kunit *test)			\
	{								\
		fx_suite = #ident;					\
		return fx_init(test);					\
	}								\
	static struct kunit_suite ident##_suite = {			\
		.name		= #ident,				\
		.init		= ident##_init,				\
		.exit		= fx_exit,				\
		.test_cases	= cases,				\
	};								\
	kunit_test_suite(ident##_suite)

#endif /* KUNIT_FIXTURE_H */
