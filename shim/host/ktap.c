// SPDX-License-Identifier: GPL-2.0-only
/*
 * KTAP version 1 on stdout, line for line as Linux 6.12 prints it. Nothing else
 * writes there.
 */
#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#include "run.h"

#define INDENT		4

/* Bytes of diagnostics of one case, of failures and of others. */
#define DIAG_BYTES	(64 * 1024)

void ktap_plan(unsigned long suites)
{
	printf("KTAP version 1\n1..%lu\n", suites);
}

void ktap_subtest(unsigned int level, const char *name, int plan)
{
	int indent = level * INDENT;

	printf("%*sKTAP version 1\n", indent, "");
	printf("%*s# Subtest: %s\n", indent, "", name);
	if (plan >= 0)
		printf("%*s1..%d\n", indent, "", plan);
}

/* A name must not hold what begins a directive, or a line's end. */
static void print_name(const char *name)
{
	for (; *name; name++)
		putchar(*name == '#' ? '_' : iscntrl((unsigned char)*name) ?
			' ' : *name);
}

void ktap_result(unsigned int level, enum lk_status status, unsigned int nr,
		 const char *name, const char *comment)
{
	printf("%*s%s %u ", (int)(level * INDENT), "",
	       status == LK_FAIL ? "not ok" : "ok", nr);
	print_name(name);
	if (status == LK_SKIP) {
		printf(" # SKIP ");
		print_name(comment);
	}
	putchar('\n');
}

/* A kernel prints these where there is more than one result to count. */
void ktap_stats(unsigned int level, const char *name, const struct tally *t)
{
	unsigned long total = tally_total(t);

	if (total > 1)
		printf("%*s# %s: pass:%lu fail:%lu skip:%lu total:%lu\n",
		       (int)(level * INDENT), "", name ? name : "Totals",
		       t->pass, t->fail, t->skip, total);
}

/* Would a parser take this line for more than a diagnostic? */
static bool looks_like_ktap(const char *line)
{
	line += strspn(line, " \t");
	if (!strncmp(line, "not ok ", 7) || !strncmp(line, "ok ", 3) ||
	    !strncmp(line, "1..", 3) || !strncmp(line, "# Subtest: ", 11))
		return true;
	/* kunit.py looks for some of these anywhere in a line. */
	return strstr(line, "TAP version ") ||
	       strstr(line, "List of all partitions:") ||
	       strstr(line, "Kernel panic - not syncing: VFS:") ||
	       strstr(line, "reboot: System halted");
}

/* Prints one line, without what a terminal or a parser would stumble over. */
static void print_line(struct leaf *leaf, bool failed, const char *prefix,
		       const char *line, size_t len)
{
	char text[1024];
	size_t i;

	if (leaf->printed[failed] > DIAG_BYTES) {
		leaf->left_out++;
		return;
	}
	leaf->printed[failed] += len + 1;
	if (len >= sizeof(text))
		len = sizeof(text) - 1;
	memcpy(text, line, len);
	text[len] = '\0';
	for (i = 0; i < len; i++)
		if (iscntrl((unsigned char)text[i]) && text[i] != '\t')
			text[i] = '?';
	if (looks_like_ktap(text)) {
		char *version = strstr(text, "TAP version ");

		prefix = "    # | ";
		if (version)
			version[3] = '_';
	}
	printf("%s%s\n", prefix, text);
}

static void print_lines(struct leaf *leaf, bool failed, const char *prefix,
			const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		print_line(leaf, failed, prefix, text, len);
		text += len;
		if (*text)
			text++;
	}
}

/* A text that KUnit's runtime has laid out. */
void ktap_text(struct leaf *leaf, bool failed, const char *text)
{
	print_lines(leaf, failed, "", text);
}

/* Anything else that was said while the case ran. */
void ktap_lines(struct leaf *leaf, bool failed, const char *text)
{
	print_lines(leaf, failed, "    # ", text);
}

/* The runner's own words on the case, or on the suite. */
void ktap_diag(struct leaf *leaf, const char *fmt, ...)
{
	char text[LK_SPLAT_TEXT + 512];
	va_list args;
	int n;

	n = snprintf(text, sizeof(text), "    # %s: ",
		     leaf->name ? leaf->name : leaf->suite);
	va_start(args, fmt);
	vsnprintf(text + n, sizeof(text) - n, fmt, args);
	va_end(args);
	print_lines(leaf, true, "", text);
}

void ktap_left_out(struct leaf *leaf)
{
	if (leaf->left_out)
		printf("    # %s: %lu more lines left out\n",
		       leaf->name ? leaf->name : leaf->suite, leaf->left_out);
	leaf->left_out = 0;
}
