/* SPDX-License-Identifier: GPL-2.0-only */
/* Allocation with injected failure and a leak check; see model/slab.c. */
#ifndef _LINUX_SLAB_H
#define _LINUX_SLAB_H

#include <linux/gfp.h>
#include <linux/overflow.h>
#include <linux/types.h>

struct kmem_cache;
struct list_lru;

#define SLAB_HWCACHE_ALIGN	0x2000u
#define SLAB_PANIC		0x40000u
#define SLAB_RECLAIM_ACCOUNT	0x20000u
#define SLAB_ACCOUNT		0x4000000u

void *kmalloc(size_t size, gfp_t gfp);
void *kzalloc(size_t size, gfp_t gfp);
void *kmalloc_array(size_t n, size_t size, gfp_t gfp);
void *kcalloc(size_t n, size_t size, gfp_t gfp);
void *krealloc(const void *p, size_t size, gfp_t gfp);
size_t ksize(const void *p);
void kfree(const void *p);
#define kvmalloc(s, g)		kmalloc(s, g)
#define kvzalloc(s, g)		kzalloc(s, g)
#define kvfree(p)		kfree(p)
#define kmalloc_obj(t, ...)	((typeof(t) *)kmalloc(sizeof(t), GFP_KERNEL))
#define kzalloc_flex(v, member, n, gfp) ((typeof(v) *)kzalloc(struct_size(&(v), member, n), gfp))

struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align,
				     slab_flags_t flags, void (*ctor)(void *));
void kmem_cache_destroy(struct kmem_cache *cache);
void *kmem_cache_alloc(struct kmem_cache *cache, gfp_t gfp);
void *kmem_cache_zalloc(struct kmem_cache *cache, gfp_t gfp);
void *kmem_cache_alloc_lru(struct kmem_cache *cache, struct list_lru *lru, gfp_t gfp);
void kmem_cache_free(struct kmem_cache *cache, void *p);

#endif
