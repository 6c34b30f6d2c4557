// SPDX-License-Identifier: GPL-2.0-only
/*
 * The list of splats of the running case, and the end of a case that cannot
 * go on.
 *
 * The list can lie in memory that the runner shares with its children, so that
 * the splats of a case that dies are not lost with it.
 */
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "run.h"

#define KINDS	(LK_SPLAT_MODEL + 1)

struct splats {
	unsigned int count[KINDS];	/* recorded, kept or not */
	unsigned int kept;
	struct {
		enum lk_splat_kind kind;
		char text[LK_SPLAT_TEXT];
	} splat[LK_SPLAT_MAX];
};

static struct splats own;
static struct splats *splats = &own;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

size_t lk_splat_store_size(void)
{
	return sizeof(struct splats);
}

void lk_splat_store_in(struct splats *shared)
{
	splats = shared;
}

void lk_splat_reset(void)
{
	pthread_mutex_lock(&lock);
	memset(splats->count, 0, sizeof(splats->count));
	splats->kept = 0;
	pthread_mutex_unlock(&lock);
}

void lk_splat(enum lk_splat_kind kind, const char *fmt, ...)
{
	va_list args;

	pthread_mutex_lock(&lock);
	__atomic_fetch_add(&splats->count[kind], 1, __ATOMIC_RELAXED);
	if (splats->kept < LK_SPLAT_MAX) {
		char *text = splats->splat[splats->kept].text;
		size_t len;

		va_start(args, fmt);
		vsnprintf(text, LK_SPLAT_TEXT, fmt, args);
		va_end(args);
		len = strlen(text);
		while (len && text[len - 1] == '\n')
			text[--len] = '\0';
		splats->splat[splats->kept].kind = kind;
		splats->kept++;
	}
	pthread_mutex_unlock(&lock);
}

unsigned int lk_splat_count(void)
{
	unsigned int i, n = 0;

	/* without the lock: an exhaustive run asks after each state */
	for (i = 0; i < KINDS; i++)
		n += __atomic_load_n(&splats->count[i], __ATOMIC_RELAXED);
	return n;
}

/* After lk_splat_take() more may be counted than are kept. */
const char *lk_splat_text(unsigned int i)
{
	if (i >= splats->kept || i >= LK_SPLAT_MAX)
		return "(text not kept)";
	splats->splat[i].text[LK_SPLAT_TEXT - 1] = '\0';
	return splats->splat[i].text;
}

enum lk_splat_kind lk_splat_kind(unsigned int i)
{
	unsigned int kind;

	if (i < splats->kept && i < LK_SPLAT_MAX)
		return splats->splat[i].kind;
	for (kind = 0; kind < KINDS - 1; kind++)
		if (splats->count[kind])
			break;
	return kind;
}

unsigned int lk_splat_take(enum lk_splat_kind kind)
{
	unsigned int i, n, left = 0;

	pthread_mutex_lock(&lock);
	n = splats->count[kind];
	__atomic_store_n(&splats->count[kind], 0, __ATOMIC_RELAXED);
	for (i = 0; i < splats->kept; i++) {
		if (splats->splat[i].kind == kind)
			continue;
		if (i != left)
			splats->splat[left] = splats->splat[i];
		left++;
	}
	splats->kept = left;
	pthread_mutex_unlock(&lock);
	return n;
}

const char *lk_splat_name(enum lk_splat_kind kind)
{
	static const char *const names[KINDS] = {
		[LK_SPLAT_WARN] = "warn",
		[LK_SPLAT_LOCK] = "lock",
		[LK_SPLAT_LEAK] = "leak",
		[LK_SPLAT_MODEL] = "model",
	};

	return kind < KINDS ? names[kind] : "splat";
}

void lk_die(enum lk_death_kind kind, const char *fmt, ...)
{
	char text[LK_SPLAT_TEXT];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	lk_host_died(kind, text);
}
