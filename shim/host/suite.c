// SPDX-License-Identifier: GPL-2.0-only
/*
 * Follows one suite through the events of its children, of which there are
 * several when cases die, and sees to it that every case of the plan gets
 * exactly one result.
 */
#include <stdlib.h>
#include <string.h>

#include "run.h"

/* One case may cost this many children before the rest of it is given up. */
#define MAX_DEATHS	50
#define MAX_HANGS	3

enum phase {
	PH_START,	/* a child was started or is to be */
	PH_INIT,	/* in suite_init */
	PH_BETWEEN,	/* between two cases */
	PH_CASE,	/* in a case, or in its parameter generator */
	PH_PARAM,	/* in a parameter */
	PH_EXIT,	/* in suite_exit */
	PH_DONE,
};

struct suite {
	unsigned int nr;		/* of the suite, from 0 */
	unsigned int number;		/* in the plan, from 1 */
	const char *name;
	enum phase phase;

	unsigned int next_case;		/* where the next child begins */
	unsigned int next_param;
	unsigned int results;		/* cases that have theirs */
	bool header;			/* "# Subtest" is printed */
	bool failed;			/* by something that is no case */
	bool given_up;			/* no further child */

	unsigned int case_nr;
	bool in_case;			/* it has begun, its result is due */
	bool has_params;
	unsigned int param;
	unsigned int deaths, hangs;	/* of the current case */
	struct tally params;		/* of the current case */

	struct leaf leaf;
	bool sanitizer;			/* a report since the last result */
	struct tally cases, leaves;
};

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

static unsigned int wanted_from(const struct suite *s, unsigned int i)
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
	s->next_case = wanted_from(s, 0);
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
static void leaf_done(struct suite *s, enum lk_status status, const char *comment)
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

static void begin_case(struct suite *s, unsigned int nr)
{
	s->phase = PH_CASE;
	if (s->in_case && s->case_nr == nr)
		return;		/* goes on in a new child */
	s->case_nr = nr;
	s->in_case = true;
	s->has_params = lk_kunit_case_has_params(s->nr, nr);
	s->param = 0;
	s->deaths = 0;
	s->hangs = 0;
	memset(&s->params, 0, sizeof(s->params));
	leaf_begin(&s->leaf, s->name, lk_kunit_case_name(s->nr, nr));
	if (s->has_params)
		ktap_subtest(2, s->leaf.name, -1);
}

static void end_case(struct suite *s, enum lk_status status, const char *comment)
{
	if (s->has_params)
		ktap_stats(1, s->leaf.name, &s->params);
	s->results++;
	ktap_result(1, status, s->results, s->leaf.name, comment);
	tally_add(&s->cases, status);
	leaf_begin(&s->leaf, s->name, NULL);
	s->in_case = false;
	s->phase = PH_BETWEEN;
	s->next_case = wanted_from(s, s->case_nr + 1);
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

static void end_param(struct suite *s, enum lk_status status,
		      const char *comment)
{
	leaf_done(s, status, comment);
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
static void fail_as_param(struct suite *s, const char *desc)
{
	struct leaf *leaf = &s->leaf;

	s->param = s->next_case == s->case_nr ? s->next_param : 0;
	leaf->param = strdup(desc);
	leaf->index = s->param;
	end_param(s, LK_FAIL, NULL);
}

static void result(struct suite *s, enum lk_status status, const char *comment)
{
	if (s->phase == PH_PARAM) {
		end_param(s, status, comment);
	} else if (s->phase == PH_CASE && s->in_case) {
		leaf_done(s, status, comment);
		end_case(s, status, comment);
	}
}

static void case_done(struct suite *s)
{
	enum lk_status status;

	if (!s->in_case)
		return;
	if (s->sanitizer)
		fail_as_param(s, "sanitizer report at the end of the case");
	if (!tally_total(&s->params)) {
		/* As the kernel has it; but say why. */
		leaf_done(s, LK_SKIP, "no parameters");
		end_case(s, LK_SKIP, "no parameters");
		return;
	}
	status = tally_status(&s->params);
	end_case(s, status, "");
}

/* Something other than a case has failed. */
static void fail_suite(struct suite *s, const char *why)
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
	unsigned int i;

	s->given_up = true;
	if (s->in_case) {
		ktap_diag(&s->leaf, "%s", why);
		leaf_reason(&s->leaf, why);
		if (s->has_params)
			fail_as_param(s, "remaining parameters");
		else
			leaf_done(s, LK_FAIL, NULL);
		end_case(s, LK_FAIL, NULL);
	}
	for (i = s->next_case; i < lk_kunit_cases(s->nr);
	     i = wanted_from(s, i + 1)) {
		s->case_nr = i;
		s->has_params = false;
		leaf_begin(&s->leaf, s->name, lk_kunit_case_name(s->nr, i));
		ktap_diag(&s->leaf, "not run: %s", why);
		leaf_reason(&s->leaf, why);
		leaf_done(s, LK_FAIL, NULL);
		end_case(s, LK_FAIL, NULL);
	}
}

static void init_failed(struct suite *s, const char *why)
{
	/* In a later child the header is out, and the plan must add up. */
	if (s->header) {
		fail_rest(s, why);
	} else {
		fail_suite(s, why);
		s->given_up = true;
	}
}

static void event(struct suite *s, enum lk_event event, int number,
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
			init_failed(s, why);
			s->phase = PH_DONE;
			break;
		}
		print_header(s);
		if (s->sanitizer || s->leaf.splats.n)
			fail_suite(s, NULL);
		break;
	case LK_EV_CASE:
		begin_case(s, number);
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
			fail_suite(s, NULL);
		s->phase = PH_DONE;
		break;
	}
}

/* Most texts begin with their kind already. */
static void named(char *line, size_t size, const char *kind, const char *text)
{
	if (!strncasecmp(kind, text, strlen(kind)))
		snprintf(line, size, "%s", text);
	else
		snprintf(line, size, "%s: %s", kind, text);
}

static void splat(struct suite *s, enum lk_splat_kind kind, const char *text)
{
	const char *name = lk_splat_name(kind);
	char line[LK_SPLAT_TEXT + 32];

	named(line, sizeof(line), name, text);
	strings_add(&s->leaf.splats, text);
	strings_add(&s->leaf.kinds, name);
	leaf_reason(&s->leaf, line);
	ktap_diag(&s->leaf, "%s", line);
}

static void failure(struct suite *s, const char *text)
{
	const char *start = strstr(text, ": ");

	strings_add(&s->leaf.messages, text);
	/* Without "# case: ". */
	leaf_reason(&s->leaf, start ? start + 2 : text);
}

static void output(struct suite *s, const struct frame *frame)
{
	ktap_lines(&s->leaf, false, frame->text);
	if (frame->arg > frame->bytes)
		ktap_diag(&s->leaf, "%llu more bytes of output",
			  (unsigned long long)(frame->arg - frame->bytes));
}

static void death_frame(struct suite *s, const char *kind, const char *word,
			const char *text)
{
	char line[LK_SPLAT_TEXT + 32];

	s->leaf.death = kind;
	named(line, sizeof(line), word, text);
	ktap_diag(&s->leaf, "%s", line);
	leaf_reason(&s->leaf, line);
}

void suite_frame(struct suite *s, const struct frame *frame)
{
	static const char *const kinds[] = {
		[LK_DEATH_BUG] = "bug",
		[LK_DEATH_STUB] = "stub",
		[LK_DEATH_DEADLOCK] = "deadlock",
	};
	static const char *const words[] = {
		[LK_DEATH_BUG] = "BUG",
		[LK_DEATH_STUB] = "not implemented by libkern",
		[LK_DEATH_DEADLOCK] = "deadlock",
	};
	unsigned int kind = frame->number;

	switch (frame->type) {
	case FRAME_EVENT:
		event(s, frame->number, (int)frame->arg, frame->text);
		break;
	case FRAME_RESULT:
		s->leaf.ns = frame->arg;
		result(s, frame->number, frame->text);
		break;
	case FRAME_MESSAGE:
		if (frame->number >= 7 && !options.verbose)
			break;
		ktap_text(&s->leaf, frame->arg, frame->text);
		if (frame->arg)
			failure(s, frame->text);
		break;
	case FRAME_LOG:
		if (frame->number < 7 || options.verbose)
			ktap_lines(&s->leaf, false, frame->text);
		break;
	case FRAME_SPLAT:
		splat(s, frame->number, frame->text);
		break;
	case FRAME_OUTPUT:
		output(s, frame);
		break;
	case FRAME_SANITIZER:
		s->sanitizer = true;
		s->leaf.death = "sanitizer";
		leaf_reason(&s->leaf, frame->text);
		break;
	case FRAME_DEATH:
		if (kind < ARRAY_LEN(kinds))
			death_frame(s, kinds[kind], words[kind], frame->text);
		break;
	case FRAME_MEMORY:
		death_frame(s, "memory", "runs away with memory", frame->text);
		break;
	case FRAME_NOTE:
		json_note(frame->text, frame->text + strlen(frame->text) + 1);
		break;
	}
}

bool suite_ended(struct suite *s)
{
	return s->phase == PH_DONE;
}

/**
 * suite_next() - where a further child should begin
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

/* The splats of a case that died lie in the shared memory still. */
static void rescue_splats(struct suite *s)
{
	unsigned int i, n = lk_splat_count();

	for (i = 0; i < n && i < LK_SPLAT_MAX; i++)
		splat(s, lk_splat_kind(i), lk_splat_text(i));
	lk_splat_reset();
}

static bool give_up(struct suite *s)
{
	return s->deaths >= MAX_DEATHS || s->hangs >= MAX_HANGS;
}

static void case_died(struct suite *s)
{
	s->deaths++;
	if (!strcmp(s->leaf.death, "hang"))
		s->hangs++;
	if (s->phase == PH_PARAM) {
		end_param(s, LK_FAIL, NULL);
		if (!give_up(s))
			return;
		ktap_diag(&s->leaf, "the rest is left out after %u deaths",
			  s->deaths);
		leaf_reason(&s->leaf, "left out after too many deaths");
		fail_as_param(s, "remaining parameters");
	} else if (s->has_params) {
		/* Its generator, which the next child would call again. */
		fail_as_param(s, "parameter generator");
	} else {
		leaf_done(s, LK_FAIL, NULL);
	}
	end_case(s, LK_FAIL, NULL);
}

/**
 * suite_died() - a child has ended before the suite has
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

	snprintf(why, sizeof(why), "%s: %s",
		 phase == PH_EXIT ? "suite_exit" :
		 phase == PH_BETWEEN ? "between cases" : "suite_init",
		 s->leaf.reason);
	switch (phase) {
	case PH_START:
	case PH_INIT:
		init_failed(s, why);
		break;
	case PH_CASE:
	case PH_PARAM:
		case_died(s);
		break;
	case PH_BETWEEN:
	case PH_EXIT:
		fail_suite(s, why);
		/* A second child would do the same. */
		if (phase == PH_EXIT || s->deaths++ > MAX_HANGS)
			fail_rest(s, why);
		break;
	case PH_DONE:
		break;
	}
}

/**
 * suite_end() - print the suite's own result and forget it
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
 */
void suite_interrupted(struct suite *s)
{
	unsigned int i;

	for (i = s->next_case; i < lk_kunit_cases(s->nr);
	     i = wanted_from(s, i + 1))
		fprintf(stderr, "not run: %s.%s\n", s->name,
			lk_kunit_case_name(s->nr, i));
	leaf_clear(&s->leaf);
	free(s);
}
