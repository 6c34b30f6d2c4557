/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The seam between the models and whatever runs a case. Compiled in the kernel
 * world and in the host world, so it uses no type of either.
 *
 * A splat is anything that a kernel would have put on its console: a WARN, a
 * broken lock rule, a leak. The models only record splats; the runner decides
 * which case fails by them.
 */
#ifndef LIBKERN_CASE_H
#define LIBKERN_CASE_H

enum lk_splat_kind {
	LK_SPLAT_WARN,		/* WARN_ON() and relatives */
	LK_SPLAT_LOCK,		/* lock rules */
	LK_SPLAT_LEAK,		/* memory, folios, references, locks held at the end */
	LK_SPLAT_MODEL,		/* the caller used a model in a way no kernel allows */
};

enum lk_death_kind {
	LK_DEATH_BUG,		/* BUG(), or a state no kernel survives */
	LK_DEATH_STUB,		/* an unimplemented function was called */
	LK_DEATH_DEADLOCK,	/* a wait that nobody can end */
};

/* Longest text of one splat, in bytes with the final NUL. */
#define LK_SPLAT_TEXT	1024
/* Splats kept per case; later ones are only counted. */
#define LK_SPLAT_MAX	16

/**
 * lk_case_begin() - forget all splats and take the leak baseline
 *
 * Called before a case's init. Also switches fault injection off.
 */
void lk_case_begin(void);

/**
 * lk_case_end() - look for what the case left behind
 *
 * Called after a case's exit and after its resources are gone. What is left
 * (memory, folios, references, held locks) becomes splats.
 */
void lk_case_end(void);

/**
 * lk_splat() - record a splat for the running case
 * @kind: what kind of rule was broken
 * @fmt: printf format; name both places where two are involved
 */
void lk_splat(enum lk_splat_kind kind, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * lk_splat_count() - how many splats since lk_case_begin()
 *
 * Return: the number, which may exceed %LK_SPLAT_MAX.
 */
unsigned int lk_splat_count(void);

/**
 * lk_splat_text() - text of one splat
 * @i: index below both lk_splat_count() and %LK_SPLAT_MAX
 *
 * Return: the text, without a final newline.
 */
const char *lk_splat_text(unsigned int i);

/**
 * lk_splat_kind() - kind of one splat
 * @i: as for lk_splat_text()
 */
enum lk_splat_kind lk_splat_kind(unsigned int i);

/**
 * lk_splat_take() - let a case that expects splats take them away
 * @kind: only splats of this kind
 *
 * Return: how many were there; they no longer fail the case.
 */
unsigned int lk_splat_take(enum lk_splat_kind kind);

/**
 * lk_die() - the code under test cannot go on
 * @kind: why
 * @fmt: printf format; for %LK_DEATH_STUB the name and the caller
 *
 * Reports through lk_host_died() and does not return.
 */
void lk_die(enum lk_death_kind kind, const char *fmt, ...)
	__attribute__((noreturn, format(printf, 2, 3)));

#endif /* LIBKERN_CASE_H */
