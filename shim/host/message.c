// SPDX-License-Identifier: GPL-2.0-only
/* What a child has to say: one frame after the other. */
#include <string.h>

#include "suite.h"

/* Most texts begin with their kind already. */
static void named(char *line, size_t size, const char *kind, const char *text)
{
	if (!strncasecmp(kind, text, strlen(kind)))
		snprintf(line, size, "%s", text);
	else
		snprintf(line, size, "%s: %s", kind, text);
}

void suite_splat(struct suite *s, enum lk_splat_kind kind, const char *text)
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
		suite_event(s, frame->number, (int)frame->arg, frame->text);
		break;
	case FRAME_RESULT:
		s->leaf.ns = frame->arg;
		suite_result(s, frame->number, frame->text);
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
		suite_splat(s, frame->number, frame->text);
		break;
	case FRAME_OUTPUT:
		output_print(&s->leaf, frame->text, frame->arg);
		break;
	case FRAME_SANITIZER:
		s->sanitizer = true;
		s->leaf.death = "sanitizer";
		leaf_reason(&s->leaf, frame->text);
		ktap_diag(&s->leaf, "%s", frame->text);
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
