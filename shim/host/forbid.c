// SPDX-License-Identifier: GPL-2.0-only
/*
 * Variables that the tree's files name and that nobody has defined: each stands
 * for itself in memory that must not be touched, so that no garbage is read.
 */
#include <stdlib.h>
#include <sys/mman.h>

#include "run.h"

void __asan_poison_memory_region(const volatile void *p, size_t size)
	__attribute__((weak));

extern const struct lk_forbidden __start_lk_forbidden[] __attribute__((weak));
extern const struct lk_forbidden __stop_lk_forbidden[] __attribute__((weak));

void forbid_init(void)
{
	const struct lk_forbidden *f;

	for (f = __start_lk_forbidden; f < __stop_lk_forbidden; f++) {
		/* LSan looks through all variables, and may look at these */
		if (__asan_poison_memory_region) {
			__asan_poison_memory_region(f->room, LK_FORBIDDEN_SIZE);
			continue;
		}
		if (mprotect((void *)f->room, LK_FORBIDDEN_SIZE, PROT_NONE)) {
			perror("libkern: mprotect");
			finish(EXIT_UNTESTED);
		}
	}
}

/* The variable that @addr lies in, or NULL; works in a signal handler. */
const char *forbid_name(uintptr_t addr)
{
	const struct lk_forbidden *f;

	for (f = __start_lk_forbidden; f < __stop_lk_forbidden; f++)
		if (addr - (uintptr_t)f->room < LK_FORBIDDEN_SIZE)
			return f->name;
	return NULL;
}
