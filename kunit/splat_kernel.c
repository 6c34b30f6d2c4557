// SPDX-License-Identifier: GPL-2.0-only
/*
 * Splats inside a kernel: KUnit lets a case pass that made the kernel warn.
 *
 * A console of our own reads what the kernel says, as it says it. That sees
 * every kind of report (WARN, BUG, lockdep, KASAN, UBSAN) in every tree, in the
 * task that caused it, which tracepoints and taint flags do not.
 */
#include <kunit/test.h>
#include <linux/bug.h>
#include <linux/console.h>
#include <linux/debug_locks.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <asm/sections.h>

#include "world.h"
#include "world_kernel.h"

#define SPLAT_TEXT	160	/* bytes kept of the first splat of a case */

/* How the one line of each report begins that is printed once a report. */
static const char * const splat_words[] = {
	"WARNING: ", "BUG: ", "UBSAN: ", "INFO: task ", "INFO: rcu", "Oops: ",
};

static struct kunit *splat_test;
static unsigned int splat_count;
static char splat_first[SPLAT_TEXT];
static bool splat_lockdep_off;

/* Behind the time stamps and thread numbers "[...]" that lead a line. */
static const char *splat_behind_stamps(const char *s, const char *end)
{
	while (s < end && (*s == '[' || *s == ' ')) {
		const char *close = *s == '[' ? memchr(s, ']', end - s) : s;

		if (!close)
			break;
		s = close + 1;
	}
	return s;
}

static void splat_line(const char *s, const char *end)
{
	unsigned int i;
	size_t n;

	s = splat_behind_stamps(s, end);
	for (i = 0; i < ARRAY_SIZE(splat_words); i++) {
		n = strlen(splat_words[i]);
		if (end - s < n || memcmp(s, splat_words[i], n))
			continue;
		if (!splat_count++) {
			n = min_t(size_t, end - s, SPLAT_TEXT - 1);
			memcpy(splat_first, s, n);
			splat_first[n] = '\0';
		}
		return;
	}
}

/* May run anywhere, also in the middle of a report: counts, and no more. */
static void splat_write(struct console *con, const char *s, unsigned int len)
{
	const char *end = s + len;

	while (s < end) {
		const char *eol = memchr(s, '\n', end - s);

		if (!eol)
			eol = end;
		splat_line(s, eol);
		s = eol + 1;
	}
}

static struct console splat_console = {
	.name	= "libkern",
	.write	= splat_write,
	/* enabled without being named on the command line */
	.flags	= CON_ENABLED | CON_ANYTIME,
	.index	= -1,
};

/* What is still in the buffer reaches the consoles. */
static void splat_flush(void)
{
	console_lock();
	console_unlock();
}

/* Let each warning of the once-only kind speak again, as clear_warn_once does. */
static void splat_rearm(void)
{
#ifdef CONFIG_GENERIC_BUG
	generic_bug_clear_once();
#endif
	memset(__start_once, 0, __end_once - __start_once);
}

/**
 * splat_begin() - a case begins
 */
void splat_begin(void)
{
	static bool registered;

	if (!registered) {
		registered = true;
		register_console(&splat_console);
	}
	splat_test = current->kunit_test;
	splat_flush();
	splat_rearm();
	splat_count = 0;
}

/**
 * splat_end() - a case ends: what it has not expected fails it
 */
void splat_end(void)
{
	splat_flush();
	if (splat_test && splat_count)
		KUNIT_FAIL(splat_test, "%u splats that nobody expected, the first: %s",
			   splat_count, splat_first);
	/* Older kernels skip a parameter without a word. */
	if (splat_test && splat_test->param_value && splat_test->status == KUNIT_SKIPPED)
		pr_info("# libkern: skipped: %s\n", splat_test->status_comment);
#ifdef CONFIG_LOCKDEP
	/* Whoever reads the KTAP boots afresh before the next suite. */
	if (!debug_locks && !splat_lockdep_off) {
		splat_lockdep_off = true;
		pr_info("# libkern: lockdep has switched itself off\n");
	}
#endif
	splat_test = NULL;
	splat_count = 0;
}

unsigned int world_splats(void)
{
	return splat_count;
}

int world_take_splats(void)
{
	unsigned int n;

	splat_flush();
	n = splat_count;
	splat_count = 0;
	if (n)
		pr_info("# libkern: %u splats expected\n", n);
	return n;
}

void world_note(const char *key, const char *text)
{
	pr_info("# libkern: note: %s: %s\n", key, text);
}
