// SPDX-License-Identifier: GPL-2.0-only
/*
 * The result of a run as a file that adds up with others (merge) and can be held
 * against another (nfc): lines of "name value", the last one a sum over all others.
 * Whose tree it is the caller says (--tree), the numbers say what it did.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "exhaust.h"
#include "run.h"

xp_u64 slices_of(const struct exhaust *e)
{
	return (e->space.caches + XP_SLICE - 1) / XP_SLICE;
}

/* @n numbers that processes share, all 0. */
xp_u64 *shared_numbers(xp_u64 n)
{
	xp_u64 *numbers = mmap(NULL, (n + 1) * sizeof(*numbers),
			       PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			       -1, 0);

	if (numbers == MAP_FAILED) {
		perror("libkern: mmap");
		finish(EXIT_UNTESTED);
	}
	return numbers;
}

/**
 * open_named() - open what a flag names
 * @name: a file; or, as "&N", a descriptor, for a process that may open nothing
 * @mode: as of fopen()
 *
 * Return: the stream, or NULL.
 */
FILE *open_named(const char *name, const char *mode)
{
	int fd;

	if (name[0] != '&')
		return fopen(name, mode);
	fd = dup(atoi(name + 1));
	return fd < 0 ? NULL : fdopen(fd, mode);
}

struct digest_file {
	FILE	*file;
	xp_u64	sum;
};

static void digest_line(struct digest_file *d, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
static void digest_line(struct digest_file *d, const char *fmt, ...)
{
	char text[256], *c;
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	for (c = text; *c; c++)
		d->sum = (d->sum ^ (unsigned char)*c) * 0x100000001b3ull;
	d->sum = (d->sum ^ '\n') * 0x100000001b3ull;
	fprintf(d->file, "%s\n", text);
}

static void digest_lines(struct digest_file *d, const struct exhaust *e)
{
	const struct xp_bound *b = &e->space.bound;
	const char *tree = lk_host_option("tree");
	const struct xp_result *r = &e->result;
	char id[XP_ID_SIZE];
	unsigned int i;
	xp_u64 n;

	digest_line(d, "libkern-exhaust %u", XP_VERSION);
	digest_line(d, "tree %s", tree ? tree : "unknown");
	digest_line(d, "target %s", xp_target.name);
	digest_line(d, "bound %u blocks %u pages %u%s", b->blocks, b->pages,
		    1U << b->pagebits, b->unfolded ? " unfolded" : "");
	digest_line(d, "behaviour %u", e->space.behaviour);
	digest_line(d, "whole %llu %llu", e->space.caches, e->space.states);
	digest_line(d, "shard %u %u", e->shard + 1, e->shards);
	if (e->given_up)
		digest_line(d, "unfinished %s", e->given_up);
	digest_line(d, "caches %llu", r->caches);
	digest_line(d, "states %llu", r->states);
	for (i = 0; i < XP_FINDINGS; i++) {
		xp_id_print(b, r->free_state[i], id, sizeof(id));
		digest_line(d, "finding %s %llu %llu %s", xp_finding_names[i],
			    r->known[i], r->free[i], id);
	}
	digest_line(d, "violations %llu", r->violations);
	digest_line(d, "digest %016llx", r->digest);
	for (i = 0; i < r->ngroups; i++) {
		xp_id_print(b, r->group[i].state, id, sizeof(id));
		digest_line(d, "violation %llu %s %s", r->group[i].count, id,
			    r->group[i].words);
	}
	for (n = 0; e->slices && n < slices_of(e); n++)
		digest_line(d, "slice %llu %016llx", n, e->slices[n]);
}

/**
 * digest_write() - write the result down
 * @e: the run, which has gone through all of its shard or was given up
 * @name: of the file
 *
 * Return: 0, or -1 with a message.
 */
int digest_write(const struct exhaust *e, const char *name)
{
	struct digest_file d = { .sum = 0xcbf29ce484222325ull };

	d.file = open_named(name, "w");
	if (d.file) {
		digest_lines(&d, e);
		fprintf(d.file, "sum %016llx\n", d.sum);
	}
	if (!d.file || ferror(d.file) | fclose(d.file)) {
		fprintf(stderr, "libkern: cannot write %s: %s\n", name,
			strerror(errno));
		return -1;
	}
	return 0;
}
