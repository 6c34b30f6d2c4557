// SPDX-License-Identifier: GPL-2.0-only
/* Numbers on the command line and in reports. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "host.h"
#include "numbers.h"

/**
 * number() - the value of an option, where it was given
 * @name: of the option
 * @value: left alone where it was not
 *
 * Return: false if it is no number, or too large for one.
 */
bool number(const char *name, unsigned int *value)
{
	const char *text = lk_host_option(name);
	unsigned long long n;
	char *end;

	if (!text)
		return true;
	errno = 0;
	n = strtoull(text, &end, 10);
	*value = n;
	return *text >= '0' && *text <= '9' && !*end && !errno && n <= UINT_MAX;
}

/**
 * grouped() - 12,345,678
 * @n: the number
 *
 * Return: text that is good for a few more calls.
 */
const char *grouped(unsigned long long n)
{
	static char text[8][32];
	static unsigned int turn;
	char *at = text[turn++ % 8] + 31;
	unsigned int digits = 0;

	*at = '\0';
	do {
		if (digits && digits % 3 == 0)
			*--at = ',';
		*--at = '0' + n % 10;
		digits++;
	} while (n /= 10);
	return at;
}
