/* SPDX-License-Identifier: GPL-2.0-only */
/* Functions that exist so that the tree's files link, and abort when called. */
#ifndef LIBKERN_UNIMPLEMENTED_H
#define LIBKERN_UNIMPLEMENTED_H

#include <libkern/host.h>

/**
 * lk_unimplemented() - end the case: an unimplemented function was called
 * @name: the function
 * @caller: the place that called it
 */
#define lk_unimplemented(name, caller) \
	lk_die(LK_DEATH_STUB, "%s is not implemented, called from %s", (name), (caller))

/* A whole function body: names itself and its caller. */
#define LK_ABORT_STUB(ret, name, args...)				\
ret name(args)								\
{									\
	char buf[128];							\
									\
	lk_unimplemented(#name, lk_host_symbol(__builtin_return_address(0), buf, sizeof(buf))); \
}

#endif
