/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel world asks of the host. Compiled in both worlds; what has
 * the same name and meaning in both (memcpy, snprintf) is not listed here.
 */
#ifndef LIBKERN_HOST_H
#define LIBKERN_HOST_H

#include "case.h"

/**
 * lk_host_alloc() - memory from the host, not zeroed
 * @size: bytes
 * @align: alignment in bytes, a power of two; 0 for malloc()'s own
 *
 * Return: the memory. Never fails: running out of host memory ends the child.
 */
void *lk_host_alloc(__SIZE_TYPE__ size, __SIZE_TYPE__ align);

/**
 * lk_host_free() - give memory of lk_host_alloc() back
 * @p: the memory, or NULL
 */
void lk_host_free(void *p);

/**
 * lk_host_log() - one line of diagnostics of the running case (printk)
 * @level: the kernel's log level, 0 to 7
 * @text: the line; a final newline may be missing
 */
void lk_host_log(int level, const char *text);

/**
 * lk_host_died() - report the end of this child and end it
 * @kind: why
 * @text: one line for the user
 */
void lk_host_died(enum lk_death_kind kind, const char *text)
	__attribute__((noreturn));

/**
 * lk_host_symbol() - name the function that an address lies in
 * @addr: a code address
 * @buf: where the name goes
 * @size: of @buf, in bytes
 *
 * Return: @buf, with "0x…" where no name is known.
 */
const char *lk_host_symbol(const void *addr, char *buf, __SIZE_TYPE__ size);

/**
 * lk_host_option() - an option of the test binary's command line
 * @name: for instance "seek"
 *
 * Return: its value, or NULL where it was not given.
 */
const char *lk_host_option(const char *name);

#endif /* LIBKERN_HOST_H */
