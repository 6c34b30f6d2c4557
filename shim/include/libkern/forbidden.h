/* SPDX-License-Identifier: GPL-2.0-only */
/* Stubs for variables; compiled in both worlds. See shim/host/forbid.c. */
#ifndef LIBKERN_FORBIDDEN_H
#define LIBKERN_FORBIDDEN_H

/* As large as the largest page that a host may have. */
#define LK_FORBIDDEN_SIZE	65536

/**
 * struct lk_forbidden - a variable that nobody may look at
 * @name: its name
 * @room: where it would be
 */
struct lk_forbidden {
	const char *name;
	const void *room;
};

/* A whole definition: whoever touches it ends its case. */
#define LK_FORBIDDEN(name)						\
char name[LK_FORBIDDEN_SIZE] __attribute__((aligned(LK_FORBIDDEN_SIZE)));	\
static const struct lk_forbidden lk_forbidden_##name			\
	__attribute__((used, section("lk_forbidden"))) = { #name, name }

#endif /* LIBKERN_FORBIDDEN_H */
