// SPDX-License-Identifier: GPL-2.0-only
/* What is known of the running case or parameter until it has its result. */
#include <stdlib.h>
#include <string.h>

#include "run.h"

/* Kept of all texts of one kind, in bytes. */
#define STRINGS_BYTES	(64 * 1024)
#define STRINGS_MAX	64

void strings_add(struct strings *s, const char *text)
{
	size_t len = strlen(text);
	char **more;

	if (s->n == STRINGS_MAX || s->bytes + len > STRINGS_BYTES)
		return;
	more = realloc(s->text, (s->n + 1) * sizeof(*more));
	if (!more)
		return;
	s->text = more;
	s->text[s->n] = strdup(text);
	if (!s->text[s->n])
		return;
	s->n++;
	s->bytes += len;
}

static void strings_clear(struct strings *s)
{
	while (s->n)
		free(s->text[--s->n]);
	free(s->text);
}

void leaf_clear(struct leaf *leaf)
{
	strings_clear(&leaf->messages);
	strings_clear(&leaf->splats);
	strings_clear(&leaf->kinds);
	free(leaf->param);
	free(leaf->comment);
	free(leaf->reason);
	memset(leaf, 0, sizeof(*leaf));
}

void leaf_begin(struct leaf *leaf, const char *suite, const char *name)
{
	leaf_clear(leaf);
	leaf->suite = suite;
	leaf->name = name;
}

/* The first reason stays; of a text with several lines, its first. */
void leaf_reason(struct leaf *leaf, const char *text)
{
	if (!leaf->reason)
		leaf->reason = strndup(text, strcspn(text, "\n"));
}
