/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bit operations. In the threads build the atomic ones are atomic, and as ordered as
 * the kernel promises; elsewhere one thread runs at a time and plain ones do.
 */
#ifndef _LINUX_BITOPS_H
#define _LINUX_BITOPS_H

#include <linux/bits.h>
#include <linux/types.h>

#define hweight_long(w)	((unsigned int)__builtin_popcountl(w))
#define hweight64(w)	((unsigned int)__builtin_popcountll(w))
#define hweight32(w)	((unsigned int)__builtin_popcount(w))
#define hweight8(w)	hweight32((u8)(w))
#define hweight16(w)	hweight32((u16)(w))
static inline unsigned long __ffs(unsigned long w) { return __builtin_ctzl(w); }
static inline unsigned long ffz(unsigned long w) { return __ffs(~w); }
static inline unsigned long __fls(unsigned long w) { return BITS_PER_LONG - 1 - __builtin_clzl(w); }
static inline int ffs(int w) { return __builtin_ffs(w); }
static inline int fls(unsigned int w) { return w ? 32 - __builtin_clz(w) : 0; }
static inline int fls64(u64 w) { return w ? 64 - __builtin_clzll(w) : 0; }
static inline int fls_long(unsigned long w) { return w ? (int)__fls(w) + 1 : 0; }

static inline bool test_bit(unsigned long nr, const volatile unsigned long *p)
{
	return (__atomic_load_n(&p[BIT_WORD(nr)], __ATOMIC_RELAXED) >> (nr % BITS_PER_LONG)) & 1;
}

static inline void __set_bit(unsigned long nr, volatile unsigned long *p)
{
	p[BIT_WORD(nr)] |= BIT_MASK(nr);
}

static inline void __clear_bit(unsigned long nr, volatile unsigned long *p)
{
	p[BIT_WORD(nr)] &= ~BIT_MASK(nr);
}

static inline bool __test_and_set_bit(unsigned long nr, volatile unsigned long *p)
{
	bool old = test_bit(nr, p);

	__set_bit(nr, p);
	return old;
}

static inline bool __test_and_clear_bit(unsigned long nr, volatile unsigned long *p)
{
	bool old = test_bit(nr, p);

	__clear_bit(nr, p);
	return old;
}

#ifdef CONFIG_LIBKERN_THREADS
#define LK_FETCH_OR(p, v, order)	__atomic_fetch_or((p), (v), __ATOMIC_##order)
#define LK_FETCH_AND(p, v, order)	__atomic_fetch_and((p), (v), __ATOMIC_##order)
#else
#define LK_FETCH_OR(p, v, order)	({ unsigned long __lk_o = *(p); *(p) |= (v); __lk_o; })
#define LK_FETCH_AND(p, v, order)	({ unsigned long __lk_o = *(p); *(p) &= (v); __lk_o; })
#endif

/* What returns a value is fully ordered, what returns none is not ordered at all. */
static inline bool test_and_set_bit(unsigned long nr, volatile unsigned long *p)
{
	return LK_FETCH_OR(&p[BIT_WORD(nr)], BIT_MASK(nr), SEQ_CST) & BIT_MASK(nr);
}

static inline bool test_and_clear_bit(unsigned long nr, volatile unsigned long *p)
{
	return LK_FETCH_AND(&p[BIT_WORD(nr)], ~BIT_MASK(nr), SEQ_CST) & BIT_MASK(nr);
}

static inline void set_bit(unsigned long nr, volatile unsigned long *p)
{
	(void)LK_FETCH_OR(&p[BIT_WORD(nr)], BIT_MASK(nr), RELAXED);
}

static inline void clear_bit(unsigned long nr, volatile unsigned long *p)
{
	(void)LK_FETCH_AND(&p[BIT_WORD(nr)], ~BIT_MASK(nr), RELAXED);
}

static inline bool test_and_set_bit_lock(unsigned long nr, volatile unsigned long *p)
{
	return LK_FETCH_OR(&p[BIT_WORD(nr)], BIT_MASK(nr), ACQUIRE) & BIT_MASK(nr);
}

static inline void clear_bit_unlock(unsigned long nr, volatile unsigned long *p)
{
	(void)LK_FETCH_AND(&p[BIT_WORD(nr)], ~BIT_MASK(nr), RELEASE);
}

/* A barrier and then set_bit(): a sanitizer sees no barriers. */
static inline void lk_set_bit_release(unsigned long nr, volatile unsigned long *p)
{
	(void)LK_FETCH_OR(&p[BIT_WORD(nr)], BIT_MASK(nr), RELEASE);
}

static inline bool test_bit_acquire(unsigned long nr, const volatile unsigned long *p)
{
	return (__atomic_load_n(&p[BIT_WORD(nr)], __ATOMIC_ACQUIRE) >> (nr % BITS_PER_LONG)) & 1;
}

#define __assign_bit(nr, p, v)	((v) ? __set_bit(nr, p) : __clear_bit(nr, p))

#include <linux/find.h>
#define for_each_set_bit(bit, p, size) \
	for ((bit) = find_first_bit((p), (size)); (bit) < (size); \
	     (bit) = find_next_bit((p), (size), (bit) + 1))

#endif
