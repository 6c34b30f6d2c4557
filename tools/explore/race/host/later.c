// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory for the kernel world that is given back between two runs only: an address
 * used twice in one run would tie two objects to each other that have nothing in
 * common. A sanitizer sees to that by itself, and must see what is freed.
 */
#include <malloc.h>
#include <stdlib.h>

#include "engine.h"
#include "run.h"

void __asan_poison_memory_region(const volatile void *p, size_t size)
	__attribute__((weak));

struct freed {
	struct freed *next;
};

static struct freed *freed;

void *lk_host_alloc(size_t size, size_t align)
{
	void *p = NULL;

	if (size < sizeof(struct freed))
		size = sizeof(struct freed);
	if (align <= sizeof(void *))
		p = malloc(size);
	else if (posix_memalign(&p, align, size))
		p = NULL;
	if (!p)
		out_of_memory(size);
	return p;
}

void lk_host_free(void *p)
{
	struct freed *f = p;

	if (!p)
		return;
	engine_freed(p, malloc_usable_size(p));
	if (__asan_poison_memory_region) {
		free(p);
		return;
	}
	f->next = freed;
	freed = f;
}

/**
 * later_free() - a run is over
 */
void later_free(void)
{
	while (freed) {
		struct freed *next = freed->next;

		free(freed);
		freed = next;
	}
}
