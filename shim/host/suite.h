/* SPDX-License-Identifier: GPL-2.0-only */
/* One suite while it runs, as the parent knows it. */
#ifndef LIBKERN_SUITE_H
#define LIBKERN_SUITE_H

#include "run.h"

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
	unsigned int deaths;		/* of the current case */
	unsigned int hangs;		/* of all cases */
	struct tally params;		/* of the current case */

	struct leaf leaf;
	bool sanitizer;			/* a report since the last result */
	struct tally cases, leaves;
};

/* suite.c */
unsigned int suite_wanted_from(const struct suite *s, unsigned int i);
void suite_case_begin(struct suite *s, unsigned int nr);
void suite_case_end(struct suite *s, enum lk_status status, const char *comment);
void suite_param_end(struct suite *s, enum lk_status status,
		     const char *comment);
void suite_leaf_done(struct suite *s, enum lk_status status,
		     const char *comment);
void suite_fail_as_param(struct suite *s, const char *desc);
void suite_event(struct suite *s, enum lk_event event, int number,
		 const char *text);
void suite_result(struct suite *s, enum lk_status status, const char *comment);

/* death.c */
void suite_fail(struct suite *s, const char *why);
void suite_init_failed(struct suite *s, const char *why);

/* message.c */
void suite_splat(struct suite *s, enum lk_splat_kind kind, const char *text);

#endif /* LIBKERN_SUITE_H */
