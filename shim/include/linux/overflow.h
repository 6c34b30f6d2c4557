/* SPDX-License-Identifier: GPL-2.0-only */
/* Arithmetic that says when it does not fit. */
#ifndef _LINUX_OVERFLOW_H
#define _LINUX_OVERFLOW_H

#include <linux/limits.h>
#include <linux/types.h>

#define check_add_overflow(a, b, d)	__builtin_add_overflow(a, b, d)
#define check_sub_overflow(a, b, d)	__builtin_sub_overflow(a, b, d)
#define check_mul_overflow(a, b, d)	__builtin_mul_overflow(a, b, d)

/* Saturate: no allocator grants SIZE_MAX. */
static inline size_t size_mul(size_t a, size_t b)
{
	size_t r;

	return __builtin_mul_overflow(a, b, &r) ? SIZE_MAX : r;
}

static inline size_t size_add(size_t a, size_t b)
{
	size_t r;

	return __builtin_add_overflow(a, b, &r) ? SIZE_MAX : r;
}

#define array_size(a, b)	size_mul(a, b)
#define flex_array_size(p, m, n)	size_mul(sizeof(*(p)->m), (n))
#define struct_size(p, m, n)	size_add(sizeof(*(p)), flex_array_size(p, m, n))
#define struct_size_t(t, m, n)	struct_size((t *)NULL, m, n)

#endif
