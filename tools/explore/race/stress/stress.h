/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The scenarios of the race search on real threads: what the two worlds share.
 *
 *	hooks.c		where delays go (kernel world)
 *	host/		threads, delays, processes, the terminal (host world)
 */
#ifndef STRESS_H
#define STRESS_H

#include "../race.h"

/* --- the crew (host), for the kernel world ------------------------------------ */

/* A point of a task: perhaps others run first. */
void stress_point(void);
/* The number of the task that runs, or -1 for whoever conducts them. */
int stress_self(void);

/* --- the hooks (kernel world), for the host ----------------------------------- */

/* A task has done its work; looks at what it holds. */
void stress_ended(unsigned int task);
/* What a task waits for, for people. */
void stress_waits(unsigned int task, char *buf, unsigned int size);

#endif /* STRESS_H */
