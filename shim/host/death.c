// SPDX-License-Identifier: GPL-2.0-only
/*
 * What fails when a child has died, and how much of a suite can still be run.
 */
#include <string.h>

#include "suite.h"

/* One case may cost this many children before the rest of it is given up. */
#define MAX_DEATHS	50
/* Hangs take the whole time limit each, so a suite and a run may have few. */
#define MAX_HANGS	3
#define MAX_RUN_HANGS	6

/* Something other than a case has failed. */
void suite_fail(struct suite *s, const char *why)
{
	struct leaf *leaf = &s->leaf;

	s->failed = true;
	s->sanitizer = false;
	if (why)
		ktap_diag(leaf, "%s", why);
	leaf_reason(leaf, why ? why : "failed");
	ktap_left_out(leaf);
	leaf->status = LK_FAIL;
	json_leaf(leaf);
	/* kunit.py sees a suite's own failure only if there is nothing else. */
	if (s->header)
		verdict.suites++;
	else
		verdict.leaves.fail++;
	if (leaf->death && !strcmp(leaf->death, "stub"))
		verdict.stubs++;
}

/* Gives every case that has no result yet a failure. */
static void fail_rest(struct suite *s, const char *why)
{
	char not_run[LK_SPLAT_TEXT + 80];
	unsigned int i;

	s->given_up = true;
	if (s->in_case) {
		ktap_diag(&s->leaf, "%s", why);
		leaf_reason(&s->leaf, why);
		if (s->has_params)
			suite_fail_as_param(s, "remaining parameters");
		else
			suite_leaf_done(s, LK_FAIL, NULL);
		suite_case_end(s, LK_FAIL, NULL);
	}
	for (i = s->next_case; i < lk_kunit_cases(s->nr);
	     i = suite_wanted_from(s, i + 1)) {
		s->case_nr = i;
		s->has_params = false;
		leaf_begin(&s->leaf, s->name, lk_kunit_case_name(s->nr, i));
		snprintf(not_run, sizeof(not_run), "not run: %s", why);
		ktap_diag(&s->leaf, "%s", not_run);
		leaf_reason(&s->leaf, not_run);
		suite_leaf_done(s, LK_FAIL, NULL);
		suite_case_end(s, LK_FAIL, NULL);
	}
}

void suite_init_failed(struct suite *s, const char *why)
{
	/* In a later child the header is out, and the plan must add up. */
	if (s->header) {
		fail_rest(s, why);
	} else {
		suite_fail(s, why);
		s->given_up = true;
	}
}

/* The splats of a case that died lie in the shared memory still. */
static void rescue_splats(struct suite *s)
{
	unsigned int i, n = lk_splat_count();

	for (i = 0; i < n && i < LK_SPLAT_MAX; i++)
		suite_splat(s, lk_splat_kind(i), lk_splat_text(i));
	lk_splat_reset();
}

static bool give_up(struct suite *s)
{
	return s->deaths >= MAX_DEATHS || s->hangs >= MAX_HANGS;
}

/* Is there so much that hangs that the rest is not worth the wait? */
static bool hangs_on(const struct suite *s, char *why, size_t size)
{
	if (verdict.hangs >= MAX_RUN_HANGS)
		snprintf(why, size, "the run was given up after %u hangs",
			 verdict.hangs);
	else if (s->hangs >= MAX_HANGS)
		snprintf(why, size, "the suite was given up after %u hangs",
			 s->hangs);
	else
		return false;
	return true;
}

/**
 * suite_give_up() - fail a suite that has not begun if the run hangs too often
 * @s: the suite
 */
void suite_give_up(struct suite *s)
{
	char why[80], not_run[96];

	if (!hangs_on(s, why, sizeof(why)))
		return;
	snprintf(not_run, sizeof(not_run), "not run: %s", why);
	suite_init_failed(s, not_run);
}

static void case_died(struct suite *s)
{
	s->deaths++;
	if (s->phase == PH_PARAM) {
		suite_param_end(s, LK_FAIL, NULL);
		if (!give_up(s))
			return;
		ktap_diag(&s->leaf, "the rest is left out after %u deaths",
			  s->deaths);
		leaf_reason(&s->leaf, "left out after too many deaths");
		suite_fail_as_param(s, "remaining parameters");
	} else if (s->has_params) {
		/* Its generator, which the next child would call again. */
		suite_fail_as_param(s, "parameter generator");
	} else {
		suite_leaf_done(s, LK_FAIL, NULL);
	}
	suite_case_end(s, LK_FAIL, NULL);
}

/**
 * suite_died() - a child has ended before the suite has
 * @s: the suite
 * @death: what of, as far as the wait status tells
 */
void suite_died(struct suite *s, const struct death *death)
{
	char why[LK_SPLAT_TEXT + 64];
	enum phase phase = s->phase;

	if (!death->kind && phase == PH_BETWEEN)
		return;		/* worn out, not dead */
	if (!s->leaf.death) {
		s->leaf.death = death->kind ? death->kind : "exit";
		leaf_reason(&s->leaf, death->kind ? death->text :
						    "called exit(87)");
		if (phase == PH_CASE || phase == PH_PARAM)
			ktap_diag(&s->leaf, "%s", s->leaf.reason);
	}
	rescue_splats(s);
	if (!strcmp(s->leaf.death, "hang")) {
		s->hangs++;
		verdict.hangs++;
	}

	snprintf(why, sizeof(why), "%s: %s",
		 phase == PH_EXIT ? "suite_exit" :
		 phase == PH_BETWEEN ? "between cases" : "suite_init",
		 s->leaf.reason);
	switch (phase) {
	case PH_START:
	case PH_INIT:
		suite_init_failed(s, why);
		break;
	case PH_CASE:
	case PH_PARAM:
		case_died(s);
		break;
	case PH_BETWEEN:
	case PH_EXIT:
		suite_fail(s, why);
		/* A second child would do the same. */
		if (phase == PH_EXIT || s->deaths++ > MAX_HANGS)
			fail_rest(s, why);
		break;
	case PH_DONE:
		break;
	}
	if (!s->given_up && hangs_on(s, why, sizeof(why)))
		fail_rest(s, why);
}
