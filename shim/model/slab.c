// SPDX-License-Identifier: GPL-2.0-only
/*
 * Model: slab. Every object comes from the host's malloc, so that ASan sees
 * each one; a list of live objects serves the leak check.
 *
 * Kept: zeroing, failure where the flags permit it, leaks, poison in what is freed.
 * Dropped: caches, accounting, alignment beyond malloc's.
 */
#include <libkern/tsan.h>
#include <libkern/world.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

struct lk_object {
	struct list_head list;
	const void *caller;
	size_t size;
	unsigned long serial;
	unsigned long magic;
} __aligned(16);

#define LK_OBJECT_LIVE	0x6c69766eUL
#define LK_OBJECT_DEAD	0x64656164UL
#define LK_OBJECT_POISON	0x6b

struct kmem_cache {
	const char *name;
	size_t size;
	void (*ctor)(void *obj);
};

static LIST_HEAD(lk_objects);
static int lk_objects_lock;		/* taken for a few instructions, no lock rule */
static unsigned long lk_serial, lk_baseline;
static unsigned int lk_fail_nth, lk_fail_seen;

void lk_fail_alloc(unsigned int nth)
{
	lk_fail_nth = nth;
	lk_fail_seen = 0;
}

unsigned int lk_alloc_count(void)
{
	return lk_fail_seen;
}

bool lk_alloc_fails(gfp_t gfp)
{
	if (gfp & __GFP_NOFAIL)
		return false;
	return __atomic_add_fetch(&lk_fail_seen, 1, __ATOMIC_RELAXED) == lk_fail_nth;
}

static void *lk_alloc(size_t size, gfp_t gfp, const void *caller)
{
	struct lk_object *obj;

	if (gfpflags_allow_blocking(gfp))
		might_sleep();
	if (size > SIZE_MAX - sizeof(*obj) || lk_alloc_fails(gfp))
		return NULL;
	obj = lk_host_alloc(sizeof(*obj) + size, 0);
	obj->caller = caller;
	obj->size = size;
	obj->magic = LK_OBJECT_LIVE;
	lk_books_enter(&lk_objects_lock);
	obj->serial = ++lk_serial;
	list_add_tail(&obj->list, &lk_objects);
	lk_books_leave(&lk_objects_lock);
	if (gfp & __GFP_ZERO)
		memset(obj + 1, 0, size);
	return obj + 1;
}

void *kmalloc(size_t size, gfp_t gfp)
{
	return lk_alloc(size, gfp, __builtin_return_address(0));
}

void *kzalloc(size_t size, gfp_t gfp)
{
	return lk_alloc(size, gfp | __GFP_ZERO, __builtin_return_address(0));
}

void *kmalloc_array(size_t n, size_t size, gfp_t gfp)
{
	return lk_alloc(size_mul(n, size), gfp, __builtin_return_address(0));
}

void *kcalloc(size_t n, size_t size, gfp_t gfp)
{
	return lk_alloc(size_mul(n, size), gfp | __GFP_ZERO, __builtin_return_address(0));
}

size_t ksize(const void *p)
{
	return p ? ((const struct lk_object *)p - 1)->size : 0;
}

void kfree(const void *p)
{
	struct lk_object *obj;

	if (!p)
		return;
	obj = (struct lk_object *)p - 1;
	if (obj->magic != LK_OBJECT_LIVE)
		lk_die(LK_DEATH_BUG, "freed: %p, which is %s", p,
		       obj->magic == LK_OBJECT_DEAD ? "free already" : "no object of slab");
	obj->magic = LK_OBJECT_DEAD;
	lk_books_enter(&lk_objects_lock);
	list_del(&obj->list);
	lk_books_leave(&lk_objects_lock);
	/* who uses it still is seen without a sanitizer, too */
	memset(obj + 1, LK_OBJECT_POISON, obj->size);
	lk_host_free(obj);
}

void *krealloc(const void *p, size_t size, gfp_t gfp)
{
	void *n = lk_alloc(size, gfp, __builtin_return_address(0));

	if (n && p) {
		memcpy(n, p, ksize(p) < size ? ksize(p) : size);
		kfree(p);
	}
	return n;
}

char *kstrdup(const char *s, gfp_t gfp)
{
	return s ? kmemdup(s, strlen(s) + 1, gfp) : NULL;
}

void *kmemdup(const void *p, size_t n, gfp_t gfp)
{
	void *to = lk_alloc(n, gfp, __builtin_return_address(0));

	return to ? memcpy(to, p, n) : NULL;
}

struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align,
				     slab_flags_t flags, void (*ctor)(void *obj))
{
	struct kmem_cache *cache = lk_host_alloc(sizeof(*cache), 0);

	*cache = (struct kmem_cache){ name, size, ctor };
	return cache;
}

void kmem_cache_destroy(struct kmem_cache *cache)
{
	lk_host_free(cache);
}

static void *lk_cache_alloc(struct kmem_cache *cache, gfp_t gfp, const void *caller)
{
	void *obj = lk_alloc(cache->size, gfp, caller);

	if (obj && cache->ctor)
		cache->ctor(obj);
	return obj;
}

void *kmem_cache_alloc(struct kmem_cache *cache, gfp_t gfp)
{
	return lk_cache_alloc(cache, gfp, __builtin_return_address(0));
}

void *kmem_cache_zalloc(struct kmem_cache *cache, gfp_t gfp)
{
	return lk_cache_alloc(cache, gfp | __GFP_ZERO, __builtin_return_address(0));
}

void *kmem_cache_alloc_lru(struct kmem_cache *cache, struct list_lru *lru, gfp_t gfp)
{
	return lk_cache_alloc(cache, gfp, __builtin_return_address(0));
}

void kmem_cache_free(struct kmem_cache *cache, void *p)
{
	kfree(p);
}

void lk_slab_baseline(void)
{
	lk_baseline = lk_serial;
	lk_fail_alloc(0);
}

void lk_slab_check(void)
{
	struct lk_object *obj, *next;
	char name[128];

	list_for_each_entry_safe(obj, next, &lk_objects, list) {
		if (obj->serial <= lk_baseline)
			continue;
		lk_splat(LK_SPLAT_LEAK, "leak: %lu bytes allocated by %s", (unsigned long)obj->size,
			 lk_host_symbol(obj->caller, name, sizeof(name)));
		/* reported once; the next case starts clean */
		kfree(obj + 1);
	}
}
