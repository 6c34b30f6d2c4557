// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a child wrote to stdout and stderr: mostly a sanitizer's report.
 */
#include <string.h>

#include "run.h"

/* Finds the line of a sanitizer's report that says what it is about. */
const char *sanitizer_report(const char *text, char *line, size_t size)
{
	static const char *const marks[] = {
		"ERROR: AddressSanitizer: ", "ERROR: LeakSanitizer: ",
		"WARNING: ThreadSanitizer: ", ": runtime error: ",
		"ERROR: UndefinedBehaviorSanitizer: ",
		"Sanitizer CHECK failed", "LeakSanitizer has encountered",
	};
	const char *first = NULL, *end, *pid;
	unsigned int i;

	for (i = 0; i < ARRAY_LEN(marks); i++) {
		const char *at = strstr(text, marks[i]);

		if (at && (!first || at < first))
			first = at;
	}
	if (!first)
		return NULL;
	end = first + strcspn(first, "\n");
	while (first > text && first[-1] != '\n')
		first--;
	/* "==PID==" would make each run's text another. */
	pid = strncmp(first, "==", 2) ? NULL : strstr(first + 2, "==");
	if (pid && pid < end)
		first = pid + 2;
	snprintf(line, size, "%.*s", (int)(end - first), first);
	/* Nor where things lay, " on address 0x… (pc 0x…)". */
	if (strstr(line, " on address"))
		*strstr(line, " on address") = '\0';
	return line;
}

/* The function part of a sanitizer's stack frame, or NULL if it is none. */
static const char *stack_frame(const char *line)
{
	const char *in;

	line += strspn(line, " ");
	if (*line != '#')
		return NULL;
	in = strstr(line, " in ");
	return in ? in + 4 : line;
}

/**
 * output_print() - show captured output as diagnostics of a case
 * @leaf: the case
 * @text: what was captured; is written to
 * @bytes: that were written, which may be more than were kept
 *
 * Of a stack, only what lies above the runner, and recursion once.
 */
void output_print(struct leaf *leaf, char *text, unsigned long long bytes)
{
	unsigned long long kept = strlen(text);
	const char *before = NULL;
	unsigned int again = 0;
	bool ours = false;
	char *line, *next;

	for (line = text; line; line = next) {
		const char *frame;

		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		frame = stack_frame(line);
		if (!frame)
			ours = false;
		else if (!strncmp(frame, "lk_run_try ", 11))
			ours = true;
		if (ours || !*line)
			continue;
		if (frame && before && !strcmp(frame, before)) {
			again++;
			continue;
		}
		if (again)
			ktap_diag(leaf, "the same %u times more", again);
		again = 0;
		before = frame;
		ktap_lines(leaf, false, line);
	}
	if (bytes > kept)
		ktap_diag(leaf, "%llu more bytes of output", bytes - kept);
}
