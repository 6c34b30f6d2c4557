// SPDX-License-Identifier: GPL-2.0-only
/* setjmp() for a world without it. */
#include <pthread.h>
#include <setjmp.h>
#include <unistd.h>

#include "run.h"

struct try {
	jmp_buf env;
	struct try *outer;
};

static __thread struct try *innermost;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

int lk_run_try(void (*fn)(void *context), void *context)
{
	struct try try = { .outer = innermost };
	int threw = 1;

	innermost = &try;
	if (!_setjmp(try.env)) {
		fn(context);
		threw = 0;
	}
	innermost = try.outer;
	return threw;
}

void lk_run_throw(void)
{
	if (innermost)
		_longjmp(innermost->env, 1);
	if (gettid() == getpid())
		lk_die(LK_DEATH_BUG, "assertion or skip outside of a case");
	/* A helper thread: the case hears of it when it joins the thread. */
	pthread_exit(NULL);
}

void lk_run_lock(void)
{
	pthread_mutex_lock(&lock);
}

void lk_run_unlock(void)
{
	pthread_mutex_unlock(&lock);
}
