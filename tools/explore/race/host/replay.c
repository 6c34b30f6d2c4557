// SPDX-License-Identifier: GPL-2.0-only
/* One schedule once more, and how it is written: a17b4a3 is 17 steps of the first
 * task, 4 of the second, 3 of the first.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"

static const unsigned char *wanted;
static unsigned int nwanted, at, preemptions, switches;
static int misfit;

/**
 * replay_start() - the next run is to be this one
 * @path: who makes each step
 * @steps: how many
 */
void replay_start(const unsigned char *path, unsigned int steps)
{
	wanted = path;
	nwanted = steps;
}

/**
 * replay_misfit() - where the run could not be what it was to be
 *
 * Return: the number of the step, or -1.
 */
int replay_misfit(void)
{
	return misfit;
}

unsigned int replay_preemptions(void)
{
	return preemptions;
}

unsigned int replay_switches(void)
{
	return switches;
}

static void begin(void)
{
	at = 0;
	misfit = -1;
	preemptions = 0;
	switches = 0;
}

static int pick(const struct choice *c)
{
	int next = pick_plain(c);

	if (at < nwanted && misfit < 0) {
		if (wanted[at] < c->ntasks && c->ready >> wanted[at] & 1)
			next = wanted[at];
		else
			misfit = at;
	}
	at++;
	if (c->current >= 0 && next != c->current) {
		switches++;
		preemptions += !c->forced && c->ready >> c->current & 1;
	}
	return next;
}

const struct sched replay = { begin, pick, 0, 0 };

/**
 * replay_print() - write a schedule down
 * @t: of the run
 * @buf: where it goes
 * @size: of @buf, in bytes
 */
void replay_print(const struct trace *t, char *buf, unsigned int size)
{
	unsigned int i, first, len = 0;

	buf[0] = '\0';
	for (i = 0; i < t->steps && len < size; i = first) {
		for (first = i; first < t->steps && t->path[first] == t->path[i]; first++)
			;
		len += snprintf(buf + len, size - len, "%c%u", 'a' + t->path[i], first - i);
	}
}

/**
 * replay_parse() - read what replay_print() wrote
 * @text: the schedule
 * @path: room for %RACE_STEPS; who makes each step
 * @steps: how many
 *
 * Return: what follows in @text, or NULL if it makes no sense.
 */
const char *replay_parse(const char *text, unsigned char *path, unsigned int *steps)
{
	unsigned long n;
	char *end;
	int task;

	*steps = 0;
	while (*text >= 'a' && *text < 'a' + RACE_TASKS) {
		task = *text - 'a';
		n = strtoul(text + 1, &end, 10);
		if (text[1] < '0' || text[1] > '9' || !n || n > RACE_STEPS - *steps)
			return NULL;
		memset(path + *steps, task, n);
		*steps += n;
		text = end;
	}
	return *steps ? text : NULL;
}
