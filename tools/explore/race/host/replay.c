// SPDX-License-Identifier: GPL-2.0-only
/*
 * One schedule once more, and how it is written: a17b4a3 is 17 steps of the first
 * task, 4 of the second, 3 of the first. Behind that stands for each of these
 * stretches what the steps up to its end were, in four digits.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"

static const unsigned char *wanted;
static unsigned int nwanted, at;
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

static void begin(void)
{
	at = 0;
	misfit = -1;
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
	return next;
}

const struct sched replay = { begin, pick, 0, 0 };

/* Where the stretch of one task ends that begins at @first. */
static unsigned int stretch(const unsigned char *path, unsigned int steps, unsigned int first)
{
	unsigned int i = first;

	while (i < steps && path[i] == path[first])
		i++;
	return i;
}

/**
 * replay_print() - write a schedule down
 * @t: of the run
 * @buf: where it goes
 * @size: of @buf, in bytes
 */
void replay_print(const struct trace *t, char *buf, unsigned int size)
{
	unsigned int i, behind, len = 0;

	buf[0] = '\0';
	for (i = 0; i < t->steps && len < size; i = behind) {
		behind = stretch(t->path, t->steps, i);
		len += snprintf(buf + len, size - len, "%c%u", 'a' + t->path[i], behind - i);
	}
	if (len < size)
		len += snprintf(buf + len, size - len, ":");
	for (i = 0; i < t->steps && len < size; i = behind) {
		behind = stretch(t->path, t->steps, i);
		len += snprintf(buf + len, size - len, "%04x", t->sum[behind - 1]);
	}
}

/**
 * replay_parse() - read what replay_print() wrote
 * @text: the schedule
 * @s: filled in
 *
 * Return: false if it makes no sense.
 */
bool replay_parse(const char *text, struct schedule *s)
{
	unsigned int i, sum;
	unsigned long n;
	char *end;
	int task, used;

	s->steps = 0;
	while (*text >= 'a' && *text < 'a' + RACE_TASKS) {
		task = *text - 'a';
		n = strtoul(text + 1, &end, 10);
		if (text[1] < '0' || text[1] > '9' || !n || n > RACE_STEPS - s->steps)
			return false;
		memset(s->path + s->steps, task, n);
		s->steps += n;
		text = end;
	}
	if (!s->steps || *text++ != ':')
		return false;
	for (i = 0; i < s->steps; text += 4) {
		if (sscanf(text, "%4x%n", &sum, &used) != 1 || used != 4)
			return false;
		i = stretch(s->path, s->steps, i);
		s->sum[i - 1] = sum;
	}
	return !*text;
}

/**
 * replay_differs() - were the steps those that the schedule was made of?
 * @s: the schedule
 * @t: what was run
 * @first: if not, the first step of the stretch that differs
 *
 * Return: the last step of that stretch, or -1.
 */
int replay_differs(const struct schedule *s, const struct trace *t, unsigned int *first)
{
	unsigned int i;

	for (i = 0; i < s->steps; i = stretch(s->path, s->steps, i)) {
		unsigned int last = stretch(s->path, s->steps, i) - 1;

		*first = i;
		if (last >= t->steps || t->sum[last] != s->sum[last])
			return last;
	}
	*first = s->steps;
	return t->steps > s->steps ? (int)t->steps - 1 : -1;
}
