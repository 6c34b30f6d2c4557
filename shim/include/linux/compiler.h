/* SPDX-License-Identifier: GPL-2.0-only */
/* Branch hints and single accesses. */
#ifndef _LINUX_COMPILER_H
#define _LINUX_COMPILER_H

#include <linux/compiler_types.h>

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)
#define barrier()	__asm__ __volatile__("" : : : "memory")
#define unreachable()	__builtin_unreachable()
#define __UNIQUE_ID(p)	__LK_PASTE(__LK_PASTE(__UNIQUE_ID_, p), __COUNTER__)
#define __LK_PASTE(a, b)	__LK_PASTE2(a, b)
#define __LK_PASTE2(a, b)	a##b
#define ___PASTE(a, b)	a##b
#define __PASTE(a, b)	___PASTE(a, b)

/*
 * Volatile would do for one thread. Relaxed atomics do for real threads as
 * well, and tell TSan that the race is meant.
 */
#define READ_ONCE(x)	__atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, v) __atomic_store_n(&(x), (v), __ATOMIC_RELAXED)
#define data_race(x)	(x)
#define OPTIMIZER_HIDE_VAR(x)	__asm__ ("" : "+r" (x))
#define RELOC_HIDE(p, off)	((typeof(p))((unsigned long)(p) + (off)))

/* As gcc documents it: an integer constant expression or not. */
#define __is_constexpr(x) \
	(sizeof(int) == sizeof(*(1 ? ((void *)((long)(x) * 0l)) : (int *)1)))
#define is_signed_type(t)	(((t)(-1)) < (t)1)
#define is_unsigned_type(t)	(!is_signed_type(t))
#define statically_true(x)	(__builtin_constant_p(x) && (x))
#define const_true(x)		__builtin_choose_expr(__is_constexpr(x), x, 0)
#define __must_be_array(a)	BUILD_BUG_ON_ZERO(__same_type((a), &(a)[0]))

#define prevent_tail_call_optimization()	barrier()

#endif
