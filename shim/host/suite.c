// SPDX-License-Identifier: GPL-2.0-only
/*
 * Follows one suite through the events of its children, of which there are
 * several when cases die, and sees to it that every case of the plan gets
 * exactly one result.
 */
#include <stdlib.h>
#include <string.h>

#include "suite.h"

struct verdict verdict;

void tally_add(struct tally *t, enum lk_status status)
{
	if (status == LK_PASS)
		t->pass++;
	else if (status == LK_FAIL)
		t->fail++;
	else
		t->skip++;
}

unsigned long tally_total(const struct tally *t)
{
	return t->pass + t->fail + t->skip;
}

static enum lk_status tally_status(const struct tally *t)
{
	if (t->fail)
		return LK_FAIL;
	return t->pass ? LK_PASS : LK_SKIP;
}

static unsigned int wanted_cases(const struct suite *s)
{
	unsigned int i, n = 0;

	for (i = 0; i < lk_kunit_cases(s->nr); i++)
		n += !!lk_run_wanted(s->nr, i);
	return n;
}

unsigned int suite_wanted_from(const struct suite *s, unsigned int i)
{
	while (i < lk_kunit_cases(s->nr) && !lk_run_wanted(s->nr, i))
		i++;
	return i;
}

struct suite *suite_begin(unsigned int nr, unsigned int number)
{
	struct suite *s = calloc(1, sizeof(*s));

	if (!s)
		out_of_memory(sizeof(*s));
	s->nr = nr;
	s->number = number;
	s->name = lk_kunit_suite_name(nr);
	s->next_case = suite_wanted_from(s, 0);
	leaf_begin(&s->leaf, s->name, NULL);
	return s;
}

static void print_header(struct suite *s)
{
	if (!s->header)
		ktap_subtest(1, s->name, wanted_cases(s));
	s->header = true;
}

/* Counts the leaf, writes it to the result and forgets it. */
void suite_leaf_done(struct suite *s, enum lk_status status, const char *comment)
{
	struct leaf *leaf = &s->leaf;

	ktap_left_out(leaf);
	leaf->status = status;
	if (status == LK_SKIP && comment)
		leaf->comment = strdup(comment);
	if (status == LK_FAIL)
		leaf_reason(leaf, "failed");
	tally_add(&verdict.leaves, status);
	tally_add(&s->leaves, status);
	if (status == LK_FAIL && leaf->death && !strcmp(leaf->death, "stub"))
		verdict.stubs++;
	json_leaf(leaf);
	s->sanitizer = false;
}

void suite_case_begin(struct suite *s, unsigned int nr)
{
	s->phase = PH_CASE;
	if (s->in_case && s->case_nr == nr)
		return;		/* goes on in a new child */
	s->case_nr = nr;
	s->in_case = true;
	s->has_params = lk_kunit_case_has_params(s->nr, nr);
	s->param = 0;
	s->deaths = 0;
	memset(&s->params, 0, sizeof(s->params));
	leaf_begin(&s->leaf, s->name, lk_kunit_case_name(s->nr, nr));
	if (s->has_params)
		ktap_subtest(2, s->leaf.name, -1);
}

void suite_case_end(struct suite *s, enum lk_status status, const char *comment)
{
	if (s->has_params)
		ktap_stats(1, s->leaf.name, &s->params);
	s->results++;
	ktap_result(1, status, s->results, s->leaf.name, comment);
	tally_add(&s->cases, status);
	leaf_begin(&s->leaf, s->name, NULL);
	s->in_case = false;
	s->phase = PH_BETWEEN;
	s->next_case = suite_wanted_from(s, s->case_nr + 1);
	s->next_param = 0;
}

static void begin_param(struct suite *s, unsigned int nr, const char *desc)
{
	s->phase = PH_PARAM;
	s->param = nr;
	leaf_begin(&s->leaf, s->name, lk_kunit_case_name(s->nr, s->case_nr));
	s->leaf.param = strdup(desc);
	s->leaf.index = nr;
}

void suite_param_end(struct suite *s, enum lk_status status,
		     const char *comment)
{
	suite_leaf_done(s, status, comment);
	ktap_result(2, status, s->param + 1, s->leaf.param, comment);
	tally_add(&s->params, status);
	s->phase = PH_CASE;
	s->next_case = s->case_nr;
	s->next_param = s->param + 1;
	leaf_begin(&s->leaf, s->name, lk_kunit_case_name(s->nr, s->case_nr));
}

/* For what goes wrong in a case outside of its parameters: kunit.py counts
 * these only, so it becomes one of them.
 */
void suite_fail_as_param(struct suite *s, const char *desc)
{
	struct leaf *leaf = &s->leaf;

	s->param = 0;
	if (s->next_case == s->case_nr)
		s->param = s->next_param;
	leaf->param = strdup(desc);
	leaf->index = s->param;
	suite_param_end(s, LK_FAIL, NULL);
}

void suite_result(struct suite *s, enum lk_status status, const char *comment)
{
	if (s->phase == PH_PARAM) {
		suite_param_end(s, status, comment);
	} else if (s->phase == PH_CASE && s->in_case) {
		suite_leaf_done(s, status, comment);
		suite_case_end(s, status, comment);
	}
}

static void case_done(struct suite *s)
{
	enum lk_status status;

	if (!s->in_case)
		return;
	if (s->sanitizer)
		suite_fail_as_param(s, "sanitizer report at the end of the case");
	if (!tally_total(&s->params)) {
		/* As the kernel has it; but say why. */
		suite_leaf_done(s, LK_SKIP, "no parameters");
		suite_case_end(s, LK_SKIP, "no parameters");
		return;
	}
	status = tally_status(&s->params);
	suite_case_end(s, status, "");
}

void suite_event(struct suite *s, enum lk_event event, int number,
		 const char *text)
{
	char why[80];

	switch (event) {
	case LK_EV_INIT:
		s->phase = PH_INIT;
		break;
	case LK_EV_INIT_DONE:
		s->phase = PH_BETWEEN;
		if (number) {
			snprintf(why, sizeof(why), "failed to initialize (%d)",
				 number);
			suite_init_failed(s, why);
			s->phase = PH_DONE;
			break;
		}
		print_header(s);
		if (s->sanitizer || s->leaf.splats.n)
			suite_fail(s, NULL);
		break;
	case LK_EV_CASE:
		suite_case_begin(s, number);
		break;
	case LK_EV_PARAM:
		begin_param(s, number, text);
		break;
	case LK_EV_CASE_DONE:
		case_done(s);
		break;
	case LK_EV_EXIT:
		s->phase = PH_EXIT;
		break;
	case LK_EV_DONE:
		if (s->sanitizer || s->leaf.splats.n)
			suite_fail(s, NULL);
		s->phase = PH_DONE;
		break;
	}
}

bool suite_ended(struct suite *s)
{
	return s->phase == PH_DONE;
}

/**
 * suite_next() - where a further child should begin
 * @s: the suite
 * @first_case: set to the number of the case
 * @first_param: set to that of its parameter
 *
 * Return: false when none is needed: all cases have their result and
 * suite_exit, where there is one, has run.
 */
bool suite_next(struct suite *s, unsigned int *first_case,
		unsigned int *first_param)
{
	if (s->given_up || s->phase == PH_DONE)
		return false;
	if (s->phase != PH_START && s->next_case >= lk_kunit_cases(s->nr) &&
	    !lk_kunit_suite_has_exit(s->nr))
		return false;
	s->phase = PH_START;
	*first_case = s->next_case;
	*first_param = s->next_param;
	return true;
}

/**
 * suite_end() - print the suite's own result and forget it
 * @s: the suite
 */
void suite_end(struct suite *s)
{
	enum lk_status status = tally_status(&s->cases);

	if (s->failed)
		status = LK_FAIL;
	if (s->header) {
		ktap_stats(0, s->name, &s->cases);
		if (tally_total(&s->leaves) > 1)
			ktap_stats(0, NULL, &s->leaves);
	}
	ktap_result(0, status, s->number, s->name, "");
	fflush(stdout);
	verdict.run++;
	leaf_clear(&s->leaf);
	free(s);
}

/**
 * suite_interrupted() - say on stderr what of the suite did not run
 * @s: the suite, which is forgotten
 */
void suite_interrupted(struct suite *s)
{
	unsigned int i;

	for (i = s->next_case; i < lk_kunit_cases(s->nr);
	     i = suite_wanted_from(s, i + 1))
		fprintf(stderr, "not run: %s.%s\n", s->name,
			lk_kunit_case_name(s->nr, i));
	leaf_clear(&s->leaf);
	free(s);
}
