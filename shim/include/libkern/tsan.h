/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a model tells the thread sanitizer. The books of the models (lists of what is
 * alive) are guarded by locks that no kernel has; if they were seen, whoever
 * allocates would seem ordered behind everybody who has freed, and no race between
 * the two would be found. Nothing at all but in a build with that sanitizer.
 */
#ifndef LIBKERN_TSAN_H
#define LIBKERN_TSAN_H

#ifdef __has_feature
#if __has_feature(thread_sanitizer)
#define LK_TSAN	1
#endif
#endif
#ifdef __SANITIZE_THREAD__
#define LK_TSAN	1
#endif

#ifdef LK_TSAN
void AnnotateIgnoreSyncBegin(const char *file, int line);
void AnnotateIgnoreSyncEnd(const char *file, int line);
void AnnotateIgnoreReadsBegin(const char *file, int line);
void AnnotateIgnoreReadsEnd(const char *file, int line);
void AnnotateIgnoreWritesBegin(const char *file, int line);
void AnnotateIgnoreWritesEnd(const char *file, int line);
void __tsan_acquire(void *addr);
void __tsan_release(void *addr);
#endif

#include <linux/compiler.h>

/**
 * lk_unseen_begin() - up to lk_unseen_end() accesses are nobody's business
 */
static inline void lk_unseen_begin(void)
{
#ifdef LK_TSAN
	AnnotateIgnoreSyncBegin(__FILE__, __LINE__);
	AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
	AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
#endif
}

static inline void lk_unseen_end(void)
{
#ifdef LK_TSAN
	AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
	AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
	AnnotateIgnoreSyncEnd(__FILE__, __LINE__);
#endif
}

/**
 * lk_books_enter() - take a lock of the models' own, for a few instructions
 * @lock: 0 while nobody has it; no rule knows of it
 */
static inline void lk_books_enter(int *lock)
{
	lk_unseen_begin();
	while (__atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE))
		barrier();
}

static inline void lk_books_leave(int *lock)
{
	__atomic_store_n(lock, 0, __ATOMIC_RELEASE);
	lk_unseen_end();
}

/**
 * lk_before() - all up to here comes before what follows lk_behind() of the same address
 * @obj: the address
 *
 * For an order that something makes which the sanitizer does not see.
 */
static inline void lk_before(void *obj)
{
#ifdef LK_TSAN
	__tsan_release(obj);
#endif
}

static inline void lk_behind(void *obj)
{
#ifdef LK_TSAN
	__tsan_acquire(obj);
#endif
}

#endif
