// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a task does at a point: mostly nothing. In each round one point of each task,
 * by chance, is slept at for as long as the others take for all they do, which is what
 * a preemption there would be; other rounds are made uneven at many points, and some
 * are left alone.
 */
#include <sched.h>
#include <time.h>

#include "crew.h"

#define SLEEP_NS	30000
#define SPIN		400

enum style { PLAIN, SLEEP, YIELD, SPINS, STYLES };

static _Thread_local struct {
	race_u64	rnd;
	unsigned int	style;
	unsigned int	at;		/* points seen in this round */
	unsigned int	last;		/* in the one before */
	unsigned int	sleep_at;
} own;

static unsigned int chance(unsigned int of)
{
	own.rnd = own.rnd * 6364136223846793005ULL + 1442695040888963407ULL;
	return (own.rnd >> 33) % of;
}

/**
 * delay_begin() - a round begins, for the running thread
 * @seed: decides where it is delayed
 */
void delay_begin(race_u64 seed)
{
	own.rnd = seed;
	chance(1);
	own.last = own.at;
	own.at = 0;
	/* to be met at one of many points takes more rounds than anything else */
	own.style = chance(2 * STYLES);
	if (own.style >= STYLES)
		own.style = SLEEP;
	own.sleep_at = 1 + chance(own.last + 1);
}

void stress_point(void)
{
	const struct timespec ts = { .tv_nsec = SLEEP_NS + chance(SLEEP_NS) };
	volatile unsigned int i;

	own.at++;
	switch (own.style) {
	case SLEEP:
		if (own.at == own.sleep_at)
			nanosleep(&ts, NULL);
		break;
	case YIELD:
		if (!chance(8))
			sched_yield();
		break;
	case SPINS:
		for (i = chance(4) ? 0 : chance(SPIN); i; i--)
			;
	}
}
