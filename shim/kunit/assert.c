// SPDX-License-Identifier: GPL-2.0-only
/*
 * The words of a check that did not hold, as Linux 6.12 has them, but without
 * its empty lines.
 */
#include <kunit/test.h>
#include <libkern/runner.h>

#include "text.h"

#define VALUE	KUNIT_SUBSUBTEST_INDENT

static void begin(struct lk_text *text, struct kunit *test,
		  const struct lk_check *check)
{
	kunit_set_failure(test);
	lk_text_add(text, KUNIT_SUBTEST_INDENT "# %s: %s FAILED at %s:%d\n",
		    test->name,
		    check->type == KUNIT_ASSERTION ? "ASSERTION" : "EXPECTATION",
		    check->file, check->line);
}

static void expected(struct lk_text *text, const struct lk_check *check)
{
	lk_text_add(text, KUNIT_SUBTEST_INDENT "Expected %s %s %s, but\n",
		    check->left, check->op, check->right);
}

/* Prints the text and, for an assertion, leaves the case. */
static void end(struct lk_text *text, struct kunit *test,
		const struct lk_check *check, const char *fmt, va_list args)
{
	if (fmt)
		lk_text_vadd(text, fmt, args);
	lk_run_message(3, 1, text->p);
	lk_text_free(text);
	if (check->type == KUNIT_ASSERTION)
		kunit_try_catch_throw(&test->try_catch);
}

void lk_check_fail(struct kunit *test, const struct lk_check *check,
		   const char *fmt, ...)
{
	struct lk_text text = { 0 };
	va_list args;

	va_start(args, fmt);
	begin(&text, test, check);
	end(&text, test, check, fmt, args);
	va_end(args);
}

void lk_check_bool(struct kunit *test, const struct lk_check *check,
		   bool wanted, const char *fmt, ...)
{
	struct lk_text text = { 0 };
	va_list args;

	va_start(args, fmt);
	begin(&text, test, check);
	lk_text_add(&text,
		    KUNIT_SUBTEST_INDENT "Expected %s to be %s, but is %s\n",
		    check->left, wanted ? "true" : "false",
		    wanted ? "false" : "true");
	end(&text, test, check, fmt, args);
	va_end(args);
}

/* "5 == 5" would tell the reader nothing. */
static void int_value(struct lk_text *text, const char *name, long long value)
{
	char literal[24];

	snprintf(literal, sizeof(literal), "%lld", value);
	if (strcmp(literal, name))
		lk_text_add(text, VALUE "%s == %lld (0x%llx)\n",
			    name, value, value);
}

void lk_check_int(struct kunit *test, const struct lk_check *check,
		  long long left, long long right, const char *fmt, ...)
{
	struct lk_text text = { 0 };
	va_list args;

	va_start(args, fmt);
	begin(&text, test, check);
	expected(&text, check);
	int_value(&text, check->left, left);
	int_value(&text, check->right, right);
	end(&text, test, check, fmt, args);
	va_end(args);
}

static void ptr_value(struct lk_text *text, const char *name, const void *value)
{
	lk_text_add(text, VALUE "%s == %0*lx\n", name,
		    (int)(2 * sizeof(value)), (unsigned long)value);
}

void lk_check_ptr(struct kunit *test, const struct lk_check *check,
		  const void *left, const void *right, const char *fmt, ...)
{
	struct lk_text text = { 0 };
	va_list args;

	va_start(args, fmt);
	begin(&text, test, check);
	expected(&text, check);
	ptr_value(&text, check->left, left);
	ptr_value(&text, check->right, right);
	end(&text, test, check, fmt, args);
	va_end(args);
}

static void str_value(struct lk_text *text, const char *name, const char *value)
{
	/* A literal: its own text between quotes. */
	if (*name != '"')
		lk_text_add(text, VALUE "%s == \"%s\"\n", name, value);
}

void lk_check_str(struct kunit *test, const struct lk_check *check,
		  const char *left, const char *right, const char *fmt, ...)
{
	struct lk_text text = { 0 };
	va_list args;

	va_start(args, fmt);
	begin(&text, test, check);
	expected(&text, check);
	str_value(&text, check->left, left);
	str_value(&text, check->right, right);
	end(&text, test, check, fmt, args);
	va_end(args);
}

void lk_check_not_err(struct kunit *test, const struct lk_check *check,
		      const void *ptr, const char *fmt, ...)
{
	struct lk_text text = { 0 };
	va_list args;

	va_start(args, fmt);
	begin(&text, test, check);
	if (!ptr)
		lk_text_add(&text,
			    KUNIT_SUBTEST_INDENT "Expected %s is not null, but is\n",
			    check->left);
	else
		lk_text_add(&text,
			    KUNIT_SUBTEST_INDENT "Expected %s is not error, but is: %ld\n",
			    check->left, PTR_ERR(ptr));
	end(&text, test, check, fmt, args);
	va_end(args);
}
