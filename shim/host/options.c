// SPDX-License-Identifier: GPL-2.0-only
/* The command line, and which cases its filter lets through. */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

#define MAX_OPTIONS	64

struct options options = {
	.timeout = 10,
	.mem_limit = 512,
	.result_fd = -1,
	.jobs = 1,
};

/* All --KEY=VALUE, for lk_host_option(). */
static struct {
	char *name;
	const char *value;
} given[MAX_OPTIONS];
static unsigned int n_given;

/* As kunit.py's: a glob for the suite, then perhaps one for the case. */
struct filter {
	char *suite;
	const char *test_case;
};

static struct filter filters[MAX_OPTIONS];
static unsigned int n_filters;

static struct absent absent[MAX_OPTIONS];
static unsigned int n_absent;

static const char usage[] =
"usage: %s [OPTION]...\n"
"Runs KUnit suites in this process's children and prints KTAP.\n"
"  --filter GLOB       run what matches SUITE or SUITE.CASE; may be repeated\n"
"  --list              print SUITE.CASE of what would run, and stop\n"
"  --timeout SECONDS   limit of each case and parameter (10; 0: none)\n"
"  --mem-limit MIB     memory of each child process (512; 0: none)\n"
"  --verbose           also show debug messages and remarks\n"
"  --result-fd N       write one line of JSON per case to this descriptor\n"
"  --jobs N            suites at once (1)\n"
"  --seek tree|model   which mapping_seek_hole_data to run on\n"
"  --before N          N suites of the plan have been run: no header, go on\n"
"  --after N           N suites of the plan are for another binary\n"
"  --absent NAME:WHY   a suite that is not here: skip it by name\n"
"  --KEY=VALUE         for the suites\n"
"Exit status: 0 good, 1 a case failed, 125 cases failed only by calling what\n"
"libkern does not implement, 129 usage, 130 interrupted.\n";

static int bad(const char *fmt, const char *what)
{
	fprintf(stderr, "libkern: ");
	fprintf(stderr, fmt, what);
	fprintf(stderr, " (--help lists the options)\n");
	return -1;
}

const char *lk_host_option(const char *name)
{
	unsigned int i;

	/* The last one given counts. */
	for (i = n_given; i-- > 0; )
		if (!strcmp(given[i].name, name))
			return given[i].value;
	return NULL;
}

static int remember(const char *name, size_t len, const char *value)
{
	if (n_given == MAX_OPTIONS)
		return bad("too many options at %s", name);
	given[n_given].name = strndup(name, len);
	given[n_given].value = value;
	n_given++;
	return 0;
}

static int add_filter(const char *glob)
{
	struct filter *f = &filters[n_filters];
	char *dot;

	if (n_filters == MAX_OPTIONS || !*glob)
		return bad("bad filter '%s'", glob);
	f->suite = strdup(glob);
	dot = strchr(f->suite, '.');
	if (dot) {
		*dot = '\0';
		f->test_case = dot + 1;
	}
	n_filters++;
	return 0;
}

static int as_number(const char *name, const char *value, double max,
		     double *out)
{
	char *end;

	errno = 0;
	*out = strtod(value, &end);
	if (errno || end == value || *end || !(*out >= 0) || *out > max) {
		fprintf(stderr, "libkern: %s: not a usable number: '%s'\n",
			name, value);
		return -1;
	}
	return 0;
}

static int as_count(const char *name, const char *value, unsigned long *out)
{
	double n;

	if (as_number(name, value, 1e6, &n))
		return -1;
	*out = n;
	return 0;
}

static int add_absent(const char *value)
{
	const char *colon = strchr(value, ':');

	if (n_absent == MAX_OPTIONS || !colon || colon == value)
		return bad("bad --absent '%s'", value);
	absent[n_absent].name = strndup(value, colon - value);
	absent[n_absent++].reason = colon + 1;
	return 0;
}

static int take(const char *name, size_t len, const char *value)
{
	double n;

	if (len == 6 && !strncmp(name, "filter", len))
		return add_filter(value);
	if (len == 7 && !strncmp(name, "timeout", len))
		return as_number(name, value, 1e6, &options.timeout);
	if (len == 9 && !strncmp(name, "mem-limit", len)) {
		if (as_number(name, value, 1e6, &n))
			return -1;
		options.mem_limit = n;
		return 0;
	}
	if (len == 9 && !strncmp(name, "result-fd", len)) {
		if (as_number(name, value, 1 << 20, &n))
			return -1;
		options.result_fd = n;
		if (fcntl(options.result_fd, F_GETFD) < 0)
			return bad("--result-fd %s is not open", value);
		return 0;
	}
	if (len == 4 && !strncmp(name, "jobs", len)) {
		if (as_number(name, value, 1 << 10, &n))
			return -1;
		options.jobs = n;
		return 0;
	}
	if (len == 6 && !strncmp(name, "before", len))
		return as_count(name, value, &options.before);
	if (len == 5 && !strncmp(name, "after", len))
		return as_count(name, value, &options.after);
	if (len == 6 && !strncmp(name, "absent", len))
		return add_absent(value);
	if (len == 4 && !strncmp(name, "seek", len) &&
	    strcmp(value, "tree") && strcmp(value, "model"))
		return bad("--seek %s: neither tree nor model", value);
	return remember(name, len, value);
}

static bool takes_value(const char *name)
{
	static const char *const names[] = {
		"filter", "timeout", "mem-limit", "result-fd", "seek",
		"jobs",
		"before", "after", "absent",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_LEN(names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

/**
 * options_parse() - fill in @options
 * @argc: as main() has it
 * @argv: as main() has it; must stay
 *
 * Return: 0; 1 when only the usage was wanted; -1 when the line makes no sense.
 */
int options_parse(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		const char *name = argv[i] + 2;
		const char *equal;

		if (strncmp(argv[i], "--", 2) || !argv[i][2])
			return bad("unexpected argument '%s'", argv[i]);
		equal = strchr(name, '=');
		if (!strcmp(name, "help")) {
			printf(usage, argv[0]);
			return 1;
		} else if (!strcmp(name, "list")) {
			options.list = true;
		} else if (!strcmp(name, "verbose")) {
			options.verbose = true;
		} else if (equal && equal > name) {
			if (take(name, equal - name, equal + 1))
				return -1;
		} else if (takes_value(name)) {
			if (i + 1 == argc)
				return bad("%s needs a value", argv[i]);
			i++;
			if (take(name, strlen(name), argv[i]))
				return -1;
		} else {
			return bad("unknown option %s", argv[i]);
		}
	}
	return 0;
}

bool options_any_filter(void)
{
	return n_filters;
}

int lk_run_wanted(unsigned int suite, unsigned int nr)
{
	unsigned int i;

	if (!n_filters)
		return true;
	for (i = 0; i < n_filters; i++) {
		const struct filter *f = &filters[i];

		if (!fnmatch(f->suite, lk_kunit_suite_name(suite), 0) &&
		    (!f->test_case ||
		     !fnmatch(f->test_case, lk_kunit_case_name(suite, nr), 0)))
			return true;
	}
	return false;
}

/*
 * Is a suite wanted whose cases are not known? Not by a glob over cases, unless
 * it names the suite.
 */
bool options_suite_wanted(const char *name)
{
	unsigned int i;

	for (i = 0; i < n_filters; i++)
		if (filters[i].test_case ? !strcmp(filters[i].suite, name) :
					   !fnmatch(filters[i].suite, name, 0))
			return true;
	return !n_filters;
}

/* The suites that are not here, by number; NULL behind the last. */
const struct absent *options_absent(unsigned int i)
{
	return i < n_absent ? &absent[i] : NULL;
}
