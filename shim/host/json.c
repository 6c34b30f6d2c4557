// SPDX-License-Identifier: GPL-2.0-only
/*
 * The result for programs: one line of JSON each for
 *
 *	a case or parameter	{"suite", "case", "param", "status", "reason",
 *				 "messages", "splats", "death", "seconds"}
 *	a suite's own failure	the same with "case": null
 *	lk_note()		{"note", "text"}
 *	the end			{"summary": {"pass", "fail", "skip", "total",
 *				 "suites", "suites_failed", "stubs", "exit"}}
 *
 * "param" is null where a case has none. "status" is pass, fail or skip. "death"
 * is null or one of bug, stub, deadlock, signal, hang, exit, memory, sanitizer.
 */
#include <string.h>
#include <unistd.h>

#include "run.h"

static FILE *out;

void json_init(int fd)
{
	if (fd < 0)
		return;
	out = fdopen(fd, "w");
	if (!out)
		perror("libkern: --result-fd");
}

/* Where it goes, or NULL. */
FILE *json_file(void)
{
	return out;
}

/* Length of the UTF-8 character at @s, or 0 where there is none. */
static size_t utf8(const unsigned char *s)
{
	size_t i, n;

	if (*s < 0x80)
		return 1;
	if (*s >= 0xc2 && *s < 0xe0)
		n = 2;
	else if (*s >= 0xe0 && *s < 0xf0)
		n = 3;
	else if (*s >= 0xf0 && *s < 0xf5)
		n = 4;
	else
		return 0;
	for (i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong forms and surrogates. */
	if ((*s == 0xe0 && s[1] < 0xa0) || (*s == 0xed && s[1] > 0x9f) ||
	    (*s == 0xf0 && s[1] < 0x90) || (*s == 0xf4 && s[1] > 0x8f))
		return 0;
	return n;
}

static void string(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	if (!text) {
		fputs("null", out);
		return;
	}
	putc('"', out);
	while (*s) {
		size_t n = utf8(s);

		if (*s == '"' || *s == '\\')
			fprintf(out, "\\%c", *s);
		else if (*s == '\n')
			fputs("\\n", out);
		else if (*s < 0x20 || *s == 0x7f || !n)
			fprintf(out, "\\u%04x", *s);
		else
			fwrite(s, 1, n, out);
		s += n ? n : 1;
	}
	putc('"', out);
}

static const char *status_name(enum lk_status status)
{
	static const char *const names[] = {
		[LK_PASS] = "pass", [LK_FAIL] = "fail", [LK_SKIP] = "skip",
	};

	return names[status];
}

void json_leaf(const struct leaf *leaf)
{
	size_t i;

	if (!out)
		return;
	fputs("{\"suite\": ", out);
	string(leaf->suite);
	fputs(", \"case\": ", out);
	string(leaf->name);
	fputs(", \"param\": ", out);
	string(leaf->param);
	fputs(", \"status\": ", out);
	string(status_name(leaf->status));
	fputs(", \"reason\": ", out);
	if (leaf->status == LK_SKIP)
		string(leaf->comment);
	else
		string(leaf->status == LK_FAIL ? leaf->reason : NULL);
	fputs(", \"messages\": [", out);
	for (i = 0; i < leaf->messages.n; i++) {
		fputs(i ? ", " : "", out);
		string(leaf->messages.text[i]);
	}
	fputs("], \"splats\": [", out);
	for (i = 0; i < leaf->splats.n && i < leaf->kinds.n; i++) {
		fputs(i ? ", {\"kind\": " : "{\"kind\": ", out);
		string(leaf->kinds.text[i]);
		fputs(", \"text\": ", out);
		string(leaf->splats.text[i]);
		putc('}', out);
	}
	fputs("], \"death\": ", out);
	string(leaf->death);
	fprintf(out, ", \"seconds\": %.6f}\n", leaf->ns / 1e9);
}

void json_note(const char *key, const char *text)
{
	if (options.verbose)
		fprintf(stderr, "%s: %s\n", key, text);
	if (!out)
		return;
	fputs("{\"note\": ", out);
	string(key);
	fputs(", \"text\": ", out);
	string(text);
	fputs("}\n", out);
}

void json_end(int status)
{
	const struct tally *t = &verdict.leaves;

	if (!out)
		return;
	fprintf(out, "{\"summary\": {\"pass\": %lu, \"fail\": %lu, \"skip\": %lu, ",
		t->pass, t->fail, t->skip);
	fprintf(out, "\"total\": %lu, \"suites\": %lu, \"suites_failed\": %lu, ",
		tally_total(t), verdict.run, verdict.suites);
	fprintf(out, "\"stubs\": %lu, \"exit\": %d}}\n", verdict.stubs, status);
	if (fflush(out))
		perror("libkern: --result-fd");
}
