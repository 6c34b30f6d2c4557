/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The race stress, host side.
 *
 *	main.c		what is asked for; exit status
 *	crew.c		threads of one scene, round after round
 *	delay.c		what a task does at a point
 *	reports.c	what a sanitizer has said
 *	words.c		what is printed
 */
#ifndef STRESS_CREW_H
#define STRESS_CREW_H

#include "../../host/jobs.h"
#include "../stress.h"

/**
 * struct asked - what is asked for, beside struct wanted
 * @seconds: for all scenes
 * @slice: of these for each
 * @rounds: of each, instead; 0: for those seconds
 * @tsan: this program has the thread sanitizer
 * @suppressions: file of its suppressions, or NULL
 */
struct asked {
	double		seconds;
	double		slice;
	unsigned int	rounds;
	bool		tsan;
	const char	*suppressions;
};

extern struct asked asked;

/* crew.c */
void crew_work(const struct wanted *w, struct job *j);
race_u64 crew_mix(race_u64 a, race_u64 b);

/* delay.c */
void delay_begin(race_u64 seed);

/* reports.c */
void reports_open(void);
void reports_take(unsigned int scene);		/* in the child: what it says goes there */
unsigned int reports_read(void);		/* how many different ones */
void reports_print(const struct wanted *w);

/* words.c */
int words_report(const struct wanted *w, double seconds);
void words_space(const struct wanted *w);
void words_again(const struct wanted *w, unsigned int scene);

#endif /* STRESS_CREW_H */
