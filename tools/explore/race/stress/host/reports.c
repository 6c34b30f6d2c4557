// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a sanitizer says in the processes of the scenes: kept until the end, so that a
 * report which many scenes make is shown once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../../host/numbers.h"
#include "crew.h"
#include "run.h"

#define REPORTS		64	/* different ones that are kept */
#define RULES		64	/* suppressions */
#define NAME		96

/* One that was made, by its last line. */
struct said {
	char	*text;
	char	*summary;
	unsigned int times;
	unsigned int scenes;
	unsigned int first;	/* of these */
	unsigned int last;
};

static int *fd;		/* one for each scene */
static struct said said[REPORTS];
static unsigned int nsaid;
static struct {
	char	name[NAME];
	unsigned long times;
} rule[RULES];
static unsigned int nrules;

static void no_file(const char *what)
{
	perror(what);
	finish(EXIT_UNTESTED);
}

/**
 * reports_open() - somewhere for each scene's process to write to
 */
void reports_open(void)
{
	unsigned int i;

	fd = calloc(race_scenes(), sizeof(*fd));
	if (!fd)
		out_of_memory(race_scenes() * sizeof(*fd));
	for (i = 0; i < race_scenes(); i++) {
		fd[i] = memfd_create("libkern-stress", MFD_CLOEXEC);
		if (fd[i] < 0)
			no_file("libkern: memfd_create");
	}
}

void reports_take(unsigned int scene)
{
	if (dup2(fd[scene], STDERR_FILENO) < 0)
		no_file("libkern: dup2");
}

/* The rules are there to be counted, so those count that nobody has needed, too. */
static void read_rules(void)
{
	char line[256], name[NAME];
	FILE *f;

	if (!asked.suppressions)
		return;
	f = fopen(asked.suppressions, "r");
	if (!f)
		no_file(asked.suppressions);
	while (nrules < RULES && fgets(line, sizeof(line), f))
		if (sscanf(line, "%95s", name) == 1 && name[0] != '#')
			strcpy(rule[nrules++].name, name);
	fclose(f);
}

/* "12 race_top:name", as the sanitizer adds them up at the end of a process. */
static void count_rule(const char *line)
{
	char name[NAME];
	unsigned long times;
	unsigned int i;

	if (sscanf(line, "%lu %95s", &times, name) != 2)
		return;
	for (i = 0; i < nrules; i++)
		if (!strcmp(rule[i].name, name))
			rule[i].times += times;
}

static void add(char *text, char *summary, unsigned int scene)
{
	unsigned int i;

	for (i = 0; i < nsaid && strcmp(said[i].summary, summary); i++)
		;
	if (i == REPORTS)
		return;
	if (i == nsaid) {
		said[nsaid++] = (struct said) { text, summary, 0, 1, scene, scene };
	} else if (said[i].last != scene) {
		said[i].last = scene;
		said[i].scenes++;
	}
	said[i].times++;
}

/* Everything that one process has written. */
static void take_apart(char *text, unsigned int scene)
{
	char *line, *next, *begin = NULL;
	bool rules = false;

	for (line = text; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next = '\0';
		if (strstr(line, "WARNING: ThreadSanitizer:"))
			begin = line;
		else if (begin && !strncmp(line, "SUMMARY: ThreadSanitizer: ", 26))
			add(begin, strdup(line + 26), scene), begin = NULL;
		else if (strstr(line, "ThreadSanitizer: Matched "))
			rules = true;
		else if (rules)
			count_rule(line);
		else if (!begin && jobs[scene].violated && *line && *line != '=' &&
			 strncmp(line, "ThreadSanitizer: reported", 25))
			fprintf(stderr, "%s\n", line);
		/* a report stays one text, up to its summary */
		if (next) {
			*next = begin ? '\n' : '\0';
			next++;
		}
	}
}

/**
 * reports_read() - all that was said
 *
 * Return: how many different reports there are.
 */
unsigned int reports_read(void)
{
	struct stat st;
	unsigned int i;
	char *text;

	read_rules();
	for (i = 0; i < race_scenes(); i++) {
		if (fstat(fd[i], &st) || !st.st_size)
			continue;
		text = calloc(1, st.st_size + 1);
		if (!text || pread(fd[i], text, st.st_size, 0) < 0)
			no_file("libkern: a report");
		take_apart(text, i);
	}
	return nsaid;
}

/**
 * reports_print() - each report once, and the suppressions
 * @w: what is asked for
 */
void reports_print(const struct wanted *w)
{
	char name[RACE_NAME];
	unsigned int i;

	for (i = 0; i < nsaid; i++) {
		race_scene_name(said[i].first, name, sizeof(name));
		printf("\nreport: %s\n%u time%s in %u scenario%s, %s among them\n%s\n",
		       said[i].summary, said[i].times, said[i].times == 1 ? "" : "s",
		       said[i].scenes, said[i].scenes == 1 ? "" : "s", name, said[i].text);
		words_again(w, said[i].first);
	}
	for (i = 0; i < nrules; i++) {
		if (rule[i].times)
			printf("suppressed: %s %s times\n", rule[i].name, grouped(rule[i].times));
		else
			printf("suppressed: %s, which nothing met\n", rule[i].name);
	}
}
