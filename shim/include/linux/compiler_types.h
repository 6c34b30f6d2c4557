/* SPDX-License-Identifier: GPL-2.0-only */
/* Annotations and attributes. Sparse's have no meaning here. */
#ifndef _LINUX_COMPILER_TYPES_H
#define _LINUX_COMPILER_TYPES_H

#define __user
#define __kernel
#define __iomem
#define __percpu
#define __rcu
#define __force
#define __bitwise
#define __private
#define __nocast
#define __safe
#define __must_hold(x)
#define __acquires(x)
#define __releases(x)
#define __acquire(x)		((void)0)
#define __release(x)		((void)0)
#define __cond_lock(x, c)	(c)
#define __chk_user_ptr(x)	((void)0)

#define inline			inline __attribute__((__unused__))
#define __always_inline		inline __attribute__((__always_inline__))
#define noinline		__attribute__((__noinline__))
#define noinline_for_stack	noinline
#define __noreturn		__attribute__((__noreturn__))
#define __pure			__attribute__((__pure__))
#define __attribute_const__	__attribute__((__const__))
#define __packed		__attribute__((__packed__))
#define __aligned(x)		__attribute__((__aligned__(x)))
#define __printf(a, b)		__attribute__((__format__(printf, a, b)))
#define __maybe_unused		__attribute__((__unused__))
#define __always_unused		__attribute__((__unused__))
#define __must_check		__attribute__((__warn_unused_result__))
#define __malloc		__attribute__((__malloc__))
#define __section(s)		__attribute__((__section__(s)))
#define __weak			__attribute__((__weak__))
#define __used			__attribute__((__used__))
#define __cold			__attribute__((__cold__))
#define __visible
#define __deprecated
#define __counted_by(m)
#define __randomize_layout
#define __no_randomize_layout
#define randomized_struct_fields_start
#define randomized_struct_fields_end
#define __no_sanitize_or_inline	inline
#define __no_kasan_or_inline	inline
#define __nonstring
#define fallthrough		__attribute__((__fallthrough__))
#define asmlinkage
#define __init
#define __exit
#define __initdata
#define __ro_after_init
#define __read_mostly
#define ____cacheline_aligned
#define ____cacheline_aligned_in_smp

/*
 * Trees from about 6.16 declare with C23's auto. Without this gcc 12 takes
 * "auto x" for an int and only warns, and min() computes in int.
 */
#define auto			__auto_type

#define __same_type(a, b)	__builtin_types_compatible_p(typeof(a), typeof(b))
/* A value has no qualifiers, whatever it was read from. */
#define __unqual_scalar_typeof(x) typeof((typeof(x))(x))

#endif
