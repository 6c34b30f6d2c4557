// SPDX-License-Identifier: GPL-2.0-only
/*
 * Digests of what a kernel does: the same numbers in each world that does the
 * same. A shim that behaves like the kernel has the kernel's digests.
 *
 * The sample (sample_run.c) has one for each scenario. The suites have a running
 * one for each case and parameter: every building, call and release adds what it
 * was asked, what it returned, the punches, the splats and the page cache that it
 * left. The option "digest" asks for it, as letters with numbers: without any the
 * end of each case is printed. p is the parameter of which steps are printed too, from
 * 1 on, 0 where there are none: f the first step, n how many, c each how many-th;
 * v1 prints all of a step.
 */
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

#include "digest.h"

/* Bytes of one block that is uptodate. Only there they mean anything. */
static u64 digest_bytes(struct folio *folio, size_t at, size_t size)
{
	u64 *word = kmap_local_folio(folio, at), h = 0;
	size_t i;

	for (i = 0; i < size / sizeof(*word); i++)
		h = (h + word[i]) * 0x9e3779b97f4a7c15ULL;
	kunmap_local(word);
	return h;
}

static u64 digest_folio(struct fixture *f, u64 h, unsigned int page,
			bool contents)
{
	struct folio *folio = f->now.entry[page];
	unsigned int b = ((u64)page << PAGE_SHIFT) >> f->s.blkbits;
	size_t size = 1UL << f->s.blkbits, at;

	h = mix64(h, folio_order(folio) | f->now.flags[page] << 8 |
		     (u64)f->now.refs[page] << 16);
	for (at = 0; at < folio_size(folio) && b < f->s.nblocks; at += size) {
		h = mix64(h, f->now.uptodate[b]);
		if (contents && f->now.uptodate[b])
			h = mix64(h, digest_bytes(folio, at, size));
		b++;
	}
	return h;
}

/**
 * digest_state() - the page cache, the size and the extents as they are now
 * @f: the fixture; @f->now is overwritten
 * @h: the digest so far
 * @contents: also the bytes of each block that is uptodate
 */
u64 digest_state(struct fixture *f, u64 h, bool contents)
{
	struct address_space *mapping = f->w.inode->i_mapping;
	struct fx_snap *now = &f->now;
	unsigned int i;

	fx_snapshot(f, now);
	h = mix64(h, now->nrpages);
	h = mix64(h, i_size_read(f->w.inode));
	for (i = 0; i < now->npages && i < FX_PAGES; i++) {
		if (!now->entry[i] || xa_is_value(now->entry[i])) {
			h = mix64(h, now->entry[i] ? 2 : 1);
			continue;
		}
		h = mix64(h, 3);
		if (!i || now->entry[i] != now->entry[i - 1])
			h = digest_folio(f, h, i, contents);
	}
	for (i = 0; i < f->fs.nblocks; i++)
		h = h * 31 + f->fs.extent[i];
	h = mix64(h, mapping_tagged(mapping, PAGECACHE_TAG_DIRTY) |
		  mapping_tagged(mapping, PAGECACHE_TAG_WRITEBACK) << 1 |
		  world_invalidate_held(mapping) << 2);
	return mix64(h, f->fs.unlocked);
}

/**
 * digest_punches() - the punches that @f->fs remembers, in order
 * @f: the fixture
 * @h: the digest so far
 */
u64 digest_punches(struct fixture *f, u64 h)
{
	unsigned int i;

	for (i = 0; i < f->fs.npunches && i < RECFS_MAX_PUNCHES; i++) {
		h = mix64(h, f->fs.punch[i].offset);
		h = mix64(h, f->fs.punch[i].length);
	}
	return mix64(h, f->fs.npunches);
}

/* --- the running digest of a case --------------------------------------------- */

static void digest_option(struct digest *d, const char *s)
{
	long long ignored, *to = &ignored;

	for (; *s; s++) {
		if (*s >= '0' && *s <= '9') {
			*to = *to * 10 + (*s - '0');
			continue;
		}
		to = *s == 'p' ? &d->param : *s == 'f' ? &d->first :
		     *s == 'n' ? &d->count : *s == 'c' ? &d->stride :
		     *s == 'v' ? &d->show : &ignored;
		*to = 0;
	}
	if (!d->stride)
		d->stride = 1;
}

static int digest_param(const struct fixture *f)
{
	return f->test->param_value ? f->test->param_index + 1 : 0;
}

/**
 * digest_begin() - a case begins: is a digest wanted?
 * @f: the fixture, whose inode is new
 *
 * Then all worlds must have the same to do: no folios but those of the fixture
 * and of single pages, no disk.
 */
void digest_begin(struct fixture *f)
{
	const char *option = world_option("digest");

	if (!option)
		return;
	f->digest.on = true;
	f->digest.h = 1;
	digest_option(&f->digest, option);
	f->digest.large = !world_small_folios(&f->w);
	f->fs.diskless = true;
}

static bool digest_wanted(const struct fixture *f)
{
	const struct digest *d = &f->digest;
	long long at = (long long)d->steps - d->first;

	/* kernels of 32 bits divide no 64-bit numbers; steps are fewer */
	return at >= 0 && at < d->count && digest_param(f) == d->param &&
	       (!(((u32)at + 1) % (u32)d->stride) || at + 1 == d->count);
}

static void digest_show(struct fixture *f, const char *what, long long a,
			long long b, long long ret)
{
	char text[SHOW_LINE];

	scn_describe(&f->s, text, sizeof(text));
	kunit_info(f->test, "show: | %s\n", text);
	kunit_info(f->test, "show: | step %u: %s %lld %lld: %lld, %u splats\n",
		   f->digest.steps, what, a, b, ret, world_splats());
	show_punches(f, 0);
	show_state(f, "then", false);
}

/**
 * digest_step() - something was done to the file: into the digest of the case
 * @f: the fixture
 * @what: a word for it
 * @a: what it was asked, as far as that can be compared
 * @b: the same
 * @ret: what it returned
 *
 * Does nothing where no digest is wanted, nor inside fx_build().
 */
void digest_step(struct fixture *f, const char *what, long long a, long long b,
		 long long ret)
{
	struct digest *d = &f->digest;

	if (!d->on || f->fs.building)
		return;
	d->h = mix64(mix64(mix64(d->h, a), b), ret);
	d->h = mix64(d->h, world_splats());
	d->h = mix64(d->h, f->fs.asked);
	d->h = digest_state(f, digest_punches(f, d->h), false);
	if (digest_wanted(f)) {
		kunit_info(f->test, "digest: step %u %016llx %s\n", d->steps, d->h,
			   what);
		if (d->show)
			digest_show(f, what, a, b, ret);
	}
	d->steps++;
}

/**
 * digest_dirty() - which blocks are dirty? Only writeback tells
 * @f: the fixture; its page cache is about to go
 *
 * What the filesystem has been told about writeback stays as it was.
 */
void digest_dirty(struct fixture *f)
{
	struct recfs *fs = &f->fs;
	unsigned int mapped = fs->mapped, lost = fs->lost;
	unsigned int first_lost = fs->first_lost, discards = fs->discards;
	int err = fs->map_error, ret;

	if (!f->digest.on || !f->digest.built)
		return;
	f->digest.built = false;
	fs->map_error = 0;
	ret = fx_writeback_quietly(f);
	digest_step(f, "writeback to see what is dirty", fs->mapped - mapped,
		    fs->lost - lost, ret);
	fs->map_error = err;
	fs->mapped = mapped;
	fs->lost = lost;
	fs->first_lost = first_lost;
	fs->discards = discards;
}

/**
 * digest_end() - a case ends: print its digest
 * @f: the fixture; its page cache is still there
 */
void digest_end(struct fixture *f)
{
	struct digest *d = &f->digest;

	if (!d->on)
		return;
	d->h = digest_state(f, d->h, true);
	digest_dirty(f);
	kunit_info(f->test, "digest: %s.%s#%d %016llx steps %u%s\n", fx_suite,
		   f->test->name, digest_param(f), d->h, d->steps,
		   d->large ? " large" : "");
}
