// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names of states: x1-8b6p-4k-123. The target and the version of the order, the
 * bound, the page size and the number; "u" behind the bound where nothing is folded.
 * No tree has a part in it: what can be enumerated is the same on all.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "explore.h"

/**
 * xp_id_print() - name a state
 * @bound: of its space
 * @state: its number
 * @buf: where the name goes
 * @size: of @buf
 *
 * Return: length of the name.
 */
int xp_id_print(const struct xp_bound *bound, xp_u64 state, char *buf,
		unsigned int size)
{
	return snprintf(buf, size, "%s%u-%ub%up%s-%uk-%llu", xp_target.prefix, XP_VERSION,
			bound->blocks, bound->pages, bound->unfolded ? "u" : "",
			1U << (bound->pagebits - 10), state);
}

/* A number; *@text moves behind it. */
static int id_number(const char **text, xp_u64 *number)
{
	const char *begin = *text;

	*number = 0;
	while (**text >= '0' && **text <= '9') {
		if (__builtin_mul_overflow(*number, 10, number) ||
		    __builtin_add_overflow(*number, **text - '0', number))
			return 0;
		(*text)++;
	}
	return *text > begin;
}

static int id_word(const char **text, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(*text, word, len))
		return 0;
	*text += len;
	return 1;
}

/* Of which targets are there IDs? Longer prefixes first. */
static const char *const id_targets[] = { "xfs", "x" };

/* The prefix of a target; *@text moves behind it. */
static const char *id_target(const char **text)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(id_targets); i++)
		if (id_word(text, id_targets[i]))
			return id_targets[i];
	return NULL;
}

/**
 * xp_id_parse() - what a name means
 * @text: the name
 * @bound: filled in
 * @state: filled in
 *
 * Return: NULL, or why it means nothing here.
 */
const char *xp_id_parse(const char *text, struct xp_bound *bound,
			xp_u64 *state)
{
	xp_u64 version, blocks, pages, page;
	const char *target = id_target(&text);

	memset(bound, 0, sizeof(*bound));
	if (!target || !id_number(&text, &version) || !id_word(&text, "-"))
		return "is no ID: one looks like x1-8b6p-4k-123";
	if (strcmp(target, xp_target.prefix))
		return "is the ID of another target: say which with --target";
	if (version != XP_VERSION)
		return "comes from another version of the order: its number means another state";
	if (!id_number(&text, &blocks) || !id_word(&text, "b") ||
	    !id_number(&text, &pages) || !id_word(&text, "p"))
		return "is no ID: it names no bound";
	bound->unfolded = id_word(&text, "u");
	if (!id_word(&text, "-") || !id_number(&text, &page) ||
	    !id_word(&text, "k-") || !id_number(&text, state) || *text)
		return "is no ID: it names no page size and number";
	if (blocks > XP_MAX_BLOCKS || pages > XP_MAX_PAGES)
		return "names a bound that is out of bounds";
	if (page > 64 || page & (page - 1) || page < 4)
		return "names a page size that no build has";
	bound->blocks = blocks;
	bound->pages = pages;
	bound->pagebits = 10;
	while (page >>= 1)
		bound->pagebits++;
	return NULL;
}
