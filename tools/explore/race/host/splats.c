// SPDX-License-Identifier: GPL-2.0-only
/* What the kernel world has complained of, as words of a verdict. */
#include <stdio.h>
#include <string.h>

#include "run.h"
#include "splats.h"

/**
 * words_of_leaks() - what runs leave behind is a violation of them, too
 *
 * Return: NULL, or what has leaked since lk_case_begin().
 */
const char *words_of_leaks(void)
{
	static char words[RACE_WORDS];
	unsigned int before = lk_splat_count();

	lk_case_end();
	if (lk_splat_count() == before)
		return NULL;
	snprintf(words, sizeof(words), "%s", lk_splat_text(before));
	return words;
}

/**
 * words_with_splat() - say of what the kernel complained, where it did
 * @words: of race_check() or race_judge()
 */
const char *words_with_splat(const char *words)
{
	static char text[RACE_WORDS];

	if (!words || strcmp(words, "the kernel complained"))
		return words;
	snprintf(text, sizeof(text), "%s: %s", lk_splat_name(lk_splat_kind(0)),
		 lk_splat_text(0));
	return text;
}
