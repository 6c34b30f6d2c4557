// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stacks, one for each task of a scene, and the switch between them. A task's
 * function never returns: it goes round once for each run.
 */
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "engine.h"
#include "run.h"

#define STACK	(256 * 1024)

void __sanitizer_start_switch_fiber(void **save, const void *bottom, size_t size)
	__attribute__((weak));
void __sanitizer_finish_switch_fiber(void *save, const void **bottom, size_t *size)
	__attribute__((weak));

static struct fiber {
	ucontext_t	context;
	void		*stack;		/* NULL: not yet begun; never for the caller's */
	const void	*bottom;	/* as the sanitizer knows it */
	size_t		size;
	void		*fake;
} fiber[RACE_TASKS + 1];

static unsigned int left;		/* the one that was switched away from */

static void arrived(unsigned int nr)
{
	struct fiber *from = &fiber[left];

	if (!__sanitizer_finish_switch_fiber)
		return;
	/* only the caller's own stack was not made here */
	__sanitizer_finish_switch_fiber(fiber[nr].fake, left == RACE_TASKS ? &from->bottom : NULL,
					left == RACE_TASKS ? &from->size : NULL);
}

static void begin(unsigned int nr)
{
	arrived(nr);
	fiber_body(nr);
}

static void make(unsigned int nr)
{
	struct fiber *f = &fiber[nr];

	/* a page below that nobody may touch: an overflow is to be seen */
	f->stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (f->stack == MAP_FAILED || mprotect(f->stack, 4096, PROT_NONE)) {
		perror("libkern: mmap");
		finish(EXIT_UNTESTED);
	}
	f->bottom = (char *)f->stack + 4096;
	f->size = STACK - 4096;
	getcontext(&f->context);
	f->context.uc_stack.ss_sp = (void *)f->bottom;
	f->context.uc_stack.ss_size = f->size;
	makecontext(&f->context, (void (*)(void))begin, 1, nr);
}

/**
 * fiber_switch() - go on elsewhere
 * @from: who calls
 * @to: whose stack it is to be; %RACE_TASKS is that of the process
 */
void fiber_switch(unsigned int from, unsigned int to)
{
	volatile bool back = false;

	if (to < RACE_TASKS && !fiber[to].stack)
		make(to);
	left = from;
	if (__sanitizer_start_switch_fiber)
		__sanitizer_start_switch_fiber(&fiber[from].fake, fiber[to].bottom,
					       fiber[to].size);
	/* swapcontext() in two: of that one ASan complains, whatever it was told above */
	getcontext(&fiber[from].context);
	if (!back) {
		back = true;
		setcontext(&fiber[to].context);
	}
	arrived(from);
}
